//! What a policy says of talks: after which events they are due, whom they reach in a year, who holds them, who may ask for one.
//! What is kept of a talk is its day, the class of its topic and what follows; never what was said.

use serde_json::{Value, json};

use crate::{
    kernel::{
        cadence::{day_of_year, term},
        finding::Findings,
        node::Node,
        term::Term,
        vocabulary::{Nature, Vocabulary, codes, each, known, unique},
    },
    mechanism::{Section, code, code_schema, codes_schema, list_schema, object_schema, title},
};

/// A talk that is due after an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// The event.
    pub event: String,
    /// Within which time.
    pub within: Term,
    /// The class of its topic.
    pub topic: Option<String>,
    /// How often in a row the event must have happened, in years; once where nothing is said.
    pub years_running: u32,
}

/// Whom talks reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// Its code.
    pub code: String,
    /// The group; the members of the policy's pools where it is none.
    pub group: Option<String>,
    /// In which time.
    pub within: Within,
    /// How many with each; one where nothing is said.
    pub min: u32,
    /// Held by one of these.
    pub by: Vec<String>,
}

/// In which time talks reach people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// In any such time.
    Per(Term),
    /// Each year between two days of it, months and days.
    Window((u32, u32), (u32, u32)),
}

/// Who may be asked for a talk.
#[derive(Clone, Debug, PartialEq)]
pub struct Booking {
    /// These, by anybody in reach.
    pub by_cadre: Vec<String>,
    /// By when a day must be fixed.
    pub answer_within: Term,
}

/// What a policy says of talks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Talks {
    /// Their kinds.
    pub kinds: Vec<String>,
    /// Who holds them.
    pub conductors: Vec<String>,
    /// The classes of their topics.
    pub topics: Vec<String>,
    /// After which events they are due.
    pub triggers: Vec<Trigger>,
    /// Whom they reach.
    pub coverage: Vec<Coverage>,
    /// Who may be asked for one.
    pub booking: Option<Booking>,
}

impl Section for Talks {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["kinds", "conductors", "topics", "triggers", "coverage", "booking"], findings) {
            return None;
        }
        let conductors = codes(node, "conductors", findings);
        if conductors.is_empty() {
            findings.add(&format!("{}.conductors", node.path), "is missing: say who holds the talks");
        }
        let topics = codes(node, "topics", findings);
        let among = |it: &Node<'_>, findings: &mut Findings| {
            known("conductor", it, conductors.iter().map(String::as_str), findings)
        };
        let triggers = each(node, "triggers", findings, |it, findings| trigger(it, &topics, vocabulary, findings));
        unique(node, "triggers", triggers.iter().map(|it| it.event.as_str()), findings);
        let coverage = each(node, "coverage", findings, |it, findings| {
            if !it.is_object_of(&["code", "title", "group", "per", "window", "min", "by"], findings) {
                return None;
            }
            let code = code(it, "code", findings)?;
            title(it, &code, findings)?;
            let group = it.get("group").map(|it| vocabulary.group(&it, findings));
            let within = within(it, findings);
            let min = it.get("min").map_or(Some(1), |it| it.whole(1, 100, findings));
            Some(Coverage {
                code,
                group: group.flatten(),
                within: within?,
                min: min?,
                by: each(it, "by", findings, among),
            })
        });
        unique(node, "coverage", coverage.iter().map(|it| it.code.as_str()), findings);
        let booking = node.get("booking").filter(|it| it.is_object_of(&["byCadre", "answerWithin"], findings));
        let booking = booking.map(|it| {
            let answer_within = it.needed("answerWithin", findings).and_then(|it| term(&it, findings));
            let by_cadre = each(&it, "byCadre", findings, among);
            if by_cadre.is_empty() {
                findings.add(&format!("{}.byCadre", it.path), "is empty: say who may be asked, or remove booking");
            }
            Some(Booking { by_cadre, answer_within: answer_within? })
        });
        let kinds = codes(node, "kinds", findings);
        Some(Self { kinds, conductors, topics, triggers, coverage, booking: booking.flatten() })
    }

    fn schema() -> Value {
        let (code, codes, text) = (code_schema(), codes_schema(), json!({ "type": "string" }));
        let window = object_schema(&["from", "to"], &json!({ "from": text, "to": text }));
        let trigger = json!({ "event": code, "within": text, "topic": code, "yearsRunning": { "type": "integer" } });
        object_schema(
            &["conductors"],
            &json!({
                "kinds": codes, "conductors": codes, "topics": codes,
                "triggers": list_schema(&["event", "within"], &trigger),
                "coverage": list_schema(&["code"], &json!({ "code": code, "title": text, "group": code, "per": text, "window": window, "min": { "type": "integer" }, "by": codes })),
                "booking": object_schema(&["byCadre", "answerWithin"], &json!({ "byCadre": codes, "answerWithin": text })),
            }),
        )
    }
}

fn within(node: &Node<'_>, findings: &mut Findings) -> Option<Within> {
    let Some(window) = node.get("window") else {
        return node.needed("per", findings).and_then(|it| term(&it, findings)).map(Within::Per);
    };
    if let Some(strange) = node.get("per") {
        findings.add(&strange.path, "stands beside window, which comes each year: keep one of the two");
        return None;
    }
    if !window.is_object_of(&["from", "to"], findings) {
        return None;
    }
    let mut day = |key: &str| window.needed(key, findings).and_then(|it| day_of_year(&it, findings));
    let (from, to) = (day("from")?, day("to")?);
    if to < from {
        findings.add(&format!("{}.to", window.path), "lies before from: write a window within one year");
        return None;
    }
    Some(Within::Window(from, to))
}

fn trigger(node: &Node<'_>, topics: &[String], vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Trigger> {
    if !node.is_object_of(&["event", "within", "topic", "yearsRunning"], findings) {
        return None;
    }
    let event = node.needed("event", findings).and_then(|it| vocabulary.fact(&it, &[Nature::Event], findings));
    let within = node.needed("within", findings).and_then(|it| term(&it, findings));
    let topic = node.get("topic").map(|it| known("topic", &it, topics.iter().map(String::as_str), findings));
    let years_running = node.get("yearsRunning").map_or(Some(1), |it| it.whole(1, 10, findings));
    Some(Trigger { event: event?.code, within: within?, topic: topic.flatten(), years_running: years_running? })
}
