//! A person is offered to an organization beyond reach, and taken or refused there; each side sees its part.

use entity::kind::{ManagementAuthority, SecrecyLevel};

use super::*;

const LIST: &str = "query($states: [TransferState!]) { cadreTransfers(filter: { states: $states }) { totalCount edges { node { id state person { name postTitle } cadre { name } fromName toName } } } }";

impl Scene {
    async fn offers(&self, by: &Client, more: Value) -> Answer {
        let fixed = json!({ "cadreId": global(self.anna), "expectedVersion": 1 });
        change(by, "cadreTransferOffer", "CadreTransferOfferInput", fixed, more).await
    }
}

async fn code(world: &World, of: OrganizationId) -> String {
    use sea_orm::EntityTrait;
    entity::organization::Entity::find_by_id(of).one(&world.db).await.expect("rows").expect("an organization").code
}

async fn step(by: &Client, name: &str, id: &str, version: i64, more: Value) -> Answer {
    let (field, input) = (format!("cadreTransfer{name}"), format!("CadreTransfer{name}Input"));
    change(by, &field, &input, json!({ "id": id, "expectedVersion": version }), more).await
}

both! {
    async fn an_offer_is_taken_and_the_record_goes_with_its_history(world: World) {
        let scene = Scene::of(&world).await;
        let mentor = world.cadre(scene.finance, "Mentor", |_| {}).await;
        let pair = world.pair(scene.north, mentor, scene.anna).await;
        let pool = world.pool(scene.north, "secret", Disclosure::Confidential).await;
        let stays = world.membership(pool, scene.anna, MembershipState::Confirmed).await;
        let to = code(&world, scene.south).await;
        let offered = scene.offers(&scene.officer, json!({ "toOrganizationCode": to, "documentNumber": "商调1号", "reason": "Family" })).await;
        let it = offered.done("/it")["transfer"].clone();
        assert_eq!((&it["state"], &it["toName"], &it["toOrganization"], &it["cadre"]["name"]), (&json!("OFFERED"), &json!("South"), &Value::Null, &json!("Anna")));
        assert_eq!(it["advice"][0]["membership"]["id"], global(stays), "who gives is told before it is too late");
        let id = it["id"].as_str().expect("an id").to_owned();
        // The other side sees the short card, and nothing else.
        let seen = scene.other.run(LIST, json!({})).await;
        assert_eq!(seen.at("/cadreTransfers/edges/0/node"), &json!({ "id": id, "state": "OFFERED", "fromName": "Finance", "toName": "South",
            "person": { "name": "Anna", "postTitle": "Head of Finance" }, "cadre": null }));
        assert_eq!(scene.record(&scene.other, None).await, Value::Null);
        assert_eq!(scene.other.run("{ cadres { totalCount } }", json!({})).await.at("/cadres/totalCount"), 0);
        // Who gives does not take, and who takes does not withdraw.
        step(&scene.officer, "Accept", &id, 1, json!({})).await.refused("NOT_FOUND");
        step(&scene.officer, "Refuse", &id, 1, json!({ "answer": "x" })).await.refused("NOT_FOUND");
        step(&scene.other, "Withdraw", &id, 1, json!({})).await.refused("NOT_FOUND");
        let taken = step(&scene.other, "Accept", &id, 1, json!({ "effectiveOn": "2024-05-06", "documentNumber": "南组任〔2024〕1号", "post": { "title": "Head of Roads" } })).await;
        let it = &taken.done("/it")["transfer"];
        assert_eq!((&it["state"], &it["version"], &it["cadre"]["name"], &it["fromOrganization"]), (&json!("COMPLETED"), &json!(2), &json!("Anna"), &Value::Null));
        assert_eq!(it["advice"], json!([]), "what is not disclosed to who takes is not told to them");
        let now = scene.record(&scene.other, None).await;
        assert_eq!((&now["organization"]["name"], &now["postTitle"]), (&json!("South"), &json!("Head of Roads")));
        assert_eq!(now["posts"].as_array().map(Vec::len), Some(2));
        assert_eq!(scene.record(&scene.other, Some("2024-05-05")).await["organization"], Value::Null);
        // Who gave sees the record no more, but the move, and what they keep themselves.
        assert_eq!(scene.record(&scene.officer, None).await, Value::Null);
        let left = scene.officer.run(LIST, json!({ "states": ["COMPLETED"] })).await;
        assert_eq!((left.at("/cadreTransfers/totalCount"), left.at("/cadreTransfers/edges/0/node/cadre")), (&json!(1), &Value::Null));
        let kept = scene.officer.run("query($id: ID!) { mentoringPair(id: $id) { state reasonCode } }", json!({ "id": global(pair) })).await;
        assert_eq!(kept.at("/mentoringPair"), &json!({ "state": "SUSPENDED", "reasonCode": "PERSON_LEFT" }));
        assert_eq!(world.number("select count(*) from pool_membership where state = 'CONFIRMED'").await, 1);
        step(&scene.other, "Accept", &id, 2, json!({})).await.problem("/it", "TRANSITION_REFUSED");
    }

    async fn an_offer_is_refused_or_withdrawn_and_can_be_made_again(world: World) {
        let scene = Scene::of(&world).await;
        let to = json!({ "toOrganizationCode": code(&world, scene.south).await });
        let id = scene.offers(&scene.officer, to.clone()).await.text_at("/it/transfer/id");
        scene.offers(&scene.officer, to.clone()).await.problem("/it", "TAKEN");
        scene.moves(scene.water, json!({})).await.problem("/it", "TAKEN");
        step(&scene.other, "Refuse", &id, 1, json!({ "answer": " " })).await.problem("/it", "INVALID");
        step(&scene.other, "Refuse", &id, 7, json!({ "answer": "No room" })).await.problem("/it", "STALE");
        let refused = step(&scene.other, "Refuse", &id, 1, json!({ "answer": "No room" })).await;
        assert_eq!((refused.at("/it/transfer/state"), refused.at("/it/transfer/answer")), (&json!("REFUSED"), &json!("No room")));
        assert_eq!(refused.at("/it/transfer/person"), &Value::Null, "the card goes with the offer");
        step(&scene.other, "Accept", &id, 2, json!({})).await.problem("/it", "TRANSITION_REFUSED");
        let again = scene.offers(&scene.officer, to.clone()).await.text_at("/it/transfer/id");
        let withdrawn = step(&scene.officer, "Withdraw", &again, 1, json!({ "reason": "Needed here" })).await;
        assert_eq!(withdrawn.at("/it/transfer/state"), "WITHDRAWN");
        step(&scene.other, "Accept", &again, 2, json!({})).await.problem("/it", "TRANSITION_REFUSED");
        assert_eq!(scene.record(&scene.officer, None).await["version"], 1);
        // To nobody, to who keeps the person, by who may not.
        scene.offers(&scene.officer, json!({ "toOrganizationCode": "nobody" })).await.refused("NOT_FOUND");
        scene.offers(&scene.officer, json!({ "toOrganizationCode": code(&world, scene.finance).await })).await.problem("/it", "INVALID");
        scene.offers(&scene.other, to.clone()).await.refused("NOT_FOUND");
        let leader = world.sign_in(Role::OrganizationLeader, scene.north).await;
        scene.offers(&leader, to).await.refused("FORBIDDEN");
    }

    /// Two officers offer one person at once: one offer stands, the other officer is told of it.
    async fn of_two_offers_at_once_one_stands(world: World) {
        let scene = Scene::of(&world).await;
        let third = world.organization("West").await;
        let second = world.sign_in(Role::OrganizationOfficer, scene.north).await;
        let (south, west) = (code(&world, scene.south).await, code(&world, third).await);
        let fixed = json!({ "cadreId": global(scene.anna), "expectedVersion": 1, "toOrganizationCode": south });
        let one = scene.officer.clone();
        let task = tokio::spawn(async move { change(&one, "cadreTransferOffer", "CadreTransferOfferInput", fixed, json!({})).await });
        let answers = [scene.offers(&second, json!({ "toOrganizationCode": west })).await, task.await.expect("an answer")];
        let done = answers.iter().filter(|it| it.at("/it/problems") == &json!([])).count();
        let told = answers.iter().filter(|it| it.json["data"]["it"]["problems"][0]["code"] == "TAKEN").count();
        assert_eq!((done, told), (1, 1), "{} {}", answers[0].text, answers[1].text);
        assert_eq!(world.number("select count(*) from cadre_transfer").await, 1);
    }

    /// A person above the ceiling or the tier of who is offered them is offered to somebody else: here nobody is told.
    async fn ceilings_and_tiers_hold_for_offers(mut world: World) {
        world.stop().await;
        world.config.secrecy_limit = "SECRET".to_owned();
        world.start().await;
        let scene = Scene::of(&world).await;
        let set = "update cadre set secrecy_level = $1, management_authority = $2 where id = $3";
        let values = vec![SecrecyLevel::Secret.into(), ManagementAuthority::Municipal.into(), scene.anna.into()];
        world.sql(set, values).await;
        let grant = async |at, tier, ceiling| {
            let account = world.account(None).await;
            let change = |row: &mut entity::account_grant::Model| (row.managing_tier, row.secrecy_ceiling) = (tier, ceiling);
            world.grant_of(account, Role::OrganizationOfficer, at, change).await;
            world.client(account)
        };
        let giving = grant(scene.north, None, SecrecyLevel::Secret).await;
        let to = json!({ "toOrganizationCode": code(&world, scene.south).await });
        scene.offers(&scene.officer, to.clone()).await.refused("NOT_FOUND");
        let id = scene.offers(&giving, to).await.text_at("/it/transfer/id");
        let low = grant(scene.south, Some(ManagementAuthority::County), SecrecyLevel::Secret).await;
        for blind in [&scene.other, &scene.officer, &low] {
            assert_eq!(blind.run(LIST, json!({})).await.at("/cadreTransfers/totalCount"), 0);
            step(blind, "Accept", &id, 1, json!({})).await.refused("NOT_FOUND");
        }
        let taking = grant(scene.south, Some(ManagementAuthority::Municipal), SecrecyLevel::Secret).await;
        assert_eq!(taking.run(LIST, json!({})).await.at("/cadreTransfers/edges/0/node/person/name"), "Anna");
        step(&taking, "Accept", &id, 1, json!({})).await.done("/it");
    }

    /// An officer and a leader are told; a unit's officer, a mentor and the person are not.
    async fn an_offer_is_between_two_offices(world: World) {
        let scene = Scene::of(&world).await;
        scene.offers(&scene.officer, json!({ "toOrganizationCode": code(&world, scene.south).await })).await.done("/it");
        for at in [scene.north, scene.south] {
            let leader = world.sign_in(Role::OrganizationLeader, at).await;
            assert_eq!(leader.run(LIST, json!({})).await.at("/cadreTransfers/totalCount"), 1);
        }
        let unit = world.sign_in(Role::UnitOfficer, scene.finance).await;
        unit.run(LIST, json!({})).await.refused("FORBIDDEN");
        let anna = world.sign_in_as(Role::Cadre, scene.finance, scene.anna).await;
        anna.run(LIST, json!({})).await.refused("FORBIDDEN");
        let third = world.organization("West").await;
        let third = world.sign_in(Role::OrganizationOfficer, third).await;
        assert_eq!(third.run(LIST, json!({})).await.at("/cadreTransfers/totalCount"), 0);
        assert_eq!(world.number("select count(*) from audit_event where action = 'CADRE_TRANSFER_READ' and outcome = 'REFUSED'").await, 2);
    }
}
