//! Which organization a unit's name means.

use std::collections::HashMap;

use entity::{id::OrganizationId, organization};

use crate::roster::{
    finding::{FindingCode, Remark},
    text::{compact, quote},
};

/// The organizations under the top of an import, by name and code.
pub struct Units {
    top: OrganizationId,
    named: HashMap<String, Vec<(OrganizationId, String)>>,
    names: HashMap<OrganizationId, (String, String)>,
}

impl Units {
    /// The organizations of a subtree; `top` is where a row without a unit goes.
    pub fn new(rows: Vec<organization::Model>, top: OrganizationId) -> Self {
        let mut named: HashMap<String, Vec<(OrganizationId, String)>> = HashMap::new();
        let names = rows.iter().map(|row| (row.id, (row.name.clone(), row.code.clone()))).collect();
        for row in rows {
            for name in [compact(&row.name), compact(&row.code)] {
                named.entry(name).or_default().push((row.id, row.code.clone()));
            }
        }
        Self { top, named, names }
    }

    /// The name of an organization of the subtree; none of any other.
    pub fn names(&self, id: OrganizationId) -> Option<&str> {
        self.names.get(&id).map(|(name, _)| name.as_str())
    }

    /// The code of an organization of the subtree; none of any other.
    pub fn code(&self, id: OrganizationId) -> Option<&str> {
        self.names.get(&id).map(|(_, code)| code.as_str())
    }

    /// The organization of a name or code as a file writes it.
    ///
    /// # Errors
    /// A remark, when none or several are called so.
    pub fn find(&self, unit: Option<&str>) -> Result<OrganizationId, Remark> {
        let Some(unit) = unit else { return Ok(self.top) };
        match self.named.get(&compact(unit)).map(Vec::as_slice) {
            Some([(only, _)]) => Ok(*only),
            None | Some([]) => {
                let message = format!("No organization under the import's is called {}.", quote(unit));
                let remedy = "Write its full name or code as the organization tree has it, or create it first.";
                Err(Remark::error(FindingCode::UnitUnknown, message, remedy))
            }
            Some(several) => {
                let codes: Vec<&str> = several.iter().take(5).map(|(_, code)| code.as_str()).collect();
                let message =
                    format!("{} organizations are called {}: {}.", several.len(), quote(unit), codes.join(", "));
                Err(Remark::error(FindingCode::UnitAmbiguous, message, "Write the code instead of the name."))
            }
        }
    }
}
