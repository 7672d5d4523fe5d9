//! How secret a record may be here, whichever command writes it.

use std::any::Any;

use entity::{cadre, kind::SecrecyLevel};

use crate::error::{Error, Result};

/// Refuses a record that the deployment may not keep.
pub(super) fn classified<M: Any>(row: &M, limit: SecrecyLevel) -> Result<()> {
    match (row as &dyn Any).downcast_ref::<cadre::Model>() {
        Some(row) if row.secrecy_level > limit => {
            let why = format!("is {}; this deployment keeps nothing above {}", row.secrecy_level.text(), limit.text());
            Err(Error::invalid("secrecyLevel", why))
        }
        _ => Ok(()),
    }
}
