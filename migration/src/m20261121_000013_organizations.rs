//! Organizations in full: credit code, affiliation, state, successor; what happened to them; their posts.

use sea_orm_migration::prelude::*;

use crate::{
    alter::{add_day, add_kind, add_reference, add_text, drop_column, drop_reference},
    columns::{Columns, drop_all, index},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const AFFILIATIONS: [&str; 7] =
    ["CENTRAL", "PROVINCE", "SUB_PROVINCIAL_CITY", "PREFECTURE", "DISTRICT", "COUNTY", "TOWNSHIP"];
const STATES: [&str; 3] = ["ACTIVE", "MERGED", "CLOSED"];
const EVENTS: [&str; 6] = ["CREATED", "RENAMED", "MOVED", "MERGED_INTO", "SPLIT_FROM", "CLOSED"];
const ROLES: [&str; 3] = ["PRINCIPAL", "DEPUTY", "OTHER"];
const LEVELS: [&str; 12] = [
    "NATIONAL_PRINCIPAL",
    "NATIONAL_DEPUTY",
    "PROVINCIAL_PRINCIPAL",
    "PROVINCIAL_DEPUTY",
    "BUREAU_PRINCIPAL",
    "BUREAU_DEPUTY",
    "COUNTY_PRINCIPAL",
    "COUNTY_DEPUTY",
    "TOWNSHIP_PRINCIPAL",
    "TOWNSHIP_DEPUTY",
    "SECTION_MEMBER",
    "CLERK",
];
const REFERENCES: [&str; 3] = ["managing_organization_id", "successor_id", "split_from_id"];
const INDEXES: [(bool, &str, &str, &str); 4] = [
    (true, "uq_organization_credit", "organization", "unified_social_credit_code"),
    (false, "ix_organization_managing", "organization", "managing_organization_id"),
    (false, "ix_organization_successor", "organization", "successor_id"),
    (false, "ix_post_assignment_post", "post_assignment", "post_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_text(manager, "organization", "unified_social_credit_code", 18).await?;
        add_kind(manager, "organization", "affiliation", &AFFILIATIONS, None).await?;
        add_kind(manager, "organization", "state", &STATES, Some("ACTIVE")).await?;
        add_day(manager, "organization", "valid_from").await?;
        add_day(manager, "organization", "valid_to").await?;
        for column in REFERENCES {
            add_reference(manager, "organization", column, "organization").await?;
        }
        events(manager).await?;
        Columns::of(manager, "post")
            .key()
            .refer("organization_id", "organization")
            .text("code", 32)
            .text("title", 120)
            .kind("role", &ROLES)
            .kind_maybe("level", &LEVELS)
            .number("approved_headcount")
            .day("valid_from")
            .day_maybe("valid_to")
            .version()
            .create()
            .await?;
        index(manager, true, "uq_post_code", "post", &["organization_id", "code"]).await?;
        add_reference(manager, "post_assignment", "post_id", "post").await?;
        for (unique, name, table, column) in INDEXES {
            index(manager, unique, name, table, &[column]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (_, name, table, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        drop_reference(manager, "post_assignment", "post_id", "post").await?;
        drop_all(manager, &["post", "organization_event"]).await?;
        for column in REFERENCES {
            drop_reference(manager, "organization", column, "organization").await?;
        }
        for column in ["valid_to", "valid_from", "state", "affiliation", "unified_social_credit_code"] {
            drop_column(manager, "organization", column).await?;
        }
        Ok(())
    }
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "organization_event")
        .key()
        .refer("organization_id", "organization")
        .kind("kind", &EVENTS)
        .text_maybe("name_before", 120)
        .text_maybe("name_after", 120)
        .refer_maybe("parent_before", "organization")
        .refer_maybe("parent_after", "organization")
        .refer_maybe("other_id", "organization")
        .day("effective_on")
        .text_maybe("document_number", 60)
        .text_maybe("reason", 500)
        .refer_maybe("decided_by", "account")
        .moment("recorded_at")
        .version()
        .create()
        .await?;
    let columns = ["organization_id", "effective_on"];
    index(manager, false, "ix_organization_event_organization", "organization_event", &columns).await
}
