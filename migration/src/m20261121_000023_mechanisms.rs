//! What mechanisms need beside policies: facts that they declare, waivers, due items, talks; and which policy a pool and a pair
//! are kept by.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::{
    alter::{add_reference, add_text, allow, drop_column, drop_reference},
    columns::{Columns, drop_all, index},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const STEPS: [&str; 8] =
    ["PROPOSED", "ACTIVATED", "SUSPENDED", "RESUMED", "COMPLETED", "ENDED", "REPLACED", "PART_LEFT"];
const STEPS_NOW: [&str; 9] =
    ["PROPOSED", "ACTIVATED", "SUSPENDED", "RESUMED", "COMPLETED", "ENDED", "REPLACED", "PART_LEFT", "PART_JOINED"];
const SUBJECTS: [&str; 8] = ["MEMBERSHIP", "POOL", "PAIR", "CADRE", "ORGANIZATION", "FACT", "TALK", "ISSUE"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        facts(manager).await?;
        duties(manager).await?;
        talks(manager).await?;
        add_text(manager, "reserve_pool", "policy_code", 60).await?;
        add_reference(manager, "pool_membership", "edition_id", "policy_edition").await?;
        add_reference(manager, "mentoring_pair", "edition_id", "policy_edition").await?;
        add_text(manager, "mentoring_pair", "plan_items", 20_000).await?;
        add_text(manager, "pair_step", "findings", 20_000).await?;
        add_text(manager, "membership_step", "findings", 20_000).await?;
        allow(manager, "pair_step", "kind", &STEPS, &STEPS_NOW).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let joined = "DELETE FROM pair_step WHERE kind = 'PART_JOINED'";
        manager.get_connection().execute_unprepared(joined).await?;
        allow(manager, "pair_step", "kind", &STEPS_NOW, &STEPS).await?;
        drop_column(manager, "membership_step", "findings").await?;
        drop_column(manager, "pair_step", "findings").await?;
        drop_column(manager, "mentoring_pair", "plan_items").await?;
        drop_reference(manager, "mentoring_pair", "edition_id", "policy_edition").await?;
        drop_reference(manager, "pool_membership", "edition_id", "policy_edition").await?;
        drop_column(manager, "reserve_pool", "policy_code").await?;
        drop_all(manager, &["talk_issue", "talk", "duty_entry", "criterion_waiver", "declared_fact"]).await
    }
}

async fn facts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "declared_fact")
        .key()
        .refer("edition_id", "policy_edition")
        .text("code", 60)
        .refer("organization_id", "organization")
        .refer_maybe("cadre_id", "cadre")
        .flag("holds")
        .number_maybe("number")
        .day("valid_from")
        .day_maybe("valid_to")
        .text_maybe("document_number", 60)
        .text("source", 200)
        .moment("recorded_at")
        .refer_maybe("recorded_by", "account")
        .kind("state", &["RECORDED", "SUPERSEDED", "VOIDED"])
        .text_maybe("void_reason", 500)
        .version()
        .create()
        .await?;
    index(manager, false, "ix_declared_fact_cadre", "declared_fact", &["cadre_id", "code", "valid_from"]).await?;
    index(manager, false, "ix_declared_fact_organization", "declared_fact", &["organization_id", "code", "valid_from"])
        .await?;
    Columns::of(manager, "criterion_waiver")
        .key()
        .refer("edition_id", "policy_edition")
        .text("criterion", 60)
        .refer("cadre_id", "cadre")
        .text("reason", 500)
        .refer_maybe("waived_by", "account")
        .day("waived_on")
        .day_maybe("valid_to")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_criterion_waiver_cadre", "criterion_waiver", &["cadre_id", "edition_id"]).await
}

async fn duties(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "duty_entry")
        .key()
        .refer("edition_id", "policy_edition")
        .text("code", 60)
        .refer("organization_id", "organization")
        .kind("subject_kind", &SUBJECTS)
        .uuid("subject_id")
        .refer_maybe("cadre_id", "cadre")
        .day("due_on")
        .kind("state", &["SUBMITTED", "ACCEPTED", "RETURNED", "EXCUSED"])
        .text_maybe("content", 2000)
        .text_maybe("document_number", 60)
        .refer_maybe("done_by", "account")
        .day("done_on")
        .refer_maybe("decided_by", "account")
        .text_maybe("reason", 500)
        .version()
        .create()
        .await?;
    index(manager, true, "uq_duty_entry_item", "duty_entry", &["subject_id", "code", "due_on"]).await?;
    index(manager, false, "ix_duty_entry_cadre", "duty_entry", &["cadre_id", "due_on"]).await?;
    index(manager, false, "ix_duty_entry_organization", "duty_entry", &["organization_id", "due_on"]).await
}

async fn talks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "talk")
        .key()
        .refer("edition_id", "policy_edition")
        .refer("organization_id", "organization")
        .refer_maybe("cadre_id", "cadre")
        .refer_maybe("unit_id", "organization")
        .text("kind", 60)
        .text_maybe("trigger", 60)
        .text("conductor", 60)
        .text_maybe("topic", 60)
        .kind("state", &["REQUESTED", "FIXED", "HELD", "FOLLOWED_UP"])
        .day("requested_on")
        .day_maybe("answer_by")
        .day_maybe("fixed_for")
        .day_maybe("held_on")
        .day_maybe("follow_up_on")
        .refer_maybe("requested_by", "account")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_talk_cadre", "talk", &["cadre_id", "held_on"]).await?;
    index(manager, false, "ix_talk_organization", "talk", &["organization_id", "state", "held_on"]).await?;
    Columns::of(manager, "talk_issue")
        .key()
        .refer("talk_id", "talk")
        .text("topic", 60)
        .kind("state", &["OPEN", "SOLVED", "EXPLAINED", "DECLINED"])
        .day("raised_on")
        .day_maybe("closed_on")
        .text_maybe("document_number", 60)
        .version()
        .create()
        .await?;
    index(manager, false, "ix_talk_issue_talk", "talk_issue", &["talk_id"]).await
}
