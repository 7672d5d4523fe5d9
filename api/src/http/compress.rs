//! What is compressed on its way out: everything that a client takes compressed, but for streams, whose parts must
//! leave at once, and files that are packed already.
//!
//! A caller proves itself by a header and never by a cookie, so that no stranger's page can have an answer made that
//! holds a guess beside a secret, and read the secret from its length.

use actix_web::{
    Error,
    body::BoxBody,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderValue},
    middleware::Next,
};

/// Types of answers that come in parts, and of files that are packed already.
const AS_THEY_ARE: [&str; 4] =
    ["text/event-stream", "multipart/mixed", "application/zip", "application/vnd.openxmlformats"];

/// Keeps the compression, which stands around this, off what it would only delay.
pub async fn spare(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if AS_THEY_ARE.iter().any(|it| kind.starts_with(it)) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App, HttpResponse,
        middleware::{Compress, from_fn},
        test, web,
    };

    use super::*;

    #[actix_web::test]
    async fn streams_leave_as_they_are_and_texts_compressed() {
        let said = |kind: &'static str| {
            web::get().to(move || async move { HttpResponse::Ok().content_type(kind).body("data: 1\n\n".repeat(500)) })
        };
        let app = App::new()
            .wrap(from_fn(spare))
            .wrap(Compress::default())
            .route("/stream", said("text/event-stream"))
            .route("/json", said("application/json"));
        let app = test::init_service(app).await;
        for (path, encoding) in [("/stream", "identity"), ("/json", "gzip")] {
            let request = test::TestRequest::get().uri(path).insert_header(("accept-encoding", "gzip")).to_request();
            let response = test::call_service(&app, request).await;
            assert_eq!(response.headers().get("content-encoding").unwrap(), encoding, "{path}");
            let body = test::read_body(response).await;
            assert_eq!(body.starts_with(b"data: 1"), encoding == "identity", "{path}");
        }
    }
}
