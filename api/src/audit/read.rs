//! Questions about the audit trail, and who may see it.
//!
//! An audit administrator oversees the accounts that hold, or ever held, a grant under the own reach: every act of such
//! an account shows, whichever grant it acted with. What an act *changed* shows only where the account never held a
//! grant elsewhere, because the trail says which row was changed and not whose it is: an officer of two counties would
//! otherwise carry the rows of one into the sight of the other. Acts of no account (jobs), and of accounts without any
//! grant, show to those whose reach covers every organization, who see everything up to their ceiling.
//!
//! The secrecy ceiling holds here too. What was changed of a record that is above it now does not show, nor what was
//! changed by an account that ever held a grant with a higher ceiling: its rows may hang on such records. A managing tier
//! can't be told from a changed row, so an auditor with one sees acts without their changes.
//!
//! The access log goes by the person, not by the reader: those see it whose audit grant reaches the person's record,
//! wherever it is kept now, and the person. Nothing here is remembered: an auditor sees what is, and reads rarely.

use chrono::{DateTime, Utc};
use entity::{
    access_log, account, account_grant, audit_change, audit_event, cadre,
    id::{AccessLogId, AccountId, AuditEventId, CadreId},
    kind::{AuditOutcome, Role, SecrecyLevel},
    organization,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use serde::Serialize;

use crate::{
    auth::scope::Reach,
    belonging,
    cadre::read::{cleared, kept, names_cleared},
    db::gate::{Alias, Gate, Visible},
    error::Action,
    questions,
};

/// Roles that oversee.
const OVERSEERS: &[Role] = &[Role::AuditAdmin];

/// That an account's column is of one that holds, or ever held, a grant within reach.
pub fn overseen(account: Expr, gate: &Gate) -> Condition {
    Condition::any().add(account.in_subquery(holders(gate, true))).add(everywhere(gate))
}

/// Accounts with a grant within reach, or with one that is not.
fn holders(gate: &Gate, within: bool) -> SelectStatement {
    let at = Alias::named(if within { "grant_within" } else { "grant_beyond" });
    let reach = gate.under(at.col(account_grant::Column::OrganizationId), OVERSEERS);
    let reach = if within { reach } else { reach.not() };
    gate.raw::<account_grant::Entity>(account_grant::Column::AccountId, &at).cond_where(reach).to_owned()
}

/// That the reach covers every organization: no top of the tree lies outside it.
fn everywhere(gate: &Gate) -> Condition {
    match gate.scope().reach(OVERSEERS) {
        Reach::Everything => Condition::all(),
        Reach::Under(roots) if roots.is_empty() => Gate::nothing(),
        Reach::Under(_) => {
            let at = Alias::named("top");
            let outside = gate
                .raw::<organization::Entity>(organization::Column::Id, &at)
                .and_where(at.col(organization::Column::ParentId).is_null())
                .cond_where(gate.under(at.col(organization::Column::Id), OVERSEERS).not())
                .to_owned();
            Condition::all().add(Expr::exists(outside).not())
        }
    }
}

/// That an act is of nobody who ever held a grant with a higher ceiling.
fn without_higher(event: Expr, gate: &Gate) -> Condition {
    let (held, act) = (Alias::named("higher_grant"), Alias::named("higher_act"));
    let levels = SecrecyLevel::ALL.iter().filter(|it| **it > gate.scope().ceiling()).copied();
    let higher = gate
        .raw::<account_grant::Entity>(account_grant::Column::AccountId, &held)
        .and_where(held.col(account_grant::Column::SecrecyCeiling).is_in(levels))
        .to_owned();
    let acts = gate
        .raw::<audit_event::Entity>(audit_event::Column::Id, &act)
        .and_where(act.col(audit_event::Column::AccountId).in_subquery(higher))
        .to_owned();
    Condition::all().add(event.not_in_subquery(acts))
}

impl Visible for audit_event::Entity {
    /// Acts of those who are overseen.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        overseen(at.col(audit_event::Column::AccountId), gate)
    }
}

impl Visible for audit_change::Entity {
    /// Of acts of those who never held a grant beyond the reach or above the ceiling; of records up to the ceiling.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        if gate.scope().reach_by_tier(OVERSEERS).iter().any(|(tier, _)| tier.is_some()) {
            return Gate::nothing();
        }
        let event = Alias::named("act");
        let account = event.col(audit_event::Column::AccountId);
        let events = gate
            .raw::<audit_event::Entity>(audit_event::Column::Id, &event)
            .and_where(account.clone().in_subquery(holders(gate, true)))
            .and_where(account.not_in_subquery(holders(gate, false)))
            .to_owned();
        let some =
            Condition::any().add(at.col(audit_change::Column::EventId).in_subquery(events)).add(everywhere(gate));
        let below = without_higher(at.col(audit_change::Column::EventId), gate);
        Condition::all().add(some).add(below).add(names_cleared(at.col(audit_change::Column::RowId), gate))
    }
}

impl Visible for access_log::Entity {
    /// Of persons whose record is within reach, tier and ceiling included, and of oneself.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let (person, seen) = (at.col(access_log::Column::CadreId), Alias::named("seen"));
        let people = gate
            .raw::<cadre::Entity>(cadre::Column::Id, &seen)
            .cond_where(kept(&seen, gate, OVERSEERS))
            .cond_where(cleared(&seen, gate))
            .to_owned();
        let own = gate.scope().person(&[Role::Cadre]).map(|own| person.clone().eq(own));
        Condition::any().add(person.in_subquery(people)).add_option(own)
    }
}

/// Which acts to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Acts {
    /// The act.
    pub action: Option<Action>,
    /// How it ended.
    pub outcome: Option<AuditOutcome>,
    /// By the account of this login.
    pub login: Option<String>,
    /// From when.
    pub from: Option<DateTime<Utc>>,
    /// Until when, exclusive.
    pub to: Option<DateTime<Utc>>,
    /// Within this request.
    pub request_id: Option<String>,
}

impl questions::Among for Acts {
    type Entity = audit_event::Entity;
    const ACTION: Action = Action::AuditRead;
    const LIST: &'static str = "audit.list";
    const COUNT: &'static str = "audit.count";
    fn by_name() -> audit_event::Column {
        audit_event::Column::Id
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let (at, who) = (Alias::own::<audit_event::Entity>(), Alias::named("who"));
        let of = |login: &str| {
            let account = gate.raw::<account::Entity>(account::Column::Id, &who);
            account.clone().and_where(who.col(account::Column::Login).eq(login)).to_owned()
        };
        let when = at.col(audit_event::Column::RecordedAt);
        Condition::all()
            .add_option(self.action.map(|it| at.col(audit_event::Column::Action).eq(it.text())))
            .add_option(self.outcome.map(|it| at.col(audit_event::Column::Outcome).eq(it)))
            .add_option(self.login.as_deref().map(|it| at.col(audit_event::Column::AccountId).in_subquery(of(it))))
            .add_option(self.from.map(|it| when.clone().gte(it)))
            .add_option(self.to.map(|it| when.clone().lt(it)))
            .add_option(self.request_id.as_deref().map(|it| at.col(audit_event::Column::RequestId).eq(it)))
    }
}

/// Readings of one person's sensitive values.
#[derive(Clone, Debug, Serialize)]
pub struct Readings {
    /// The person.
    pub of: CadreId,
}

impl questions::Among for Readings {
    type Entity = access_log::Entity;
    const ACTION: Action = Action::AccessLogRead;
    const LIST: &'static str = "access.list";
    const COUNT: &'static str = "access.count";
    fn by_name() -> access_log::Column {
        access_log::Column::Id
    }
    fn condition(&self, _: &Gate) -> Condition {
        Condition::all().add(Alias::own::<access_log::Entity>().col(access_log::Column::CadreId).eq(self.of))
    }
}

belonging! {
    /// Rows that an act changed.
    Changes = audit_change by EventId(event_id: AuditEventId), ordered Id, AuditRead, "audit.changes";
    /// Acts by their own keys.
    ActsById = audit_event by Id(id: AuditEventId), ordered Id, AuditRead, "audit.by_id";
    /// Readings by their own keys.
    ReadingsById = access_log by Id(id: AccessLogId), ordered Id, AccessLogRead, "access.by_id";
    /// Accounts that acted.
    Actors = account by Id(id: AccountId), ordered Id, AuditRead, "audit.actors";
    /// Accounts that opened sensitive values.
    Openers = account by Id(id: AccountId), ordered Id, AccessLogRead, "access.openers";
}
