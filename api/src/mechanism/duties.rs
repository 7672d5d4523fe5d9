//! What a policy says is due: again and again, by a day of the year, or after an event. Nobody reports on themselves more often
//! than weekly: what is due more often belongs to a pair, a task or a placement.

use serde_json::{Value, json};

use crate::{
    kernel::{
        cadence::Cadence,
        finding::Findings,
        node::Node,
        vocabulary::{Nature, Vocabulary, codes, each, known, unique},
    },
    mechanism::{Section, cadence_schema, code, code_maybe, code_schema, codes_schema, list_schema, numbered, title},
};

/// What a due item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Each member of the policy's pools.
    Member,
    /// Each pool that the policy keeps.
    Pool,
    /// The place whose policy it is.
    Place,
    /// Each unit directly below that place.
    Unit,
    /// Each task of a person, which a declared fact begins and ends.
    Task,
    /// Each talk that was asked for.
    Talk,
    /// Each matter that was raised in a talk.
    Issue,
    /// Whom, or what, an event is about.
    Event,
}

impl Subject {
    /// Every value.
    pub const ALL: &'static [Self] =
        &[Self::Member, Self::Pool, Self::Place, Self::Unit, Self::Task, Self::Talk, Self::Issue, Self::Event];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Member => "MEMBER",
            Self::Pool => "POOL",
            Self::Place => "PLACE",
            Self::Unit => "UNIT",
            Self::Task => "TASK",
            Self::Talk => "TALK",
            Self::Issue => "ISSUE",
            Self::Event => "EVENT",
        }
    }
}

/// What is done when an item is overdue: a proposal to somebody, never an act.
#[derive(Clone, Debug, PartialEq)]
pub struct Overdue {
    /// After how long.
    pub after: crate::kernel::term::Term,
    /// What is proposed.
    pub propose: String,
}

/// One item that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub subject: Subject,
    /// When it is due.
    pub cadence: Cadence,
    /// Who owes it: a code of the place.
    pub by: Option<String>,
    /// To whom it goes.
    pub to: Option<String>,
    /// What it says.
    pub content: Option<String>,
    /// The declared fact that begins and ends each task.
    pub task: Option<String>,
    /// The target below which it is due, where it is due only then.
    pub while_below: Option<String>,
    /// What follows when it is overdue, in order.
    pub overdue: Vec<Overdue>,
}

/// What is due.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duties(pub Vec<Item>);

const KEYS: [&str; 11] =
    ["code", "title", "subject", "every", "by", "to", "content", "task", "whileBelow", "overdue", "forms"];

impl Section for Duties {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["items"], findings) {
            return None;
        }
        node.needed("items", findings)?;
        let items = each(node, "items", findings, |it, findings| item(it, vocabulary, findings));
        unique(node, "items", items.iter().map(|it| it.code.as_str()), findings);
        Some(Self(items))
    }

    fn schema() -> Value {
        let subjects: Vec<&str> = Subject::ALL.iter().map(|it| it.text()).collect();
        let (code, text) = (code_schema(), json!({ "type": "string" }));
        let item = json!({
            "code": code, "title": text, "subject": { "enum": subjects }, "every": cadence_schema(), "by": code, "to": code,
            "content": text, "task": code, "whileBelow": code, "forms": codes_schema(),
            "overdue": list_schema(&["after", "propose"], &json!({ "after": text, "propose": code })),
        });
        super::object_schema(&["items"], &json!({ "items": list_schema(&["code", "subject", "every"], &item) }))
    }
}

fn item(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Item> {
    if !node.is_object_of(&KEYS, findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let subject = node.needed("subject", findings).and_then(|it| it.one_of(Subject::ALL, Subject::text, findings));
    let cadence = node.needed("every", findings).and_then(|it| Cadence::read(&it, vocabulary, findings));
    let overdue = each(node, "overdue", findings, |it, findings| {
        if !it.is_object_of(&["after", "propose"], findings) {
            return None;
        }
        let after = it.needed("after", findings).and_then(|it| crate::kernel::cadence::term(&it, findings));
        Some(Overdue { after: after?, propose: self::code(it, "propose", findings)? })
    });
    let task = node.get("task").and_then(|it| vocabulary.fact(&it, &[Nature::Statement], findings)).map(|it| it.code);
    let (subject, cadence) = (subject?, cadence?);
    refuse(node, subject, &cadence, task.is_some(), findings);
    numbered(node, &code, &cadence, findings);
    let content = node.get("content").and_then(|it| it.text(500, findings).map(str::to_owned));
    for form in codes(node, "forms", findings) {
        let plain = form.to_ascii_uppercase();
        if ["PHOTO", "VIDEO", "LOCATION", "AUDIO", "SCREENSHOT"].iter().any(|it| plain.contains(it)) {
            findings.add(
                &format!("{}.forms", node.path),
                format!("'{form}' is refused here: reports are words and documents; remove it"),
            );
        }
    }
    Some(Item {
        title: title(node, &code, findings)?,
        code,
        subject,
        cadence,
        by: code_maybe(node, "by", findings),
        to: code_maybe(node, "to", findings),
        content,
        task,
        while_below: code_maybe(node, "whileBelow", findings),
        overdue,
    })
}

/// What an item may not ask for.
fn refuse(node: &Node<'_>, subject: Subject, cadence: &Cadence, has_task: bool, findings: &mut Findings) {
    if cadence.is_under_a_week() && subject != Subject::Task {
        let message = "is due more often than weekly: reports belong to a task, a placement or a pair, and a person's own come every seven days at most";
        findings.add(&format!("{}.every", node.path), message);
    }
    if let Some(strange) = node.get("task").filter(|_| subject != Subject::Task) {
        findings.add(&strange.path, "goes with TASK alone: remove it");
    }
    if let Some(strange) = node.get("whileBelow").filter(|_| subject != Subject::Unit) {
        findings.add(&strange.path, "goes with UNIT alone: remove it");
    }
    if subject == Subject::Task && !has_task {
        findings.add(&node.path, "is due for a task: write task, the declared fact that begins and ends it");
    }
    let after = matches!(cadence, Cadence::After { .. });
    let of_event = matches!(subject, Subject::Talk | Subject::Issue | Subject::Event);
    if after != of_event {
        let message = format!("{} goes with onEvent alone: mend every, or subject", subject.text());
        let other = format!("{} is due again and again: write a length of time, or a day of the year", subject.text());
        findings.add(&format!("{}.every", node.path), if of_event { message } else { other });
    }
    if let (Cadence::After { event, .. }, Subject::Talk | Subject::Issue) = (cadence, subject) {
        let wanted = if subject == Subject::Talk { "TALK_REQUESTED" } else { "ISSUE_RAISED" };
        let place = Node { value: &Value::Null, path: format!("{}.every.onEvent", node.path) };
        if event != wanted {
            let text = Value::String(event.clone());
            known("event of such a subject", &Node { value: &text, ..place }, [wanted].into_iter(), findings);
        }
    }
}
