//! Two tables that follow from `cadre` and `organization_closure`: who stands under whom by level, and how many of what
//! kind there are.
//!
//! Triggers keep them, in the transaction of whatever changes their sources and by whatever way: a hand that corrects a
//! row keeps them too. On PostgreSQL a change appends its differences to `cadre_tally` instead of changing sums that
//! everybody under one root would wait for; `fold_cadre_tally()` sums them up from time to time, and a reader sums
//! whatever there is. A writer of people shares a turn that whoever changes the tree has alone (see `db::closure`), so
//! neither misses what the other writes. SQLite has one writer, and keeps the sums themselves.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Names the turn of the tree among the locks of the database, as `db::closure` does; the digits say nothing.
const TREE: i64 = 5_823_304_168;

/// What people are counted by, as columns of the tally.
const KINDS: &str = "position_level, sex, birth_year, management_authority, secrecy_level";

/// The same of a row of `cadre`.
fn kinds(row: &str) -> String {
    format!(
        "coalesce({row}.position_level, ''), {row}.sex, coalesce(cast(substr({row}.birth_date, 1, 4) as integer), 0), \
         coalesce({row}.management_authority, ''), {row}.secrecy_level"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let scope = Columns::of(manager, "cadre_scope").uuid("ancestor_id").uuid("cadre_id");
        scope.text_maybe("position_level", 32).keyed_by(&["ancestor_id", "cadre_id"]).create().await?;
        let by_level = ["ancestor_id", "position_level", "cadre_id"];
        index(manager, false, "ix_cadre_scope_level", "cadre_scope", &by_level).await?;
        index(manager, false, "ix_cadre_scope_cadre", "cadre_scope", &["cadre_id"]).await?;
        let tally = Columns::of(manager, "cadre_tally").uuid("ancestor_id");
        let tally = tally.text("position_level", 32).text("sex", 32).number("birth_year");
        let tally = tally.text("management_authority", 32).text("secrecy_level", 32);
        let tally = tally.number("people").flag("folded");
        // Here sums are changed where they stand; there differences stand beside them.
        let tally = match manager.get_database_backend() {
            DbBackend::Postgres => tally,
            _ => tally.keyed_by(&[
                "ancestor_id",
                "position_level",
                "sex",
                "birth_year",
                "management_authority",
                "secrecy_level",
            ]),
        };
        tally.create().await?;
        let statements = match manager.get_database_backend() {
            DbBackend::Postgres => postgres(),
            _ => sqlite(),
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = match manager.get_database_backend() {
            DbBackend::Postgres => [
                "DROP TRIGGER cadre_derives_added ON cadre; DROP TRIGGER cadre_derives_changed ON cadre",
                "DROP TRIGGER cadre_derives_gone ON cadre",
                "DROP TRIGGER closure_derives_added ON organization_closure",
                "DROP TRIGGER closure_derives_gone ON organization_closure",
                "DROP FUNCTION derive_from_cadre, derive_from_closure, derive_cadres, fold_cadre_tally",
            ],
            _ => [
                "DROP TRIGGER cadre_derives_added; DROP TRIGGER cadre_derives_changed",
                "DROP TRIGGER cadre_derives_gone",
                "DROP TRIGGER closure_derives_added",
                "DROP TRIGGER closure_derives_gone",
                "SELECT 1",
            ],
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        drop_all(manager, &["cadre_tally", "cadre_scope"]).await
    }
}

fn scoped() -> String {
    "INSERT INTO cadre_scope (ancestor_id, cadre_id, position_level) \
     SELECT a.ancestor_id, c.id, c.position_level FROM cadre c \
     JOIN organization_closure a ON a.descendant_id = c.organization_id"
        .to_owned()
}

fn tallied() -> String {
    let of = kinds("c");
    format!(
        "INSERT INTO cadre_tally (ancestor_id, {KINDS}, people, folded) \
         SELECT a.ancestor_id, {of}, count(*), true FROM cadre c \
         JOIN organization_closure a ON a.descendant_id = c.organization_id \
         WHERE c.status = 'IN_POST' GROUP BY 1, 2, 3, 4, 5, 6"
    )
}

/// Where the rows of a statement are inserted, and what stands above a place.
const SCOPE: &str = "INSERT INTO cadre_scope (ancestor_id, cadre_id, position_level)";
const UNDER: &str = "JOIN organization_closure a ON a.descendant_id";

fn tally() -> String {
    format!("INSERT INTO cadre_tally (ancestor_id, {KINDS}, people, folded)")
}

/// The differences that some rows make on PostgreSQL, each kind once.
fn differences(from: &str) -> String {
    format!(
        "{} SELECT ancestor_id, {KINDS}, sum(n), false FROM ({from}) \
         AS t (ancestor_id, {KINDS}, n) GROUP BY ancestor_id, {KINDS} HAVING sum(n) <> 0;",
        tally()
    )
}

/// What the changed people of a statement count for.
fn of_people(rows: &str, row: &str, n: i32) -> String {
    let joined = format!("FROM {rows} {row} {UNDER} = {row}.organization_id WHERE {row}.status = 'IN_POST'");
    format!("SELECT a.ancestor_id, {}, {n} {joined}", kinds(row))
}

/// What the people of places count for that come under another or leave it.
fn of_places(rows: &str, n: i32) -> String {
    let joined = format!("FROM {rows} r JOIN cadre c ON c.organization_id = r.descendant_id");
    format!("SELECT r.ancestor_id, {}, {n} {joined} WHERE c.status = 'IN_POST'", kinds("c"))
}

fn from_cadre() -> String {
    let (added, gone) = (of_people("come", "n", 1), of_people("gone", "o", -1));
    let moved = "(o.organization_id, o.position_level) IS DISTINCT FROM (n.organization_id, n.position_level)";
    format!(
        "CREATE FUNCTION derive_from_cadre() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         PERFORM pg_advisory_xact_lock_shared({TREE}); \
         IF TG_OP = 'INSERT' THEN \
           {SCOPE} SELECT a.ancestor_id, n.id, n.position_level FROM come n {UNDER} = n.organization_id; \
           {} \
         ELSIF TG_OP = 'DELETE' THEN \
           DELETE FROM cadre_scope s USING gone o WHERE s.cadre_id = o.id; \
           {} \
         ELSE \
           IF EXISTS (SELECT FROM gone o JOIN come n ON n.id = o.id WHERE {moved}) THEN \
             DELETE FROM cadre_scope s USING gone o JOIN come n ON n.id = o.id WHERE s.cadre_id = o.id AND {moved}; \
             {SCOPE} SELECT a.ancestor_id, n.id, n.position_level FROM gone o JOIN come n ON n.id = o.id \
               {UNDER} = n.organization_id WHERE {moved}; \
           END IF; \
           {} \
         END IF; RETURN NULL; END $$",
        differences(&added),
        differences(&gone),
        differences(&format!("{gone} UNION ALL {added}")),
    )
}

fn from_closure() -> String {
    format!(
        "CREATE FUNCTION derive_from_closure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF TG_OP = 'INSERT' THEN \
           {SCOPE} SELECT n.ancestor_id, c.id, c.position_level FROM come n \
             JOIN cadre c ON c.organization_id = n.descendant_id; \
           {} \
         ELSE \
           DELETE FROM cadre_scope s USING gone o JOIN cadre c ON c.organization_id = o.descendant_id \
             WHERE s.ancestor_id = o.ancestor_id AND s.cadre_id = c.id; \
           {} \
         END IF; RETURN NULL; END $$",
        differences(&of_places("come", 1)),
        differences(&of_places("gone", -1)),
    )
}

fn derive_all() -> String {
    format!(
        "CREATE FUNCTION derive_cadres() RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
         PERFORM pg_advisory_xact_lock({TREE}); \
         DELETE FROM cadre_scope; DELETE FROM cadre_tally; {}; {}; END $$",
        scoped(),
        tallied(),
    )
}

/// One statement: whoever reads sums what was before it or what is after it. Two at once each take rows of their own.
fn fold() -> String {
    format!(
        "CREATE FUNCTION fold_cadre_tally() RETURNS void LANGUAGE sql AS $$ \
         WITH fresh AS (SELECT DISTINCT ancestor_id, {KINDS} FROM cadre_tally WHERE NOT folded), \
         taken AS (DELETE FROM cadre_tally t USING fresh f WHERE t.ancestor_id = f.ancestor_id \
           AND t.position_level = f.position_level AND t.sex = f.sex AND t.birth_year = f.birth_year \
           AND t.management_authority = f.management_authority AND t.secrecy_level = f.secrecy_level RETURNING t.*) \
         {} SELECT ancestor_id, {KINDS}, sum(people), true FROM taken \
         GROUP BY ancestor_id, {KINDS} HAVING sum(people) <> 0 $$",
        tally()
    )
}

fn postgres() -> Vec<String> {
    let trigger = |name: &str, event: &str, table: &str, rows: &str, function: &str| {
        format!(
            "CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows} \
             FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    };
    let (come, old, both) = ("NEW TABLE AS come", "OLD TABLE AS gone", "OLD TABLE AS gone NEW TABLE AS come");
    let (people, tree) = ("derive_from_cadre", "derive_from_closure");
    vec![
        format!("CREATE INDEX ix_cadre_tally_ancestor ON cadre_tally (ancestor_id, {KINDS}) INCLUDE (people)"),
        "CREATE INDEX ix_cadre_tally_fresh ON cadre_tally (ancestor_id) WHERE NOT folded".to_owned(),
        from_cadre(),
        from_closure(),
        derive_all(),
        fold(),
        trigger("cadre_derives_added", "INSERT", "cadre", come, people),
        trigger("cadre_derives_changed", "UPDATE", "cadre", both, people),
        trigger("cadre_derives_gone", "DELETE", "cadre", old, people),
        trigger("closure_derives_added", "INSERT", "organization_closure", come, tree),
        trigger("closure_derives_gone", "DELETE", "organization_closure", old, tree),
        "SELECT derive_cadres()".to_owned(),
    ]
}

fn sqlite() -> Vec<String> {
    let (old, new, c) = (kinds("OLD"), kinds("NEW"), kinds("c"));
    let tally = tally();
    let summed = format!("ON CONFLICT (ancestor_id, {KINDS}) DO UPDATE SET people = people + excluded.people");
    let person = |row: &str, kinds: &str, n: i32| {
        format!(
            "{tally} SELECT ancestor_id, {kinds}, {n}, true FROM organization_closure \
             WHERE descendant_id = {row}.organization_id AND {row}.status = 'IN_POST' {summed};"
        )
    };
    let scoped_person = format!(
        "{SCOPE} SELECT ancestor_id, NEW.id, NEW.position_level FROM organization_closure \
         WHERE descendant_id = NEW.organization_id;"
    );
    let place = |row: &str, n: i32| {
        format!(
            "{tally} SELECT {row}.ancestor_id, {c}, {n} * count(*), true FROM cadre c \
             WHERE c.organization_id = {row}.descendant_id AND c.status = 'IN_POST' GROUP BY 2, 3, 4, 5, 6 {summed};"
        )
    };
    let watched =
        ["organization_id", "position_level", "sex", "birth_date", "management_authority", "secrecy_level", "status"];
    let differ: Vec<String> = watched.iter().map(|it| format!("OLD.{it} IS NOT NEW.{it}")).collect();
    vec![
        format!(
            "CREATE TRIGGER cadre_derives_added AFTER INSERT ON cadre BEGIN {scoped_person} {} END",
            person("NEW", &new, 1)
        ),
        format!(
            "CREATE TRIGGER cadre_derives_changed AFTER UPDATE ON cadre WHEN {} BEGIN \
             DELETE FROM cadre_scope WHERE cadre_id = OLD.id; {scoped_person} {} {} END",
            differ.join(" OR "),
            person("OLD", &old, -1),
            person("NEW", &new, 1),
        ),
        format!(
            "CREATE TRIGGER cadre_derives_gone AFTER DELETE ON cadre BEGIN \
             DELETE FROM cadre_scope WHERE cadre_id = OLD.id; {} END",
            person("OLD", &old, -1)
        ),
        format!(
            "CREATE TRIGGER closure_derives_added AFTER INSERT ON organization_closure BEGIN \
             {SCOPE} SELECT NEW.ancestor_id, id, position_level FROM cadre WHERE organization_id = NEW.descendant_id; \
             {} END",
            place("NEW", 1)
        ),
        format!(
            "CREATE TRIGGER closure_derives_gone AFTER DELETE ON organization_closure BEGIN \
             DELETE FROM cadre_scope WHERE ancestor_id = OLD.ancestor_id \
               AND cadre_id IN (SELECT id FROM cadre WHERE organization_id = OLD.descendant_id); \
             {} END",
            place("OLD", -1)
        ),
        scoped(),
        tallied(),
    ]
}
