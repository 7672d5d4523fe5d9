//! `PUT /uploads/{address}`: a file comes in. The address is the credential; there is no other.
//!
//! The bytes are held in memory, a few files at a time, until all of them are there: a client that dribbles must not hold
//! a transaction. What is refused leaves the address good, so that a broken line can try again. A client that dribbles
//! must not hold the places of others either: they are few, so each is for one address and must be filled at a pace.

use std::time::{Duration, Instant};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use aws_lc_rs::digest;
use futures_util::StreamExt;
use uuid::Uuid;

use crate::{
    db::session::Terms,
    error::{Action, Error},
    hash::hex,
    http::house::House,
    roster::{stored::coming, write::uploads::ReceiveUpload},
};

/// How long a file may take to come, and how long nothing of it.
const PATIENCE: Duration = Duration::from_secs(300);
const SILENCE: Duration = Duration::from_secs(20);
/// How many bytes must have come for each second, on the average, after how long.
const PACE: u64 = 16 * 1024;
const GRACE: Duration = Duration::from_secs(10);

/// Why a file was not taken.
enum Refused {
    /// No file comes at this address.
    Error(Error),
    /// More bytes than were announced.
    TooLong,
    /// It did not come in time, or not to its end.
    Slow,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// `PUT /uploads/{address}`.
pub async fn put(address: web::Path<String>, payload: web::Payload, house: web::Data<House>) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    house.metrics.requests.add(1);
    let (status, text) = match receive(&address, payload, &house, &id).await {
        Ok(()) => (StatusCode::NO_CONTENT, None),
        Err(refused) => {
            let (status, code, message) = told(refused);
            let extensions = serde_json::json!({ "code": code, "requestId": id });
            let errors = serde_json::json!({ "errors": [{ "message": message, "extensions": extensions }] });
            (status, Some(errors.to_string()))
        }
    };
    tracing::info!(request.id = id, status = status.as_u16(), "upload");
    let mut out = HttpResponse::build(status);
    out.insert_header((header::CACHE_CONTROL, "no-store")).insert_header(("x-request-id", id));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        out.insert_header((header::RETRY_AFTER, "5"));
    }
    match text {
        Some(text) => out.content_type("application/json").body(text),
        None => out.finish(),
    }
}

/// Any other method.
pub async fn other() -> HttpResponse {
    let errors = r#"{"errors":[{"message":"Send the file with PUT.","extensions":{"code":"METHOD_NOT_ALLOWED"}}]}"#;
    let mut out = HttpResponse::MethodNotAllowed();
    out.insert_header((header::ALLOW, "PUT")).content_type("application/json").body(errors)
}

async fn receive(
    address: &str,
    payload: web::Payload,
    house: &House,
    request: &str,
) -> std::result::Result<(), Refused> {
    let file = coming(&house.door, address, request).await?;
    let place = house.receiving.take(file.upload, file.account).ok_or(Error::Busy { retry_after_s: 5 })?;
    let bytes = tokio::time::timeout(PATIENCE, bytes(payload, file.size)).await;
    let bytes = bytes.map_err(|_| Refused::Slow)??;
    let sha256 = hex(digest::digest(&digest::SHA256, &bytes).as_ref());
    let upload = file.upload;
    match file.session.run(ReceiveUpload { upload, sha256, bytes }, &Terms::default()).await {
        Ok(_) => {}
        // Another request brought it in while this one came.
        Err(Error::Stale { .. }) => return Err(Error::NotFound("address").into()),
        // It is still there, and no longer within reach of whoever announced it.
        Err(Error::NotFound(what)) if what != "address" => return Err(Error::Forbidden(Action::ImportUpload).into()),
        Err(error) => return Err(error.into()),
    }
    drop(place);
    Ok(())
}

/// The bytes of a body, of at most the length that was announced. Memory is taken as they come, not as they are announced.
async fn bytes(mut payload: web::Payload, size: usize) -> std::result::Result<Vec<u8>, Refused> {
    let (begun, mut out) = (Instant::now(), Vec::new());
    while let Some(chunk) =
        tokio::time::timeout(patience(&out, begun), payload.next()).await.map_err(|_| Refused::Slow)?
    {
        let chunk = chunk.map_err(|_| Refused::Slow)?;
        if out.len().saturating_add(chunk.len()) > size {
            return Err(Refused::TooLong);
        }
        out.extend_from_slice(&chunk);
    }
    Ok(out)
}

/// How long the next bytes may take to come.
fn patience(so_far: &[u8], begun: Instant) -> Duration {
    let earned = u64::try_from(so_far.len()).unwrap_or(u64::MAX).saturating_mul(1000) / PACE;
    GRACE.max(Duration::from_millis(earned)).saturating_sub(begun.elapsed()).min(SILENCE)
}

fn told(refused: Refused) -> (StatusCode, &'static str, String) {
    let error = match refused {
        Refused::TooLong => {
            let message = "The file is longer than was announced: announce its whole length.";
            return (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message.to_owned());
        }
        Refused::Slow => {
            let message = "The file did not come to its end in time: send it again.";
            return (StatusCode::REQUEST_TIMEOUT, "BAD_REQUEST", message.to_owned());
        }
        Refused::Error(Error::Forbidden(_) | Error::Withheld(_) | Error::Unauthenticated) => {
            let message = "Whoever announced the file may no longer bring it in.";
            return (StatusCode::FORBIDDEN, "FORBIDDEN", message.to_owned());
        }
        Refused::Error(error) => error,
    };
    let status = match &error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid { .. } | Error::Rule(_) => StatusCode::BAD_REQUEST,
        Error::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let Error::Internal(cause) = &error {
        tracing::error!(%cause, "an upload failed");
    }
    let code = error.code();
    (status, code, async_graphql::Error::from(error).message)
}
