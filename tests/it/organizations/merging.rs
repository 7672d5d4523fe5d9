//! Mergers and closings: what one organization kept goes on in another, and what keeps something does not close.

use entity::{
    id::OrganizationId,
    kind::{Disclosure, MembershipState, PairSide, PairState, Role},
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    world::{World, global},
};

use super::{act, read};

async fn merge(client: &Client, source: OrganizationId, version: i32, target: OrganizationId) -> Answer {
    let input = json!({ "sourceId": global(source), "expectedVersion": version, "targetId": global(target), "documentNumber": "编办〔2026〕3号" });
    act(client, "Merge", input).await
}

both! {
    /// People, pools, open memberships and pairs of the merged unit go on in the other one, seen by who keeps them now;
    /// who merges sees none of them.
    async fn what_a_merged_unit_kept_goes_on(world: World) {
        let county = world.organization("North").await;
        let (old, new) = (world.department(county, "Old").await, world.department(county, "New").await);
        let office = world.department(old, "Office").await;
        let anna = world.cadre(old, "Anna", |_| {}).await;
        let bert = world.cadre(office, "Bert", |_| {}).await;
        let pool = world.pool(old, "P", Disclosure::Unit).await;
        let membership = world.membership(pool, anna, MembershipState::Proposed).await;
        let pair = world.pair(old, anna, bert).await;
        world.sql("update account set organization_id = $1", vec![old.into()]).await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let keeper = world.sign_in(Role::OrganizationOfficer, new).await;
        let before = world.sign_in(Role::UnitOfficer, old).await;
        let mentor = world.sign_in_as(Role::Mentor, old, anna).await;
        let seen = "{ cadres { totalCount } reservePools { totalCount } mentoringPairs { totalCount } }";
        let counts = |answer: &Answer| ["cadres", "reservePools", "mentoringPairs"].map(|it| answer.at(&format!("/{it}/totalCount")).as_i64().expect("a count"));
        assert_eq!(counts(&keeper.run(seen, json!({})).await), [0, 0, 0]);
        assert_eq!(counts(&before.run(seen, json!({})).await), [2, 1, 1]);
        let merged = merge(&admin, old, 1, new).await;
        let it = &merged.done("/it")["organization"];
        assert_eq!((&it["state"], &it["successor"]["name"], &it["history"][0]["other"]["name"]), (&json!("MERGED"), &json!("New"), &json!("New")));
        assert!(!merged.text.contains("Anna") && !merged.text.contains("Bert"));
        admin.run("{ cadres { totalCount } }", json!({})).await.refused("FORBIDDEN");
        assert_eq!(counts(&keeper.run(seen, json!({})).await), [2, 1, 1]);
        // The grant on the merged unit reaches nothing of its successor: it would have been widened.
        assert_eq!(counts(&before.run(seen, json!({})).await), [0, 0, 0]);
        assert_eq!(read(&admin, new).await["predecessors"], json!([{ "name": "Old" }]));
        let inside = read(&admin, office).await;
        assert_eq!((&inside["parent"]["id"], &inside["history"][0]["kind"]), (&json!(global(new)), &json!("MOVED")));
        // The open pair is met, and the open proposal decided, as if nothing had happened.
        let contact = "mutation($p: ID!, $day: Date!) { it: pairContactRecord(input: { pairId: $p, heldOn: $day, topic: WORK }) { problems { message } pair { state organization { name } } } }";
        let day = world.today().to_string();
        let held = mentor.run(contact, json!({ "p": global(pair), "day": day })).await;
        assert_eq!(held.done("/it")["pair"]["state"], "ACTIVE");
        let leader = world.sign_in(Role::OrganizationLeader, new).await;
        let confirm = "mutation($id: ID!) { it: poolMembershipConfirm(input: { id: $id, expectedVersion: 1 }) { problems { message } membership { state } } }";
        assert_eq!(leader.run(confirm, json!({ "id": global(membership) })).await.done("/it")["membership"]["state"], "CONFIRMED");
    }

    /// The merger is one act: each row that it moved is in the trail, and whoever was changing one is told.
    async fn a_merger_is_audited_row_by_row(world: World) {
        let county = world.organization("North").await;
        let (old, new) = (world.department(county, "Old").await, world.department(county, "New").await);
        let people = [world.cadre(old, "Anna", |_| {}).await, world.cadre(old, "Bert", |_| {}).await];
        world.pool(old, "P", Disclosure::Unit).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        merge(&admin, old, 1, new).await.done("/it");
        let update = "mutation($id: ID!, $version: Int!) { it: cadreUpdate(input: { id: $id, expectedVersion: $version, name: \"Other\" }) { problems { code } cadre { version organization { name } } } }";
        officer.run(update, json!({ "id": global(people[0]), "version": 1 })).await.problem("/it", "STALE");
        let done = officer.run(update, json!({ "id": global(people[0]), "version": 2 })).await;
        assert_eq!(done.done("/it")["cadre"]["organization"]["name"], "New");
        let moved = "select count(*) from audit_change c join audit_event e on e.id = c.event_id where e.action = 'ORGANIZATION_MERGE' and c.kind = 'UPDATE'";
        assert_eq!(world.number(&format!("{moved} and c.table_name = 'cadre'")).await, 2);
        assert_eq!(world.number(&format!("{moved} and c.table_name = 'reserve_pool'")).await, 1);
        let new_key = new.0.to_string();
        assert_eq!(world.number(&format!("{moved} and c.table_name = 'cadre' and c.after_values like '%{new_key}%' and c.before_values like '%{}%'", old.0)).await, 2);
        assert_eq!(world.number("select count(*) from audit_event where action = 'ORGANIZATION_MERGE' and tables like '%cadre%' and tables like '%reserve_pool%'").await, 1);
    }

    async fn a_unit_that_ended_takes_nothing_new(world: World) {
        let county = world.organization("North").await;
        let (old, new) = (world.department(county, "Old").await, world.department(county, "New").await);
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        merge(&admin, old, 1, new).await.done("/it");
        let at = json!({ "at": global(old) });
        for text in [
            "mutation($at: ID!) { it: cadreCreate(input: { organizationId: $at, name: \"Anna\", sex: MALE }) { problems { code } } }",
            "mutation($at: ID!) { it: poolCreate(input: { organizationId: $at, code: \"P\", name: \"P\", tiers: [{ code: \"A\", name: \"A\" }] }) { problems { code } } }",
        ] {
            officer.run(text, at.clone()).await.problem("/it", "TRANSITION_REFUSED");
        }
        let text = "mutation($at: ID!) { it: accountCreate(input: { organizationId: $at, login: \"anna\", name: \"Anna\" }) { problems { code } } }";
        admin.run(text, at).await.problem("/it", "TRANSITION_REFUSED");
        act(&admin, "Create", json!({ "parentId": global(old), "code": "D9", "name": "x", "kind": "DEPARTMENT" })).await.problem("/it", "TRANSITION_REFUSED");
        act(&admin, "Rename", json!({ "id": global(old), "expectedVersion": 2, "name": "x" })).await.problem("/it", "TRANSITION_REFUSED");
        act(&admin, "Move", json!({ "id": global(new), "expectedVersion": 1, "parentId": global(old) })).await.problem("/it", "TRANSITION_REFUSED");
        merge(&admin, old, 2, new).await.problem("/it", "TRANSITION_REFUSED");
        merge(&admin, new, 1, old).await.problem("/it", "TRANSITION_REFUSED");
        // It stays to be read by its id or code, and out of lists.
        assert_eq!(read(&officer, old).await["state"], "MERGED");
        let lists = "query($at: ID!) { organizations { totalCount } organization(id: $at) { children { totalCount } } all: organizations(filter: { states: [ACTIVE, MERGED, CLOSED] }) { totalCount } }";
        let answer = officer.run(lists, json!({ "at": global(county) })).await;
        assert_eq!((answer.at("/organizations/totalCount"), answer.at("/organization/children/totalCount"), answer.at("/all/totalCount")), (&json!(2), &json!(1), &json!(3)));
    }

    async fn what_cannot_be_merged_stays_as_it_is(world: World) {
        let county = world.organization("North").await;
        let (old, new) = (world.department(county, "Old").await, world.department(county, "New").await);
        let inner = world.department(old, "Inner").await;
        let deep = world.department(inner, "Deep").await;
        world.cadre(old, "Anna", |_| {}).await;
        world.pool(old, "P", Disclosure::Unit).await;
        let pool = world.pool(new, "P", Disclosure::Unit).await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let before = world.fingerprint().await;
        for below in [inner, deep] {
            let answer = merge(&admin, old, 1, below).await;
            answer.problem("/it", "CYCLE");
            assert_eq!(answer.at("/it/problems/0/field"), "targetId");
        }
        merge(&admin, old, 3, new).await.problem("/it", "STALE");
        let clash = merge(&admin, old, 1, new).await;
        assert_eq!((clash.at("/it/problems/0/code"), clash.at("/it/problems/0/field")), (&json!("TAKEN"), &json!("targetId")));
        assert_eq!(world.fingerprint().await, before);
        let rename = "mutation($id: ID!) { it: poolUpdate(input: { id: $id, expectedVersion: 1, code: \"Q\" }) { problems { code } pool { code } } }";
        assert_eq!(officer.run(rename, json!({ "id": global(pool) })).await.done("/it")["pool"]["code"], "Q");
        merge(&admin, old, 1, new).await.done("/it");
        // An inner unit may go into the one above it.
        merge(&admin, deep, 1, inner).await.done("/it");
        let second = merge(&admin, inner, 2, new).await;
        assert_eq!(second.done("/it")["organization"]["successor"]["name"], "New");
    }

    /// Who puts somebody into a unit that is being merged finds the person in its successor, or is told that it ended.
    async fn nobody_is_left_behind_in_a_merger(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let create = "mutation($at: ID!) { it: cadreCreate(input: { organizationId: $at, name: \"Anna\", sex: MALE }) { problems { code } cadre { id } } }";
        for round in 0..6 {
            let (old, new) = (world.department(county, &format!("Old {round}")).await, world.department(county, &format!("New {round}")).await);
            let at = json!({ "at": global(old) });
            let (merged, one, two) = tokio::join!(merge(&admin, old, 1, new), officer.run(create, at.clone()), officer.run(create, at.clone()));
            assert!(merged.text.contains("\"problems\":[]") || merged.text.contains("BUSY"), "{}", merged.text);
            for it in [one, two] {
                assert!(["\"problems\":[]", "TRANSITION_REFUSED", "BUSY"].iter().any(|told| it.text.contains(told)), "{}", it.text);
            }
            let behind = "select count(*) from cadre c join organization o on o.id = c.organization_id where o.state <> 'ACTIVE'";
            assert_eq!(world.number(behind).await, 0, "round {round}");
        }
    }

    async fn a_unit_closes_when_it_keeps_nothing(world: World) {
        let county = world.organization("North").await;
        let unit = world.department(county, "Unit").await;
        let below = world.department(unit, "Below").await;
        let anna = world.cadre(unit, "Anna", |_| {}).await;
        let bert = world.cadre(county, "Bert", |_| {}).await;
        let pool = world.pool(unit, "P", Disclosure::Unit).await;
        world.pool(unit, "empty", Disclosure::Unit).await;
        world.membership(pool, bert, MembershipState::Warned).await;
        world.pair(unit, anna, bert).await;
        world.pair_of(unit, &[(anna, PairSide::Mentor)], |it| it.state = PairState::Completed).await;
        let account = world.account(None).await;
        world.grant(account, Role::UnitOfficer, unit, None).await;
        world.sql("update account set organization_id = $1 where id = $2", vec![unit.into(), account.into()]).await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let close = |version: i32| json!({ "id": global(unit), "expectedVersion": version, "reason": "撤销" });
        let before = world.fingerprint().await;
        let refused = act(&admin, "Close", close(1)).await;
        refused.problem("/it", "TRANSITION_REFUSED");
        let message = refused.text_at("/it/problems/0/message");
        for left in ["persons in post: 1", "pools with open memberships: 1", "open pairs: 1", "grants: 1", "accounts: 1", "organizations below: 1"] {
            assert!(message.contains(left), "{left} in {message}");
        }
        assert!(!refused.text.contains("Anna"));
        assert_eq!(world.fingerprint().await, before);
        act(&admin, "Close", json!({ "id": global(below), "expectedVersion": 1 })).await.done("/it");
        for sql in ["update cadre set status = 'RETIRED'", "update pool_membership set state = 'EXITED'", "update mentoring_pair set state = 'COMPLETED'"] {
            world.sql(sql, vec![]).await;
        }
        world.sql("delete from account_grant where account_id = $1", vec![account.into()]).await;
        world.sql("update account set state = 'CLOSED' where id = $1", vec![account.into()]).await;
        world.tell().await;
        act(&admin, "Close", close(7)).await.problem("/it", "STALE");
        let done = act(&admin, "Close", close(1)).await;
        let it = &done.done("/it")["organization"];
        assert_eq!((&it["state"], &it["history"][0]["kind"], &it["history"][0]["reason"]), (&json!("CLOSED"), &json!("CLOSED"), &json!("撤销")));
        assert_ne!(it["validTo"], Value::Null);
        act(&admin, "Close", close(2)).await.problem("/it", "TRANSITION_REFUSED");
    }
}
