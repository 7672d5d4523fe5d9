//! A random world: two counties that share nothing above them, and what ties their rows together.
//!
//! One seed makes one world, so a difference can be met again: the seed and the account's grants stand in its message.

mod declared;
mod further;
mod papers;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{AccountId, CadreId, OrganizationId},
    kind::{
        AccountState, CadreStatus, Disclosure, ManagementAuthority, MembershipState, PairSide, PairState,
        PositionLevel, Role, SecrecyLevel, Sex,
    },
};
use tests::{dice::Dice, world::World};

pub use further::{MOVED, phone};

/// Persons of a world.
const CADRES: usize = 60;
/// Accounts of a world, besides one for each role and those that cross.
const ACCOUNTS: usize = 12;
/// Statuses, most people in post.
const STATUSES: [CadreStatus; 6] = [
    CadreStatus::InPost,
    CadreStatus::InPost,
    CadreStatus::InPost,
    CadreStatus::InPost,
    CadreStatus::Retired,
    CadreStatus::TransferredOut,
];

/// What the builders need to know of what they have built.
struct Built {
    dice: Dice,
    places: Vec<OrganizationId>,
    people: Vec<CadreId>,
    /// Where each of the people works.
    homes: Vec<OrganizationId>,
    /// Who keeps a pair, and where one of its people works.
    kept: Vec<(OrganizationId, OrganizationId)>,
}

/// Fills a world; gives back its accounts.
pub async fn fill(world: &World, seed: u64) -> Vec<AccountId> {
    let places = places(world).await;
    let mut built = Built { dice: Dice::new(seed), places, people: Vec::new(), homes: Vec::new(), kept: Vec::new() };
    people(world, &mut built).await;
    pools(world, &mut built).await;
    pairs(world, &mut built).await;
    further::transfers(world, &built, seed).await;
    further::words(world, &built, seed).await;
    let mut all = accounts(world, &mut built).await;
    all.extend(further::auditors(world, &mut built).await);
    further::doings(world, &mut built, &all).await;
    all.extend(further::concerned(world, &built).await);
    further::stranger(world, &built).await;
    further::ended_ranks(world, &built).await;
    papers::fill(world, &built, &all, seed).await;
    further::phones(world, &built).await;
    all
}

/// Two counties, each with three departments, and units two and three levels down.
async fn places(world: &World) -> Vec<OrganizationId> {
    let mut out = Vec::new();
    for county in ["North", "South"] {
        let top = world.organization(&format!("{county} County")).await;
        out.push(top);
        for place in ["Finance", "Water"] {
            let department = world.department(top, &format!("{county} {place}")).await;
            let section = world.department(department, &format!("{county} {place} Section")).await;
            out.extend([department, section]);
        }
        out.push(world.department(*out.last().expect("a section"), &format!("{county} Desk")).await);
        out.push(world.department(top, &format!("{county} Archive")).await);
    }
    out
}

async fn people(world: &World, built: &mut Built) {
    for number in 0..CADRES {
        let at = built.dice.pick(&built.places);
        let (status, sex) = (built.dice.pick(&STATUSES), built.dice.pick(&[Sex::Female, Sex::Male]));
        let level = built.dice.pick(&[PositionLevel::TownshipDeputy, PositionLevel::SectionMember]);
        let name = format!("Person {number:02}");
        let authority = built.dice.chance(70).then(|| built.dice.pick(ManagementAuthority::ALL));
        let secrecy_level = secrecy(&mut built.dice);
        let change = |row: &mut entity::cadre::Model| {
            (row.status, row.sex, row.position_level) = (status, sex, Some(level));
            (row.management_authority, row.secrecy_level) = (authority, secrecy_level);
        };
        let id = world.cadre(at, &name, change).await;
        world.career(id, &format!("Post of {name}"), level).await;
        if number % 3 == 0 {
            world.sanction(id, &format!("Number {number}")).await;
        }
        further::dossier(world, &mut built.dice, id, &name).await;
        built.people.push(id);
        built.homes.push(at);
    }
}

/// Every place keeps a pool, each level of disclosure in turn; a third of the members come from anywhere.
async fn pools(world: &World, built: &mut Built) {
    let levels = [Disclosure::Confidential, Disclosure::Unit, Disclosure::Person];
    let turn = built.dice.below(3);
    for (number, keeper) in built.places.clone().into_iter().enumerate() {
        let disclosure = levels[(number + turn) % 3];
        let pool = world.pool(keeper, &format!("P{number}"), disclosure).await;
        let (mut members, mut memberships) = (Vec::new(), Vec::new());
        for _ in 0..9 {
            let person = built.dice.pick(&built.people);
            if members.contains(&person) {
                continue;
            }
            members.push(person);
            let state = built.dice.pick(MembershipState::ALL);
            memberships.push(world.membership(pool, person, state).await);
        }
        further::course(world, &mut built.dice, pool, &memberships).await;
    }
}

/// Pairs of two to four people from any units, kept anywhere, in every state.
async fn pairs(world: &World, built: &mut Built) {
    for number in 0..36 {
        let mut sides: Vec<(CadreId, PairSide)> = Vec::new();
        for place in 0..2 + built.dice.below(3) {
            let person = built.dice.pick(&built.people);
            let side = if place % 2 == 0 { PairSide::Mentor } else { PairSide::Mentee };
            if sides.iter().all(|(other, _)| *other != person) {
                sides.push((person, side));
            }
        }
        let (state, late) = (built.dice.pick(PairState::ALL), built.dice.chance(40));
        let keeper = built.dice.pick(&built.places);
        let pair = world
            .pair_of(keeper, &sides, |row| {
                row.state = state;
                row.next_contact_due = row.next_contact_due.map(|day| day - TimeDelta::days(if late { 60 } else { 0 }));
            })
            .await;
        if sides.len() > 2 && built.dice.chance(40) {
            world.leave(pair, sides[built.dice.below(sides.len())].0).await;
        }
        let first = built.people.iter().position(|it| *it == sides[0].0).expect("one of the people");
        built.kept.push((keeper, built.homes[first]));
        for contact in 0..built.dice.below(3) {
            world.contact(pair, &format!("Agreed {number} {contact}")).await;
        }
    }
}

/// One account for each role, then some with any grants; a few are closed, some are nobody of the registry.
async fn accounts(world: &World, built: &mut Built) -> Vec<AccountId> {
    let mut out = Vec::new();
    for role in Role::ALL {
        let account = world.account(Some(built.dice.pick(&built.people))).await;
        world.grant(account, *role, built.dice.pick(&built.places), None).await;
        out.push(account);
    }
    for number in 0..ACCOUNTS {
        let person = built.dice.chance(75).then(|| built.dice.pick(&built.people));
        let state = if number % 12 == 5 { AccountState::Closed } else { AccountState::Active };
        let account = world.account_in(state, person).await;
        for _ in 0..built.dice.below(5) {
            let role =
                if built.dice.chance(75) { built.dice.pick(&Role::ALL[..6]) } else { built.dice.pick(Role::ALL) };
            let validity = validity(world.now(), &mut built.dice);
            let tier = built.dice.chance(30).then(|| built.dice.pick(ManagementAuthority::ALL));
            let ceiling = secrecy(&mut built.dice);
            let change = |row: &mut entity::account_grant::Model| {
                (row.valid_from, row.valid_to) = validity;
                (row.managing_tier, row.secrecy_ceiling) = (tier, ceiling);
            };
            world.grant_of(account, role, built.dice.pick(&built.places), change).await;
        }
        out.push(account);
    }
    out.extend(crossed(world, built).await);
    out
}

/// Accounts that see a pair as one thing, and hold where it is kept what must not count for its people.
async fn crossed(world: &World, built: &mut Built) -> Vec<AccountId> {
    let mut out = Vec::new();
    for (keeper, home) in built.kept.iter().filter(|(keeper, home)| keeper != home).take(4) {
        let account = world.account(Some(built.dice.pick(&built.people))).await;
        world.grant(account, Role::UnitOfficer, *home, None).await;
        world.grant(account, built.dice.pick(&[Role::Mentor, Role::Cadre]), *keeper, None).await;
        out.push(account);
    }
    out
}

/// Mostly INTERNAL; every level comes up.
fn secrecy(dice: &mut Dice) -> SecrecyLevel {
    if dice.chance(75) { SecrecyLevel::Internal } else { dice.pick(SecrecyLevel::ALL) }
}

/// Past, current, future, beginning now, ending now.
fn validity(now: DateTime<Utc>, dice: &mut Dice) -> (DateTime<Utc>, Option<DateTime<Utc>>) {
    let day = TimeDelta::days(1);
    match dice.below(12) {
        0 => (now - day * 9, Some(now - day)),
        1 => (now + day, None),
        2 => (now + day, Some(now + day * 9)),
        3 => (now - day, Some(now)),
        4 => (now, None),
        5..=7 => (now - day, Some(now + TimeDelta::milliseconds(1))),
        _ => (now - day, None),
    }
}
