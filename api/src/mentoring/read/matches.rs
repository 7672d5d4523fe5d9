//! Questions behind suggested mentors: who is to have one, who may be one by the policy, what each can take on, and who may not
//! be paired. It reads; nothing is proposed by it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::{
    cadre, criterion_waiver,
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, PairSide, PairState},
    mentoring_pair, organization, pair_part, policy_edition,
};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::{
    db::{connect::Plans, gate::Alias, reader::Reader, session::Query},
    edition::{document::Severity, notice::Notice, read::in_force},
    eligibility::{condition::Conditions, dossier::Dossier, read::dossiers},
    error::{Action, Error, Result},
    kernel::{need::Need, outcome::Outcome},
    mentoring::{
        judging::{By, Said, as_mentee, as_mentor},
        matching::{Batch, Mentee, Mentor},
        read::{capacity_of, checks::WithoutMentor},
        rules,
    },
    organization::read::below,
    questions::Among as _,
};

/// Most mentors, and most mentees, of one matching.
pub const MOST: u64 = 500;

/// For whom mentors are looked for, and among whom.
pub struct Matching {
    /// Code of the policy.
    pub policy: String,
    /// Where it has effect, and under which organization mentors and mentees are looked for.
    pub place: OrganizationId,
    /// Whom; none for those whom the policy wants to have a mentor and who have none.
    pub mentees: Option<Vec<CadreId>>,
    /// Among whom; none for all who may.
    pub mentors: Option<Vec<CadreId>>,
    /// How many mentees.
    pub first: u64,
    /// On which day.
    pub on: NaiveDate,
}

/// What a matching is made of.
pub struct Gathered {
    /// The edition.
    pub edition: policy_edition::Model,
    /// Everything that it looks at.
    pub batch: Batch,
    /// Those who were named as mentors and are none by the policy, each with what it says.
    pub unfit: Vec<(cadre::Model, Vec<Notice>)>,
}

impl Query for Matching {
    const ACTION: Action = Action::PairMatch;
    const PLANS: Plans = Plans::Anew;
    type Answer = Option<Gathered>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let found = in_force(reader, &self.policy, self.place, self.on).await?;
        let Some((edition, document)) = found else { return Ok(None) };
        let Some(rules) = document.sections.pairs.clone() else { return Ok(None) };
        let by = By { edition: edition.id, number: edition.edition, document: &document, rules: &rules };
        let mentees = dossiers(reader, self.wanting(reader, by).await?).await?;
        let mut mentors = Vec::new();
        let mut unfit = Vec::new();
        for dossier in dossiers(reader, self.willing(reader, by).await?).await? {
            let said = as_mentor(by, &dossier, self.on);
            match said.iter().any(|it| it.blocks) {
                false => mentors.push(dossier),
                true if self.mentors.is_some() => unfit.push((dossier.cadre, notices(said))),
                true => {}
            }
        }
        let apart = self.apart(reader, &mentees, rules.different_mentor).await?;
        let allowed = capacity_of(reader, self.place, self.on).await?;
        let allowed = allowed.as_ref();
        let most = |said: Option<i32>| said.and_then(|it| u32::try_from(it).ok());
        let batch = Batch {
            on: self.on,
            mentors: self.mentors(reader, by, mentors, most(allowed.and_then(|it| it.mentees_per_mentor))).await?,
            mentees: self.mentees(reader, by, mentees, most(allowed.and_then(|it| it.mentors_per_mentee))).await?,
            factors: rules.matching.clone(),
            levels: rules.levels.clone(),
            superiors: rules.superior_may_mentor,
            apart,
        };
        Ok(Some(Gathered { edition, batch, unfit }))
    }
}

fn notices(said: Vec<Said>) -> Vec<Notice> {
    said.into_iter().map(|it| it.notice).collect()
}

/// What is left of the least of some limits; none where there is no limit.
fn left(limits: [(Option<u32>, u32); 2]) -> Option<u32> {
    limits.into_iter().filter_map(|(most, taken)| Some(most?.saturating_sub(taken))).min()
}

/// How many people one person has opposite now: in all pairs, and in those of the policy.
struct Taken {
    all: HashMap<CadreId, u32>,
    here: HashMap<CadreId, u32>,
}

impl Taken {
    fn of(&self, person: CadreId) -> (u32, u32) {
        let count = |of: &HashMap<CadreId, u32>| of.get(&person).copied().unwrap_or(0);
        (count(&self.all), count(&self.here))
    }
}

impl Matching {
    /// Some people by their keys, in the order named.
    ///
    /// # Errors
    /// `NotFound` where one does not exist for the caller; `Invalid` where one is named twice, too many, or not in post.
    async fn named(&self, reader: &Reader<'_>, field: &'static str, ids: &[CadreId]) -> Result<Vec<cadre::Model>> {
        if ids.is_empty() || ids.len() as u64 > MOST || ids.iter().collect::<HashSet<_>>().len() < ids.len() {
            return Err(Error::invalid(field, format!("names {}; write 1 to {MOST}, each once", ids.len())));
        }
        let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id).is_in(ids.iter().copied());
        let rows = reader.find_by_key::<cadre::Entity>().filter(id).all().await?;
        let mut rows: HashMap<CadreId, cadre::Model> = rows.into_iter().map(|it| (it.id, it)).collect();
        let found: Vec<cadre::Model> = ids.iter().filter_map(|id| rows.remove(id)).collect();
        if found.len() < ids.len() {
            return Err(Error::NotFound("cadre"));
        }
        match found.iter().find(|it| it.status != CadreStatus::InPost) {
            Some(row) => Err(Error::invalid(field, format!("names {}, who is not in post: leave them out", row.name))),
            None => Ok(found),
        }
    }

    /// Who is to have a mentor.
    async fn wanting(&self, reader: &Reader<'_>, by: By<'_>) -> Result<Vec<cadre::Model>> {
        if let Some(ids) = &self.mentees {
            let mut named = self.named(reader, "mentees", ids).await?;
            named.truncate(usize::try_from(self.first).unwrap_or(usize::MAX));
            return Ok(named);
        }
        let waiting = WithoutMentor::of(by.edition, by.rules.clone(), &self.policy, self.place, self.on);
        let rows = reader.find::<cadre::Entity>().filter(waiting.condition(reader.gate()));
        rows.order(cadre::Column::NameSort).order(cadre::Column::Id).limit(self.first).all().await
    }

    /// Who may be a mentor, as far as the database tells: a criterion that somebody let pass is judged later.
    async fn willing(&self, reader: &Reader<'_>, by: By<'_>) -> Result<Vec<cadre::Model>> {
        if let Some(ids) = &self.mentors {
            return self.named(reader, "mentors", ids).await;
        }
        let at = Alias::own::<cadre::Entity>();
        let gate = reader.gate();
        let criteria = by.rules.mentor_criteria.iter().filter_map(|code| by.document.criterion(code));
        let grave = criteria.filter(|it| it.severity == Severity::Error);
        let needs: Vec<Need> = grave.map(|it| it.asked()).collect();
        let waiver = Alias::named("let_pass");
        let mut waived = gate.visible::<criterion_waiver::Entity>(criterion_waiver::Column::CadreId, &waiver);
        waived.and_where(waiver.col(criterion_waiver::Column::EditionId).eq(by.edition));
        let fitting = match needs.is_empty() {
            true => Condition::all(),
            false => Condition::any()
                .add(Conditions::new(gate, self.on).come(&Need::All(needs), Outcome::Met))
                .add(at.col(cadre::Column::Id).in_subquery(waived)),
        };
        let rows = reader
            .find::<cadre::Entity>()
            .filter(at.col(cadre::Column::OrganizationId).in_subquery(below(gate, self.place)))
            .filter(at.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .filter(fitting)
            .order(cadre::Column::NameSort)
            .order(cadre::Column::Id)
            .limit(MOST + 1)
            .all()
            .await?;
        if rows.len() as u64 > MOST {
            let why = format!("more than {MOST} people may mentor there: name a smaller organization, or the mentors");
            return Err(Error::invalid("organization", why));
        }
        Ok(rows)
    }

    async fn taken(&self, reader: &Reader<'_>, people: &[Dossier], side: PairSide) -> Result<Taken> {
        let people: Vec<CadreId> = people.iter().map(|it| it.cadre.id).collect();
        let all = reader.opposite(&people, side, None).await?;
        Ok(Taken { all, here: reader.opposite(&people, side, Some(&self.policy)).await? })
    }

    async fn mentors(
        &self,
        reader: &Reader<'_>,
        by: By<'_>,
        people: Vec<Dossier>,
        most: Option<u32>,
    ) -> Result<Vec<Mentor>> {
        let taken = self.taken(reader, &people, PairSide::Mentor).await?;
        let here = by.rules.mentees_per_mentor.and_then(|it| it.max);
        let one = |dossier: Dossier| {
            let (all, under) = taken.of(dossier.cadre.id);
            Mentor {
                load: std::cmp::max(all, under),
                room: left([(most, all), (here, under)]),
                heads: dossier.posts.iter().any(|it| rules::heads(it, self.on)),
                dossier,
            }
        };
        Ok(people.into_iter().map(one).collect())
    }

    async fn mentees(
        &self,
        reader: &Reader<'_>,
        by: By<'_>,
        people: Vec<Dossier>,
        most: Option<u32>,
    ) -> Result<Vec<Mentee>> {
        let taken = self.taken(reader, &people, PairSide::Mentee).await?;
        let here = by.rules.mentors_per_mentee.and_then(|it| it.max);
        let homes = Alias::own::<organization::Entity>().col(organization::Column::Id);
        let homes = homes.is_in(people.iter().map(|it| it.cadre.organization_id).collect::<HashSet<_>>());
        let homes = reader.find_by_key::<organization::Entity>().filter(homes).all().await?;
        let above: HashMap<OrganizationId, OrganizationId> =
            homes.into_iter().filter_map(|it| Some((it.id, it.parent_id?))).collect();
        let one = |dossier: Dossier| {
            let (all, under) = taken.of(dossier.cadre.id);
            Mentee {
                room: left([(most, all), (here, under)]),
                findings: notices(as_mentee(by, &dossier, self.on)),
                above: above.get(&dossier.cadre.organization_id).copied(),
                dossier,
            }
        };
        Ok(people.into_iter().map(one).collect())
    }

    /// Who is a pair already, or was one where the policy wants another mentor: as mentor and mentee.
    async fn apart(&self, reader: &Reader<'_>, mentees: &[Dossier], were: bool) -> Result<HashSet<(CadreId, CadreId)>> {
        let at = Alias::own::<pair_part::Entity>();
        let people: Vec<CadreId> = mentees.iter().map(|it| it.cadre.id).collect();
        let mine = Condition::all()
            .add(at.col(pair_part::Column::CadreId).is_in(people))
            .add(at.col(pair_part::Column::Side).eq(PairSide::Mentee));
        let mine = reader.find_by_key::<pair_part::Entity>().filter(mine).all().await?;
        let pair = Alias::own::<mentoring_pair::Entity>();
        let open = [PairState::Proposed, PairState::Active, PairState::Suspended];
        let standing = (!were).then(|| pair.col(mentoring_pair::Column::State).is_in(open));
        let pairs = Condition::all()
            .add(pair.col(mentoring_pair::Column::Id).is_in(mine.iter().map(|it| it.pair_id)))
            .add_option(standing);
        let pairs = reader.find_by_key::<mentoring_pair::Entity>().filter(pairs).keys().await?;
        let theirs = Condition::all()
            .add(at.col(pair_part::Column::PairId).is_in(pairs.iter().copied()))
            .add(at.col(pair_part::Column::Side).eq(PairSide::Mentor));
        let theirs = reader.find_by_key::<pair_part::Entity>().filter(theirs).all().await?;
        let opposite = |mentor: &pair_part::Model| {
            let mentees = mine.iter().filter(|it| it.pair_id == mentor.pair_id);
            mentees.map(|it| (mentor.cadre_id, it.cadre_id)).collect::<Vec<_>>()
        };
        Ok(theirs.iter().flat_map(opposite).collect())
    }
}

/// Which keys of two persons are declared to be kin: for suggestions alone.
pub struct KinAmong(pub Vec<String>);

impl Query for KinAmong {
    const ACTION: Action = Action::PairMatch;
    type Answer = HashSet<String>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        reader.kin_among(&self.0).await
    }
}
