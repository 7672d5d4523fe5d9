//! Entities and tables, on both databases. Nothing here lists a table: the entities come from `entity::each_table!`, the
//! tables from the database's own catalogue, the closed sets and the known constraints from their source files.

use std::collections::{BTreeMap, BTreeSet};

use entity::Table;
use sea_orm::{ColumnTrait, ColumnType, ConnectionTrait, EntityName, IdenStatic, Iterable, Statement};
use tests::{
    both, postgres,
    runner::Stack,
    source::{Breach, hold, read},
    world::World,
};

/// Tables of the migrations themselves, and on SQLite those of the library that keeps jobs; on PostgreSQL they stand in a
/// schema of their own.
const OF_OTHERS: [&str; 4] = ["migration_lock", "seaql_migrations", "Jobs", "Workers"];

both! {
    async fn every_entity_has_its_table_and_no_other_stands_there(world: World) {
        let there: BTreeSet<String> = columns(&world).await.iter().map(|it| it.table.clone()).collect();
        let listed: BTreeSet<String> = Table::ALL.iter().map(|it| it.name().to_owned()).collect();
        assert_eq!(there, listed);
    }

    async fn columns_of_entities_are_those_of_the_tables(world: World) {
        let (entities, tables) = (columns_of_entities(), columns(&world).await);
        let none: [&Column; 0] = [];
        assert_eq!(entities.difference(&tables).collect::<Vec<_>>(), none, "stand so in entity alone");
        assert_eq!(tables.difference(&entities).collect::<Vec<_>>(), none, "stand so in the database alone");
    }

    async fn every_kept_table_has_a_key_and_a_version(world: World) {
        let columns = columns(&world).await;
        for table in Table::KEPT {
            for (name, family) in [("id", "uuid"), ("version", "integer")] {
                let wanted = Column::new(table.name(), name, family, false);
                assert!(columns.contains(&wanted), "{} lacks {name}", table.name());
            }
        }
    }

    async fn closed_sets_are_the_check_lists(world: World) {
        let mut checks = checks(&world).await;
        checks.retain(|_, values| !values.is_empty());
        assert_eq!(checks, kinds_of_columns());
    }

    async fn names_of_constraints_say_what_they_are(world: World) {
        for it in indexes(&world).await.iter().filter(|it| !it.of_key) {
            let prefix = format!("{}_{}_", if it.unique { "uq" } else { "ix" }, it.table);
            assert!(it.name.starts_with(&prefix), "index {} of {}: call it {prefix}…", it.name, it.table);
        }
        for name in checks(&world).await.keys() {
            assert!(name.starts_with("ck_"), "check {name}: call it ck_…");
        }
    }

    /// A unique index that no one maps to a problem answers a client with INTERNAL.
    async fn every_unique_index_is_a_known_problem(world: World) {
        let ours = |it: &Index| !OF_OTHERS.contains(&it.table.as_str());
        let unique = indexes(&world).await.into_iter().filter(|it| it.unique && !it.of_key && ours(it));
        let there: BTreeSet<String> = unique.map(|it| it.name).collect();
        let known = quoted_after(&read("api/src/db/unique.rs"), "name: ");
        assert!(!known.is_empty(), "api/src/db/unique.rs is not written as this law reads it");
        let gone: Vec<_> = known.difference(&there).collect();
        assert!(gone.is_empty(), "api/src/db/unique.rs: there is no unique index {gone:?}");
        let unknown = there.difference(&known).map(|it| Breach::new(it, "map it to a problem in api/src/db/unique.rs"));
        hold("unique", &unknown.collect::<Vec<_>>());
    }

    async fn migrations_go_down_and_up_again(mut world: World) {
        world.stop().await;
        let before = definition(&world).await;
        migration::down(&world.db, 1).await.expect("the last one taken back");
        assert_ne!(definition(&world).await, before, "the last migration takes nothing back");
        migration::up(&world.db).await.expect("the last one applied again");
        assert_eq!(definition(&world).await, before, "the last migration");
        let all = migration::status(&world.db).await.expect("a status");
        migration::down(&world.db, u32::try_from(all.len()).expect("few")).await.expect("all taken back");
        assert_eq!(columns(&world).await, BTreeSet::new(), "something is left behind");
        migration::up(&world.db).await.expect("all applied again");
        assert_eq!(definition(&world).await, before, "all migrations");
    }
}

postgres! {
    async fn text_sorts_by_code_point(world: World) {
        let sql = "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' \
                   and udt_name in ('varchar', 'text', 'bpchar') and collation_name is distinct from 'C' \
                   and table_name <> 'seaql_migrations'";
        let others = texts(&world, sql).await;
        assert!(others.is_empty(), "{others:?} want COLLATE \"C\": a cursor of one deployment skips rows on another");
    }

    async fn foreign_keys_and_checks_are_named(world: World) {
        let sql = "select contype::text || '|' || conname || '|' || conrelid::regclass::text from pg_constraint \
                   where connamespace = 'public'::regnamespace";
        for line in texts(&world, sql).await {
            let [kind, name, table] = parts(&line);
            let prefix = match kind.as_str() {
                "f" => format!("fk_{table}_"),
                "c" => format!("ck_{table}_"),
                "p" | "n" => continue,
                _ => panic!("{name} is a constraint of kind {kind}: a unique one is made as an index uq_{table}_…"),
            };
            assert!(name.starts_with(&prefix), "{name} of {table}: call it {prefix}…");
        }
    }
}

/// One column, as an entity or a database has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    table: String,
    name: String,
    family: String,
    null: bool,
}

impl Column {
    fn new(table: &str, name: &str, family: &str, null: bool) -> Self {
        Self { table: table.to_owned(), name: name.to_owned(), family: family.to_owned(), null }
    }
}

fn columns_of_entities() -> BTreeSet<Column> {
    let mut found = BTreeSet::new();
    macro_rules! visit {
        ($table:ident) => {
            assert_eq!(entity::$table::Entity.table_name(), stringify!($table), "a table is named like its module");
            for column in entity::$table::Column::iter() {
                let definition = column.def();
                let family = family_of_entity(definition.get_column_type());
                found.insert(Column::new(stringify!($table), column.as_str(), &family, definition.is_null()));
            }
        };
    }
    entity::each_table!(visit);
    found
}

fn family_of_entity(kind: &ColumnType) -> String {
    match kind {
        ColumnType::Uuid => "uuid",
        ColumnType::String(_) | ColumnType::Text | ColumnType::Char(_) => "text",
        ColumnType::Integer => "integer",
        ColumnType::BigInteger => "long",
        ColumnType::Boolean => "flag",
        ColumnType::Date => "day",
        ColumnType::TimestampWithTimeZone => "moment",
        ColumnType::Blob | ColumnType::VarBinary(_) => "bytes",
        other => return format!("{other:?}, of which this law knows nothing"),
    }
    .to_owned()
}

fn family_of_database(kind: &str) -> &str {
    match kind.split('(').next().unwrap_or_default() {
        "uuid" | "uuid_text" => "uuid",
        "varchar" | "text" => "text",
        "int4" | "integer" => "integer",
        "int8" | "bigint" => "long",
        "bool" | "boolean" => "flag",
        "date" | "date_text" => "day",
        "timestamptz" | "timestamp_with_timezone_text" => "moment",
        "bytea" | "blob" => "bytes",
        _ => kind,
    }
}

/// Columns of every table but those of others.
async fn columns(world: &World) -> BTreeSet<Column> {
    let sql = match world.stack {
        Stack::Sqlite => {
            "select m.name || '|' || c.name || '|' || lower(c.type) || '|' || (1 - c.\"notnull\") \
             from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'"
        }
        Stack::Postgres => {
            "select table_name || '|' || column_name || '|' || udt_name || '|' || (is_nullable = 'YES')::int \
             from information_schema.columns where table_schema = 'public'"
        }
    };
    let column = |line: String| {
        let [table, name, kind, null] = parts(&line);
        Column::new(&table, &name, family_of_database(&kind), null == "1")
    };
    let all = texts(world, sql).await.into_iter().map(column);
    all.filter(|it| !OF_OTHERS.contains(&it.table.as_str())).collect()
}

/// One index, as the database has it.
struct Index {
    table: String,
    name: String,
    unique: bool,
    of_key: bool,
}

async fn indexes(world: &World) -> Vec<Index> {
    let sql = match world.stack {
        Stack::Sqlite => {
            "select m.name || '|' || i.name || '|' || i.\"unique\" || '|' || (i.origin = 'pk') \
             from sqlite_master m join pragma_index_list(m.name) i where m.type = 'table'"
        }
        Stack::Postgres => {
            "select x.indrelid::regclass::text || '|' || i.relname || '|' || x.indisunique::int || '|' || x.indisprimary::int \
             from pg_index x join pg_class i on i.oid = x.indexrelid where i.relnamespace = 'public'::regnamespace"
        }
    };
    let index = |line: String| {
        let [table, name, unique, of_key] = parts(&line);
        Index { table, name, unique: unique == "1", of_key: of_key == "1" }
    };
    texts(world, sql).await.into_iter().map(index).collect()
}

/// Every check by name, with the texts in its list.
async fn checks(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    if world.stack == Stack::Postgres {
        let sql = "select conname || '|' || pg_get_constraintdef(oid) from pg_constraint \
                   where connamespace = 'public'::regnamespace and contype = 'c'";
        for line in texts(world, sql).await {
            let [name, definition] = parts(&line);
            found.insert(name, quoted(&definition));
        }
        return found;
    }
    for table in texts(world, "select sql from sqlite_master where type = 'table' and sql like '%CHECK%'").await {
        for (at, marker) in table.match_indices("CHECK (") {
            let name = table[..at].trim_end().rsplit("CONSTRAINT ").next().unwrap_or_default().trim_matches('"');
            assert!(!name.contains(' '), "a check without a name in {table}");
            let body = &table[at + marker.len()..];
            found.insert(name.to_owned(), quoted(body.split("))").next().unwrap_or_default()));
        }
    }
    found
}

/// The check that each column of a closed set must have, as the sources of `entity` say.
fn kinds_of_columns() -> BTreeMap<String, BTreeSet<String>> {
    let mut values = BTreeMap::new();
    for file in [
        "entity/src/kind.rs",
        "entity/src/kind/career.rs",
        "entity/src/kind/imports.rs",
        "entity/src/kind/organization.rs",
        "entity/src/kind/pairing.rs",
        "entity/src/kind/policy.rs",
    ] {
        let kinds = read(file);
        let (_, kinds) = kinds.split_once("\nkinds! {").expect("the closed sets");
        for block in kinds.split("\n    }") {
            let header = block.lines().find_map(|line| line.strip_prefix("    ")?.strip_suffix(" {"));
            values.extend(header.map(|name| (name.to_owned(), quoted_after(block, " = "))));
        }
    }
    let mut found = BTreeMap::new();
    for table in Table::ALL {
        let model = read(&format!("entity/src/{}.rs", table.name()));
        for line in model.lines().filter_map(|line| line.strip_prefix("    pub ")?.strip_suffix(',')) {
            let (column, kind) = line.split_once(": ").expect("a field");
            let kind = kind.trim_start_matches("Option<").trim_end_matches('>');
            found.extend(values.get(kind).map(|values| (format!("ck_{}_{column}", table.name()), values.clone())));
        }
    }
    found
}

/// The whole definition of the tables, to compare before and after.
async fn definition(world: &World) -> Vec<String> {
    let sql = match world.stack {
        Stack::Sqlite => {
            "select type || ' ' || name || ' ' || coalesce(sql, '') from sqlite_master where name not like 'sqlite_%'"
        }
        // The place among the columns, not their number: PostgreSQL never gives the number of a dropped one again.
        Stack::Postgres => {
            "select concat_ws(' ', table_name, rank() over (partition by table_name order by ordinal_position), column_name, udt_name, character_maximum_length, \
             is_nullable, column_default, collation_name) from information_schema.columns where table_schema = 'public' \
             union all select indexdef from pg_indexes where schemaname = 'public' \
             union all select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint \
             where connamespace = 'public'::regnamespace"
        }
    };
    let mut found = texts(world, sql).await;
    found.sort();
    found
}

/// The first column of every row.
async fn texts(world: &World, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(world.db.get_database_backend(), sql);
    let rows = world.db.query_all_raw(statement).await.unwrap_or_else(|cause| panic!("{sql}: {cause}"));
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

fn parts<const N: usize>(line: &str) -> [String; N] {
    let parts: Vec<String> = line.splitn(N, '|').map(str::to_owned).collect();
    parts.try_into().unwrap_or_else(|_| panic!("not {N} parts in `{line}`"))
}

/// Every text in single quotes.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every text in double quotes right after a marker.
fn quoted_after(text: &str, marker: &str) -> BTreeSet<String> {
    let begin = format!("{marker}\"");
    text.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}
