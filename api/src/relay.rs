//! What every type of the schema shares: global ids, pages as connections, problems as values, access in the schema.

use async_graphql::{
    ID, InputValueError, InputValueResult, Interface, Scalar, ScalarType, SimpleObject, TypeDirective, Value,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use entity::{id::Key, iso, kind::Role, partial_date};
use uuid::{Uuid, fmt::Simple};

use crate::{
    auth::policy,
    error::{self, Action, ProblemCode},
    hash::sha256,
    page::{CursorKey, Page, Position},
};

pub use directive::access;

mod fields;

/// The library, whose objects tell their fields as `fields` does: for `crate` of a type that stands in lists.
pub mod graphql {
    pub use ::async_graphql::*;

    /// As the library's.
    pub mod resolver_utils {
        pub use ::async_graphql::resolver_utils::*;

        pub use crate::relay::fields::resolve_container;
    }
}

#[expect(missing_docs, reason = "the macro makes a type without a place for its documentation")]
mod directive {
    use super::{Action, TypeDirective};

    /// The act that a root field performs. The exported schema also lists the roles whose grants allow it.
    #[TypeDirective(location = "FieldDefinition")]
    pub fn access(action: Action) {}
}

/// The roles whose grants allow an act, as the exported schema lists them.
pub fn roles(action: Action) -> Vec<&'static str> {
    policy::roles(action).into_iter().map(Role::text).collect()
}

/// The global id of a row.
pub fn global_id<K: Key>(key: K) -> ID {
    global_text(K::NOUN, key.uuid())
}

/// The global id of a row whose noun is known only at run time.
pub fn global_text(noun: &str, key: Uuid) -> ID {
    let mut digits = [0; Simple::LENGTH];
    let text = [noun.as_bytes(), b":", key.simple().encode_lower(&mut digits).as_bytes()].concat();
    ID(BASE64_URL_SAFE_NO_PAD.encode(text))
}

/// The noun and key of a global id; none for any other text.
pub fn read_id(id: &ID) -> Option<(String, Uuid)> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(id.as_str()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (noun, key) = text.split_once(':')?;
    Some((noun.to_owned(), Uuid::try_parse(key).ok()?))
}

/// The typed key of a global id. Any other text becomes a key that no row has, so that it is answered, and takes its
/// time, like an id that does not exist; texts that differ stay different.
pub fn key<K: Key>(id: &ID) -> K {
    let known = read_id(id).filter(|(noun, _)| noun == K::NOUN).map(|(_, uuid)| uuid);
    // Version 8 is nobody's: our keys are of version 7.
    K::from_uuid(known.unwrap_or_else(|| Uuid::new_v8(sha256(id.as_str().as_bytes()))))
}

/// A date known to the year, month or day: `1988`, `1988-05` or `1988-05-13`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartialDate(pub partial_date::PartialDate);

/// A date known to the year, month or day: `1988`, `1988-05` or `1988-05-13`.
#[Scalar]
impl ScalarType for PartialDate {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => partial_date::PartialDate::parse(text),
            _ => None,
        };
        let wrong = || InputValueError::custom("write a date like 1988, 1988-05 or 1988-05-13");
        text.map(Self).ok_or_else(wrong)
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.into())
    }
}

/// A calendar day: `2026-05-13`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A calendar day: `2026-05-13`.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let day = match &value {
            Value::String(text) => partial_date::PartialDate::parse(text).filter(|it| it.day().is_some()),
            _ => None,
        };
        let day = day.and_then(partial_date::PartialDate::earliest);
        day.map(Self).ok_or_else(|| InputValueError::custom("write a day like 2026-05-13"))
    }
    fn to_value(&self) -> Value {
        Value::String(iso::day(self.0).map_or_else(|| self.0.to_string(), |it| it.text().to_owned()))
    }
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
#[graphql(crate = "crate::relay::graphql")]
pub struct PageInfo {
    /// Whether more rows follow: ask with `after: endCursor`.
    pub has_next_page: bool,
    /// Whether rows come before. Pages go forward only, so it says whether `after` was given.
    pub has_previous_page: bool,
    /// Cursor of the first row of the page.
    pub start_cursor: Option<String>,
    /// Cursor of the last row of the page.
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// Of a page; `after` says whether it was asked for after a row.
    pub fn of<T>(page: &Page<T>, after: bool, cursors: &CursorKey) -> Self {
        let cursor = |row: Option<&(Position, T)>| row.map(|(place, _)| page.cursor(place, cursors));
        Self {
            has_next_page: page.more,
            has_previous_page: after,
            start_cursor: cursor(page.rows.first()),
            end_cursor: cursor(page.rows.last()),
        }
    }
}

/// A type with pages: `XConnection` with `edges`, `pageInfo` and `totalCount`, and `XEdge` with `cursor` and `node`. Its
/// answers are remembered, unless its last word is `ask`.
#[macro_export]
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ident, $among:ty) => {
        $crate::connection!($connection, $edge, $node, $among, recall);
    };
    (@page recall, $ctx:ident, $question:expr, $node:ident) => {
        $crate::reading::page($ctx, $question, <$node as $crate::reading::FromRow>::leads()).await
    };
    (@page ask, $ctx:ident, $question:expr, $node:ident) => { $ctx.session()?.ask($question).await };
    ($connection:ident, $edge:ident, $node:ident, $among:ty, $verb:ident) => {
        #[doc = concat!("A page of a list of ", stringify!($node), ".")]
        pub struct $connection {
            page: $crate::page::Page<<$node as $crate::reading::FromRow>::Row>,
            cursors: $crate::page::CursorKey,
            after: bool,
            count: $crate::questions::Count<$among>,
        }

        impl $connection {
            /// A page of the list of these rows.
            ///
            /// # Errors
            /// `Invalid` on `first` and `after`, or those of the question.
            pub async fn open(
                ctx: &async_graphql::Context<'_>,
                among: $among,
                order: $crate::page::Order,
                first: i32,
                after: Option<String>,
            ) -> $crate::error::Result<Option<Self>> {
                use $crate::{loaders::Caller as _, questions::Among as _};
                let session = ctx.session()?;
                let list = (<$among>::LIST, &among);
                let args = $crate::page::PageArgs::open(first, after.as_deref(), order, &list, session.cursors())?;
                let question = $crate::questions::List { among: among.clone(), page: args };
                let page = $crate::connection!(@page $verb, ctx, &question, $node)?;
                let (cursors, count) = (session.cursors().clone(), $crate::questions::Count(among));
                Ok(Some(Self { page, cursors, after: question.page.after.is_some(), count }))
            }
        }

        /// One row of a page.
        #[derive(async_graphql::SimpleObject)]
        #[graphql(crate = "crate::relay::graphql")]
        pub struct $edge {
            /// Where the row stands in the list.
            pub cursor: String,
            /// The row.
            pub node: $node,
        }

        /// A page of a list, in the list's order.
        #[async_graphql::Object(crate = "crate::relay::graphql")]
        impl $connection {
            /// The rows of the page.
            async fn edges(&self, ctx: &async_graphql::Context<'_>) -> Vec<$edge> {
                // To sign a cursor takes longer than to tell most of a row, and most ask for none.
                let signed = ctx.field().selection_set().any(|it| it.name() == "cursor");
                let cursor = |place: &$crate::page::Position| match signed {
                    true => self.page.cursor(place, &self.cursors),
                    false => String::new(),
                };
                let edge = |(place, row): &($crate::page::Position, <$node as $crate::reading::FromRow>::Row)| $edge {
                    cursor: cursor(place),
                    node: <$node as $crate::reading::FromRow>::from_row(row.clone()),
                };
                self.page.rows.iter().map(edge).collect()
            }
            /// Where the page stands.
            async fn page_info(&self) -> $crate::relay::PageInfo {
                $crate::relay::PageInfo::of(&self.page, self.after, &self.cursors)
            }
            /// Rows of the whole list that the caller may see; counted only when it is asked for.
            async fn total_count(&self, ctx: &async_graphql::Context<'_>) -> $crate::error::Result<Option<u64>> {
                use $crate::loaders::Caller as _;
                Ok(Some(ctx.session()?.$verb(&self.count).await?))
            }
        }
    };
}

/// Why a mutation was refused, or what it warns of: read it before anything else in a payload.
#[derive(Clone, Interface)]
#[expect(clippy::duplicated_attributes, reason = "two fields of one type are no repetition")]
#[graphql(
    field(name = "code", ty = "&ProblemCode", desc = "The code to match on."),
    field(name = "field", ty = "&Option<String>", desc = "The input field to blame, where one is."),
    field(name = "message", ty = "&String", desc = "What is wrong and what to do, in words."),
    field(name = "rule_id", ty = "&Option<String>", desc = "The rule that refuses, where one does."),
    field(name = "citation", ty = "&Option<String>", desc = "Where the rule stands written.")
)]
pub enum Problem {
    /// A field can't be meant as it stands.
    Input(InputProblem),
    /// The row was changed by somebody else.
    Version(VersionConflict),
    /// A rule refuses.
    Rule(RuleProblem),
}

macro_rules! problem_members {
    ($($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $field:ident: $type:ty,)* })+) => {$(
        $(#[$doc])*
        #[derive(Clone, SimpleObject)]
        pub struct $name {
            /// The code to match on.
            pub code: ProblemCode,
            /// The input field to blame, where one is.
            pub field: Option<String>,
            /// What is wrong and what to do, in words.
            pub message: String,
            /// The rule that refuses, where one does.
            pub rule_id: Option<String>,
            /// Where the rule stands written.
            pub citation: Option<String>,
            $($(#[$each])* pub $field: $type,)*
        }
    )+};
}

problem_members! {
    /// A field can't be meant as it stands.
    InputProblem {}
    /// The row was changed by somebody else since the caller read it.
    VersionConflict {
        /// The row's version now: read it again and decide again.
        current_version: i32,
    }
    /// A rule of the field, or of the records, refuses.
    RuleProblem {}
}

impl From<error::Problem> for Problem {
    fn from(it: error::Problem) -> Self {
        let error::Problem { code, field, message, rule_id, citation, current_version } = it;
        match (code, current_version) {
            (ProblemCode::Stale, Some(current_version)) => {
                Self::Version(VersionConflict { code, field, message, rule_id, citation, current_version })
            }
            (ProblemCode::Invalid, _) => Self::Input(InputProblem { code, field, message, rule_id, citation }),
            _ => Self::Rule(RuleProblem { code, field, message, rule_id, citation }),
        }
    }
}

/// What came of a command, for a payload: the key of its row, or the problems.
///
/// # Errors
/// Every error that is no answer to the input.
pub fn outcome<K>(done: error::Result<K>) -> error::Result<(Option<K>, Vec<Problem>)> {
    match done {
        Ok(key) => Ok((Some(key), Vec::new())),
        Err(error) => Ok((None, vec![error.into_problem()?.into()])),
    }
}

pub use crate::reading::FromRow;

/// The whole query root, which every payload gives back.
pub type QueryRoot = crate::schema::Query;

/// The payload of a mutation: the changed object, the problems, and the way on.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $payload:ident {}) => {
        $(#[$doc])*
        pub struct $payload {
            problems: Vec<$crate::relay::Problem>,
            client_mutation_id: Option<String>,
        }

        impl $payload {
            /// What came of a command that shows nothing.
            ///
            /// # Errors
            /// Every error that is no answer to the input.
            pub fn of<K>(done: $crate::error::Result<K>, client_mutation_id: Option<String>) -> $crate::error::Result<Self> {
                let (_, problems) = $crate::relay::outcome(done)?;
                Ok(Self { problems, client_mutation_id })
            }
        }

        $(#[$doc])*
        #[async_graphql::Object]
        impl $payload {
            /// Why nothing was changed; empty when it was, or nothing had to be.
            async fn problems(&self) -> Vec<$crate::relay::Problem> {
                self.problems.clone()
            }
            /// The whole query root, to read on in the same request.
            async fn query(&self) -> $crate::schema::Query {
                $crate::schema::Query
            }
            /// The text that the client sent along, unchanged.
            async fn client_mutation_id(&self) -> Option<&str> {
                self.client_mutation_id.as_deref()
            }
        }
    };
    ($(#[$doc:meta])* $payload:ident { $(#[$each:meta])* $field:ident: $type:ident by $key:ty }) => {
        $(#[$doc])*
        pub struct $payload {
            key: Option<$key>,
            problems: Vec<$crate::relay::Problem>,
            client_mutation_id: Option<String>,
        }

        impl $payload {
            /// What came of a command.
            ///
            /// # Errors
            /// Every error that is no answer to the input.
            pub fn of(done: $crate::error::Result<$key>, client_mutation_id: Option<String>) -> $crate::error::Result<Self> {
                let (key, problems) = $crate::relay::outcome(done)?;
                Ok(Self { key, problems, client_mutation_id })
            }
        }

        $(#[$doc])*
        #[async_graphql::Object]
        impl $payload {
            $(#[$each])*
            async fn $field(&self, ctx: &async_graphql::Context<'_>) -> $crate::error::Result<Option<$type>> {
                match self.key {
                    Some(key) => $type::by_key(ctx, key).await,
                    None => Ok(None),
                }
            }
            /// Why nothing was changed; empty when it was.
            async fn problems(&self) -> Vec<$crate::relay::Problem> {
                self.problems.clone()
            }
            /// The whole query root, to read on in the same request.
            async fn query(&self) -> $crate::schema::Query {
                $crate::schema::Query
            }
            /// The text that the client sent along, unchanged.
            async fn client_mutation_id(&self) -> Option<&str> {
                self.client_mutation_id.as_deref()
            }
        }
    };
}
