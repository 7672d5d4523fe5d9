//! Moves of persons to other organizations. Within reach one command moves; beyond it one side offers and the other takes
//! or refuses, and nothing moves until it takes.
//!
//! A move ends the principal post, begins the next one where one is named, gives the record its new keeper, and suspends
//! the pairs whose keeper reaches the person no more. Memberships of pools stay: who keeps the pool decides. Two moves of
//! one person hold the record one after the other, so that the second one meets what the first has made of it.

use chrono::NaiveDate;
use entity::{
    cadre, cadre_transfer,
    id::{CadreId, OrganizationId, PostId, TransferId},
    kind::{PostRole, Role, TransferState},
    organization,
    partial_date::PartialDate,
    post, post_assignment,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    cadre::{
        rules as records,
        write::{open_histories, post_row},
    },
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    mentoring::write::leaving::{Standing, suspend_pairs},
    organization::write::standing,
    transfer::rules,
};

/// The post that somebody is appointed to with the move.
#[derive(Clone, Debug, Serialize)]
pub struct NewPost {
    /// 单位及职务全称
    pub title: String,
    /// 正职 or 副职
    pub role: Option<PostRole>,
    /// The post of the receiving organization, or of one below it, that it fills.
    pub post: Option<PostId>,
}

/// How a move is made.
#[derive(Clone, Debug, Serialize)]
pub struct Terms {
    /// The first day under the new keeper; today where it is left out.
    pub effective_on: Option<NaiveDate>,
    /// The document of the appointment.
    pub document_number: Option<String>,
    /// The post from then on.
    pub post: Option<NewPost>,
}

/// Moves a cadre to another organization within reach. Fails with INVALID, STALE, NOT_IN_POST, TAKEN, SAME_PERSON,
/// TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct TransferCadre {
    /// Who.
    pub cadre: CadreId,
    /// The version of the record that the client saw.
    pub expected_version: i32,
    /// Where to.
    pub to: OrganizationId,
    /// How.
    pub terms: Terms,
    /// Why.
    pub reason: Option<String>,
}

impl Command for TransferCadre {
    const ACTION: Action = Action::CadreTransfer;
    type Outcome = TransferId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TransferId> {
        let person = free_to_go(tx, self.cadre, self.expected_version).await?;
        let to = standing(tx, self.to).await?;
        let reason = rules::text("reason", self.reason, 500)?;
        let offer = offer_row(tx, &person, &to, reason).await?;
        let row = complete(tx, person, offer, self.terms).await?;
        tx.insert::<cadre_transfer::Entity>(row).await
    }
}

/// Offers a cadre to an organization anywhere. Fails with INVALID, STALE, NOT_IN_POST, TAKEN, SAME_PERSON or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct OfferCadre {
    /// Who.
    pub cadre: CadreId,
    /// The version of the record that the client saw.
    pub expected_version: i32,
    /// The code of the organization that is to take the person.
    pub to_code: String,
    /// The document of the offer.
    pub document_number: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Command for OfferCadre {
    const ACTION: Action = Action::CadreTransferOffer;
    type Outcome = TransferId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TransferId> {
        let person = free_to_go(tx, self.cadre, self.expected_version).await?;
        let to = tx.named_beyond(self.to_code.trim()).await?;
        let reason = rules::text("reason", self.reason, 500)?;
        let document_number = rules::text("documentNumber", self.document_number, 80)?;
        let row = offer_row(tx, &person, &to, reason).await?;
        tx.insert::<cadre_transfer::Entity>(cadre_transfer::Model { document_number, ..row }).await
    }
}

/// Takes a cadre who is offered. Fails with INVALID, STALE, NOT_IN_POST, SAME_PERSON, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct AcceptCadre {
    /// The offer.
    pub id: TransferId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// How.
    pub terms: Terms,
}

impl Command for AcceptCadre {
    const ACTION: Action = Action::CadreTransferDecide;
    type Outcome = TransferId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TransferId> {
        let before = tx.get_at::<cadre_transfer::Entity>(self.id, self.expected_version).await?;
        // Read first: for the side that gives, which sees the offer too, there is no such organization.
        standing(tx, before.to_id).await?;
        rules::open(before.state)?;
        tx.hold(&[before.cadre_id]).await?;
        let person = tx.get::<cadre::Entity>(before.cadre_id).await?;
        somebody_else(tx, person.id)?;
        rules::in_post(&person)?;
        if person.organization_id != before.from_id {
            let message = "The person is kept elsewhere since: the offer can't be taken any more.";
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into());
        }
        let after = complete(tx, person, before.clone(), self.terms).await?;
        tx.update::<cadre_transfer::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// Refuses a cadre who is offered. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RefuseCadre {
    /// The offer.
    pub id: TransferId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Why.
    pub answer: String,
}

impl Command for RefuseCadre {
    const ACTION: Action = Action::CadreTransferDecide;
    type Outcome = TransferId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TransferId> {
        let before = tx.get_at::<cadre_transfer::Entity>(self.id, self.expected_version).await?;
        tx.get::<organization::Entity>(before.to_id).await?;
        let answer = rules::text("answer", Some(self.answer), 500)?;
        if answer.is_none() {
            return Err(Error::invalid("answer", "is empty: say why the person is not taken"));
        }
        end(tx, before, TransferState::Refused, answer).await
    }
}

/// Takes an open offer back. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawOffer {
    /// The offer.
    pub id: TransferId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Why.
    pub reason: Option<String>,
}

impl Command for WithdrawOffer {
    const ACTION: Action = Action::CadreTransferOffer;
    type Outcome = TransferId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TransferId> {
        let before = tx.get_at::<cadre_transfer::Entity>(self.id, self.expected_version).await?;
        // For the side that was to take the person there is no such record.
        tx.get::<cadre::Entity>(before.cadre_id).await?;
        let answer = rules::text("reason", self.reason, 500)?;
        end(tx, before, TransferState::Withdrawn, answer).await
    }
}

/// The record of somebody who may go: at the version that the client saw, in post, somebody else's, offered to nobody.
async fn free_to_go(tx: &Writer<'_>, cadre: CadreId, expected_version: i32) -> Result<cadre::Model> {
    tx.hold(&[cadre]).await?;
    let person = tx.get_at::<cadre::Entity>(cadre, expected_version).await?;
    somebody_else(tx, person.id)?;
    rules::in_post(&person)?;
    let at = Alias::own::<cadre_transfer::Entity>();
    let reader = tx.reader();
    let open = reader
        .find::<cadre_transfer::Entity>()
        .filter(at.col(cadre_transfer::Column::CadreId).eq(cadre))
        .filter(at.col(cadre_transfer::Column::State).eq(TransferState::Offered));
    match open.one().await? {
        None => Ok(person),
        Some(offer) => {
            let message = format!(
                "The person is offered to {} already: wait for its answer, or withdraw that offer first.",
                offer.to_name
            );
            Err(Problem::new(ProblemCode::Taken, message).on("cadreId").into())
        }
    }
}

/// That nobody moves oneself.
fn somebody_else(tx: &Writer<'_>, person: CadreId) -> Result<()> {
    if tx.reader().gate().scope().person(Role::ALL) != Some(person) {
        return Ok(());
    }
    let message = "Nobody decides on the own move: ask another officer.";
    Err(Problem::new(ProblemCode::SamePerson, message).on("cadreId").into())
}

/// The one place where a row of a move is built.
async fn offer_row(
    tx: &Writer<'_>,
    person: &cadre::Model,
    to: &organization::Model,
    reason: Option<String>,
) -> Result<cadre_transfer::Model> {
    if to.id == person.organization_id {
        return Err(Error::invalid("organizationId", "keeps the person already: name another organization"));
    }
    let from = tx.get::<organization::Entity>(person.organization_id).await?;
    Ok(cadre_transfer::Model {
        id: TransferId::fresh(),
        cadre_id: person.id,
        from_id: from.id,
        from_name: from.name,
        to_id: to.id,
        to_name: to.name.clone(),
        state: TransferState::Offered,
        effective_on: None,
        document_number: None,
        reason,
        offered_by: tx.account(),
        offered_at: tx.now(),
        decided_by: None,
        decided_at: None,
        answer: None,
        version: 1,
    })
}

/// Moves the person, and gives back the row of the move as it is then.
async fn complete(
    tx: &mut Writer<'_>,
    person: cadre::Model,
    offer: cadre_transfer::Model,
    terms: Terms,
) -> Result<cadre_transfer::Model> {
    let open = open_histories(tx, &[person.id]).await?.remove(&person.id).unwrap_or_default().posts;
    let began: Vec<_> = open.iter().map(|it| it.valid_from).collect();
    let day = rules::effective_on(terms.effective_on, tx.last_move(person.id).await?, &began, tx.today())?;
    let document_number = rules::text("documentNumber", terms.document_number, 80)?;
    let post = match terms.post {
        Some(asked) => Some(appointed(tx, &person, offer.to_id, asked, (day, document_number.clone())).await?),
        None => None,
    };
    for held in open {
        let ended = post_assignment::Model { valid_to: PartialDate::day_of(day), ..held.clone() };
        tx.update::<post_assignment::Entity>(&held, ended).await?;
    }
    let post_title = post.as_ref().map(|it| it.title.clone());
    tx.insert_many::<post_assignment::Entity>(post.into_iter().collect()).await?;
    let after = cadre::Model { organization_id: offer.to_id, post_title, ..person.clone() };
    let (was, is) = (Standing::from(&person), Standing::from(&after));
    tx.update::<cadre::Entity>(&person, after).await?;
    suspend_pairs(tx, &[(was, is)]).await?;
    Ok(cadre_transfer::Model {
        state: TransferState::Completed,
        effective_on: Some(day),
        document_number: document_number.or(offer.document_number.clone()),
        decided_by: tx.account(),
        decided_at: Some(tx.now()),
        ..offer
    })
}

/// The row of the post that begins with the move.
async fn appointed(
    tx: &Writer<'_>,
    person: &cadre::Model,
    to: OrganizationId,
    asked: NewPost,
    (day, document_number): (NaiveDate, Option<String>),
) -> Result<post_assignment::Model> {
    let Some(title) = records::title(Some(asked.title))? else {
        return Err(Error::invalid("post.title", "is empty: say what the person is there, or leave the post out"));
    };
    if let Some(id) = asked.post {
        let post = tx.get::<post::Entity>(id).await?;
        if !tx.reader().above(post.organization_id).await?.contains(&to) {
            let why = "is a post of another organization: name one of the organization that takes the person";
            return Err(Error::invalid("post.postId", why));
        }
        if day < post.valid_from || post.valid_to.is_some_and(|end| day >= end) {
            return Err(Error::invalid("post.postId", format!("does not stand on {day}: name one that does")));
        }
    }
    let source = document_number.clone().unwrap_or_default();
    let row = post_row(tx, person.id, title, PartialDate::day_of(day));
    Ok(post_assignment::Model { role: asked.role, post_id: asked.post, document_number, source, ..row })
}

/// Ends an open offer without a move.
async fn end(
    tx: &mut Writer<'_>,
    before: cadre_transfer::Model,
    state: TransferState,
    answer: Option<String>,
) -> Result<TransferId> {
    rules::open(before.state)?;
    let (decided_by, decided_at) = (tx.account(), Some(tx.now()));
    let after = cadre_transfer::Model { state, answer, decided_by, decided_at, ..before.clone() };
    tx.update::<cadre_transfer::Entity>(&before, after).await?;
    Ok(before.id)
}
