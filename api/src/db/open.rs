//! Opening sealed values: the fourth verb of the door, and the only way from ciphertext to a value.
//!
//! Order: policy → purpose and reason → how many people → which of them exist for the scope → open → are the rights still there? → audit event and
//! access log → commit → and only then the values. What can't be recorded is not shown. Nothing of it is remembered.

mod seen;

use std::{
    collections::{BTreeSet, HashMap},
    sync::PoisonError,
};

use entity::{
    access_log, audit_event, cadre, cadre_sealed,
    id::{AccessLogId, AccountId, CadreId},
    kind::{AccessPurpose, AuditOutcome, SealedField},
};
use sea_orm::{
    ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, TransactionTrait, sea_query::ExprTrait,
};

use crate::{
    auth::scope::Scope,
    db::{
        door::Door,
        gate::{Alias, Gate},
        reader::Reader,
        rights, run,
        session::{Session, Terms},
    },
    error::{Error, Result},
};

/// Most people whose values one operation may open.
pub const MOST_PEOPLE: usize = 100;
/// Longest reason, in characters.
pub(super) const LONGEST_REASON: usize = 200;

/// What was opened. Neither storable nor printable, on purpose.
#[derive(Default)]
pub struct Opened {
    pub(super) people: BTreeSet<CadreId>,
    pub(super) values: HashMap<(CadreId, SealedField), String>,
}

impl Opened {
    /// Whether the person exists for the scope that asked.
    pub fn knows(&self, person: CadreId) -> bool {
        self.people.contains(&person)
    }

    /// A value of a person; none where none is recorded, or the person was not to be seen.
    pub fn value(&self, person: CadreId, field: SealedField) -> Option<&str> {
        self.values.get(&(person, field)).map(String::as_str)
    }
}

/// What is to be opened, what for and in which words.
pub(super) struct Wanted<'w> {
    pub(super) values: &'w BTreeSet<(CadreId, SealedField)>,
    pub(super) purpose: AccessPurpose,
    pub(super) reason: &'w str,
}

/// What was opened, by whom and what for: the rows of the access log to be.
struct Seen<'s> {
    opened: &'s Opened,
    account: AccountId,
    purpose: AccessPurpose,
    reason: &'s str,
}

pub(super) async fn open(session: &Session, door: &Door, scope: Scope, wanted: Wanted<'_>) -> Result<Opened> {
    let reason = wanted.reason.trim();
    if !(1..=LONGEST_REASON).contains(&reason.chars().count()) {
        return Err(Error::invalid("reason", format!("must be 1 to {LONGEST_REASON} characters: say what for")));
    }
    if wanted.purpose == AccessPurpose::NotStated {
        return Err(Error::invalid("purpose", "is none: say what for"));
    }
    let account = scope.account().ok_or(Error::Forbidden(scope.action()))?;
    let people: BTreeSet<CadreId> = wanted.values.iter().map(|(person, _)| *person).collect();
    session.reserve(&people)?;
    let tx = door.database.begin_with_options(door.options()).await?;
    let gate = Gate::new(scope.clone());
    let reader = Reader::new(&tx, &gate, session.counter(), &door.calendar);
    let opened = values(&reader, door, &people, wanted.values).await?;
    drop(reader);
    rights::still(session, door, &tx, &scope).await?;
    let terms = Terms { idempotency_key: None, purpose: Some(wanted.purpose.text().to_owned()) };
    if !opened.people.is_empty() {
        let event = run::event(session, door, &scope, AuditOutcome::Done, &terms, &BTreeSet::new());
        record(&tx, session, event, &Seen { opened: &opened, account, purpose: wanted.purpose, reason }).await?;
    }
    tx.commit().await?;
    if opened.people.len() < people.len() {
        run::refused(session, door, &scope, &terms).await;
    }
    Ok(opened)
}

/// Which of the people exist for the scope, and their values in the clear.
async fn values(
    reader: &Reader<'_>,
    door: &Door,
    people: &BTreeSet<CadreId>,
    wanted: &BTreeSet<(CadreId, SealedField)>,
) -> Result<Opened> {
    let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id);
    let visible = reader.find::<cadre::Entity>().filter(id.is_in(people.iter().copied())).all().await?;
    let whose = Alias::own::<cadre_sealed::Entity>().col(cadre_sealed::Column::CadreId);
    let sealed = reader.find::<cadre_sealed::Entity>().filter(whose.is_in(people.iter().copied())).all().await?;
    let mut opened = Opened { people: visible.into_iter().map(|it| it.id).collect(), ..Opened::default() };
    for row in sealed {
        let which = (row.cadre_id, row.field);
        if wanted.contains(&which) && opened.knows(row.cadre_id) {
            opened.values.insert(which, door.seal.open(row.cadre_id, row.field, &row.key_id, &row.ciphertext)?);
        }
    }
    Ok(opened)
}

/// Writes the event, and one row of the access log for each value.
#[expect(clippy::disallowed_methods, reason = "the access log is written here alone, with its event")]
async fn record(
    link: &DatabaseTransaction,
    session: &Session,
    event: audit_event::Model,
    seen: &Seen<'_>,
) -> Result<()> {
    let (event_id, recorded_at) = (event.id, event.recorded_at);
    session.sent();
    audit_event::Entity::insert(event.into_active_model().reset_all()).exec_without_returning(link).await?;
    let mut which: Vec<_> = seen.opened.values.keys().copied().collect();
    if which.is_empty() {
        return Ok(());
    }
    which.sort_unstable();
    let rows = which.into_iter().map(|(cadre_id, field)| {
        let row = access_log::Model {
            id: AccessLogId::fresh(),
            event_id,
            cadre_id,
            field: field.into(),
            purpose: seen.purpose,
            reason: seen.reason.to_owned(),
            account_id: seen.account,
            recorded_at,
        };
        row.into_active_model().reset_all()
    });
    session.sent();
    access_log::Entity::insert_many(rows).exec_without_returning(link).await?;
    Ok(())
}

impl Session {
    /// Counts people towards the limit of one request, all or none of them.
    pub(super) fn reserve(&self, people: &BTreeSet<CadreId>) -> Result<()> {
        let mut opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let all: BTreeSet<CadreId> = opening.union(people).copied().collect();
        if all.len() > MOST_PEOPLE {
            let why = format!("opens values of {} people; at most {} in one request", all.len(), MOST_PEOPLE);
            return Err(Error::invalid("sensitive", why));
        }
        *opening = all;
        Ok(())
    }
}
