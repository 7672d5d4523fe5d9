//! The organizations: one province, one prefecture, the county of the demo and a small neighbour, parents first.

use entity::{
    id::OrganizationId,
    kind::{OrganizationKind, OrganizationState, PositionLevel},
    organization,
};

use super::{
    dice::Dice,
    places::{self, Group, Style},
};
use crate::pinyin::sort_key;

/// All organizations, and the ways into them.
pub struct Tree {
    /// Every row, parents before children.
    pub rows: Vec<organization::Model>,
    /// 省
    pub province: OrganizationId,
    /// 市
    pub prefecture: OrganizationId,
    /// The county of the demo.
    pub county: CountyTree,
    /// The county next door.
    pub neighbour: CountyTree,
}

/// One county.
pub struct CountyTree {
    /// Key.
    pub id: OrganizationId,
    /// Name, such as 青禾县.
    pub name: &'static str,
    /// Its departments and townships.
    pub houses: Vec<House>,
}

/// A department or township.
pub struct House {
    /// Key.
    pub id: OrganizationId,
    /// Full name.
    pub name: String,
    /// Its style.
    pub style: Style,
    /// Its 机构级别.
    pub level: PositionLevel,
    /// Its internal units.
    pub inner: Vec<Unit>,
}

/// An internal unit.
pub struct Unit {
    /// Key.
    pub id: OrganizationId,
    /// Full name.
    pub name: String,
}

impl CountyTree {
    /// The house whose name ends so; the county itself where there is none.
    pub fn house(&self, ending: &str) -> OrganizationId {
        self.houses.iter().find(|house| house.name.ends_with(ending)).map_or(self.id, |house| house.id)
    }
}

/// The organizations of both counties.
pub fn tree(dice: &mut Dice) -> Tree {
    let mut rows = Vec::new();
    let mut above = |parent, code: &str, name: &str, kind, level| {
        let row =
            organization::Model { division_code: Some(code.to_owned()), ..row(dice, parent, code, name, kind, level) };
        let id = row.id;
        rows.push(row);
        id
    };
    let province =
        above(None, "990000", places::PROVINCE, OrganizationKind::Province, PositionLevel::ProvincialPrincipal);
    let prefecture = above(
        Some(province),
        "990100",
        places::PREFECTURE,
        OrganizationKind::Prefecture,
        PositionLevel::BureauPrincipal,
    );
    let mut county =
        |code, name| above(Some(prefecture), code, name, OrganizationKind::County, PositionLevel::CountyPrincipal);
    let (main, other) = (county("990101", places::COUNTY), county("990102", places::NEIGHBOUR));
    let county = CountyTree {
        id: main,
        name: places::COUNTY,
        houses: houses(dice, &mut rows, (main, "990101", places::COUNTY), places::GROUPS),
    };
    let neighbour = CountyTree {
        id: other,
        name: places::NEIGHBOUR,
        houses: houses(dice, &mut rows, (other, "990102", places::NEIGHBOUR), places::NEIGHBOUR_GROUPS),
    };
    Tree { rows, province, prefecture, county, neighbour }
}

fn houses(
    dice: &mut Dice,
    rows: &mut Vec<organization::Model>,
    (county, county_code, county_name): (OrganizationId, &str, &str),
    groups: &[Group],
) -> Vec<House> {
    let (mut departments, mut townships) = (0, 0);
    let mut houses = Vec::new();
    for (group, name) in groups.iter().flat_map(|group| group.names.iter().map(move |name| (group, name))) {
        let (kind, code) = if group.style == Style::Township {
            townships += 1;
            (OrganizationKind::Township, format!("{county_code}-T{townships:02}"))
        } else {
            departments += 1;
            (OrganizationKind::Department, format!("{county_code}-D{departments:03}"))
        };
        let top = row(dice, Some(county), &code, &format!("{county_name}{name}"), kind, group.level);
        let mut house =
            House { id: top.id, name: top.name.clone(), style: group.style, level: group.level, inner: Vec::new() };
        rows.push(top);
        let count = usize::try_from(dice.between(group.inner.0, group.inner.1)).unwrap_or_default();
        // A single internal unit is the house itself under another name.
        let count = if count == 1 { 0 } else { count };
        for (ordinal, unit) in (1..=count).zip(places::inner_names(group.style, name)) {
            let (code, name) = (format!("{code}-{ordinal:02}"), format!("{}{unit}", house.name));
            let mut unit = row(dice, Some(house.id), &code, &name, OrganizationKind::InternalUnit, group.level);
            // 股 and its kin stand below the levels of the standard.
            unit.level = None;
            house.inner.push(Unit { id: unit.id, name: unit.name.clone() });
            rows.push(unit);
        }
        houses.push(house);
    }
    houses
}

fn row(
    dice: &mut Dice,
    parent_id: Option<OrganizationId>,
    code: &str,
    name: &str,
    kind: OrganizationKind,
    level: PositionLevel,
) -> organization::Model {
    organization::Model {
        id: OrganizationId(dice.key()),
        parent_id,
        code: code.to_owned(),
        name: name.to_owned(),
        name_sort: sort_key(name),
        kind,
        level: Some(level),
        division_code: None,
        unified_social_credit_code: None,
        affiliation: None,
        managing_organization_id: None,
        state: OrganizationState::Active,
        valid_from: None,
        valid_to: None,
        successor_id: None,
        split_from_id: None,
        version: 1,
    }
}
