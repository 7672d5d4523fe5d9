//! The dated facts of a cadre, one table a kind; what a post and a level lacked of a fact; initials of names.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const STATES: [&str; 3] = ["RECORDED", "SUPERSEDED", "VOIDED"];

const TABLES: [&str; 9] = [
    "rank_period",
    "education",
    "professional_title",
    "assessment",
    "experience",
    "training",
    "award",
    "sanction",
    "resume_entry",
];

/// Columns that posts and levels get: name, type on SQLite, type on PostgreSQL, rest. They bear no foreign key, because
/// SQLite can't drop a column that has one.
const ADDED: [(&str, &str, &str, &str); 6] = [
    ("source", "varchar(200)", "varchar(200) COLLATE \"C\"", "NOT NULL DEFAULT ''"),
    ("recorded_at", "timestamp_with_timezone_text", "timestamp with time zone", "NULL"),
    ("recorded_by", "uuid_text", "uuid", "NULL"),
    ("state", "varchar(32)", "varchar(32) COLLATE \"C\"", "NOT NULL DEFAULT 'RECORDED'"),
    ("superseded_by", "uuid_text", "uuid", "NULL"),
    ("void_reason", "varchar(200)", "varchar(200) COLLATE \"C\"", "NULL"),
];

const INDEXES: [(&str, &str, &[&str]); 13] = [
    ("ix_rank_period_cadre", "rank_period", &["cadre_id", "state"]),
    ("ix_rank_period_rank", "rank_period", &["rank", "state", "cadre_id"]),
    ("ix_education_cadre", "education", &["cadre_id", "state"]),
    ("ix_education_level", "education", &["level", "mode", "state", "cadre_id"]),
    ("ix_professional_title_cadre", "professional_title", &["cadre_id", "state"]),
    ("ix_assessment_grade", "assessment", &["kind", "grade", "year", "state", "cadre_id"]),
    ("ix_experience_cadre", "experience", &["cadre_id", "state"]),
    ("ix_experience_kind", "experience", &["kind", "state", "cadre_id"]),
    ("ix_training_cadre", "training", &["cadre_id", "state"]),
    ("ix_award_cadre", "award", &["cadre_id", "state"]),
    ("ix_sanction_cadre", "sanction", &["cadre_id", "state"]),
    ("ix_sanction_effect", "sanction", &["effect_until", "state", "cadre_id"]),
    ("ix_resume_entry_cadre", "resume_entry", &["cadre_id", "state", "ordinal"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        service(manager).await?;
        findings(manager).await?;
        for (name, table, columns) in INDEXES {
            index(manager, false, name, table, columns).await?;
        }
        // One assessment a year and kind is in force; those that it took the place of are history.
        let one =
            "CREATE UNIQUE INDEX uq_assessment_year ON assessment (cadre_id, year, kind) WHERE state = 'RECORDED'";
        manager.get_connection().execute_unprepared(one).await?;
        extend(manager).await?;
        index(manager, false, "ix_level_period_level", "level_period", &["valid_from", "state", "cadre_id"]).await?;
        initials(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let link = manager.get_connection();
        manager.drop_index(Index::drop().name("ix_cadre_initials").to_owned()).await?;
        link.execute_unprepared("ALTER TABLE cadre DROP COLUMN name_initials").await?;
        manager.drop_index(Index::drop().name("ix_level_period_level").to_owned()).await?;
        for table in ["post_assignment", "level_period"] {
            for (column, ..) in ADDED.iter().rev() {
                link.execute_unprepared(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await?;
            }
        }
        for column in ["document_number", "role"] {
            link.execute_unprepared(&format!("ALTER TABLE post_assignment DROP COLUMN {column}")).await?;
        }
        drop_all(manager, &TABLES).await
    }
}

/// A fact's own columns, then those that every fact has.
async fn fact(columns: Columns<'_>) -> Result<(), DbErr> {
    columns
        .text("source", 200)
        .moment("recorded_at")
        .refer_maybe("recorded_by", "account")
        .kind("state", &STATES)
        .uuid_maybe("superseded_by")
        .text_maybe("void_reason", 200)
        .version()
        .create()
        .await
}

fn table<'a>(manager: &'a SchemaManager<'a>, name: &'static str) -> Columns<'a> {
    Columns::of(manager, name).key().refer("cadre_id", "cadre")
}

async fn service(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let ranks = [
        "INSPECTOR_1",
        "INSPECTOR_2",
        "RESEARCHER_1",
        "RESEARCHER_2",
        "RESEARCHER_3",
        "RESEARCHER_4",
        "PRINCIPAL_STAFF_1",
        "PRINCIPAL_STAFF_2",
        "PRINCIPAL_STAFF_3",
        "PRINCIPAL_STAFF_4",
        "STAFF_1",
        "STAFF_2",
    ];
    let rank = table(manager, "rank_period").kind("rank", &ranks);
    fact(rank.partial_date_maybe("valid_from").partial_date_maybe("valid_to")).await?;
    let educations =
        ["POSTGRADUATE", "BACHELOR", "JUNIOR_COLLEGE", "SECONDARY_VOCATIONAL", "SENIOR_HIGH", "JUNIOR_HIGH"];
    let education = table(manager, "education")
        .kind("mode", &["FULL_TIME", "IN_SERVICE"])
        .kind_maybe("level", &educations)
        .text_maybe("education_code", 8)
        .kind_maybe("degree", &["DOCTORATE", "MASTER", "BACHELOR"])
        .text_maybe("degree_code", 8)
        .text("school", 120)
        .text_maybe("major", 120);
    fact(education.partial_date_maybe("enrolled").partial_date_maybe("graduated")).await?;
    let title = table(manager, "professional_title")
        .text("title", 120)
        .kind_maybe("grade", &["SENIOR", "ASSOCIATE_SENIOR", "INTERMEDIATE", "JUNIOR"]);
    fact(title.partial_date_maybe("obtained")).await?;
    let kinds = ["GRASSROOTS", "SECONDMENT", "VILLAGE_SECRETARY", "AID", "TASK_FORCE", "OTHER"];
    let experience = table(manager, "experience").kind("kind", &kinds).text("place", 200);
    fact(experience.text("valid_from", 10).partial_date_maybe("valid_to")).await?;
    let training = table(manager, "training").text("title", 120).text_maybe("provider", 120).number_maybe("hours");
    fact(training.partial_date_maybe("valid_from").partial_date_maybe("valid_to")).await?;
    let resume = table(manager, "resume_entry").number("ordinal").text("raw_text", 400);
    fact(resume.partial_date_maybe("valid_from").partial_date_maybe("valid_to")).await
}

async fn findings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let kinds = ["REGULAR", "ANNUAL", "SPECIAL", "PROBATION_END", "PRE_APPOINTMENT", "MID_TERM", "TERM"];
    let grades = ["EXCELLENT", "COMPETENT", "BASICALLY_COMPETENT", "INCOMPETENT", "NOT_GRADED", "NOT_ASSESSED"];
    fact(table(manager, "assessment").number("year").kind("kind", &kinds).kind("grade", &grades)).await?;
    let award = table(manager, "award").text("name", 120).text_maybe("award_code", 8).text_maybe("decided_by", 120);
    fact(award.partial_date_maybe("decided")).await?;
    let kinds = [
        "PARTY_WARNING",
        "PARTY_SERIOUS_WARNING",
        "PARTY_POST_REMOVAL",
        "PARTY_PROBATION",
        "PARTY_EXPULSION",
        "WARNING",
        "DEMERIT",
        "MAJOR_DEMERIT",
        "DEMOTION",
        "REMOVAL",
        "DISMISSAL",
        "ADMONITION",
        "SUSPENSION",
        "POST_ADJUSTMENT",
        "RESERVE_DISQUALIFICATION",
        "APPOINTMENT_CANCELLATION",
    ];
    let sanction = table(manager, "sanction")
        .kind("kind", &kinds)
        .text("deciding_body", 120)
        .text("document_number", 80)
        .day("decided_on")
        .day("effect_from")
        .day("effect_until")
        .text("appeal_to", 120);
    fact(sanction).await
}

/// Adds to posts and levels what every fact has, and to posts what an appointment document says.
async fn extend(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let link = manager.get_connection();
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    let collate = if postgres { " COLLATE \"C\"" } else { "" };
    let role = format!(
        "ALTER TABLE post_assignment ADD COLUMN role varchar(32){collate} NULL \
         CONSTRAINT ck_post_assignment_role CHECK (role IN ('PRINCIPAL', 'DEPUTY', 'OTHER'))"
    );
    link.execute_unprepared(&role).await?;
    let number = format!("ALTER TABLE post_assignment ADD COLUMN document_number varchar(80){collate} NULL");
    link.execute_unprepared(&number).await?;
    for table in ["post_assignment", "level_period"] {
        for (column, lite, full, rest) in ADDED {
            let kind = if postgres { full } else { lite };
            let check = format!(" CONSTRAINT ck_{table}_state CHECK (state IN ('{}'))", STATES.join("', '"));
            let check = if column == "state" { check.as_str() } else { "" };
            let add = format!("ALTER TABLE {table} ADD COLUMN {column} {kind} {rest}{check}");
            link.execute_unprepared(&add).await?;
        }
    }
    Ok(())
}

/// The first letters of each name's syllables, worked out from the stored pinyin.
async fn initials(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let link = manager.get_connection();
    let backend = manager.get_database_backend();
    let collate = if backend == DbBackend::Postgres { " COLLATE \"C\"" } else { "" };
    let add = format!("ALTER TABLE cadre ADD COLUMN name_initials varchar(60){collate} NOT NULL DEFAULT ''");
    link.execute_unprepared(&add).await?;
    let names = link.query_all_raw(Statement::from_string(backend, "SELECT DISTINCT name_sort FROM cadre")).await?;
    for row in names {
        let name: String = row.try_get_by_index(0)?;
        let initials: String = name.split(' ').filter_map(|it| it.chars().next()).take(60).collect();
        let set = "UPDATE cadre SET name_initials = $1 WHERE name_sort = $2";
        link.execute_raw(Statement::from_sql_and_values(backend, set, [initials.into(), name.into()])).await?;
    }
    index(manager, false, "ix_cadre_initials", "cadre", &["name_initials", "id"]).await
}
