//! Documents that the server knows by name: those of a manifest, which a build step made and the operator trusts, and
//! those that clients registered by their hash.
//!
//! A manifest is what code generators emit: an object of `"sha256:<hex>"` (or the bare digits) to the document's text.
//! Every document in it is read at the start, so a broken one is noticed then.

use std::{collections::HashMap, fs, path::Path, sync::Arc};

use aws_lc_rs::digest;

use crate::{
    config::Config,
    document::prepared::{Documents, Prepared, Unfit},
    hash::hex,
    http::{
        asked::Asked,
        refusal::{Kind, Refusal},
    },
    shared::store::Store,
};

/// How long a registered document is kept, in seconds.
const KEPT_S: u64 = 24 * 60 * 60;

/// Which documents a class of clients may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Their own alone: the manifest is not for them.
    Off,
    /// Their own, and those of the manifest.
    Prefer,
    /// Those of the manifest alone.
    Only,
}

impl Trust {
    fn parse(name: &str, text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "prefer" => Ok(Self::Prefer),
            "only" => Ok(Self::Only),
            other => Err(format!("{name} = '{other}' is none: write off, prefer or only")),
        }
    }
}

/// The documents that are known.
pub struct Known {
    manifest: HashMap<String, Arc<str>>,
    store: Arc<Store>,
    people: Trust,
    machines: Trust,
}

/// A document to execute, and what to do with it afterwards.
pub struct Found {
    /// The document.
    pub prepared: Arc<Prepared>,
    /// The hash under which to keep the text, once it has proved fit.
    pub register: Option<(String, String)>,
}

impl Known {
    /// As the settings say.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn of(config: &Config, store: Arc<Store>, documents: &Documents) -> Result<Self, String> {
        let people = Trust::parse("documents_people", &config.documents_people)?;
        let machines = Trust::parse("documents_machines", &config.documents_machines)?;
        let manifest = match config.documents_manifest.as_str() {
            "" => HashMap::new(),
            path => read(Path::new(path), documents)?,
        };
        if manifest.is_empty() && [people, machines].contains(&Trust::Only) {
            return Err(
                "documents = only without a manifest would refuse everything: name documents_manifest".to_owned()
            );
        }
        Ok(Self { manifest, store, people, machines })
    }

    /// The document of a request.
    ///
    /// # Errors
    /// A refusal that says what to send.
    pub async fn find(&self, asked: &Asked, machine: bool, documents: &Documents) -> Result<Found, Refusal> {
        let trust = if machine { self.machines } else { self.people };
        let ready = |text: &str| documents.prepare(text).map_err(refuse);
        match (&asked.document_id, &asked.query, &asked.persisted) {
            (Some(_), Some(_), _) => Err(Refusal::malformed("Send query or documentId, not both.")),
            (Some(_), None, _) if trust == Trust::Off => {
                Err(Refusal::malformed("documentId is off for this client: send the query itself."))
            }
            (Some(id), None, _) => {
                let hash = id.strip_prefix("sha256:").unwrap_or(id).to_ascii_lowercase();
                let text = self.manifest.get(&hash).ok_or_else(|| {
                    let message = "The manifest has no such document: deploy it with the client.";
                    Refusal::new(Kind::Document, "DOCUMENT_UNKNOWN", message)
                })?;
                Ok(Found { prepared: ready(text)?, register: None })
            }
            (None, query, persisted) => {
                let known = || persisted.clone().or_else(|| query.as_deref().map(sha256));
                let trusted = || known().is_some_and(|hash| self.manifest.contains_key(&hash));
                if trust == Trust::Only && !trusted() {
                    let message = "This client may send documents of the manifest alone: name one by documentId.";
                    return Err(Refusal::new(Kind::Forbidden, "DOCUMENT_NOT_TRUSTED", message));
                }
                match (query, persisted) {
                    (Some(text), None) => Ok(Found { prepared: ready(text)?, register: None }),
                    (Some(text), Some(hash)) if sha256(text) == *hash => {
                        Ok(Found { prepared: ready(text)?, register: Some((hash.clone(), text.clone())) })
                    }
                    (Some(_), Some(_)) => Err(Refusal::malformed("sha256Hash is not the hash of the query.")),
                    (None, Some(hash)) => {
                        let text = self.persisted(hash).await.ok_or_else(|| {
                            // The text that clients look for, whatever the code.
                            Refusal::new(Kind::Document, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
                        })?;
                        Ok(Found { prepared: ready(&text)?, register: None })
                    }
                    (None, None) => Err(Refusal::malformed("There is no query: send {\"query\": \"…\"}.")),
                }
            }
        }
    }

    async fn persisted(&self, hash: &str) -> Option<String> {
        if let Some(text) = self.manifest.get(hash) {
            return Some(text.to_string());
        }
        let bytes = self.store.get(&format!("document:{hash}")).await.ok()??;
        // The store is shared: what it says under a hash must be what the hash says.
        String::from_utf8(bytes).ok().filter(|text| sha256(text) == hash)
    }

    /// Keeps a document under its hash, once it has proved fit. A store that is away keeps nothing, and the client sends
    /// the text again.
    pub async fn register(&self, hash: &str, text: &str) {
        let _ = self.store.set(format!("document:{hash}"), text.as_bytes().to_vec(), KEPT_S).await;
    }
}

fn refuse(unfit: Unfit) -> Refusal {
    match unfit {
        Unfit::Unreadable(why) => Refusal::new(Kind::Syntax, "DOCUMENT_INVALID", why),
        Unfit::Refused(why) => Refusal::document(why),
        Unfit::Late(why) => Refusal::new(Kind::Busy, "TIMEOUT", why),
    }
}

/// The hash that a document is known by.
pub(super) fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn read(path: &Path, documents: &Documents) -> Result<HashMap<String, Arc<str>>, String> {
    let text = fs::read_to_string(path).map_err(|cause| format!("can't read {}: {cause}", path.display()))?;
    let entries: HashMap<String, String> = serde_json::from_str(&text).map_err(|cause| {
        format!("{} is no manifest, an object of \"sha256:…\" to documents: {cause}", path.display())
    })?;
    let mut out = HashMap::new();
    for (id, text) in entries {
        let hash = id.strip_prefix("sha256:").unwrap_or(&id).to_ascii_lowercase();
        if sha256(&text) != hash {
            return Err(format!("{}: {id} is not the SHA-256 of its document", path.display()));
        }
        let unfit = match documents.prepare(&text) {
            Ok(prepared) => prepared.errors.first().map(|it| it.message.clone()),
            Err(Unfit::Unreadable(why) | Unfit::Refused(why) | Unfit::Late(why)) => Some(why),
        };
        if let Some(why) = unfit {
            return Err(format!("{}: {id}: {why}", path.display()));
        }
        out.insert(hash, text.into());
    }
    Ok(out)
}
