//! Whether somebody may read the code sets at all: they hold no row, so there is no row policy.

use crate::{
    db::{reader::Reader, session::Query},
    error::{Action, Result},
};

/// Whether the caller may read the code sets.
pub struct MayReadCodes;

impl Query for MayReadCodes {
    const ACTION: Action = Action::CodeSetRead;
    type Answer = ();
    async fn load(&self, _: &Reader<'_>) -> Result<()> {
        Ok(())
    }
}
