//! Pools in full: kinds, targets, tracks, categories, maturity; the steps of a membership, which are its in/out log.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::{
    alter::{add_kind, add_number, add_reference, add_text, allow, drop_column, drop_reference},
    columns::{Columns, drop_all, index},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const KINDS: [&str; 3] = ["RESERVE", "PROMISING_YOUNG", "THEMATIC"];
const SOURCES: [&str; 4] = ["PARTY_COMMITTEE", "ORGANIZATION_DEPARTMENT", "OWN_UNIT", "GRASSROOTS_PARTY"];
const STATES: [&str; 4] = ["PROPOSED", "CONFIRMED", "EXITED", "DEPLOYED"];
const STATES_NOW: [&str; 5] = ["PROPOSED", "CONFIRMED", "WARNED", "EXITED", "DEPLOYED"];
const STEPS: [&str; 7] = ["PROPOSED", "CONFIRMED", "WARNED", "WARNING_LIFTED", "MOVED", "EXITED", "DEPLOYED"];
const DIVISIONS: [&str; 3] = ["track_id", "category_id", "maturity_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_kind(manager, "reserve_pool", "kind", &KINDS, Some("RESERVE")).await?;
        add_number(manager, "reserve_pool", "target_size").await?;
        Columns::of(manager, "pool_division")
            .key()
            .refer("pool_id", "reserve_pool")
            .kind("axis", &["TRACK", "CATEGORY", "MATURITY"])
            .text("code", 32)
            .text("name", 120)
            .number_maybe("target_count")
            .number("ordinal")
            .version()
            .create()
            .await?;
        index(manager, true, "uq_pool_division_code", "pool_division", &["pool_id", "axis", "code"]).await?;
        for division in DIVISIONS {
            add_reference(manager, "pool_membership", division, "pool_division").await?;
        }
        add_kind(manager, "pool_membership", "source", &SOURCES, None).await?;
        add_text(manager, "pool_membership", "entry_route", 32).await?;
        allow(manager, "pool_membership", "state", &STATES, &STATES_NOW).await?;
        open_once(manager, "'PROPOSED', 'CONFIRMED', 'WARNED'").await?;
        Columns::of(manager, "membership_step")
            .key()
            .refer("membership_id", "pool_membership")
            .kind("kind", &STEPS)
            .kind("state", &STATES_NOW)
            .refer("tier_id", "pool_tier")
            .text_maybe("reason", 500)
            .text_maybe("reason_code", 32)
            .text_maybe("document_number", 60)
            .day("decided_on")
            .refer_maybe("decided_by", "account")
            .moment("recorded_at")
            .version()
            .create()
            .await?;
        index(manager, false, "ix_membership_step_membership", "membership_step", &["membership_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["membership_step"]).await?;
        let warned = "UPDATE pool_membership SET state = 'CONFIRMED' WHERE state = 'WARNED'";
        manager.get_connection().execute_unprepared(warned).await?;
        open_once(manager, "'PROPOSED', 'CONFIRMED'").await?;
        allow(manager, "pool_membership", "state", &STATES_NOW, &STATES).await?;
        for column in ["entry_route", "source"] {
            drop_column(manager, "pool_membership", column).await?;
        }
        for division in DIVISIONS.into_iter().rev() {
            drop_reference(manager, "pool_membership", division, "pool_division").await?;
        }
        drop_all(manager, &["pool_division"]).await?;
        for column in ["target_size", "kind"] {
            drop_column(manager, "reserve_pool", column).await?;
        }
        Ok(())
    }
}

/// One open membership a person and pool; which states are open is said anew.
async fn open_once(manager: &SchemaManager<'_>, states: &str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name("uq_pool_membership_open").to_owned()).await?;
    let open = format!(
        "CREATE UNIQUE INDEX uq_pool_membership_open ON pool_membership (pool_id, cadre_id) WHERE state IN ({states})"
    );
    manager.get_connection().execute_unprepared(&open).await.map(|_| ())
}
