//! The repository's own text, as the laws read it: its files, its code without comments and strings, its paths, and the
//! lists of exemptions.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace above this crate").to_path_buf()
}

/// The text of a file, named from the root.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path} can't be read: {cause}"))
}

/// One source file.
pub struct Source {
    /// Its path from the root, such as `api/src/cadre/read.rs`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its text with comments, strings and characters blanked out, line for line.
    pub code: String,
}

/// Every `.rs` file of the four crates, by path.
pub fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    for folder in ["api", "entity", "migration", "tests"] {
        collect(&root(), folder, &mut paths);
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = read(&path);
            Source { code: blanked(&text), text, path }
        })
        .collect()
}

fn collect(root: &Path, folder: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).expect("a folder").map(|it| it.expect("an entry")) {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().expect("a type").is_dir() {
            collect(root, &path, found);
        } else if path.ends_with(".rs") {
            found.push(path);
        }
    }
}

/// Something that a law does not allow.
pub struct Breach {
    /// What an exemption would name: a path, or a path and a name, without blanks.
    pub subject: String,
    /// What is wrong, and what to do.
    pub why: String,
}

impl Breach {
    /// Of a subject, with words.
    pub fn new(subject: impl Into<String>, why: impl Into<String>) -> Self {
        Self { subject: subject.into(), why: why.into() }
    }
}

/// Fails on every breach that `it/allow/<list>.txt` does not exempt, and on every exemption that nothing needs: so a
/// list can only shrink.
pub fn hold(list: &str, breaches: &[Breach]) {
    let path = format!("tests/it/allow/{list}.txt");
    let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
    let mut said = Vec::new();
    let mut exempt = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (subject, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if reason.trim().len() < 10 {
            said.push(format!("{path}: `{subject}` needs its reason on the same line"));
        }
        if !breaches.iter().any(|it| it.subject == subject) {
            said.push(format!("{path}: `{subject}` needs no exemption any more: remove the line"));
        }
        exempt.insert(subject);
    }
    said.extend(
        breaches
            .iter()
            .filter(|it| !exempt.contains(it.subject.as_str()))
            .map(|it| format!("{}: {}", it.subject, it.why)),
    );
    assert!(said.is_empty(), "\n{}\n", said.join("\n"));
}

/// The code with comments, strings and characters replaced by blanks; lines stay where they are.
pub fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skipped(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|it| if *it == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment or literal that begins at `at` ends; `at` where none does.
fn skipped(chars: &[char], at: usize) -> usize {
    let next = |ahead: usize| chars.get(at + ahead).copied().unwrap_or(' ');
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match (chars[at], next(1)) {
        ('/', '/') => find(chars, at, "\n"),
        ('/', '*') => block_comment(chars, at),
        ('"', _) => quoted(chars, at + 1),
        ('b' | 'c', '"') if !in_word => quoted(chars, at + 2),
        ('r', '"' | '#') if !in_word => raw(chars, at + 1).unwrap_or(at),
        ('b' | 'c', 'r') if !in_word => raw(chars, at + 2).unwrap_or(at),
        ('\'', '\\') => find(chars, at + 3, "'") + 1,
        ('\'', _) if next(2) == '\'' => at + 3,
        _ => at,
    }
}

fn find(chars: &[char], from: usize, what: &str) -> usize {
    let what: Vec<char> = what.chars().collect();
    (from..chars.len()).find(|it| chars[*it..].starts_with(&what)).unwrap_or(chars.len())
}

fn block_comment(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn quoted(chars: &[char], from: usize) -> usize {
    let mut at = from;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// A raw string whose hashes begin at `from`; none where a raw name such as `r#type` stands.
fn raw(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from..].iter().take_while(|it| **it == '#').count();
    if chars.get(from + hashes) != Some(&'"') {
        return None;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    Some(find(chars, from + hashes + 1, &close) + close.len())
}

/// Every path in the code that begins with `head::`, flattened (`crate::{a::b, c}` is `a::b` and `c`), with its line.
/// Names that only end like `head`, and names within a longer path, are none.
pub fn paths(code: &str, head: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let marker = format!("{head}::");
    for (at, _) in code.match_indices(&marker) {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' || before == ':' {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let mut rest = &code[at + marker.len()..];
        flatten(&mut rest, "", &mut |path| found.push((line, path)));
    }
    found
}

fn flatten(rest: &mut &str, prefix: &str, found: &mut dyn FnMut(String)) {
    *rest = rest.trim_start();
    if let Some(inside) = rest.strip_prefix('{') {
        *rest = inside;
        loop {
            flatten(rest, prefix, found);
            let close = rest.find([',', '}']).unwrap_or(rest.len());
            let closing = !rest[close..].starts_with(',');
            *rest = rest.get(close + 1..).unwrap_or_default();
            if closing {
                return;
            }
        }
    }
    let end = rest.find(|it: char| !it.is_alphanumeric() && it != '_' && it != '*').unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    *rest = after;
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    match rest.strip_prefix("::") {
        Some(inside) if !name.is_empty() => {
            *rest = inside;
            flatten(rest, &path, found);
        }
        _ if !name.is_empty() => found(path),
        // What follows is no name, such as the types of `crate::page::<T>`.
        _ if !prefix.is_empty() => found(prefix.to_owned()),
        _ => {}
    }
}

/// Whether a name stands in the code as a word of its own.
pub fn names(code: &str, word: &str) -> bool {
    let part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    code.match_indices(word)
        .any(|(at, _)| !part(code[..at].chars().next_back()) && !part(code[at + word.len()..].chars().next()))
}
