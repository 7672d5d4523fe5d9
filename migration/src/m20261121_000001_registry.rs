//! Organizations with their closure, accounts with grants, cadres with dated posts and levels, sealed values.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

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

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        organizations(manager).await?;
        cadres(manager).await?;
        careers(manager).await?;
        accounts(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "account_grant",
            "account",
            "level_period",
            "post_assignment",
            "cadre_sealed",
            "cadre",
            "organization_closure",
            "organization",
        ];
        drop_all(manager, &tables).await
    }
}

async fn organizations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let kinds = ["PROVINCE", "PREFECTURE", "COUNTY", "TOWNSHIP", "DEPARTMENT", "INTERNAL_UNIT"];
    Columns::of(manager, "organization")
        .key()
        .refer_maybe("parent_id", "organization")
        .text("code", 32)
        .text("name", 120)
        .text("name_sort", 400)
        .kind("kind", &kinds)
        .kind_maybe("level", &LEVELS)
        .text_maybe("division_code", 6)
        .version()
        .create()
        .await?;
    index(manager, true, "uq_organization_code", "organization", &["code"]).await?;
    index(manager, false, "ix_organization_parent", "organization", &["parent_id"]).await?;
    index(manager, false, "ix_organization_name", "organization", &["name_sort", "id"]).await?;
    Columns::of(manager, "organization_closure")
        .refer("ancestor_id", "organization")
        .refer("descendant_id", "organization")
        .number("depth")
        .keyed_by(&["ancestor_id", "descendant_id"])
        .create()
        .await?;
    index(manager, false, "ix_organization_closure_descendant", "organization_closure", &["descendant_id"]).await
}

async fn cadres(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let educations =
        ["POSTGRADUATE", "BACHELOR", "JUNIOR_COLLEGE", "SECONDARY_VOCATIONAL", "SENIOR_HIGH", "JUNIOR_HIGH"];
    Columns::of(manager, "cadre")
        .key()
        .refer("organization_id", "organization")
        .text("name", 60)
        .text("name_sort", 400)
        .kind("sex", &["MALE", "FEMALE", "UNKNOWN"])
        .partial_date_maybe("birth_date")
        .text_maybe("post_title", 400)
        .kind_maybe("position_level", &LEVELS)
        .kind_maybe("education", &educations)
        .kind_maybe("management_authority", &["CENTRAL", "PROVINCIAL", "MUNICIPAL", "COUNTY"])
        .kind("status", &["IN_POST", "RETIRED", "TRANSFERRED_OUT", "DECEASED", "OTHER"])
        .moment("recorded_at")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_cadre_organization", "cadre", &["organization_id", "name_sort", "id"]).await?;
    index(manager, false, "ix_cadre_name", "cadre", &["name_sort", "id"]).await?;
    index(manager, false, "ix_cadre_level", "cadre", &["position_level", "organization_id"]).await?;
    index(manager, false, "ix_cadre_birth", "cadre", &["birth_date"]).await?;
    Columns::of(manager, "cadre_sealed")
        .key()
        .refer("cadre_id", "cadre")
        .kind("field", &["IDENTITY_NUMBER", "PHONE"])
        .bytes("ciphertext")
        .text_maybe("match_key", 64)
        .version()
        .create()
        .await?;
    index(manager, true, "uq_cadre_sealed_field", "cadre_sealed", &["cadre_id", "field"]).await?;
    index(manager, true, "uq_cadre_sealed_match", "cadre_sealed", &["field", "match_key"]).await
}

async fn careers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "post_assignment")
        .key()
        .refer("cadre_id", "cadre")
        .text("title", 400)
        .partial_date_maybe("valid_from")
        .partial_date_maybe("valid_to")
        .flag("is_primary")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_post_assignment_cadre", "post_assignment", &["cadre_id", "valid_from"]).await?;
    Columns::of(manager, "level_period")
        .key()
        .refer("cadre_id", "cadre")
        .kind("level", &LEVELS)
        .partial_date_maybe("valid_from")
        .partial_date_maybe("valid_to")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_level_period_cadre", "level_period", &["cadre_id", "valid_from"]).await
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let roles = [
        "ORGANIZATION_OFFICER",
        "ORGANIZATION_LEADER",
        "UNIT_OFFICER",
        "MENTOR",
        "CADRE",
        "SUMMARY_READER",
        "SYSTEM_ADMIN",
        "SECURITY_ADMIN",
        "AUDIT_ADMIN",
    ];
    Columns::of(manager, "account")
        .key()
        .text("login", 60)
        .text("name", 60)
        .refer_maybe("cadre_id", "cadre")
        .kind("state", &["ACTIVE", "CLOSED"])
        .number("token_version")
        .version()
        .create()
        .await?;
    index(manager, true, "uq_account_login", "account", &["login"]).await?;
    index(manager, false, "ix_account_cadre", "account", &["cadre_id"]).await?;
    Columns::of(manager, "account_grant")
        .key()
        .refer("account_id", "account")
        .kind("role", &roles)
        .refer("organization_id", "organization")
        .moment("valid_from")
        .moment_maybe("valid_to")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_account_grant_account", "account_grant", &["account_id"]).await
}
