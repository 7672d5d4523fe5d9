//! Answering a prepared document without going the library's whole way, which would check its rules anew for each request,
//! and ask of each root field whether it is one of introspection or of a federation.
//!
//! What the library keeps of a schema it hands out to resolvers alone, so one takes it, once, before the server listens. The
//! parts used here are public and not promised to stay as they are: the library's version is pinned. A document that needs
//! more goes the whole way: directives that skip, introspection, changes, streams.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    Context, ContextSelectionSet, Data, IntrospectionMode, ObjectType, OutputType, Positioned, QueryEnv, QueryEnvInner,
    Request, Response, SchemaEnv, ServerResult, Value, Variables,
    extensions::Extensions,
    parser::types::{ExecutableDocument, Field, OperationDefinition},
    registry::Registry,
    resolver_utils::{ContainerType, resolve_container},
};

use crate::schema::{Query, Schema};

/// The root of all questions.
#[derive(Default)]
pub struct Root(Query);

/// Where a resolver puts what the library keeps of a schema, where a request asks for it.
#[derive(Clone, Default)]
struct Ground(Arc<Mutex<Option<(SchemaEnv, Extensions)>>>);

/// Answers prepared documents.
pub struct Direct {
    query: Query,
    environment: SchemaEnv,
    extensions: Extensions,
}

impl Direct {
    /// Over a schema.
    ///
    /// # Errors
    /// A sentence, when the library hands nothing out.
    pub async fn over(schema: &Schema) -> Result<Self, String> {
        let ground = Ground::default();
        // Refused, for nobody asks; but it gets as far as a resolver.
        schema.execute(Request::new("{ me { login } }").data(ground.clone())).await;
        let taken = ground.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (environment, extensions) = taken.ok_or("the schema can't be executed: no field of it was resolved")?;
        Ok(Self { query: Query, environment, extensions })
    }

    /// The answer of a question of a plain document that the rules found nothing against, and whose variables fit.
    pub async fn answer(
        &self,
        document: &ExecutableDocument,
        operation: &Positioned<OperationDefinition>,
        variables: Variables,
        data: Data,
    ) -> Response {
        let environment = QueryEnv::new(QueryEnvInner {
            extensions: self.extensions.clone(),
            variables,
            operation_name: None,
            operation: operation.clone(),
            fragments: document.fragments.clone(),
            uploads: Vec::new(),
            session_data: Arc::default(),
            query_data: Arc::new(data),
            http_headers: Mutex::default(),
            introspection_mode: IntrospectionMode::Enabled,
            errors: Mutex::default(),
        });
        let set = &environment.operation.node.selection_set;
        let context = environment.create_context(&self.environment, None, set, None);
        let mut response = match resolve_container(&context, &self.query).await {
            Ok(data) => Response::new(data),
            Err(error) => Response::from_errors(vec![error]),
        };
        response.errors.append(&mut environment.errors.lock().unwrap_or_else(PoisonError::into_inner));
        response
    }
}

impl ContainerType for Root {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        if let Some(ground) = ctx.data_opt::<Ground>() {
            let taken = (ctx.schema_env.clone(), ctx.query_env.extensions.clone());
            *ground.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(taken);
        }
        self.0.resolve_field(ctx).await
    }
}

impl OutputType for Root {
    fn type_name() -> Cow<'static, str> {
        Query::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Query::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ObjectType for Root {}
