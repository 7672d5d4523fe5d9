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
