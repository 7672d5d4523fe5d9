//! Counts of pools and pairs: who counts what, what stays hidden, and that a person counts once.

mod days;

use entity::{
    id::{CadreId, OrganizationId},
    kind::{Disclosure, MembershipState, PairState, Role},
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    world::{World, global},
};

/// A county with seven people: six in a confidential pool, one of them in a pool open to units too.
struct Scene {
    county: OrganizationId,
    home: OrganizationId,
    people: Vec<CadreId>,
    officer: Client,
    reader: Client,
}

impl Scene {
    async fn of(world: &World) -> Self {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let mut people = Vec::new();
        for number in 0..7 {
            people.push(world.cadre(home, &format!("Person {number}"), |_| {}).await);
        }
        let secret = world.pool(county, "secret", Disclosure::Confidential).await;
        let open = world.pool(county, "open", Disclosure::Unit).await;
        for person in &people[..6] {
            world.membership(secret, *person, MembershipState::Confirmed).await;
        }
        world.membership(secret, people[6], MembershipState::Proposed).await;
        world.membership(open, people[0], MembershipState::Warned).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let reader = world.sign_in(Role::SummaryReader, county).await;
        Self { county, home, people, officer, reader }
    }
}

async fn pools(by: &Client, at: OrganizationId, group_by: &str) -> Answer {
    let text = format!(
        "query($at: ID!) {{ poolSummary(organization: $at, groupBy: [{group_by}]) {{ persons suppressedBelow cells {{ poolCode tierCode state sex count status target headroom }} }} }}"
    );
    by.run(&text, json!({ "at": global(at) })).await
}

async fn pairs(by: &Client, at: OrganizationId, group_by: &str) -> Answer {
    let text = format!(
        "query($at: ID!) {{ pairSummary(organization: $at, groupBy: [{group_by}]) {{ total cells {{ state form overdue count status }} }} }}"
    );
    by.run(&text, json!({ "at": global(at) })).await
}

fn cell(answer: &Answer, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let cells = answer.at(path).as_array().expect("cells");
    cells.iter().find(|it| fits(it)).unwrap_or_else(|| panic!("no such cell in {}", answer.text)).clone()
}

both! {
    async fn tiers_are_counted_against_their_targets_and_a_person_once(world: World) {
        let scene = Scene::of(&world).await;
        let all = pools(&scene.officer, scene.county, "POOL, TIER").await;
        assert_eq!(all.at("/poolSummary/persons"), 6, "{}", all.text);
        let secret = cell(&all, "/poolSummary/cells", |it| it["poolCode"] == "secret");
        assert_eq!(secret, json!({ "poolCode": "secret", "tierCode": "A", "state": null, "sex": null, "count": 6, "status": "KNOWN", "target": 10, "headroom": 4 }));
        let open = cell(&all, "/poolSummary/cells", |it| it["poolCode"] == "open");
        assert_eq!((&open["count"], &open["headroom"]), (&json!(1), &json!(9)));
        let tier = pools(&scene.officer, scene.county, "TIER").await;
        assert_eq!((tier.at("/poolSummary/cells/0/count"), tier.at("/poolSummary/cells/0/target")), (&json!(6), &json!(20)));
        let states = pools(&scene.officer, scene.county, "STATE, SEX").await;
        let count = |state: &str| cell(&states, "/poolSummary/cells", |it| it["state"] == state)["count"].clone();
        assert_eq!((count("PROPOSED"), count("CONFIRMED"), count("WARNED")), (json!(1), json!(6), json!(1)));
        assert_eq!(states.at("/poolSummary/persons"), 7);
        pools(&scene.officer, scene.county, "SEX, SEX").await.refused("INVALID");
        let empty = world.pool(scene.county, "empty", Disclosure::Person).await;
        world.tell().await;
        let with_empty = pools(&scene.officer, scene.county, "TIER, POOL").await;
        let none = cell(&with_empty, "/poolSummary/cells", |it| it["poolCode"] == "empty");
        assert_eq!((&none["count"], &none["headroom"]), (&json!(0), &json!(10)), "{empty:?}");
    }

    /// Who may count and see no row gets no small cell, no sum that gives it away, and nothing below the own grant.
    async fn small_cells_are_suppressed_for_readers_of_counts(world: World) {
        let scene = Scene::of(&world).await;
        let all = pools(&scene.reader, scene.county, "POOL, TIER").await;
        let secret = cell(&all, "/poolSummary/cells", |it| it["poolCode"] == "secret");
        assert_eq!((&secret["count"], &secret["target"]), (&json!(6), &json!(10)));
        let open = cell(&all, "/poolSummary/cells", |it| it["poolCode"] == "open");
        assert_eq!((&open["count"], &open["status"], &open["headroom"]), (&Value::Null, &json!("SUPPRESSED"), &Value::Null));
        assert_eq!(all.at("/poolSummary/persons"), &Value::Null);
        assert_eq!(pools(&scene.reader, scene.county, "").await.at("/poolSummary/persons"), 6);
        pools(&scene.reader, scene.home, "POOL").await.refused("INVALID");
        pairs(&scene.reader, scene.home, "STATE").await.refused("INVALID");
        let elsewhere = world.organization("South").await;
        let outside = world.sign_in(Role::SummaryReader, elsewhere).await;
        assert_eq!(pools(&outside, scene.county, "POOL").await.at("/poolSummary/cells"), &json!([]));
        let mentor = world.sign_in_as(Role::Mentor, scene.home, scene.people[0]).await;
        pools(&mentor, scene.county, "POOL").await.refused("FORBIDDEN");
    }

    /// A unit's officer counts what is disclosed to units, of the own people, and learns no target of it.
    async fn a_unit_officer_counts_what_is_disclosed(world: World) {
        let scene = Scene::of(&world).await;
        let unit = world.sign_in(Role::UnitOfficer, scene.home).await;
        let all = pools(&unit, scene.county, "POOL, TIER").await;
        let cells = all.at("/poolSummary/cells").as_array().expect("cells");
        assert_eq!((cells.len(), &cells[0]["poolCode"], &cells[0]["count"], &cells[0]["target"]), (1, &json!("open"), &json!(1), &Value::Null));
    }

    async fn pairs_are_counted_by_state_form_and_what_is_overdue(world: World) {
        let scene = Scene::of(&world).await;
        let today = world.today();
        for person in &scene.people[1..] {
            let late = *person == scene.people[1];
            let sides = [(scene.people[0], entity::kind::PairSide::Mentor), (*person, entity::kind::PairSide::Mentee)];
            world.pair_of(scene.county, &sides, |row| {
                if late {
                    row.next_contact_due = Some(today - chrono::TimeDelta::days(1));
                }
                if *person == scene.people[2] {
                    row.state = PairState::Completed;
                }
            }).await;
        }
        let states = pairs(&scene.officer, scene.county, "STATE, FORM").await;
        assert_eq!(states.at("/pairSummary/total"), 6);
        let active = cell(&states, "/pairSummary/cells", |it| it["state"] == "ACTIVE");
        assert_eq!(active, json!({ "state": "ACTIVE", "form": "ONE_TO_ONE", "overdue": null, "count": 5, "status": "KNOWN" }));
        let late = pairs(&scene.officer, scene.county, "OVERDUE").await;
        assert_eq!(cell(&late, "/pairSummary/cells", |it| it["overdue"] == true)["count"], 1);
        let hidden = pairs(&scene.reader, scene.county, "OVERDUE").await;
        assert_eq!(cell(&hidden, "/pairSummary/cells", |it| it["overdue"] == true)["status"], "SUPPRESSED");
        assert_eq!(cell(&hidden, "/pairSummary/cells", |it| it["overdue"] == false)["count"], 5);
        assert_eq!(hidden.at("/pairSummary/total"), &Value::Null);
    }
}
