//! Who may use what: the rooms in the order of `api/src/lib.rs`, and the words that only one room may say.

use std::collections::BTreeMap;

use tests::{
    law,
    source::{Breach, Source, hold, names, paths, read, root, sources},
};

/// Words that only some files may say.
struct Reserved {
    /// Whether the file of a path may not say them.
    not_in: fn(&str) -> bool,
    words: &'static [&'static str],
    /// What to do instead.
    why: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved {
        not_in: |path| !path.starts_with("tests/") && !path.starts_with("api/src/shared/"),
        words: &["redis::"],
        why: "only api/src/shared speaks to Redis: add a verb to its store",
    },
    Reserved {
        not_in: |path| path.starts_with("api/src/") && !path.starts_with("api/src/db/"),
        words: &["DatabaseConnection", "DatabaseTransaction"],
        why: "only api/src/db holds a connection: take a Session, Reader or Writer",
    },
    Reserved {
        not_in: |path| path.starts_with("entity/"),
        words: &["api::", "migration::", "async_graphql"],
        why: "tables know no role, no GraphQL, no history",
    },
    Reserved {
        not_in: |path| path.starts_with("migration/"),
        words: &["api::", "entity::"],
        why: "history stands alone and must not move: spell the table out",
    },
    Reserved {
        not_in: |path| is_file_of_slice(path, &["read.rs", "write.rs", "rules.rs"]),
        words: &["::graphql", "::cache", "::http", "actix_web"],
        why: "questions, commands and rules know no transport, no shape and no cache",
    },
    Reserved {
        not_in: |path| is_file_of_slice(path, &["read.rs"]),
        words: &["::write"],
        why: "questions do not know commands: move what both need to a lower place",
    },
    Reserved {
        not_in: |path| is_file_of_slice(path, &["rules.rs"]),
        words: &["::db", "sea_orm", "async_graphql"],
        why: "a rule is pure: give it values",
    },
    Reserved {
        not_in: |path| is_file_of_slice(path, &["graphql.rs"]),
        words: &["sea_orm", "Column", "async_graphql::Error", "async_graphql::Result"],
        why: "a resolver asks questions and runs commands, and fails with crate::error::Error",
    },
    Reserved {
        not_in: |path| path.starts_with("api/src/document/"),
        words: &["::db"],
        why: "a document is prepared without data",
    },
    Reserved {
        not_in: |path| path.starts_with("api/src/http/"),
        words: &["entity::"],
        why: "a transport knows no table",
    },
];

/// What the laws and stories may name of `api`, whole or as the beginning of a path. They see the wire and the tables;
/// this is what starts a server, and the lists that a law checks the outside against.
const OPEN_TO_TESTS: [&str; 12] = [
    "Config",
    "Hooks",
    "Server",
    "auth::keys",
    "auth::password",
    "auth::policy",
    "cli::main",
    "clock",
    "config::SETTINGS",
    "error",
    "identity_number",
    "schema::sdl",
];

law! {
    /// Lower rooms stand higher in the file. `graphql.rs` files of slices may name each other: a schema is a graph.
    fn a_room_uses_only_rooms_above_it() {
        let sources = sources();
        let (order, macros) = (rooms(), macros(&sources));
        let mut found = Vec::new();
        for source in sources.iter().filter(|it| in_api(&it.path)) {
            let Some(own) = room_of(&source.path) else { continue };
            let own_place = *order.get(own).unwrap_or_else(|| panic!("{} is in no room of api/src/lib.rs", source.path));
            for (line, path) in paths(&source.code, "crate") {
                let first = path.split("::").next().unwrap_or_default();
                let room = macros.get(first).map_or(first, String::as_str);
                let graph = is_file_of_slice(&source.path, &["graphql.rs"]) && is_slice(room);
                match order.get(room) {
                    Some(place) if *place <= own_place || graph => {}
                    Some(_) => found.push(Breach::new(
                        format!("{}:{room}", source.path),
                        format!("line {line}: uses `{path}`, but api/src/lib.rs declares `{own}` above `{room}`"),
                    )),
                    None => found.push(Breach::new(
                        format!("{}:{path}", source.path),
                        format!("line {line}: `crate::{path}` is no room of api/src/lib.rs: name the room itself"),
                    )),
                }
            }
        }
        hold("imports", &found);
    }

    fn words_of_one_room_stay_there() {
        let mut found = Vec::new();
        for source in sources() {
            for law in RESERVED.iter().filter(|law| (law.not_in)(&source.path)) {
                for word in law.words.iter().filter(|word| says(&source.code, word)) {
                    found.push(Breach::new(format!("{}:{word}", source.path), law.why));
                }
            }
        }
        hold("words", &found);
    }

    fn tables_and_history_depend_on_nothing_above_them() {
        for (manifest, foreign) in [
            ("entity/Cargo.toml", ["\napi", "\nmigration", "\nasync-graphql"]),
            ("migration/Cargo.toml", ["\napi", "\nentity", "\nasync-graphql"]),
        ] {
            for name in foreign {
                assert!(!read(manifest).contains(name), "{manifest} depends on {}", name.trim());
            }
        }
    }

    fn tests_see_the_wire_and_the_tables_alone() {
        let open = |path: &str| OPEN_TO_TESTS.iter().any(|it| path == *it || path.starts_with(&format!("{it}::")));
        let mut found = Vec::new();
        for source in sources().iter().filter(|it| it.path.starts_with("tests/")) {
            for (line, path) in paths(&source.code, "api").into_iter().filter(|(_, path)| !open(path)) {
                let why = format!("line {line}: a test asks over the wire, or reads tables; of api it names {}", OPEN_TO_TESTS.join(", "));
                found.push(Breach::new(format!("{}:{path}", source.path), why));
            }
        }
        hold("tests", &found);
    }
}

fn in_api(path: &str) -> bool {
    path.starts_with("api/src/")
}

/// A slice is a room with a shape, questions or commands.
fn is_slice(room: &str) -> bool {
    let has = |file: &&str| root().join(format!("api/src/{room}/{file}")).exists();
    room != "http" && ["graphql.rs", "read.rs", "write.rs"].iter().any(has)
}

/// Whether a file is one of these of a slice, or a part of one (`cadre/read/…` is a part of `cadre/read.rs`).
fn is_file_of_slice(path: &str, files: &[&str]) -> bool {
    let Some(rest) = path.strip_prefix("api/src/") else { return false };
    let Some((room, file)) = rest.split_once('/') else { return false };
    let part = |it: &&str| file == *it || file.starts_with(&it.replace(".rs", "/"));
    is_slice(room) && files.iter().any(part)
}

/// The room of a file of `api`; none for `lib.rs` and `main.rs`.
fn room_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("api/src/")?;
    let room = rest.split('/').next()?;
    Some(room.strip_suffix(".rs").unwrap_or(room)).filter(|it| !["lib", "main"].contains(it))
}

/// Every room with its place in `api/src/lib.rs`.
pub fn rooms() -> BTreeMap<String, usize> {
    let text = read("api/src/lib.rs");
    let names = text.lines().filter_map(|line| line.strip_prefix("pub mod "));
    names.enumerate().map(|(at, name)| (name.trim_end_matches([' ', '{', ';']).to_owned(), at)).collect()
}

/// The room of each macro: `crate::name!` means the room that defines it.
fn macros(sources: &[Source]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in sources {
        for (at, marker) in source.code.match_indices("macro_rules! ") {
            let name: String = source.code[at + marker.len()..].chars().take_while(|it| !" {(".contains(*it)).collect();
            found.extend(room_of(&source.path).map(|room| (name, room.to_owned())));
        }
    }
    found
}

/// Whether a word stands in the code; with `::` before it, whether it is a part of a path of this crate, and with `::` in
/// it, whether that path is used, grouped imports included.
fn says(code: &str, word: &str) -> bool {
    if let Some(part) = word.strip_prefix("::") {
        let of = |head| paths(code, head).iter().any(|(_, path)| path.split("::").any(|it| it == part));
        return of("crate") || of("super");
    }
    match word.split_once("::") {
        Some((head, "")) => !paths(code, head).is_empty(),
        Some((head, last)) => {
            paths(code, head).iter().any(|(_, path)| path == last || path.starts_with(&format!("{last}::")))
        }
        None => names(code, word),
    }
}
