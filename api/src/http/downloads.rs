//! `GET /downloads/{address}`: a file that was ordered, once. The address is the credential, so it is never logged, and
//! nothing on the way may keep the answer.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use uuid::Uuid;

use crate::{
    error::Error,
    export::download::{self, File},
    forms::download::MakeForms,
    http::house::House,
};

/// The file, or why there is none.
pub async fn get(address: web::Path<String>, house: web::Data<House>) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    house.metrics.requests.add(1);
    let fetched = download::fetch::<MakeForms>(&house.door, &house.making, &address, &id).await;
    let (status, code) = match &fetched {
        Ok(_) => (StatusCode::OK, ""),
        Err(Error::NotFound("address")) => (StatusCode::GONE, "GONE"),
        // The order stands, and its orderer may no longer.
        Err(Error::Forbidden(_) | Error::Withheld(_) | Error::Unauthenticated | Error::NotFound(_)) => {
            (StatusCode::FORBIDDEN, "FORBIDDEN")
        }
        Err(Error::Busy { .. }) => (StatusCode::SERVICE_UNAVAILABLE, "BUSY"),
        Err(Error::Invalid { field: "address", .. }) => (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
        Err(error) => {
            tracing::error!(request.id = id, ?error, "a file could not be made");
            (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL")
        }
    };
    tracing::info!(request.id = id, status = status.as_u16(), "download");
    let mut out = HttpResponse::build(status);
    out.insert_header((header::CACHE_CONTROL, "no-store")).insert_header(("x-request-id", id));
    out.insert_header((header::REFERRER_POLICY, "no-referrer"));
    out.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if let Err(Error::Busy { retry_after_s }) = &fetched {
        out.insert_header((header::RETRY_AFTER, *retry_after_s));
    }
    match fetched {
        Ok(File { name, kind, bytes }) => {
            out.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
            out.insert_header((header::CONTENT_TYPE, kind)).body(bytes)
        }
        Err(_) => out.insert_header((header::CONTENT_TYPE, "application/json")).body(refusal(code)),
    }
}

fn refusal(code: &str) -> String {
    let message = match code {
        "GONE" => "The address is over, was used, or never was one: order the file again.",
        "FORBIDDEN" => "Whoever ordered the file may no longer have it.",
        "BUSY" => "Busy: try again in a few seconds.",
        "TOO_LARGE" => "The file is too large to be made at once: order it unit by unit.",
        _ => "Something broke on our side: tell your operator the request id.",
    };
    serde_json::json!({ "code": code, "message": message }).to_string()
}
