//! What the README says of the repository is so.

use std::{collections::BTreeSet, fs};

use tests::{
    law,
    source::{read, root},
};

use super::imports::rooms;

law! {
    /// The first column of the code map names each folder at the top and each room of `api/src`, and nothing else.
    fn the_code_map_names_every_folder_that_exists() {
        let readme = read("README.md");
        let map = section(&readme, "## Code map");
        let named: BTreeSet<String> = map
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split('|').next())
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .map(ToOwned::to_owned)
            .collect();
        let there: BTreeSet<String> = top_folders().into_iter().chain(room_paths()).collect();
        let missing: Vec<_> = there.difference(&named).collect();
        let gone: Vec<_> = named.difference(&there).collect();
        assert!(missing.is_empty(), "README.md, code map: add a sentence for each of {missing:?}");
        assert!(gone.is_empty(), "README.md, code map: remove {gone:?}, which do not exist");
    }

    fn the_settings_table_is_that_of_the_code() {
        let readme = read("README.md");
        let mut table = String::from("| setting | default | what it is, and what breaks |\n| --- | --- | --- |\n");
        for it in api::config::SETTINGS {
            let default = if it.default.is_empty() { "none".to_owned() } else { format!("`{}`", it.default) };
            table += &format!("| `{}` | {default} | {} |\n", it.name, it.about);
        }
        let found = section(&readme, "## Settings");
        assert!(found.contains(&table), "README.md, settings: paste this table\n\n{table}");
    }
}

/// The text between a heading and the next of its rank.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text.find(&format!("{heading}\n")).unwrap_or_else(|| panic!("README.md has no section `{heading}`"));
    let rest = &text[start + heading.len()..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

/// Folders at the top that are kept in the repository, but for those of tools.
fn top_folders() -> Vec<String> {
    let ignored = read(".gitignore");
    let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let mut found = Vec::new();
    for entry in fs::read_dir(root()).expect("the root").map(|it| it.expect("an entry")) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kept = entry.path().is_dir() && !ignored.contains(&name.as_str());
        if kept && (name == ".ci" || !name.starts_with('.')) {
            found.push(format!("{name}/"));
        }
    }
    found
}

/// The rooms as paths: a folder ends with a slash.
fn room_paths() -> Vec<String> {
    let path = |room: String| {
        let folder = root().join(format!("api/src/{room}")).is_dir();
        if folder { format!("api/src/{room}/") } else { format!("api/src/{room}.rs") }
    };
    rooms().into_keys().map(path).collect()
}
