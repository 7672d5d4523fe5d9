//! A unit is merged into another while its mechanisms run: what was kept there keeps its history, and is found there.

use super::*;

const TALK: &str = "mutation($input: TalkRecordInput!) { it: talkRecord(input: $input) { problems { code field message } talk { id } } }";
const SEEN: &str = "query($at: ID!) {
    pools: reservePools { edges { node { code organization { name } } } }
    pairs: mentoringPairs { edges { node { id edition { edition } steps { kind } parts { role } organization { name } } } }
    talks(filter: { organization: $at }) { edges { node { state heldOn unit { name } member { name } organization { name } } } }
    facts: declaredFacts(filter: { organization: $at }) { edges { node { code edition { edition } cadre { name } organization { name } } } } }";

/// What was done under an organization about the items of a code.
async fn done(by: &Client, at: OrganizationId, code: &str) -> Value {
    let text = "query($at: ID!, $codes: [String!]) { it: duties(policy: \"STEADY\", organization: $at, filter: { codes: $codes, statuses: [SUBMITTED] }) {
        nodes { id dueOn title subject edition { edition } organization { name } entry { id state content version } } } }";
    by.run(text, json!({ "at": global(at), "codes": [code] })).await.at("/it/nodes").clone()
}

async fn see(by: &Client, at: OrganizationId) -> Answer {
    by.run(SEEN, json!({ "at": global(at) })).await
}

both! {
    async fn what_ran_in_a_merged_unit_runs_on_in_the_other(world: World) {
        let place = Place::of(&world).await;
        let more = json!({ "duties": { "items": [{ "code": "VISIT", "title": "Visit", "subject": "MEMBER", "every": "P1M" }, { "code": "PLAN", "title": "Plan", "subject": "PLACE", "every": { "yearly": "01-31" } }] } });
        place.publish(&world, programme("STEADY", more)).await;
        let (old, new) = (world.department(place.county, "Old").await, world.department(place.county, "New").await);
        let office = world.department(old, "Office").await;
        let pool = place.pool("STEADY", json!([])).await;
        world.sql("update reserve_pool set organization_id = $1", vec![old.into()]).await;
        let (mentor, mentee) = (senior(&world, office, "Mentor").await, clerk(&world, old, "Mentee", 30).await);
        let since = before(&world, 2);
        let membership = member(&world, pool, "A", mentee, since).await;
        let pair = pair_since(&world, &place, "STEADY", (mentor, mentee), since).await;
        world.sql("update mentoring_pair set organization_id = $1", vec![old.into()]).await;
        world.tell().await;
        let talk = json!({ "policy": "STEADY", "organizationId": global(old), "conductor": "MINISTER", "kind": "SUMMONED", "heldOn": world.today().to_string() });
        for whom in [("cadreId", global(mentee)), ("unitId", global(old)), ("unitId", global(office))] {
            let mut input = talk.clone();
            input[whom.0] = json!(whom.1);
            place.officer.run(TALK, json!({ "input": input })).await.done("/it");
        }
        place.declare("STEADY", "PRAISED", json!({ "organizationId": global(old) })).await.done("/it");
        place.declare("STEADY", "VOLUNTEER", json!({ "cadreId": global(mentee) })).await.done("/it");
        for code in ["VISIT", "NOTE", "PLAN"] {
            let text = "query($at: ID!, $codes: [String!]) { it: duties(policy: \"STEADY\", organization: $at, filter: { codes: $codes }) { nodes { id } } }";
            let due = place.officer.run(text, json!({ "at": global(old), "codes": [code] })).await;
            submit(&place.officer, &due.text_at("/it/nodes/0/id"), "Done in Old").await.done("/it");
        }
        let keeper = world.sign_in(Role::OrganizationOfficer, new).await;
        let none = json!({ "edges": [] });
        let before = see(&keeper, new).await;
        assert_eq!(before.at(""), &json!({ "pools": none, "pairs": none, "talks": none, "facts": none }));
        let (history, was) = (see(&place.officer, old).await, [done(&place.officer, old, "VISIT").await, done(&place.officer, old, "NOTE").await, done(&place.officer, old, "PLAN").await]);
        let input = json!({ "sourceId": global(old), "expectedVersion": 1, "targetId": global(new), "documentNumber": "编办〔2026〕3号" });
        let admin = world.sign_in(Role::SystemAdmin, place.county).await;
        crate::organizations::act(&admin, "Merge", input).await.done("/it");
        let in_new = |text: &str| text.replace("\"name\":\"Old\"", "\"name\":\"New\"");
        let after = see(&keeper, new).await;
        assert_eq!(after.text, in_new(&history.text), "all of it, and nothing changed but its place");
        assert_eq!(after.at("/talks/edges").as_array().map(Vec::len), Some(3));
        assert_eq!((after.at("/pairs/edges/0/node/id"), after.at("/facts/edges").as_array().map(Vec::len)), (&json!(global(pair)), Some(2)));
        for (code, was) in ["VISIT", "NOTE", "PLAN"].into_iter().zip(was) {
            let kept = done(&keeper, new, code).await;
            assert_eq!(was.as_array().map(Vec::len), Some(1));
            assert_eq!((&kept[0]["id"], &kept[0]["entry"]["id"], &kept[0]["edition"], &kept[0]["title"]), (&was[0]["id"], &was[0]["entry"]["id"], &was[0]["edition"], &was[0]["title"]), "{code}: {kept}");
            assert_eq!((&kept[0]["organization"]["name"], &kept[0]["entry"]["version"], kept.as_array().map(Vec::len)), (&json!("New"), &json!(2), Some(1)));
        }
        // It goes on where it was: what is next of the pair and of the member is due in the new unit.
        let next = "query($at: ID!, $subject: ID) { it: duties(policy: \"STEADY\", organization: $at, filter: { subject: $subject, statuses: [OVERDUE] }) { nodes { id } } }";
        for subject in [global(pair), global(membership)] {
            let due = keeper.run(next, json!({ "at": global(new), "subject": subject })).await;
            submit(&keeper, &due.text_at("/it/nodes/0/id"), "Done in New").await.done("/it");
        }
        let nothing = see(&world.sign_in(Role::OrganizationOfficer, old).await, old).await;
        assert_eq!(nothing.at(""), &json!({ "pools": none, "pairs": none, "talks": none, "facts": none }));
        let moved = "select count(*) from audit_change c join audit_event e on e.id = c.event_id where e.action = 'ORGANIZATION_MERGE' and c.kind = 'UPDATE' and c.table_name = ";
        for (table, rows) in [("talk", 4), ("declared_fact", 2), ("duty_entry", 3)] {
            assert_eq!(world.number(&format!("{moved}'{table}'")).await, rows, "{table}");
        }
    }
}
