//! What introspection shows, and to whom: the questions, changes and things that the caller's roles may use, and nothing
//! else. It follows from the access that each root field declares and from the act by which a thing is read, so that a new
//! field can't be shown to the wrong people by forgetting something.
//!
//! It hides names, which are no secret: `schema.graphql` is public. What is hidden can still be written into a document,
//! and is then refused by the act that it needs.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::Field,
    registry::{MetaField, MetaType, Registry},
};

use crate::{
    action::{Action, OneEach},
    loaders::Caller,
};

/// The things of the schema and the acts by which they are read.
pub trait Things {
    /// Names of types, each with its act.
    const ALL: &'static [(&'static str, Action)];
}

/// Registered with a schema when all else is, it sets who is shown what. It is no type of the schema.
pub struct Shown<T>(PhantomData<T>);

type Seen = fn(&Context<'_>) -> bool;

/// A function for each act that says whether the caller may perform it.
struct May;

impl OneEach for May {
    type Out = Seen;
    fn of<const PLACE: usize>() -> Seen {
        |ctx| {
            let action = Action::ALL.get(PLACE);
            action.is_some_and(|action| ctx.session().is_ok_and(|session| session.may(*action)))
        }
    }
}

impl<T: Things> Shown<T> {
    fn set(registry: &mut Registry) {
        let each = Action::each::<May>();
        let seen =
            |wanted: &str| Action::ALL.iter().position(|it| it.text() == wanted).and_then(|at| each.get(at).copied());
        let thing = |name: &str| T::ALL.iter().find(|(it, _)| *it == name).and_then(|(_, action)| seen(action.text()));
        for (name, ty) in &mut registry.types {
            match ty {
                MetaType::Object { fields, visible, .. } => {
                    *visible = visible.or_else(|| root(name)).or_else(|| thing(name));
                    for field in fields.values_mut() {
                        field.visible = field
                            .visible
                            .or_else(|| declared(field).and_then(|it| seen(&it)).or_else(|| thing(bare(&field.ty))));
                    }
                }
                MetaType::Interface { fields, .. } => {
                    for field in fields.values_mut() {
                        field.visible = field.visible.or_else(|| thing(bare(&field.ty)));
                    }
                }
                _ => {}
            }
        }
    }
}

/// A root that shows none of its fields would be no type: who may change nothing sees no changes at all.
fn root(name: &str) -> Option<Seen> {
    match name {
        "Mutation" => Some(|ctx| shows_any(ctx, "Mutation")),
        "Subscription" => Some(|ctx| shows_any(ctx, "Subscription")),
        _ => None,
    }
}

fn shows_any(ctx: &Context<'_>, name: &str) -> bool {
    match ctx.schema_env.registry.types.get(name) {
        Some(MetaType::Object { fields, .. }) => fields.values().any(|it| it.visible.is_none_or(|seen| seen(ctx))),
        _ => true,
    }
}

/// The act that a field's directive names.
fn declared(field: &MetaField) -> Option<String> {
    let access = field.directive_invocations.iter().find(|it| it.name == "access")?;
    Some(access.args.get("action")?.to_string())
}

/// The name within a type such as `[Cadre!]!`.
fn bare(ty: &str) -> &str {
    ty.trim_matches(|it| matches!(it, '[' | ']' | '!'))
}

impl<T: Things + Send + Sync> OutputType for Shown<T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("Query")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Self::set(registry);
        Self::qualified_type_name()
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}
