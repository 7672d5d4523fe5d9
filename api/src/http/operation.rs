//! One operation over a WebSocket, and which operations go on over one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_web::web;
use tokio::{
    sync::{Semaphore, mpsc},
    task::AbortHandle,
};
use uuid::Uuid;

use crate::http::{
    asked::Asked,
    execute::{self, Answered, Credentials, Manner},
    house::House,
    protocol::{self, Reason},
    refusal::{Kind, Refusal},
    server::InFlight,
    stream::{self, Begun, Streaming},
};

/// The operations of one socket that go on, by name.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<HashMap<String, Option<AbortHandle>>>>);

impl Running {
    fn held(&self) -> MutexGuard<'_, HashMap<String, Option<AbortHandle>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one of this name goes on.
    pub fn has(&self, id: &str) -> bool {
        self.held().contains_key(id)
    }

    /// How many go on.
    pub fn count(&self) -> u64 {
        u64::try_from(self.held().len()).unwrap_or(u64::MAX)
    }

    /// One of this name begins.
    pub fn name(&self, id: &str) {
        self.held().insert(id.to_owned(), None);
    }

    /// Its task, by which it can be stopped; one that is over already stays over.
    pub fn keep(&self, id: &str, task: AbortHandle) {
        if let Some(kept) = self.held().get_mut(id) {
            *kept = Some(task);
        }
    }

    /// The one of this name is over: its name is free.
    pub fn over(&self, id: &str) {
        self.held().remove(id);
    }

    /// Stops the one of this name; where there is none, it was over.
    pub fn stop(&self, id: &str) {
        if let Some(task) = self.held().remove(id).flatten() {
            task.abort();
        }
    }
}

/// One operation over a WebSocket.
pub struct Operation {
    /// What it is executed with.
    pub house: web::Data<House>,
    /// Who asks.
    pub credentials: Credentials,
    /// Its name.
    pub id: String,
    /// Where its answers go. It waits there for a client that reads slowly.
    pub out: actix_ws::Session,
    /// Where it says that the whole socket is to be closed.
    pub ends: mpsc::Sender<Reason>,
    /// The names in use.
    pub names: Running,
    /// Turns at being executed: a page that opens many operations at once shall not be refused for it.
    pub turns: Arc<Semaphore>,
}

/// What ends an operation early.
enum Broken {
    /// Nobody is there to hear it.
    Away,
    /// It can't go on.
    Refused(Refusal),
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Operation {
    /// Answers, until there is no more to say.
    pub async fn run(mut self, asked: Asked) {
        let request = Uuid::now_v7().simple().to_string();
        self.house.metrics.requests.add(1);
        match self.answer(asked, request.clone()).await {
            Ok(()) | Err(Broken::Away) => {}
            Err(Broken::Refused(refusal)) if refusal.kind == Kind::Unauthenticated => {
                // One reason is enough.
                let _ = self.ends.try_send(protocol::FORBIDDEN);
            }
            Err(Broken::Refused(refusal)) => {
                self.refuse(refusal.errors(&request)).await;
            }
        }
    }

    /// Says why it was not executed. Its name is free only once that is said, or those whom nobody hears would pile up.
    async fn refuse(&mut self, errors: serde_json::Value) {
        let _ = self.out.text(protocol::error(&self.id, errors)).await;
        self.names.over(&self.id);
    }

    async fn answer(&mut self, asked: Asked, request: String) -> Result<(), Broken> {
        let manner = Manner { changes: true, cost: false, streams: true, parent: None };
        let turn = self.turns.acquire().await.map_err(|_| Broken::Away)?;
        let in_flight = InFlight::new(self.house.clone().into_inner());
        let begun = stream::begin(&self.house, &self.credentials, asked, manner, None, request).await?;
        drop((in_flight, turn));
        match begun {
            Begun::Whole(answered) => self.whole(&answered).await,
            Begun::Stream(streaming) => self.follow(*streaming).await,
        }
    }

    async fn whole(&mut self, answered: &Answered) -> Result<(), Broken> {
        if answered.refused {
            self.refuse(serde_json::to_value(&answered.response.errors).unwrap_or_default()).await;
            return Ok(());
        }
        self.say(protocol::next(&self.id, &execute::text(answered))).await?;
        self.say(protocol::complete(&self.id)).await?;
        self.names.over(&self.id);
        Ok(())
    }

    async fn follow(&mut self, mut streaming: Streaming) -> Result<(), Broken> {
        loop {
            let turn = streaming.wait().await?;
            if let Some(message) = streaming.tell(turn).await? {
                self.say(protocol::next(&self.id, &message.text)).await?;
            }
        }
    }

    async fn say(&mut self, text: String) -> Result<(), Broken> {
        self.out.text(text).await.map_err(|_| Broken::Away)
    }
}
