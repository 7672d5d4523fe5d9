//! `GET /console`: GraphiQL for networks that reach nothing else. Every byte comes from this binary, and the policy of
//! the page lets the browser ask nobody but this server.
//!
//! The files in `api/console` are made from `console/` and kept packed; who takes no gzip gets them unpacked.

use std::{io::Read, sync::LazyLock};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header::{self, AcceptEncoding, Encoding},
    web,
};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    auth::token::{LIFE_S, Subject},
    http::{fresh, house::House, refusal::Refusal},
};

/// What the page may do: run our scripts and sheets, show our images, ask this server; no inline code, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// One of the demo's people, whom the console can stand in for.
#[derive(Clone, Debug, Serialize)]
pub struct StandIn {
    /// Name to sign in with.
    pub login: String,
    /// Its one role.
    pub role: String,
    /// Who it is.
    pub name: String,
    /// What to try.
    pub sentence: String,
    /// The account.
    #[serde(skip)]
    pub account: Subject,
}

/// One embedded file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    packed: &'static [u8],
    tag: String,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let asset = |name, kind, packed: &'static [u8]| Asset { name, kind, packed, tag: fresh::tag(&[packed]) };
    vec![
        asset("index.html", "text/html; charset=utf-8", include_bytes!("../../console/index.html.gz")),
        asset("console.js", "text/javascript; charset=utf-8", include_bytes!("../../console/console.js.gz")),
        asset("console.css", "text/css; charset=utf-8", include_bytes!("../../console/console.css.gz")),
        asset("icon.svg", "image/svg+xml", include_bytes!("../../console/icon.svg.gz")),
        asset("licences.txt", "text/plain; charset=utf-8", include_bytes!("../../console/licences.txt.gz")),
    ]
});

/// The console's addresses, unless it is switched off. Tokens are handed out by a demo alone: elsewhere there is no such
/// address.
pub fn routes(addresses: &mut web::ServiceConfig, house: &House) {
    if !house.config.console {
        return;
    }
    addresses
        .route("/console", web::get().to(page))
        .route("/console/", web::get().to(without_slash))
        .route("/console/people", web::get().to(people));
    if !house.stand_ins.is_empty() {
        addresses.route("/console/token", web::post().to(token));
    }
    addresses.route("/console/{file}", web::get().to(file));
}

/// `GET /console`.
async fn page(request: HttpRequest) -> HttpResponse {
    asset(&request, "index.html")
}

/// The page's addresses are relative, so that it also works below a prefix of a proxy's.
async fn without_slash() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "../console")).finish()
}

/// `GET /console/{file}`.
async fn file(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    asset(&request, &name)
}

fn asset(request: &HttpRequest, name: &str) -> HttpResponse {
    let Some(found) = ASSETS.iter().find(|it| it.name == name) else { return HttpResponse::NotFound().finish() };
    let known = fresh::known(request, &found.tag);
    let mut out = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    out.insert_header((header::ETAG, found.tag.as_str()))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("cross-origin-resource-policy", "same-origin"));
    if known {
        return out.finish();
    }
    out.content_type(found.kind);
    let both = [Encoding::gzip(), Encoding::identity()];
    let accepted = request.get_header::<AcceptEncoding>().and_then(|it| it.negotiate(both.iter()));
    if accepted == Some(Encoding::gzip()) {
        return out.insert_header((header::CONTENT_ENCODING, "gzip")).body(found.packed);
    }
    let mut plain = Vec::new();
    match GzDecoder::new(found.packed).read_to_end(&mut plain) {
        Ok(_) => out.body(plain),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// `GET /console/people`: whom the page may stand in for; nobody, but in a demo.
async fn people(house: web::Data<House>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(&house.stand_ins)
}

/// Whom the page wants to be.
#[derive(Deserialize)]
struct Wanted {
    login: String,
}

/// `POST /console/token`, in a demo alone: a token of one of its people. The body is JSON, which no page of a stranger
/// can send here.
async fn token(wanted: web::Json<Wanted>, house: web::Data<House>) -> HttpResponse {
    let Some(person) = house.stand_ins.iter().find(|it| it.login == wanted.login) else {
        return HttpResponse::NotFound()
            .json(json!({ "error": "invalid_request", "error_description": "The demo has nobody of this login." }));
    };
    match house.tokens.issue(person.account, None, true, house.clock.now()) {
        Ok(token) => {
            let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFE_S });
            HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
        }
        Err(error) => {
            let refusal = Refusal::from(error);
            HttpResponse::InternalServerError().content_type("application/json").body(refusal.text(""))
        }
    }
}
