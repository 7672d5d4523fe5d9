//! Reserve pools with tiers and memberships; mentoring pairs with parts and contacts.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        pools(manager).await?;
        memberships(manager).await?;
        pairs(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["pair_contact", "pair_part", "mentoring_pair", "pool_membership", "pool_tier", "reserve_pool"];
        drop_all(manager, &tables).await
    }
}

async fn pools(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "reserve_pool")
        .key()
        .refer("organization_id", "organization")
        .text("code", 32)
        .text("name", 120)
        .text("name_sort", 400)
        .kind("disclosure", &["CONFIDENTIAL", "UNIT", "PERSON"])
        .version()
        .create()
        .await?;
    index(manager, true, "uq_reserve_pool_code", "reserve_pool", &["organization_id", "code"]).await?;
    index(manager, false, "ix_reserve_pool_name", "reserve_pool", &["name_sort", "id"]).await?;
    Columns::of(manager, "pool_tier")
        .key()
        .refer("pool_id", "reserve_pool")
        .text("code", 32)
        .text("name", 120)
        .number("target_count")
        .number("ordinal")
        .version()
        .create()
        .await?;
    index(manager, true, "uq_pool_tier_code", "pool_tier", &["pool_id", "code"]).await
}

async fn memberships(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "pool_membership")
        .key()
        .refer("pool_id", "reserve_pool")
        .refer("tier_id", "pool_tier")
        .refer("cadre_id", "cadre")
        .kind("state", &["PROPOSED", "CONFIRMED", "EXITED", "DEPLOYED"])
        .text("reason", 500)
        .refer_maybe("proposed_by", "account")
        .day("proposed_on")
        .refer_maybe("decided_by", "account")
        .day_maybe("decided_on")
        .version()
        .create()
        .await?;
    // One open membership a person and pool; the closed ones are history.
    let open = "CREATE UNIQUE INDEX uq_pool_membership_open ON pool_membership (pool_id, cadre_id) \
                WHERE state IN ('PROPOSED', 'CONFIRMED')";
    manager.get_connection().execute_unprepared(open).await?;
    index(manager, false, "ix_pool_membership_pool", "pool_membership", &["pool_id", "state", "id"]).await?;
    index(manager, false, "ix_pool_membership_cadre", "pool_membership", &["cadre_id"]).await
}

async fn pairs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "mentoring_pair")
        .key()
        .refer("organization_id", "organization")
        .kind("state", &["PROPOSED", "ACTIVE", "SUSPENDED", "COMPLETED", "ENDED_EARLY"])
        .day_maybe("started_on")
        .day_maybe("ended_on")
        .number("contact_every_days")
        .day_maybe("next_contact_due")
        .refer_maybe("proposed_by", "account")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_mentoring_pair_organization", "mentoring_pair", &["organization_id", "state"]).await?;
    index(manager, false, "ix_mentoring_pair_due", "mentoring_pair", &["next_contact_due", "id"]).await?;
    Columns::of(manager, "pair_part")
        .key()
        .refer("pair_id", "mentoring_pair")
        .refer("cadre_id", "cadre")
        .kind("side", &["MENTOR", "MENTEE"])
        .version()
        .create()
        .await?;
    index(manager, true, "uq_pair_part_cadre", "pair_part", &["pair_id", "cadre_id"]).await?;
    index(manager, false, "ix_pair_part_cadre", "pair_part", &["cadre_id", "side"]).await?;
    Columns::of(manager, "pair_contact")
        .key()
        .refer("pair_id", "mentoring_pair")
        .day("held_on")
        .kind("topic", &["WORK", "STUDY", "DEVELOPMENT", "OTHER"])
        .text_maybe("agreed", 500)
        .refer_maybe("recorded_by", "account")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_pair_contact_pair", "pair_contact", &["pair_id", "held_on"]).await
}
