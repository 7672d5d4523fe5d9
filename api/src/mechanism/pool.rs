//! What a policy says of a reserve pool: tiers with their criteria and targets, structure, capacity, ways in, moves, reviews,
//! ways out. Nothing of it adds or removes anybody: it warns, proposes and counts.

mod maturity;
mod routes;

use serde_json::{Value, json};

use crate::{
    kernel::{
        cadence::Cadence,
        finding::Findings,
        need::{self, Need},
        node::Node,
        number::Comparator,
        vocabulary::{Vocabulary, codes, each, known, unique},
    },
    mechanism::{
        Bounds, Purpose, Section,
        aim::{self, Aim, Size},
        cadence_schema, code, code_maybe, code_schema, codes_schema, flag, list_schema, object_schema, title,
    },
};

/// A tier.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    /// Its code, that of the pool's tier.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// How many it aims at.
    pub target: Option<Aim>,
    /// What a member of it meets.
    pub criteria: Vec<String>,
}

/// What a pool, or a tier of it, should be made of.
#[derive(Clone, Debug, PartialEq)]
pub struct StructureTarget {
    /// Its code: the group's, with the tier's where it is of one.
    pub code: String,
    /// Of which tier; of all where it is none.
    pub tier: Option<String>,
    /// Which group.
    pub group: String,
    /// How many of it.
    pub aim: Aim,
}

/// What happens when a pool is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapacityMode {
    /// A reason is asked for.
    Soft,
    /// Nobody more is taken in.
    Hard,
    /// Nobody more is taken in, and for each who comes somebody has left.
    Fixed,
}

impl CapacityMode {
    const ALL: &'static [Self] = &[Self::Soft, Self::Hard, Self::Fixed];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Soft => "SOFT",
            Self::Hard => "HARD",
            Self::Fixed => "FIXED",
        }
    }
}

/// Who shows up as a candidate by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoCandidates {
    /// Its code.
    pub code: String,
    /// For which tier.
    pub tier: Option<String>,
    /// By which route.
    pub route: Option<String>,
    /// Who: those who meet this.
    pub need: Option<Need>,
    /// Who: those to whom this happened.
    pub event: Option<String>,
}

/// A way out, which is proposed and never taken by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitRule {
    /// Its code: the reason code of the exit.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Who meets it; where nothing is said, people see it themselves.
    pub when: Option<Need>,
}

/// A move within the pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Its code.
    pub code: String,
    /// How often the whole pool is re-adjusted so.
    pub every: Option<Bounds>,
}

/// What a policy says of a pool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    /// Its tiers.
    pub tiers: Vec<Tier>,
    /// What every member meets.
    pub criteria: Vec<String>,
    /// Its tracks.
    pub tracks: Vec<String>,
    /// Its categories.
    pub categories: Vec<String>,
    /// Its maturities, the lowest first: a move over one of them asks for a reason.
    pub maturity: Vec<String>,
    /// What is proposed next for members of a maturity, by its code.
    pub next: Vec<(String, String)>,
    /// What happens when it is full.
    pub capacity: Option<(CapacityMode, Option<u32>)>,
    /// What it should be made of.
    pub structure: Vec<StructureTarget>,
    /// The ways in; any where it names none.
    pub entry_routes: Vec<String>,
    /// How many may come by a way in a year.
    pub entry_quotas: Vec<(String, u32)>,
    /// The stages of an entry.
    pub entry_stages: Vec<String>,
    /// Who shows up by itself.
    pub auto_candidates: Vec<AutoCandidates>,
    /// How often each member is reviewed.
    pub review_every: Option<Cadence>,
    /// Its moves.
    pub moves: Vec<Move>,
    /// Its ways out.
    pub exit_rules: Vec<ExitRule>,
    /// Whether a warning comes before an exit.
    pub warn_first: bool,
    /// In which order members are thought of; a hint.
    pub use_priority: Vec<String>,
    /// What a member's file holds.
    pub file_fields: Vec<String>,
    /// Codes of pools that lie within it: a person in both counts once.
    pub nesting: Vec<String>,
}

const KEYS: [&str; 17] = [
    "tiers",
    "criteria",
    "tracks",
    "categories",
    "maturity",
    "capacity",
    "structureTargets",
    "entryRoutes",
    "entryQuota",
    "entryStages",
    "autoCandidates",
    "reviewEvery",
    "moves",
    "exitRules",
    "warnFirst",
    "usePriority",
    "fileFields",
];

impl Section for Pool {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        let mut all = KEYS.to_vec();
        all.push("nesting");
        if !node.is_object_of(&all, findings) {
            return None;
        }
        let tiers = each(node, "tiers", findings, |it, findings| tier(it, vocabulary, findings));
        unique(node, "tiers", tiers.iter().map(|it| it.code.as_str()), findings);
        let names: Vec<&str> = tiers.iter().map(|it| it.code.as_str()).collect();
        let structure =
            each(node, "structureTargets", findings, |it, findings| structure(it, &names, vocabulary, findings));
        unique(node, "structureTargets", structure.iter().map(|it| it.code.as_str()), findings);
        let entry_routes = codes(node, "entryRoutes", findings);
        let auto = |it: &Node<'_>, findings: &mut Findings| auto(it, (&names, &entry_routes), vocabulary, findings);
        let exit_rules = each(node, "exitRules", findings, |it, findings| exit(it, vocabulary, findings));
        unique(node, "exitRules", exit_rules.iter().map(|it| it.code.as_str()), findings);
        let auto_candidates = each(node, "autoCandidates", findings, auto);
        unique(node, "autoCandidates", auto_candidates.iter().map(|it| it.code.as_str()), findings);
        routes::distinct(node, &auto_candidates, findings);
        let maturity = each(node, "maturity", findings, maturity::maturity);
        unique(node, "maturity", maturity.iter().map(|it| it.0.as_str()), findings);
        let moves = each(node, "moves", findings, moving);
        unique(node, "moves", moves.iter().map(|it| it.code.as_str()), findings);
        Some(Self {
            criteria: vocabulary.criteria_of(node, "criteria", findings),
            tracks: codes(node, "tracks", findings),
            categories: codes(node, "categories", findings),
            maturity: maturity.iter().map(|it| it.0.clone()).collect(),
            next: maturity.into_iter().filter_map(|(code, next)| Some((code, next?))).collect(),
            capacity: node.get("capacity").and_then(|it| capacity(&it, findings)),
            entry_quotas: each(node, "entryQuota", findings, |it, findings| quota(it, &entry_routes, findings)),
            entry_stages: codes(node, "entryStages", findings),
            auto_candidates,
            review_every: node.get("reviewEvery").and_then(|it| reviews(&it, vocabulary, findings)),
            moves,
            exit_rules,
            warn_first: flag(node, "warnFirst", findings),
            use_priority: codes(node, "usePriority", findings),
            file_fields: codes(node, "fileFields", findings),
            nesting: codes(node, "nesting", findings),
            tiers,
            structure,
            entry_routes,
        })
    }

    fn schema() -> Value {
        let mut structure = aim::schema();
        if let Some(it) = structure.as_object_mut() {
            it.insert("tier".to_owned(), code_schema());
            it.insert("group".to_owned(), code_schema());
            it.insert("code".to_owned(), code_schema());
        }
        let aim = object_schema(&["op"], &aim::schema());
        let code = code_schema();
        object_schema(
            &[],
            &json!({
                "tiers": list_schema(&["code"], &json!({ "code": code, "title": { "type": "string" }, "target": aim, "criteria": codes_schema() })),
                "criteria": codes_schema(), "tracks": codes_schema(), "categories": codes_schema(), "maturity": maturity::schema(),
                "capacity": object_schema(&["mode"], &json!({ "mode": { "enum": ["SOFT", "HARD", "FIXED"] }, "total": { "type": "integer" } })),
                "structureTargets": list_schema(&["group", "op"], &structure),
                "entryRoutes": codes_schema(), "entryStages": codes_schema(),
                "entryQuota": list_schema(&["route", "max"], &json!({ "route": code, "max": { "type": "integer" } })),
                "autoCandidates": list_schema(&["code"], &json!({ "code": code, "tier": code, "route": code, "need": { "$ref": "#/$defs/need" }, "event": code })),
                "reviewEvery": cadence_schema(),
                "moves": list_schema(&["code"], &json!({ "code": code, "everyYears": { "type": "object" } })),
                "exitRules": list_schema(&["code"], &json!({ "code": code, "title": { "type": "string" }, "when": { "$ref": "#/$defs/need" } })),
                "warnFirst": { "type": "boolean" }, "usePriority": codes_schema(), "fileFields": codes_schema(), "nesting": codes_schema(),
            }),
        )
    }

    fn purposes(&self) -> Vec<Purpose> {
        let every = Purpose { code: "POOL".to_owned(), criteria: self.criteria.clone() };
        let tier = |it: &Tier| Purpose {
            code: format!("TIER:{}", it.code),
            criteria: self.criteria.iter().chain(&it.criteria).cloned().collect(),
        };
        std::iter::once(every).chain(self.tiers.iter().map(tier)).collect()
    }
}

impl Pool {
    /// The tier of a code.
    pub fn tier(&self, code: &str) -> Option<&Tier> {
        self.tiers.iter().find(|it| it.code == code)
    }

    /// What a member of a tier meets.
    pub fn asked_of<'a>(&'a self, tier: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.tier(tier).map(|it| it.criteria.as_slice()).unwrap_or_default();
        let own = own.iter().filter(|it| !self.criteria.contains(it));
        self.criteria.iter().chain(own).map(String::as_str)
    }
}

/// How often members are reviewed: people, so weekly at most.
fn reviews(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Cadence> {
    let read = Cadence::turning(node, vocabulary, findings)?;
    if read.is_under_a_week() {
        findings.add(&node.path, "is more often than weekly: nobody is reviewed every day");
        return None;
    }
    Some(read)
}

fn tier(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Tier> {
    if !node.is_object_of(&["code", "title", "target", "criteria"], findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let target = node.get("target").map(|it| {
        let fits = it.is_object_of(&aim::KEYS, findings);
        fits.then(|| Aim::read(&it, findings)).flatten()
    });
    let criteria = vocabulary.criteria_of(node, "criteria", findings);
    Some(Tier { title: title(node, &code, findings)?, code, target: target.flatten(), criteria })
}

fn structure(
    node: &Node<'_>,
    tiers: &[&str],
    vocabulary: &Vocabulary,
    findings: &mut Findings,
) -> Option<StructureTarget> {
    if !node.is_object_of(&["code", "tier", "group", "op", "count", "share", "approx"], findings) {
        return None;
    }
    let tier = match node.get("tier") {
        Some(it) => Some(known("tier", &it, tiers.iter().copied(), findings)?),
        None => None,
    };
    let group = node.needed("group", findings).and_then(|it| vocabulary.group(&it, findings))?;
    let own = code_maybe(node, "code", findings);
    let code = own.unwrap_or_else(|| tier.as_ref().map_or_else(|| group.clone(), |tier| format!("{tier}-{group}")));
    Some(StructureTarget { code, tier, group, aim: Aim::read(node, findings)? })
}

fn capacity(node: &Node<'_>, findings: &mut Findings) -> Option<(CapacityMode, Option<u32>)> {
    if !node.is_object_of(&["mode", "total"], findings) {
        return None;
    }
    let mode = node.needed("mode", findings)?.one_of(CapacityMode::ALL, CapacityMode::text, findings)?;
    let total = node.get("total").map(|it| it.whole(0, 1_000_000, findings));
    if mode != CapacityMode::Soft && total.is_none() {
        findings.add(&node.path, format!("is {}: write total, which nobody may exceed", mode.text()));
    }
    Some((mode, total.flatten()))
}

fn quota(node: &Node<'_>, routes: &[String], findings: &mut Findings) -> Option<(String, u32)> {
    if !node.is_object_of(&["route", "max"], findings) {
        return None;
    }
    let route = node.needed("route", findings)?;
    let route = known("entry route", &route, routes.iter().map(String::as_str), findings);
    let max = node.needed("max", findings).and_then(|it| it.whole(0, 1_000_000, findings));
    Some((route?, max?))
}

fn auto(
    node: &Node<'_>,
    (tiers, routes): (&[&str], &[String]),
    vocabulary: &Vocabulary,
    findings: &mut Findings,
) -> Option<AutoCandidates> {
    if !node.is_object_of(&["code", "tier", "route", "need", "event"], findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let tier = node.get("tier").map(|it| known("tier", &it, tiers.iter().copied(), findings));
    let route = node.get("route").map(|it| known("entry route", &it, routes.iter().map(String::as_str), findings));
    let need = node.get("need").map(|it| need::read(&it, &vocabulary.names, findings));
    let event = node.get("event").map(|it| vocabulary.event_of_person(&it, findings));
    if need.is_some() == event.is_some() {
        findings.add(&node.path, "must say who shows up: by need, or by event, and by one of them");
        return None;
    }
    Some(AutoCandidates {
        code,
        tier: tier.flatten(),
        route: route.flatten(),
        need: need.flatten(),
        event: event.flatten(),
    })
}

fn moving(node: &Node<'_>, findings: &mut Findings) -> Option<Move> {
    if !node.is_object_of(&["code", "everyYears"], findings) {
        return None;
    }
    let every = node.get("everyYears").map(|it| Bounds::read(&it, findings));
    Some(Move { code: code(node, "code", findings)?, every: every.flatten() })
}

fn exit(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<ExitRule> {
    if !node.is_object_of(&["code", "title", "when"], findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let when = node.get("when").map(|it| need::read(&it, &vocabulary.names, findings));
    Some(ExitRule { title: title(node, &code, findings)?, code, when: when.flatten() })
}

/// How many more than a tier's target there would be; none where there is room, or no target.
pub fn beyond(target: Option<Aim>, would_be: u32) -> Option<(u32, u32)> {
    let Aim { op, size: Size::Count(count), about } = target? else { return None };
    let limited = matches!(op, Comparator::Eq | Comparator::Le | Comparator::Lt);
    let most = if op == Comparator::Lt { count.saturating_sub(1) } else { count };
    let allowed = most.saturating_add(about.unwrap_or(0));
    (limited && would_be > allowed).then_some((count, would_be))
}
