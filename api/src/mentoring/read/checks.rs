//! How a pair stands beside its policy today, and who has no mentor yet although a policy wants one.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact,
    id::{CadreId, OrganizationId, PairId, PolicyEditionId},
    kind::{CadreStatus, FactState, PairSide, PairState, PairStepKind},
    mentoring_pair, pair_part, pair_step, policy_edition,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    cadre::read::ROWS,
    db::{
        connect::Plans,
        gate::{Alias, Gate},
        reader::Reader,
        session::Query,
    },
    edition::{
        document::Severity,
        notice::Notice,
        read::{document_of, in_force},
    },
    eligibility::{condition::Conditions, dossier::Dossier, read::dossier},
    error::{Action, Result},
    kernel::{need::Need, outcome::Outcome},
    mechanism::pairs::Pairs,
    mentoring::{
        judging::{By, may_mentor, people},
        rules::PERSON_LEFT,
    },
    organization::read::below,
    questions,
};

/// How a pair stands beside the edition that it was made under.
pub struct ChecksOf {
    /// The pair.
    pub pair: PairId,
    /// On which day.
    pub on: NaiveDate,
}

/// What its policy says of it now.
pub struct Checks {
    /// What it says.
    pub notices: Vec<Notice>,
    /// Who would be a mentor by it where a mentor is none any more: nobody is put in a mentor's place by that.
    pub proposed: Vec<CadreId>,
}

impl Query for ChecksOf {
    const ACTION: Action = Action::EligibilityRead;
    const PLANS: Plans = Plans::Anew;
    type Answer = Option<Checks>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some(pair) = reader.get::<mentoring_pair::Entity>(self.pair).await? else { return Ok(None) };
        let Some(edition) = pair.edition_id else { return Ok(None) };
        let Some(edition) = reader.get::<policy_edition::Entity>(edition).await? else { return Ok(None) };
        let document = document_of(&edition)?;
        let Some(rules) = &document.sections.pairs else { return Ok(None) };
        let at = Alias::own::<pair_part::Entity>();
        let parts = reader.find::<pair_part::Entity>().filter(at.col(pair_part::Column::PairId).eq(pair.id));
        let parts = parts.filter(at.col(pair_part::Column::LeftOn).is_null()).all().await?;
        let (mut mentors, mut mentees) = (Vec::new(), Vec::new());
        let (gone, parts) = self.gone(reader, &pair, parts).await?;
        for part in &parts {
            let Some(row) = reader.get::<cadre::Entity>(part.cadre_id).await? else { return Ok(None) };
            let side = if part.side == PairSide::Mentor { &mut mentors } else { &mut mentees };
            side.push(dossier(reader, row).await?);
        }
        let by = By { edition: edition.id, number: edition.edition, document: &document, rules };
        let said = people(by, &mentors, &mentees, true, self.on);
        let wanting = said.iter().any(|it| it.blocks && it.field == "mentorIds") || gone.contains(&PairSide::Mentor);
        let proposed = match wanting {
            true => self.proposed(reader, by, &mentors, &mentees).await?,
            false => Vec::new(),
        };
        let gone = gone.into_iter().map(|side| left(side).under(edition.edition, &document.source));
        Ok(Some(Checks { notices: gone.chain(said.into_iter().map(|it| it.notice)).collect(), proposed }))
    }
}

/// That somebody left a pair, which waits until people decide what is next.
fn left(side: PairSide) -> Notice {
    let notice = match side {
        PairSide::Mentor => Notice::warning(
            "MENTOR_LEFT",
            "有导师离任：请另行指定（pairReplace），或终止帮带（pairEnd）",
            "a mentor has left: name another one (pairReplace), or end the pair (pairEnd)",
        ),
        PairSide::Mentee => Notice::warning(
            "MENTEE_LEFT",
            "有帮带对象离任：请终止帮带（pairEnd）或办理退出（pairPartEnd）",
            "a mentee has left: end the pair (pairEnd), or that part of it (pairPartEnd)",
        ),
    };
    Notice { severity: Severity::Error, ..notice }
}

impl ChecksOf {
    /// The sides whose people made the pair wait by leaving it, and the parts of all others. Who left may be kept where the
    /// caller reads nothing, so nothing is judged of them. For those who keep the pair: the next step is theirs.
    async fn gone(
        &self,
        reader: &Reader<'_>,
        pair: &mentoring_pair::Model,
        parts: Vec<pair_part::Model>,
    ) -> Result<(Vec<PairSide>, Vec<pair_part::Model>)> {
        if pair.state != PairState::Suspended || pair.reason_code.as_deref() != Some(PERSON_LEFT) {
            return Ok((Vec::new(), parts));
        }
        let kept = Alias::own::<mentoring_pair::Entity>();
        let kept = reader
            .find::<mentoring_pair::Entity>()
            .filter(kept.col(mentoring_pair::Column::Id).eq(pair.id))
            .filter(reader.gate().under(kept.col(mentoring_pair::Column::OrganizationId), ROWS));
        if kept.one().await?.is_none() {
            return Ok((Vec::new(), parts));
        }
        let at = Alias::own::<pair_step::Entity>();
        let steps = reader
            .find::<pair_step::Entity>()
            .filter(at.col(pair_step::Column::PairId).eq(pair.id))
            .filter(at.col(pair_step::Column::Kind).eq(PairStepKind::Suspended))
            .order(pair_step::Column::Id)
            .all()
            .await?;
        let last = steps.last().and_then(|it| it.cadre_id);
        let (gone, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|it| Some(it.cadre_id) == last);
        Ok((gone.iter().map(|it| it.side).collect(), parts))
    }

    /// Those of the mentees' organizations who may be mentors by the policy now, at most 20.
    async fn proposed(
        &self,
        reader: &Reader<'_>,
        by: By<'_>,
        mentors: &[Dossier],
        mentees: &[Dossier],
    ) -> Result<Vec<CadreId>> {
        let at = Alias::own::<cadre::Entity>();
        let homes = mentees.iter().map(|it| it.cadre.organization_id);
        let needs: Vec<Need> = by
            .rules
            .mentor_criteria
            .iter()
            .filter_map(|code| by.document.criterion(code))
            .map(|it| it.asked())
            .collect();
        if needs.is_empty() {
            return Ok(Vec::new());
        }
        let fitting = Conditions::new(reader.gate(), self.on).come(&Need::All(needs), Outcome::Met);
        let rows = reader
            .find::<cadre::Entity>()
            .filter(at.col(cadre::Column::OrganizationId).is_in(homes))
            .filter(at.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .filter(fitting)
            .order(cadre::Column::NameSort)
            .limit(20)
            .all()
            .await?;
        let mut found = Vec::new();
        for row in rows {
            let known = |all: &[Dossier]| all.iter().any(|it| it.cadre.id == row.id);
            let id = row.id;
            if !known(mentees) && !known(mentors) && may_mentor(by, &dossier(reader, row).await?, self.on) {
                found.push(id);
            }
        }
        Ok(found)
    }
}

/// Whom a policy wants to have a mentor.
pub struct WantingOf {
    /// Code of the policy.
    pub policy: String,
    /// The place.
    pub place: OrganizationId,
    /// On which day.
    pub on: NaiveDate,
}

impl Query for WantingOf {
    const ACTION: Action = Action::EligibilityRead;
    type Answer = Option<WithoutMentor>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let found = in_force(reader, &self.policy, self.place, self.on).await?;
        let Some((edition, document)) = found else { return Ok(None) };
        let Some(rules) = document.sections.pairs else { return Ok(None) };
        Ok(Some(WithoutMentor::of(edition.id, rules, &self.policy, self.place, self.on)))
    }
}

/// Those whom a policy wants to have a mentor, and who have none in a pair of it that is open.
#[derive(Clone, Serialize)]
pub struct WithoutMentor {
    /// The edition.
    pub edition: PolicyEditionId,
    /// Code of the policy.
    pub policy: String,
    /// At or below this organization.
    pub under: OrganizationId,
    /// On which day.
    pub on: NaiveDate,
    /// What the edition says.
    #[serde(skip)]
    pub rules: Arc<Pairs>,
}

impl WithoutMentor {
    /// Those whom an edition wants to have a mentor at or below a place.
    pub fn of(edition: PolicyEditionId, rules: Pairs, policy: &str, under: OrganizationId, on: NaiveDate) -> Self {
        Self { edition, policy: policy.to_owned(), under, on, rules: Arc::new(rules) }
    }
}

impl questions::Among for WithoutMentor {
    type Entity = cadre::Entity;
    const ACTION: Action = Action::EligibilityRead;
    const PLANS: Plans = Plans::Anew;
    const LIST: &'static str = "pair.without_mentor";
    const COUNT: &'static str = "pair.without_mentor_count";
    fn by_name() -> cadre::Column {
        cadre::Column::NameSort
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let person = Alias::own::<cadre::Entity>();
        let id = person.col(cadre::Column::Id);
        let (edition, pair, part) = (Alias::named("made_by"), Alias::named("made"), Alias::named("mentored"));
        let mut editions = gate.raw::<policy_edition::Entity>(policy_edition::Column::Id, &edition);
        editions.and_where(edition.col(policy_edition::Column::Code).eq(self.policy.as_str()));
        let mut pairs = gate.raw::<mentoring_pair::Entity>(mentoring_pair::Column::Id, &pair);
        pairs.and_where(pair.col(mentoring_pair::Column::State).is_in([
            PairState::Proposed,
            PairState::Active,
            PairState::Suspended,
        ]));
        pairs.and_where(pair.col(mentoring_pair::Column::EditionId).in_subquery(editions));
        let mut mentored = gate.raw::<pair_part::Entity>(pair_part::Column::CadreId, &part);
        mentored.and_where(part.col(pair_part::Column::Side).eq(PairSide::Mentee));
        mentored.and_where(part.col(pair_part::Column::LeftOn).is_null());
        mentored.and_where(part.col(pair_part::Column::PairId).in_subquery(pairs));
        let wanted = self.rules.triggers.iter().fold(Condition::any().add(Gate::nothing()), |any, trigger| {
            let need = trigger.need.as_ref().map(|it| Conditions::new(gate, self.on).come(it, Outcome::Met));
            let event = trigger.event.as_deref().map(|code| {
                let at = Alias::named("triggered");
                let mut people = gate.visible::<declared_fact::Entity>(declared_fact::Column::CadreId, &at);
                people
                    .and_where(at.col(declared_fact::Column::CadreId).is_not_null())
                    .and_where(at.col(declared_fact::Column::Code).eq(code))
                    .and_where(at.col(declared_fact::Column::Holds).eq(true))
                    .and_where(at.col(declared_fact::Column::State).eq(FactState::Recorded))
                    .and_where(at.col(declared_fact::Column::ValidFrom).lte(self.on));
                id.clone().in_subquery(people)
            });
            any.add_option(need).add_option(event)
        });
        Condition::all()
            .add(person.col(cadre::Column::OrganizationId).in_subquery(below(gate, self.under)))
            .add(person.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .add(wanted)
            .add(id.not_in_subquery(mentored))
    }
}
