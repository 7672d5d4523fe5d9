//! What the synthetic county promises, tried with several seeds and days.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use chrono::{NaiveDate, TimeDelta};
use entity::{
    cadre,
    id::{CadreId, OrganizationId},
    kind::{
        CadreStatus, Disclosure, ManagementAuthority, MembershipState, OrganizationKind, PairSide, PairState,
        PositionLevel, Role, SealedField, Sex,
    },
    partial_date::PartialDate,
};

use super::county::{County, synthetic};

/// Days that stress the calendar: an ordinary one, a leap day, the first of a year.
fn counties() -> Vec<(NaiveDate, County)> {
    [(315, "2026-03-17"), (7, "2028-02-29"), (42, "2027-01-01")]
        .map(|(seed, day)| {
            let today = day.parse().unwrap();
            (today, synthetic(seed, today))
        })
        .into()
}

fn unique<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    for value in values {
        assert!(seen.insert(value), "a value stands twice");
    }
    seen
}

fn cadres(county: &County) -> BTreeMap<CadreId, &cadre::Model> {
    county.cadres.iter().map(|row| (row.id, row)).collect()
}

/// Department or township of an organization; the county for itself.
fn house(county: &County, id: OrganizationId) -> OrganizationId {
    let row = county.organizations.iter().find(|row| row.id == id).unwrap();
    if row.kind == OrganizationKind::InternalUnit { row.parent_id.unwrap() } else { id }
}

#[test]
fn the_same_seed_and_day_make_the_same_county() {
    let today = "2026-03-17".parse().unwrap();
    assert!(synthetic(315, today) == synthetic(315, today));
    assert!(synthetic(315, today) != synthetic(316, today));
}

#[test]
fn dossiers_say_what_the_records_say() {
    for (today, county) in counties() {
        let cadres = cadres(&county);
        let managed = cadres.values().filter(|row| row.management_authority.is_some()).count();
        assert_eq!((county.dossiers.ranks.len(), county.dossiers.assessments.len()), (managed, managed * 3));
        let mut highest: BTreeMap<CadreId, _> = BTreeMap::new();
        for row in &county.dossiers.educations {
            let level = highest.entry(row.cadre_id).or_insert(row.level);
            *level = (*level).min(row.level);
        }
        assert!(highest.iter().all(|(id, level)| cadres[id].education == *level));
        for row in &county.dossiers.experiences {
            let born = cadres[&row.cadre_id].birth_date.unwrap();
            assert!(row.valid_from > born && row.valid_from.earliest().unwrap() <= today);
        }
        unique(county.dossiers.assessments.iter().map(|row| (row.cadre_id, row.year)));
        unique(county.dossiers.resume.iter().map(|row| (row.cadre_id, row.ordinal)));
    }
}

#[test]
fn whoever_is_in_the_pool_of_those_outside_the_party_is_outside() {
    for (today, county) in counties() {
        let cadres = cadres(&county);
        let outside: Vec<_> =
            county.tiers.iter().filter(|it| it.code == super::party::OUTSIDE).map(|it| it.id).collect();
        let of_the_pool: Vec<_> = county.memberships.iter().filter(|it| outside.contains(&it.tier_id)).collect();
        assert!(!of_the_pool.is_empty());
        assert!(of_the_pool.iter().all(|it| cadres[&it.cadre_id].party_joined_on.is_none()));
        let members: Vec<_> = cadres.values().filter_map(|it| it.party_joined_on.zip(it.birth_date)).collect();
        assert!((cadres.len() / 3..cadres.len() * 9 / 10).contains(&members.len()), "{} joined", members.len());
        let fits = |joined: PartialDate, born: PartialDate| {
            joined.year() >= born.year() + 19 && joined.earliest().is_some_and(|it| it <= today)
        };
        assert!(members.into_iter().all(|(joined, born)| fits(joined, born)));
    }
}

#[test]
fn the_county_has_its_size() {
    for (_, county) in counties() {
        let of_kind = |kind| county.organizations.iter().filter(|row| row.kind == kind).count();
        assert_eq!(of_kind(OrganizationKind::County), 2);
        assert_eq!(of_kind(OrganizationKind::Department), 84 + 5);
        assert_eq!(of_kind(OrganizationKind::Township), 12);
        let managed = |by| county.cadres.iter().filter(|row| row.management_authority == by).count();
        assert_eq!(managed(Some(ManagementAuthority::Municipal)), 30 + 2);
        assert_eq!(managed(Some(ManagementAuthority::County)), 1_070 + 15);
        assert_eq!(managed(None), 2_500 + 23);
        let women = county.cadres.iter().filter(|row| row.sex == Sex::Female).count() * 100 / county.cadres.len();
        assert!((30..=35).contains(&women), "{women} % women");
        assert_eq!((county.pools.len(), county.pairs.len(), county.people.len()), (6, 184, 10));
    }
}

#[test]
fn organizations_stand_below_their_parents() {
    for (_, county) in counties() {
        let mut above = BTreeSet::new();
        for row in &county.organizations {
            assert!(row.parent_id.is_none_or(|parent| above.contains(&parent)), "{} before its parent", row.code);
            assert!(row.code.len() <= 32 && row.code.starts_with("99"));
            assert!(row.division_code.as_ref().is_none_or(|code| code.starts_with("99") && code.len() == 6));
            above.insert(row.id);
        }
        assert_eq!(county.organizations.iter().filter(|row| row.parent_id.is_none()).count(), 1);
        unique(county.organizations.iter().map(|row| row.code.as_str()));
        unique(county.organizations.iter().map(|row| row.name.as_str()));
    }
}

#[test]
fn every_reference_resolves_and_every_key_is_unique() {
    for (_, county) in counties() {
        let organizations = unique(county.organizations.iter().map(|row| row.id));
        let cadres = unique(county.cadres.iter().map(|row| row.id));
        let accounts = unique(county.accounts.iter().map(|row| row.id));
        let pools = unique(county.pools.iter().map(|row| row.id));
        let pairs = unique(county.pairs.iter().map(|row| row.id));
        let tiers: BTreeMap<_, _> = county.tiers.iter().map(|row| (row.id, row.pool_id)).collect();
        unique(county.posts.iter().map(|row| row.id));
        unique(county.levels.iter().map(|row| row.id));
        unique(county.memberships.iter().map(|row| row.id));
        unique(county.accounts.iter().map(|row| row.login.as_str()));
        assert!(county.cadres.iter().all(|row| organizations.contains(&row.organization_id)));
        assert!(county.posts.iter().all(|row| cadres.contains(&row.cadre_id)));
        assert!(county.levels.iter().all(|row| cadres.contains(&row.cadre_id)));
        assert!(county.sealed.iter().all(|row| cadres.contains(&row.cadre_id)));
        assert!(county.pools.iter().all(|row| organizations.contains(&row.organization_id)));
        assert!(county.tiers.iter().all(|row| pools.contains(&row.pool_id)));
        for row in &county.memberships {
            assert_eq!(tiers.get(&row.tier_id), Some(&row.pool_id));
            assert!(cadres.contains(&row.cadre_id));
            assert!([row.proposed_by, row.decided_by].iter().flatten().all(|who| accounts.contains(who)));
        }
        for row in &county.pairs {
            assert!(
                organizations.contains(&row.organization_id)
                    && row.proposed_by.is_some_and(|who| accounts.contains(&who))
            );
        }
        assert!(county.parts.iter().all(|row| pairs.contains(&row.pair_id) && cadres.contains(&row.cadre_id)));
        for row in &county.contacts {
            assert!(pairs.contains(&row.pair_id) && row.recorded_by.is_none_or(|who| accounts.contains(&who)));
        }
        assert!(county.accounts.iter().all(|row| row.cadre_id.is_none_or(|who| cadres.contains(&who))));
        assert!(county.grants.iter().all(|row| accounts.contains(&row.account_id)));
        assert!(county.grants.iter().all(|row| organizations.contains(&row.organization_id)));
    }
}

#[test]
fn sealed_numbers_are_well_formed_and_nobodys() {
    for (_, county) in counties() {
        let cadres = cadres(&county);
        unique(county.sealed.iter().map(|row| row.value.as_str()));
        unique(county.sealed.iter().map(|row| (row.cadre_id, row.field)));
        assert_eq!(county.sealed.len(), county.cadres.len() * 2);
        for row in &county.sealed {
            let (cadre, value) = (cadres[&row.cadre_id], row.value.as_str());
            if row.field == SealedField::Phone {
                assert!(
                    value.len() == 11 && value.starts_with("100") && value.bytes().all(|byte| byte.is_ascii_digit())
                );
                continue;
            }
            assert!(value.len() == 18 && ("990101"..="990199").contains(&&value[..6]), "{value}");
            assert_eq!(crate::identity_number::check_digit(&value[..17]).unwrap().to_string(), value[17..]);
            assert_eq!(value[16..17].parse::<u8>().unwrap() % 2 == 1, cadre.sex == Sex::Male);
            let born = NaiveDate::parse_from_str(&value[6..14], "%Y%m%d").unwrap().to_string();
            assert!(born.starts_with(&String::from(cadre.birth_date.unwrap())), "{born} is not {:?}", cadre.birth_date);
        }
    }
}

/// Rows of one person, each from a day to another, follow one another without gap or overlap.
fn follow<T: Debug>(spans: &[(T, PartialDate, Option<PartialDate>)], over: bool, today: NaiveDate) {
    assert!(spans.windows(2).all(|two| two[0].1 < two[1].1 && two[0].2 == Some(two[1].1)), "{spans:?}");
    let last = spans.last().unwrap();
    assert_eq!(last.2.is_some(), over, "{spans:?}");
    assert!(
        last.1.earliest().unwrap() <= today && last.2.is_none_or(|to| last.1 < to && to.earliest().unwrap() <= today)
    );
}

#[test]
fn careers_could_have_happened() {
    for (today, county) in counties() {
        let mut posts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in &county.posts {
            posts.entry(row.cadre_id).or_default().push((&row.title, row.valid_from.unwrap(), row.valid_to));
        }
        let mut levels: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in &county.levels {
            levels.entry(row.cadre_id).or_default().push((row.level, row.valid_from.unwrap(), row.valid_to));
        }
        for cadre in &county.cadres {
            let over = cadre.status != CadreStatus::InPost;
            let (posts, levels) = (&posts[&cadre.id], levels.get(&cadre.id).cloned().unwrap_or_default());
            assert!((1..=5).contains(&posts.len()) && levels.len() <= 4, "{} has too many", cadre.name);
            follow(posts, over, today);
            assert_eq!(cadre.post_title.as_ref(), posts.last().filter(|_| !over).map(|post| post.0));
            assert_eq!(cadre.position_level, levels.last().filter(|_| !over).map(|level| level.0));
            if let Some(last) = levels.last() {
                follow(&levels, over, today);
                assert!(levels.is_sorted_by(|lower, higher| lower.0 > higher.0));
                assert!(last.1 <= posts.last().unwrap().1, "{} had the post before the level", cadre.name);
                assert!(cadre.management_authority.is_some() == (last.0 <= PositionLevel::TownshipDeputy));
            }
            let born = cadre.birth_date.unwrap();
            assert!((22..=60).contains(&born.full_years(today).unwrap()), "{} of {born:?}", cadre.name);
            assert!(born.full_years(posts[0].1.earliest().unwrap()).unwrap() >= 17, "{} began as a child", cadre.name);
        }
    }
}

#[test]
fn nobody_holds_a_level_above_the_house() {
    for (_, county) in counties() {
        let levels: BTreeMap<_, _> = county.organizations.iter().map(|row| (row.id, row.level)).collect();
        for cadre in county.cadres.iter().filter(|row| row.position_level.is_some()) {
            assert!(cadre.position_level >= levels[&house(&county, cadre.organization_id)], "{:?}", cadre.post_title);
        }
    }
}

#[test]
fn memberships_are_decided_by_others_and_in_time() {
    for (today, county) in counties() {
        unique(county.memberships.iter().map(|row| (row.pool_id, row.cadre_id)));
        for row in &county.memberships {
            assert_ne!(row.proposed_by, row.decided_by);
            assert!(row.proposed_on < today && row.decided_on.is_none_or(|on| row.proposed_on < on && on < today));
            let decided = row.state != MembershipState::Proposed;
            assert_eq!((row.decided_by.is_some(), row.decided_on.is_some()), (decided, decided));
        }
        let first = &county.pools[0];
        let counted: Vec<usize> = county
            .tiers
            .iter()
            .filter(|tier| tier.pool_id == first.id)
            .map(|tier| {
                county
                    .memberships
                    .iter()
                    .filter(|row| row.tier_id == tier.id && row.state == MembershipState::Confirmed)
                    .count()
            })
            .collect();
        assert_eq!((first.code.as_str(), counted), ("315", vec![290, 96, 48]));
    }
}

#[test]
fn pairs_join_houses_and_their_due_days_follow() {
    for (today, county) in counties() {
        let cadres = cadres(&county);
        let side = |pair, side| {
            let parts = county.parts.iter().filter(move |row| row.pair_id == pair && row.side == side);
            parts.map(|row| row.cadre_id).collect::<Vec<_>>()
        };
        let mut led: BTreeMap<CadreId, usize> = BTreeMap::new();
        for pair in &county.pairs {
            let (mentors, mentees) = (side(pair.id, PairSide::Mentor), side(pair.id, PairSide::Mentee));
            assert!(mentors.len() == 1 && (1..=2).contains(&mentees.len()));
            *led.entry(mentors[0]).or_default() += 1;
            let home = |who: &CadreId| house(&county, cadres[who].organization_id);
            assert!(mentees.iter().all(|mentee| home(mentee) != home(&mentors[0])));
            let last = county.contacts.iter().filter(|row| row.pair_id == pair.id).map(|row| row.held_on).max();
            let due = last
                .filter(|_| pair.state == PairState::Active)
                .map(|last| last + TimeDelta::days(pair.contact_every_days.into()));
            assert_eq!(pair.next_contact_due, due);
            assert_eq!(pair.started_on.is_none(), pair.state == PairState::Proposed);
            assert!(
                last.is_none_or(|last| last <= today && pair.ended_on.is_none_or(|end| last < end && end <= today))
            );
        }
        assert!(led.values().all(|pairs| *pairs <= 3));
        unique(county.parts.iter().filter(|row| row.side == PairSide::Mentee).map(|row| row.cadre_id));
        let active = county.pairs.iter().filter(|row| row.state == PairState::Active).count();
        let overdue = county.pairs.iter().filter(|row| row.next_contact_due.is_some_and(|due| due < today)).count();
        assert_eq!((active, overdue), (153, 24));
        assert_eq!(county.parts.len(), county.pairs.len() * 2 + 10);
    }
}

#[test]
fn posts_are_filled_vacant_and_one_is_overstaffed() {
    for (today, county) in counties() {
        let holders = |post: &entity::post::Model| {
            county.posts.iter().filter(|it| it.post_id == Some(post.id) && it.valid_to.is_none()).count()
        };
        let (mut vacant, mut over) = (0, Vec::new());
        for post in &county.establishment {
            let (held, approved) = (holders(post), usize::try_from(post.approved_headcount).unwrap());
            assert!(approved > 0 && post.valid_from < today && post.title.chars().count() <= 120, "{}", post.title);
            vacant += approved.saturating_sub(held);
            over.extend((held > approved).then_some(post.title.as_str()));
        }
        assert!((5..60).contains(&vacant), "{vacant} vacant");
        assert_eq!(over, ["青禾县教育局党组成员、副局长"]);
        unique(county.establishment.iter().map(|it| (it.organization_id, it.code.clone())));
    }
}

#[test]
fn houses_have_credit_codes_of_the_unallocated_region() {
    for (_, county) in counties() {
        let coded: Vec<&str> =
            county.organizations.iter().filter_map(|it| it.unified_social_credit_code.as_deref()).collect();
        assert_eq!(coded.len(), 84 + 12 + 5);
        assert!(coded.iter().all(|it| crate::credit_code::parse(it).as_deref() == Ok(it) && it[2..].starts_with("99")));
        unique(coded);
    }
}

#[test]
fn the_people_of_the_demo_are_as_promised() {
    for (today, county) in counties() {
        let roles: BTreeSet<Role> = county.people.iter().map(|person| person.role).collect();
        assert!(Role::ALL.iter().all(|role| roles.contains(role)));
        let person = |login| county.people.iter().find(|person| person.login == login).unwrap();
        let (mentor, cadre) = (person("mentor").cadre_id.unwrap(), person("cadre").cadre_id.unwrap());
        let pairs = |who, side| {
            let own: Vec<_> = county.parts.iter().filter(|row| row.cadre_id == who && row.side == side).collect();
            county.pairs.iter().filter(|pair| own.iter().any(|part| part.pair_id == pair.id)).collect::<Vec<_>>()
        };
        let led = pairs(mentor, PairSide::Mentor);
        assert_eq!(led.iter().map(|pair| pair.state).collect::<Vec<_>>(), [PairState::Active; 2]);
        assert_eq!(led.iter().filter(|pair| pair.next_contact_due.unwrap() < today).count(), 1);
        assert_eq!(
            pairs(cadre, PairSide::Mentee).iter().map(|pair| pair.state).collect::<Vec<_>>(),
            [PairState::Active]
        );
        let disclosed = |to: Disclosure| {
            let pools = unique(county.pools.iter().filter(|pool| pool.disclosure == to).map(|pool| pool.id));
            county
                .memberships
                .iter()
                .filter(move |row| pools.contains(&row.pool_id) && row.state == MembershipState::Confirmed)
        };
        assert_eq!(disclosed(Disclosure::Person).filter(|row| row.cadre_id == cadre).count(), 1);
        assert!(disclosed(Disclosure::Confidential).any(|row| row.cadre_id == cadre));
        let grant = |login| county.grants.iter().find(|row| row.account_id == person(login).account_id).unwrap();
        let bureau = grant("unit").organization_id;
        let cadres = cadres(&county);
        let home = |who: CadreId| house(&county, cadres[&who].organization_id);
        assert!(disclosed(Disclosure::Unit).filter(|row| home(row.cadre_id) == bureau).count() >= 6);
        assert_eq!(home(cadre), bureau);
        assert_eq!(grant("mentor").organization_id, cadres[&mentor].organization_id);
        assert_eq!(grant("cadre").organization_id, cadres[&cadre].organization_id);
        for (login, code) in [
            ("officer", "990101"),
            ("leader", "990101"),
            ("summary", "990100"),
            ("system", "990000"),
            ("security", "990000"),
            ("audit", "990000"),
            ("neighbour", "990102"),
            ("unit", "990101-D020"),
        ] {
            let top = county.organizations.iter().find(|row| row.id == grant(login).organization_id).unwrap();
            assert_eq!(top.code, code, "{login}");
        }
    }
}
