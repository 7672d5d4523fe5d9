//! The synthetic county: everything the demo shows, out of a seed and a day, and nothing of it real.
//!
//! Pure and repeatable, keys included, so that a story told about the demo holds on every machine. The day is an
//! argument: ages, open posts and overdue contacts are true of it, and no clock is read.

use chrono::NaiveDate;
use entity::{
    account, account_grant, cadre,
    id::{AccountId, CadreId},
    kind::{Role, SealedField},
    level_period, membership_step, mentoring_pair, organization, pair_contact, pair_part, pair_step, pool_membership,
    pool_tier, post, post_assignment, reserve_pool,
};

use super::{
    accounts,
    cast::{Cast, Keeper},
    dice::Dice,
    dossiers::{self, Dossiers},
    establishment,
    pairs::{self, Pairs},
    party,
    people::People,
    pool_plans,
    pools::Pools,
    seats,
    tree::{self, Tree},
};

/// Managed cadres of the county, further staff, and the same of its neighbour.
const MANAGED: usize = 1_100;
const STAFF: usize = 2_500;
const NEIGHBOUR_MANAGED: usize = 17;
const NEIGHBOUR_STAFF: usize = 23;

/// Every row of the demo, all in version 1.
///
/// Stored list by list in this order, each row finds what it names, if accounts go in right after the cadres.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct County {
    /// Organizations, parents before children.
    pub organizations: Vec<organization::Model>,
    /// The approved posts of leaders.
    pub establishment: Vec<post::Model>,
    /// Persons, those of the neighbour county last.
    pub cadres: Vec<cadre::Model>,
    /// Their sensitive values in the clear: seal before storing.
    pub sealed: Vec<SealedValue>,
    /// Their dated posts.
    pub posts: Vec<post_assignment::Model>,
    /// Their dated levels.
    pub levels: Vec<level_period::Model>,
    /// What the files of the managed cadres say besides.
    pub dossiers: Dossiers,
    /// Reserve pools.
    pub pools: Vec<reserve_pool::Model>,
    /// Their tiers.
    pub tiers: Vec<pool_tier::Model>,
    /// Their members.
    pub memberships: Vec<pool_membership::Model>,
    /// Their steps.
    pub steps: Vec<membership_step::Model>,
    /// Mentoring pairs.
    pub pairs: Vec<mentoring_pair::Model>,
    /// Who is in them.
    pub parts: Vec<pair_part::Model>,
    /// Contacts held.
    pub contacts: Vec<pair_contact::Model>,
    /// The steps of pairs.
    pub pair_steps: Vec<pair_step::Model>,
    /// Accounts.
    pub accounts: Vec<account::Model>,
    /// Grants, one an account.
    pub grants: Vec<account_grant::Model>,
    /// Those who show the demo.
    pub people: Vec<Person>,
}

/// A sensitive value in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// Whose value.
    pub cadre_id: CadreId,
    /// Which value.
    pub field: SealedField,
    /// The value.
    pub value: String,
}

/// Somebody who shows the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The role.
    pub role: Role,
    /// Name to sign in with.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// The account.
    pub account_id: AccountId,
    /// The person in the registry, where it is one.
    pub cadre_id: Option<CadreId>,
    /// What this person can try, one sentence.
    pub sentence: String,
}

/// The county of a seed, as it stands on `today`.
pub fn synthetic(seed: u64, today: NaiveDate) -> County {
    let dice = &mut Dice::new(seed);
    let mut tree = tree::tree(dice);
    establishment::credit_codes(&mut tree);
    let cast = Cast::new(dice, &tree);
    let (mut people, locals) = populate(dice, today, &tree, &cast);
    let (main, next_door) = people.profiles.split_at_checked(locals).unwrap_or_default();

    let county = Keeper {
        organization_id: tree.county.id,
        officer: cast.officer,
        leader: cast.leader,
        cast: &cast,
        profiles: main,
        today,
    };
    let neighbour = Keeper {
        organization_id: tree.neighbour.id,
        officer: cast.neighbour,
        leader: cast.neighbour_leader,
        profiles: next_door,
        ..county
    };
    let mut pools = Pools::default();
    pools.fill(dice, &county, pool_plans::COUNTY);
    pools.fill(dice, &neighbour, pool_plans::NEIGHBOUR);
    let mut pairs = Pairs::default();
    pairs.fill(dice, &county, pairs::COUNTY);
    pairs.fill(dice, &neighbour, pairs::NEIGHBOUR);
    let made = accounts::accounts(dice, today, &tree, &cast, &people.profiles);
    let mut cadres: Vec<cadre::Model> = people.profiles.into_iter().map(|profile| profile.cadre).collect();
    party::join(seed, today, &mut cadres, &pools);
    County {
        establishment: establishment::posts(seed, &tree, &cadres, &mut people.posts),
        organizations: tree.rows,
        dossiers: dossiers::dossiers(seed, today, &cadres, &people.posts),
        cadres,
        sealed: people.sealed,
        posts: people.posts,
        levels: people.levels,
        pools: pools.pools,
        tiers: pools.tiers,
        memberships: pools.memberships,
        steps: pools.steps,
        pairs: pairs.pairs,
        parts: pairs.parts,
        contacts: pairs.contacts,
        pair_steps: pairs.steps,
        accounts: made.accounts,
        grants: made.grants,
        people: made.people,
    }
}

/// The persons of both counties, and how many of them belong to the first.
fn populate(dice: &mut Dice, today: NaiveDate, tree: &Tree, cast: &Cast) -> (People, usize) {
    let mut people = People::default();
    let mut managed = seats::managed(dice, &tree.county, usize::MAX, (4, 6), MANAGED);
    let mut staff = seats::staff(dice, &tree.county, STAFF);
    cast.reserve(&mut managed, &mut staff);
    people.fill(dice, today, &tree.county, managed);
    people.fill(dice, today, &tree.county, staff);
    let locals = people.profiles.len();
    let managed = seats::managed(dice, &tree.neighbour, 2, (2, 2), NEIGHBOUR_MANAGED);
    let staff = seats::staff(dice, &tree.neighbour, NEIGHBOUR_STAFF);
    people.fill(dice, today, &tree.neighbour, managed);
    people.fill(dice, today, &tree.neighbour, staff);
    (people, locals)
}
