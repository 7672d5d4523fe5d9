//! Sealed values of a person: how they are checked, sealed, and found to be the same.

use chrono::NaiveDate;
use entity::{
    cadre_sealed,
    id::{CadreId, SealedId},
    kind::SealedField,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    cadre::rules,
    db::{gate::Alias, writer::Writer},
    error::{Error, Result},
    identity_number,
};

/// Seals a value; says whether it is another one than before.
pub(super) async fn seal(
    tx: &mut Writer<'_>,
    cadre: CadreId,
    field: SealedField,
    value: Option<String>,
) -> Result<bool> {
    let Some(value) = value else { return Ok(false) };
    let value = match field {
        SealedField::IdentityNumber => checked_number(&value, tx.today())?,
        SealedField::Phone => rules::phone(&value)?,
        SealedField::ImportedRow => return Err(Error::broken("a row of a file is sealed with its import")),
    };
    let at = Alias::own::<cadre_sealed::Entity>();
    let held = tx
        .reader()
        .find::<cadre_sealed::Entity>()
        .filter(at.col(cadre_sealed::Column::CadreId).eq(cadre))
        .filter(at.col(cadre_sealed::Column::Field).eq(field))
        .one()
        .await?;
    match held {
        Some(held) if tx.seals(&held, &value)? => return Ok(false),
        Some(held) => {
            let row = sealed_row(tx, cadre, field, &value)?;
            let after = cadre_sealed::Model { id: held.id, version: held.version, ..row };
            tx.update::<cadre_sealed::Entity>(&held, after).await?;
        }
        None => {
            let row = sealed_row(tx, cadre, field, &value)?;
            tx.insert::<cadre_sealed::Entity>(row).await?;
        }
    }
    Ok(true)
}

pub(super) fn checked_number(text: &str, today: NaiveDate) -> Result<String> {
    let number = identity_number::parse(text, today);
    number
        .map(|it| it.text().to_owned())
        .map_err(|(why, remedy)| Error::invalid("identityNumber", format!("{why}. {remedy}")))
}

/// A sealed value; an identity number also gets the key that it is matched by.
///
/// # Errors
/// `Internal` when sealing fails.
pub fn sealed_row(tx: &Writer<'_>, cadre_id: CadreId, field: SealedField, value: &str) -> Result<cadre_sealed::Model> {
    let (ciphertext, key_id) = tx.seal(cadre_id, field, value)?;
    let match_key = (field == SealedField::IdentityNumber).then(|| tx.match_key(field, value));
    Ok(cadre_sealed::Model { id: SealedId::fresh(), cadre_id, field, ciphertext, key_id, match_key, version: 1 })
}
