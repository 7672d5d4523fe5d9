//! Questions about what is due, and who may see what was done about it.
//!
//! What was done is for those who keep the organization under which it is due, and for the person who owes it.

pub mod owed;
pub mod steps;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact, duty_entry,
    id::{CadreId, DutyEntryId, Key, OrganizationId},
    kind::{CadreStatus, DutyState, DutySubject, FactState, MembershipState, OrganizationState, Role},
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
        due::{About, Due, Said, Window, beside, ordered, split},
        read::owed::{Editions, owed_by},
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
        let (due, entries, mut editions) = match &self.whose {
            Whose::Person(person) => owed_by(reader, *person, self.window).await?,
            Whose::Place { policy, place } => {
                let due = self.due_at(reader, policy, *place).await?;
                let entries = self.entries(reader, (policy, *place), &due).await?;
                (due, entries, Editions::default())
            }
        };
        let (mut due, kept) = beside(due, entries, self.window.today);
        // What was sent back and is due no more is nobody's to mend.
        let kept: Vec<_> = kept.into_iter().filter(|it| it.state != DutyState::Returned).collect();
        editions.complete(reader, &kept).await?;
        due.extend(kept.into_iter().filter_map(|it| editions.kept(it)));
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

impl DutiesOf {
    /// What was done about the things that something is due about, and about others of the place by the policy.
    async fn entries(
        &self,
        reader: &Reader<'_>,
        (policy, place): (&str, OrganizationId),
        due: &[Due],
    ) -> Result<Vec<duty_entry::Model>> {
        let at = Alias::own::<duty_entry::Entity>();
        let days = || at.col(duty_entry::Column::DueOn).between(self.window.from, self.window.to);
        let here = Condition::all()
            .add(at.col(duty_entry::Column::OrganizationId).in_subquery(below(reader.gate(), place)))
            .add(at.col(duty_entry::Column::EditionId).in_subquery(editions_of(reader.gate(), policy)))
            .add(days());
        let mut all = reader.find::<duty_entry::Entity>().filter(here).all().await?;
        let found: BTreeSet<DutyEntryId> = all.iter().map(|it| it.id).collect();
        let about: BTreeSet<_> = due.iter().map(|it| it.about.id).collect();
        let about: Vec<_> = about.into_iter().collect();
        for some in about.chunks(500) {
            let some = reader
                .find::<duty_entry::Entity>()
                .filter(at.col(duty_entry::Column::SubjectId).is_in(some.iter().copied()))
                .filter(days());
            all.extend(some.all().await?.into_iter().filter(|it| !found.contains(&it.id)));
        }
        Ok(all)
    }

    /// The reports of some pairs, each by the edition that the pair was made under.
    async fn pairs(&self, reader: &Reader<'_>, pairs: Vec<mentoring_pair::Model>) -> Result<Vec<Due>> {
        let (part, edition) = (Alias::own::<pair_part::Entity>(), Alias::own::<policy_edition::Entity>());
        let (mut due, wanted) = (Vec::new(), pairs.iter().filter_map(|it| it.edition_id));
        let wanted: BTreeSet<_> = wanted.collect();
        let editions = reader.find_by_key::<policy_edition::Entity>();
        let editions = editions.filter(edition.col(policy_edition::Column::Id).is_in(wanted)).all().await?;
        let editions = Editions::of(editions, reader.calendar())?;
        for some in pairs.chunks(500) {
            let parts = reader
                .find::<pair_part::Entity>()
                .filter(part.col(pair_part::Column::PairId).is_in(some.iter().map(|it| it.id)))
                .filter(part.col(pair_part::Column::LeftOn).is_null())
                .order(pair_part::Column::Id);
            due.extend(editions.pairs(some, &parts.all().await?, self.window));
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
        let staying = [MembershipState::Confirmed, MembershipState::Warned];
        let members = reader
            .find::<pool_membership::Entity>()
            .filter(at.col(pool_membership::Column::PoolId).is_in(pools.iter().map(|it| it.id)))
            .filter(nobody_gone(at.col(pool_membership::Column::CadreId), reader.gate()))
            .filter(at.col(pool_membership::Column::State).is_in(staying));
        let mut of_pools: BTreeMap<_, Vec<pool_membership::Model>> = BTreeMap::new();
        for member in members.all().await? {
            of_pools.entry(member.pool_id).or_default().push(member);
        }
        for pool in pools {
            let (place, owner) = (pool.organization_id, None);
            for said in said {
                let since = said.edition.valid_from;
                let about = About { kind: DutySubject::Pool, id: pool.id.uuid(), place, owner, since, until: None };
                due.extend(said.items(Subject::Pool, about, self.window));
            }
            for member in of_pools.remove(&pool.id).unwrap_or_default() {
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
                    owed.retain(|it| split(&it.code).0 != item.code);
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
