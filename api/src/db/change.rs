//! What a change looks like in the audit trail: the columns that differ, before and after; and whom it is told to.

use entity::{
    Row, Table,
    kind::{ChangeKind, Topic},
};
use serde_json::{Map, Value};
use uuid::Uuid;

/// One changed row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: Table,
    /// The row.
    pub row: Uuid,
    /// What happened.
    pub kind: ChangeKind,
    /// Changed columns before, as JSON.
    pub before: Option<String>,
    /// Changed columns after, as JSON.
    pub after: Option<String>,
    /// What those who follow it are told of.
    pub subject: Option<Subject>,
}

/// What a changed row is part of, among the things that can be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of thing.
    pub topic: Topic,
    /// Which one.
    pub id: Uuid,
    /// Whether fewer people may see the row than the thing that it is part of.
    pub restricted: bool,
}

/// By which column a table's rows are part of something that can be followed. Exhaustive: a table that nobody decided
/// about does not compile.
const fn part(table: Table) -> Option<(Topic, &'static str, bool)> {
    use Table::*;
    match table {
        MentoringPair => Some((Topic::Pair, "id", false)),
        PairPart | PairContact | PairStep => Some((Topic::Pair, "pair_id", false)),
        PairEvaluation => Some((Topic::Pair, "pair_id", true)),
        PoolMembership => Some((Topic::Membership, "id", false)),
        MembershipStep => Some((Topic::Membership, "membership_id", false)),
        // Told of the person who owes it: what is nobody's own is told to nobody.
        DutyEntry | DutyStep => Some((Topic::Duty, "cadre_id", true)),
        Organization | OrganizationEvent | Post | Account | AccountGrant | AccountCredential | AccountFactor
        | RefreshToken | RevokedToken | Cadre | CadreSealed | CadreTransfer | PostAssignment | LevelPeriod
        | RankPeriod | Education | ProfessionalTitle | Assessment | Experience | Training | Award | Sanction
        | ResumeEntry | PolicyEdition | DeclaredFact | CriterionWaiver | Talk | TalkIssue | ReservePool | PoolTier
        | PoolDivision | PairCapacity | KinDeclaration | CorrectionRequest | Import | ImportRow | Upload
        | UploadPart | ImportRun | ImportFinding | Export | AuditEvent | AuditChange | AccessLog
        | OrganizationClosure | CadreScope | CadreTally | AuditDigest | IdempotencyRecord | JobRound | Outbox => None,
    }
}

/// Columns whose words are not put on record: the trail stands for years, and a finding quotes the file of somebody, and
/// leaves after some weeks.
const fn unspoken(table: Table) -> &'static [&'static str] {
    match table {
        Table::ImportFinding => &["header", "message", "candidates"],
        _ => &[],
    }
}

/// What stands in the place of such words.
const MASK: &str = "****";

/// What a row of a table is part of, by its columns.
pub fn subject(table: Table, columns: &Map<String, Value>) -> Option<Subject> {
    let (topic, column, restricted) = part(table)?;
    let id = columns.get(column)?.as_str()?.parse().ok()?;
    Some(Subject { topic, id, restricted })
}

impl Change {
    /// The change from one state of a row to another. Sealed columns are not serialized, so they can't appear; a row
    /// whose sealed column alone changed shows its new version.
    pub fn between<R: Row>(table: Table, row: Uuid, before: Option<&R>, after: Option<&R>) -> Self {
        let kind = match (before.is_some(), after.is_some()) {
            (false, _) => ChangeKind::Insert,
            (true, true) => ChangeKind::Update,
            (true, false) => ChangeKind::Delete,
        };
        let (mut old, mut new) = (columns(before), columns(after));
        let subject = subject(table, if after.is_some() { &new } else { &old });
        if kind == ChangeKind::Update {
            let same: Vec<String> = old
                .iter()
                .filter(|(name, value)| new.get(*name) == Some(value))
                .map(|(name, _)| name.clone())
                .collect();
            for name in same {
                old.remove(&name);
                new.remove(&name);
            }
        }
        for columns in [&mut old, &mut new] {
            let said = |name: &&str| columns.get(*name).is_some_and(|it| !it.is_null());
            let masked: Vec<&str> = unspoken(table).iter().copied().filter(|it| said(it)).collect();
            columns.extend(masked.into_iter().map(|it| (it.to_owned(), Value::from(MASK))));
        }
        let text = |columns: Map<String, Value>, there: bool| there.then(|| Value::Object(columns).to_string());
        Self { table, row, kind, before: text(old, before.is_some()), after: text(new, after.is_some()), subject }
    }
}

fn columns<R: Row>(row: Option<&R>) -> Map<String, Value> {
    match row.map(serde_json::to_value) {
        Some(Ok(Value::Object(columns))) => columns,
        _ => Map::new(),
    }
}
