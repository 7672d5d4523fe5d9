//! What is said over a WebSocket, as graphql-transport-ws has it: the words of the client read, those of the server
//! written, and the codes with which it ends.
//!
//! Source: the protocol's text in the repository of graphql-ws, version 6.

use serde_json::{Map, Value, json};

use crate::http::{asked, asked::Asked, execute::Credentials, refusal::Refusal};

/// The sub-protocol's name.
pub const NAME: &str = "graphql-transport-ws";
/// Longest name of an operation, in bytes.
const LONGEST_ID: usize = 128;

/// Why a socket is closed by the server: code and words, of at most 123 bytes.
pub type Reason = (u16, &'static str);

/// The server ends.
pub const GOING_AWAY: Reason = (1001, "The server is going down: come again in a moment.");
/// A message that is too long.
pub const TOO_LARGE: Reason = (1009, "The message is too long.");
/// Something is said before the token.
pub const UNAUTHORIZED: Reason = (4401, "Unauthorized: say connection_init first.");
/// The token is missing, wrong or over.
pub const FORBIDDEN: Reason = (4403, "Forbidden: the token is missing, wrong or over.");
/// Nothing was said in time.
pub const LATE: Reason = (4408, "Connection initialisation timeout");
/// The account has too many streams.
pub const TOO_MANY: Reason = (4429, "Too many streams of this account.");
/// Messages come too fast.
pub const TOO_FAST: Reason = (4429, "Too many messages: say less in a second.");
/// The token was said twice.
pub const TWICE: Reason = (4429, "Too many initialisation requests");
/// An operation of that name goes on.
pub const TAKEN: Reason = (4409, "Subscriber for this id already exists");

/// What a client says.
pub enum Said {
    /// Who it is.
    Init(Option<Credentials>),
    /// Whether we are there.
    Ping(Option<Value>),
    /// That it is there.
    Pong,
    /// An operation.
    Subscribe {
        /// Its name.
        id: String,
        /// What it asks.
        asked: Result<Asked, Refusal>,
    },
    /// That it has heard enough of one.
    Complete {
        /// Its name.
        id: String,
    },
}

/// Reads what a client says.
///
/// # Errors
/// The reason for which such a socket is closed.
pub fn read(text: &str) -> Result<Said, Reason> {
    let no_json = (4400, "The message is no JSON.");
    let no_message = (4400, "The message is no object with a type.");
    let Value::Object(mut fields) = serde_json::from_str(text).map_err(|_| no_json)? else { return Err(no_message) };
    let Some(Value::String(kind)) = fields.remove("type") else { return Err(no_message) };
    match kind.as_str() {
        "connection_init" => Ok(Said::Init(payload(&mut fields)?.as_ref().and_then(token))),
        "ping" => Ok(Said::Ping(payload(&mut fields)?.map(Value::Object))),
        "pong" => Ok(Said::Pong),
        "subscribe" => {
            let id = id(&mut fields)?;
            let Some(payload) = payload(&mut fields)? else { return Err((4400, "subscribe has no payload.")) };
            Ok(Said::Subscribe { id, asked: asked::shaped(payload) })
        }
        "complete" => Ok(Said::Complete { id: id(&mut fields)? }),
        _ => Err((4400, "The type of the message is none of a client.")),
    }
}

fn payload(fields: &mut Map<String, Value>) -> Result<Option<Map<String, Value>>, Reason> {
    match fields.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err((4400, "The payload is no object.")),
    }
}

fn id(fields: &mut Map<String, Value>) -> Result<String, Reason> {
    match fields.remove("id") {
        Some(Value::String(id)) if (1..=LONGEST_ID).contains(&id.len()) => Ok(id),
        _ => Err((4400, "The id is no text of 1 to 128 bytes.")),
    }
}

/// The token of a payload: `authorization`, however it is capitalised, with the value that the header would have.
fn token(payload: &Map<String, Value>) -> Option<Credentials> {
    let mut all = payload.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let (_, value) = all.next().filter(|_| all.next().is_none())?;
    Credentials::read(value.as_str()?)
}

/// That the client is known.
pub fn acknowledged() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// That we are there.
pub fn pong(payload: Option<Value>) -> String {
    payload.map_or_else(|| json!({ "type": "pong" }), |it| json!({ "type": "pong", "payload": it })).to_string()
}

/// One answer of an operation, which is text already.
pub fn next(id: &str, answer: &str) -> String {
    format!("{{\"id\":{},\"type\":\"next\",\"payload\":{answer}}}", Value::from(id))
}

/// That an operation was not executed.
pub fn error(id: &str, errors: Value) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// That an operation has no more answers.
pub fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_of_a_client_ends_the_socket() {
        let long = format!("{{\"type\":\"complete\",\"id\":\"{}\"}}", "x".repeat(129));
        for text in [
            "",
            "{",
            "[]",
            "null",
            "\"connection_init\"",
            "{}",
            "{\"type\":1}",
            "{\"type\":\"start\"}",
            "{\"type\":\"connection_ack\"}",
            "{\"type\":\"next\",\"id\":\"1\",\"payload\":{}}",
            "{\"type\":\"connection_init\",\"payload\":\"token\"}",
            "{\"type\":\"ping\",\"payload\":[]}",
            "{\"type\":\"subscribe\",\"id\":\"1\"}",
            "{\"type\":\"subscribe\",\"payload\":{\"query\":\"{a}\"}}",
            "{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{\"query\":\"{a}\"}}",
            "{\"type\":\"subscribe\",\"id\":7,\"payload\":{\"query\":\"{a}\"}}",
            "{\"type\":\"complete\"}",
            &long,
        ] {
            assert!(read(text).is_err_and(|(code, _)| code == 4400), "{text}");
        }
    }

    #[test]
    fn a_token_stands_in_the_payload_as_it_would_in_the_header() {
        let token = |payload: &str| match read(&format!("{{\"type\":\"connection_init\",\"payload\":{payload}}}")) {
            Ok(Said::Init(credentials)) => credentials.is_some(),
            _ => panic!("{payload}"),
        };
        assert!(token("{\"authorization\":\"Bearer x\"}"));
        assert!(token("{\"Authorization\":\"bearer x\"}"));
        assert!(!token("{\"Authorization\":\"x\"}"));
        assert!(!token("{\"Authorization\":\"Bearer x\",\"authorization\":\"Bearer x\"}"));
        assert!(!token("null"));
    }

    #[test]
    fn every_reason_fits_a_close_frame() {
        for (_, words) in [GOING_AWAY, TOO_LARGE, UNAUTHORIZED, FORBIDDEN, LATE, TOO_MANY, TOO_FAST, TWICE, TAKEN] {
            assert!(words.len() <= 123, "{words}");
        }
    }

    #[test]
    fn names_of_operations_are_written_as_json() {
        let said: Value = serde_json::from_str(&next("a\"b", "{\"data\":null}")).unwrap();
        assert_eq!(said, json!({ "id": "a\"b", "type": "next", "payload": { "data": null } }));
    }
}
