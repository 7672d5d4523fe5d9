//! Suggested mentors in the schema: every factor visible beside its weight, everybody who may be a mentor with the same right
//! to be seen, and nothing committed.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use entity::id::CadreId;

use crate::{
    cadre::graphql::CadreCard,
    edition::graphql::{PolicyEdition, PolicyFinding},
    eligibility::graphql::CriterionOutcome,
    error::{Action, Error, Result},
    kernel::{outcome::Outcome, sentence::Language},
    loaders::Caller,
    mechanism::pairs::matching::Factor,
    mentoring::{
        matching::{self, Batch, Matched, Suggestion},
        read::matches::{Gathered, KinAmong, MOST, Matching},
    },
    relay::{Date, access, key},
};

/// Most mentors that are suggested to one mentee.
const MOST_SUGGESTED: usize = 20;

/// Why a mentee has no mentor in an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "matching::Unmatched")]
pub enum PairUnmatched {
    /// The mentee has as many mentors as allowed.
    Enough,
    /// Nobody may be the mentor.
    NobodyFits,
    /// Those who may are given to others, or have no room.
    NoRoom,
}

/// Something that speaks for a mentor, as the policy weighs it.
#[derive(SimpleObject)]
pub struct PairFactor {
    /// Its code in the policy.
    code: String,
    /// What it is called.
    title: String,
    /// How much it weighs, 1 to 100.
    weight: u32,
    /// What it looks at, in Chinese.
    rule_zh: String,
    /// What it looks at, in English.
    rule_en: String,
}

impl From<&Factor> for PairFactor {
    fn from(it: &Factor) -> Self {
        Self {
            code: it.code.clone(),
            title: it.title.clone(),
            weight: it.weight,
            rule_zh: it.sentence(Language::Chinese),
            rule_en: it.sentence(Language::English),
        }
    }
}

/// How a factor comes out for a mentor and a mentee.
#[derive(SimpleObject)]
pub struct PairFactorOutcome {
    /// Its code in the policy.
    code: String,
    /// How it comes out; null where it is not for this mentee. What is not known speaks for nobody and against nobody.
    outcome: Option<CriterionOutcome>,
    /// What it adds: its weight where it is met.
    weight: u32,
}

/// A mentor suggested to a mentee.
pub struct PairSuggestion {
    batch: Arc<Batch>,
    suggestion: Suggestion,
}

/// A mentor suggested to a mentee: one who may be the mentor, has room, and is in no conflict with the mentee.
#[Object(crate = "crate::relay::graphql")]
impl PairSuggestion {
    /// The mentor.
    async fn mentor(&self) -> Option<CadreCard> {
        let mentor = self.batch.mentors.get(self.suggestion.mentor)?;
        Some(CadreCard(mentor.dossier.cadre.clone()))
    }
    /// The weights of the factors below that are met, added up: nothing else goes into it.
    async fn weight(&self) -> u32 {
        self.suggestion.weight
    }
    /// How each factor of the policy comes out, in its order.
    async fn factors(&self) -> Vec<PairFactorOutcome> {
        let one = |(factor, outcome): (&Factor, &Option<Outcome>)| PairFactorOutcome {
            code: factor.code.clone(),
            outcome: outcome.map(Into::into),
            weight: if *outcome == Some(Outcome::Met) { factor.weight } else { 0 },
        };
        self.batch.factors.iter().zip(&self.suggestion.factors).map(one).collect()
    }
    /// How many mentees the mentor has now.
    async fn mentee_count(&self) -> u32 {
        self.batch.mentors.get(self.suggestion.mentor).map_or(0, |it| it.load)
    }
    /// How many more the mentor may have; null for no limit.
    async fn room(&self) -> Option<u32> {
        self.batch.mentors.get(self.suggestion.mentor).and_then(|it| it.room)
    }
}

/// What is suggested for one mentee.
pub struct PairMatch {
    batch: Arc<Batch>,
    place: usize,
    matched: Matched,
}

/// What is suggested for one mentee.
#[Object(crate = "crate::relay::graphql")]
impl PairMatch {
    /// The mentee.
    async fn mentee(&self) -> Option<CadreCard> {
        self.batch.mentees.get(self.place).map(|it| CadreCard(it.dossier.cadre.clone()))
    }
    /// The mentor in the best assignment of all mentees of the answer: as many as possible have one, of all such
    /// assignments the one with the greatest weights, of those the one that spreads mentees most evenly. Null where none
    /// is left.
    async fn mentor(&self) -> Option<CadreCard> {
        let mentor = self.batch.mentors.get(self.matched.given.ok()?)?;
        Some(CadreCard(mentor.dossier.cadre.clone()))
    }
    /// Why there is no mentor in it.
    async fn unmatched(&self) -> Option<PairUnmatched> {
        self.matched.given.err().map(Into::into)
    }
    /// What the policy says of the person as a mentee.
    async fn findings(&self) -> Vec<PolicyFinding> {
        let said = self.batch.mentees.get(self.place).map(|it| it.findings.clone()).unwrap_or_default();
        said.into_iter().map(PolicyFinding).collect()
    }
    /// The mentors for whom most speaks, whoever else wants them: by weight, then by fewest mentees, then by name.
    async fn suggestions(
        &self,
        #[graphql(desc = "How many, 1 to 20.", default = 3)] first: i32,
    ) -> Result<Vec<PairSuggestion>> {
        let most = usize::try_from(first).ok().filter(|it| (1..=MOST_SUGGESTED).contains(it));
        let most = most.ok_or_else(|| Error::invalid("first", format!("is {first}; write 1 to {MOST_SUGGESTED}")))?;
        let of = |it: &Suggestion| PairSuggestion { batch: self.batch.clone(), suggestion: it.clone() };
        Ok(self.matched.suggestions.iter().take(most).map(of).collect())
    }
}

/// Somebody who was named as a mentor and is none by the policy.
#[derive(SimpleObject)]
pub struct PairUnfit {
    /// The person.
    cadre: CadreCard,
    /// What the policy says.
    findings: Vec<PolicyFinding>,
}

/// Mentors suggested to mentees, and the best assignment of all of them. Nothing is proposed by it: `pairPropose` does.
#[derive(SimpleObject)]
pub struct PairMatching {
    /// The edition by which it is worked out.
    edition: PolicyEdition,
    /// What speaks for a mentor, in the policy's order.
    factors: Vec<PairFactor>,
    /// Mentee by mentee, in the order named, else by name.
    matches: Vec<PairMatch>,
    /// Those who were named as mentors and are none by the policy, each with what it says.
    unfit: Vec<PairUnfit>,
}

/// Questions about whom to pair.
#[derive(Default)]
pub struct PairMatchQuery;

/// Questions about whom to pair.
#[Object]
impl PairMatchQuery {
    /// Suggests mentors by the factors of a policy, for one mentee or for many at once, under what one person can take on.
    /// Superiors, kin, and those who are a pair already, are left out. It commits nothing. Null where no edition that says
    /// anything of pairs is in effect.
    #[graphql(directive = access::apply(Action::PairMatch))]
    #[expect(clippy::too_many_arguments, reason = "one for each argument of the field")]
    async fn pair_matches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy.")] policy: String,
        #[graphql(desc = "Global id of the organization: mentors and mentees are looked for at or below it.")]
        organization: ID,
        #[graphql(
            desc = "Global ids of 1 to 500 mentees. Left out: those whom the policy wants to have a mentor and who have none, by name."
        )]
        mentees: Option<Vec<ID>>,
        #[graphql(desc = "Global ids of 1 to 500 mentors. Left out: all in post there who may be one by the policy.")]
        mentors: Option<Vec<ID>>,
        #[graphql(desc = "For how many mentees, 1 to 500.", default = 20)] first: i32,
        #[graphql(desc = "The day as of which dated things are told; one for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<PairMatching>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let first = u64::try_from(first).ok().filter(|it| (1..=MOST).contains(it));
        let first = first.ok_or_else(|| Error::invalid("first", format!("must be 1 to {MOST}")))?;
        let ids = |of: Option<Vec<ID>>| of.map(|all| all.iter().map(key).collect::<Vec<CadreId>>());
        let asked =
            Matching { policy, place: key(&organization), mentees: ids(mentees), mentors: ids(mentors), first, on };
        let Some(Gathered { edition, batch, unfit }) = session.ask(&asked).await? else { return Ok(None) };
        let (batch, matched) = without_kin(ctx, batch).await?;
        let batch = Arc::new(batch);
        let one = |(place, matched)| PairMatch { batch: batch.clone(), place, matched };
        let unfit = unfit.into_iter().map(|(cadre, said)| PairUnfit {
            cadre: CadreCard(cadre),
            findings: said.into_iter().map(PolicyFinding).collect(),
        });
        Ok(Some(PairMatching {
            edition: PolicyEdition(edition),
            factors: batch.factors.iter().map(Into::into).collect(),
            matches: matched.into_iter().enumerate().map(one).collect(),
            unfit: unfit.collect(),
        }))
    }
}

/// Matches, and matches again without those of whom it would suggest kin, until it suggests none: the best of all that are
/// left, for whatever was taken away is allowed to none.
async fn without_kin(ctx: &Context<'_>, mut batch: Batch) -> Result<(Batch, Vec<Matched>)> {
    let session = ctx.session()?;
    loop {
        // Hundreds of people are weighed for some tenths of a second: not where requests are answered.
        let work = move || {
            let matched = batch.matched(MOST_SUGGESTED);
            (batch, matched)
        };
        let (back, matched) =
            tokio::task::spawn_blocking(work).await.map_err(|_| Error::broken("a matching broke off"))?;
        batch = back;
        let keys: Vec<((CadreId, CadreId), String)> =
            suggested(&batch, &matched).map(|(one, other)| ((one, other), session.kin_key(one, other))).collect();
        let kin = session.ask(&KinAmong(keys.iter().map(|it| it.1.clone()).collect())).await?;
        if kin.is_empty() {
            return Ok((batch, matched));
        }
        batch.apart.extend(keys.into_iter().filter(|it| kin.contains(&it.1)).map(|it| it.0));
    }
}

/// Everybody who is suggested or given to somebody, as mentor and mentee.
fn suggested<'a>(batch: &'a Batch, matched: &'a [Matched]) -> impl Iterator<Item = (CadreId, CadreId)> + 'a {
    batch.mentees.iter().zip(matched).flat_map(move |(mentee, it)| {
        let mentors = it.suggestions.iter().map(|it| it.mentor).chain(it.given.ok());
        let mentors = mentors.filter_map(|it| batch.mentors.get(it));
        mentors.map(move |mentor| (mentor.dossier.cadre.id, mentee.dossier.cadre.id))
    })
}
