//! What accounts sign in with, refresh tokens, and tokens revoked before their time.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "account_credential")
            .key()
            .refer("account_id", "account")
            .text("secret_hash", 200)
            .moment("set_at")
            .version()
            .create()
            .await?;
        index(manager, true, "uq_account_credential_account", "account_credential", &["account_id"]).await?;
        Columns::of(manager, "refresh_token")
            .key()
            .refer("account_id", "account")
            .uuid("family_id")
            .text("token_hash", 64)
            .moment("issued_at")
            .moment("expires_at")
            .moment_maybe("used_at")
            .version()
            .create()
            .await?;
        index(manager, true, "uq_refresh_token_hash", "refresh_token", &["token_hash"]).await?;
        index(manager, false, "ix_refresh_token_family", "refresh_token", &["family_id"]).await?;
        Columns::of(manager, "revoked_token")
            .key()
            .refer("account_id", "account")
            .uuid("token_id")
            .moment("expires_at")
            .version()
            .create()
            .await?;
        index(manager, false, "ix_revoked_token_account", "revoked_token", &["account_id", "expires_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["revoked_token", "refresh_token", "account_credential"]).await
    }
}
