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

    /// Where a run of an import stands.
    ImportState {
        /// Asked for; it waits for its turn.
        Waiting = "WAITING",
        /// At work.
        Running = "RUNNING",
        /// At its end.
        Done = "DONE",
        /// Ended without taking anything in: see why.
        Failed = "FAILED",
        /// The process that did it ended; nothing was taken in. Ask for it again.
        Interrupted = "INTERRUPTED",
    }

    /// Why a run of an import failed.
    ImportFailure {
        /// The file has errors, or no row that can go in: see the findings.
        File = "FILE",
        /// Whoever asked for it may not import any more, or signed out.
        Rights = "RIGHTS",
        /// It met too many identity numbers of people kept elsewhere.
        Throttled = "THROTTLED",
        /// Other imports did not end in time: ask for it again.
        Busy = "BUSY",
        /// Ours to mend.
        Internal = "INTERNAL",
    }

    /// What kind of file went in.
    ImportKind {
        /// 花名册
        Roster = "ROSTER",
        /// 干部任免审批表
        Form = "FORM",
    }

    /// What kind of file went out.
    ExportKind {
        /// 花名册
        Roster = "ROSTER",
        /// 后备干部名册
        Pool = "POOL",
        /// 干部任免审批表
        Form = "FORM",
    }
}
