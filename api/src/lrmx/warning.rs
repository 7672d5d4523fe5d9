//! One finding of a form: how bad, in which file, element and line, what is wrong and what to do.

use crate::roster::finding::{Remark, Severity};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The name of the element, none for the form as a whole.
    pub element: Option<String>,
    /// The line of the file, from 1; none where the file could not be read so far.
    pub line: Option<u32>,
    /// How bad, what is wrong, what to do.
    pub remark: Remark,
}

impl Warning {
    /// A finding about a form as a whole.
    pub fn of_form(remark: Remark) -> Self {
        Self { element: None, line: None, remark }
    }

    /// A finding about an element.
    pub fn at(element: &str, line: u32, remark: Remark) -> Self {
        Self { element: Some(element.to_owned()), line: Some(line), remark }
    }

    /// Whether the form cannot be used.
    pub fn is_error(&self) -> bool {
        self.remark.severity == Severity::Error
    }

    /// The finding for a terminal: `WARNING line 12, JianLi: what is wrong → what to do`.
    pub fn text(&self) -> String {
        let place = match (self.line, &self.element) {
            (Some(line), Some(element)) => format!("line {line}, {element}"),
            (Some(line), None) => format!("line {line}"),
            (None, _) => "form".to_owned(),
        };
        format!("{} {place}: {} → {}", self.remark.severity.text(), self.remark.message, self.remark.remedy)
    }
}
