//! A person moves to another organization: in one step within reach, or offered and taken; and what stays behind.

mod offers;

use entity::{
    id::{CadreId, OrganizationId},
    kind::{Disclosure, MembershipState, Role},
    partial_date::PartialDate,
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    world::{World, global},
};

const SHAPE: &str = "problems { code field } transfer { id state version effectiveOn documentNumber fromName toName answer
    fromOrganization { name } toOrganization { name } person { name } cadre { name } advice { code severity membership { id pool { name } } } }";
const RECORD: &str =
    "query($id: ID!, $asOf: Date) { cadre(id: $id, asOf: $asOf) { version postTitle organization { name }
    posts { title validFrom validTo documentNumber post { code } } } }";

/// Two counties, the officer of each, and Anna of the first one's finance department.
struct Scene {
    north: OrganizationId,
    south: OrganizationId,
    finance: OrganizationId,
    water: OrganizationId,
    anna: CadreId,
    officer: Client,
    other: Client,
}

impl Scene {
    async fn of(world: &World) -> Self {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let finance = world.department(north, "Finance").await;
        let water = world.department(north, "Water").await;
        let anna = world.cadre(finance, "Anna", |row| row.post_title = Some("Head of Finance".to_owned())).await;
        world.post(anna, "Head of Finance", PartialDate::parse("2018-03"), None, |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, north).await;
        let other = world.sign_in(Role::OrganizationOfficer, south).await;
        Self { north, south, finance, water, anna, officer, other }
    }

    async fn moves(&self, to: OrganizationId, more: Value) -> Answer {
        let fixed = json!({ "cadreId": global(self.anna), "expectedVersion": 1, "organizationId": global(to) });
        change(&self.officer, "cadreTransfer", "CadreTransferInput", fixed, more).await
    }

    async fn record(&self, by: &Client, as_of: Option<&str>) -> Value {
        by.run(RECORD, json!({ "id": global(self.anna), "asOf": as_of })).await.at("/cadre").clone()
    }
}

async fn change(by: &Client, field: &str, input: &str, mut fixed: Value, more: Value) -> Answer {
    for (name, value) in more.as_object().expect("fields") {
        fixed[name] = value.clone();
    }
    let text = format!("mutation($input: {input}!) {{ it: {field}(input: $input) {{ {SHAPE} }} }}");
    by.run(&text, json!({ "input": fixed })).await
}

both! {
    async fn a_move_ends_the_post_begins_the_next_and_is_told_by_the_day(world: World) {
        let scene = Scene::of(&world).await;
        let made = "mutation($input: PostCreateInput!) { it: postCreate(input: $input) { problems { code } post { id } } }";
        let post = |at: OrganizationId, code: &str| json!({ "input": { "organizationId": global(at), "code": code, "title": "局长", "role": "PRINCIPAL", "approvedHeadcount": 1, "validFrom": "2015-01-01" } });
        let here = scene.officer.run(made, post(scene.water, "HEAD")).await.text_at("/it/post/id");
        let elsewhere = scene.officer.run(made, post(scene.finance, "HEAD")).await.text_at("/it/post/id");
        let more = |post: &str| json!({ "effectiveOn": "2024-05-06", "documentNumber": "北组任〔2024〕7号", "reason": "Exchange",
            "post": { "title": "Head of Water", "role": "PRINCIPAL", "postId": post }, "idempotencyKey": "move-1" });
        let before = world.fingerprint().await;
        let wrong = scene.moves(scene.water, more(&elsewhere)).await;
        wrong.problem("/it", "INVALID");
        assert_eq!(wrong.at("/it/problems/0/field"), "post.postId");
        assert_eq!(world.fingerprint().await, before);
        let moved = scene.moves(scene.water, more(&here)).await;
        let it = &moved.done("/it")["transfer"];
        assert_eq!((&it["state"], &it["effectiveOn"], &it["fromName"], &it["toName"]), (&json!("COMPLETED"), &json!("2024-05-06"), &json!("Finance"), &json!("Water")));
        // A phone that sends it twice moves once.
        assert_eq!(scene.moves(scene.water, more(&here)).await.done("/it")["transfer"]["id"], it["id"]);
        let now = scene.record(&scene.officer, None).await;
        assert_eq!((&now["organization"]["name"], &now["postTitle"], &now["version"]), (&json!("Water"), &json!("Head of Water"), &json!(2)));
        assert_eq!(now["posts"], json!([
            { "title": "Head of Finance", "validFrom": "2018-03", "validTo": "2024-05-06", "documentNumber": null, "post": null },
            { "title": "Head of Water", "validFrom": "2024-05-06", "validTo": null, "documentNumber": "北组任〔2024〕7号", "post": { "code": "HEAD" } },
        ]));
        for (day, keeper) in [("2018-01-01", "Finance"), ("2024-05-05", "Finance"), ("2024-05-06", "Water"), ("2090-01-01", "Water")] {
            assert_eq!(scene.record(&scene.officer, Some(day)).await["organization"]["name"], keeper, "{day}");
        }
        assert_eq!(world.number("select count(*) from audit_event where action = 'CADRE_TRANSFER' and outcome = 'DONE'").await, 1);
        assert_eq!(world.number("select count(*) from audit_change c join audit_event e on e.id = c.event_id where e.action = 'CADRE_TRANSFER'").await, 4);
    }

    async fn a_move_that_can_not_be_meant_changes_nothing(world: World) {
        let scene = Scene::of(&world).await;
        let retired = world.cadre(scene.finance, "Rita", |row| row.status = entity::kind::CadreStatus::Retired).await;
        let own = world.sign_in_as(Role::OrganizationOfficer, scene.north, scene.anna).await;
        let before = world.fingerprint().await;
        for (to, more, field) in [
            (scene.finance, json!({}), "organizationId"),
            (scene.water, json!({ "effectiveOn": "2199-01-01" }), "effectiveOn"),
            (scene.water, json!({ "effectiveOn": "2018-02-28" }), "effectiveOn"),
            (scene.water, json!({ "documentNumber": "x".repeat(81) }), "documentNumber"),
            (scene.water, json!({ "reason": "x".repeat(501) }), "reason"),
            (scene.water, json!({ "post": { "title": " " } }), "post.title"),
        ] {
            let refused = scene.moves(to, more).await;
            refused.problem("/it", "INVALID");
            assert_eq!(refused.at("/it/problems/0/field"), field);
        }
        scene.moves(scene.water, json!({ "expectedVersion": 9 })).await.problem("/it", "STALE");
        scene.moves(scene.water, json!({ "cadreId": global(retired) })).await.problem("/it", "NOT_IN_POST");
        // Beyond reach there is no such organization, and no such person.
        scene.moves(scene.south, json!({})).await.refused("NOT_FOUND");
        let fixed = json!({ "cadreId": global(scene.anna), "expectedVersion": 1, "organizationId": global(scene.south) });
        change(&scene.other, "cadreTransfer", "CadreTransferInput", fixed, json!({})).await.refused("NOT_FOUND");
        let fixed = json!({ "cadreId": global(scene.anna), "expectedVersion": 1, "organizationId": global(scene.water) });
        change(&own, "cadreTransfer", "CadreTransferInput", fixed, json!({})).await.problem("/it", "SAME_PERSON");
        assert_eq!(world.fingerprint().await, before);
        // A second move lies after the first.
        scene.moves(scene.water, json!({ "effectiveOn": "2024-05-06" })).await.done("/it");
        let back = scene.moves(scene.finance, json!({ "expectedVersion": 2, "effectiveOn": "2024-05-06" })).await;
        back.problem("/it", "INVALID");
        scene.moves(scene.finance, json!({ "expectedVersion": 2, "effectiveOn": "2024-05-07" })).await.done("/it");
        for (day, keeper) in [("2024-05-05", "Finance"), ("2024-05-06", "Water"), ("2024-05-07", "Finance")] {
            assert_eq!(scene.record(&scene.officer, Some(day)).await["organization"]["name"], keeper, "{day}");
        }
    }

    /// Who keeps the pair reaches the person no more: it is suspended. Pools keep whom they have, and somebody is told.
    async fn pairs_are_suspended_and_memberships_stand_with_a_warning(world: World) {
        let scene = Scene::of(&world).await;
        let (mentor, other) = (world.cadre(scene.finance, "Mentor", |_| {}).await, world.cadre(scene.water, "Bert", |_| {}).await);
        let inner = world.pair(scene.finance, mentor, scene.anna).await;
        let wide = world.pair(scene.north, other, scene.anna).await;
        let (house, county) = (world.pool(scene.finance, "house", Disclosure::Unit).await, world.pool(scene.north, "county", Disclosure::Unit).await);
        let stays = world.membership(house, scene.anna, MembershipState::Confirmed).await;
        world.membership(county, scene.anna, MembershipState::Confirmed).await;
        let moved = scene.moves(scene.water, json!({})).await;
        assert_eq!(moved.done("/it")["transfer"]["advice"], json!([
            { "code": "MEMBERSHIP_ELSEWHERE", "severity": "WARNING", "membership": { "id": global(stays), "pool": { "name": "Pool house" } } },
        ]));
        let state = async |id: String| scene.officer.run("query($id: ID!) { mentoringPair(id: $id) { state reasonCode } }", json!({ "id": id })).await.at("/mentoringPair").clone();
        assert_eq!(state(global(inner)).await, json!({ "state": "SUSPENDED", "reasonCode": "PERSON_LEFT" }));
        assert_eq!(state(global(wide)).await, json!({ "state": "ACTIVE", "reasonCode": null }));
        assert_eq!(world.number("select count(*) from pool_membership where state = 'CONFIRMED'").await, 2);
    }

    /// Two officers move one person at once: one wins, the other is told.
    async fn of_two_moves_at_once_one_is_made(world: World) {
        let scene = Scene::of(&world).await;
        let archive = world.department(scene.north, "Archive").await;
        let second = world.sign_in(Role::OrganizationOfficer, scene.north).await;
        let fixed = |to| json!({ "cadreId": global(scene.anna), "expectedVersion": 1, "organizationId": global(to) });
        let (one, first) = (scene.officer.clone(), fixed(scene.water));
        let task = tokio::spawn(async move { change(&one, "cadreTransfer", "CadreTransferInput", first, json!({})).await });
        let answers = [change(&second, "cadreTransfer", "CadreTransferInput", fixed(archive), json!({})).await, task.await.expect("an answer")];
        let done = answers.iter().filter(|it| it.at("/it/problems") == &json!([])).count();
        let told = answers.iter().filter(|it| it.json["data"]["it"]["problems"][0]["code"] == "STALE").count();
        assert_eq!((done, told), (1, 1), "{} {}", answers[0].text, answers[1].text);
        assert_eq!(world.number("select count(*) from cadre_transfer").await, 1);
    }

    async fn only_officers_move_people(world: World) {
        let scene = Scene::of(&world).await;
        let mut others = Vec::new();
        for (role, at) in [(Role::OrganizationLeader, scene.north), (Role::UnitOfficer, scene.finance), (Role::SystemAdmin, scene.north)] {
            others.push(world.sign_in(role, at).await);
        }
        let before = world.fingerprint().await;
        for by in others {
            let fixed = json!({ "cadreId": global(scene.anna), "expectedVersion": 1, "organizationId": global(scene.water) });
            change(&by, "cadreTransfer", "CadreTransferInput", fixed, json!({})).await.refused("FORBIDDEN");
        }
        assert_eq!(world.fingerprint().await, before);
    }
}
