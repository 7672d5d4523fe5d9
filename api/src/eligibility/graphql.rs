//! Who meets a policy, in the schema: the engine explains, people decide. Who fails stays in sight, with what failed.

mod trying;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;

use crate::{
    cadre::graphql::Cadre,
    connection,
    edition::{
        document::Severity,
        graphql::{PolicyCriterion, PolicyEdition},
    },
    eligibility::{
        judge::{Judged, judge, together},
        read::{By, Candidates, Judging},
    },
    error::{Action, Error, Result},
    kernel::{
        need::Need,
        outcome::{self, Explained, Known},
        sentence::{Language, sentence},
    },
    loaders::Caller,
    page::Order,
    relay::{Date, PartialDate, access, key},
};

pub use trying::TryingQuery;

/// How a criterion comes out for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "outcome::Outcome")]
pub enum CriterionOutcome {
    /// It is met.
    Met,
    /// It is not met.
    NotMet,
    /// What is on record does not say: that is neither met nor failed.
    Unknown,
    /// It is not met or not known, and whoever may let it pass did.
    Waived,
}

impl CriterionOutcome {
    const fn text(self) -> &'static str {
        match self {
            Self::Met => "MET",
            Self::NotMet => "NOT_MET",
            Self::Unknown => "UNKNOWN",
            Self::Waived => "WAIVED",
        }
    }
}

/// By which edition, and how it comes out.
#[derive(InputObject)]
pub struct CandidateFilter {
    /// Global id of the edition.
    edition: ID,
    /// Code of one criterion; all whose failing is an error where it is left out.
    criterion: Option<String>,
    /// How it comes out; met where it is left out.
    outcome: Option<CriterionOutcome>,
}

/// Why nothing is known of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "outcome::Missing")]
pub enum InputMissing {
    /// Nothing of it is on record.
    NotOnRecord,
    /// It is not for the caller to read.
    NotForCaller,
}

/// One comparison of a criterion: a fact of the person, and how it compares.
#[derive(SimpleObject)]
pub struct CriterionInput {
    /// The fact's name in policies.
    fact: &'static str,
    /// Its Chinese label.
    label_zh: &'static str,
    /// Its English label.
    label_en: &'static str,
    /// What is asked of it, in Chinese.
    sentence_zh: String,
    /// What is asked of it, in English.
    sentence_en: String,
    /// The parameter of the policy that sets the limit, where one does.
    parameter: Option<String>,
    /// How it comes out.
    outcome: CriterionOutcome,
    /// Its value; where only a part is on record, the least that it can be. Null where nothing is known.
    value: Option<String>,
    /// The most that it can be, where only a part is on record.
    value_at_most: Option<String>,
    /// Why nothing is known.
    missing: Option<InputMissing>,
    /// Where it stands: the kind of record, and the source that it names.
    source: Option<String>,
    /// Since when it is so, as far as known.
    since: Option<PartialDate>,
}

impl From<Explained> for CriterionInput {
    fn from(it: Explained) -> Self {
        let fact = it.compared.asked.fact;
        let (value, value_at_most, missing) = match it.input.known {
            Known::Number(low, high) if low == high => (Some(low.to_string()), None, None),
            Known::Number(low, high) => (Some(low.to_string()), Some(high.to_string()), None),
            Known::Code(code) => (Some(code.to_owned()), None, None),
            Known::Day(day) => (Some(String::from(day)), None, None),
            Known::Nothing(why) => (None, None, Some(why.into())),
        };
        let parameter = it.compared.parameter.clone();
        let leaf = Need::Fact(it.compared);
        Self {
            fact: fact.text(),
            label_zh: fact.labels().0,
            label_en: fact.labels().1,
            sentence_zh: sentence(&leaf, Language::Chinese),
            sentence_en: sentence(&leaf, Language::English),
            parameter,
            outcome: it.outcome.into(),
            value,
            value_at_most,
            missing,
            source: it.input.source,
            since: it.input.since.map(PartialDate),
        }
    }
}

/// How one criterion comes out for a person, with everything that was compared.
#[derive(SimpleObject)]
pub struct CriterionResult {
    /// The criterion.
    criterion: PolicyCriterion,
    /// How it comes out.
    outcome: CriterionOutcome,
    /// Whether it is met only because the policy says "about" (左右): somebody gives a reason.
    about: bool,
    /// Why it was let pass, where it was.
    waiver_reason: Option<String>,
    /// Until when it is let pass, exclusive.
    waiver_valid_to: Option<Date>,
    /// Every comparison, those too that decide nothing.
    inputs: Vec<CriterionInput>,
}

/// How a policy comes out for a person on a day (资格核查). It explains; what follows, people decide.
#[derive(SimpleObject)]
pub struct Eligibility {
    /// The person.
    subject: Cadre,
    /// The edition by which it was judged.
    edition: PolicyEdition,
    /// The day.
    as_of: Date,
    /// All criteria together whose failing is an error.
    outcome: CriterionOutcome,
    /// Each criterion, in the policy's order.
    criteria: Vec<CriterionResult>,
}

connection!(CandidateConnection, CandidateEdge, Cadre, Candidates);

/// Questions about who meets a policy.
#[derive(Default)]
pub struct EligibilityQuery;

/// Questions about who meets a policy.
#[Object]
impl EligibilityQuery {
    /// How a policy comes out for a person: by the policy's code, of which the edition nearest to the person has effect on the
    /// day; or by one edition, a draft too. Null where the person or the edition does not exist for the caller.
    #[graphql(directive = access::apply(Action::EligibilityRead))]
    async fn eligibility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the person.")] subject: ID,
        #[graphql(desc = "Code of the policy.")] policy: Option<String>,
        #[graphql(desc = "Global id of one edition, in the policy's place.")] edition: Option<ID>,
        #[graphql(desc = "For what: a purpose of the policy, such as TIER:A or MENTOR; all its criteria otherwise.")]
        purpose: Option<String>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Eligibility>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let by = match (policy, edition) {
            (Some(code), None) => By::Policy(code),
            (None, Some(id)) => By::Edition(key(&id)),
            _ => return Err(Error::invalid("policy", "or edition must be given, and one of them alone")),
        };
        let Some((row, dossier)) = session.ask(&Judging { cadre: key(&subject), by, on }).await? else {
            return Ok(None);
        };
        let edition = PolicyEdition(row);
        let document = edition.read()?;
        let Some(asked) = document.asked_for(purpose.as_deref()) else {
            let known: Vec<String> = document.sections.purposes().into_iter().map(|it| it.code).collect();
            return Err(Error::invalid("purpose", format!("is none of this policy: it has {}", known.join(", "))));
        };
        let judged: Vec<Judged> = asked.into_iter().map(|it| judge(it, edition.0.id, &dossier, on)).collect();
        let errors = judged.iter().filter(|it| it.criterion.severity == Severity::Error);
        let outcome = together(errors.map(|it| it.outcome)).into();
        let criteria = judged.into_iter().map(CriterionResult::from).collect();
        Ok(Some(Eligibility { subject: Cadre(dossier.cadre.clone()), edition, as_of: Date(on), outcome, criteria }))
    }

    /// People within the policy's organization, and the caller's reach, for whom an edition comes out so, by name: found by
    /// one statement, by the rules that `eligibility` explains. A draft may be tried so before anybody publishes it.
    #[graphql(directive = access::apply(Action::EligibilityRead))]
    async fn candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which edition, and how it comes out.")] filter: CandidateFilter,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which person: an endCursor of the same list.")] after: Option<String>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<CandidateConnection>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let CandidateFilter { edition, criterion, outcome } = filter;
        let Some(edition) = PolicyEdition::by_key(ctx, key(&edition)).await? else { return Ok(None) };
        let document = edition.read()?;
        let need = match &criterion {
            None => document.whole(),
            Some(code) => match document.criteria.into_iter().find(|it| it.code == *code) {
                Some(found) => found.asked(),
                None => return Err(Error::invalid("criterion", format!("{code} is no criterion of this edition"))),
            },
        };
        if outcome == Some(CriterionOutcome::Waived) {
            return Err(Error::invalid("outcome", "WAIVED is told of one person: ask eligibility"));
        }
        let among = candidates(&edition, criterion, outcome.unwrap_or(CriterionOutcome::Met), on, need);
        CandidateConnection::open(ctx, among, Order::Name, first, after).await
    }
}

impl From<Judged> for CriterionResult {
    fn from(it: Judged) -> Self {
        Self {
            outcome: it.outcome.into(),
            about: it.is_about,
            waiver_valid_to: it.waiver.as_ref().and_then(|it| it.valid_to).map(Date),
            waiver_reason: it.waiver.map(|it| it.reason),
            criterion: PolicyCriterion(it.criterion),
            inputs: it.told.into_iter().map(Into::into).collect(),
        }
    }
}

fn candidates(
    edition: &PolicyEdition,
    criterion: Option<String>,
    outcome: CriterionOutcome,
    on: NaiveDate,
    need: Need,
) -> Candidates {
    Candidates {
        edition: (edition.0.id, edition.0.version),
        criterion,
        under: edition.0.organization_id,
        outcome: outcome.text(),
        on,
        need: Arc::new(need),
        come: outcome.into(),
    }
}
