//! Commands on facts that policies declare, and waivers of their criteria. Both are signed: they name their document or source,
//! and whoever recorded them; a waiver is the word of the authority that the criterion names, and never of who proposed.

use chrono::NaiveDate;
use entity::{
    cadre, criterion_waiver, declared_fact,
    id::{CadreId, CriterionWaiverId, DeclaredFactId, OrganizationId, PolicyEditionId},
    kind::{FactState, MembershipState, Role},
    organization, policy_edition, pool_membership,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    auth::scope::Reach,
    db::{gate::Alias, session::Command, writer::Writer},
    declared::rules::{Said, fits, has_room},
    edition::{
        document::Document,
        read::{document_of, in_force},
    },
    error::{Action, Error, Problem, ProblemCode, Result},
};

/// Records a fact that a policy declares. Fails with INVALID, QUOTA_REACHED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RecordDeclared {
    /// Code of the policy.
    pub policy: String,
    /// Code of the fact there.
    pub code: String,
    /// Of whom.
    pub cadre: Option<CadreId>,
    /// Of which organization; that which keeps the person otherwise.
    pub organization: Option<OrganizationId>,
    /// Whether it is so.
    pub holds: bool,
    /// How many.
    pub number: Option<i32>,
    /// From when; today where it is left out.
    pub valid_from: Option<NaiveDate>,
    /// Until when, exclusive.
    pub valid_to: Option<NaiveDate>,
    /// The document.
    pub document_number: Option<String>,
    /// Who says so, and where.
    pub source: String,
}

fn short(field: &'static str, text: Option<String>, most: usize) -> Result<Option<String>> {
    let text = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match text.as_ref().map(|it| it.chars().count()) {
        Some(length) if length > most => {
            Err(Error::invalid(field, format!("has {length} characters; write at most {most}")))
        }
        _ => Ok(text),
    }
}

impl Command for RecordDeclared {
    const ACTION: Action = Action::DeclaredFactRecord;
    type Outcome = DeclaredFactId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<DeclaredFactId> {
        let place = match (self.cadre, self.organization) {
            (Some(person), None) => tx.get::<cadre::Entity>(person).await?.organization_id,
            (None, Some(place)) => tx.get::<organization::Entity>(place).await?.id,
            _ => return Err(Error::invalid("cadreId", "or organizationId must be given, and one of them alone")),
        };
        let valid_from = self.valid_from.unwrap_or_else(|| tx.today());
        let Some((edition, document)) = in_force(&tx.reader(), &self.policy, place, valid_from).await? else {
            let why = format!("'{}' has no edition in effect there on {valid_from}", self.policy);
            return Err(Error::invalid("policy", why));
        };
        let Some(fact) = document.facts.iter().find(|it| it.code == self.code) else {
            let known: Vec<&str> = document.facts.iter().map(|it| it.code.as_str()).collect();
            let why = format!("'{}' is declared by no edition in effect; it declares {}", self.code, known.join(", "));
            return Err(Error::invalid("code", why));
        };
        let (is_of_person, valid_to) = (self.cadre.is_some(), self.valid_to);
        fits(fact, &Said { is_of_person, number: self.number, valid_from, valid_to }, tx.today())?;
        if self.holds {
            within_quota(tx, &edition, &document, &self.code).await?;
        }
        let source = short("source", Some(self.source), 200)?;
        let row = declared_fact::Model {
            id: DeclaredFactId::fresh(),
            edition_id: edition.id,
            code: self.code,
            organization_id: place,
            cadre_id: self.cadre,
            holds: self.holds,
            number: self.number,
            valid_from,
            valid_to,
            document_number: short("documentNumber", self.document_number, 60)?,
            source: source.ok_or_else(|| Error::invalid("source", "is empty: say who says so, and where"))?,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            state: FactState::Recorded,
            void_reason: None,
            version: 1,
        };
        tx.insert::<declared_fact::Entity>(row).await
    }
}

/// That one more of a fact stays within its quota, whoever sees the others. Two who take the last place wait for each other.
async fn within_quota(
    tx: &mut Writer<'_>,
    edition: &policy_edition::Model,
    document: &Document,
    code: &str,
) -> Result<()> {
    let quotas = document.sections.registry.iter().flat_map(|it| &it.quotas);
    let Some(quota) = quotas.into_iter().find(|it| it.fact == code) else { return Ok(()) };
    tx.one_at_a_time().await?;
    let place = edition.organization_id;
    let raised = match &quota.raised_by {
        Some(count) => tx.declared_count(place, count).await?,
        None => None,
    };
    let approved = raised.and_then(|it| u32::try_from(it).ok()).unwrap_or(quota.approved);
    has_room(code, tx.declared_held(place, code).await?, approved)
}

/// Voids a declared fact: it was never so. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct VoidDeclared {
    /// The fact.
    pub id: DeclaredFactId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Why.
    pub reason: String,
}

impl Command for VoidDeclared {
    const ACTION: Action = Action::DeclaredFactRecord;
    type Outcome = DeclaredFactId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<DeclaredFactId> {
        let before = tx.get_at::<declared_fact::Entity>(self.id, self.expected_version).await?;
        if before.state != FactState::Recorded {
            let message = "The fact is void already.";
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into());
        }
        let reason = short("reason", Some(self.reason), 500)?;
        let void_reason = Some(reason.ok_or_else(|| Error::invalid("reason", "is empty: say why it was never so"))?);
        let after = declared_fact::Model { state: FactState::Voided, void_reason, ..before.clone() };
        tx.update::<declared_fact::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// Lets a criterion pass for a person. Fails with INVALID, SAME_PERSON, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct WaiveCriterion {
    /// The edition.
    pub edition: PolicyEditionId,
    /// Code of the criterion.
    pub criterion: String,
    /// For whom.
    pub cadre: CadreId,
    /// Why.
    pub reason: String,
    /// Until when, exclusive; without an end where it is left out.
    pub valid_to: Option<NaiveDate>,
}

impl Command for WaiveCriterion {
    const ACTION: Action = Action::CriterionWaive;
    type Outcome = CriterionWaiverId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CriterionWaiverId> {
        let edition = tx.get::<policy_edition::Entity>(self.edition).await?;
        let person = tx.get::<cadre::Entity>(self.cadre).await?;
        let document = document_of(&edition)?;
        let Some(criterion) = document.criterion(&self.criterion) else {
            return Err(Error::invalid("criterion", format!("'{}' is no criterion of this edition", self.criterion)));
        };
        let Some(by) = criterion.waived_by else {
            let message = format!("Nobody may waive {}: the policy names no authority for it.", criterion.code);
            let problem = Problem::new(ProblemCode::TransitionRefused, message).on("criterion");
            return Err(problem.cited(&criterion.code, &criterion.cite).into());
        };
        if !acts_as(tx, by, person.organization_id).await? {
            let message = format!("{} may be waived by {} alone: ask one.", criterion.code, by.text());
            let problem = Problem::new(ProblemCode::TransitionRefused, message).on("criterion");
            return Err(problem.cited(&criterion.code, &criterion.cite).into());
        }
        never_the_proposer(tx, person.id).await?;
        let today = tx.today();
        if self.valid_to.is_some_and(|to| to <= today) {
            return Err(Error::invalid("validTo", format!("is not after today, {today}")));
        }
        let reason = short("reason", Some(self.reason), 500)?;
        let row = criterion_waiver::Model {
            id: CriterionWaiverId::fresh(),
            edition_id: edition.id,
            criterion: self.criterion,
            cadre_id: person.id,
            reason: reason.ok_or_else(|| Error::invalid("reason", "is empty: say why the criterion passes"))?,
            waived_by: tx.account(),
            waived_on: today,
            valid_to: self.valid_to,
            version: 1,
        };
        tx.insert::<criterion_waiver::Entity>(row).await
    }
}

/// Whether the caller acts in a role that reaches a place.
async fn acts_as(tx: &Writer<'_>, role: Role, place: OrganizationId) -> Result<bool> {
    let Reach::Under(roots) = tx.reader().gate().scope().reach(&[role]) else { return Ok(true) };
    Ok(tx.reader().above(place).await?.iter().any(|it| roots.contains(it)))
}

/// That the caller proposed the person for no pool that is open, and is not the person.
async fn never_the_proposer(tx: &Writer<'_>, person: CadreId) -> Result<()> {
    let at = Alias::own::<pool_membership::Entity>();
    let open = tx
        .reader()
        .find::<pool_membership::Entity>()
        .filter(at.col(pool_membership::Column::CadreId).eq(person))
        .filter(at.col(pool_membership::Column::State).eq(MembershipState::Proposed))
        .all()
        .await?;
    for row in open {
        if tx.is_own(row.proposed_by).await? {
            let message = "You proposed this person yourself: somebody else must waive.";
            return Err(Problem::new(ProblemCode::SamePerson, message).on("cadreId").into());
        }
    }
    Ok(())
}
