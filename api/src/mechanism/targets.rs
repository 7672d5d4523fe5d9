//! What a policy aims at: how many of a group, among whom, by when. A goal counts, and blocks nobody.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::{
    kernel::{
        cadence::term,
        finding::Findings,
        node::Node,
        term::Term,
        vocabulary::{Nature, Vocabulary, codes, each, unique},
    },
    mechanism::{
        Bounds, Section,
        aim::{self, Aim},
        code, code_maybe, code_schema, codes_schema, list_schema, object_schema, title,
    },
};

/// What a goal counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Counted {
    /// People whom organizations keep.
    Cadres,
    /// Members of the policy's pools, of one tier where it is named.
    Members {
        /// The tier.
        tier: Option<String>,
    },
    /// Memberships that ended in a post within the period.
    Deployed {
        /// The tier.
        tier: Option<String>,
    },
    /// People, or organizations, to whom something happened within the period.
    Events {
        /// What.
        event: String,
    },
}

/// In which time a goal is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Once, so long after the edition began.
    Within(Term),
    /// Once, by a day.
    By(NaiveDate),
    /// Again in each such time, counted from the edition's first day; months and years begin with the calendar's.
    Per(Term),
}

/// How many a goal wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// As an aim says.
    Aim(Aim),
    /// From so many to so many in each period; more is a hint.
    Between(Bounds),
}

/// One goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it counts.
    pub counted: Counted,
    /// Of what it is a part; everybody counted where it is none.
    pub among: Option<String>,
    /// Which of them; all where it is none.
    pub group: Option<String>,
    /// How many.
    pub wanted: Wanted,
    /// By when.
    pub period: Option<Period>,
    /// The goal of which it is a part: whoever counts for both counts once in all.
    pub subset_of: Option<String>,
}

/// A stretch of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Milestone {
    /// Its code.
    pub code: String,
    /// From when.
    pub from: NaiveDate,
    /// Until when, included.
    pub to: NaiveDate,
}

/// What a policy aims at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// Code of the programme.
    pub programme: Option<String>,
    /// Its goals.
    pub goals: Vec<Goal>,
    /// Its stretches.
    pub milestones: Vec<Milestone>,
    /// What is proposed where a goal is short, in order.
    pub on_shortfall: Vec<String>,
}

const GOAL: [&str; 15] = [
    "code", "title", "counts", "tier", "event", "among", "group", "op", "count", "share", "approx", "between",
    "within", "by", "per",
];

impl Section for Targets {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["programme", "goals", "milestones", "onShortfall"], findings) {
            return None;
        }
        let goals = each(node, "goals", findings, |it, findings| goal(it, vocabulary, findings));
        unique(node, "goals", goals.iter().map(|it| it.code.as_str()), findings);
        for (place, goal) in goals.iter().enumerate() {
            if let Some(whole) = goal.subset_of.as_ref().filter(|code| !goals.iter().any(|it| it.code == **code)) {
                let message = format!("'{whole}' is no goal of this document");
                findings.add(&format!("{}.goals[{place}].subsetOf", node.path), message);
            }
        }
        Some(Self {
            programme: code_maybe(node, "programme", findings),
            goals,
            milestones: each(node, "milestones", findings, milestone),
            on_shortfall: codes(node, "onShortfall", findings),
        })
    }

    fn schema() -> Value {
        let (code, text) = (code_schema(), json!({ "type": "string" }));
        let bounds = object_schema(&[], &json!({ "min": { "type": "integer" }, "max": { "type": "integer" } }));
        let mut goal = json!({
            "code": code, "title": text, "counts": { "enum": ["CADRES", "MEMBERS", "DEPLOYED", "EVENTS"] }, "tier": code, "event": code,
            "among": code, "group": code, "between": bounds, "within": text, "by": text, "per": text, "subsetOf": code,
        });
        if let (Some(goal), Some(aim)) = (goal.as_object_mut(), aim::schema().as_object()) {
            goal.extend(aim.clone());
        }
        object_schema(
            &[],
            &json!({
                "programme": code, "goals": list_schema(&["code", "counts"], &goal),
                "milestones": list_schema(&["code", "from", "to"], &json!({ "code": code, "from": text, "to": text })),
                "onShortfall": codes_schema(),
            }),
        )
    }
}

fn goal(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Goal> {
    let mut keys = GOAL.to_vec();
    keys.push("subsetOf");
    if !node.is_object_of(&keys, findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let counts = node.needed("counts", findings)?;
    let tier = code_maybe(node, "tier", findings);
    let counted = match counts.one_of(&["CADRES", "MEMBERS", "DEPLOYED", "EVENTS"], |it| it, findings)? {
        "MEMBERS" => Counted::Members { tier },
        "DEPLOYED" => Counted::Deployed { tier },
        "EVENTS" => {
            let event = node.needed("event", findings)?;
            Counted::Events { event: vocabulary.fact(&event, &[Nature::Event], findings)?.code }
        }
        _ => Counted::Cadres,
    };
    let mut group = |key: &str| node.get(key).map(|it| vocabulary.group(&it, findings));
    let (among, group) = (group("among").flatten(), group("group").flatten());
    let wanted = match node.get("between") {
        Some(between) => Bounds::read(&between, findings).map(Wanted::Between),
        None => Aim::read(node, findings).map(Wanted::Aim),
    };
    let period = period(node, findings);
    if matches!(counted, Counted::Events { .. } | Counted::Deployed { .. }) && period.is_none() {
        findings.add(&node.path, "counts what happens: say in which time, with within, by or per");
    }
    Some(Goal {
        title: title(node, &code, findings)?,
        code,
        counted,
        among,
        group,
        wanted: wanted?,
        period,
        subset_of: code_maybe(node, "subsetOf", findings),
    })
}

fn period(node: &Node<'_>, findings: &mut Findings) -> Option<Period> {
    let said: Vec<Node<'_>> = ["within", "by", "per"].iter().filter_map(|key| node.get(key)).collect();
    if let [_, second, ..] = said.as_slice() {
        findings.add(&second.path, "is a second time for one goal: keep one of within, by and per");
        return None;
    }
    if let Some(by) = node.get("by") {
        return by.day(findings).map(Period::By);
    }
    if let Some(within) = node.get("within") {
        return term(&within, findings).map(Period::Within);
    }
    term(&node.get("per")?, findings).map(Period::Per)
}

fn milestone(node: &Node<'_>, findings: &mut Findings) -> Option<Milestone> {
    if !node.is_object_of(&["code", "from", "to"], findings) {
        return None;
    }
    let mut day = |key: &str| node.needed(key, findings).and_then(|it| it.day(findings));
    let (from, to) = (day("from")?, day("to")?);
    if to < from {
        findings.add(&format!("{}.to", node.path), format!("lies before from, {from}: mend one of the two"));
    }
    Some(Milestone { code: code(node, "code", findings)?, from, to })
}
