//! A file's way in: announced by an officer, received once at its address.

use chrono::TimeDelta;
use entity::{
    id::{Key, OrganizationId, UploadId},
    kind::ImportKind,
    upload,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
    organization::write::standing,
};

/// How long an address is good, in minutes.
const ADDRESS: TimeDelta = TimeDelta::minutes(10);
/// How long a file that came may wait to be imported, in hours.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Files of one account that are announced or wait to be imported.
const MOST_WAITING: u64 = 20;

/// Announces a file. Fails with INVALID.
#[derive(Serialize)]
pub struct StartUpload {
    /// What kind of file it is.
    pub kind: ImportKind,
    /// The organization whose people it is about.
    pub organization: OrganizationId,
    /// What it is called.
    pub file_name: String,
    /// Its length in bytes.
    pub bytes: i32,
    /// Its SHA-256 in hexadecimal, where the client knows it.
    pub sha256: Option<String>,
    /// The longest file that is taken.
    #[serde(skip)]
    pub most: u64,
}

impl Command for StartUpload {
    const ACTION: Action = Action::ImportUpload;
    type Outcome = UploadId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<UploadId> {
        let name = self.file_name.trim();
        if !(1..=200).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(Error::invalid("fileName", "must be 1 to 200 characters on one line"));
        }
        if u64::try_from(self.bytes).map_or(true, |it| it == 0 || it > self.most) {
            let why = format!("is {}; a file may have 1 to {} bytes", self.bytes, self.most);
            return Err(Error::invalid("bytes", why));
        }
        let digits = |it: &String| it.len() == 64 && it.chars().all(|it| it.is_ascii_hexdigit());
        if !self.sha256.as_ref().is_none_or(digits) {
            return Err(Error::invalid("sha256", "must be 64 hexadecimal digits"));
        }
        let account_id = tx.account().ok_or(Error::Forbidden(Self::ACTION))?;
        let top = standing(tx, self.organization).await?;
        let at = Alias::own::<upload::Entity>();
        let waiting =
            at.col(upload::Column::KeptUntil).gt(tx.now()).and(at.col(upload::Column::AccountId).eq(account_id));
        if tx.reader().find::<upload::Entity>().filter(waiting).count().await? >= MOST_WAITING {
            let why =
                format!("can't be taken yet: {MOST_WAITING} files of yours wait; import them, or wait for their end");
            return Err(Error::invalid("bytes", why));
        }
        let expires_at = tx.now() + ADDRESS;
        let (token_id, sign_in_id) = tx.presented();
        tx.insert::<upload::Entity>(upload::Model {
            id: UploadId::fresh(),
            kind: self.kind,
            organization_id: top.id,
            account_id,
            file_name: name.to_owned(),
            size: self.bytes,
            sha256: self.sha256.map(|it| it.to_ascii_lowercase()),
            expires_at,
            token_id,
            sign_in_id,
            received_at: None,
            kept_until: expires_at,
            version: 1,
        })
        .await
    }
}

/// Keeps the bytes of a file that was announced, as whoever announced it, who must still have the right. Once: whoever
/// comes second is told that there is nothing.
#[derive(Serialize)]
pub struct ReceiveUpload {
    /// What the address names.
    pub upload: Uuid,
    /// SHA-256 of the bytes in hexadecimal.
    pub sha256: String,
    /// The bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Command for ReceiveUpload {
    const ACTION: Action = Action::ImportUpload;
    type Outcome = UploadId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<UploadId> {
        let before = tx.get::<upload::Entity>(UploadId::from_uuid(self.upload)).await?;
        if before.received_at.is_some() || before.expires_at <= tx.now() {
            return Err(Error::NotFound("address"));
        }
        fits(before.size, before.sha256.as_deref(), self.bytes.len(), &self.sha256)?;
        let now = tx.now();
        let after = upload::Model {
            sha256: Some(self.sha256),
            received_at: Some(now),
            kept_until: now + KEPT,
            ..before.clone()
        };
        let id = before.id;
        // First the row: of two that come at once, one is stale here, before it has written anything.
        tx.update::<upload::Entity>(&before, after).await?;
        tx.keep_upload(id, &self.bytes).await?;
        Ok(id)
    }
}

fn fits(size: i32, announced: Option<&str>, bytes: usize, sha256: &str) -> Result<()> {
    if usize::try_from(size).ok() != Some(bytes) {
        return Err(Error::invalid(
            "bytes",
            format!("came as {bytes} and were announced as {size}: send the file whole"),
        ));
    }
    if announced.is_some_and(|it| it != sha256) {
        let why = format!("of what came is {sha256}, which is not what was announced: send the file again");
        return Err(Error::invalid("sha256", why));
    }
    Ok(())
}
