//! By what cadres can be listed: a closed set, each condition on an index. Ethnic group and party membership are not
//! among them, on purpose.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use crate::{
    cadre::{
        graphql::{CadreStatus, Education, ManagementAuthority, Sex},
        read::{Among, Between},
    },
    career::graphql::CivilServantRank,
    error::{Error, Result},
    organization::graphql::PositionLevel,
    relay::{PartialDate, key},
};

/// Full months, from so many to so many.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct MonthsRange {
    /// At least so many.
    pub min: Option<u32>,
    /// At most so many.
    pub max: Option<u32>,
}

impl MonthsRange {
    fn between(self, field: &'static str) -> Result<Between> {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min > max => Err(Error::invalid(field, "has a min above its max")),
            (min, max) => Ok(Between { min, max }),
        }
    }
}

/// Which cadres to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CadreFilter {
    /// Kept by this organization or one below it.
    pub organization: Option<ID>,
    /// Of this whole name, or whose pinyin initials begin so, such as `lfb`.
    pub name: Option<String>,
    /// Names that begin so.
    pub name_prefix: Option<String>,
    /// Of these position levels.
    pub position_levels: Option<Vec<PositionLevel>>,
    /// Of this sex.
    pub sex: Option<Sex>,
    /// Of these statuses.
    pub statuses: Option<Vec<CadreStatus>>,
    /// Managed at one of these levels.
    pub management_authorities: Option<Vec<ManagementAuthority>>,
    /// Of these highest educations.
    pub educations: Option<Vec<Education>>,
    /// Born on this date or later. An unknown month counts as January, an unknown day as the first.
    pub born_from: Option<PartialDate>,
    /// Born on this date or earlier: `1990` means until the end of 1990.
    pub born_to: Option<PartialDate>,
    /// Holding one of these ranks on the request's day.
    pub ranks: Option<Vec<CivilServantRank>>,
    /// As monthsAtLevel tells it.
    pub months_at_level: Option<MonthsRange>,
    /// As grassrootsMonths tells it.
    pub grassroots_months: Option<MonthsRange>,
    /// With an open membership of this pool, as far as it is disclosed to you.
    pub pool: Option<ID>,
    /// With an open membership of a tier of this code.
    pub tier: Option<String>,
    /// Whether they are the mentee of an active pair that you may see.
    pub has_mentor: Option<bool>,
    /// Whether they take part in an active pair that you may see, with a contact due before the request's day.
    pub contact_overdue: Option<bool>,
}

impl CadreFilter {
    /// The rows that it means, as of a day.
    ///
    /// # Errors
    /// `Invalid` on a range that holds nothing.
    pub fn among(self, on: NaiveDate) -> Result<Among> {
        let range = |months: Option<MonthsRange>, field| -> Result<Option<(Between, NaiveDate)>> {
            Ok(months.map(|it| it.between(field)).transpose()?.map(|it| (it, on)))
        };
        Ok(Among {
            under: self.organization.as_ref().map(key),
            name: self.name,
            name_prefix: self.name_prefix,
            position_levels: self.position_levels.map(|all| all.into_iter().map(Into::into).collect()),
            sex: self.sex.map(Into::into),
            statuses: self.statuses.map(|all| all.into_iter().map(Into::into).collect()),
            management_authorities: self.management_authorities.map(|all| all.into_iter().map(Into::into).collect()),
            educations: self.educations.map(|all| all.into_iter().map(Into::into).collect()),
            born_from: self.born_from.map(|it| it.0),
            born_to: self.born_to.map(|it| it.0),
            ranks: self.ranks.map(|all| (all.into_iter().map(Into::into).collect(), on)),
            months_at_level: range(self.months_at_level, "monthsAtLevel")?,
            grassroots_months: range(self.grassroots_months, "grassrootsMonths")?,
            pool: self.pool.as_ref().map(key),
            tier: self.tier,
            has_mentor: self.has_mentor,
            contact_overdue: self.contact_overdue.map(|yes| (yes, on)),
        })
    }
}
