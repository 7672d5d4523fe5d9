//! The exported schema as a list of its parts. It reads the one form in which we export, line by line, and stops at a
//! line that it does not know: a part that is overlooked would be a part that no law checks.

use std::collections::BTreeMap;

/// One part of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is: `type`, `interface`, `input`, `enum`, `scalar`, `union`, `directive`, `member`, `field`, `argument`
    /// or `value`.
    pub kind: &'static str,
    /// Its type, for a field or argument with the default after it; empty for what has none.
    pub shape: String,
    /// Whether it has a description.
    pub described: bool,
}

/// Every part by its path: `Cadre`, `Cadre.name`, `Query.cadres(first)`, `Sex.MALE`, `@access(action)`,
/// `Cadre implements Node`.
pub fn parts(sdl: &str) -> BTreeMap<String, Part> {
    let mut reader = Reader::default();
    let mut quoted = false;
    for line in sdl.lines() {
        let line = line.trim();
        if line.starts_with("\"\"\"") || quoted {
            quoted ^= line.matches("\"\"\"").count() == 1;
            reader.described = true;
        } else if line.starts_with('"') {
            reader.described = true;
        } else if !line.is_empty() {
            reader.line(line);
            reader.described = false;
        }
    }
    reader.found
}

#[derive(Default)]
struct Reader {
    found: BTreeMap<String, Part>,
    /// The type whose braces are open, and what it is.
    open: Option<(String, String)>,
    /// The field whose parentheses are open.
    field: Option<String>,
    described: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if self.field.is_none() && self.open.is_none() {
            return self.definition(line);
        }
        let (owner, kind) = self.open.clone().unwrap_or_default();
        if let Some(field) = self.field.clone() {
            // A field's type follows its arguments, a directive's places.
            match line.strip_prefix("): ").or_else(|| line.strip_prefix(") on ")) {
                Some(shape) => {
                    self.field = None;
                    let part = self.found.get_mut(&field).unwrap_or_else(|| panic!("{field} was not opened"));
                    part.shape = without_directives(shape);
                }
                None => self.argument(&field, line.trim_end_matches(','), self.described),
            }
        } else if line == "}" {
            self.open = None;
        } else if kind == "enum" {
            self.put(format!("{owner}.{}", name_of(line)), "value", "", self.described);
        } else if kind != "schema" {
            self.member(&owner, line);
        }
    }

    fn member(&mut self, owner: &str, line: &str) {
        let path = format!("{owner}.{}", name_of(line));
        match (line.strip_suffix('('), line.split_once('(')) {
            (Some(_), _) => {
                self.put(path.clone(), "field", "", self.described);
                self.field = Some(path);
            }
            (None, Some((before, rest))) if !before.contains(':') => {
                let (inside, shape) = rest.split_once("): ").unwrap_or_else(|| panic!("no type in `{line}`"));
                self.put(path.clone(), "field", &without_directives(shape), self.described);
                self.arguments(&path, inside);
            }
            _ => {
                let (_, shape) = line.split_once(": ").unwrap_or_else(|| panic!("no type in `{line}`"));
                self.put(path, "field", &without_directives(shape), self.described);
            }
        }
    }

    fn arguments(&mut self, owner: &str, inside: &str) {
        for argument in inside.split(", ") {
            self.argument(owner, argument, false);
        }
    }

    fn argument(&mut self, owner: &str, text: &str, described: bool) {
        let (name, shape) = text.split_once(": ").unwrap_or_else(|| panic!("no type in `{text}` of {owner}"));
        self.put(format!("{owner}({name})"), "argument", &without_directives(shape), described);
    }

    fn definition(&mut self, line: &str) {
        let (kind, rest) = line.split_once(' ').unwrap_or_else(|| panic!("what is `{line}`?"));
        let name = name_of(rest);
        let kind = match kind {
            "type" => "type",
            "interface" => "interface",
            "input" => "input",
            "enum" => "enum",
            "scalar" => return self.put(name, "scalar", "", self.described),
            "schema" => {
                self.open = Some((String::new(), kind.to_owned()));
                return;
            }
            "union" => {
                let (_, members) = rest.split_once(" = ").unwrap_or((rest, ""));
                for member in members.split(" | ") {
                    self.put(format!("{name} = {member}"), "member", "", true);
                }
                return self.put(name, "union", "", self.described);
            }
            "directive" => {
                let name = rest.split(['(', ' ']).next().unwrap_or_default().to_owned();
                if rest.ends_with('(') {
                    self.put(name.clone(), "directive", "", self.described);
                    self.field = Some(name);
                    return;
                }
                self.put(name.clone(), "directive", rest.rsplit(" on ").next().unwrap_or_default(), self.described);
                let inside = rest.split_once('(').and_then(|(_, rest)| rest.split_once(") "));
                return inside.map_or((), |(inside, _)| self.arguments(&name, inside));
            }
            other => panic!("what is a `{other}`?"),
        };
        let implements = rest.trim_end_matches(" {").split_once(" implements ").map_or("", |(_, list)| list);
        for interface in implements.split(" & ").filter(|it| !it.is_empty()) {
            self.put(format!("{name} implements {interface}"), "member", "", true);
        }
        self.put(name.clone(), kind, "", self.described);
        self.open = Some((name, kind.to_owned()));
    }

    fn put(&mut self, path: String, kind: &'static str, shape: &str, described: bool) {
        self.found.insert(path, Part { kind, shape: shape.to_owned(), described });
    }
}

fn name_of(text: &str) -> String {
    text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
}

fn without_directives(text: &str) -> String {
    text.split(" @").next().unwrap_or_default().trim_end_matches('{').trim().to_owned()
}

/// What a client of the `released` schema would miss in the `current` one, by path.
pub fn broken(released: &BTreeMap<String, Part>, current: &BTreeMap<String, Part>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (path, was) in released {
        match current.get(path) {
            None => out.push((path.clone(), format!("the {} was released and is gone", was.kind))),
            Some(is) if is.kind != was.kind => {
                out.push((path.clone(), format!("was a {}, is a {}", was.kind, is.kind)))
            }
            Some(is) if is.shape != was.shape => {
                out.push((path.clone(), format!("was `{}`, is `{}`", was.shape, is.shape)));
            }
            Some(_) => {}
        }
    }
    for (path, is) in current.iter().filter(|(path, _)| !released.contains_key(*path)) {
        let owner = path.rsplit_once(['(', '.']).map_or("", |(owner, _)| owner);
        let asked = is.kind == "argument" || current.get(owner).is_some_and(|it| it.kind == "input");
        let required = asked && is.shape.ends_with('!');
        if required && released.contains_key(owner) {
            out.push((path.clone(), "is new and required: no released document states it".to_owned()));
        }
    }
    out
}
