//! The text of a statement and its values, as parts write them: what every part says again is bound once.

use std::fmt::{self, Display, Write};

use sea_orm::{
    DbBackend, Value,
    sea_query::{QueryBuilder, SqlWriter},
};

/// A statement that is being written.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
    mark: char,
    kept: bool,
}

impl Written {
    /// For a database; a statement that is kept may hold more as it is, because it is put together once.
    pub(super) fn new(backend: DbBackend, kept: bool) -> Self {
        let mark = if backend == DbBackend::Postgres { '$' } else { '?' };
        Self { text: String::new(), values: Vec::new(), mark, kept }
    }

    /// What stands in the text as it is: limits, because a plan for all values would not know how few rows are
    /// wanted; and the words of closed sets, because it would not know how many rows they leave.
    fn plain(&self, value: &Value) -> Option<String> {
        match value {
            Value::BigUnsigned(Some(limit)) => Some(limit.to_string()),
            Value::String(Some(word)) if self.kept && is_word(word) => Some(format!("'{word}'")),
            _ => None,
        }
    }
}

/// Whether a text is written as those of closed sets are.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.bytes().all(|it| it.is_ascii_uppercase() || it == b'_')
}

impl SqlWriter for Written {
    fn push_param<B: QueryBuilder>(&mut self, value: Value, _: &B) {
        if let Some(plain) = self.plain(&value) {
            self.text.push_str(&plain);
            return;
        }
        let place = self.values.iter().position(|it| *it == value).unwrap_or_else(|| {
            self.values.push(value);
            self.values.len() - 1
        });
        // A text takes everything.
        let _ = write!(self.text, "{}{}", self.mark, place + 1);
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

impl Write for Written {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.write_str(text)
    }
}

impl Display for Written {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Expr, ExprTrait, PostgresQueryBuilder, Query, SqliteQueryBuilder};

    use super::*;

    fn written(backend: DbBackend, kept: bool) -> (String, Vec<Value>) {
        let words = Expr::col("state").is_in(["OPEN", "it's"]);
        let select =
            Query::select().column("a").from("t").and_where(words.clone()).and_where(words).limit(3).to_owned();
        let mut out = Written::new(backend, kept);
        match backend {
            DbBackend::Postgres => select.build_collect_any_into(&PostgresQueryBuilder, &mut out),
            _ => select.build_collect_any_into(&SqliteQueryBuilder, &mut out),
        }
        (out.text, out.values)
    }

    #[test]
    fn a_value_is_bound_once_and_what_a_plan_must_know_stands_there() {
        let (text, values) = written(DbBackend::Postgres, true);
        assert!(text.ends_with(r#"WHERE "state" IN ('OPEN', $1) AND "state" IN ('OPEN', $1) LIMIT 3"#), "{text}");
        assert_eq!(values, [Value::from("it's")]);
        let (text, values) = written(DbBackend::Sqlite, false);
        assert!(text.ends_with(r#"WHERE "state" IN (?1, ?2) AND "state" IN (?1, ?2) LIMIT 3"#), "{text}");
        assert_eq!(values, [Value::from("OPEN"), Value::from("it's")]);
    }
}
