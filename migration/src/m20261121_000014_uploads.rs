//! Files that come in through the API, sealed in parts, and the runs that import them with what they found.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const STATES: [&str; 5] = ["WAITING", "RUNNING", "DONE", "FAILED", "INTERRUPTED"];
const FAILURES: [&str; 5] = ["FILE", "RIGHTS", "THROTTLED", "BUSY", "INTERNAL"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "upload")
            .key()
            .refer("organization_id", "organization")
            .refer("account_id", "account")
            .text("file_name", 200)
            .number("size")
            .text_maybe("sha256", 64)
            .moment("expires_at")
            .moment_maybe("received_at")
            .moment("kept_until")
            .version()
            .create()
            .await?;
        index(manager, false, "ix_upload_kept", "upload", &["kept_until"]).await?;
        index(manager, false, "ix_upload_account", "upload", &["account_id"]).await?;
        index(manager, false, "ix_upload_organization", "upload", &["organization_id"]).await?;
        Columns::of(manager, "upload_part")
            .key()
            .refer("upload_id", "upload")
            .number("place")
            .bytes("content")
            .text("key_id", 16)
            .version()
            .create()
            .await?;
        index(manager, false, "ix_upload_part_upload", "upload_part", &["upload_id", "place"]).await?;
        index(manager, false, "ix_upload_part_key", "upload_part", &["key_id", "id"]).await?;
        runs(manager).await?;
        findings(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["import_finding", "import_run", "upload_part", "upload"]).await
    }
}

async fn runs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let counts = ["rows_read", "rows_total", "added", "changed", "unchanged", "skipped", "errors", "warnings", "hints"];
    let run = Columns::of(manager, "import_run")
        .key()
        .refer("organization_id", "organization")
        .refer("account_id", "account")
        .uuid("upload_id")
        .refer_maybe("import_id", "import")
        .text("file_name", 200)
        .text("file_hash", 64)
        .kind("mode", &["ALL", "GOOD"])
        .flag("dry_run")
        .kind("state", &STATES)
        .kind_maybe("failure", &FAILURES);
    counts
        .into_iter()
        .fold(run, Columns::number)
        .uuid("process")
        .moment("beaten_at")
        .moment("requested_at")
        .moment_maybe("ended_at")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_import_run_organization", "import_run", &["organization_id", "id"]).await?;
    index(manager, false, "ix_import_run_account", "import_run", &["account_id"]).await?;
    index(manager, false, "ix_import_run_import", "import_run", &["import_id"]).await?;
    index(manager, false, "ix_import_run_state", "import_run", &["state"]).await
}

async fn findings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Columns::of(manager, "import_finding")
        .key()
        .refer("run_id", "import_run")
        .text("severity", 16)
        .text("code", 64)
        .number_maybe("line")
        .text_maybe("header", 200)
        .text("message", 2000)
        .text("remedy", 400)
        .long_text_maybe("candidates")
        .version()
        .create()
        .await?;
    index(manager, false, "ix_import_finding_run", "import_finding", &["run_id", "id"]).await
}
