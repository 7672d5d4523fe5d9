//! Closed sets of imports.

use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

kinds! {
    /// What happens to the rows of a file in which something is wrong.
    ImportMode {
        /// Everything goes in, or nothing does.
        All = "ALL",
        /// The good rows go in; the others stand among the findings.
        Good = "GOOD",
    }

    /// The course of an import.
    ImportState {
        /// The file has not come yet.
        AwaitingFile = "AWAITING_FILE",
        /// The file is here.
        Received = "RECEIVED",
        /// The rows go in.
        Running = "RUNNING",
        /// It went in.
        Done = "DONE",
        /// Nothing went in, and the findings say why.
        Refused = "REFUSED",
        /// It was only tried.
        Tried = "TRIED",
        /// The process ended before the import did; nothing went in.
        Interrupted = "INTERRUPTED",
        /// The file did not come in time, or was not imported in time.
        Expired = "EXPIRED",
    }

    /// How bad a finding is.
    ImportSeverity {
        /// The row, or the file, can't go in.
        Error = "ERROR",
        /// It can, and somebody should look at it.
        Warning = "WARNING",
        /// Good to know.
        Hint = "HINT",
    }
}
