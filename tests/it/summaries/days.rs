//! Counts of an earlier day: what was so then, by the facts, steps and moves; and that no part of a cell tells the rest.

use entity::{
    kind::{CadreStatus, PairSide, PositionLevel, TransferState},
    partial_date::PartialDate,
};

use super::*;

const PROPOSE: &str =
    "mutation($input: PairProposeInput!) { it: pairPropose(input: $input) { problems { code } pair { id } } }";

/// Counts of an organization by a grouping on a day, as they come.
async fn counts(by: &Client, field: &str, at: OrganizationId, group_by: &str, shape: &str, on: Option<&str>) -> Answer {
    let text = format!(
        "query($at: ID!, $on: Date) {{ it: {field}(organization: $at, groupBy: [{group_by}], asOf: $on) {{ asOf {shape} }} }}"
    );
    by.run(&text, json!({ "at": global(at), "on": on })).await
}

both! {
    async fn people_are_counted_by_the_posts_levels_and_keepers_of_the_day(world: World) {
        let county = world.organization("North").await;
        let (finance, water) = (world.department(county, "Finance").await, world.department(county, "Water").await);
        let date = PartialDate::parse;
        let anna = world.cadre(finance, "Anna", |_| {}).await;
        world.post(anna, "Clerk", date("2018"), date("2022-06"), |_| {}).await;
        world.post(anna, "Deputy", date("2022-09"), None, |_| {}).await;
        world.level(anna, PositionLevel::SectionMember, date("2018"), date("2022-06")).await;
        world.level(anna, PositionLevel::TownshipDeputy, date("2022-06"), None).await;
        let rita = world.cadre(finance, "Rita", |row| row.status = CadreStatus::Retired).await;
        world.post(rita, "Clerk", date("2010"), date("2023-05-01"), |_| {}).await;
        let bert = world.cadre(finance, "Bert", |_| {}).await;
        world.post(bert, "Clerk", date("2024-01"), None, |_| {}).await;
        world.cadre(finance, "Cora", |_| {}).await;
        let dora = world.cadre(water, "Dora", |_| {}).await;
        world.offer(dora, (finance, "Finance"), (water, "Water")).await;
        let moved = "update cadre_transfer set state = $1, effective_on = $2";
        let day: chrono::NaiveDate = "2023-03-01".parse().expect("a day");
        world.sql(moved, vec![TransferState::Completed.into(), day.into()]).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        for (on, at, section, deputies) in [
            (Some("2021-01-01"), county, 1, 3),
            (Some("2022-06-01"), county, 0, 4),
            (Some("2023-04-30"), county, 0, 4),
            (Some("2023-05-01"), county, 0, 3),
            (Some("2025-01-01"), county, 0, 4),
            (None, county, 0, 4),
            (Some("2090-01-01"), county, 0, 4),
            (Some("2023-02-28"), finance, 0, 4),
            (Some("2023-03-01"), finance, 0, 3),
            (Some("2023-02-28"), water, 0, 0),
            (Some("2023-03-01"), water, 0, 1),
        ] {
            let answer = counts(&officer, "cadreSummary", at, "LEVEL", "total cells { level count }", on).await;
            let count = |level: &str| {
                let cells = answer.at("/it/cells").as_array().expect("cells");
                cells.iter().find(|it| it["level"] == level).map_or(0, |it| it["count"].as_i64().expect("a count"))
            };
            assert_eq!((count("SECTION_MEMBER"), count("TOWNSHIP_DEPUTY")), (section, deputies), "{on:?} {}", answer.text);
            assert_eq!(answer.at("/it/total"), section + deputies);
            assert_eq!(answer.at("/it/asOf"), on.unwrap_or(&world.today().to_string()));
        }
    }

    async fn members_are_counted_where_their_steps_had_come_to(world: World) {
        let scene = Scene::of(&world).await;
        let pool = world.pool(scene.county, "steps", Disclosure::Unit).await;
        let member = world.membership(pool, scene.people[0], MembershipState::Warned).await;
        let before = world.pool(scene.county, "before", Disclosure::Unit).await;
        world.sql("update pool_tier set code = 'B' where pool_id = $1", vec![before.into()]).await;
        for (reason, state, on) in [("one", "PROPOSED", "2024-01-10"), ("two", "CONFIRMED", "2024-02-20"), ("three", "WARNED", "2025-03-01")] {
            world.step(member, reason).await;
            let day: chrono::NaiveDate = on.parse().expect("a day");
            let then = "update membership_step set state = $1, decided_on = $2 where reason = $3";
            world.sql(then, vec![state.into(), day.into(), reason.into()]).await;
        }
        let tier = "update membership_step set tier_id = (select id from pool_tier where code = 'B') where reason <> 'three'";
        world.sql(tier, Vec::new()).await;
        let ask = async |group_by: &str, on: Option<&str>| {
            let text = format!("query($at: ID!, $on: Date) {{ it: poolSummary(organization: $at, poolCode: \"steps\", groupBy: [{group_by}], asOf: $on) {{ asOf persons cells {{ state tierCode count }} }} }}");
            scene.officer.run(&text, json!({ "at": global(scene.county), "on": on })).await
        };
        for (on, state, tier) in [
            (Some("2024-01-10"), "PROPOSED", "B"),
            (Some("2024-02-20"), "CONFIRMED", "B"),
            (Some("2025-03-01"), "WARNED", "A"),
            (None, "WARNED", "A"),
        ] {
            let answer = ask("STATE, TIER", on).await;
            let cell = cell(&answer, "/it/cells", |it| it["count"] == 1);
            assert_eq!((&cell["state"], &cell["tierCode"]), (&json!(state), &json!(tier)), "{on:?}");
            assert_eq!(answer.at("/it/persons"), 1);
        }
        // Who is only proposed is no member, and before that nothing at all.
        assert_eq!(ask("", Some("2024-02-19")).await.at("/it/persons"), 0);
        assert_eq!(ask("", Some("2024-02-20")).await.at("/it/persons"), 1);
        assert_eq!(ask("STATE", Some("2024-01-09")).await.at("/it/cells"), &json!([]));
        assert_eq!(ask("STATE", Some("2024-01-10")).await.at("/it/asOf"), "2024-01-10");
    }

    async fn pairs_are_counted_where_their_steps_and_contacts_had_come_to(world: World) {
        let scene = Scene::of(&world).await;
        let officer = &scene.officer;
        let input = json!({ "organizationId": global(scene.county), "mentorIds": [global(scene.people[0])], "menteeIds": [global(scene.people[1])], "contactEveryDays": 30 });
        let id = officer.run(PROPOSE, json!({ "input": input })).await.text_at("/it/pair/id");
        for (name, input) in [
            ("pairActivate(input: $input)", json!({ "id": id, "expectedVersion": 1, "startedOn": "2024-01-10" })),
            ("pairContactRecord(input: $input)", json!({ "pairId": id, "heldOn": "2024-02-01", "topic": "WORK" })),
            ("pairSuspend(input: $input)", json!({ "id": id, "expectedVersion": 3, "reason": "Study", "decidedOn": "2024-06-01" })),
        ] {
            let kind = name.split('(').next().expect("a name");
            let kind = format!("{}{}Input", kind[..1].to_uppercase(), &kind[1..]);
            let text = format!("mutation($input: {kind}!) {{ it: {name} {{ problems {{ code message }} }} }}");
            officer.run(&text, json!({ "input": input })).await.done("/it");
        }
        let shape = "total cells { state overdue count }";
        for (on, state, overdue) in [
            (Some("2024-01-10"), "ACTIVE", false),
            (Some("2024-03-02"), "ACTIVE", false),
            (Some("2024-03-03"), "ACTIVE", true),
            (Some("2024-05-31"), "ACTIVE", true),
            (Some("2024-06-01"), "SUSPENDED", false),
            (None, "SUSPENDED", false),
        ] {
            let answer = counts(officer, "pairSummary", scene.county, "STATE, OVERDUE", shape, on).await;
            assert_eq!(answer.at("/it/cells"), &json!([{ "state": state, "overdue": overdue, "count": 1 }]), "{on:?}");
        }
        assert_eq!(counts(officer, "pairSummary", scene.county, "STATE", shape, Some("2024-01-09")).await.at("/it/cells"), &json!([]));
    }

    /// Who sees the rows of one place and counts another could subtract the one from the other.
    async fn a_part_that_one_sees_does_not_tell_the_rest(world: World) {
        let county = world.organization("North").await;
        let (finance, water) = (world.department(county, "Finance").await, world.department(county, "Water").await);
        let pool = world.pool(county, "P", Disclosure::Unit).await;
        let grants = [(Role::UnitOfficer, finance), (Role::SummaryReader, county)];
        let both = world.sign_in_with(&grants, None).await;
        let sums = async || {
            let people = counts(&both, "cadreSummary", county, "SEX", "total", None).await.at("/it/total").clone();
            let members = counts(&both, "poolSummary", county, "POOL", "cells { count }", None).await.at("/it/cells/0/count").clone();
            let pairs = counts(&both, "pairSummary", county, "STATE", "total", None).await.at("/it/total").clone();
            (people, members, pairs)
        };
        let add = async |at: OrganizationId, name: &str| {
            let (one, other) = (world.cadre(at, name, |_| {}).await, world.cadre(at, &format!("{name} too"), |_| {}).await);
            for person in [one, other] {
                world.membership(pool, person, MembershipState::Confirmed).await;
            }
            for _ in 0..2 {
                world.pair_of(county, &[(one, PairSide::Mentor), (other, PairSide::Mentee)], |_| {}).await;
            }
        };
        for name in ["A", "B", "C"] {
            add(finance, name).await;
        }
        world.tell().await;
        assert_eq!(sums().await, (json!(6), json!(6), json!(6)), "all of it is the own unit's");
        add(water, "D").await;
        world.tell().await;
        assert_eq!(sums().await, (Value::Null, Value::Null, Value::Null), "eight less six would be two");
        for name in ["E", "F"] {
            add(water, name).await;
        }
        world.tell().await;
        assert_eq!(sums().await, (json!(12), json!(12), json!(12)));
    }
}
