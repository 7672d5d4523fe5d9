//! Somebody with a token: sends documents over real HTTP and looks at what comes back.

use serde_json::{Value, json};

/// What every client of a test is built from. The servers under test speak no TLS, so the machine's certificates, which
/// take long to read, are left unread.
pub fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

/// Sends requests with one token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body as text, for searches in its bytes.
    pub text: String,
    /// The body as JSON.
    pub json: Value,
    /// Statements that it took, as the server says.
    pub statements: Option<u64>,
}

impl Client {
    /// A client of the server at `url` (without a path).
    pub fn new(url: &str, token: &str) -> Self {
        let http = http().build().expect("a client");
        Self { http, url: url.to_owned(), token: token.to_owned() }
    }

    /// The same client with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Where it sends, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bearer token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Sends a document with variables.
    pub async fn run(&self, query: &str, variables: Value) -> Answer {
        self.send(&json!({ "query": query, "variables": variables })).await
    }

    /// Sends a whole body.
    pub async fn send(&self, body: &Value) -> Answer {
        self.try_send(body).await.unwrap_or_else(|cause| panic!("no answer to {body}: {cause}"))
    }

    /// Sends a whole body to a server that may be away.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_send(&self, body: &Value) -> Result<Answer, reqwest::Error> {
        let request = self.http.post(format!("{}/graphql", self.url)).json(body).bearer_auth(&self.token);
        let response = request.header("accept", "application/graphql-response+json").send().await?;
        let status = response.status().as_u16();
        let statements = response.headers().get("x-tidui-statements").and_then(|it| it.to_str().ok()?.parse().ok());
        let text = response.text().await?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, text, json, statements })
    }

    /// Sends bytes to a path without a token.
    pub async fn put(&self, path: &str, bytes: &[u8]) -> (u16, String) {
        let request = self.http.put(format!("{}{path}", self.url)).body(bytes.to_vec());
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }

    /// Fetches a path without a token.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let response = self.http.get(format!("{}{path}", self.url)).send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }
}

impl Answer {
    /// The value at a path such as `/cadres/edges/0/node`; the answer must be free of errors.
    pub fn at(&self, path: &str) -> &Value {
        assert!(self.json.get("errors").is_none(), "errors in {}", self.text);
        self.json["data"].pointer(path).unwrap_or_else(|| panic!("nothing at {path} in {}", self.text))
    }

    /// The text at a path.
    pub fn text_at(&self, path: &str) -> String {
        self.at(path).as_str().unwrap_or_else(|| panic!("no text at {path} in {}", self.text)).to_owned()
    }

    /// The `node.name`s of the connection at a path.
    pub fn names(&self, path: &str) -> Vec<String> {
        let edges = self.at(&format!("{path}/edges")).as_array().expect("edges").iter();
        edges.map(|edge| edge["node"]["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// Codes of the errors, in order.
    pub fn codes(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|it| it["extensions"]["code"].as_str().unwrap_or("no code").to_owned()).collect()
    }

    /// That it is refused with one error of this code and no data beside it.
    pub fn refused(&self, code: &str) {
        assert_eq!(self.codes(), [code], "in {}", self.text);
        let empty = match &self.json["data"] {
            Value::Null => true,
            Value::Object(fields) => fields.values().all(Value::is_null),
            _ => false,
        };
        assert!(empty, "data beside {code} in {}", self.text);
        let id = self.json["errors"][0]["extensions"]["requestId"].as_str();
        assert!(id.is_some_and(|it| it.len() == 32), "no request id in {}", self.text);
    }

    /// That the payload at a path holds one problem of this code, and nothing changed.
    pub fn problem(&self, path: &str, code: &str) {
        let problems = self.at(&format!("{path}/problems"));
        let codes: Vec<&str> =
            problems.as_array().expect("problems").iter().filter_map(|it| it["code"].as_str()).collect();
        assert_eq!(codes, [code], "in {}", self.text);
    }

    /// That the payload at a path holds no problem.
    pub fn done(&self, path: &str) -> &Value {
        assert_eq!(self.at(&format!("{path}/problems")), &json!([]), "in {}", self.text);
        self.at(path)
    }
}
