//! What a client asks: a body in JSON, or the parameters of an address, read into one shape.

use actix_web::{HttpRequest, http::header, web};
use serde_json::{Map, Value};

use crate::http::refusal::{Kind, Refusal};

/// Longest address, in bytes.
const LONGEST_URI: usize = 16 * 1024;
/// Any of these headers makes a browser ask first, so that no page of a stranger can send the request in a visitor's
/// name. An address alone does not.
const PREFLIGHT: [&str; 3] = ["x-graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];

/// A request, read.
#[derive(Default, Debug)]
pub struct Asked {
    /// The document.
    pub query: Option<String>,
    /// Or the name of a document that the server knows.
    pub document_id: Option<String>,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// Its variables.
    pub variables: Map<String, Value>,
    /// The hash of a document that the server may have seen.
    pub persisted: Option<String>,
}

/// Reads a body.
///
/// # Errors
/// A refusal that says what to send.
pub fn of_body(
    request: &HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
    limit: u64,
) -> Result<Asked, Refusal> {
    json_body(request)?;
    let body = body.map_err(|cause| {
        if cause.as_response_error().status_code() == Kind::TooLarge.status(super::refusal::Profile::Y2025) {
            let message = format!("The body is longer than {limit} bytes: split the request.");
            Refusal::new(Kind::TooLarge, "BODY_TOO_LARGE", message)
        } else {
            Refusal::unreadable("The body broke off: send it again.")
        }
    })?;
    let body: Value = serde_json::from_slice(&body).map_err(|cause| {
        // Where, and not what: clients write errors down, and a value may be one that nobody may write down.
        let at = format!("line {}, column {}", cause.line(), cause.column());
        Refusal::unreadable(format!(
            "The body is not {{\"query\", \"variables\", \"operationName\"}} in JSON: see {at}."
        ))
    })?;
    let Value::Object(fields) = body else {
        return Err(Refusal::malformed("The body is no object: send one request, {\"query\": \"…\"}."));
    };
    shaped(fields)
}

/// Reads the parameters of an address.
///
/// # Errors
/// A refusal that says what to send.
pub fn of_address(request: &HttpRequest) -> Result<Asked, Refusal> {
    if request.uri().to_string().len() > LONGEST_URI {
        let message = format!("The address is longer than {LONGEST_URI} bytes: send the request with POST.");
        return Err(Refusal::new(Kind::UriTooLong, "URI_TOO_LONG", message));
    }
    let headers = request.headers();
    let typed = headers.get(header::CONTENT_TYPE).is_some() && json_body(request).is_ok();
    if !typed && !PREFLIGHT.iter().any(|it| headers.contains_key(*it)) {
        let message = format!("Send the header {}: 1 along with GET.", PREFLIGHT[0]);
        return Err(Refusal::new(Kind::Malformed, "PREFLIGHT_REQUIRED", message));
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(request.query_string())
        .map_err(|_| Refusal::unreadable("The parameters of the address can't be read: encode them."))?;
    let mut fields = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "variables" | "extensions" => serde_json::from_str(&text).map_err(|cause| {
                let at = format!("line {}, column {}", cause.line(), cause.column());
                Refusal::unreadable(format!("{name} is no JSON: see {at}."))
            })?,
            _ => Value::String(text),
        };
        if fields.insert(name.clone(), value).is_some() {
            return Err(Refusal::malformed(format!("{name} is given twice: give it once.")));
        }
    }
    // An empty name is how a form leaves one out.
    fields.retain(|name, value| name != "operationName" || value.as_str() != Some(""));
    shaped(fields)
}

fn json_body(request: &HttpRequest) -> Result<(), Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    let message = "Send the body as content-type: application/json.";
    Err(Refusal::new(Kind::MediaType, "UNSUPPORTED_MEDIA_TYPE", message))
}

/// Reads the fields of a request.
///
/// # Errors
/// A refusal that says what to send.
pub fn shaped(mut fields: Map<String, Value>) -> Result<Asked, Refusal> {
    let mut text = |name: &str| match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::malformed(format!("{name} is no text."))),
    };
    let (query, operation_name, document_id) = (text("query")?, text("operationName")?, text("documentId")?);
    let mut object = |name: &str| match fields.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err(Refusal::malformed(format!("{name} is no object."))),
    };
    let (variables, extensions) = (object("variables")?, object("extensions")?);
    let persisted = match extensions.get("persistedQuery") {
        None | Some(Value::Null) => None,
        Some(it) => Some(hash(it).ok_or_else(|| {
            Refusal::malformed(
                "extensions.persistedQuery is not {\"version\": 1, \"sha256Hash\": 64 hexadecimal digits}.",
            )
        })?),
    };
    // No text of ours holds a NUL, and PostgreSQL can't store one: told here once, instead of in every field.
    let nul = |text: &str| text.contains('\0') || text.contains("\\u0000") || text.contains("\\u{0");
    if query.as_deref().is_some_and(nul) || variables.values().any(holds_nul) {
        return Err(Refusal::malformed("A text holds the character NUL: remove it."));
    }
    Ok(Asked { query, document_id, operation_name, variables, persisted })
}

fn hash(persisted: &Value) -> Option<String> {
    let hash = persisted.get("sha256Hash")?.as_str()?.to_ascii_lowercase();
    let version = persisted.get("version")?.as_i64()?;
    (version == 1 && hash.len() == 64 && hash.chars().all(|it| it.is_ascii_hexdigit())).then_some(hash)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(holds_nul),
        Value::Object(fields) => fields.values().any(holds_nul),
        _ => false,
    }
}
