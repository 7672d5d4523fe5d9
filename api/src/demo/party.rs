//! When the demo's people joined the party, as far as the registry knows.
//!
//! With dice of their own, once the pools are filled: whoever stands in the pool of those outside the party is outside.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use entity::{cadre, id::CadreId, partial_date::PartialDate};

use super::{dice::Dice, pools::Pools};

/// The tier of the pools whose members belong to no party.
pub const OUTSIDE: &str = "NON_PARTY";

/// Gives most of the managed people, and half of the others, a date.
pub fn join(seed: u64, today: NaiveDate, cadres: &mut [cadre::Model], pools: &Pools) {
    let dice = &mut Dice::new(seed ^ 0x0070_6172);
    let tiers: HashSet<_> = pools.tiers.iter().filter(|it| it.code == OUTSIDE).map(|it| it.id).collect();
    let outside: HashSet<CadreId> =
        pools.memberships.iter().filter(|it| tiers.contains(&it.tier_id)).map(|it| it.cadre_id).collect();
    for cadre in cadres {
        let member = dice.chance(if cadre.management_authority.is_some() { 92 } else { 50 });
        let joined = at(dice, cadre.birth_date, today).filter(|_| member && !outside.contains(&cadre.id));
        cadre.party_joined_on = joined;
    }
}

/// A month from the twentieth year of life on; none that is still to come.
fn at(dice: &mut Dice, birth: Option<PartialDate>, today: NaiveDate) -> Option<PartialDate> {
    let (years, month) = (dice.between(19, 30), dice.between(1, 12));
    let year = i32::from(birth?.year()) + years;
    if (year, month) > (today.year(), today.month().cast_signed()) {
        return None;
    }
    PartialDate::new(u16::try_from(year).ok()?, u8::try_from(month).ok(), None)
}
