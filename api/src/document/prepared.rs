//! A client's text, prepared once: counted, parsed, measured, and kept by its hash in a bounded memory.

mod plain;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use async_graphql::{
    Name, Positioned, ServerError, Value, Variables,
    parser::{
        Error as Unread, parse_query,
        types::{ExecutableDocument, OperationDefinition, OperationType},
    },
};
use entity::told::Narrow;
use moka::sync::Cache;

use crate::document::{
    date,
    lexer::{self, Excess},
    measure::{self, Limits, Measure, Measuring},
    order::Order,
    rewrite,
    types::Types,
    verdict,
};
use crate::hash::sha256;

/// Characters of a message, at most.
const LONGEST_MESSAGE: usize = 500;

/// A parsed document within the limits.
pub struct Prepared {
    /// What tells its text from every other.
    pub hash: [u8; 32],
    /// What the text says.
    pub document: ExecutableDocument,
    /// What the schema's rules say against it; none, where it can be executed.
    pub errors: Vec<ServerError>,
    /// Whether its questions are fields and nothing else.
    pub plain: bool,
    /// What it tells of the rows that are gathered for it, once it was asked for.
    pub narrow: OnceLock<Narrow>,
    /// The variables that its measures and days depend on.
    weighing: Vec<Name>,
    /// What was chosen of it lately.
    chosen: Mutex<Vec<(Weighed, Arc<Chosen>)>>,
}

/// The name of an operation, and what each variable that weighs is given as.
type Weighed = (Option<String>, Vec<Option<Value>>);

/// Choices that a document remembers.
const CHOICES: usize = 16;
/// Characters of a text that it remembers a choice by, at most: enough for a day.
const LONGEST_WEIGHED: usize = 32;

/// Whether a value may be remembered: of what a client sends, only what has a bounded length.
fn is_brief(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= LONGEST_WEIGHED,
        other => matches!(other, Value::Null | Value::Number(_) | Value::Boolean(_)),
    }
}

/// The schema's rules: what they say against a document.
type Rules = dyn Fn(&ExecutableDocument) -> Vec<ServerError> + Send + Sync;

/// Prepares documents and remembers them.
pub struct Documents {
    limits: Limits,
    types: Types,
    plain_lists: HashSet<String>,
    rules: Box<Rules>,
    kept: Cache<[u8; 32], Kept>,
}

/// What became of a text, and what remembering it weighs: one for each KiB of the text.
#[derive(Clone)]
struct Kept {
    weight: u32,
    outcome: Result<Arc<Prepared>, Unfit>,
}

/// Why a text can't be prepared, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is no GraphQL.
    Unreadable(String),
    /// It is, and beyond a limit.
    Refused(String),
    /// It took too long. That is the moment's fault and not only the text's, so it is not remembered.
    Late(String),
}

impl Unfit {
    /// With a message of bounded length: it may repeat what the client wrote, and is remembered.
    fn brief(self) -> Self {
        let cut = |it: String| match it.char_indices().nth(LONGEST_MESSAGE) {
            Some((at, _)) => format!("{}…", it.get(..at).unwrap_or_default()),
            None => it,
        };
        match self {
            Self::Unreadable(it) => Self::Unreadable(cut(it)),
            Self::Refused(it) => Self::Refused(cut(it)),
            Self::Late(it) => Self::Late(it),
        }
    }
}

/// The operation that a request runs, and what it asks for.
pub struct Chosen {
    /// The operation's name, where it has one.
    pub name: Option<String>,
    /// The order of the answer's fields.
    pub order: Order,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// What it asks for.
    pub measure: Measure,
    /// The text of the day that it asks about, where it names one.
    pub as_of: Option<String>,
}

impl Documents {
    /// Of a schema's text and rules, with limits, keeping so many documents.
    ///
    /// # Errors
    /// A sentence, when the text is no schema.
    pub fn new(
        sdl: &str,
        rules: impl Fn(&ExecutableDocument) -> Vec<ServerError> + Send + Sync + 'static,
        limits: Limits,
        entries: u64,
    ) -> Result<Self, String> {
        let kept = Cache::builder().max_capacity(entries).weigher(|_: &[u8; 32], it: &Kept| it.weight).build();
        let types = Types::of(sdl)?;
        Ok(Self { limits, plain_lists: types.lists(), types, rules: Box::new(rules), kept })
    }

    /// The prepared document of a text. A refusal is remembered too.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn prepare(&self, text: &str) -> Result<Arc<Prepared>, Unfit> {
        let hash = sha256(text.as_bytes());
        let weight = u32::try_from(text.len() / 1024 + 1).unwrap_or(u32::MAX);
        let kept = self.kept.try_get_with(hash, || match self.parse(text, hash) {
            Err(late @ Unfit::Late(_)) => Err(late),
            done => Ok(Kept { weight, outcome: done.map(Arc::new).map_err(Unfit::brief) }),
        });
        kept.map_err(|late| late.as_ref().clone())?.outcome
    }

    /// Every step is bounded by the one before; the clock is looked at between them.
    fn parse(&self, text: &str, hash: [u8; 32]) -> Result<Prepared, Unfit> {
        let begun = Instant::now();
        let most = Duration::from_millis(self.limits.ms);
        let in_time = || match begun.elapsed() {
            took if took <= most => Ok(()),
            _ => {
                let ms = self.limits.ms;
                Err(Unfit::Late(format!("The document took longer than {ms} ms to read: try again, or ask for less.")))
            }
        };
        lexer::count(text, self.limits.tokens).map_err(|excess| {
            Unfit::Refused(match excess {
                Excess::Tokens => format!("The document has more than {} tokens: split it.", self.limits.tokens),
                Excess::Brackets => {
                    let deepest = lexer::DEEPEST;
                    format!("The document nests brackets deeper than {deepest} levels: ask for less at once.")
                }
            })
        })?;
        let text = rewrite::readable(text).map_err(Unfit::Refused)?;
        let document = parse_query(&text)
            .map_err(|cause| Unfit::Unreadable(format!("The document can't be read: {}", unread(&cause))))?;
        in_time()?;
        Measuring::new(&document, &Variables::default(), self.limits, &self.plain_lists)
            .everything()
            .map_err(Unfit::Refused)?;
        in_time()?;
        // After the measure, which bounds what these walk over.
        verdict::fits(&document, &self.types).map_err(Unfit::Refused)?;
        in_time()?;
        let mut errors = (self.rules)(&document);
        errors.truncate(usize::try_from(self.limits.errors).unwrap_or(usize::MAX));
        in_time()?;
        let (plain, weighing) = (plain::is_plain(&document), measure::weighing(&document));
        let (narrow, chosen) = Default::default();
        Ok(Prepared { hash, document, errors, plain, narrow, weighing, chosen })
    }

    /// Chooses the operation of a request and measures it with the request's variables, once for those that weigh alike.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn choose(
        &self,
        prepared: &Prepared,
        name: Option<&str>,
        given: serde_json::Map<String, serde_json::Value>,
    ) -> Result<(Arc<Chosen>, Variables), String> {
        let (name, operation) = prepared.operation(name)?;
        let operation = &operation.node;
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            let (name, ty) = (&definition.name.node, &definition.var_type.node);
            match given.get(name.as_str()) {
                Some(value) => verdict::json(value, ty, &self.types, &format!("${name}"))?,
                None if definition.default_value.is_some() || ty.nullable => {}
                None => return Err(format!("${name} is not given, and is {ty}.")),
            }
        }
        let variables = Variables::from_json(serde_json::Value::Object(given));
        let weighed: Vec<Option<&Value>> = prepared.weighing.iter().map(|it| variables.get(it)).collect();
        let alike =
            |(of, all): &Weighed| of.as_deref() == name && all.iter().map(Option::as_ref).eq(weighed.iter().copied());
        let known = || prepared.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().iter().find(|(it, _)| alike(it)).map(|(_, it)| it.clone()) {
            return Ok((found, variables));
        }
        let measure =
            Measuring::new(&prepared.document, &variables, self.limits, &self.plain_lists).chosen(operation)?;
        let as_of = date::first(&prepared.document, operation, &variables);
        let (name, order) = (name.map(str::to_owned), Order::of(&prepared.document, operation));
        let brief = weighed.iter().flatten().all(|it| is_brief(it));
        let key = brief.then(|| (name.clone(), weighed.into_iter().map(Option::<&Value>::cloned).collect()));
        let chosen = Arc::new(Chosen { name, kind: operation.ty, measure, order, as_of });
        let Some(key) = key else { return Ok((chosen, variables)) };
        let mut known = known();
        if known.len() >= CHOICES {
            known.remove(0);
        }
        known.push((key, chosen.clone()));
        drop(known);
        Ok((chosen, variables))
    }
}

/// An operation with its name.
type Named<'d> = (Option<&'d str>, &'d Positioned<OperationDefinition>);

impl Prepared {
    /// Its operation of a name, or the only one.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn operation(&self, name: Option<&str>) -> Result<Named<'_>, String> {
        let mut all = self.document.operations.iter().map(|(name, it)| (name.map(|it| it.as_str()), it));
        match name {
            Some(name) => {
                all.find(|(it, _)| *it == Some(name)).ok_or_else(|| format!("The document has no operation {name}."))
            }
            None => match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                (None, _) => Err("The document has no operation.".to_owned()),
                _ => Err("The document has several operations: name one in operationName.".to_owned()),
            },
        }
    }
}

/// Why a text can't be read. Where, and not what stands there: clients write errors down, and a value may be one that
/// nobody may write down.
fn unread(cause: &Unread) -> String {
    match cause {
        Unread::Syntax { message, start, .. } => {
            let wanted = message.lines().last().and_then(|it| it.trim().strip_prefix("= ")).unwrap_or("not understood");
            format!("line {}, column {}: {wanted}", start.line, start.column)
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn choices_are_remembered_by_little_and_not_by_all_that_is_sent() {
        let sdl = "type Query { nodes(ids: [ID!]!, first: Int, asOf: String): Int }";
        let (most, ms) = (100_000, 60_000);
        let limits = Limits {
            tokens: most,
            depth: most,
            aliases: most,
            root_fields: most,
            directives: most,
            nodes: most,
            selections: most,
            cost: most,
            ms,
            errors: most,
        };
        let documents = Documents::new(sdl, |_| Vec::new(), limits, 10).unwrap();
        let text = "query($ids: [ID!]!, $first: Int, $day: String) { nodes(ids: $ids, first: $first, asOf: $day) }";
        let remembered = |text: &str, variables: &[Value]| {
            let prepared = documents.prepare(text).unwrap();
            for given in variables {
                documents.choose(&prepared, None, given.as_object().cloned().unwrap()).unwrap();
            }
            prepared.chosen.lock().unwrap().len()
        };
        assert_eq!(remembered(text, &[json!({ "ids": ["a"] }), json!({ "ids": ["b", "c"] })]), 0);
        let plain = text.replace("$ids: [ID!]!, ", "").replace("$ids", "[]");
        let day = |text: String| json!({ "first": 1, "day": text });
        assert_eq!(remembered(&plain, &[day("2026-11-22".into()), day("2026-11-22".into())]), 1);
        assert_eq!(remembered(&plain, &[day("x".repeat(100_000))]), 1);
        let many: Vec<_> = (0..100).map(|it| json!({ "first": it })).collect();
        assert_eq!(remembered(&plain, &many), CHOICES);
    }
}
