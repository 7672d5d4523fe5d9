//! Mutants of the row policies: the source with each condition wrapped, so that one build holds all of them and a
//! variable says at run time which condition is lost. Building the workspace anew for each would take an hour.

use std::ops::Range;

use crate::source::blanked;

/// What the wrapped source calls; it goes to the end of `api/src/db/gate.rs`.
pub const MODULE: &str = r#"
/// Conditions that can be lost.
#[allow(missing_docs, clippy::all)]
pub mod mutant {
    use sea_orm::{Condition, sea_query::{Expr, IntoCondition}};

    fn way(number: usize) -> Option<bool> {
        let asked = std::env::var("TIDUI_MUTANT").ok()?;
        let (which, way) = asked.split_once('=')?;
        (which == number.to_string()).then(|| way == "true")
    }
    pub fn condition(number: usize, given: impl IntoCondition) -> Condition {
        match way(number) {
            None => given.into_condition(),
            Some(true) => Condition::all().add(Expr::cust("1 = 1")),
            Some(false) => Condition::all().add(Expr::cust("1 = 0")),
        }
    }
    pub fn option(number: usize, given: Option<impl IntoCondition>) -> Option<Condition> {
        match way(number) {
            None => given.map(IntoCondition::into_condition),
            Some(true) => Some(Condition::all().add(Expr::cust("1 = 1"))),
            Some(false) => None,
        }
    }
    pub fn roles(number: usize, given: &[entity::kind::Role]) -> &[entity::kind::Role] {
        match way(number) {
            None => given,
            Some(true) => entity::kind::Role::ALL,
            Some(false) => &[],
        }
    }
    pub fn flag(number: usize, given: bool) -> bool {
        way(number).unwrap_or(given)
    }
}
"#;

/// Calls whose one argument is a condition of a row.
const CONDITIONS: [&str; 3] = [".add(", ".cond_where(", ".and_where("];
/// The call whose one argument may be a condition of a row.
const OPTION: &str = ".add_option(";
/// Calls whose last argument says for which roles.
const ROLES: [&str; 3] = [".under(", ".above(", ".person("];

/// One condition that can be lost.
pub struct Mutant {
    /// Its number among all.
    pub number: usize,
    /// Where it stands: file and function.
    pub place: String,
    /// And line.
    pub line: usize,
    /// Its text, in one line.
    pub text: String,
}

/// Wraps the conditions of a file, in those functions whose signature is wanted. Numbers go on from `found`.
pub fn wrap(path: &str, text: &str, wanted: impl Fn(&str) -> bool, found: &mut Vec<Mutant>) -> String {
    let (text, code): (Vec<char>, Vec<char>) = (text.chars().collect(), blanked(text).chars().collect());
    let mut edits: Vec<(usize, String)> = Vec::new();
    for (signature, body) in functions(&code) {
        let name: String = signature.chars().skip(3).take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        if !wanted(&signature) {
            continue;
        }
        for at in body {
            let Some((span, how)) = condition(&code, at) else { continue };
            let line = code[..span.start].iter().filter(|it| **it == '\n').count() + 1;
            let words: String = text[span.clone()].iter().collect();
            let number = found.len();
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            found.push(Mutant { number, place: format!("{path} {name}"), line, text: words });
            edits.push((span.start, format!("crate::db::gate::mutant::{how}({number}, ")));
            edits.push((span.end, ")".to_owned()));
        }
    }
    edits.sort_by_key(|(at, _)| *at); // stable: what was found first stays outside
    let mut out = String::new();
    let mut done = 0;
    for (at, insert) in edits {
        out.extend(&text[done..at]);
        out += &insert;
        done = at;
    }
    out.extend(&text[done..]);
    // An expression became a condition, which only the general verb takes.
    out.replace(".and_where(crate::db::gate::mutant", ".cond_where(crate::db::gate::mutant")
}

/// Every function as its signature and the places of its body.
fn functions(code: &[char]) -> Vec<(String, Range<usize>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let begins = starts(code, at, "fn ") && (at == 0 || !code[at - 1].is_alphanumeric());
        let open = (at..code.len()).find(|it| code[*it] == '{' || code[*it] == ';').filter(|it| code[*it] == '{');
        match open {
            Some(open) if begins => {
                let end = close(code, open);
                out.push((code[at..open].iter().collect(), open..end));
                at = end;
            }
            _ => at += 1,
        }
    }
    out
}

/// The condition that a call or an `if` at a place is about, and the function that can lose it.
fn condition(code: &[char], at: usize) -> Option<(Range<usize>, &'static str)> {
    let argument = |call: &str| {
        let open = at + call.len() - 1;
        trimmed(code, open + 1..close(code, open) - 1)
    };
    if let Some(call) = CONDITIONS.iter().find(|it| starts(code, at, it)) {
        return Some((argument(call), "condition"));
    }
    if starts(code, at, OPTION) {
        return Some((argument(OPTION), "option"));
    }
    if let Some(call) = ROLES.iter().find(|it| starts(code, at, it)) {
        return Some((last(code, argument(call)), "roles"));
    }
    if starts(code, at, ".filter(|") {
        let whole = argument(".filter(");
        let from = (whole.start + 1..whole.end).find(|it| code[*it] == '|')? + 1;
        return Some((trimmed(code, from..whole.end), "flag"));
    }
    // What begins a statement or ends a function; a guard of a `match` is neither.
    let before = code[..at].iter().rev().find(|it| !it.is_whitespace());
    if !before.is_some_and(|it| ";{}".contains(*it)) || !code[at - 1].is_whitespace() {
        return None;
    }
    if starts(code, at, "if ") && !starts(code, at, "if let ") {
        let end = (at..code.len()).find(|it| code[*it] == '{')?;
        return Some((trimmed(code, at + 3..end), "flag"));
    }
    if starts(code, at, "gate.under(") {
        return Some((at..close(code, at + "gate.under".len()), "condition"));
    }
    None
}

fn starts(code: &[char], at: usize, what: &str) -> bool {
    what.chars().enumerate().all(|(place, it)| code.get(at + place) == Some(&it))
}

/// Just after the bracket that closes the one at a place.
fn close(code: &[char], open: usize) -> usize {
    let mut depth = 0;
    for (at, it) in code.iter().enumerate().skip(open) {
        match it {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// A span without outer blanks and a last comma.
fn trimmed(code: &[char], span: Range<usize>) -> Range<usize> {
    let blank = |at: &usize| code[*at].is_whitespace() || code[*at] == ',';
    let start = span.clone().find(|at| !blank(at)).unwrap_or(span.start);
    let end = span.clone().rev().find(|at| !blank(at)).map_or(span.end, |it| it + 1);
    start..end
}

/// The last of some arguments.
fn last(code: &[char], span: Range<usize>) -> Range<usize> {
    let (mut depth, mut from) = (0, span.start);
    for at in span.clone() {
        match code[at] {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => from = at + 1,
            _ => {}
        }
    }
    trimmed(code, from..span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_of_a_policy_is_wrapped() {
        let text = "fn visible(at: &Alias, gate: &Gate) -> Condition {
            let some = Condition::any()
                .add(gate.under(at.col(Column::Place), ROWS),);
            if gate.sees(\")\") { return some; }
            select.and_where(mine.eq(person))
        }
        fn other(&self) { all.add(1) }";
        let mut found = Vec::new();
        let wrapped = wrap("read.rs", text, |signature| signature.contains("Gate"), &mut found);
        let texts: Vec<_> = found.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["gate.under(at.col(Column::Place), ROWS)", "ROWS", "gate.sees(\")\")", "mine.eq(person)"]);
        assert_eq!((found[3].place.as_str(), found[3].line), ("read.rs visible", 5));
        let call = |how, number| format!("crate::db::gate::mutant::{how}({number}, ");
        let (all, roles) = (call("condition", 0), call("roles", 1));
        assert!(wrapped.contains(&format!(".add({all}gate.under(at.col(Column::Place), {roles}ROWS))),)")));
        assert!(wrapped.contains(&format!("if {}gate.sees(\")\")) {{", call("flag", 2))));
        assert!(wrapped.contains(&format!(".cond_where({}mine.eq(person)))", call("condition", 3))));
        assert!(wrapped.contains("all.add(1)"));
    }
}
