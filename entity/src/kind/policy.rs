//! Closed sets of policies.

use super::*;

kinds! {
    /// The course of a policy's edition.
    PolicyState {
        /// 草案
        Draft = "DRAFT",
        /// 已发布
        Published = "PUBLISHED",
    }
}
