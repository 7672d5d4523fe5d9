//! Commands on policies: drafted by one, published by another, and never changed from then on.

use chrono::NaiveDate;
use entity::{id::PolicyEditionId, kind::PolicyState, organization, policy_edition};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    edition::document::Document,
    error::{Action, Error, Problem, ProblemCode, Result},
};

/// Drafts an edition from a document, or puts the document in the place of the draft of the same number. Fails with INVALID,
/// TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct DraftPolicy {
    /// The document.
    pub document: String,
}

/// The first finding as the problem of a command; whoever shows them all reads the document again.
fn read(text: &str) -> Result<Document> {
    Document::read(text).map_err(|findings| match findings.told().first() {
        Some(first) => Problem::new(ProblemCode::Invalid, first.message.clone()).on(&first.path).into(),
        None => Error::broken("a document refused without a finding"),
    })
}

impl Command for DraftPolicy {
    const ACTION: Action = Action::PolicyDraft;
    type Outcome = PolicyEditionId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PolicyEditionId> {
        let document = read(&self.document)?;
        let code = Alias::own::<organization::Entity>().col(organization::Column::Code);
        let mine = code.eq(document.jurisdiction.as_str());
        let Some(place) = tx.reader().find::<organization::Entity>().filter(mine).one().await? else {
            let message = format!("'{}' is the code of no organization that you reach", document.jurisdiction);
            return Err(Problem::new(ProblemCode::Invalid, message).on("jurisdiction").into());
        };
        let at = Alias::own::<policy_edition::Entity>();
        let before = tx
            .reader()
            .find::<policy_edition::Entity>()
            .filter(at.col(policy_edition::Column::OrganizationId).eq(place.id))
            .filter(at.col(policy_edition::Column::Code).eq(document.code.as_str()))
            .filter(at.col(policy_edition::Column::Edition).eq(document.edition))
            .one()
            .await?;
        let row = policy_edition::Model {
            id: before.as_ref().map_or_else(PolicyEditionId::fresh, |it| it.id),
            organization_id: place.id,
            code: document.code,
            edition: document.edition,
            title: document.title,
            state: PolicyState::Draft,
            valid_from: document.valid_from,
            valid_to: document.valid_to,
            body: self.document,
            drafted_by: tx.account(),
            drafted_at: tx.now(),
            published_by: None,
            published_at: None,
            version: before.as_ref().map_or(1, |it| it.version),
        };
        let Some(before) = before else { return tx.insert::<policy_edition::Entity>(row).await };
        if before.state == PolicyState::Published {
            let message = format!("Edition {} is published and never changes: raise the number.", before.edition);
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("edition").into());
        }
        tx.update::<policy_edition::Entity>(&before, row).await?;
        Ok(before.id)
    }
}

/// Publishes a draft, which somebody else drafted. Fails with INVALID, SAME_PERSON, OVERLAPS, TRANSITION_REFUSED, STALE or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct PublishPolicy {
    /// The edition.
    pub id: PolicyEditionId,
    /// The version that the client saw.
    pub expected_version: i32,
}

/// That an edition begins after those that are published: after the last of them, and not before today.
///
/// # Errors
/// OVERLAPS, or `Invalid`, on `validFrom`.
pub fn in_turn(valid_from: NaiveDate, others: &[policy_edition::Model], today: NaiveDate) -> Result<()> {
    let published = others.iter().filter(|it| it.state == PolicyState::Published);
    let Some(last) = published.map(|it| it.valid_from).max() else { return Ok(()) };
    if valid_from <= last {
        let message = format!("An edition has effect from {last} on: let this one begin after it.");
        return Err(Problem::new(ProblemCode::Overlaps, message).on("validFrom").into());
    }
    if valid_from < today {
        let why = format!("{valid_from} lies before today: what was judged then is history");
        return Err(Error::invalid("validFrom", why));
    }
    Ok(())
}

impl Command for PublishPolicy {
    const ACTION: Action = Action::PolicyPublish;
    type Outcome = PolicyEditionId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PolicyEditionId> {
        let before = tx.get_at::<policy_edition::Entity>(self.id, self.expected_version).await?;
        if before.state == PolicyState::Published {
            let message = "It is published already: it never changes.";
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into());
        }
        if tx.is_own(before.drafted_by).await? {
            let message = "Whoever drafted it may not publish it: ask another leader.";
            return Err(Problem::new(ProblemCode::SamePerson, message).on("id").into());
        }
        // The facts that may be named can have changed since it was drafted.
        read(&before.body)?;
        let at = Alias::own::<policy_edition::Entity>();
        let others = tx
            .reader()
            .find::<policy_edition::Entity>()
            .filter(at.col(policy_edition::Column::OrganizationId).eq(before.organization_id))
            .filter(at.col(policy_edition::Column::Code).eq(before.code.as_str()))
            .filter(at.col(policy_edition::Column::State).eq(PolicyState::Published))
            .all()
            .await?;
        in_turn(before.valid_from, &others, tx.today())?;
        let after = policy_edition::Model {
            state: PolicyState::Published,
            published_by: tx.account(),
            published_at: Some(tx.now()),
            ..before.clone()
        };
        tx.update::<policy_edition::Entity>(&before, after).await?;
        Ok(self.id)
    }
}
