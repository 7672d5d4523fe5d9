//! Appointment forms that come in through the API, as rosters do: the kind of a file and of its run, the number of the form
//! that a finding is about; and the ground that the address of a file was given on.

use sea_orm_migration::prelude::*;

use crate::alter::{add_kind, add_number, add_uuid, drop_column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const KINDS: [&str; 2] = ["ROSTER", "FORM"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_kind(manager, "upload", "kind", &KINDS, Some("ROSTER")).await?;
        add_uuid(manager, "upload", "token_id").await?;
        add_uuid(manager, "upload", "sign_in_id").await?;
        add_kind(manager, "import_run", "kind", &KINDS, Some("ROSTER")).await?;
        add_number(manager, "import_finding", "form").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "import_finding", "form").await?;
        for (table, column) in
            [("import_run", "kind"), ("upload", "sign_in_id"), ("upload", "token_id"), ("upload", "kind")]
        {
            drop_column(manager, table, column).await?;
        }
        Ok(())
    }
}
