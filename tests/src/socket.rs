//! A client of graphql-transport-ws that says exactly what a story wants, well-formed or not.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        error::Error,
        http::{HeaderValue, Response},
    },
};

use crate::client::Client;

/// How long a message may take that must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open WebSocket.
pub struct Socket {
    link: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What came.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// A message.
    Said(Value),
    /// The close, with its code and words; 1006 where the line just ended.
    Closed(u16, String),
}

impl Socket {
    /// Opens one with headers of its own.
    ///
    /// # Errors
    /// The answer that stands in its place.
    pub async fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, Response<Option<Vec<u8>>>> {
        let mut request =
            format!("{}/graphql", url.replace("http://", "ws://")).into_client_request().expect("a request");
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_str(value).expect("a value"));
        }
        match connect_async(request).await {
            Ok((link, _)) => Ok(Self { link }),
            Err(Error::Http(response)) => Err(*response),
            Err(cause) => panic!("no WebSocket: {cause}"),
        }
    }

    /// Opens one that speaks our protocol.
    pub async fn speaking(url: &str) -> Self {
        Self::open(url, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.expect("a WebSocket")
    }

    /// Opens one, and says who the client is.
    pub async fn of(client: &Client) -> Self {
        let mut socket = Self::speaking(client.url()).await;
        socket.init(client.token()).await;
        assert_eq!(socket.next().await, Came::Said(json!({ "type": "connection_ack" })));
        socket
    }

    /// Says `connection_init` with a token.
    pub async fn init(&mut self, token: &str) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
    }

    /// Subscribes to a document under a name.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// Says something.
    pub async fn say(&mut self, message: Value) {
        self.send(Message::Text(message.to_string().into())).await;
    }

    /// Sends any frame. One that the other side no longer takes is no fault of the story.
    pub async fn send(&mut self, message: Message) {
        let _ = self.link.send(message).await;
    }

    /// What comes next. The frames of life are none.
    pub async fn next(&mut self) -> Came {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("a message in time")
    }

    /// The next message, which must be one.
    pub async fn said(&mut self) -> Value {
        match self.next().await {
            Came::Said(value) => value,
            closed => panic!("{closed:?}"),
        }
    }

    /// The code with which it is closed next.
    pub async fn closed(&mut self) -> u16 {
        match self.next().await {
            Came::Closed(code, _) => code,
            said => panic!("{said:?}"),
        }
    }

    /// That nothing comes within a time.
    pub async fn silent_for(&mut self, time: Duration) {
        if let Ok(came) = tokio::time::timeout(time, self.read()).await {
            panic!("{came:?}");
        }
    }

    /// The line itself, to break it.
    pub fn line(&mut self) -> &mut MaybeTlsStream<TcpStream> {
        self.link.get_mut()
    }

    async fn read(&mut self) -> Came {
        loop {
            match self.link.next().await {
                Some(Ok(Message::Text(text))) => return Came::Said(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Came::Closed(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(Message::Close(None))) => return Came::Closed(1005, String::new()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::Closed(1006, String::new()),
            }
        }
    }
}
