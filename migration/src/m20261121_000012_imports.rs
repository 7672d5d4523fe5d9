//! Imports of rosters: each import, the rows of its file sealed as they stood there, and its findings.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const STATES: [&str; 8] =
    ["AWAITING_FILE", "RECEIVED", "RUNNING", "DONE", "REFUSED", "TRIED", "INTERRUPTED", "EXPIRED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let counts = ["rows_read", "added", "changed", "unchanged", "skipped", "errors", "warnings", "hints"];
        let import = Columns::of(manager, "import")
            .key()
            .refer("organization_id", "organization")
            .text("file_name", 200)
            .text_maybe("file_hash", 64)
            .kind("mode", &["ALL", "GOOD"])
            .flag("dry_run")
            .kind("state", &STATES);
        counts
            .into_iter()
            .fold(import, Columns::number)
            .moment("asked_at")
            .moment_maybe("begun_at")
            .moment_maybe("ended_at")
            .refer_maybe("begun_by", "account")
            .version()
            .create()
            .await?;
        index(manager, false, "ix_import_asked", "import", &["organization_id", "asked_at", "id"]).await?;
        index(manager, false, "ix_import_file", "import", &["file_hash", "organization_id"]).await?;
        index(manager, false, "ix_import_state", "import", &["state", "asked_at"]).await?;
        Columns::of(manager, "import_row")
            .key()
            .refer("import_id", "import")
            .number("line")
            .refer_maybe("cadre_id", "cadre")
            .bytes("cells")
            .text("key_id", 16)
            .version()
            .create()
            .await?;
        index(manager, false, "ix_import_row_import", "import_row", &["import_id", "line"]).await?;
        index(manager, false, "ix_import_row_cadre", "import_row", &["cadre_id"]).await?;
        index(manager, false, "ix_import_row_key", "import_row", &["key_id", "id"]).await?;
        Columns::of(manager, "import_finding")
            .key()
            .refer("import_id", "import")
            .number("ordinal")
            .kind("severity", &["ERROR", "WARNING", "HINT"])
            .number_maybe("line")
            .text_maybe("header", 200)
            .text("code", 40)
            .text("message", 4000)
            .text("remedy", 1000)
            .long_text_maybe("candidates")
            .version()
            .create()
            .await?;
        index(manager, false, "ix_import_finding_import", "import_finding", &["import_id", "ordinal"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["import_finding", "import_row", "import"]).await
    }
}
