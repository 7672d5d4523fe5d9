//! What a command may seal, and hash to find again: never what it may open. A question may hash alone.

use entity::{
    account_factor,
    cadre_sealed::Sealed,
    id::{AccountId, CadreId, ImportRowId},
};

use crate::{
    auth::factor,
    db::{session::Session, writer::Writer},
    error::Result,
};

impl Session {
    /// The keyed hash that two persons share, in whichever order they are named.
    pub fn kin_key(&self, one: CadreId, other: CadreId) -> String {
        self.door().seal.kin_key(one, other)
    }
}

impl Writer<'_> {
    /// The refresh token that follows from a text, always the same.
    pub fn refresh_token(&self, from: &str) -> String {
        self.seal.refresh_token(from)
    }

    /// The keyed hash by which a refresh token is found.
    pub fn token_hash(&self, text: &str) -> String {
        self.seal.token_hash(text)
    }

    /// Seals the secret of an account's second factor; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_factor(&self, account: AccountId, secret: &[u8]) -> Result<(Sealed, String)> {
        self.seal.seal_factor(account, secret)
    }

    /// The step whose code this is, if it is one of now that was not used before; the secret itself stays sealed.
    ///
    /// # Errors
    /// `Internal` when it was sealed with another key.
    pub fn step_of(&self, row: &account_factor::Model, code: &str) -> Result<Option<i32>> {
        let secret = self.seal.open_factor(row.account_id, &row.key_id, &row.secret)?;
        Ok(factor::step_of(&secret, code, self.now().timestamp(), row.last_step))
    }

    /// Seals a row of an imported file; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_import_row(&self, row: ImportRowId, cells: &[u8]) -> Result<(Sealed, String)> {
        self.seal.seal_import_row(row, cells)
    }

    /// The keyed hash that two persons share, in whichever order they are named.
    pub fn kin_key(&self, one: CadreId, other: CadreId) -> String {
        self.seal.kin_key(one, other)
    }

    /// Seals how two persons are kin; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_kinship(&self, kin_key: &str, kinship: &str) -> Result<(Sealed, String)> {
        self.seal.seal_kinship(kin_key, kinship)
    }
}
