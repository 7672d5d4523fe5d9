//! Finding a person by the identity number. It changes no row, and is a command all the same: each try, in vain or not,
//! stands in the audit trail before it is answered, and nothing remembers it.

use entity::{
    cadre_sealed,
    id::{CadreId, Key},
    kind::SealedField,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
    identity_number,
};

/// Finds the person of a number within the scope. Fails with INVALID, or as absent.
#[derive(Serialize)]
pub struct FindByNumber {
    /// The number, as it was written.
    pub number: String,
    /// What for, in words.
    pub reason: String,
}

impl Command for FindByNumber {
    const ACTION: Action = Action::IdentityLookUp;
    type Outcome = CadreId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CadreId> {
        if !(1..=200).contains(&self.reason.trim().chars().count()) {
            return Err(Error::invalid("reason", "must be 1 to 200 characters: say what for"));
        }
        let number = identity_number::parse(&self.number, tx.today());
        let number = number.map_err(|(why, remedy)| Error::invalid("number", format!("{why}. {remedy}")))?;
        let key = tx.match_key(SealedField::IdentityNumber, number.text());
        let (at, reader) = (Alias::own::<cadre_sealed::Entity>(), tx.reader());
        let found = reader
            .find::<cadre_sealed::Entity>()
            .filter(at.col(cadre_sealed::Column::Field).eq(SealedField::IdentityNumber))
            .filter(at.col(cadre_sealed::Column::MatchKey).eq(key))
            .one()
            .await?;
        found.map(|it| it.cadre_id).ok_or(Error::NotFound(CadreId::NOUN))
    }
}
