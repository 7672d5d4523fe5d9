//! Commands on pool memberships; those on pools stand in `pools`. Membership gives no right to a post; who proposes does
//! not confirm; every step is kept with decider, reason and date, and none happens by itself.

pub mod policed;
pub mod pools;

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{CadreId, MembershipStepId, PoolDivisionId, PoolId, PoolMembershipId, PoolTierId},
    kind::{CadreStatus, MembershipState, PoolAxis, RecommendationSource, StepKind},
    membership_step, pool_division, pool_membership, pool_tier, reserve_pool,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    edition::notice,
    error::{Action, Error, Problem, ProblemCode, Result},
    pool::{
        rules,
        write::policed::{Entering, Said},
    },
};

/// In which part of a pool somebody stands, by codes of the pool.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Place {
    /// The tier; the one before where it is left out of a move.
    pub tier: Option<String>,
    /// The track.
    pub track: Option<String>,
    /// The category.
    pub category: Option<String>,
    /// The maturity.
    pub maturity: Option<String>,
}

/// Proposes a cadre for a tier of a pool. Fails with INVALID, NOT_IN_POST, ALREADY_MEMBER or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeMembership {
    /// The pool.
    pub pool: PoolId,
    /// In which part of it.
    pub place: Place,
    /// The person.
    pub cadre: CadreId,
    /// Why.
    pub reason: String,
    /// Who recommends the person.
    pub source: Option<RecommendationSource>,
    /// By which route, a code of the pool's policy.
    pub entry_route: Option<String>,
}

impl Command for ProposeMembership {
    const ACTION: Action = Action::MembershipPropose;
    type Outcome = PoolMembershipId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PoolMembershipId> {
        let reason = rules::reason(&self.reason)?;
        let entry_route = self.entry_route.map(|it| rules::code("entryRoute", &it)).transpose()?;
        let pool = tx.get::<reserve_pool::Entity>(self.pool).await?;
        let cadre = tx.get::<cadre::Entity>(self.cadre).await?;
        in_post(&cadre)?;
        let tier = self.place.tier.as_deref().unwrap_or_default();
        let tier_id = tier_of(tx, pool.id, tier).await?;
        let divisions = divisions_of(tx, pool.id).await?;
        let said = match policed::of(tx, &pool).await? {
            None => Said::default(),
            Some(policy) => {
                let (person, route) = (cadre.clone(), entry_route.as_deref());
                policy.entering(tx, pool.id, Entering { person, tier, route, deciding: false }).await?
            }
        };
        let proposed = pool_membership::Model {
            id: PoolMembershipId::fresh(),
            pool_id: pool.id,
            tier_id,
            track_id: division(&divisions, PoolAxis::Track, self.place.track.as_deref())?,
            category_id: division(&divisions, PoolAxis::Category, self.place.category.as_deref())?,
            maturity_id: division(&divisions, PoolAxis::Maturity, self.place.maturity.as_deref())?,
            source: self.source,
            entry_route,
            cadre_id: cadre.id,
            state: MembershipState::Proposed,
            reason: reason.clone(),
            proposed_by: tx.account(),
            proposed_on: tx.today(),
            decided_by: None,
            decided_on: None,
            edition_id: said.edition,
            version: 1,
        };
        let decision = Decision { reason: Some(reason), ..Decision::default() };
        let mut step = step_row(tx, &proposed, StepKind::Proposed, tx.today(), decision);
        step.findings = notice::kept(&said.notices);
        let id = tx.insert::<pool_membership::Entity>(proposed).await?;
        tx.insert::<membership_step::Entity>(step).await?;
        Ok(id)
    }
}

/// What is said of a decision.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Decision {
    /// Why.
    pub reason: Option<String>,
    /// Why, as a code of the pool's policy.
    pub reason_code: Option<String>,
    /// Its document.
    pub document_number: Option<String>,
    /// Its day; today when it is left out.
    pub decided_on: Option<NaiveDate>,
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident by $action:ident as $kind:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $name {
            /// The membership.
            pub id: PoolMembershipId,
            /// The version that the client saw.
            pub expected_version: i32,
            /// Where it stands from now on; only a move says so.
            pub place: Place,
            /// What is said of the decision.
            pub decision: Decision,
        }

        impl Command for $name {
            const ACTION: Action = Action::$action;
            type Outcome = PoolMembershipId;
            async fn apply(self, tx: &mut Writer<'_>) -> Result<PoolMembershipId> {
                take(tx, self.id, self.expected_version, StepKind::$kind, self.place, self.decision).await
            }
        }
    )+};
}

steps! {
    /// Confirms a proposed membership. Fails with INVALID, STALE, TRANSITION_REFUSED, SAME_PERSON, NOT_IN_POST or
    /// IDEMPOTENCY_KEY_REUSED.
    ConfirmMembership by MembershipConfirm as Confirmed;
    /// Warns a member. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
    WarnMember by MembershipWarn as Warned;
    /// Lifts a warning. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
    LiftWarning by MembershipWarn as WarningLifted;
    /// Moves a member within the pool. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
    MoveMember by MembershipMove as Moved;
    /// Ends a membership without a post. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
    ExitMember by MembershipExit as Exited;
    /// Ends a membership because the person was given a post. Fails with INVALID, STALE, TRANSITION_REFUSED or
    /// IDEMPOTENCY_KEY_REUSED.
    DeployMember by MembershipDeploy as Deployed;
}

async fn take(
    tx: &mut Writer<'_>,
    id: PoolMembershipId,
    expected_version: i32,
    kind: StepKind,
    place: Place,
    decision: Decision,
) -> Result<PoolMembershipId> {
    let before = tx.get_at::<pool_membership::Entity>(id, expected_version).await?;
    let state = rules::after(before.state, kind)?;
    let decision = checked(decision, kind)?;
    let day = rules::decided_on(decision.decided_on, before.proposed_on, tx.today())?;
    if kind == StepKind::Confirmed {
        rules::not_the_proposer(tx.is_own(before.proposed_by).await?)?;
        in_post(&tx.get::<cadre::Entity>(before.cadre_id).await?)?;
    }
    let mut after = pool_membership::Model { state, decided_by: tx.account(), decided_on: Some(day), ..before.clone() };
    let said = said(tx, &before, kind, &place, decision.reason_code.as_deref()).await?;
    after.edition_id = said.edition.or(before.edition_id);
    if kind == StepKind::Moved {
        after = moved(tx, after, place).await?;
        let stays = (after.tier_id, after.track_id, after.category_id, after.maturity_id)
            == (before.tier_id, before.track_id, before.category_id, before.maturity_id);
        if stays {
            return Err(Error::invalid("tierCode", "says where the member stands already: name another place"));
        }
    }
    let mut step = step_row(tx, &after, kind, day, decision);
    step.findings = notice::kept(&said.notices);
    tx.update::<pool_membership::Entity>(&before, after).await?;
    tx.insert::<membership_step::Entity>(step).await?;
    Ok(id)
}

/// What the pool's policy says of a step.
async fn said(
    tx: &Writer<'_>,
    before: &pool_membership::Model,
    kind: StepKind,
    place: &Place,
    reason_code: Option<&str>,
) -> Result<Said> {
    let pool = tx.get::<reserve_pool::Entity>(before.pool_id).await?;
    let Some(policy) = policed::of(tx, &pool).await? else { return Ok(Said::default()) };
    match kind {
        StepKind::Confirmed => {
            let person = tx.get::<cadre::Entity>(before.cadre_id).await?;
            let tiers = tiers_of(tx, pool.id).await?;
            let tier = tiers.iter().find(|it| it.id == before.tier_id).map(|it| it.code.as_str()).unwrap_or_default();
            let route = before.entry_route.as_deref();
            policy.entering(tx, pool.id, Entering { person, tier, route, deciding: true }).await
        }
        StepKind::Moved => {
            let divisions = divisions_of(tx, pool.id).await?;
            let held = divisions.iter().find(|it| Some(it.id) == before.maturity_id).map(|it| it.code.as_str());
            Ok(policy.moving(held, place.maturity.as_deref()))
        }
        StepKind::Exited if before.state != MembershipState::Proposed => policy.leaving(before.state, reason_code),
        _ => Ok(Said { edition: Some(policy.edition.id), notices: Vec::new() }),
    }
}

/// A decision in normal form. Only a confirmation and a lifted warning may go without a reason.
fn checked(decision: Decision, kind: StepKind) -> Result<Decision> {
    let silent = matches!(kind, StepKind::Confirmed | StepKind::WarningLifted);
    let reason = match decision.reason {
        None if silent => None,
        given => Some(rules::reason(&given.unwrap_or_default())?),
    };
    let reason_code = decision.reason_code.map(|it| rules::code("reasonCode", &it)).transpose()?;
    let document_number = decision.document_number.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    if document_number.as_ref().is_some_and(|it| it.chars().count() > 60) {
        return Err(Error::invalid("documentNumber", "is longer than 60 characters"));
    }
    Ok(Decision { reason, reason_code, document_number, ..decision })
}

/// The membership in another part of the pool; what is left out stays.
async fn moved(tx: &Writer<'_>, it: pool_membership::Model, place: Place) -> Result<pool_membership::Model> {
    let divisions = divisions_of(tx, it.pool_id).await?;
    let tier_id = match &place.tier {
        Some(code) => tier_of(tx, it.pool_id, code).await?,
        None => it.tier_id,
    };
    Ok(pool_membership::Model {
        tier_id,
        track_id: division(&divisions, PoolAxis::Track, place.track.as_deref())?.or(it.track_id),
        category_id: division(&divisions, PoolAxis::Category, place.category.as_deref())?.or(it.category_id),
        maturity_id: division(&divisions, PoolAxis::Maturity, place.maturity.as_deref())?.or(it.maturity_id),
        ..it
    })
}

fn in_post(cadre: &cadre::Model) -> Result<()> {
    if cadre.status == CadreStatus::InPost {
        return Ok(());
    }
    let message = format!("The person is {}: only those in post can be proposed.", cadre.status.text());
    Err(Problem::new(ProblemCode::NotInPost, message).on("cadreId").into())
}

fn step_row(
    tx: &Writer<'_>,
    membership: &pool_membership::Model,
    kind: StepKind,
    decided_on: NaiveDate,
    decision: Decision,
) -> membership_step::Model {
    membership_step::Model {
        id: MembershipStepId::fresh(),
        membership_id: membership.id,
        kind,
        state: membership.state,
        tier_id: membership.tier_id,
        reason: decision.reason,
        reason_code: decision.reason_code,
        document_number: decision.document_number,
        decided_on,
        decided_by: tx.account(),
        recorded_at: tx.now(),
        findings: None,
        version: 1,
    }
}

async fn tiers_of(tx: &Writer<'_>, pool: PoolId) -> Result<Vec<pool_tier::Model>> {
    let at = Alias::own::<pool_tier::Entity>().col(pool_tier::Column::PoolId).eq(pool);
    tx.reader().find::<pool_tier::Entity>().filter(at).order(pool_tier::Column::Ordinal).all().await
}

async fn tier_of(tx: &Writer<'_>, pool: PoolId, code: &str) -> Result<PoolTierId> {
    let tiers = tiers_of(tx, pool).await?;
    match tiers.iter().find(|it| it.code == code) {
        Some(tier) => Ok(tier.id),
        None => Err(unknown("tierCode", "tier", code, tiers.iter().map(|it| it.code.as_str()))),
    }
}

async fn divisions_of(tx: &Writer<'_>, pool: PoolId) -> Result<Vec<pool_division::Model>> {
    let at = Alias::own::<pool_division::Entity>().col(pool_division::Column::PoolId).eq(pool);
    tx.reader().find::<pool_division::Entity>().filter(at).order(pool_division::Column::Ordinal).all().await
}

fn division(all: &[pool_division::Model], axis: PoolAxis, code: Option<&str>) -> Result<Option<PoolDivisionId>> {
    let Some(code) = code else { return Ok(None) };
    let of_axis = || all.iter().filter(|it| it.axis == axis);
    if let Some(found) = of_axis().find(|it| it.code == code) {
        return Ok(Some(found.id));
    }
    let (field, what) = match axis {
        PoolAxis::Track => ("trackCode", "track"),
        PoolAxis::Category => ("categoryCode", "category"),
        PoolAxis::Maturity => ("maturityCode", "maturity"),
    };
    Err(unknown(field, what, code, of_axis().map(|it| it.code.as_str())))
}

fn unknown<'c>(field: &'static str, what: &str, code: &str, known: impl Iterator<Item = &'c str>) -> Error {
    let known: Vec<&str> = known.collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Error::invalid(field, format!("'{code}' is no {what} of this pool; it has {known}"))
}
