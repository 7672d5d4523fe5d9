//! How much a class of clients may ask for, as the settings say.

use entity::kind::AccountKind;

use crate::{config::Config, shared::gcra::Rate};

/// The window in which requests and points are counted, in seconds.
const WINDOW_S: u64 = 60;

/// What one account may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// For whom.
    pub of: AccountKind,
    /// Requests a minute.
    pub requests: Rate,
    /// Points of cost a minute.
    pub points: Rate,
    /// Operations at once, in each process.
    pub concurrent: u64,
}

/// The plans of people's and of programs' accounts.
#[derive(Clone, Copy, Debug)]
pub struct Plans {
    people: Plan,
    machines: Plan,
}

impl Plans {
    /// As the settings say.
    ///
    /// # Errors
    /// A sentence, when a plan could not pay for the dearest document that is allowed.
    pub fn of(config: &Config) -> Result<Self, String> {
        let plan = |of, requests, points, concurrent| Plan {
            of,
            requests: Rate { most: requests, window_s: WINDOW_S },
            points: Rate { most: points, window_s: WINDOW_S },
            concurrent,
        };
        let people = plan(AccountKind::Person, config.people_requests, config.people_points, config.people_operations);
        let machines =
            plan(AccountKind::Machine, config.machines_requests, config.machines_points, config.machines_operations);
        for (name, plan) in [("people", people), ("machines", machines)] {
            if plan.points.most < config.document_cost {
                return Err(format!(
                    "{name}_points = {} is less than document_cost = {}: a document that is allowed could never be paid for",
                    plan.points.most, config.document_cost
                ));
            }
            for (what, most) in [("requests", plan.requests.most), ("operations", plan.concurrent)] {
                if most == 0 {
                    return Err(format!("{name}_{what} = 0 would refuse everybody: write 1 or more"));
                }
            }
        }
        Ok(Self { people, machines })
    }

    /// The plan of a program's account, or of a person's.
    pub fn plan(&self, machine: bool) -> Plan {
        if machine { self.machines } else { self.people }
    }
}
