//! A root of the schema, each of whose fields is asked of the slice that has it. The library's merged object asks one slice
//! after the other, and each time that a request goes on it goes through all of them again.

/// Declares a root and the merged object of its slices, which says what the schema is told of it.
macro_rules! root {
    ($(#[$doc:meta])* $root:ident named $name:literal as $merged:ident of $($slice:ident,)+) => {
        $(#[$doc])*
        #[derive(async_graphql::MergedObject, Default)]
        #[graphql(name = $name)]
        pub struct $merged($($slice,)+);

        $(#[$doc])*
        #[derive(Clone, Copy, Default)]
        pub struct $root;

        const _: () = {
            use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

            use async_graphql::{
                Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
                parser::types::Field,
                registry::{MetaType, Registry},
                resolver_utils::{ContainerType, resolve_container},
            };

            #[derive(Clone, Copy)]
            #[expect(clippy::enum_variant_names, reason = "slices keep the names that they have")]
            enum Slice {
                $($slice,)+
            }

            /// Which slice has which field.
            static SLICES: LazyLock<HashMap<String, Slice>> = LazyLock::new(|| {
                let mut registry = Registry::default();
                let mut slices = HashMap::new();
                $(
                    <$slice as OutputType>::create_type_info(&mut registry);
                    if let Some(MetaType::Object { fields, .. }) = registry.types.get(&*<$slice>::type_name()) {
                        slices.extend(fields.keys().map(|it| (it.clone(), Slice::$slice)));
                    }
                )+
                slices
            });

            impl ContainerType for $root {
                async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
                    match SLICES.get(ctx.item.node.name.node.as_str()) {
                        $(Some(Slice::$slice) => <$slice>::default().resolve_field(ctx).await,)+
                        None => Ok(None),
                    }
                }
            }

            impl OutputType for $root {
                fn type_name() -> Cow<'static, str> {
                    $merged::type_name()
                }

                fn create_type_info(registry: &mut Registry) -> String {
                    $merged::create_type_info(registry)
                }

                async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                    resolve_container(ctx, self).await
                }
            }

            impl ObjectType for $root {}
        };
    };
}

pub(super) use root;
