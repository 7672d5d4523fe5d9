//! A form as the elements that stand in the file, in their order, known or not: what a lossless export writes again.

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::{form::Name, limits::Limits};
use crate::roster::finding::{FindingCode, Remark};

/// One element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its attributes as they stand in the file, with the blank before them; a form has none.
    pub attributes: String,
    /// What stands in it.
    pub content: Vec<Content>,
    /// Whether it was written as `<a/>`.
    pub short: bool,
    /// The line on which it begins, from 1.
    pub line: u32,
}

/// What stands in an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, decoded.
    Text(String),
    /// An element.
    Element(Element),
    /// A comment.
    Comment(String),
}

impl Element {
    /// An element of a text.
    pub fn of_text(name: &str, text: &str) -> Self {
        let content = if text.is_empty() { Vec::new() } else { vec![Content::Text(text.to_owned())] };
        Self { name: name.to_owned(), content, ..Self::default() }
    }

    /// The elements in it.
    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.content.iter().filter_map(|it| if let Content::Element(child) = it { Some(child) } else { None })
    }

    /// The first element in it of a name, in any case of letters.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Its own text.
    pub fn text(&self) -> String {
        self.content
            .iter()
            .filter_map(|it| if let Content::Text(text) = it { Some(text.as_str()) } else { None })
            .collect()
    }

    /// Replaces its content by a text.
    pub fn set_text(&mut self, text: &str) {
        *self = Self { line: self.line, attributes: self.attributes.clone(), ..Self::of_text(&self.name, text) };
    }
}

/// What reading the tree found besides: the line and the remark.
pub type Notes = Vec<(u32, Option<String>, Remark)>;

/// Reads the root element of a text.
///
/// # Errors
/// No XML, a document type, too many elements or too deep.
pub fn parse(text: &str, limits: &Limits, notes: &mut Notes) -> Result<Element, (u32, Remark)> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    (config.allow_dangling_amp, config.check_end_names, config.allow_unmatched_ends) = (true, false, true);
    let mut building = Building { open: Vec::new(), root: None, elements: 0, lines: Lines { text, at: 0, line: 1 } };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = building.lines.at(at);
        let event = reader.read_event().map_err(|_| (line, no_xml()))?;
        match event {
            Event::Start(start) => {
                building.close_forgotten(start.name().as_ref(), line, notes);
                building.open(&start, line, false, limits).map_err(|remark| (line, remark))?;
            }
            Event::Empty(start) => {
                building.close_forgotten(start.name().as_ref(), line, notes);
                building.open(&start, line, true, limits).map_err(|remark| (line, remark))?;
                building.close();
            }
            Event::End(end) => building.end(end.name().as_ref(), line, notes),
            Event::Text(text) => building.text(&text.into_inner(), line, notes),
            Event::CData(text) => building.text(&text.into_inner(), line, notes),
            Event::GeneralRef(reference) => building.text(&resolved(&reference), line, notes),
            Event::Comment(comment) => building.add(Content::Comment(comment.into_inner().into_owned())),
            Event::DocType(_) => return Err((line, document_type())),
            Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let line = building.lines.line;
    if !building.open.is_empty() {
        notes.push((line, None, cut_off()));
    }
    while !building.open.is_empty() {
        building.close();
    }
    building.root.ok_or_else(|| (line, no_xml()))
}

/// What a reference means: the five of XML and numbers; anything else is the text that it is, never looked up.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return letter.to_string();
    }
    let name = reference.clone().into_inner();
    match name.as_ref() {
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "amp" => "&".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn at(&mut self, place: usize) -> u32 {
        let passed = self.text.as_bytes().get(self.at..place.min(self.text.len())).unwrap_or_default();
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.at = self.at.max(place.min(self.text.len()));
        self.line
    }
}

struct Building<'a> {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    lines: Lines<'a>,
}

impl Building<'_> {
    fn open(&mut self, start: &BytesStart<'_>, line: u32, short: bool, limits: &Limits) -> Result<(), Remark> {
        self.elements += 1;
        if self.elements > limits.elements || self.open.len() >= limits.depth {
            return Err(too_large(limits));
        }
        if self.root.is_some() && self.open.is_empty() {
            return Err(no_xml());
        }
        let name = start.name().as_ref().to_owned();
        if !is_name(&name) {
            return Err(no_xml());
        }
        let attributes = attributes(start);
        self.open.push(Element { name, attributes, content: Vec::new(), short, line });
        Ok(())
    }

    /// Closes an element that only holds text where the next one begins: its end was forgotten.
    fn close_forgotten(&mut self, next: &str, line: u32, notes: &mut Notes) {
        let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
        let leaf = |name: &str| Name::ALL.iter().any(|it| *it != Name::Family && is(name, it.text()));
        let forgotten = self.open.last().map(|it| it.name.clone());
        let forgotten = forgotten.filter(|it| (leaf(it) && leaf(next)) || (is(it, "Item") && is(next, "Item")));
        if let Some(name) = forgotten {
            notes.push((line, Some(name), wrong_nesting()));
            self.close();
        }
    }

    /// Closes the element of this name, and those inside it that nobody closed.
    fn end(&mut self, name: &str, line: u32, notes: &mut Notes) {
        let Some(depth) = self.open.iter().rposition(|it| it.name == name) else {
            notes.push((line, Some(name.to_owned()), wrong_nesting()));
            return;
        };
        while self.open.len() > depth + 1 {
            let unclosed = self.open.last().map(|it| it.name.clone());
            notes.push((line, unclosed, wrong_nesting()));
            self.close();
        }
        self.close();
    }

    fn close(&mut self) {
        let Some(done) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.content.push(Content::Element(done)),
            None => self.root = Some(done),
        }
    }

    /// Adds text; characters that XML does not allow are left out.
    fn text(&mut self, text: &str, line: u32, notes: &mut Notes) {
        let kept: String = text.chars().filter(|letter| is_allowed(*letter)).collect();
        let Some(element) = self.open.last_mut() else { return };
        if kept.len() < text.len() {
            notes.push((line, Some(element.name.clone()), control_characters()));
        }
        match element.content.last_mut() {
            Some(Content::Text(before)) => before.push_str(&kept),
            _ if kept.is_empty() => {}
            _ => element.content.push(Content::Text(kept)),
        }
    }

    fn add(&mut self, content: Content) {
        if let Some(element) = self.open.last_mut() {
            element.content.push(content);
        }
    }
}

/// Whether XML allows the name, as far as it matters to write it again.
fn is_name(name: &str) -> bool {
    let begins = name.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    begins && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':'))
}

/// The attributes as they stand in the file, or none where they are malformed: no form has any.
fn attributes(start: &BytesStart<'_>) -> String {
    let raw = start.attributes_raw().trim_end();
    let sound = start.attributes().all(|it| it.is_ok_and(|it| is_name(it.key.as_ref())));
    let plain = raw.chars().all(|letter| is_allowed(letter) && !matches!(letter, '<' | '&'));
    if sound && plain { raw.to_owned() } else { String::new() }
}

/// Whether XML 1.0 allows the character.
pub fn is_allowed(letter: char) -> bool {
    !matches!(letter, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn no_xml() -> Remark {
    let message = "The file is no XML from here on.";
    Remark::error(FindingCode::FileDamaged, message, "Export the form again from the program that made it.")
}

fn document_type() -> Remark {
    let message = "The file declares a document type, which no form has and which could stand for any text.";
    Remark::error(FindingCode::FormatUnsupported, message, "Export the form again from the program that made it.")
}

fn too_large(limits: &Limits) -> Remark {
    let message =
        format!("The form has more than {} elements, or {} inside each other.", limits.elements, limits.depth);
    Remark::error(FindingCode::FileTooLarge, message, "Export the form again from the program that made it.")
}

fn cut_off() -> Remark {
    let message = "The file ends inside the form; what stands after this line is lost.";
    Remark::error(FindingCode::FileDamaged, message, "Export the form again, and send it completely.")
}

fn wrong_nesting() -> Remark {
    let message = "The end of an element is missing or stands in the wrong place.";
    Remark::warning(FindingCode::FileDamaged, message, "Compare the element with the form on paper.")
}

fn control_characters() -> Remark {
    let message = "The text holds control characters, which XML does not allow; they were removed.";
    Remark::hint(FindingCode::CharactersRemoved, message, "Nothing needs to be done.")
}
