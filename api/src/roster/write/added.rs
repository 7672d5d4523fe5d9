//! New persons of a roster: the rows of their records, written together.

use entity::{
    cadre, cadre_sealed,
    id::OrganizationId,
    kind::{CadreStatus, SecrecyLevel, Sex},
    level_period, post_assignment,
};

use crate::{
    cadre::write::{CreateCadre, NewCadre},
    db::writer::Writer,
    error::Result,
    roster::row::RosterRow,
};

pub(super) async fn insert(tx: &mut Writer<'_>, new: Vec<NewCadre>) -> Result<()> {
    let (mut cadres, mut posts, mut levels, mut sealed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for it in new {
        cadres.push(it.cadre);
        posts.extend(it.post);
        levels.extend(it.level);
        sealed.extend(it.sealed);
    }
    tx.insert_many::<cadre::Entity>(cadres).await?;
    tx.insert_many::<cadre_sealed::Entity>(sealed).await?;
    tx.insert_many::<post_assignment::Entity>(posts).await?;
    tx.insert_many::<level_period::Entity>(levels).await
}

pub(super) fn created(tx: &Writer<'_>, row: RosterRow, organization: OrganizationId) -> Result<NewCadre> {
    let new = CreateCadre {
        organization,
        name: row.name,
        sex: row.sex.unwrap_or(Sex::Unknown),
        birth_date: row.birth_date,
        post_title: row.post_title,
        post_start: row.post_start,
        position_level: row.position_level,
        level_start: row.level_start,
        education: row.education,
        management_authority: row.management_authority,
        status: row.status.unwrap_or(CadreStatus::InPost),
        secrecy_level: SecrecyLevel::Internal,
        identity_number: row.identity_number,
        phone: row.phone,
    };
    new.rows(tx)
}
