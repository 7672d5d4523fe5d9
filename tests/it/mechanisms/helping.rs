//! Organizations that are paired: one that helps and one that is helped, with the people who do it, or without any.

use tests::both;

use super::{pairs::act, *};

const TOLD: &str = "query($id: ID!) { it: mentoringPair(id: $id) { form state version helpingOrganization { name } helpedOrganization { name }
    mentors { name } mentees { name } nextContactDue steps { kind } successor { helpingOrganization { name } } } }";

async fn told(place: &Place, pair: &Value) -> Value {
    place.officer.run(TOLD, json!({ "id": pair })).await.at("/it").clone()
}

impl Place {
    async fn help(&self, helping: Option<OrganizationId>, helped: Option<OrganizationId>, more: Value) -> Answer {
        let mut input = json!({ "organizationId": global(self.county), "helpingOrganizationId": helping.map(global),
            "helpedOrganizationId": helped.map(global) });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        act(&self.officer, "pairPropose", input).await
    }
}

both! {
    /// A bureau helps a village by a policy: begun, met, reported on, replaced by another bureau.
    async fn an_organization_helps_another(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, json!({
            "code": "HELP", "title": "Bureaus help villages", "edition": 1, "validFrom": "2020-01-01", "source": "Help 1",
            "pairs": { "forms": ["ORGANIZATION"], "contactEvery": "P1M", "reports": [{ "code": "NOTE", "by": "KEEPER", "every": "P1M" }] }
        })).await;
        let (bureau, other, village) = (world.department(place.county, "Bureau").await, world.department(place.county, "Office").await,
            world.department(place.county, "Village").await);
        let made = place.help(Some(bureau), Some(village), json!({ "policyCode": "HELP" })).await;
        let pair = made.done("/it")["pair"]["id"].clone();
        let first = told(&place, &pair).await;
        assert_eq!((&first["form"], &first["helpingOrganization"]["name"], &first["helpedOrganization"]["name"]),
            (&json!("ORGANIZATION"), &json!("Bureau"), &json!("Village")));
        assert_eq!((&first["mentors"], &first["mentees"]), (&json!([]), &json!([])));
        act(&place.officer, "pairActivate", json!({ "id": pair, "expectedVersion": 1, "startedOn": (world.today() - TimeDelta::days(40)).to_string() })).await.done("/it");
        let text = "mutation($input: PairContactRecordInput!) { it: pairContactRecord(input: $input) { problems { code field message } pair { id } } }";
        let held = json!({ "pairId": pair, "heldOn": world.today().to_string(), "topic": "WORK" });
        place.officer.run(text, json!({ "input": held })).await.done("/it");
        let next = world.today().checked_add_months(Months::new(1)).expect("a day");
        let active = told(&place, &pair).await;
        assert_eq!((&active["state"], &active["nextContactDue"]), (&json!("ACTIVE"), &json!(next.to_string())));
        let notes = place.duties("HELP", json!({ "codes": ["NOTE"] })).await;
        assert_eq!(notes.at("/it/nodes/0/status"), "OVERDUE", "{}", notes.text);
        let input = json!({ "id": pair, "expectedVersion": active["version"], "reason": "Another bureau takes over", "reasonCode": "TURN",
            "helpingOrganizationId": global(other) });
        act(&place.officer, "pairReplace", input).await.done("/it");
        let last = told(&place, &pair).await;
        assert_eq!((&last["state"], &last["successor"]["helpingOrganization"]["name"]), (&json!("ENDED_EARLY"), &json!("Office")));
    }

    /// People who do it may be named; they leave one by one, and the organizations stay.
    async fn people_come_and_go_while_organizations_stay(world: World) {
        let place = Place::of(&world).await;
        let (bureau, village) = (world.department(place.county, "Bureau").await, world.department(place.county, "Village").await);
        let other = world.department(place.county, "Hamlet").await;
        let helper = clerk(&world, bureau, "Helper", 40).await;
        let made = place.help(Some(bureau), Some(village), json!({ "mentorIds": [global(helper)] })).await;
        let pair = made.done("/it")["pair"]["id"].clone();
        act(&place.officer, "pairActivate", json!({ "id": pair, "expectedVersion": 1 })).await.done("/it");
        let nobody = json!({ "id": pair, "expectedVersion": 2, "reason": "Another village", "reasonCode": "TURN", "helpedOrganizationId": global(other) });
        let next = act(&place.officer, "pairReplace", nobody).await;
        let pair = next.done("/it")["pair"]["id"].clone();
        act(&place.officer, "pairActivate", json!({ "id": pair, "expectedVersion": 1 })).await.done("/it");
        assert_eq!(told(&place, &pair).await["mentors"], json!([{ "name": "Helper" }]), "who does it goes along");
        let input = json!({ "id": pair, "expectedVersion": 2, "cadreId": global(helper), "reason": "Called back" });
        act(&place.officer, "pairPartEnd", input).await.done("/it");
        let now = told(&place, &pair).await;
        assert_eq!((&now["state"], now["steps"].as_array().map(Vec::len)), (&json!("ACTIVE"), Some(3)), "{now}");
    }

    /// One organization alone, the same one twice, one with another form, none that is there: each is told.
    async fn two_organizations_belong_to_the_form(world: World) {
        let place = Place::of(&world).await;
        let (bureau, village) = (world.department(place.county, "Bureau").await, world.department(place.county, "Village").await);
        let strange = world.organization("South").await;
        for (helping, helped, more, field) in [
            (Some(bureau), None, json!({}), "helpedOrganizationId"),
            (None, Some(village), json!({}), "helpingOrganizationId"),
            (Some(bureau), Some(bureau), json!({}), "helpedOrganizationId"),
            (Some(bureau), Some(village), json!({ "form": "TEAM" }), "form"),
            (None, None, json!({ "form": "ORGANIZATION" }), "mentorIds"),
            (None, None, json!({}), "mentorIds"),
        ] {
            let answer = place.help(helping, helped, more).await;
            answer.problem("/it", "INVALID");
            assert_eq!(answer.at("/it/problems/0/field"), field, "{}", answer.text);
        }
        let unseen = place.help(Some(strange), Some(village), json!({})).await;
        assert!(unseen.text.contains("NOT_FOUND"), "{}", unseen.text);
    }

    /// A helped village that is merged away is helped in the one that takes it in; a helping bureau can't be closed meanwhile.
    async fn what_is_merged_is_helped_in_its_new_place(world: World) {
        let place = Place::of(&world).await;
        let (bureau, village, town) = (world.department(place.county, "Bureau").await, world.department(place.county, "Village").await,
            world.department(place.county, "Town").await);
        let made = place.help(Some(bureau), Some(village), json!({})).await;
        let pair = made.done("/it")["pair"]["id"].clone();
        place.help(Some(bureau), Some(village), json!({})).await.problem("/it", "CONFLICT");
        let admin = world.sign_in(Role::SystemAdmin, place.county).await;
        let merge = "mutation($input: OrganizationMergeInput!) { it: organizationMerge(input: $input) { problems { code field message } } }";
        let itself = json!({ "sourceId": global(village), "expectedVersion": 1, "targetId": global(bureau), "documentNumber": "D 0" });
        let refused = admin.run(merge, json!({ "input": itself })).await;
        refused.problem("/it", "INVALID");
        assert_eq!(refused.at("/it/problems/0/field"), "targetId", "nobody helps himself");
        let input = json!({ "sourceId": global(village), "expectedVersion": 1, "targetId": global(town), "documentNumber": "D 1" });
        admin.run(merge, json!({ "input": input })).await.done("/it");
        assert_eq!(told(&place, &pair).await["helpedOrganization"]["name"], "Town");
        let close = "mutation($input: OrganizationCloseInput!) { it: organizationClose(input: $input) { problems { code field message } } }";
        let input = json!({ "id": global(bureau), "expectedVersion": 1, "documentNumber": "D 2" });
        let closed = admin.run(close, json!({ "input": input })).await;
        assert!(closed.text.contains("open pairs"), "{}", closed.text);
    }
}
