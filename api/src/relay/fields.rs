//! An object's fields, told one after the other where they lie.
//!
//! The library makes a future on the heap of every field, and puts all of them into a set that wakes each by itself. Nearly all
//! that a field of ours tells lies ready, in its row or on the request's shelf: such a field is told in place. Where something
//! has to be waited for, fields wait together, as ever: what has begun must be gone on with, for it may hold what another
//! waits for. Only a single value that is the first to wait has those after it wait too.
//!
//! What the library derives of a type calls `resolve_container` of the crate that the type names: `relay::graphql`, which has
//! this one, for every object but the roots, which are asked slice by slice. A law of the source tree sees to it.

use std::{
    future::poll_fn,
    task::Poll::{Pending, Ready},
};

use async_graphql::{
    ContextSelectionSet, Name, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    resolver_utils::{self, ContainerType},
};
use futures_util::future::{BoxFuture, join_all};

/// The value of an object, of which a selection is wanted.
///
/// # Errors
/// What the fragments of the selection are to blame for; that a field fails is noted beside the answer.
pub fn resolve_container<'s, 'a: 's, T: ContainerType + ?Sized>(
    ctx: &'s ContextSelectionSet<'a>,
    root: &'a T,
) -> BoxFuture<'s, ServerResult<Value>> {
    // On the heap, because a type may lead to itself.
    Box::pin(told(ctx, root))
}

async fn told<'a, T: ContainerType + ?Sized>(ctx: &ContextSelectionSet<'a>, root: &'a T) -> ServerResult<Value> {
    let Some(fields) = plain::<T>(ctx) else {
        return resolver_utils::resolve_container(ctx, root).await;
    };
    let value_of = |told: ServerResult<Option<Value>>| match told {
        Ok(value) => value.unwrap_or_default(),
        Err(failed) => {
            ctx.add_error(failed);
            Value::Null
        }
    };
    let mut values: IndexMap<Name, Value> = IndexMap::with_capacity(fields.len());
    let mut waiting = Vec::new();
    for (place, field) in fields.into_iter().enumerate() {
        let value = if field.node.name.node == "__typename" {
            Value::String(root.introspection_type_name().into_owned())
        } else if field.node.selection_set.node.items.is_empty() && waiting.is_empty() {
            value_of(root.resolve_field(&ctx.with_field(field)).await)
        } else {
            let mut value = Box::pin(async move { value_of(root.resolve_field(&ctx.with_field(field)).await) });
            match poll_fn(|cx| Ready(value.as_mut().poll(cx))).await {
                Ready(value) => value,
                Pending => {
                    waiting.push(async move { (place, value.await) });
                    Value::Null
                }
            }
        };
        values.insert(field.node.response_key().node.clone(), value);
    }
    for (place, value) in join_all(waiting).await {
        if let Some((_, slot)) = values.get_index_mut(place) {
            *slot = value;
        }
    }
    Ok(Value::Object(values))
}

/// The fields of a selection, each once; none where the library has to look which they are, or to put two into one.
fn plain<'a, T: ContainerType + ?Sized>(ctx: &ContextSelectionSet<'a>) -> Option<Vec<&'a Positioned<Field>>> {
    let mut fields = Vec::with_capacity(ctx.item.node.items.len());
    gather::<T>(ctx, &ctx.item.node, &mut fields).then_some(fields)
}

fn gather<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    set: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    set.items.iter().all(|item| match &item.node {
        Selection::Field(field) => {
            let key = &field.node.response_key().node;
            let again = fields.iter().any(|it| it.node.response_key().node == *key);
            if !again {
                fields.push(field);
            }
            // Two of one key are one field with the same arguments, says validation.
            let told = !again || field.node.selection_set.node.items.is_empty();
            told && field.node.directives.is_empty()
        }
        Selection::FragmentSpread(spread) => match ctx.query_env.fragments.get(&spread.node.fragment_name.node) {
            Some(it) if it.node.type_condition.node.on.node == *T::type_name() => {
                gather::<T>(ctx, &it.node.selection_set.node, fields)
            }
            _ => false,
        },
        Selection::InlineFragment(inline) => match &inline.node.type_condition {
            Some(it) if it.node.on.node != *T::type_name() => false,
            _ => gather::<T>(ctx, &inline.node.selection_set.node, fields),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::{sync::Semaphore, task::yield_now};

    use async_graphql::{EmptyMutation, EmptySubscription, Interface, Object, Schema, SimpleObject};

    static ONE: Semaphore = Semaphore::const_new(1);

    struct Thing(u32);

    #[Object(crate = "crate::relay::graphql")]
    impl Thing {
        async fn number(&self) -> &u32 {
            &self.0
        }
        async fn late(&self) -> u32 {
            yield_now().await;
            self.0
        }
        async fn failing(&self) -> Result<Option<u32>, String> {
            Err("no number".into())
        }
        async fn below(&self) -> Thing {
            Thing(self.0 + 1)
        }
        async fn late_below(&self) -> Vec<Thing> {
            yield_now().await;
            vec![Thing(self.0 + 1), Thing(self.0 + 2)]
        }
        async fn holding(&self) -> Thing {
            let _one = ONE.acquire().await;
            yield_now().await;
            Thing(self.0)
        }
        async fn wanting(&self) -> u32 {
            let _one = ONE.acquire().await;
            self.0
        }
        async fn either(&self) -> Either {
            Either::Other(Other { number: 7, more: 8 })
        }
    }

    #[derive(SimpleObject)]
    #[graphql(crate = "crate::relay::graphql")]
    struct Other {
        number: u32,
        more: u32,
    }

    #[derive(Interface)]
    #[graphql(crate = "crate::relay::graphql", field(name = "number", ty = "&u32"))]
    enum Either {
        Thing(Thing),
        Other(Other),
    }

    async fn answer(document: &str) -> String {
        let schema = Schema::new(Thing(1), EmptyMutation, EmptySubscription);
        serde_json::to_string(&schema.execute(document).await).unwrap()
    }

    #[tokio::test]
    async fn fields_are_told_in_the_order_of_the_document() {
        let told = answer("{ below { lateBelow { number } late number again: number __typename } }").await;
        let expected =
            r#"{"lateBelow":[{"number":3},{"number":4}],"late":2,"number":2,"again":2,"__typename":"Thing"}"#;
        assert_eq!(told, format!(r#"{{"data":{{"below":{expected}}}}}"#));
    }

    #[tokio::test]
    async fn fragments_tell_what_they_name() {
        let of_thing = "fragment f on Thing { number late below { late } }";
        let told =
            answer(&format!("{{ below {{ number ...f ... {{ late }} ... on Thing {{ a: number }} }} }} {of_thing}"))
                .await;
        assert_eq!(told, r#"{"data":{"below":{"number":2,"late":2,"below":{"late":3},"a":2}}}"#);
        let told = answer("{ below { below { number } below { late } } }").await;
        assert_eq!(told, r#"{"data":{"below":{"below":{"number":3,"late":3}}}}"#);
        let told =
            answer("{ below { either { number __typename ... on Other { more } ... on Thing { late } } } }").await;
        assert_eq!(told, r#"{"data":{"below":{"either":{"number":7,"__typename":"Other","more":8}}}}"#);
    }

    #[tokio::test]
    async fn what_fails_is_null_and_said() {
        let told = answer("{ below { number failing late @include(if: true) below { failing } } }").await;
        assert!(
            told.starts_with(r#"{"data":{"below":{"#) && told.contains(r#""path":["below","below","failing"]"#),
            "{told}"
        );
        assert!(told.contains(r#""number":2"#) && told.contains(r#""late":2"#), "{told}");
    }

    /// What was begun holds the one permit that the next field wants.
    #[tokio::test]
    async fn what_has_begun_is_gone_on_with() {
        let told = answer("{ below { holding { number } wanting late } }");
        let told = tokio::time::timeout(Duration::from_secs(5), told).await.unwrap();
        assert_eq!(told, r#"{"data":{"below":{"holding":{"number":2},"wanting":2,"late":2}}}"#);
    }

    #[test]
    fn what_lies_ready_is_told_without_a_wait() {
        let schema = Schema::new(Thing(1), EmptyMutation, EmptySubscription);
        let told = schema.execute("{ below { number below { number either { number } } } }").now_or_never();
        assert!(told.is_some_and(|it| it.errors.is_empty()));
    }
}
