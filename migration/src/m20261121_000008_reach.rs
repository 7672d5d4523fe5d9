//! How far a grant reaches besides its subtree (managing tier, secrecy ceiling), where an account belongs, how secret a
//! record is; requests for correction; one's own copy as a purpose.

use sea_orm_migration::prelude::*;

use crate::{
    alter::{add_kind, add_reference, allow, drop_column, drop_reference},
    columns::{Columns, drop_all, index},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TIERS: [&str; 4] = ["CENTRAL", "PROVINCIAL", "MUNICIPAL", "COUNTY"];
const SECRECY: [&str; 5] = ["PUBLIC", "INTERNAL", "CONFIDENTIAL", "SECRET", "TOP_SECRET"];
const PURPOSES: [&str; 7] =
    ["APPOINTMENT", "POOL_REVIEW", "INSPECTION", "FILE_REVIEW", "STATISTICS_CHECK", "CORRECTION", "SUPERVISION"];
const PURPOSES_NOW: [&str; 8] = [
    "APPOINTMENT",
    "POOL_REVIEW",
    "INSPECTION",
    "FILE_REVIEW",
    "STATISTICS_CHECK",
    "CORRECTION",
    "SUPERVISION",
    "OWN_COPY",
];
const FIELDS: [&str; 10] =
    ["NAME", "SEX", "BIRTH_DATE", "IDENTITY_NUMBER", "PHONE", "POST", "POSITION_LEVEL", "EDUCATION", "STATUS", "OTHER"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_kind(manager, "account_grant", "managing_tier", &TIERS, None).await?;
        add_kind(manager, "account_grant", "secrecy_ceiling", &SECRECY, Some("INTERNAL")).await?;
        add_kind(manager, "cadre", "secrecy_level", &SECRECY, Some("INTERNAL")).await?;
        // Rows above a ceiling are few; they are found by this index when others leave them out.
        index(manager, false, "ix_cadre_secrecy", "cadre", &["secrecy_level"]).await?;
        add_reference(manager, "account", "organization_id", "organization").await?;
        index(manager, false, "ix_account_organization", "account", &["organization_id"]).await?;
        allow(manager, "access_log", "purpose", &PURPOSES, &PURPOSES_NOW).await?;
        Columns::of(manager, "correction_request")
            .key()
            .refer("cadre_id", "cadre")
            .refer("account_id", "account")
            .kind("field", &FIELDS)
            .text_maybe("proposed", 400)
            .text("reason", 400)
            .kind("state", &["REQUESTED", "ACCEPTED", "REFUSED", "WITHDRAWN"])
            .moment("requested_at")
            .refer_maybe("decided_by", "account")
            .moment_maybe("decided_at")
            .text_maybe("answer", 400)
            .version()
            .create()
            .await?;
        index(manager, false, "ix_correction_request_cadre", "correction_request", &["cadre_id", "id"]).await?;
        index(manager, false, "ix_correction_request_state", "correction_request", &["state", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["correction_request"]).await?;
        allow(manager, "access_log", "purpose", &PURPOSES_NOW, &PURPOSES).await?;
        for name in ["ix_account_organization", "ix_cadre_secrecy"] {
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        drop_reference(manager, "account", "organization_id", "organization").await?;
        drop_column(manager, "cadre", "secrecy_level").await?;
        drop_column(manager, "account_grant", "secrecy_ceiling").await?;
        drop_column(manager, "account_grant", "managing_tier").await
    }
}
