//! What a policy aims at: how many of a group, among whom, by when. A goal counts, and blocks nobody.

use chrono::NaiveDate;
use entity::kind::OrganizationKind;
use serde_json::{Value, json};

use crate::{
    kernel::{
        cadence::term,
        finding::Findings,
        node::Node,
        term::Term,
        vocabulary::{Vocabulary, codes, each, unique},
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
    /// People to whom something happened within the period.
    Events {
        /// What.
        event: String,
    },
    /// Organizations of which something is declared.
    Units {
        /// What.
        fact: String,
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
    /// Of which kinds of unit each wants so many; of the place as a whole where it names none.
    pub each: Vec<OrganizationKind>,
    /// How many.
    pub wanted: Wanted,
    /// By when.
    pub period: Option<Period>,
    /// The goal of which it is a part: whoever counts for both counts once in all.
    pub subset_of: Option<String>,
}

/// A plan that units keep.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitPlan {
    /// The declared fact by which a plan is filed; it holds as long as the plan.
    pub fact: String,
    /// Of which kinds of unit; of those directly below the place where it names none.
    pub of: Vec<OrganizationKind>,
    /// Of how many years a plan is at least.
    pub min_years: u32,
    /// Of how many years it is at most.
    pub max_years: Option<u32>,
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
    /// The plan that units keep.
    pub unit_plan: Option<UnitPlan>,
    /// What is proposed where a goal is short, in order.
    pub on_shortfall: Vec<String>,
}

const GOAL: [&str; 17] = [
    "fact", "code", "title", "counts", "tier", "event", "among", "group", "each", "op", "count", "share", "approx",
    "between", "within", "by", "per",
];

impl Section for Targets {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["programme", "goals", "milestones", "unitPlan", "onShortfall"], findings) {
            return None;
        }
        let goals = each(node, "goals", findings, |it, findings| goal(it, vocabulary, findings));
        unique(node, "goals", goals.iter().map(|it| it.code.as_str()), findings);
        // Where one could not be read, a name of it is no fault of the others.
        let whole = node.get("goals").is_none_or(|it| it.value.as_array().is_some_and(|it| it.len() == goals.len()));
        for (place, goal) in goals.iter().enumerate().filter(|_| whole) {
            if is_part_of_itself(goal, &goals) {
                let path = format!("{}.goals[{place}].subsetOf", node.path);
                findings.add(&path, "makes the goal a part of itself: name another, or none");
            }
            let of_units = |it: &Goal| matches!(it.counted, Counted::Units { .. });
            let whole = goal.subset_of.as_ref().and_then(|code| goals.iter().find(|it| it.code == *code));
            if whole.is_some_and(|it| of_units(it) || of_units(goal)) {
                let path = format!("{}.goals[{place}].subsetOf", node.path);
                findings.add(&path, "makes units a part of people, or of units: remove it");
            }
            if let Some(whole) = goal.subset_of.as_ref().filter(|code| !goals.iter().any(|it| it.code == **code)) {
                let message = format!("'{whole}' is no goal of this document");
                findings.add(&format!("{}.goals[{place}].subsetOf", node.path), message);
            }
        }
        Some(Self {
            programme: code_maybe(node, "programme", findings),
            goals,
            milestones: {
                let found = each(node, "milestones", findings, milestone);
                unique(node, "milestones", found.iter().map(|it| it.code.as_str()), findings);
                found
            },
            unit_plan: node.get("unitPlan").and_then(|it| unit_plan(&it, vocabulary, findings)),
            on_shortfall: codes(node, "onShortfall", findings),
        })
    }

    fn schema() -> Value {
        let (code, text) = (code_schema(), json!({ "type": "string" }));
        let whole = json!({ "type": "integer" });
        let bounds = object_schema(&[], &json!({ "min": whole, "max": whole }));
        let kinds = kinds_schema();
        let plan = json!({ "fact": code, "of": kinds, "minYears": whole, "maxYears": whole });
        let mut goal = json!({
            "code": code, "title": text, "counts": { "enum": ["CADRES", "MEMBERS", "DEPLOYED", "EVENTS", "UNITS"] }, "tier": code, "event": code, "fact": code,
            "among": code, "group": code, "each": kinds, "between": bounds, "within": text, "by": text, "per": text, "subsetOf": code,
        });
        if let (Some(goal), Some(aim)) = (goal.as_object_mut(), aim::schema().as_object()) {
            goal.extend(aim.clone());
        }
        object_schema(
            &[],
            &json!({
                "programme": code, "goals": list_schema(&["code", "counts"], &goal),
                "milestones": list_schema(&["code", "from", "to"], &json!({ "code": code, "from": text, "to": text })),
                "unitPlan": object_schema(&["fact", "minYears"], &plan), "onShortfall": codes_schema(),
            }),
        )
    }
}

fn is_part_of_itself(goal: &Goal, all: &[Goal]) -> bool {
    let whole = |code: &str| all.iter().find(|it| it.code == code).and_then(|it| it.subset_of.as_deref());
    let up = std::iter::successors(goal.subset_of.as_deref(), |code| whole(code));
    up.take(all.len() + 1).any(|code| code == goal.code)
}

fn goal(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Goal> {
    let mut keys = GOAL.to_vec();
    keys.push("subsetOf");
    if !node.is_object_of(&keys, findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let counts = node.needed("counts", findings)?;
    let people = ["CADRES", "MEMBERS", "DEPLOYED", "EVENTS"].as_slice();
    for (key, with) in [
        ("tier", ["MEMBERS", "DEPLOYED"].as_slice()),
        ("event", ["EVENTS"].as_slice()),
        ("fact", ["UNITS"].as_slice()),
        ("among", people),
        ("group", people),
        ("each", people),
        ("per", people),
    ] {
        if let Some(strange) = node.get(key).filter(|_| !counts.value.as_str().is_some_and(|it| with.contains(&it))) {
            findings.add(&strange.path, format!("goes with {} alone: remove it", with.join(" and ")));
        }
    }
    let tier = code_maybe(node, "tier", findings);
    let counted = match counts.one_of(&["CADRES", "MEMBERS", "DEPLOYED", "EVENTS", "UNITS"], |it| it, findings)? {
        "MEMBERS" => Counted::Members { tier },
        "DEPLOYED" => Counted::Deployed { tier },
        "EVENTS" => {
            let event = node.needed("event", findings)?;
            Counted::Events { event: vocabulary.event_of_person(&event, findings)? }
        }
        "UNITS" => {
            let fact = node.needed("fact", findings)?;
            Counted::Units { fact: vocabulary.statement_of_unit(&fact, findings)? }
        }
        _ => Counted::Cadres,
    };
    let each = kinds(node, "each", findings);
    let mut group = |key: &str| node.get(key).map(|it| vocabulary.group(&it, findings));
    let (among, group) = (group("among").flatten(), group("group").flatten());
    let wanted = match node.get("between") {
        Some(between) => bounded(node, &between, findings).map(Wanted::Between),
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
        each,
        wanted: wanted?,
        period,
        subset_of: code_maybe(node, "subsetOf", findings),
    })
}

/// From how many to how many, which stands alone and says one of the two at least.
fn bounded(goal: &Node<'_>, between: &Node<'_>, findings: &mut Findings) -> Option<Bounds> {
    if let Some(strange) = aim::KEYS.iter().find_map(|key| goal.get(key)) {
        findings.add(&strange.path, "stands beside between: keep one of the two");
    }
    let bounds = Bounds::read(between, findings)?;
    if bounds.min.is_none() && bounds.max.is_none() {
        findings.add(&between.path, "says nothing: write min, max or both");
        return None;
    }
    Some(bounds)
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

fn unit_plan(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<UnitPlan> {
    if !node.is_object_of(&["fact", "of", "minYears", "maxYears"], findings) {
        return None;
    }
    let fact = node.needed("fact", findings).and_then(|it| vocabulary.statement_of_unit(&it, findings));
    let min_years = node.needed("minYears", findings).and_then(|it| it.whole(1, 30, findings));
    let max_years = node.get("maxYears").map(|it| it.whole(1, 30, findings));
    if let (Some(min), Some(Some(max))) = (min_years, max_years)
        && max < min
    {
        findings.add(&format!("{}.maxYears", node.path), format!("is less than minYears, {min}: mend one of the two"));
    }
    Some(UnitPlan {
        fact: fact?,
        of: kinds(node, "of", findings),
        min_years: min_years?,
        max_years: max_years.flatten(),
    })
}

/// Kinds of unit.
fn kinds(node: &Node<'_>, key: &str, findings: &mut Findings) -> Vec<OrganizationKind> {
    let found =
        each(node, key, findings, |it, findings| it.one_of(OrganizationKind::ALL, OrganizationKind::text, findings));
    unique(node, key, found.iter().map(|it| it.text()), findings);
    found
}

fn kinds_schema() -> Value {
    let all: Vec<&str> = OrganizationKind::ALL.iter().map(|it| it.text()).collect();
    json!({ "type": "array", "items": { "enum": all } })
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
