//! Pairs of organizations: one that helps, and one that is helped.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::{
    alter::{add_reference, allow, drop_reference},
    columns::index,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const FORMS: [&str; 5] = ["ONE_TO_ONE", "ONE_TO_MANY", "LEAD_PLUS_ASSISTANTS", "TEAM", "CONTACT_OFFICER"];
const FORMS_NOW: [&str; 6] =
    ["ONE_TO_ONE", "ONE_TO_MANY", "LEAD_PLUS_ASSISTANTS", "TEAM", "CONTACT_OFFICER", "ORGANIZATION"];
const SIDES: [(&str, &str); 2] =
    [("helping_id", "ix_mentoring_pair_helping"), ("helped_id", "ix_mentoring_pair_helped")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (side, name) in SIDES {
            add_reference(manager, "mentoring_pair", side, "organization").await?;
            index(manager, false, name, "mentoring_pair", &[side]).await?;
        }
        allow(manager, "mentoring_pair", "form", &FORMS, &FORMS_NOW).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let team = "UPDATE mentoring_pair SET form = 'TEAM' WHERE form = 'ORGANIZATION'";
        manager.get_connection().execute_unprepared(team).await?;
        allow(manager, "mentoring_pair", "form", &FORMS_NOW, &FORMS).await?;
        for (side, name) in SIDES {
            manager.drop_index(Index::drop().name(name).table("mentoring_pair").to_owned()).await?;
            drop_reference(manager, "mentoring_pair", side, "organization").await?;
        }
        Ok(())
    }
}
