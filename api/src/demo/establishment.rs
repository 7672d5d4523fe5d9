//! The approved posts of leaders (职数) and the credit codes of houses. Most posts are filled, some are vacant, one has
//! more people than were approved.
//!
//! It throws dice of its own, so that the county stays the same with and without it.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{CadreId, OrganizationId, PostId},
    kind::{PositionLevel, PostRole},
    organization, post, post_assignment,
};

use super::{
    dice::Dice,
    places::Style,
    titles,
    tree::{CountyTree, House, Tree},
};
use crate::credit_code;

/// How many houses of a hundred lack a deputy.
const LACKING: i32 = 15;
/// The house that has a deputy more than was approved.
const OVERSTAFFED: &str = "教育局";

/// Gives the houses their credit codes.
pub fn credit_codes(tree: &mut Tree) {
    let kinds: HashMap<OrganizationId, char> =
        [&tree.county, &tree.neighbour].into_iter().flat_map(|it| &it.houses).map(|it| (it.id, kind(it))).collect();
    let mut ordinal = 0;
    for row in &mut tree.rows {
        if let Some(kind) = kinds.get(&row.id) {
            ordinal += 1;
            row.unified_social_credit_code = code(*kind, row, ordinal);
        }
    }
}

/// 机关, 事业单位 or 群众团体, as the second character says.
fn kind(house: &House) -> char {
    match house.style {
        style if style.is_institution() => '2',
        Style::Mass => '3',
        _ => '1',
    }
}

/// A code of the region's own digits; none where those are not digits.
fn code(kind: char, row: &organization::Model, ordinal: u32) -> Option<String> {
    let body = format!("MB{ordinal:06}");
    let body = format!("{body}{}", check_of_body(&body));
    let first: String = format!("1{kind}{}{body}", row.code.get(..6)?);
    Some(format!("{first}{}", credit_code::check_character(&first)?))
}

/// The last character of an organization's own nine (GB 11714).
fn check_of_body(body: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(it, weight)| it.to_digit(36).unwrap_or(0) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

/// The posts of leaders, by house; who holds one of them names it from then on.
pub fn posts(
    seed: u64,
    tree: &Tree,
    cadres: &[cadre::Model],
    assignments: &mut [post_assignment::Model],
) -> Vec<post::Model> {
    let dice = &mut Dice::new(seed ^ 0x0057_aff5);
    let homes: HashMap<CadreId, OrganizationId> = cadres.iter().map(|it| (it.id, it.organization_id)).collect();
    let mut held: HashMap<(OrganizationId, String), Vec<&mut post_assignment::Model>> = HashMap::new();
    for it in assignments.iter_mut().filter(|it| it.valid_to.is_none() && it.is_primary) {
        if let Some(home) = homes.get(&it.cadre_id) {
            held.entry((*home, it.title.clone())).or_default().push(it);
        }
    }
    let mut posts = Vec::new();
    for (home, title, role, level) in wanted(&tree.county) {
        let holders = held.remove(&(home, title.clone())).unwrap_or_default();
        let filled = i32::try_from(holders.len()).unwrap_or(0);
        let approved = match filled {
            0 | 1 => 1,
            _ if title.contains(OVERSTAFFED) => filled - 1,
            _ => filled + i32::from(dice.chance(LACKING)),
        };
        let id = PostId(dice.key());
        holders.into_iter().for_each(|it| it.post_id = Some(id));
        let ordinal = posts.iter().filter(|it: &&post::Model| it.organization_id == home).count() + 1;
        posts.push(post::Model {
            id,
            organization_id: home,
            code: format!("L{ordinal:02}"),
            title,
            role,
            level: Some(level),
            approved_headcount: approved,
            valid_from: NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default(),
            valid_to: None,
            version: 1,
        });
    }
    posts
}

/// Every leader's post of a county: whose, its title, what it is, its level.
fn wanted(county: &CountyTree) -> Vec<(OrganizationId, String, PostRole, PositionLevel)> {
    let mut out = Vec::new();
    for (post, level) in titles::COUNTY_LEADERS {
        let title = format!("{}{}", county.name, post.strip_prefix('县').unwrap_or(post));
        let role = if *level == PositionLevel::CountyPrincipal { PostRole::Principal } else { PostRole::Deputy };
        out.push((county.id, title, role, *level));
    }
    for house in &county.houses {
        for (place, (title, level)) in titles::leaders(house, 1).into_iter().enumerate() {
            let principal = if house.style == Style::Township { level == house.level } else { place == 0 };
            let role = if principal { PostRole::Principal } else { PostRole::Deputy };
            out.push((house.id, title, role, level));
        }
    }
    out
}
