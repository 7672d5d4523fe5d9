//! Declared kin: entered by officers, read by nobody. An answer is the same whether there was a declaration or none.

use entity::{
    cadre,
    id::{CadreId, KinDeclarationId},
    kin_declaration,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
};

/// Declares that two persons are kin. Fails with INVALID or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Serialize)]
pub struct DeclareKin {
    /// One.
    pub one: CadreId,
    /// The other.
    pub other: CadreId,
    /// How.
    pub kinship: String,
}

impl Command for DeclareKin {
    const ACTION: Action = Action::KinDeclare;
    type Outcome = KinDeclarationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<KinDeclarationId> {
        let kinship = self.kinship.trim();
        if !(1..=60).contains(&kinship.chars().count()) {
            return Err(Error::invalid("kinship", "must be 1 to 60 characters"));
        }
        let key = two(tx, self.one, self.other).await?;
        let (kinship, key_id) = tx.seal_kinship(&key, kinship)?;
        let (declared_by, declared_on) = (tx.account(), tx.today());
        if let Some(before) = declared(tx, &key).await? {
            let (id, ended_on) = (before.id, None);
            let after =
                kin_declaration::Model { kinship, key_id, declared_by, declared_on, ended_on, ..before.clone() };
            tx.update::<kin_declaration::Entity>(&before, after).await?;
            return Ok(id);
        }
        let id = KinDeclarationId::fresh();
        let row = kin_declaration::Model {
            id,
            match_key: key,
            kinship,
            key_id,
            declared_by,
            declared_on,
            ended_on: None,
            version: 1,
        };
        tx.insert::<kin_declaration::Entity>(row).await
    }
}

/// Says that two persons are kin no more, or never were. Fails with INVALID or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Serialize)]
pub struct EndKin {
    /// One.
    pub one: CadreId,
    /// The other.
    pub other: CadreId,
}

impl Command for EndKin {
    const ACTION: Action = Action::KinEnd;
    type Outcome = KinDeclarationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<KinDeclarationId> {
        let key = two(tx, self.one, self.other).await?;
        match declared(tx, &key).await? {
            Some(before) if before.ended_on.is_none() => {
                let after = kin_declaration::Model { ended_on: Some(tx.today()), ..before.clone() };
                tx.update::<kin_declaration::Entity>(&before, after).await?;
                Ok(before.id)
            }
            // Nothing was declared: the answer must not tell so.
            _ => Ok(KinDeclarationId::fresh()),
        }
    }
}

/// The key of two persons whom the officer may see.
async fn two(tx: &Writer<'_>, one: CadreId, other: CadreId) -> Result<String> {
    if one == other {
        return Err(Error::invalid("otherCadreId", "names the same person twice"));
    }
    tx.get::<cadre::Entity>(one).await?;
    tx.get::<cadre::Entity>(other).await?;
    // Two officers who declare the same at once take turns.
    tx.hold(&[one, other]).await?;
    Ok(tx.kin_key(one, other))
}

async fn declared(tx: &Writer<'_>, key: &str) -> Result<Option<kin_declaration::Model>> {
    let at = Alias::own::<kin_declaration::Entity>().col(kin_declaration::Column::MatchKey);
    tx.reader().find::<kin_declaration::Entity>().filter(at.eq(key)).one().await
}
