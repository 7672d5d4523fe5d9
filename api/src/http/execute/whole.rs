//! Whole answers: of a document that is known by name, asked again by the same account, where nothing changed that it was
//! made of. The token, the grants, the plan and the record of operations come before; a field that tells of the moment, of
//! sealed values or of what a request costs is never in one.

use std::sync::Arc;

use async_graphql::{Response, parser::types::OperationType};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Answered, Manner, Ready, perform, text};
use crate::{
    db::{hub::Turn, session::Session},
    http::{house::House, refusal::Refusal},
    quota::admission::Allowance,
};

/// What is kept of an answer.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// As it stands, so that it is copied and not read.
    text: Arc<RawValue>,
    told: u64,
}

/// The answer to what is ready: the one that was kept, or a new one, which is kept where it may be.
///
/// # Errors
/// As `perform`.
pub(super) async fn answered(
    house: &House,
    session: Session,
    ready: &Ready,
    manner: Manner,
    turn: Option<Turn>,
    left: Allowance,
    id: &str,
) -> Result<Option<Answered>, Refusal> {
    let known = ready.named && ready.register.is_none();
    let fits = known && ready.chosen.kind == OperationType::Query && !manner.streams && !manner.cost;
    let place = if fits { session.place(&asked(ready)).await } else { None };
    let Some(place) = place else { return perform(house, session, ready, manner, turn, Some(left), id).await };
    if let Some(Kept { text, told }) = session.kept(&place).await {
        let (response, statements) = (Response::default(), session.statements());
        let (left, written) = (Some(left), Some(text.get().to_owned()));
        let (refused, named, kept) = (false, true, true);
        return Ok(Some(Answered { response, refused, named, statements, told, left, written, kept }));
    }
    let session = session.gathering();
    let mut made = perform(house, session.clone(), ready, manner, turn, Some(left), id).await?;
    if let Some(it) = made.as_mut().filter(|it| !it.refused && it.response.errors.is_empty())
        && let Ok(text) = RawValue::from_string(text(it))
    {
        it.written = Some(text.get().to_owned());
        session.keep(place, Kept { text: text.into(), told: it.told }).await;
    }
    Ok(made)
}

/// What tells one request from every other: the document, its operation, the variables, the day that it asks about.
fn asked(ready: &Ready) -> Vec<u8> {
    let asked = (ready.prepared.hash, &ready.operation_name, &ready.chosen.as_of, &ready.variables);
    // What can't be written can't be asked twice alike: a fresh name finds nothing.
    serde_json::to_vec(&asked).unwrap_or_else(|_| uuid::Uuid::now_v7().into_bytes().to_vec())
}
