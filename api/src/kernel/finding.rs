//! What is wrong with a document: where, and what to do.

/// Most findings that are told of one document: whoever mends these comes again.
const MOST: usize = 50;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it stands: `criteria[2].need.all[0].op`; empty for the whole document.
    pub path: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// What is wrong with a document, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    told: Vec<Finding>,
    untold: usize,
    is_kept: bool,
}

impl Findings {
    /// For a document that was published once: it is read as it was, whatever sense it makes by what is looked for now.
    pub fn of_kept() -> Self {
        Self { is_kept: true, ..Self::default() }
    }

    /// Tells of one more that can be read but can't be meant, so that nobody publishes it.
    pub fn doubt(&mut self, path: &str, message: impl Into<String>) {
        if !self.is_kept {
            self.add(path, message);
        }
    }

    /// Tells of one more.
    pub fn add(&mut self, path: &str, message: impl Into<String>) {
        if self.told.len() < MOST {
            self.told.push(Finding { path: path.to_owned(), message: message.into() });
        } else {
            self.untold += 1;
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Whether the document has too many to go on with it.
    pub fn is_full(&self) -> bool {
        self.untold > 0
    }

    /// Those that are told.
    pub fn told(&self) -> &[Finding] {
        &self.told
    }
}
