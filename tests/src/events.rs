//! A client of server-sent events, as graphql-sse has them: reads a stream as it comes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Client, http};

/// How long an event may take that must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stream of events, or the answer that stands in its place.
pub struct Events {
    /// HTTP status.
    pub status: u16,
    /// The media type.
    pub kind: String,
    response: reqwest::Response,
    text: String,
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// What it says; null where it says nothing.
    pub data: Value,
}

impl Event {
    /// The value at a path of the answer's data, which must be free of errors.
    pub fn at(&self, path: &str) -> &Value {
        assert!(self.data.get("errors").is_none(), "errors in {}", self.data);
        self.data["data"].pointer(path).unwrap_or_else(|| panic!("nothing at {path} in {}", self.data))
    }

    /// The code of its first error.
    pub fn code(&self) -> &str {
        self.data["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}

impl Events {
    /// Follows a subscription.
    pub async fn of(client: &Client, query: &str, variables: Value) -> Self {
        Self::with(client, query, variables, &[]).await
    }

    /// Follows a subscription, with headers of its own.
    pub async fn with(client: &Client, query: &str, variables: Value, headers: &[(&str, &str)]) -> Self {
        let body = json!({ "query": query, "variables": variables });
        let request = http().build().expect("a client").post(format!("{}/graphql", client.url()));
        let mut request = request.bearer_auth(client.token()).json(&body).header("accept", "text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Self::answer(request).await
    }

    /// The stream with which a request is answered.
    pub async fn answer(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let kind = response.headers().get("content-type").and_then(|it| it.to_str().ok()).unwrap_or_default();
        let (status, kind) = (response.status().as_u16(), kind.to_owned());
        Self { status, kind, response, text: String::new() }
    }

    /// The next event; none at the end of the stream. Signs of life are none.
    pub async fn next(&mut self) -> Option<Event> {
        let waiting = tokio::time::timeout(PATIENCE, self.read()).await;
        waiting.unwrap_or_else(|_| panic!("no event within {PATIENCE:?}; so far {:?}", self.text))
    }

    /// The next event, which must come.
    pub async fn expect(&mut self) -> Event {
        self.next().await.expect("an event, and not the end of the stream")
    }

    /// That nothing comes within a time.
    pub async fn silent_for(&mut self, time: Duration) {
        let begun = Instant::now();
        if let Ok(event) = tokio::time::timeout(time, self.read()).await {
            panic!("{event:?} after {:?}", begun.elapsed());
        }
    }

    /// The body of an answer that is no stream.
    pub async fn json(mut self) -> Value {
        while let Ok(Some(chunk)) = self.response.chunk().await {
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (parsed(block), rest.to_owned());
                self.text = rest;
                if event.is_some() {
                    return event;
                }
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).expect("events end between characters"));
        }
    }
}

fn parsed(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(|it| it.trim_start().to_owned())
    };
    let data = field("data")?;
    let data = if data.is_empty() { Value::Null } else { serde_json::from_str(&data).expect("JSON in an event") };
    Some(Event { name: field("event").unwrap_or_default(), id: field("id"), data })
}
