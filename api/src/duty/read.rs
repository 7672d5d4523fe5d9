//! Questions about what is due, and who may see what was done about it.
//!
//! What was done is for those who keep the organization under which it is due, and for the person who owes it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact, duty_entry,
    id::{CadreId, DutyEntryId, Key, OrganizationId, PolicyEditionId},
    kind::{
        CadreStatus, DutyState, DutySubject, FactState, MembershipState, OrganizationState, PairSide, PairState, Role,
    },
    mentoring_pair, organization, pair_part, policy_edition, pool_membership, reserve_pool, talk, talk_issue,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

use crate::{
    belonging,
    cadre::read::ROWS,
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::Query,
    },
    duty::{
        due::{About, Due, Said, Window, beside, ordered},
        rules::Status,
    },
    edition::read::effective_until,
    error::{Action, Result},
    mechanism::duties::Subject,
    organization::read::below,
    target::read::{Progress, is_short},
};

impl Visible for duty_entry::Entity {
    /// Under an organization within reach, or owed by oneself.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let own = gate.scope().person(&[Role::Mentor, Role::Cadre]);
        let own = own.map(|person| at.col(duty_entry::Column::CadreId).eq(person));
        let kept = gate.under(at.col(duty_entry::Column::OrganizationId), ROWS);
        Condition::any().add(kept).add_option(own)
    }
}

belonging! {
    /// What was done about due items, by its own keys.
    Entries = duty_entry by Id(id: DutyEntryId), ordered Id, DutyRead, "duty.entry_by_id";
}

/// Whose duties.
#[derive(Clone, Debug)]
pub enum Whose {
    /// What a policy makes due at and below a place.
    Place {
        /// Code of the policy.
        policy: String,
        /// The place.
        place: OrganizationId,
    },
    /// What a person owes.
    Person(CadreId),
}

/// What is due, with what was done about it, in the order of the days.
pub struct DutiesOf {
    /// Whose.
    pub whose: Whose,
    /// Which days.
    pub window: Window,
}

impl Query for DutiesOf {
    const ACTION: Action = Action::DutyRead;
    type Answer = Vec<Due>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let due = match &self.whose {
            Whose::Person(person) => self.owed_by(reader, *person).await?,
            Whose::Place { policy, place } => self.due_at(reader, policy, *place).await?,
        };
        let ids: BTreeSet<uuid::Uuid> = due.iter().map(|it| it.about.id).collect();
        let entries = self.entries(reader, ids).await?;
        let (mut due, kept) = beside(due, entries, self.window.today);
        let mut editions = Editions::default();
        // What was sent back and is due no more is nobody's to mend.
        for entry in kept.into_iter().filter(|it| it.state != DutyState::Returned) {
            if let Some(said) = editions.of(reader, entry.edition_id).await? {
                due.push(said.kept(entry));
            }
        }
        Ok(ordered(due))
    }
}

/// That a column names nobody, or somebody in post: from who retired or died nothing is due, and about them nothing.
fn nobody_gone(person: Expr, gate: &Gate) -> Expr {
    let at = Alias::named("gone");
    let gone = Condition::all().add(at.col(cadre::Column::Status).ne(CadreStatus::InPost));
    gate.some::<cadre::Entity>(cadre::Column::Id, &at, person, gone).not()
}

/// The editions of a policy that exist for the caller.
fn editions_of(gate: &Gate, policy: &str) -> SelectStatement {
    let at = Alias::named("due_edition");
    let mut editions = gate.visible::<policy_edition::Entity>(policy_edition::Column::Id, &at);
    editions.and_where(at.col(policy_edition::Column::Code).eq(policy));
    editions
}

/// Editions by key, each read once.
#[derive(Default)]
struct Editions(BTreeMap<PolicyEditionId, Option<Said>>);

impl Editions {
    async fn of(&mut self, reader: &Reader<'_>, id: PolicyEditionId) -> Result<Option<&Said>> {
        if let std::collections::btree_map::Entry::Vacant(place) = self.0.entry(id) {
            let row = reader.get::<policy_edition::Entity>(id).await?;
            place.insert(row.map(|it| Said::of(it, reader.calendar())).transpose()?);
        }
        Ok(self.0.get(&id).and_then(Option::as_ref))
    }
}

impl DutiesOf {
    /// What was done about the things that something is due about, and about others that belong here.
    async fn entries(&self, reader: &Reader<'_>, about: BTreeSet<uuid::Uuid>) -> Result<Vec<duty_entry::Model>> {
        let at = Alias::own::<duty_entry::Entity>();
        let about: Vec<_> = about.into_iter().collect();
        let mut all = reader.find::<duty_entry::Entity>().filter(self.here(reader, &at)).all().await?;
        let found: BTreeSet<DutyEntryId> = all.iter().map(|it| it.id).collect();
        for some in about.chunks(500) {
            let some = reader
                .find::<duty_entry::Entity>()
                .filter(at.col(duty_entry::Column::SubjectId).is_in(some.iter().copied()))
                .filter(at.col(duty_entry::Column::DueOn).between(self.window.from, self.window.to));
            all.extend(some.all().await?.into_iter().filter(|it| !found.contains(&it.id)));
        }
        Ok(all)
    }

    /// That an entry is of these days, and of the place by the policy, or of the person.
    fn here(&self, reader: &Reader<'_>, at: &Alias) -> Condition {
        let gate = reader.gate();
        let whose = match &self.whose {
            Whose::Person(person) => Condition::all().add(at.col(duty_entry::Column::CadreId).eq(*person)),
            Whose::Place { policy, place } => Condition::all()
                .add(at.col(duty_entry::Column::OrganizationId).in_subquery(below(gate, *place)))
                .add(at.col(duty_entry::Column::EditionId).in_subquery(editions_of(gate, policy))),
        };
        whose.add(at.col(duty_entry::Column::DueOn).between(self.window.from, self.window.to))
    }

    /// What a person owes: reports of own pairs on the own side, and reports of own tasks.
    async fn owed_by(&self, reader: &Reader<'_>, person: CadreId) -> Result<Vec<Due>> {
        let at = Alias::own::<pair_part::Entity>();
        let mine = reader.find::<pair_part::Entity>().filter(at.col(pair_part::Column::CadreId).eq(person));
        let mine = mine.filter(at.col(pair_part::Column::LeftOn).is_null()).all().await?;
        let id = Alias::own::<mentoring_pair::Entity>().col(mentoring_pair::Column::Id);
        let pairs = reader.find::<mentoring_pair::Entity>().filter(id.is_in(mine.iter().map(|it| it.pair_id)));
        let mut due = self.pairs(reader, pairs.all().await?).await?;
        due.retain(|it| it.about.owner == Some(person));
        let at = Alias::own::<declared_fact::Entity>();
        let mine = at.col(declared_fact::Column::CadreId);
        let tasks = reader.find::<declared_fact::Entity>().filter(mine.clone().eq(person));
        let tasks = tasks.filter(nobody_gone(mine, reader.gate()));
        let tasks = tasks.filter(at.col(declared_fact::Column::State).eq(FactState::Recorded)).all().await?;
        let mut editions = Editions::default();
        for task in tasks.iter().filter(|it| it.holds) {
            if let Some(said) = editions.of(reader, task.edition_id).await? {
                due.extend(said.task(task, self.window));
            }
        }
        Ok(due)
    }

    /// The reports of some pairs, each by the edition that the pair was made under.
    async fn pairs(&self, reader: &Reader<'_>, pairs: Vec<mentoring_pair::Model>) -> Result<Vec<Due>> {
        let at = Alias::own::<pair_part::Entity>();
        let ids: Vec<_> = pairs.iter().map(|it| it.id).collect();
        let parts = reader.find::<pair_part::Entity>().filter(at.col(pair_part::Column::PairId).is_in(ids));
        let parts =
            parts.filter(at.col(pair_part::Column::LeftOn).is_null()).order(pair_part::Column::Id).all().await?;
        let (mut due, mut editions) = (Vec::new(), Editions::default());
        // A pair that waits owes nothing until it goes on.
        for pair in pairs.iter().filter(|it| it.state == PairState::Active) {
            let Some(edition) = pair.edition_id else { continue };
            let Some(said) = editions.of(reader, edition).await? else { continue };
            let first =
                |side: PairSide| parts.iter().find(|it| it.pair_id == pair.id && it.side == side).map(|it| it.cadre_id);
            let side = |by: &str| match by {
                "MENTOR" => first(PairSide::Mentor),
                "MENTEE" => first(PairSide::Mentee),
                _ => None,
            };
            due.extend(said.pair(pair, &side, self.window));
        }
        Ok(due)
    }

    async fn due_at(&self, reader: &Reader<'_>, policy: &str, place: OrganizationId) -> Result<Vec<Due>> {
        let gate = reader.gate();
        let at = Alias::own::<mentoring_pair::Entity>();
        let pairs = reader
            .find::<mentoring_pair::Entity>()
            .filter(at.col(mentoring_pair::Column::OrganizationId).in_subquery(below(gate, place)))
            .filter(at.col(mentoring_pair::Column::EditionId).in_subquery(editions_of(gate, policy)));
        let mut due = self.pairs(reader, pairs.all().await?).await?;
        let said = effective_until(reader, policy, place, self.window.to).await?.into_iter();
        let said: Vec<Said> = said.map(|it| Said::during(it, reader.calendar())).collect::<Result<_>>()?;
        if said.is_empty() {
            return Ok(due);
        }
        self.pools(reader, &said, policy, place, &mut due).await?;
        for said in &said {
            self.places(reader, said, policy, place, &mut due).await?;
        }
        self.facts(reader, &said, place, &mut due).await?;
        self.talks(reader, &said, place, &mut due).await?;
        Ok(due)
    }

    async fn pools(
        &self,
        reader: &Reader<'_>,
        said: &[Said],
        policy: &str,
        place: OrganizationId,
        due: &mut Vec<Due>,
    ) -> Result<()> {
        let at = Alias::own::<reserve_pool::Entity>();
        let here = at.col(reserve_pool::Column::OrganizationId).in_subquery(below(reader.gate(), place));
        let pools = reader.find::<reserve_pool::Entity>().filter(here);
        let pools = pools.filter(at.col(reserve_pool::Column::PolicyCode).eq(policy)).all().await?;
        let at = Alias::own::<pool_membership::Entity>();
        for pool in pools {
            let (place, owner) = (pool.organization_id, None);
            for said in said {
                let since = said.edition.valid_from;
                let about = About { kind: DutySubject::Pool, id: pool.id.uuid(), place, owner, since, until: None };
                due.extend(said.items(Subject::Pool, about, self.window));
            }
            let members = reader
                .find::<pool_membership::Entity>()
                .filter(at.col(pool_membership::Column::PoolId).eq(pool.id))
                .filter(nobody_gone(at.col(pool_membership::Column::CadreId), reader.gate()))
                .filter(
                    at.col(pool_membership::Column::State).is_in([MembershipState::Confirmed, MembershipState::Warned]),
                );
            for member in members.all().await? {
                let since = member.decided_on.unwrap_or(member.proposed_on);
                let about =
                    About { kind: DutySubject::Membership, id: member.id.uuid(), place, owner, since, until: None };
                for said in said {
                    due.extend(said.items(Subject::Member, about, self.window));
                    due.extend(said.reviews(about, self.window));
                }
            }
        }
        Ok(())
    }

    /// What the place itself owes, and each unit directly below it; where a goal must be short for it, only then.
    async fn places(
        &self,
        reader: &Reader<'_>,
        said: &Said,
        policy: &str,
        place: OrganizationId,
        due: &mut Vec<Due>,
    ) -> Result<()> {
        let since = said.edition.valid_from;
        let about = |id: OrganizationId| About {
            kind: DutySubject::Organization,
            id: id.uuid(),
            place: id,
            owner: None,
            since,
            until: None,
        };
        due.extend(said.items(Subject::Place, about(place), self.window));
        let items = said.document.sections.duties.iter().flat_map(|it| &it.0);
        if !items.clone().any(|it| it.subject == Subject::Unit) {
            return Ok(());
        }
        let at = Alias::own::<organization::Entity>();
        let units = reader
            .find::<organization::Entity>()
            .filter(at.col(organization::Column::ParentId).eq(place))
            .filter(at.col(organization::Column::State).eq(OrganizationState::Active));
        for unit in units.all().await? {
            let mut owed = said.items(Subject::Unit, about(unit.id), self.window);
            for item in items.clone().filter(|it| it.subject == Subject::Unit) {
                let Some(goal) = &item.while_below else { continue };
                let progress = Progress { policy: policy.to_owned(), place: unit.id, on: self.window.today };
                if !is_short(reader, &progress, &said.edition, &said.document, goal).await? {
                    owed.retain(|it| it.code != item.code);
                }
            }
            due.extend(owed);
        }
        Ok(())
    }

    /// What follows events, and what tasks owe.
    async fn facts(&self, reader: &Reader<'_>, said: &[Said], place: OrganizationId, due: &mut Vec<Due>) -> Result<()> {
        let at = Alias::own::<declared_fact::Entity>();
        let here = at.col(declared_fact::Column::OrganizationId).in_subquery(below(reader.gate(), place));
        let facts = reader.find::<declared_fact::Entity>().filter(here);
        let facts = facts.filter(at.col(declared_fact::Column::State).eq(FactState::Recorded));
        let facts = facts.filter(nobody_gone(at.col(declared_fact::Column::CadreId), reader.gate()));
        for fact in facts.all().await?.iter().filter(|it| it.holds) {
            for said in said {
                due.extend(said.event(fact, self.window));
                due.extend(said.task(fact, self.window));
            }
        }
        Ok(())
    }

    /// What follows a talk that was asked for, and a matter that was raised: done once the talk is fixed, the matter closed.
    async fn talks(&self, reader: &Reader<'_>, said: &[Said], place: OrganizationId, due: &mut Vec<Due>) -> Result<()> {
        let at = Alias::own::<talk::Entity>();
        let mut items = said.iter().flat_map(|it| &it.document.sections.duties).flat_map(|it| &it.0);
        if !items.any(|it| matches!(it.subject, Subject::Talk | Subject::Issue)) {
            return Ok(());
        }
        let here = at.col(talk::Column::OrganizationId).in_subquery(below(reader.gate(), place));
        let talks = reader.find::<talk::Entity>().filter(here);
        let talks = talks.filter(nobody_gone(at.col(talk::Column::CadreId), reader.gate())).all().await?;
        let about = |kind, id, of: &talk::Model, since: NaiveDate| About {
            kind,
            id,
            place: of.organization_id,
            owner: None,
            since,
            until: None,
        };
        for it in talks.iter().filter(|it| it.state == entity::kind::TalkState::Requested) {
            let about = about(DutySubject::Talk, it.id.uuid(), it, it.requested_on);
            due.extend(said.iter().flat_map(|it| it.items(Subject::Talk, about, self.window)));
        }
        let issues = Alias::own::<talk_issue::Entity>().col(talk_issue::Column::TalkId);
        let issues = reader.find::<talk_issue::Entity>().filter(issues.is_in(talks.iter().map(|it| it.id)));
        for issue in issues.all().await?.iter().filter(|it| it.state == entity::kind::IssueState::Open) {
            let Some(of) = talks.iter().find(|it| it.id == issue.talk_id) else { continue };
            let about = about(DutySubject::Issue, issue.id.uuid(), of, issue.raised_on);
            due.extend(said.iter().flat_map(|it| it.items(Subject::Issue, about, self.window)));
        }
        Ok(())
    }
}

/// Those that stand so.
pub fn standing(due: Vec<Due>, statuses: Option<&[Status]>) -> Vec<Due> {
    match statuses {
        Some(wanted) => due.into_iter().filter(|it| wanted.contains(&it.status)).collect(),
        None => due,
    }
}
