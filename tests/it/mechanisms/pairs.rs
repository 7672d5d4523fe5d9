//! Pairs as their policies keep them: M055, M063, M064, M066, M068, M069, M073, M079, M080.

use entity::kind::{OrganizationKind, PositionLevel, PostRole};
use tests::both;

use super::*;

const PAIR: &str = "pair { id state version termEndsOn nextContactDue mentors { name } plan { code text }
    findings { rule severity } predecessor { id } edition { edition } }";

/// Runs a mutation on a pair; the whole answer under `/it`.
pub async fn act(by: &Client, name: &str, input: Value) -> Answer {
    let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let text = format!(
        "mutation($input: {kind}Input!) {{ it: {name}(input: $input) {{ problems {{ code field message ruleId citation }} {PAIR} }} }}"
    );
    by.run(&text, json!({ "input": input })).await
}

impl Place {
    pub async fn pair(&self, policy: &str, mentors: &[CadreId], mentees: &[CadreId], more: Value) -> Answer {
        let ids = |all: &[CadreId]| all.iter().map(|it| global(*it)).collect::<Vec<_>>();
        let mut input = json!({ "organizationId": global(self.county), "mentorIds": ids(mentors), "menteeIds": ids(mentees), "policyCode": policy });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        act(&self.officer, "pairPropose", input).await
    }

    pub async fn activate(&self, pair: &Answer, more: Value) -> Answer {
        let mut input = json!({ "id": pair.text_at("/it/pair/id"), "expectedVersion": pair.at("/it/pair/version") });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        act(&self.officer, "pairActivate", input).await
    }
}

pub fn refused(answer: &Answer, code: &str, rule: &str) {
    answer.problem("/it", code);
    assert_eq!(answer.at("/it/problems/0/ruleId"), rule, "{}", answer.text);
}

/// Headings of a plan, all said.
pub fn plan(headings: &[&str]) -> Value {
    json!({ "plan": headings.iter().map(|it| json!({ "code": it, "text": "Said" })).collect::<Vec<_>>() })
}

/// A town of the county.
async fn town(world: &World, county: OrganizationId, name: &str) -> OrganizationId {
    let town = world.department(county, name).await;
    world
        .sql(
            "update organization set kind = $1 where id = $2",
            vec![OrganizationKind::Township.text().into(), town.into()],
        )
        .await;
    town
}

both! {
    /// M063: 36 is too old, a plan has four headings, one mentor a mentee; and who did not volunteer is not paired.
    async fn a_front_line_mentor_has_a_volunteer_and_a_whole_plan(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M063", "2020-01-01").await;
        let unit = world.department(place.county, "Finance").await;
        let mentor = official(&world, unit, "Mentor", PositionLevel::TownshipDeputy, PostRole::Deputy).await;
        let (old, young) = (clerk(&world, place.county, "Old", 36).await, clerk(&world, place.county, "Young", 35).await);
        for person in [old, young] {
            place.declare(&policy, "VOLUNTEER", json!({ "cadreId": global(person) })).await.done("/it");
        }
        refused(&place.pair(&policy, &[mentor], &[old], json!({})).await, "CRITERION_UNMET", "AGE");
        let pair = place.pair(&policy, &[mentor], &[young], plan(&["THEORY", "METHOD", "CONDUCT"])).await;
        assert_eq!(pair.done("/it")["pair"]["findings"], json!([{ "rule": "EXPERIENCED", "severity": "HINT" }]));
        let early = place.activate(&pair, json!({})).await;
        refused(&early, "CRITERION_UNMET", "PLAN");
        assert!(early.text_at("/it/problems/0/message").contains("says nothing of RULES"), "{}", early.text);
        let strange = act(&place.officer, "pairPlanSave", json!({ "id": pair.text_at("/it/pair/id"), "expectedVersion": 1, "plan": [{ "code": "PHOTOS", "text": "Daily" }] })).await;
        assert_eq!(strange.at("/it/problems/0/field"), "plan", "{}", strange.text);
        let mut whole = plan(&["THEORY", "METHOD", "CONDUCT", "RULES"]);
        whole.as_object_mut().expect("an object").extend([("id".to_owned(), pair.at("/it/pair/id").clone()), ("expectedVersion".to_owned(), json!(1))]);
        let saved = act(&place.officer, "pairPlanSave", whole).await;
        assert_eq!(place.activate(&saved, json!({})).await.done("/it")["pair"]["state"], "ACTIVE");
        let second = official(&world, unit, "Second", PositionLevel::TownshipDeputy, PostRole::Deputy).await;
        refused(&place.pair(&policy, &[second], &[young], json!({})).await, "CAPACITY_REACHED", "MENTORS_PER_MENTEE");
        let silent = clerk(&world, place.county, "Silent", 30).await;
        let unknown = place.pair(&policy, &[second], &[silent], plan(&["THEORY", "METHOD", "CONDUCT", "RULES"])).await;
        assert_eq!(unknown.done("/it")["pair"]["findings"][1]["rule"], "VOLUNTEER", "{}", unknown.text);
        refused(&place.activate(&unknown, json!({})).await, "CRITERION_UNMET", "VOLUNTEER");
    }

    /// M064: two leads do not begin; one lead and three assistants do; without the lead the pair waits for another.
    async fn a_lead_leaves_and_another_takes_the_place(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M064", "2020-01-01").await;
        let unit = world.department(place.county, "Finance").await;
        let mut mentors = Vec::new();
        for name in ["Lead", "A", "B", "C", "Next"] {
            mentors.push(official(&world, unit, name, PositionLevel::TownshipDeputy, PostRole::Deputy).await);
        }
        let mentee = clerk(&world, place.county, "Mentee", 25).await;
        let two = place.pair(&policy, &mentors[..2], &[mentee], json!({ "form": "LEAD_PLUS_ASSISTANTS", "mentorRoles": ["LEAD", "LEAD"] })).await;
        let early = place.activate(&two, json!({})).await;
        refused(&early, "CRITERION_UNMET", "MENTOR_ROLES");
        assert!(early.text_at("/it/problems/0/message").contains("2 mentors as LEAD; it needs exactly 1"), "{}", early.text);
        let other = place.pair(&policy, &mentors[..1], &[mentee], json!({ "form": "ONE_TO_ONE" })).await;
        assert_eq!(other.at("/it/problems/0/field"), "form");
        let pair = place.pair(&policy, &mentors[..4], &[mentee], json!({ "form": "LEAD_PLUS_ASSISTANTS" })).await;
        let active = place.activate(&pair, json!({})).await;
        assert_eq!(active.done("/it")["pair"]["state"], "ACTIVE");
        let south = world.organization("South").await;
        let mover = world.sign_in_with(&[(Role::OrganizationOfficer, place.county), (Role::OrganizationOfficer, south)], None).await;
        let moved = "mutation($input: CadreTransferInput!) { it: cadreTransfer(input: $input) { problems { code message } transfer { state } } }";
        mover.run(moved, json!({ "input": { "cadreId": global(mentors[0]), "expectedVersion": 1, "organizationId": global(south) } })).await.done("/it");
        let id = pair.text_at("/it/pair/id");
        let look = async || {
            let text = "query($id: ID!) { it: mentoringPair(id: $id) { state version steps { kind } parts { role leftOn } } }";
            place.officer.run(text, json!({ "id": id })).await.at("/it").clone()
        };
        let waiting = look().await;
        assert_eq!(waiting["state"], "SUSPENDED");
        let version = |it: &Value| it["version"].clone();
        let left = act(&place.officer, "pairPartEnd", json!({ "id": id, "expectedVersion": version(&waiting), "cadreId": global(mentors[0]), "reason": "Moved away" })).await;
        refused(&act(&place.officer, "pairResume", json!({ "id": id, "expectedVersion": left.at("/it/pair/version") })).await, "CRITERION_UNMET", "MENTOR_ROLES");
        let joined = act(&place.officer, "pairPartAdd", json!({ "id": id, "expectedVersion": left.at("/it/pair/version"), "cadreId": global(mentors[4]), "role": "LEAD", "reason": "Takes the lead" })).await;
        let resumed = act(&place.officer, "pairResume", json!({ "id": id, "expectedVersion": joined.done("/it")["pair"]["version"] })).await;
        assert_eq!(resumed.done("/it")["pair"]["state"], "ACTIVE");
        let kept = look().await;
        let kinds: Vec<_> = kept["steps"].as_array().expect("steps").iter().map(|it| it["kind"].as_str().expect("a kind")).collect();
        assert_eq!(kinds, ["PROPOSED", "ACTIVATED", "SUSPENDED", "PART_LEFT", "PART_JOINED", "RESUMED"]);
        assert_eq!(kept["parts"].as_array().expect("parts").len(), 6);
    }

    /// M066: a deputy-section mentee has a unit head and no deputy; who is promoted shows that another mentor is wanted.
    async fn a_mentor_is_of_the_right_level(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M066", "2020-01-01").await;
        let (unit, other) = (world.department(place.county, "Finance").await, world.department(place.county, "Water").await);
        let head = official(&world, unit, "Head", PositionLevel::TownshipPrincipal, PostRole::Principal).await;
        let deputy = official(&world, unit, "Deputy", PositionLevel::TownshipDeputy, PostRole::Deputy).await;
        let mentee = official(&world, other, "Mentee", PositionLevel::TownshipDeputy, PostRole::Other).await;
        let wrong = place.pair(&policy, &[deputy], &[mentee], json!({})).await;
        refused(&wrong, "CRITERION_UNMET", "LEVELS");
        assert!(wrong.text_at("/it/problems/0/message").contains("副科级干部由县级领导或镇街、部门主要负责人帮带"), "{}", wrong.text);
        place.pair(&policy, &[head], &[mentee], json!({})).await.done("/it");
        let young = official(&world, other, "Young", PositionLevel::SectionMember, PostRole::Other).await;
        let pair = place.pair(&policy, &[deputy], &[young], json!({})).await;
        place.activate(&pair, json!({})).await.done("/it");
        let checks = async || {
            let text = "query($id: ID!) { it: mentoringPair(id: $id) { checks { rule severity } } }";
            place.officer.run(text, json!({ "id": pair.text_at("/it/pair/id") })).await.at("/it/checks").clone()
        };
        assert_eq!(checks().await, json!([]));
        world.level(young, PositionLevel::TownshipDeputy, PartialDate::parse("2026-06"), None).await;
        world.tell().await;
        assert_eq!(checks().await, json!([{ "rule": "LEVELS", "severity": "ERROR" }]));
    }

    /// M068: one to one; no pair begins without a chief guide, and another chief guide leaves the pairs as they are.
    async fn a_programme_has_one_chief_guide(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M068", "2020-01-01").await;
        let unit = world.department(place.county, "Villages").await;
        let (secretary, guide, next) = (clerk(&world, unit, "Secretary", 50).await, clerk(&world, unit, "Guide", 52).await, clerk(&world, unit, "Next", 53).await);
        let (one, two) = (clerk(&world, place.county, "One", 30).await, clerk(&world, place.county, "Two", 31).await);
        for person in [one, two] {
            place.declare(&policy, "NEW_APPOINTMENT", json!({ "cadreId": global(person) })).await.done("/it");
        }
        let missing = async || {
            let text = "query($policy: String!, $place: ID!) { it: menteesWithoutMentor(policy: $policy, organization: $place) { totalCount edges { node { name } } } }";
            place.officer.run(text, json!({ "policy": policy, "place": global(place.county) })).await.names("/it")
        };
        assert_eq!(missing().await, ["One", "Two"]);
        let pair = place.pair(&policy, &[secretary], &[one], json!({})).await;
        pair.done("/it");
        assert_eq!(missing().await, ["Two"]);
        refused(&place.pair(&policy, &[secretary], &[two], json!({})).await, "CAPACITY_REACHED", "MENTEES_PER_MENTOR");
        assert_eq!(place.pair(&policy, &[secretary], &[one, two], json!({})).await.at("/it/problems/0/field"), "form");
        refused(&place.activate(&pair, json!({})).await, "CRITERION_UNMET", "PROGRAMME_ROLE");
        let signed = place.declare(&policy, "CHIEF_GUIDE", json!({ "cadreId": global(guide) })).await;
        let active = place.activate(&pair, json!({})).await;
        assert_eq!(active.done("/it")["pair"]["state"], "ACTIVE");
        let void = "mutation($id: ID!) { it: declaredFactVoid(input: { id: $id, expectedVersion: 1, reason: \"Another one\" }) { problems { message } fact { state } } }";
        place.officer.run(void, json!({ "id": signed.text_at("/it/fact/id") })).await.done("/it");
        place.declare(&policy, "CHIEF_GUIDE", json!({ "cadreId": global(next) })).await.done("/it");
        let still = place.officer.run("query($id: ID!) { it: mentoringPair(id: $id) { state version } }", json!({ "id": pair.text_at("/it/pair/id") })).await;
        assert_eq!(still.at("/it"), &json!({ "state": "ACTIVE", "version": active.at("/it/pair/version") }));
    }

    /// M073: a third mentee is too many; a term ends after a year, and another mentor follows, linked to the pair before.
    async fn a_term_ends_and_another_mentor_follows(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M073", "2020-01-01").await;
        let unit = world.department(place.county, "Finance").await;
        let mentor = official(&world, unit, "Mentor", PositionLevel::TownshipDeputy, PostRole::Deputy).await;
        let other = official(&world, unit, "Other", PositionLevel::TownshipDeputy, PostRole::Deputy).await;
        let mut mentees = Vec::new();
        for name in ["One", "Two", "Three"] {
            mentees.push(clerk(&world, place.county, name, 25).await);
        }
        let whole = plan(&["PERSON", "TIME", "CONTENT"]);
        let pair = place.pair(&policy, &[mentor], &mentees[..1], whole.clone()).await;
        let start = (world.today() - TimeDelta::days(400)).to_string();
        let active = place.activate(&pair, json!({ "startedOn": start })).await;
        let ends = world.today() - TimeDelta::days(400);
        let ends = ends.checked_add_months(Months::new(12)).expect("a day").to_string();
        assert_eq!(active.done("/it")["pair"]["termEndsOn"], ends);
        place.pair(&policy, &[mentor], &mentees[1..2], whole.clone()).await.done("/it");
        refused(&place.pair(&policy, &[mentor], &mentees[2..], whole.clone()).await, "CAPACITY_REACHED", "MENTEES_PER_MENTOR");
        let bare = place.pair(&policy, &[other], &mentees[2..], plan(&["PERSON", "TIME"])).await;
        refused(&place.activate(&bare, json!({})).await, "CRITERION_UNMET", "PLAN");
        let replace = async |by: CadreId| {
            let id = active.at("/it/pair/id");
            let mut input = json!({ "id": id, "expectedVersion": active.at("/it/pair/version"), "mentorIds": [global(by)], "reason": "Term over", "reasonCode": "TERM_OVER" });
            input.as_object_mut().expect("an object").extend(whole.as_object().expect("fields").clone());
            act(&place.officer, "pairReplace", input).await
        };
        refused(&replace(mentor).await, "CRITERION_UNMET", "DIFFERENT_MENTOR");
        let next = replace(other).await;
        assert_eq!(next.done("/it")["pair"]["predecessor"]["id"], active.at("/it/pair/id").clone());
    }

    /// M055, M069 and M079: who is listed without a mentor is told; a second mentor is one too many; a clerk mentors nobody.
    async fn who_has_no_mentor_shows_up_and_who_may_mentor_is_said(world: World) {
        let place = Place::of(&world).await;
        let unit = world.department(place.county, "Finance").await;
        let (listed, mentor) = (clerk(&world, place.county, "Listed", 30).await, clerk(&world, unit, "Clerk", 40).await);
        let programme = place.take(&world, "M055", "2020-01-01").await;
        place.declare(&programme, "IN_PROGRAMME", json!({ "cadreId": global(listed) })).await.done("/it");
        let text = "query($policy: String!, $place: ID!) { it: menteesWithoutMentor(policy: $policy, organization: $place) { edges { node { name } } } }";
        let found = place.officer.run(text, json!({ "policy": programme, "place": global(place.county) })).await;
        assert_eq!(found.names("/it"), ["Listed"]);
        let recruits = place.take(&world, "M079", "2020-01-01").await;
        refused(&place.pair(&recruits, &[mentor], &[listed], json!({})).await, "CRITERION_UNMET", "SECTION_DEPUTY_OR_ABOVE");
        let ones = place.take(&world, "M069", "2020-01-01").await;
        let first = place.pair(&ones, &[mentor], &[listed], plan(&["ONE_PLAN_PER_PERSON"])).await;
        let active = place.activate(&first, json!({ "startedOn": "2026-01-31" })).await;
        // Three months after the last day of January are the last day of April.
        assert_eq!(active.done("/it")["pair"]["nextContactDue"], "2026-04-30");
        let second = clerk(&world, unit, "Second", 41).await;
        refused(&place.pair(&ones, &[second], &[listed], json!({})).await, "CAPACITY_REACHED", "MENTORS_PER_MENTEE");
    }

    /// M080: when the town has another secretary, the pair proposes the new one, and keeps the link.
    async fn the_next_secretary_is_proposed(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M080", "2020-01-01").await;
        let town = town(&world, place.county, "Riverside").await;
        let secretary = official(&world, town, "Secretary", PositionLevel::TownshipPrincipal, PostRole::Principal).await;
        let member = official(&world, town, "Member", PositionLevel::TownshipDeputy, PostRole::Deputy).await;
        let pair = place.pair(&policy, &[secretary], &[member], json!({})).await;
        let active = place.activate(&pair, json!({})).await;
        active.done("/it");
        let look = async || {
            let text = "query($id: ID!) { it: mentoringPair(id: $id) { checks { rule } proposedMentors { cadreId name } } }";
            place.officer.run(text, json!({ "id": pair.text_at("/it/pair/id") })).await.at("/it").clone()
        };
        assert_eq!(look().await, json!({ "checks": [], "proposedMentors": [] }));
        world.sql("update post_assignment set role = 'DEPUTY' where cadre_id = $1", vec![secretary.into()]).await;
        let next = official(&world, town, "Next", PositionLevel::TownshipPrincipal, PostRole::Principal).await;
        world.tell().await;
        let wanting = look().await;
        assert_eq!(wanting["checks"], json!([{ "rule": "TOWN_PARTY_SECRETARY" }]));
        assert_eq!(wanting["proposedMentors"], json!([{ "cadreId": global(next), "name": "Next" }]));
        let replaced = act(&place.officer, "pairReplace", json!({ "id": pair.text_at("/it/pair/id"), "expectedVersion": active.at("/it/pair/version"),
            "mentorIds": [global(next)], "reason": "Another secretary", "reasonCode": "POST_CHANGE" })).await;
        assert_eq!(replaced.done("/it")["pair"]["predecessor"]["id"], pair.at("/it/pair/id").clone());
    }
}
