//! A request that is ready to be executed, and how the library is given it.

use std::sync::Arc;

use async_graphql::{Data, Request, Response, Variables, parser::types::OperationType};

use super::Manner;
use crate::{
    db::session::Session,
    document::prepared::{Chosen, Prepared},
    http::{
        asked::Asked,
        house::House,
        known::Found,
        refusal::{Kind, Refusal},
    },
    loaders::Loaders,
    quota::admission::Allowance,
    schema,
};

/// A request of which nothing is missing but who asks: its document read, its operation chosen, its variables fit.
pub struct Ready {
    pub(super) prepared: Arc<Prepared>,
    pub(super) chosen: Arc<Chosen>,
    pub(super) variables: Variables,
    pub(super) operation_name: Option<String>,
    pub(super) register: Option<(String, String)>,
    pub(super) named: bool,
}

impl Ready {
    /// Prepares what a client asks, and takes its variables.
    ///
    /// # Errors
    /// A refusal that says what is wrong with it.
    pub async fn make(house: &House, asked: &mut Asked, machine: bool, manner: Manner) -> Result<Self, Refusal> {
        let named = asked.document_id.is_some() || asked.persisted.is_some();
        let found = house.known.find(asked, machine, &house.documents).await?;
        let variables = std::mem::take(&mut asked.variables);
        let chosen = house.documents.choose(&found.prepared, asked.operation_name.as_deref(), variables);
        let (chosen, variables) = chosen.map_err(Refusal::document)?;
        fitting(chosen.kind, manner)?;
        let Found { prepared, register } = found;
        Ok(Self { prepared, chosen, variables, operation_name: asked.operation_name.take(), register, named })
    }

    /// Whether it is answered more than once.
    pub fn streams(&self) -> bool {
        self.chosen.kind == OperationType::Subscription
    }

    /// The points that it asks for.
    pub fn cost(&self) -> u64 {
        self.chosen.measure.cost
    }

    /// What it is executed with.
    pub(super) fn data(&self, session: &Session, left: Option<Allowance>) -> Data {
        let mut data = Data::default();
        data.insert(session.clone());
        data.insert(Loaders::new(session.clone()));
        // A document that the rules refuse is not asked, and need not make sense.
        if self.prepared.errors.is_empty() {
            let narrow = || schema::narrowed(&self.prepared.document);
            data.insert(self.prepared.narrow.get_or_init(narrow).clone());
        }
        if let Some(left) = left {
            data.insert(left);
        }
        data
    }

    /// It as the library takes it.
    pub(super) fn request(&self, data: Data) -> Request {
        let mut wanted = Request::new("").variables(self.variables.clone());
        wanted.data = data;
        if let Some(name) = &self.operation_name {
            wanted = wanted.operation_name(name);
        }
        wanted.set_parsed_query(self.prepared.document.clone());
        wanted
    }

    /// Its one answer.
    pub(super) async fn answer(&self, house: &House, data: Data) -> Response {
        let prepared = self.prepared.as_ref();
        let plain = prepared.plain && self.chosen.kind == OperationType::Query;
        match prepared.operation(self.operation_name.as_deref()) {
            Ok((_, operation)) if plain => {
                house.direct.answer(&prepared.document, operation, self.variables.clone(), data).await
            }
            _ => house.schema.execute(self.request(data)).await,
        }
    }
}

/// That an operation may come in this manner.
fn fitting(kind: OperationType, manner: Manner) -> Result<(), Refusal> {
    match kind {
        OperationType::Subscription if !manner.streams => {
            let message = "A subscription is a stream: accept text/event-stream, or open a WebSocket here.";
            Err(Refusal::document(message))
        }
        OperationType::Mutation if !manner.changes => {
            Err(Refusal::new(Kind::Method, "METHOD_NOT_ALLOWED", "Mutations are sent with POST."))
        }
        _ => Ok(()),
    }
}
