//! One finding: how bad, where, what is wrong and what to do.
//!
//! Source of the three severities: VRU003 (1 错误, 2 警告, 3 提示).

use serde::Serialize;

use super::text::quote_header;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident as $graph:literal { $($(#[$each:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, async_graphql::Enum)]
        #[graphql(name = $graph)]
        pub enum $name { $($(#[$each])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text that clients see.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    )+};
}

words! {
    /// How bad a finding is.
    Severity as "ImportFindingSeverity" {
        /// The row, or the file, cannot be taken over.
        Error = "ERROR",
        /// It can, and somebody should look at it.
        Warning = "WARNING",
        /// Good to know.
        Hint = "HINT",
    }

    /// What kind of finding it is. Closed: a client may match on it.
    FindingCode as "ImportFindingCode" {
        /// The file cannot be opened or is no ordinary file.
        FileUnreadable = "FILE_UNREADABLE",
        /// The file, its inflated parts or its number of cells exceed a limit.
        FileTooLarge = "FILE_TOO_LARGE",
        /// There is no row of a person.
        FileEmpty = "FILE_EMPTY",
        /// The file is of a kind that is not read.
        FormatUnsupported = "FORMAT_UNSUPPORTED",
        /// The workbook is protected by a password.
        FileEncrypted = "FILE_ENCRYPTED",
        /// The workbook is truncated or damaged.
        FileDamaged = "FILE_DAMAGED",
        /// Bytes that are no text in the file's encoding.
        EncodingMalformed = "ENCODING_MALFORMED",
        /// The first line names no column that is read.
        HeaderNotFound = "HEADER_NOT_FOUND",
        /// A required column is absent.
        ColumnMissing = "COLUMN_MISSING",
        /// Two columns mean the same.
        ColumnTwice = "COLUMN_TWICE",
        /// A column whose header is unknown, or that has none.
        ColumnNotRead = "COLUMN_NOT_READ",
        /// A further sheet of the workbook.
        SheetNotRead = "SHEET_NOT_READ",
        /// A line without a value in any column that is read.
        LineNotRead = "LINE_NOT_READ",
        /// More rows than the limit.
        TooManyRows = "TOO_MANY_ROWS",
        /// More columns than the limit.
        TooManyColumns = "TOO_MANY_COLUMNS",
        /// A value longer than its column may hold.
        CellTooLong = "CELL_TOO_LONG",
        /// A failed formula, or a date outside the calendar.
        CellFault = "CELL_FAULT",
        /// Control or invisible characters were removed.
        CharactersRemoved = "CHARACTERS_REMOVED",
        /// A row without a name.
        NameMissing = "NAME_MISSING",
        /// A name that cannot be one.
        NameInvalid = "NAME_INVALID",
        /// A text that is no date.
        DateUnreadable = "DATE_UNREADABLE",
        /// A date that may mean another month.
        DateDoubtful = "DATE_DOUBTFUL",
        /// Born after today.
        BirthInFuture = "BIRTH_IN_FUTURE",
        /// Younger than 16 or older than 100.
        AgeUnusual = "AGE_UNUSUAL",
        /// A stated age that the birth date contradicts.
        AgeContradicts = "AGE_CONTRADICTS",
        /// Something begins before the birth or after today.
        DatesContradict = "DATES_CONTRADICT",
        /// A line of a résumé without a period.
        ResumeUnreadable = "RESUME_UNREADABLE",
        /// A period that ends before it begins, or stands in the wrong place.
        ResumeDoubtful = "RESUME_DOUBTFUL",
        /// A word or code that is not in the code set.
        ValueUnknown = "VALUE_UNKNOWN",
        /// An identity number of wrong length, date or check character.
        IdentityNumberInvalid = "IDENTITY_NUMBER_INVALID",
        /// An identity number stored as a number, whose last digits the spreadsheet has lost.
        IdentityNumberImprecise = "IDENTITY_NUMBER_IMPRECISE",
        /// The identity number says another birth date or sex than the columns.
        IdentityNumberContradicts = "IDENTITY_NUMBER_CONTRADICTS",
        /// The identity number of an earlier line.
        IdentityNumberTwice = "IDENTITY_NUMBER_TWICE",
        /// The person of an earlier line, or perhaps so.
        PersonTwice = "PERSON_TWICE",
        /// No mobile number.
        PhoneInvalid = "PHONE_INVALID",
        /// A unit that is not under the organization of the import.
        UnitUnknown = "UNIT_UNKNOWN",
        /// A unit's name that several organizations have.
        UnitAmbiguous = "UNIT_AMBIGUOUS",
        /// Several persons could be meant.
        PersonAmbiguous = "PERSON_AMBIGUOUS",
        /// The identity number belongs to a person kept elsewhere.
        IdentityHeldElsewhere = "IDENTITY_HELD_ELSEWHERE",
        /// The identity number belongs to a person of another name.
        NameChanges = "NAME_CHANGES",
        /// A decision about a line that needs none, or for a person whom the line can't mean.
        DecisionInvalid = "DECISION_INVALID",
        /// A record above what may be kept here.
        SecrecyExceeded = "SECRECY_EXCEEDED",
        /// Something that could not become a fact; the rest of the line could.
        FactLeftOut = "FACT_LEFT_OUT",
        /// A value that the record can't hold.
        RecordRefused = "RECORD_REFUSED",
    }
}

/// What a reader of a value has to say, before it is known where the value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How bad.
    pub severity: Severity,
    /// What kind.
    pub code: FindingCode,
    /// What is wrong, as a sentence. Never a whole identity number or phone number.
    pub message: String,
    /// What to do, as a sentence.
    pub remedy: String,
}

impl Remark {
    /// Something that keeps the row or file out.
    pub fn error(code: FindingCode, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), remedy: remedy.into() }
    }

    /// Something to look at.
    pub fn warning(code: FindingCode, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, remedy) }
    }

    /// Something good to know.
    pub fn hint(code: FindingCode, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Hint, ..Self::error(code, message, remedy) }
    }

    /// The finding about the file as a whole.
    pub fn in_file(self) -> Finding {
        self.placed(None, None)
    }

    /// The finding about a line.
    pub fn on_line(self, line: u32) -> Finding {
        self.placed(Some(line), None)
    }

    /// The finding about a cell; `header` as it stands in the file.
    pub fn at(self, line: u32, header: &str) -> Finding {
        self.placed(Some(line), Some(quote_header(header)))
    }

    fn placed(self, line: Option<u32>, column: Option<String>) -> Finding {
        let Self { severity, code, message, remedy } = self;
        Finding { severity, form: None, line, column, code, message, remedy }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// The number of the form that it is about, from 1, where the file is forms. Its words stand in `column`.
    pub form: Option<u32>,
    /// The row number as the spreadsheet shows it, or the line of a text file, from 1; none for the file as a whole.
    pub line: Option<u32>,
    /// The header of the column as in the file, line breaks as spaces; none for the line as a whole.
    pub column: Option<String>,
    /// What kind.
    pub code: FindingCode,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do, as a sentence.
    pub remedy: String,
}

impl Finding {
    /// The finding for a terminal: `ERROR line 12, 出生年月: what is wrong → what to do`.
    pub fn text(&self) -> String {
        let place = match (self.line, &self.column) {
            (Some(line), Some(column)) => format!("line {line}, {column}"),
            (Some(line), None) => format!("line {line}"),
            (None, Some(form)) => form.clone(),
            (None, None) => "file".to_owned(),
        };
        format!("{} {place}: {} → {}", self.severity.text(), self.message, self.remedy)
    }
}
