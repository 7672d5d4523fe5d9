//! Files that go out: the roster of an organization, and the list of names of a pool.
//!
//! Each is one act: what it opens stands in the access log, and how many people it has stands on the export. People come
//! a few hundred at a time, in the order in which they were recorded, so a county takes little more memory than a village:
//! its keys, which are read once, since each page that begins beyond a key makes SQLite sort the rest.
//! Whoever runs the command hands the file out once it is committed, and not before.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::NaiveDate;
use entity::{
    cadre, export,
    id::{AccountId, CadreId, ExportId, OrganizationId, PoolId},
    kind::{AccessPurpose, ExportKind, MembershipState, Role, SealedField},
    organization, pool_membership, pool_tier, reserve_pool,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use serde::Serialize;

use crate::{
    db::{
        addressed,
        exporting::Stated,
        gate::{Alias, Gate},
        open::Opened,
        session::Command,
        writer::Writer,
    },
    error::{Action, Error, Result},
    export::{
        cells::{POOL, ROSTER, Teller},
        dossier::dossiers,
        sheet::{Sheet, Target},
        words,
    },
    organization::read::below,
    roster::{units::Units, write::units},
};

/// People of one step.
const BATCH: usize = 250;
/// Orders of one account that wait to be fetched.
const MOST_OPEN: u64 = 20;

/// What goes out of an export, and what for.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    /// The day as of which posts, levels, ranks, educations and grades are told; today where it is left out.
    pub as_of: Option<NaiveDate>,
    /// What for.
    pub purpose: AccessPurpose,
    /// What for, in words.
    pub reason: String,
    /// Whether identity and phone numbers are left out.
    pub without_numbers: bool,
}

impl Order {
    /// What is opened, and what for.
    ///
    /// # Errors
    /// `Invalid` on `reason` or `purpose`.
    pub fn stated(&self) -> Result<Stated> {
        Stated::of(self.purpose, &self.reason)
    }

    /// The day as of which dated facts are told.
    pub fn day(&self, tx: &Writer<'_>) -> NaiveDate {
        self.as_of.unwrap_or_else(|| tx.today())
    }
}

/// Where the file goes, and what the caller looks at.
#[derive(Clone, Default)]
pub struct Making {
    target: Arc<Mutex<Option<Box<dyn Target>>>>,
    /// People so far.
    pub done: Arc<AtomicU64>,
    /// Values that stayed out of their cells, because a reader would read them otherwise.
    pub left_out: Arc<AtomicU64>,
}

impl Making {
    /// Into this.
    pub fn into(target: impl Target + 'static) -> Self {
        Self { target: Arc::new(Mutex::new(Some(Box::new(target)))), ..Self::default() }
    }

    /// The place, for the one who writes.
    ///
    /// # Errors
    /// `Internal` the second time.
    pub fn target(&self) -> Result<Box<dyn Target>> {
        let taken = self.target.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| Error::broken("a file is written once"))
    }

    /// Counts people and what stayed out.
    pub fn count(&self, people: usize, left_out: u32) {
        self.done.fetch_add(u64::try_from(people).unwrap_or(0), Ordering::Relaxed);
        self.left_out.fetch_add(u64::from(left_out), Ordering::Relaxed);
    }
}

/// Writes the people of an organization and those below it, as far as the caller may see them, as a roster.
#[derive(Serialize)]
pub struct ExportRoster {
    /// The organization.
    pub organization: OrganizationId,
    /// What goes out, and what for.
    pub order: Order,
    /// Where it goes.
    #[serde(skip)]
    pub making: Making,
}

impl Command for ExportRoster {
    const ACTION: Action = Action::RosterExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let top = within_reach(tx, self.organization).await?;
        let rows = roster(tx, &top, &self.order, &self.making).await?;
        let entry = Entry { kind: ExportKind::Roster, organization: top.id, pool: None, cadre: None };
        record(tx, entry, &self.order, Some(rows)).await
    }
}

/// Writes a roster; says how many people it has.
///
/// # Errors
/// `Invalid` on what for; `Internal` where it can't be written.
pub async fn roster(tx: &mut Writer<'_>, top: &organization::Model, order: &Order, making: &Making) -> Result<u32> {
    let (stated, on) = (order.stated()?, order.day(tx));
    let units = units(tx, top).await?;
    let title = format!("{}干部花名册（{on}）", top.name);
    let mut sheet = begun(making.target()?, &title, ROSTER)?;
    let mut number = 0;
    let fields = [SealedField::IdentityNumber, SealedField::Phone];
    for some in everybody(tx, top.id).await?.chunks(BATCH) {
        let people = these(tx, top.id, some).await?;
        let opened = numbers(tx, &people, &fields, order, &stated).await?;
        let mut teller = Teller::new(&units, &opened);
        let dossiers = dossiers(tx, people, on).await?;
        for it in &dossiers {
            number += 1;
            sheet.line(&teller.roster(number, it))?;
        }
        making.count(dossiers.len(), teller.left_out);
    }
    sheet.end()?;
    Ok(number)
}

/// Writes who stands in a pool, as far as the caller may see their records, as a list of names.
#[derive(Serialize)]
pub struct ExportPool {
    /// The pool.
    pub pool: PoolId,
    /// What goes out, and what for.
    pub order: Order,
    /// Where it goes.
    #[serde(skip)]
    pub making: Making,
}

impl Command for ExportPool {
    const ACTION: Action = Action::PoolExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let pool = tx.get::<reserve_pool::Entity>(self.pool).await?;
        let rows = names(tx, &pool, &self.order, &self.making).await?;
        let (organization, pool) = (pool.organization_id, Some(pool.id));
        let entry = Entry { kind: ExportKind::Pool, organization, pool, cadre: None };
        record(tx, entry, &self.order, Some(rows)).await
    }
}

/// Writes a pool's list of names; says how many it has.
///
/// # Errors
/// `NotFound` for a pool that is kept beyond the caller's reach; otherwise as `roster`.
pub async fn names(tx: &mut Writer<'_>, pool: &reserve_pool::Model, order: &Order, making: &Making) -> Result<u32> {
    let (stated, on) = (order.stated()?, order.day(tx));
    let top = within_reach(tx, pool.organization_id).await?;
    let (units, members) = (units(tx, &top).await?, members(tx, pool.id).await?);
    let title = format!("{}名册（{on}）", pool.name);
    let mut sheet = begun(making.target()?, &title, POOL)?;
    let mut number = 0;
    for members in members.chunks(BATCH) {
        let before = number;
        number = list(tx, order, &mut sheet, (pool, members), (&units, on, &stated), number).await?;
        making.count(usize::try_from(number - before).unwrap_or(0), 0);
    }
    sheet.end()?;
    Ok(number)
}

/// A member of a pool: the membership, and its tier's name.
type Member = (pool_membership::Model, String);

async fn list(
    tx: &mut Writer<'_>,
    order: &Order,
    sheet: &mut Sheet,
    (pool, members): (&reserve_pool::Model, &[Member]),
    (units, on, stated): (&Units, NaiveDate, &Stated),
    mut number: u32,
) -> Result<u32> {
    let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id);
    let members_of = id.is_in(members.iter().map(|(it, _)| it.cadre_id));
    let people = tx.reader().find::<cadre::Entity>().filter(members_of).all().await?;
    let opened = numbers(tx, &people, &[SealedField::IdentityNumber], order, stated).await?;
    let dossiers = dossiers(tx, people, on).await?;
    let teller = Teller::new(units, &opened);
    for (member, tier) in members {
        let Some(it) = dossiers.iter().find(|it| it.record.id == member.cadre_id) else { continue };
        number += 1;
        let mut line = teller.person(number, it);
        line.push(it.education.map(|it| words::education(it).to_owned()).unwrap_or_default());
        line.push(pool.name.clone());
        line.push(tier.clone());
        line.push(words::membership(member.state).to_owned());
        let since = member.decided_on.filter(|_| member.state != MembershipState::Proposed);
        line.push(since.map(|it| it.to_string()).unwrap_or_default());
        sheet.line(&line)?;
    }
    Ok(number)
}

/// Who stands in a pool or is proposed for it, tier by tier.
async fn members(tx: &Writer<'_>, pool: PoolId) -> Result<Vec<Member>> {
    let reader = tx.reader();
    let at = Alias::own::<pool_tier::Entity>();
    let tiers = reader.find::<pool_tier::Entity>().filter(at.col(pool_tier::Column::PoolId).eq(pool)).all().await?;
    let at = Alias::own::<pool_membership::Entity>();
    let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
    let found = reader
        .find::<pool_membership::Entity>()
        .filter(at.col(pool_membership::Column::PoolId).eq(pool))
        .filter(at.col(pool_membership::Column::State).is_in(open));
    let tier = |it: &pool_membership::Model| tiers.iter().find(|tier| tier.id == it.tier_id);
    let mut all: Vec<(i32, Member)> = found
        .order(pool_membership::Column::Id)
        .all()
        .await?
        .into_iter()
        .map(|it| {
            let (place, name) = tier(&it).map_or((0, String::new()), |it| (it.ordinal, it.name.clone()));
            (place, (it, name))
        })
        .collect();
    all.sort_by_key(|(place, (it, _))| (*place, it.id));
    Ok(all.into_iter().map(|(_, member)| member).collect())
}

/// An organization that the caller may export: one within reach, which is less than one that may be seen.
///
/// # Errors
/// `NotFound` where it is not.
pub async fn within_reach(tx: &Writer<'_>, id: OrganizationId) -> Result<organization::Model> {
    let at = Alias::own::<organization::Entity>();
    let reader = tx.reader();
    let reached = reader.gate().under(at.col(organization::Column::Id), &[Role::OrganizationOfficer]);
    let found = reader.find::<organization::Entity>().filter(at.col(organization::Column::Id).eq(id)).filter(reached);
    found.one().await?.ok_or(Error::NotFound("organization"))
}

/// The keys of an organization's people and of those below it, in the order in which they were recorded.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn everybody(tx: &Writer<'_>, top: OrganizationId) -> Result<Vec<CadreId>> {
    let reader = tx.reader();
    reader.find::<cadre::Entity>().filter(within(reader.gate(), top)).order(cadre::Column::Id).keys().await
}

/// Those of some people who are still there, in the same order.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn these(tx: &Writer<'_>, top: OrganizationId, some: &[CadreId]) -> Result<Vec<cadre::Model>> {
    let among = Alias::own::<cadre::Entity>().col(cadre::Column::Id).is_in(some.iter().copied());
    let reader = tx.reader();
    let found = reader.find::<cadre::Entity>().filter(among).filter(within(reader.gate(), top));
    found.order(cadre::Column::Id).all().await
}

fn within(gate: &Gate, top: OrganizationId) -> Expr {
    Alias::own::<cadre::Entity>().col(cadre::Column::OrganizationId).in_subquery(below(gate, top))
}

async fn numbers(
    tx: &mut Writer<'_>,
    people: &[cadre::Model],
    fields: &[SealedField],
    order: &Order,
    stated: &Stated,
) -> Result<Opened> {
    if order.without_numbers {
        return Ok(Opened::default());
    }
    let people: BTreeSet<CadreId> = people.iter().map(|it| it.id).collect();
    tx.open_numbers(&people, fields, stated).await
}

fn begun(target: Box<dyn Target>, title: &str, columns: &[(&str, u32)]) -> Result<Sheet> {
    let widths: Vec<u32> = columns.iter().map(|(_, width)| *width).collect();
    let mut sheet = Sheet::begin(target, "名册", &widths, 2)?;
    sheet.line(&[title])?;
    sheet.line(&columns.iter().map(|(header, _)| *header).collect::<Vec<_>>())?;
    Ok(sheet)
}

/// What a file lists.
pub struct Entry {
    /// What kind of file it is.
    pub kind: ExportKind,
    /// The organization.
    pub organization: OrganizationId,
    /// The pool, where it lists one.
    pub pool: Option<PoolId>,
    /// The person, where it is about one.
    pub cadre: Option<CadreId>,
}

/// Puts on record that a file went out, or with no rows that it was ordered.
///
/// # Errors
/// `Forbidden` for a job, which is nobody; `Invalid` of an order where too many of the caller's wait.
pub async fn record(tx: &mut Writer<'_>, entry: Entry, order: &Order, rows: Option<u32>) -> Result<ExportId> {
    let ordered_by = tx.account().ok_or(Error::Forbidden(tx.reader().gate().scope().action()))?;
    let (now, stated) = (tx.now(), order.stated()?);
    if rows.is_none() {
        room(tx, &entry, ordered_by).await?;
    }
    let (token_id, sign_in_id) = tx.presented();
    tx.insert::<export::Entity>(export::Model {
        id: ExportId::fresh(),
        kind: entry.kind,
        organization_id: entry.organization,
        pool_id: entry.pool,
        cadre_id: entry.cadre,
        as_of: order.day(tx),
        purpose: stated.purpose,
        reason: stated.reason,
        without_numbers: order.without_numbers,
        row_count: rows.map(|it| i32::try_from(it).unwrap_or(i32::MAX)),
        ordered_at: now,
        ordered_by,
        token_id,
        sign_in_id,
        made_at: rows.map(|_| now),
        version: 1,
    })
    .await
}

/// Whether the caller may order one more.
async fn room(tx: &Writer<'_>, entry: &Entry, ordered_by: AccountId) -> Result<()> {
    let at = Alias::own::<export::Entity>();
    let mine = at.col(export::Column::OrderedBy).eq(ordered_by).and(at.col(export::Column::MadeAt).is_null());
    let good = at.col(export::Column::OrderedAt).gt(tx.now() - addressed::ORDER);
    if tx.reader().find::<export::Entity>().filter(mine).filter(good).count().await? < MOST_OPEN {
        return Ok(());
    }
    let field = match entry {
        Entry { pool: Some(_), .. } => "poolId",
        Entry { cadre: Some(_), .. } => "cadreId",
        _ => "organizationId",
    };
    let why = format!("can't be listed yet: {MOST_OPEN} files of yours wait; fetch them, or wait for their end");
    Err(Error::invalid(field, why))
}
