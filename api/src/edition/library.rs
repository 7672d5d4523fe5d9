//! The library of mechanisms: real ones of places, written down as policies, that a county starts from. Each is a file in the
//! binary, good without a network; whoever takes one puts the own organization and days in, drafts and publishes it.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::edition::document::Document;

const INDEX: &str = include_str!("../../policies/library.json");

macro_rules! documents {
    ($($name:literal)+) => {
        const DOCUMENTS: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../policies/", $name))),)+];
    };
}

documents! {
    "m001.json" "m008.json" "m012.json" "m022.json" "m027.json" "m049.json" "m054.json" "m055.json" "m059-guangrao.json"
    "m059-jining.json" "m059-laiyang.json" "m059-jimo.json" "m059-zoucheng.json" "m059-yucheng.json" "m060.json" "m062.json"
    "m063.json" "m064.json" "m066.json" "m068.json" "m069.json" "m072.json" "m073.json" "m079.json" "m080.json"
    "m195-feixian.json" "m195-lanshan.json" "m195-weishan.json" "m195-fushan.json" "m197.json" "m208.json" "m215.json"
}

/// What the index says of a document.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// The number of the mechanism in the collection of the field.
    pub mechanism: String,
    /// The file.
    pub file: String,
    /// What it is called, in Chinese.
    pub title_zh: String,
    /// What it is called, in English.
    pub title_en: String,
    /// The place that it comes from.
    pub region: String,
    /// What of the source is reduced or refused here.
    pub note: Option<String>,
    /// The scenario that proves it.
    pub scenario: String,
}

/// One document of the library.
#[derive(Clone, Debug)]
pub struct Mechanism {
    /// What the index says of it.
    pub entry: Entry,
    /// The document, as text.
    pub text: &'static str,
    /// What it says.
    pub document: Document,
}

/// Every document, in the order of the index. One that could not be read would be missing; a test reads all.
pub fn all() -> &'static [Mechanism] {
    static ALL: LazyLock<Vec<Mechanism>> = LazyLock::new(|| {
        let index: Vec<Entry> = serde_json::from_str(INDEX).unwrap_or_default();
        let read = |entry: Entry| {
            let text = DOCUMENTS.iter().find(|(name, _)| *name == entry.file)?.1;
            Some(Mechanism { document: Document::read(text).ok()?, entry, text })
        };
        index.into_iter().filter_map(read).collect()
    });
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_of_the_library_is_read_and_listed() {
        for (name, text) in DOCUMENTS {
            let read = Document::read(text).map_err(|it| format!("{name}: {:?}", it.told()));
            assert!(read.is_ok(), "{read:?}");
            assert!(all().iter().any(|it| it.entry.file == *name), "{name} is not in library.json");
        }
        assert_eq!(all().len(), DOCUMENTS.len());
    }
}
