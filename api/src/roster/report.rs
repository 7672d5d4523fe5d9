//! What the reading of a roster found: findings by line and column, counted, each with what to do about it.
//!
//! Of each kind the first `KEPT_OF_A_KIND` are kept, the counts are exact: a file with 50,000 broken rows must neither
//! fill the memory nor look better than it is. A `Listing` takes all of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    finding::{Finding, FindingCode, Severity},
    listing::Listing,
};

/// So many findings of each kind are kept; the rest are counted only.
pub const KEPT_OF_A_KIND: u32 = 50;

/// The findings of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows of people that were seen, good and bad; neither the header nor blank lines.
    pub rows: u32,
    /// All errors, also those that are not kept.
    pub errors: u32,
    /// All warnings, also those that are not kept.
    pub warnings: u32,
    /// All hints, also those that are not kept.
    pub hints: u32,
    /// The first findings of each kind, in the order of the file.
    pub findings: Vec<Finding>,
    /// How many there are of each kind.
    #[serde(skip)]
    pub kinds: BTreeMap<(Severity, FindingCode), u32>,
    #[serde(skip)]
    /// Where all of them go.
    pub listing: Option<Listing>,
}

impl Report {
    /// An empty report whose findings all go to a listing as well.
    pub fn listed(listing: Listing) -> Self {
        Self { listing: Some(listing), ..Self::default() }
    }

    /// Counts the finding, and keeps it while there is room for its kind.
    pub fn add(&mut self, finding: Finding) {
        match finding.severity {
            Severity::Error => self.errors = self.errors.saturating_add(1),
            Severity::Warning => self.warnings = self.warnings.saturating_add(1),
            Severity::Hint => self.hints = self.hints.saturating_add(1),
        }
        if let Some(listing) = &self.listing {
            listing.add(&finding);
        }
        let of_kind = self.kinds.entry((finding.severity, finding.code)).or_default();
        *of_kind = of_kind.saturating_add(1);
        if *of_kind <= KEPT_OF_A_KIND {
            self.findings.push(finding);
        }
    }

    /// The report for a terminal: one line a finding, `ERROR line 12, 出生年月: what is wrong → what to do`, a line for
    /// each kind of which more were found, and a last line with the counts.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = self.findings.iter().map(Finding::text).collect();
        for ((severity, code), number) in &self.kinds {
            if let Some(more) = number.checked_sub(KEPT_OF_A_KIND).filter(|more| *more > 0) {
                lines.push(format!(
                    "{more} more of {} {} are not listed: {number} in all.",
                    severity.text(),
                    code.text()
                ));
            }
        }
        lines.push(format!(
            "{}: {}, {}, {}.",
            count(self.rows, "row"),
            count(self.errors, "error"),
            count(self.warnings, "warning"),
            count(self.hints, "hint")
        ));
        lines.join("\n")
    }
}

fn count(number: u32, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::finding::Remark;

    #[test]
    fn counts_stay_exact_when_the_list_is_cut() {
        let mut report = Report { rows: 1, ..Report::default() };
        for line in 0..1_005 {
            report.add(Remark::error(FindingCode::NameMissing, "The row has no 姓名.", "Fill it in.").at(line, "姓名"));
        }
        report.add(Remark::hint(FindingCode::ColumnNotRead, "x", "y").in_file());
        assert_eq!((report.errors, report.hints, report.findings.len()), (1_005, 1, 51));
        let text = report.text();
        assert!(text.starts_with("ERROR line 0, 姓名: The row has no 姓名. → Fill it in.\n"), "{text}");
        assert!(text.ends_with(
            "955 more of ERROR NAME_MISSING are not listed: 1005 in all.\n1 row: 1005 errors, 0 warnings, 1 hint."
        ));
    }

    #[test]
    fn serializes_as_the_words_that_clients_see() {
        let found = Remark::warning(FindingCode::DateDoubtful, "m", "r").at(3, "出生年月");
        assert_eq!((found.severity.text(), found.code.text()), ("WARNING", "DATE_DOUBTFUL"));
    }
}
