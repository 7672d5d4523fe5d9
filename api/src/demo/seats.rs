//! Who is wanted: every seat of a county, from its secretary to the last clerk, before anybody sits on it.
//!
//! Persons are made for seats and not the other way round, so that houses are staffed, levels never exceed the house's
//! level and the age pyramid follows from the seats.

use entity::{
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, ManagementAuthority, PositionLevel, Sex},
};

use super::{
    dice::Dice,
    titles,
    tree::{CountyTree, House},
};

/// Weights of age bands in full years, both ends included.
pub type Ages = &'static [(i32, (i32, i32))];

const COUNTY_LEADER: Ages = &[(2, (40, 43)), (5, (44, 50)), (5, (51, 58))];
const HEAD: Ages = &[(22, (34, 40)), (48, (41, 50)), (30, (51, 58))];
const DEPUTY: Ages = &[(14, (28, 32)), (32, (33, 39)), (36, (40, 49)), (18, (50, 58))];
const RANKED: Ages = &[(35, (40, 48)), (65, (49, 59))];
const UNIT_HEAD: Ages = &[(40, (32, 38)), (40, (39, 47)), (20, (48, 56))];
const STAFF: Ages = &[(22, (22, 28)), (26, (29, 35)), (28, (36, 45)), (16, (46, 54)), (8, (55, 59))];
const LEAVING: Ages = &[(1, (57, 59))];
const MOVING: Ages = &[(1, (36, 55))];

/// A seat to be filled.
pub struct Seat {
    /// The organization that keeps the person.
    pub organization_id: OrganizationId,
    /// Its department or township, or the county for the county's own leaders.
    pub house_id: OrganizationId,
    /// Full title of the post.
    pub title: String,
    /// Level that goes with it.
    pub level: Option<PositionLevel>,
    /// Who manages the person.
    pub authority: Option<ManagementAuthority>,
    /// What became of the person.
    pub status: CadreStatus,
    /// How old the person may be.
    pub ages: Ages,
    /// For the people of the demo: who sits here.
    pub taken: Option<Sitter>,
}

/// A person who is known beforehand.
#[derive(Clone, Copy)]
pub struct Sitter {
    /// Key.
    pub id: CadreId,
    /// Name.
    pub name: &'static str,
    /// Sex.
    pub sex: Sex,
    /// Age in full years, or the next.
    pub age: i32,
}

/// The seats that a party committee fills, `total` of them: leaders first, then those with a rank alone.
pub fn managed(dice: &mut Dice, county: &CountyTree, leaders: usize, deputies: (i32, i32), total: usize) -> Vec<Seat> {
    let mut seats: Vec<Seat> = titles::COUNTY_LEADERS
        .iter()
        .take(leaders)
        .map(|(post, level)| Seat {
            organization_id: county.id,
            house_id: county.id,
            title: format!("{}{}", county.name, post.strip_prefix('县').unwrap_or(post)),
            ages: COUNTY_LEADER,
            ..seat(county.id, county.id, Some(*level))
        })
        .collect();
    for house in &county.houses {
        let deputies =
            if house.level == PositionLevel::TownshipDeputy { 2 } else { dice.between(deputies.0, deputies.1) };
        for (title, level) in titles::leaders(house, deputies) {
            let ages = match level {
                PositionLevel::CountyDeputy => COUNTY_LEADER,
                PositionLevel::TownshipPrincipal => HEAD,
                _ => DEPUTY,
            };
            seats.push(Seat { title, ages, ..seat(house.id, house.id, Some(level)) });
        }
    }
    let large: Vec<&House> = county.houses.iter().filter(|house| house.inner.len() > 1).collect();
    for house in large.into_iter().cycle().take(total.saturating_sub(seats.len())) {
        let level = if dice.chance(35) { PositionLevel::TownshipPrincipal } else { PositionLevel::TownshipDeputy };
        let title = titles::ranked(house, level, dice.chance(50));
        seats.push(leave(dice, Seat { title, ages: RANKED, ..seat(house.id, house.id, Some(level)) }, 12, 6));
    }
    seats
}

/// The seats of further staff, `total` of them: every internal unit gets a head, and the rest falls where it falls.
pub fn staff(dice: &mut Dice, county: &CountyTree, total: usize) -> Vec<Seat> {
    let mut seats: Vec<Seat> = Vec::with_capacity(total);
    for house in &county.houses {
        for unit in &house.inner {
            let level = staff_level(dice, house).map(|_| PositionLevel::SectionMember);
            let title = titles::unit_head(unit);
            seats.push(Seat { title, ages: UNIT_HEAD, authority: None, ..seat(unit.id, house.id, level) });
        }
    }
    while seats.len() < total {
        let Some(house) = dice.pick_from(&county.houses) else { break };
        let (organization_id, place) =
            dice.pick_from(&house.inner).map_or((house.id, &house.name), |unit| (unit.id, &unit.name));
        let level = staff_level(dice, house);
        let title = titles::staff(place, house.style, level, dice.chance(40));
        let wanted = Seat { title, ages: STAFF, authority: None, ..seat(organization_id, house.id, level) };
        seats.push(leave(dice, wanted, 3, 2));
    }
    seats
}

fn staff_level(dice: &mut Dice, house: &House) -> Option<PositionLevel> {
    let weights: &[(i32, Option<PositionLevel>)] = if house.style.is_institution() {
        &[(15, Some(PositionLevel::SectionMember)), (5, Some(PositionLevel::Clerk)), (80, None)]
    } else {
        &[(72, Some(PositionLevel::SectionMember)), (12, Some(PositionLevel::Clerk)), (16, None)]
    };
    dice.weighted(weights, None)
}

/// Lets some of those who held such a seat be retired or gone, in per cent.
fn leave(dice: &mut Dice, seat: Seat, retired: i32, moved: i32) -> Seat {
    match dice.between(1, 100) {
        throw if throw <= retired => Seat { status: CadreStatus::Retired, ages: LEAVING, ..seat },
        throw if throw <= retired + moved => Seat { status: CadreStatus::TransferredOut, ages: MOVING, ..seat },
        _ => seat,
    }
}

fn seat(organization_id: OrganizationId, house_id: OrganizationId, level: Option<PositionLevel>) -> Seat {
    Seat {
        organization_id,
        house_id,
        title: String::new(),
        level,
        authority: level.map(authority),
        status: CadreStatus::InPost,
        ages: STAFF,
        taken: None,
    }
}

/// A county's own leaders are managed from the city, everybody below by the county.
fn authority(level: PositionLevel) -> ManagementAuthority {
    if level <= PositionLevel::CountyDeputy { ManagementAuthority::Municipal } else { ManagementAuthority::County }
}
