//! What the source tree must look like. Each law reads files and nothing else.
//!
//! An exemption is a line in `it/allow/`: the subject that the failure names, then the reason. A line that nothing needs
//! any more fails as well.

mod imports;
mod map;

use tests::{
    law,
    source::{Breach, Source, hold, names, sources},
};

/// Longest file, in lines: what one sitting can read.
const FILE_LINES: usize = 400;
/// Longest function, in lines: about a screen.
const FUNCTION_LINES: usize = 60;
/// Names that say nothing of what stands in a file.
const EMPTY_NAMES: [&str; 5] = ["utils", "helpers", "common", "manager", "service"];
/// The ways to start work that outlives its caller.
const SPAWNS: [&str; 4] = ["tokio::spawn", "task::spawn", "rt::spawn", "thread::spawn"];
/// Where work that outlives its caller may start: the server, the command line, the loaders' constructor, the
/// errands that an answer does not wait for.
const SPAWNERS: [&str; 5] =
    ["api/src/main.rs", "api/src/http/", "api/src/cli/", "api/src/loaders.rs", "api/src/db/errands.rs"];

law! {
    fn no_file_is_longer_than_400_lines() {
        let long = |it: &Source| (it.text.lines().count() > FILE_LINES).then(|| Breach::new(&it.path, format!(
            "{} lines, at most {FILE_LINES}: split it where its header would need an «and»", it.text.lines().count()
        )));
        hold("long_files", &breaches(long));
    }

    fn every_file_begins_with_a_header() {
        let bare = |it: &Source| (!it.text.starts_with("//! "))
            .then(|| Breach::new(&it.path, "begin it with `//!` and one sentence: what it is and why it stands here"));
        hold("headers", &breaches(bare));
    }

    fn no_function_is_longer_than_60_lines() {
        let mut found = Vec::new();
        for source in sources() {
            for (name, line, lines) in bodies(&source.code).into_iter().filter(|(_, _, lines)| *lines > FUNCTION_LINES) {
                let why = format!("line {line}: {lines} lines, at most {FUNCTION_LINES}: give a part of it a name");
                found.push(Breach::new(format!("{}:{name}", source.path), why));
            }
        }
        hold("long_functions", &found);
    }

    fn no_file_has_an_empty_name() {
        let empty = |it: &Source| EMPTY_NAMES
            .iter()
            .find(|name| it.path.split('/').any(|part| part.strip_suffix(".rs").unwrap_or(part) == **name))
            .map(|name| Breach::new(&it.path, format!("`{name}` names no subject: say what stands in it")));
        hold("empty_names", &breaches(empty));
    }

    fn work_that_outlives_its_caller_starts_in_few_places() {
        let elsewhere = |it: &Source| it.path.starts_with("api/src/") && !SPAWNERS.iter().any(|at| it.path.starts_with(at));
        let spawning = |it: &Source| SPAWNS
            .iter()
            .find(|how| elsewhere(it) && names(&it.code, how))
            .map(|how| Breach::new(&it.path, format!("calls {how}: only {} may", SPAWNERS.join(", "))));
        hold("spawning", &breaches(spawning));
    }

    fn objects_tell_their_fields_in_place() {
        let elsewhere = |it: &Source| it
            .text
            .split("\n#[Object]")
            .skip(1)
            .filter(|_| it.path.starts_with("api/src/"))
            .filter_map(|after| after.split_once("\nimpl ")?.1.split([' ', '{']).next())
            // The roots are asked slice by slice: see `schema/direct.rs`.
            .find(|name| !["Query", "Mutation"].iter().any(|end| name.ends_with(end)))
            .map(|name| Breach::new(&it.path, format!("{name}: begin it with #[Object(crate = \"crate::relay::graphql\")]")));
        hold("objects", &breaches(elsewhere));
    }

    fn public_items_must_be_documented() {
        for path in ["api/src/lib.rs", "entity/src/lib.rs"] {
            assert!(
                tests::source::read(path).contains("\n#![warn(missing_docs)]\n"),
                "{path} must say #![warn(missing_docs)]: `.ci/run` turns the warning into an error"
            );
        }
    }
}

fn breaches(of: impl Fn(&Source) -> Option<Breach>) -> Vec<Breach> {
    sources().iter().filter_map(of).collect()
}

/// Every function with a body, those in macros included, as name, first line and number of lines.
fn bodies(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, marker) in code.match_indices("fn ") {
        let in_word = code[..at].chars().next_back().is_some_and(|it| it.is_alphanumeric() || it == '_');
        let rest = &code[at + marker.len()..];
        let name: String = rest.chars().take_while(|it| it.is_alphanumeric() || "_$".contains(*it)).collect();
        if let (false, false, Some(end)) = (in_word, name.is_empty(), end_of_body(rest)) {
            let line = code[..at].matches('\n').count() + 1;
            found.push((name, line, rest[..end].matches('\n').count() + 1));
        }
    }
    found
}

/// Where the first braces outside parentheses close; none where a semicolon comes first.
fn end_of_body(rest: &str) -> Option<usize> {
    let (mut inner, mut depth) = (0, 0);
    for (at, it) in rest.char_indices() {
        match it {
            '(' | '[' if depth == 0 => inner += 1,
            ')' | ']' if depth == 0 => inner -= 1,
            ';' if depth == 0 && inner == 0 => return None,
            '{' if inner == 0 => depth += 1,
            '}' if inner == 0 => {
                depth -= 1;
                if depth <= 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        if inner < 0 {
            return None;
        }
    }
    None
}
