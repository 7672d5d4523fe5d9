//! Goals as policies set them: M008, M012, M027, M054, M055, M059, M060.

use entity::{
    declared_fact,
    id::DeclaredFactId,
    kind::{OrganizationKind, PositionLevel, PostRole},
    policy_edition,
};
use tests::both;

use super::*;

/// How the goals of a policy stand for an organization on a day.
async fn progress(place: &Place, policy: &str, organization: OrganizationId, day: &str) -> Answer {
    let text = "query($policy: String!, $place: ID!, $day: Date) { it: targetProgress(policy: $policy, organization: $place, asOf: $day) {
        goals { code base needed actual missing over percent unknown status expectedByNow from to } total { needed persons missing } proposals milestones { code from to } } }";
    place.officer.run(text, json!({ "policy": policy, "place": global(organization), "day": day })).await
}

fn goal<'a>(answer: &'a Answer, code: &str) -> &'a Value {
    let all = answer.at("/it/goals").as_array().unwrap_or_else(|| panic!("{}", answer.text));
    all.iter().find(|it| it["code"] == code).unwrap_or_else(|| panic!("no {code} in {}", answer.text))
}

fn told(goal: &Value) -> (i64, i64, i64, &str) {
    let number = |key: &str| goal[key].as_i64().expect("a number");
    (number("needed"), number("actual"), number("missing"), goal["status"].as_str().expect("a status"))
}

/// Somebody is selected for a programme: signed, as far as the registry goes.
async fn selected(world: &World, policy: &str, at: OrganizationId, person: CadreId) {
    let edition = policy_edition::Entity::find().filter(policy_edition::Column::Code.eq(policy)).one(&world.db).await;
    let row = declared_fact::Model {
        id: DeclaredFactId::fresh(),
        edition_id: edition.expect("an answer").expect("an edition").id,
        code: "IN_PROGRAMME".to_owned(),
        organization_id: at,
        cadre_id: Some(person),
        holds: true,
        number: None,
        valid_from: "2024-01-01".parse().expect("a day"),
        valid_to: None,
        document_number: None,
        source: "Signed by the department".to_owned(),
        recorded_at: world.now(),
        recorded_by: None,
        state: FactState::Recorded,
        void_reason: None,
        version: 1,
    };
    world.insert(row).await;
}

/// A principal born on a day.
async fn principal(world: &World, at: OrganizationId, name: &str, born: &str) {
    let level = PositionLevel::TownshipPrincipal;
    let id = official(world, at, name, level, PostRole::Principal).await;
    world.sql("update cadre set birth_date = $1 where id = $2", vec![born.into(), id.into()]).await;
}

both! {
    /// M054: goal one is met, goal two is short by one; who counts in both counts once in all.
    async fn the_2331_targets_count_nobody_twice(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M054", "2026-01-01").await;
        for at in 0..31 {
            let born = if at < 19 { "1986-04-01" } else { "1982-04-01" };
            principal(&world, place.county, &format!("Principal {at:02}"), born).await;
        }
        let found = progress(&place, &policy, place.county, "2026-11-30").await;
        assert_eq!(told(goal(&found, "BORN_1980S_PRINCIPAL")), (30, 31, 0, "MET"));
        assert_eq!(told(goal(&found, "BORN_1985_ON_PRINCIPAL")), (20, 19, 1, "SHORT"));
        assert_eq!(found.at("/it/total/persons"), 31, "{}", found.text);
        let stranger = world.sign_in(Role::OrganizationOfficer, world.organization("South").await).await;
        let text = "query($policy: String!, $place: ID!) { it: targetProgress(policy: $policy, organization: $place) { asOf } }";
        assert!(stranger.run(text, json!({ "policy": policy, "place": global(place.county) })).await.at("/it").is_null());
    }

    /// M055: 50, 79 and 120 of 50, 80 and 120; the 121st is taken all the same, and told of; nobody of them has a mentor yet.
    async fn the_5812_programme_lacks_one_and_has_one_too_many(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M055", "2020-01-01").await;
        for (count, level, born) in [
            (50, PositionLevel::TownshipDeputy, "1986-04-01"),
            (79, PositionLevel::SectionMember, "1986-04-01"),
            (120, PositionLevel::Clerk, "1991-04-01"),
        ] {
            for at in 0..count {
                let birth = PartialDate::parse(born);
                let person = world.cadre(place.county, &format!("{born} {at:03}"), |row| row.birth_date = birth).await;
                world.level(person, level, PartialDate::parse("2020-03"), None).await;
                selected(&world, &policy, place.county, person).await;
            }
        }
        let found = progress(&place, &policy, place.county, "2026-11-30").await;
        assert_eq!(told(goal(&found, "BORN_1985_ON_SECTION")), (50, 50, 0, "MET"), "{}", found.text);
        assert_eq!(told(goal(&found, "BORN_1985_ON_MID_LEVEL")), (80, 79, 1, "SHORT"));
        assert_eq!(told(goal(&found, "BORN_1990_ON_STAFF")), (120, 120, 0, "MET"));
        assert_eq!(found.at("/it/total"), &json!({ "needed": 250, "persons": 249, "missing": 1 }));
        let late = world.cadre(place.county, "Late", |row| row.birth_date = PartialDate::parse("1992-01-01")).await;
        world.level(late, PositionLevel::Clerk, PartialDate::parse("2020-03"), None).await;
        place.declare(&policy, "IN_PROGRAMME", json!({ "cadreId": global(late) })).await.done("/it");
        let found = progress(&place, &policy, place.county, "2026-11-30").await;
        assert_eq!((told(goal(&found, "BORN_1990_ON_STAFF")), &goal(&found, "BORN_1990_ON_STAFF")["over"]), ((120, 121, 0, "OVER"), &json!(1)));
        let wanting = "query($policy: String!, $place: ID!) { it: menteesWithoutMentor(policy: $policy, organization: $place, first: 1) { totalCount } }";
        let wanting = place.officer.run(wanting, json!({ "policy": policy, "place": global(place.county) })).await;
        assert_eq!(wanting.at("/it/totalCount"), 250, "{}", wanting.text);
    }

    /// M059: one town team of 11 with 2 young members, by the policies of three places.
    async fn the_same_town_stands_differently_under_three_policies(world: World) {
        let place = Place::of(&world).await;
        let town = world.department(place.county, "Town").await;
        let kind = OrganizationKind::Township.text();
        world.sql("update organization set kind = $1 where id = $2", vec![kind.into(), town.into()]).await;
        for at in 0..11 {
            let id = official(&world, town, &format!("Member {at:02}"), PositionLevel::TownshipDeputy, PostRole::Deputy).await;
            let born: String = aged(&world, match at { 0 | 1 => 34, 2 => 36, _ => 45 }).map(String::from).expect("a day");
            world.sql("update cadre set birth_date = $1 where id = $2", vec![born.into(), id.into()]).await;
        }
        let day = world.today().to_string();
        let mut found = Vec::new();
        for code in ["M059_JIMO", "M059_LAIYANG", "M059_GUANGRAO"] {
            let policy = place.take(&world, code, "2020-01-01").await;
            let answer = progress(&place, &policy, town, &day).await;
            found.push(answer.at("/it/goals").clone());
            if code == "M059_GUANGRAO" {
                assert_eq!(answer.at("/it/proposals"), &json!(["NEXT_VACANCY_YOUNG_FIRST"]).clone(), "{}", answer.text);
            }
        }
        let stand = |goals: &Value, at: usize| (goals[at]["needed"].clone(), goals[at]["actual"].clone(), goals[at]["missing"].clone());
        assert_eq!(stand(&found[0], 0), (json!(3), json!(2), json!(1)), "{}", found[0]);
        assert_eq!(stand(&found[1], 0), (json!(3), json!(2), json!(1)), "{}", found[1]);
        // Thirty-six may count as around thirty-five there.
        let town_team = found[2].as_array().expect("goals").iter().find(|it| it["code"].as_str().is_some_and(|it| it.starts_with("TOWN_TEAM"))).expect("the goal").clone();
        assert_eq!((&town_team["needed"], &town_team["actual"], &town_team["status"]), (&json!(3), &json!(3), &json!("MET")));
    }

    /// M027 and M008: events of a month against from and to; a plan of three years has a pace.
    async fn a_month_has_its_bounds_and_a_plan_its_pace(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M027", "2024-01-01").await;
        let mut people = Vec::new();
        for at in 0..11 {
            people.push(clerk(&world, place.county, &format!("Sent {at:02}"), 30).await);
        }
        let send = async |some: &[CadreId], day: &str| {
            for person in some {
                place.declare(&policy, "TO_PETITION_OFFICE", json!({ "cadreId": global(*person), "validFrom": day })).await.done("/it");
            }
        };
        send(&people[..4], "2026-03-05").await;
        let march = progress(&place, &policy, place.county, "2026-03-31").await;
        let march = goal(&march, "TO_PETITION_OFFICES");
        assert_eq!((told(march), &march["from"]), ((5, 4, 1, "MISSED"), &json!("2026-03-01")));
        send(&people[4..], "2026-03-20").await;
        let march = progress(&place, &policy, place.county, "2026-03-31").await;
        assert_eq!((told(goal(&march, "TO_PETITION_OFFICES")), &goal(&march, "TO_PETITION_OFFICES")["over"]), ((5, 11, 0, "OVER"), &json!(1)));
        let april = progress(&place, &policy, place.county, "2026-04-10").await;
        assert_eq!(told(goal(&april, "TO_PETITION_OFFICES")), (5, 0, 5, "SHORT"));
        let plan = place.take(&world, "M008", "2024-01-01").await;
        let pool = place.pool(&plan, json!([])).await;
        for at in 0..40 {
            let person = clerk(&world, place.county, &format!("Promoted {at:02}"), 30).await;
            let id = member(&world, pool, "YOUNG_RESERVE", person, "2025-02-01".parse().expect("a day")).await;
            world.sql("update pool_membership set state = 'DEPLOYED' where id = $1", vec![id.into()]).await;
        }
        let half = progress(&place, &plan, place.county, "2025-07-01").await;
        let reserve = goal(&half, "YOUNG_RESERVE_TO_SECTION");
        assert_eq!((told(reserve), &reserve["expectedByNow"]), ((100, 40, 60, "SHORT"), &json!(50)));
    }

    /// M060: 20 % of the forecast are set aside; without a forecast that is unknown, and not 0.
    async fn posts_are_set_aside_of_what_is_forecast(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M060", "2020-01-01").await;
        let status = async |day: &str| {
            let text = "query($policy: String!, $place: ID!, $day: Date) { it: quotaStatus(policy: $policy, organization: $place, asOf: $day) { reserved { forecast setAside filled missing status from to } } }";
            place.officer.run(text, json!({ "policy": policy, "place": global(place.county), "day": day })).await.at("/it/reserved/0").clone()
        };
        let unknown = status("2025-06-01").await;
        assert_eq!((&unknown["forecast"], &unknown["setAside"], &unknown["status"]), (&Value::Null, &Value::Null, &Value::Null));
        place.declare(&policy, "VACANCY_FORECAST", json!({ "organizationId": global(place.county), "number": 26, "validFrom": "2025-01-20" })).await.done("/it");
        for at in 0..5 {
            let person = clerk(&world, place.county, &format!("Young {at}"), 30).await;
            place.declare(&policy, "RESERVED_POST_FILLED", json!({ "cadreId": global(person), "validFrom": "2025-09-01" })).await.done("/it");
        }
        let during = status("2025-12-01").await;
        assert_eq!((&during["forecast"], &during["setAside"], &during["status"]), (&json!(26), &json!(6), &json!("SHORT")));
        let end = status("2025-12-31").await;
        assert_eq!((&end["filled"], &end["missing"], &end["status"]), (&json!(5), &json!(1), &json!("MISSED")));
    }
}
