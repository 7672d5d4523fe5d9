//! Whoever comes with an address instead of a token: which row it names, and what that row's account may at this moment.
//!
//! The address came from a session whose second factor counted then. The grants are read again, and what has ended the
//! session has ended its addresses: an address must not outlive the ground that it was given on.

use std::sync::{Arc, atomic::AtomicU64};

use chrono::TimeDelta;
use entity::{
    account, export,
    id::{AccountId, ExportId, UploadId},
    revoked_token, upload,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    auth::{address::Purpose, scope::Actor},
    db::{door::Door, session::Session, whole},
    error::{Error, Result},
};

/// How long the address of an order is good.
pub const ORDER: TimeDelta = TimeDelta::minutes(10);
/// How long an order stands that nobody fetches.
const UNFETCHED: TimeDelta = TimeDelta::days(1);

impl Door {
    /// Whoever ordered the file of an address, with the grants of this moment, and the order.
    ///
    /// # Errors
    /// `NotFound` of an address that is forged, over or used; `Unauthenticated` where the account may not sign in, or
    /// the session that ordered it was ended.
    #[expect(clippy::disallowed_methods, reason = "before the order is known there is no scope to read under")]
    pub async fn orderer(self: &Arc<Self>, address: &str, request: &str) -> Result<(Session, export::Model)> {
        let id = self.seal.addresses.read(Purpose::Download, address, self.clock.now())?;
        self.metrics.statements.add(1);
        let row = export::Entity::find_by_id(ExportId(id)).one(&self.database).await?;
        // What the address says of its end is not all that counts: the row says when it was ordered.
        let good = |it: &export::Model| it.made_at.is_none() && self.clock.now() < it.ordered_at + ORDER;
        let row = row.filter(good).ok_or(Error::NotFound("address"))?;
        let identity = self.identity(account::Column::Id.eq(row.ordered_by)).await?.ok_or(Error::Unauthenticated)?;
        let presented = self.not_ended(row.ordered_by, [row.token_id, row.sign_in_id]).await?;
        let session =
            Session::new(self.clone(), Actor::Account(Arc::new(identity)), request, Arc::new(AtomicU64::new(0)));
        Ok((session.on(presented, whole::Seen::default()), row))
    }

    /// Whoever announced the file of an address, with the grants of this moment, and the file.
    ///
    /// # Errors
    /// As `orderer`.
    #[expect(clippy::disallowed_methods, reason = "before the file is known there is no scope to read under")]
    pub async fn sender(self: &Arc<Self>, address: &str, request: &str) -> Result<(Session, upload::Model)> {
        let id = self.seal.addresses.read(Purpose::Upload, address, self.clock.now())?;
        self.metrics.statements.add(1);
        let row = upload::Entity::find_by_id(UploadId(id)).one(&self.database).await?;
        let good = |it: &upload::Model| it.received_at.is_none() && self.clock.now() < it.expires_at;
        let row = row.filter(good).ok_or(Error::NotFound("address"))?;
        let identity = self.identity(account::Column::Id.eq(row.account_id)).await?.ok_or(Error::Unauthenticated)?;
        let presented = self.not_ended(row.account_id, [row.token_id, row.sign_in_id]).await?;
        let session =
            Session::new(self.clone(), Actor::Account(Arc::new(identity)), request, Arc::new(AtomicU64::new(0)));
        Ok((session.on(presented, whole::Seen::default()), row))
    }

    /// What a session stood on, where none of it was ended. Also a revocation that is over counts: the token has ended by
    /// itself since, and still was ended before.
    #[expect(clippy::disallowed_methods, reason = "before the row's account is known to act there is no scope")]
    async fn not_ended(&self, account: AccountId, ground: [Option<Uuid>; 2]) -> Result<Vec<Uuid>> {
        let presented: Vec<Uuid> = ground.into_iter().flatten().collect();
        self.metrics.statements.add(1);
        let ended = revoked_token::Column::TokenId.is_in(presented.iter().copied());
        let theirs = revoked_token::Column::AccountId.eq(account);
        match revoked_token::Entity::find().filter(theirs).filter(ended).one(&self.database).await? {
            Some(_) => Err(Error::Unauthenticated),
            None => Ok(presented),
        }
    }

    /// Removes orders that nobody fetched.
    #[expect(clippy::disallowed_methods, reason = "an order of which no file came is no record of the field")]
    pub(super) async fn forget_orders(&self) {
        let old = export::Column::OrderedAt.lt(self.clock.now() - UNFETCHED);
        let gone = export::Entity::delete_many().filter(export::Column::MadeAt.is_null()).filter(old);
        if let Err(cause) = gone.exec(&self.database).await {
            tracing::warn!(%cause, "orders that nobody fetched could not be removed");
        }
    }
}
