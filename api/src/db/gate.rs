//! Row policies: which rows of a table exist for a scope, as a condition that every statement carries.
//!
//! A policy builds its sub-selects through the `Gate`, which notes every table it names. So an answer's stamps cover
//! the tables that decided about its rows too: a subtree that moves ends what was remembered about its cadres.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use entity::{
    Noun, Table, cadre_scope,
    id::{Key as _, OrganizationId},
    kind::{ManagementAuthority, PositionLevel, Role},
    organization, organization_closure,
    told::Narrow,
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityName, EntityTrait, IdenStatic, Iterable,
    sea_query::{DynIden, Expr, ExprTrait, IntoIden, JoinType, Order, Query, SelectStatement},
};

use crate::{
    auth::scope::{Reach, Scope},
    error::Action,
};

/// The name under which a table stands in a statement.
#[derive(Clone)]
pub struct Alias {
    name: DynIden,
    /// A column that holds one key in all rows that are looked at.
    known: Option<(&'static str, uuid::Uuid)>,
}

impl Alias {
    /// A table under its own name.
    pub fn own<E: EntityName + Default>() -> Self {
        Self { name: E::default().table_name().to_owned().into_iden(), known: None }
    }

    /// A table under another name, for a self-join.
    pub fn named(name: &'static str) -> Self {
        Self { name: name.into_iden(), known: None }
    }

    /// The same, for rows whose column holds this key and no other: what a policy makes of the column is asked once then, and
    /// not of each row. Whoever says so narrows the rows to it too.
    pub fn knowing(self, column: impl IdenStatic, key: uuid::Uuid) -> Self {
        Self { known: Some((column.as_str(), key)), ..self }
    }

    pub(super) fn name(&self) -> DynIden {
        self.name.clone()
    }

    /// A column of it.
    pub fn col(&self, column: impl ColumnTrait) -> Expr {
        match self.known {
            Some((known, key)) if known == column.as_str() => Expr::val(key),
            _ => Expr::col((self.name.clone(), column.as_column_ref().1)),
        }
    }
}

/// The row policy of a table, in the slice that owns it. Without one the table can be neither read nor written.
///
/// ```compile_fail,E0277
/// # async fn f(reader: &api::db::reader::Reader<'_>) {
/// // The digests of the audit trail have no row policy, and so no way through the door.
/// let _ = reader.find::<entity::audit_digest::Entity>();
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no row policy",
    note = "implement `db::gate::Visible` for it in the slice that owns the table: without a policy nobody may read or write it"
)]
pub trait Visible: Noun {
    /// The condition that a row under `at` exists for the gate's scope.
    fn visible(at: &Alias, gate: &Gate) -> Condition;
    /// Acts whose whole condition is long, for the few that nothing near brings in.
    const NEAR: &'static [Action] = &[];
    /// A narrower condition for those acts, which most rows meet that other rows name: what is gathered along is gathered by
    /// it, and whoever does not meet it is asked for alone.
    fn near(at: &Alias, gate: &Gate) -> Condition {
        Self::visible(at, gate)
    }
    /// Whether rows that are gathered by a column for an act are those that are near: of a row by its own key only that one
    /// is found, or none.
    fn is_gathered_near(by: Self::Column, action: Action) -> bool {
        by.as_str() == Self::ID.as_str() && Self::NEAR.contains(&action)
    }
    /// Within what the organizations are that a column names, where that is so of every visible row.
    fn stands(_: &str, _: &Gate) -> Option<Reach> {
        None
    }
    /// Whether the row of an organization is visible wherever it is within these.
    fn shows(_: &Reach, _: &Gate) -> bool {
        false
    }
    /// The column and the table of the row that it exists with, where that is all that decides: see `follows!`.
    fn follows() -> Option<(Self::Column, Table)> {
        None
    }
}

/// The policy by which a table's rows may be counted by callers who may not see them.
pub trait Countable: Visible {
    /// The condition that a row under `at` counts for the gate's scope.
    fn countable(at: &Alias, gate: &Gate) -> Condition;
}

/// A table whose rows are counts of other tables' rows, and the policy by which they may be told.
pub trait Tally: EntityTrait {
    /// The tables that it is derived from.
    const OF: &'static [Table];
    /// The condition that a row under `at` counts for the gate's scope.
    fn countable(at: &Alias, gate: &Gate) -> Condition;
}

/// A narrowed scope, and the tables that were read under it.
pub struct Gate {
    scope: Scope,
    noted: Mutex<BTreeSet<Table>>,
    /// Whether the policy that is being written is asked of a few rows by their keys.
    by_key: AtomicBool,
    /// Whether the database takes keys as an array.
    arrays: bool,
    /// Which columns are told of the rows that are gathered under it.
    pub(super) narrow: Narrow,
}

impl Gate {
    /// A gate for a scope.
    pub fn new(scope: Scope) -> Self {
        let (noted, by_key, arrays, narrow) = Default::default();
        Self { scope, noted, by_key, arrays, narrow }
    }

    /// The same, for statements to a database, of whose rows some columns are told.
    pub(super) fn to(self, backend: DbBackend, narrow: Narrow) -> Self {
        Self { arrays: backend == DbBackend::Postgres, narrow, ..self }
    }

    /// The scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The tables read so far.
    pub fn noted(&self) -> Vec<Table> {
        self.noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).iter().copied().collect()
    }

    pub(super) fn note(&self, table: Table) {
        self.noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(table);
    }

    /// No row at all.
    pub fn nothing() -> Condition {
        Condition::all().add(Self::never())
    }

    fn never() -> Expr {
        Expr::cust("1 = 0")
    }

    /// That an organization's column is within what these roles reach.
    pub fn under(&self, organization: Expr, roles: &[Role]) -> Condition {
        self.below(organization, self.scope.reach(roles))
    }

    /// That a person's organization is within what these roles reach, and who manages the person within their tier.
    pub fn managed(&self, organization: Expr, authority: Expr, roles: &[Role]) -> Condition {
        let tiers = self.scope.reach_by_tier(roles);
        if tiers.is_empty() {
            return Self::nothing();
        }
        let mut some = Condition::any();
        for (tier, reach) in tiers {
            let below = self.below(organization.clone(), reach);
            some =
                some.add(match tier {
                    None => below,
                    // Tiers stand highest first; staff on no committee's list are everybody's.
                    Some(tier) => below.add(Condition::any().add(authority.clone().is_null()).add(
                        authority.clone().is_in(ManagementAuthority::ALL.iter().filter(|it| **it >= tier).copied()),
                    )),
                });
        }
        some
    }

    fn below(&self, organization: Expr, reach: Reach) -> Condition {
        self.tied(
            organization,
            reach,
            organization_closure::Column::DescendantId,
            organization_closure::Column::AncestorId,
        )
    }

    /// That an organization's column is above, or is, one of those that these roles are held on.
    pub fn above(&self, organization: Expr, roles: &[Role]) -> Condition {
        let reach = self.scope.reach(roles);
        self.tied(
            organization,
            reach,
            organization_closure::Column::AncestorId,
            organization_closure::Column::DescendantId,
        )
    }

    /// That an organization stands in the closure's column `own` where one that is reached stands in the other.
    fn tied(
        &self,
        organization: Expr,
        reach: Reach,
        own: organization_closure::Column,
        other: organization_closure::Column,
    ) -> Condition {
        match reach {
            Reach::Everything => Condition::all(),
            Reach::Under(roots) if roots.is_empty() => Self::nothing(),
            Reach::Under(roots) => {
                let closure = self.closure(other, other, roots.into_iter().map(|it| it.uuid()));
                let same = Expr::col((organization_closure::Entity, own)).eq(organization);
                Condition::all().add(self.exists(closure.clone().and_where(same).to_owned()))
            }
        }
    }

    /// The closure's `wanted` column where its `given` one is among these.
    pub fn closure(
        &self,
        wanted: organization_closure::Column,
        given: organization_closure::Column,
        among: impl IntoIterator<Item = uuid::Uuid>,
    ) -> SelectStatement {
        self.note(Table::OrganizationClosure);
        Query::select()
            .column(wanted)
            .from(organization_closure::Entity)
            .and_where(Expr::col((organization_closure::Entity, given)).is_in(among))
            .to_owned()
    }

    /// The keys of the people under an organization: of some levels, or of all.
    pub fn people_under(&self, top: OrganizationId, levels: Option<&[PositionLevel]>) -> SelectStatement {
        // What the table is derived from: whoever changes that ends what was remembered.
        self.note(Table::Cadre);
        self.note(Table::OrganizationClosure);
        let column = |it| Expr::col((cadre_scope::Entity, it));
        let mut people = Query::select();
        people.column((cadre_scope::Entity, cadre_scope::Column::CadreId)).from(cadre_scope::Entity);
        people.and_where(column(cadre_scope::Column::AncestorId).eq(top));
        match levels {
            None => {}
            // One is asked for by its place in the index, which then yields people in their order.
            Some([one]) => {
                people.and_where(column(cadre_scope::Column::PositionLevel).eq(one.text()));
            }
            Some(some) => {
                people.and_where(column(cadre_scope::Column::PositionLevel).is_in(some.iter().map(|it| it.text())));
            }
        }
        people
    }

    /// The key of the nearest organization above, or equal to, the one of a column, among those that a condition on the alias
    /// names: of those that the scope may see.
    pub fn nearest(&self, organization: Expr, at: &Alias, among: Condition) -> SelectStatement {
        let closure = |column| Expr::col((organization_closure::Entity, column));
        self.note(Table::OrganizationClosure);
        let joined = at.col(organization::Column::Id).eq(closure(organization_closure::Column::AncestorId));
        self.visible::<organization::Entity>(organization::Column::Id, at)
            .join(JoinType::InnerJoin, organization_closure::Entity, joined)
            .and_where(closure(organization_closure::Column::DescendantId).eq(organization))
            .cond_where(among)
            .order_by((organization_closure::Entity, organization_closure::Column::Depth), Order::Asc)
            .limit(1)
            .to_owned()
    }

    /// A sub-select of one column of a table under its row policy.
    pub fn visible<E: Visible>(&self, column: E::Column, at: &Alias) -> SelectStatement {
        let policy = E::visible(at, self);
        self.raw::<E>(column, at).cond_where(policy).to_owned()
    }

    /// A sub-select of a table's rows that are of one row, which the statement reads under its own policy: where to exist with
    /// that row is all that decides (see `follows!`), nothing more is asked of them; otherwise they have their own policy.
    pub fn of_one<E: Visible>(&self, column: E::Column, at: &Alias, (table, key): (Table, Expr)) -> SelectStatement {
        let with = |(by, of): (E::Column, Table)| of == table && by.as_str() == column.as_str();
        let mut rows = match E::follows().is_some_and(with) {
            true => self.raw::<E>(column, at),
            false => self.visible::<E>(column, at),
        };
        rows.and_where(at.col(column).eq(key)).to_owned()
    }

    /// The keys of a table's visible rows, where another row's visibility follows it.
    pub fn ids<E: Visible>(&self) -> SelectStatement {
        self.visible::<E>(E::ID, &Alias::own::<E>())
    }

    /// That the row of a table that a column names exists for the scope. Asked of that one row: of a list of all that
    /// exist SQLite makes a copy for each statement.
    pub fn follows<E: Visible>(&self, key: Expr) -> Expr {
        let at = Alias::own::<E>();
        self.exists(self.ids::<E>().and_where(at.col(E::ID).eq(key)).to_owned())
    }

    /// That some row of a table meets a condition and names, in a column, what an expression names: asked of those rows
    /// alone that name it, by the column's index, and not of all that meet the condition.
    pub fn some<E: Noun>(&self, column: E::Column, at: &Alias, of: Expr, among: Condition) -> Expr {
        // The database would make ready to look all the same.
        if among == Self::nothing() {
            return Self::never();
        }
        self.exists(self.raw::<E>(column, at).cond_where(among).and_where(at.col(column).eq(of)).to_owned())
    }

    /// That a sub-select yields a row. Where it is asked of a few rows, it is asked of each: PostgreSQL would rather read
    /// all that it could yield into a table, once for every statement; an offset keeps it from that.
    fn exists(&self, mut select: SelectStatement) -> Expr {
        if self.by_key.load(Ordering::Relaxed) {
            select.limit(1).offset(0);
        }
        Expr::exists(select)
    }

    /// That a key is among those of a sub-select. Where the first few in the order of the key are wanted, PostgreSQL takes the
    /// keys as an array, and stops when it has them; otherwise it would read the rows of all.
    pub fn among(&self, key: Expr, keys: SelectStatement) -> Expr {
        if !(self.arrays && self.by_key.load(Ordering::Relaxed)) {
            return key.in_subquery(keys);
        }
        let keys = Expr::SubQuery(None, Box::new(keys.into()));
        Expr::cust_with_exprs("$1 = ANY(ARRAY($2))", [key, keys])
    }

    /// A sub-select of one column without a policy, for policies themselves: what it yields is never an answer.
    pub fn raw<E: Noun>(&self, column: E::Column, at: &Alias) -> SelectStatement {
        self.note(E::TABLE);
        Query::select().expr(at.col(column)).from_as(E::default(), at.name()).to_owned()
    }

    pub(super) fn policed<E: Visible>(&self) -> Condition {
        self.note(E::TABLE);
        E::visible(&Alias::own::<E>(), self)
    }

    /// The same, for a statement that names the rows by keys.
    pub(super) fn policed_by_key<E: Visible>(&self) -> Condition {
        self.policed_at::<E>(&Alias::own::<E>())
    }

    /// The same, for rows of which a key is known.
    pub(super) fn policed_at<E: Visible>(&self, at: &Alias) -> Condition {
        self.note(E::TABLE);
        self.of_few(|| E::visible(at, self))
    }

    /// The same, for rows that are gathered near.
    pub(super) fn policed_near<E: Visible>(&self) -> Condition {
        self.note(E::TABLE);
        self.of_few(|| E::near(&Alias::own::<E>(), self))
    }

    /// A condition that is asked of a few rows.
    pub fn of_few(&self, condition: impl FnOnce() -> Condition) -> Condition {
        let before = self.by_key.swap(true, Ordering::Relaxed);
        let made = condition();
        self.by_key.store(before, Ordering::Relaxed);
        made
    }

    /// A select of the keys of these rows that exist for the scope: what a write is read back by.
    pub(super) fn surviving<E: Visible>(&self, among: &[uuid::Uuid]) -> SelectStatement {
        let at = Alias::own::<E>();
        Query::select()
            .expr_as(at.col(E::ID), "id")
            .from(E::default())
            .and_where(at.col(E::ID).is_in(among.iter().copied()))
            .cond_where(self.policed_by_key::<E>())
            .to_owned()
    }
}

/// All columns of an entity, as the drift test and the writer walk them.
pub(super) fn columns<E: EntityTrait>() -> impl Iterator<Item = E::Column> {
    E::Column::iter()
}
