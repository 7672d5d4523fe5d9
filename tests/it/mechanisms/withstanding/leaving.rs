//! A mentor who retires, dies, moves away or is sanctioned: what was stays on record, what was due is due no more, who must
//! know is told, and what is next is said.

use std::time::Duration;

use tests::events::Events;

use super::*;

const FOLLOW: &str = "subscription { it: mentoringPairChanged { news act pair { id state } } }";
const PAIR: &str =
    "query($id: ID!) { it: mentoringPair(id: $id) { state version reasonCode nextContactDue steps { kind person { name } }
    parts { leftOn } checks { rule severity } proposedMentors { name } } }";

/// Officers of the county and of another one at once.
async fn mover(world: &World, place: &Place) -> (OrganizationId, Client) {
    let south = world.organization("South").await;
    let grants = [(Role::OrganizationOfficer, place.county), (Role::OrganizationOfficer, south)];
    (south, world.sign_in_with(&grants, None).await)
}

async fn leaves(world: &World, place: &Place, who: CadreId, how: &str) {
    if how == "MOVED" {
        let (south, mover) = mover(world, place).await;
        let text = "mutation($input: CadreTransferInput!) { it: cadreTransfer(input: $input) { problems { code message } transfer { state } } }";
        let input = json!({ "cadreId": global(who), "expectedVersion": 1, "organizationId": global(south) });
        mover.run(text, json!({ "input": input })).await.done("/it");
        return;
    }
    let text =
        "mutation($input: CadreUpdateInput!) { it: cadreUpdate(input: $input) { problems { code } cadre { status } } }";
    let input = json!({ "id": global(who), "expectedVersion": 1, "status": how });
    place.officer.run(text, json!({ "input": input })).await.done("/it");
}

async fn look(by: &Client, pair: &str) -> Value {
    by.run(PAIR, json!({ "id": pair })).await.at("/it").clone()
}

both! {
    async fn a_mentor_leaves_and_the_pair_waits_for_another(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, programme("STEADY", json!({}))).await;
        let unit = world.department(place.county, "Finance").await;
        senior(&world, place.county, "Next").await;
        for (how, act_name) in [("RETIRED", "CADRE_UPDATE"), ("DECEASED", "CADRE_UPDATE"), ("MOVED", "CADRE_TRANSFER")] {
            let mentor = senior(&world, unit, &format!("Mentor {how}")).await;
            let mentee = clerk(&world, place.county, &format!("Mentee {how}"), 25).await;
            let pair = global(pair_since(&world, &place, "STEADY", (mentor, mentee), before(&world, 2)).await);
            world.tell().await;
            let (phone, own) = (world.sign_in_as(Role::Mentor, place.county, mentor).await, world.sign_in_as(Role::Cadre, place.county, mentee).await);
            let overdue = json!({ "statuses": ["OVERDUE", "OPEN"] });
            for (who, code) in [(&phone, "RATING"), (&own, "NOTE")] {
                let due = mine(who, overdue.clone()).await;
                assert!(due.at("/it/nodes/0/code") == code && due.at("/it/totalCount").as_u64().is_some_and(|it| it >= 2), "{how}: {}", due.text);
            }
            let note = mine(&own, json!({ "codes": ["NOTE"] })).await.text_at("/it/nodes/0/id");
            submit(&own, &note, "The first month").await.done("/it");
            let mut streams = [Events::of(&own, FOLLOW, json!({})).await, Events::of(&place.officer, FOLLOW, json!({})).await];
            leaves(&world, &place, mentor, how).await;
            for stream in &mut streams {
                let told = stream.expect().await;
                assert_eq!(told.at("/it"), &json!({ "news": "CHANGED", "act": act_name, "pair": { "id": pair, "state": "SUSPENDED" } }), "{how}");
            }
            // Nothing is due of it any more; what was done stays to be read.
            let of_pair = place.duties("STEADY", json!({ "subject": pair })).await;
            assert_eq!((of_pair.at("/it/totalCount"), of_pair.at("/it/nodes/0/entry/state"), of_pair.at("/it/nodes/0/status")), (&json!(1), &json!("SUBMITTED"), &json!("SUBMITTED")), "{how}: {}", of_pair.text);
            assert_eq!((mine(&phone, overdue.clone()).await.at("/it/totalCount"), mine(&own, overdue.clone()).await.at("/it/totalCount")), (&json!(0), &json!(0)), "{how}");
            assert_eq!(mine(&own, json!({})).await.at("/it/nodes/0/id"), &json!(note));
            let waits = look(&place.officer, &pair).await;
            assert_eq!((&waits["state"], &waits["reasonCode"], &waits["nextContactDue"]), (&json!("SUSPENDED"), &json!("PERSON_LEFT"), &Value::Null));
            assert_eq!(waits["checks"], json!([{ "rule": "MENTOR_LEFT", "severity": "ERROR" }]), "{how}");
            assert_eq!(waits["proposedMentors"], json!([{ "name": "Next" }]), "{how}");
            let last = waits["steps"].as_array().and_then(|all| all.last()).expect("a step");
            assert_eq!(last["kind"], "SUSPENDED");
            assert_eq!(look(&own, &pair).await["checks"], Value::Null, "{how}: a mentee does not read the mentor's record");
            let end = json!({ "id": pair, "expectedVersion": waits["version"], "reason": "Gone", "reasonCode": "MENTOR_LEFT" });
            assert_eq!(act(&place.officer, "pairEnd", end).await.done("/it")["pair"]["state"], "ENDED_EARLY");
            let over = look(&place.officer, &pair).await;
            let kinds: Vec<_> = over["steps"].as_array().expect("steps").iter().map(|it| it["kind"].as_str().expect("a kind")).collect();
            assert_eq!((kinds, over["parts"].as_array().map(Vec::len)), (vec!["SUSPENDED", "ENDED"], Some(2)), "{how}");
            assert_eq!(place.duties("STEADY", json!({ "subject": pair })).await.at("/it/totalCount"), 1, "{how}");
            assert_eq!(streams[0].expect().await.at("/it/pair/state"), "ENDED_EARLY");
        }
    }

    /// Who is sanctioned is not taken out by that: the keeper is told by the checks, and the mentee learns nothing of it.
    async fn a_sanctioned_mentor_shows_to_those_who_decide_alone(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, programme("STEADY", json!({}))).await;
        let unit = world.department(place.county, "Finance").await;
        senior(&world, place.county, "Next").await;
        let (mentor, mentee) = (senior(&world, unit, "Mentor").await, clerk(&world, place.county, "Mentee", 25).await);
        let pair = global(pair_since(&world, &place, "STEADY", (mentor, mentee), before(&world, 2)).await);
        world.tell().await;
        let own = world.sign_in_as(Role::Cadre, place.county, mentee).await;
        let mut stream = Events::of(&own, FOLLOW, json!({})).await;
        let record = "mutation($input: CadreFactRecordInput!) { it: cadreFactRecord(input: $input) { problems { code field message } factId } }";
        let day = world.today();
        let sanction = json!({ "kind": "DEMERIT", "decidingBody": "Supervision", "documentNumber": "9", "decidedOn": day.to_string(), "effectFrom": day.to_string(),
            "effectUntil": (day + TimeDelta::days(500)).to_string(), "appealTo": "Supervision above" });
        place.officer.run(record, json!({ "input": { "cadreId": global(mentor), "source": "Decision", "fact": { "sanction": sanction } } })).await.done("/it");
        let seen = look(&place.officer, &pair).await;
        assert_eq!((&seen["state"], &seen["checks"], &seen["proposedMentors"]), (&json!("ACTIVE"), &json!([{ "rule": "CLEAN", "severity": "ERROR" }]), &json!([{ "name": "Next" }])));
        stream.silent_for(Duration::from_millis(400)).await;
        let told = own.run("query($id: ID!) { it: mentoringPair(id: $id) { checks { rule } proposedMentors { name } mentors { name } } }", json!({ "id": pair })).await;
        assert_eq!(told.at("/it"), &json!({ "checks": null, "proposedMentors": null, "mentors": [{ "name": "Mentor" }] }));
        let next = place.officer.run("{ cadres(filter: { name: \"Next\" }) { edges { node { id } } } }", json!({})).await.text_at("/cadres/edges/0/node/id");
        let input = json!({ "id": pair, "expectedVersion": 1, "mentorIds": [next], "reason": "Another mentor", "reasonCode": "REPLACED" });
        let replaced = act(&place.officer, "pairReplace", input).await;
        assert_eq!(replaced.done("/it")["pair"]["predecessor"]["id"], pair.as_str());
        assert_eq!(look(&own, &pair).await["state"], "ENDED_EARLY");
    }

    /// Nobody visits the dead, and nobody in retirement reports on a task; what was done before stays.
    async fn nothing_is_due_of_members_who_are_gone(world: World) {
        let place = Place::of(&world).await;
        let more = json!({ "duties": { "items": [{ "code": "VISIT", "title": "Visit", "subject": "MEMBER", "every": "P1M" },
            { "code": "TASK_NOTE", "title": "Note", "subject": "TASK", "task": "VOLUNTEER", "every": "P7D" }] } });
        place.publish(&world, programme("STEADY", more)).await;
        let pool = place.pool("STEADY", json!([])).await;
        let since = before(&world, 3);
        let (one, two) = (clerk(&world, place.county, "One", 30).await, clerk(&world, place.county, "Two", 30).await);
        for person in [one, two] {
            member(&world, pool, "A", person, since).await;
            place.declare("STEADY", "VOLUNTEER", json!({ "cadreId": global(person), "validFrom": (world.today() - TimeDelta::days(15)).to_string() })).await.done("/it");
        }
        let open = json!({ "statuses": ["OVERDUE"] });
        let due = async |code: &str| place.duties("STEADY", json!({ "codes": [code], "statuses": ["OVERDUE"] })).await.at("/it/totalCount").clone();
        assert_eq!((due("VISIT").await, due("TASK_NOTE").await), (json!(6), json!(4)));
        let first = place.duties("STEADY", json!({ "codes": ["VISIT"] })).await;
        for node in first.at("/it/nodes").as_array().expect("nodes")[..2].iter() {
            submit(&place.officer, node["id"].as_str().expect("an id"), "Visited").await.done("/it");
        }
        let own = world.sign_in_as(Role::Cadre, place.county, one).await;
        assert_eq!(mine(&own, open.clone()).await.at("/it/totalCount"), 2);
        leaves(&world, &place, one, "DECEASED").await;
        assert_eq!((due("VISIT").await, due("TASK_NOTE").await), (json!(2), json!(2)));
        assert_eq!(mine(&own, open).await.at("/it/totalCount"), 0);
        let kept = place.duties("STEADY", json!({ "codes": ["VISIT"], "statuses": ["SUBMITTED"] })).await;
        assert_eq!((kept.at("/it/totalCount"), kept.at("/it/nodes/0/entry/state")), (&json!(2), &json!("SUBMITTED")), "{}", kept.text);
        // The membership waits for somebody to decide: nobody leaves a pool by dying.
        assert_eq!(world.number("select count(*) from pool_membership where state = 'CONFIRMED'").await, 2);
    }
}
