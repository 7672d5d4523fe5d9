//! Key rotation: what `tidui key rotate` does to the files of a key. Running servers notice by themselves.
//!
//! Two steps, so that no process ever meets what another made with a key that it has not heard of. The first makes the
//! next key: published and accepted, not used. The second, once everybody must have heard of it, makes it the current
//! one. Of the old signing key only its public half stays, with the moment of its retirement; the old field key stays
//! until every value is sealed anew.
//!
//! Each step writes what is new before it takes away what is old, and each file is replaced as a whole. A step that was
//! interrupted is finished by running it again.
//!
//! A field key rotates what seals, and not what hashes. Match keys, token hashes and cursors must be equal in every
//! process at every moment, or one person is recorded twice and phones are signed out; so those keys are handed on from
//! one file to the next, each by itself: from none of them does the old field key follow. What that leaves: who has an old
//! key file and a copy of the database can open what is no longer sealed with it from older copies alone, but can still
//! test guesses of identity numbers against their match keys. Considered and dropped: two match keys for each value
//! while a rotation lasts. It needs a table of its own, and a uniqueness that holds only while no process is late.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Timelike, Utc};

use crate::auth::{
    keys::{self, FieldKey, FieldKeys, Retirement, SealingKey, TokenKeys},
    token::{AHEAD_S, LEEWAY_S, LIFE_S},
};

/// What comes after the current key.
pub(super) const NEXT: &str = "next";
/// What came before the current field key.
pub(super) const PREVIOUS: &str = "previous";
/// The public halves that came before the current signing key.
pub(super) const RETIRED: &str = "retired";

/// How long a next signing key is shown before it signs, in seconds: others keep `jwks.json` for five minutes, and a
/// token lives fifteen.
const SHOWN_S: i64 = LIFE_S + LEEWAY_S;
/// How long a next field key lies before it seals, in seconds. Servers look each half second.
const NOTICED_S: i64 = 10;

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one that signs tokens and digests.
    Signing,
    /// The one that seals.
    Field,
}

/// What a rotation does not wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Haste {
    /// It waits.
    None,
    /// It does not wait: nothing serves, or whoever has not heard yet may fail for a moment.
    Now,
    /// Somebody else has the key files: it does not wait, a next key that lies there is replaced by a fresh one, and no
    /// token of the old one counts from now on.
    Leaked,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The next key was made. It may become the current one after this moment.
    Prepared(DateTime<Utc>),
    /// The next key is the current one.
    Promoted,
}

/// The file beside a key's: `signing.pem` and `next` give `signing.next.pem`.
pub fn beside(path: &Path, word: &str) -> PathBuf {
    let stem = path.file_stem().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let end = if word == RETIRED { Some("json".into()) } else { path.extension().map(|it| it.to_string_lossy()) };
    path.with_file_name(end.map_or_else(|| format!("{stem}.{word}"), |end| format!("{stem}.{word}.{end}")))
}

/// Every file that a key may have, in no order.
pub fn files(path: &Path) -> [PathBuf; 4] {
    [path.to_owned(), beside(path, NEXT), beside(path, PREVIOUS), beside(path, RETIRED)]
}

/// Takes the next step of a rotation, or both where there is haste.
///
/// # Errors
/// A sentence that says what to do.
pub fn rotate(which: Which, path: &Path, haste: Haste, now: DateTime<Utc>) -> Result<Done, String> {
    let wait_s = match which {
        Which::Signing => SHOWN_S,
        Which::Field => NOTICED_S,
    };
    let next = beside(path, NEXT);
    // Who has the current key may have the next one too.
    if haste == Haste::Leaked || !next.exists() {
        let text = match which {
            Which::Signing => TokenKeys::read(path).and_then(|_| keys::fresh_signing_key())?,
            Which::Field => next_field_key(path)?,
        };
        replace(&next, &text)?;
        if haste == Haste::None {
            return Ok(Done::Prepared(now + chrono::TimeDelta::seconds(wait_s)));
        }
    }
    let made = fs::metadata(&next).and_then(|it| it.modified()).map(DateTime::<Utc>::from);
    let made = made.map_err(|cause| format!("can't read {}: {cause}", next.display()))?;
    let ready = made + chrono::TimeDelta::seconds(wait_s);
    if haste == Haste::None && now < ready {
        return Err(format!(
            "{} was made at {}, and not everybody need have heard of it: come again after {}, or say --now when nothing serves",
            next.display(),
            clock_text(made),
            clock_text(ready)
        ));
    }
    match which {
        Which::Signing => promote_signing(path, haste, now)?,
        Which::Field => promote_field(path)?,
    }
    Ok(Done::Promoted)
}

/// A moment as a person reads it, in UTC.
pub fn clock_text(at: DateTime<Utc>) -> String {
    at.with_nanosecond(0).unwrap_or(at).format("%H:%M:%S UTC").to_string()
}

fn promote_signing(path: &Path, haste: Haste, now: DateTime<Utc>) -> Result<(), String> {
    let current = TokenKeys::read(path)?;
    let public = current.public(&current.kid).ok_or("the signing key has no public half")?;
    let mut retired = keys::retired(path)?;
    let at = now.timestamp();
    // Never, on no server's clock, where the key leaked.
    let tokens_until = if haste == Haste::Leaked { 0 } else { at + LIFE_S + AHEAD_S + LEEWAY_S };
    retired.keys.retain(|it| it.key.common.key_id.as_ref() != Some(&current.kid));
    retired.keys.insert(0, public.retire(Retirement { retired_at: at, tokens_until }));
    let text = serde_json::to_string_pretty(&retired).map_err(|cause| cause.to_string())?;
    replace(&beside(path, RETIRED), &format!("{text}\n"))?;
    moved(&beside(path, NEXT), path)
}

fn next_field_key(path: &Path) -> Result<String, String> {
    let current = FieldKey::read(path)?;
    let previous = beside(path, PREVIOUS);
    if previous.exists() {
        return Err(format!(
            "{} is still there: see tidui key status, remove the file once it says so, then rotate again",
            previous.display()
        ));
    }
    Ok(FieldKey { sealing: SealingKey(keys::fresh_bytes()?), lookups: current.lookups }.text())
}

fn promote_field(path: &Path) -> Result<(), String> {
    // Refuses a next key of another deployment.
    FieldKeys::read(path)?;
    let (current, previous) = (FieldKey::read(path)?, beside(path, PREVIOUS));
    if previous.exists() {
        if FieldKey::read(&previous)? != current {
            return Err(format!("{} is of another rotation: see tidui key status", previous.display()));
        }
    } else {
        // Its keys one by one: with the old file goes the secret from which they were derived.
        replace(&previous, &current.text())?;
    }
    moved(&beside(path, NEXT), path)
}

/// Writes a file under another name first: a server must not meet half of it.
fn replace(path: &Path, text: &str) -> Result<(), String> {
    let draft = beside(path, "draft");
    // Left by a step that was interrupted.
    let _ = fs::remove_file(&draft);
    keys::write_secret(&draft, text)?;
    moved(&draft, path)
}

/// Moves a file over another, and has the folder written too.
fn moved(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |cause: std::io::Error| format!("can't move {} to {}: {cause}", from.display(), to.display());
    fs::rename(from, to).map_err(failed)?;
    let folder = to.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|it| it.sync_all()).map_err(failed)
}
