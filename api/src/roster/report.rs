//! What the reading of a roster found: findings by line and column, counted, each with what to do about it.
//!
//! The list is cut at `FINDINGS_KEPT`, the counts are not: a file with 50,000 broken rows must neither fill the memory
//! nor look better than it is.

use serde::Serialize;

use super::finding::{Finding, Severity};

/// So many findings are kept; the rest are counted only.
pub const FINDINGS_KEPT: usize = 1_000;

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
    /// The first `FINDINGS_KEPT` findings, in the order of the file.
    pub findings: Vec<Finding>,
    /// How many findings were counted and not kept.
    pub findings_left_out: u32,
}

impl Report {
    /// Counts the finding, and keeps it while there is room.
    pub fn add(&mut self, finding: Finding) {
        match finding.severity {
            Severity::Error => self.errors = self.errors.saturating_add(1),
            Severity::Warning => self.warnings = self.warnings.saturating_add(1),
            Severity::Hint => self.hints = self.hints.saturating_add(1),
        }
        if self.findings.len() < FINDINGS_KEPT {
            self.findings.push(finding);
        } else {
            self.findings_left_out = self.findings_left_out.saturating_add(1);
        }
    }

    /// The report for a terminal: one line a finding, `ERROR line 12, 出生年月: what is wrong → what to do`, and a last
    /// line with the counts.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = self.findings.iter().map(Finding::text).collect();
        if self.findings_left_out > 0 {
            lines.push(format!("{} further findings are counted below and not listed.", self.findings_left_out));
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
    use crate::roster::finding::{FindingCode, Remark};

    #[test]
    fn counts_stay_exact_when_the_list_is_cut() {
        let mut report = Report { rows: 1, ..Report::default() };
        for line in 0..1_005 {
            report.add(Remark::error(FindingCode::NameMissing, "The row has no 姓名.", "Fill it in.").at(line, "姓名"));
        }
        report.add(Remark::hint(FindingCode::ColumnNotRead, "x", "y").in_file());
        assert_eq!(
            (report.errors, report.hints, report.findings.len(), report.findings_left_out),
            (1_005, 1, 1_000, 6)
        );
        let text = report.text();
        assert!(text.starts_with("ERROR line 0, 姓名: The row has no 姓名. → Fill it in.\n"), "{text}");
        assert!(text.ends_with(
            "6 further findings are counted below and not listed.\n1 row: 1005 errors, 0 warnings, 1 hint."
        ));
    }

    #[test]
    fn serializes_as_the_words_that_clients_see() {
        let found = Remark::warning(FindingCode::DateDoubtful, "m", "r").at(3, "出生年月");
        assert_eq!((found.severity.text(), found.code.text()), ("WARNING", "DATE_DOUBTFUL"));
    }
}
