//! What one civil day of the audit trail was when it ended: counts and a hash, chained to the day before and signed.

use sea_orm::entity::prelude::*;

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_digest")]
pub struct Model {
    /// The civil day (UTC+8).
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// Acts of the day.
    pub events: i32,
    /// Rows that they changed.
    pub changes: i32,
    /// Sensitive values that they opened.
    pub accesses: i32,
    /// SHA-256 over the day and the previous hash, in hexadecimal.
    pub hash: String,
    /// The hash of the day before; zeros for the first.
    pub previous_hash: String,
    /// Ed25519 signature over the day, the hash and the moment of signing, in base64url.
    pub signature: String,
    /// Which key signed: its RFC 7638 thumbprint.
    pub kid: String,
    /// When it was signed, to the second.
    pub signed_at: DateTimeUtc,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
