//! Second factors: who has one, which sessions began with one, and which accounts are programs that have none.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
    sea_query::Check,
};

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "account_factor")
            .key()
            .refer("account_id", "account")
            .bytes("secret")
            .text("key_id", 16)
            .number("last_step")
            .moment("set_at")
            .version()
            .create()
            .await?;
        index(manager, true, "uq_account_factor_account", "account_factor", &["account_id"]).await?;
        index(manager, false, "ix_account_factor_key", "account_factor", &["key_id", "id"]).await?;
        let kind = Expr::col("kind").is_in(["PERSON", "MACHINE"]);
        let mut column = ColumnDef::new("kind");
        column.string_len(32);
        if manager.get_database_backend() == DbBackend::Postgres {
            column.extra("COLLATE \"C\"");
        }
        column.not_null().default("PERSON").check(Check::named("ck_account_kind", kind));
        add(manager, "account", column).await?;
        add(manager, "refresh_token", ColumnDef::new("second_factor").boolean().not_null().default(false).to_owned())
            .await?;
        let mut began = ColumnDef::new("began_at");
        began.timestamp_with_time_zone().not_null().default("1970-01-01 00:00:00+00:00");
        add(manager, "refresh_token", began).await?;
        // A session from before this step counts from its oldest token that is still there.
        let begin = "UPDATE refresh_token SET began_at = (SELECT min(o.issued_at) FROM refresh_token o \
                     WHERE o.family_id = refresh_token.family_id)";
        manager.get_connection().execute_unprepared(begin).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("refresh_token", "began_at"), ("refresh_token", "second_factor"), ("account", "kind")]
        {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        drop_all(manager, &["account_factor"]).await
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
