//! Pairs in full: forms, roles, plan and term; the steps of a pair and what is said of it at its end; how many pairs one
//! person may have; declared kin, sealed.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::{
    alter::{add_day, add_kind, add_reference, add_text, drop_column, drop_reference},
    columns::{Columns, drop_all, index},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const FORMS: [&str; 5] = ["ONE_TO_ONE", "ONE_TO_MANY", "LEAD_PLUS_ASSISTANTS", "TEAM", "CONTACT_OFFICER"];
const ROLES: [&str; 5] = ["LEAD", "ASSISTANT", "MEMBER", "CONTACT_OFFICER", "MENTEE"];
const STATES: [&str; 5] = ["PROPOSED", "ACTIVE", "SUSPENDED", "COMPLETED", "ENDED_EARLY"];
const STEPS: [&str; 8] =
    ["PROPOSED", "ACTIVATED", "SUSPENDED", "RESUMED", "COMPLETED", "ENDED", "REPLACED", "PART_LEFT"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_kind(manager, "mentoring_pair", "form", &FORMS, Some("ONE_TO_ONE")).await?;
        for (column, length) in [("plan_goal", 1000), ("plan_measures", 1000), ("reason_code", 32)] {
            add_text(manager, "mentoring_pair", column, length).await?;
        }
        add_day(manager, "mentoring_pair", "term_ends_on").await?;
        add_reference(manager, "mentoring_pair", "successor_id", "mentoring_pair").await?;
        index(manager, false, "ix_mentoring_pair_successor", "mentoring_pair", &["successor_id"]).await?;
        add_kind(manager, "pair_part", "role", &ROLES, Some("LEAD")).await?;
        for column in ["joined_on", "left_on"] {
            add_day(manager, "pair_part", column).await?;
        }
        let several = |side: &str| {
            format!("SELECT pair_id FROM pair_part WHERE side = '{side}' GROUP BY pair_id HAVING count(*) > 1")
        };
        for told in [
            "UPDATE pair_part SET role = 'MENTEE' WHERE side = 'MENTEE'".to_owned(),
            "UPDATE pair_part SET joined_on = (SELECT started_on FROM mentoring_pair WHERE id = pair_id)".to_owned(),
            format!("UPDATE mentoring_pair SET form = 'ONE_TO_MANY' WHERE id IN ({})", several("MENTEE")),
            format!("UPDATE mentoring_pair SET form = 'TEAM' WHERE id IN ({})", several("MENTOR")),
            "UPDATE pair_part SET role = 'MEMBER' WHERE side = 'MENTOR' \
             AND pair_id IN (SELECT id FROM mentoring_pair WHERE form = 'TEAM')"
                .to_owned(),
        ] {
            manager.get_connection().execute_unprepared(&told).await?;
        }
        course(manager).await?;
        limits(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["kin_declaration", "pair_capacity", "pair_evaluation", "pair_step"]).await?;
        for column in ["left_on", "joined_on", "role"] {
            drop_column(manager, "pair_part", column).await?;
        }
        manager.drop_index(Index::drop().name("ix_mentoring_pair_successor").to_owned()).await?;
        drop_reference(manager, "mentoring_pair", "successor_id", "mentoring_pair").await?;
        for column in ["term_ends_on", "reason_code", "plan_measures", "plan_goal", "form"] {
            drop_column(manager, "mentoring_pair", column).await?;
        }
        Ok(())
    }
}

/// What happens to a pair, and what is said of it.
async fn course(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "pair_step")
        .key()
        .refer("pair_id", "mentoring_pair")
        .kind("kind", &STEPS)
        .kind("state", &STATES)
        .refer_maybe("cadre_id", "cadre")
        .text_maybe("reason", 500)
        .text_maybe("reason_code", 32)
        .day("decided_on")
        .refer_maybe("decided_by", "account")
        .moment("recorded_at")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_pair_step_pair", "pair_step", &["pair_id", "id"]).await?;
    Columns::of(manager, "pair_evaluation")
        .key()
        .refer("pair_id", "mentoring_pair")
        .kind("side", &["MENTOR", "MENTEE", "ORGANIZATION"])
        .refer_maybe("cadre_id", "cadre")
        .text("grade", 32)
        .text("summary", 500)
        .day("evaluated_on")
        .refer_maybe("evaluated_by", "account")
        .moment("recorded_at")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_pair_evaluation_pair", "pair_evaluation", &["pair_id", "id"]).await
}

/// What forbids or limits pairs.
async fn limits(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "pair_capacity")
        .key()
        .refer("organization_id", "organization")
        .number_maybe("mentees_per_mentor")
        .number_maybe("mentors_per_mentee")
        .day("valid_from")
        .day_maybe("valid_to")
        .refer_maybe("set_by", "account")
        .moment("recorded_at")
        .version()
        .create()
        .await?;
    index(manager, true, "uq_pair_capacity_from", "pair_capacity", &["organization_id", "valid_from"]).await?;
    Columns::of(manager, "kin_declaration")
        .key()
        .text("match_key", 64)
        .bytes("kinship")
        .text("key_id", 16)
        .refer_maybe("declared_by", "account")
        .day("declared_on")
        .day_maybe("ended_on")
        .version()
        .create()
        .await?;
    index(manager, true, "uq_kin_declaration_match", "kin_declaration", &["match_key"]).await?;
    index(manager, false, "ix_kin_declaration_key", "kin_declaration", &["key_id", "id"]).await
}
