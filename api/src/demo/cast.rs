//! The persons whom the demo tells about, fixed before anybody is made: other rows name them and are built around them.

use chrono::NaiveDate;
use entity::{
    id::{AccountId, CadreId, OrganizationId},
    kind::{CadreStatus, Sex},
};

use super::{
    dice::Dice,
    people::Profile,
    seats::{Seat, Sitter},
    tree::Tree,
};

/// The persons and accounts that other rows name.
pub struct Cast {
    /// The mentor who signs in.
    pub mentor: Sitter,
    /// The cadre who signs in.
    pub cadre: Sitter,
    /// The department whose officer signs in.
    pub unit_id: OrganizationId,
    /// Account of the county's officer.
    pub officer: AccountId,
    /// Account of the county's leader.
    pub leader: AccountId,
    /// Account of the unit's officer.
    pub unit_officer: AccountId,
    /// Account of the mentor.
    pub mentor_account: AccountId,
    /// Account of the neighbour's officer.
    pub neighbour: AccountId,
    /// Account of the neighbour's leader: decides there, but has no part in the demo.
    pub neighbour_leader: AccountId,
}

impl Cast {
    /// Fixes who they are before anybody is made.
    pub fn new(dice: &mut Dice, tree: &Tree) -> Self {
        let sitter = |name, sex, age, dice: &mut Dice| Sitter { id: CadreId(dice.key()), name, sex, age };
        Self {
            mentor: sitter("周明远", Sex::Male, 47, dice),
            cadre: sitter("林知禾", Sex::Female, 28, dice),
            unit_id: tree.county.house("教育局"),
            officer: AccountId(dice.key()),
            leader: AccountId(dice.key()),
            unit_officer: AccountId(dice.key()),
            mentor_account: AccountId(dice.key()),
            neighbour: AccountId(dice.key()),
            neighbour_leader: AccountId(dice.key()),
        }
    }

    /// Seats the mentor at the head of the development bureau, and the cadre on a section member's seat in the unit.
    pub fn reserve(&self, managed: &mut [Seat], staff: &mut [Seat]) {
        let mentor = managed.iter_mut().find(|seat| seat.title.ends_with("发展和改革局党组书记、局长"));
        let cadre = staff.iter_mut().find(|seat| seat.house_id == self.unit_id && seat.title.ends_with("一级科员"));
        for (seat, sitter) in mentor.into_iter().zip([self.mentor]).chain(cadre.into_iter().zip([self.cadre])) {
            seat.taken = Some(sitter);
            seat.status = CadreStatus::InPost;
        }
    }
}

/// Whose pools and pairs are being made, and in whose name.
pub struct Keeper<'a> {
    /// The county.
    pub organization_id: OrganizationId,
    /// Who proposes and records there.
    pub officer: AccountId,
    /// Who decides there.
    pub leader: AccountId,
    /// Persons of the demo.
    pub cast: &'a Cast,
    /// Those who can take part.
    pub profiles: &'a [Profile],
    /// The day of the demo.
    pub today: NaiveDate,
}
