//! Mentoring pairs from proposal to end: each step with decider, reason and day; who may not be paired; who leaves.

mod leaving;
mod limits;

use entity::{
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, PairState, Role},
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    world::{World, global},
};

const PROPOSE: &str =
    "mutation($input: PairProposeInput!) { it: pairPropose(input: $input) { problems { code field message } pair {
    id state form planGoal planMeasures termEndsOn version parts { role joinedOn person { name } } } } }";
const COURSE: &str = "query($id: ID!) { mentoringPair(id: $id) { state version reasonCode endedOn nextContactDue form successor { id } predecessor { id }
    parts { role isMentor joinedOn leftOn person { name } } mentors { name } mentees { name }
    steps { kind state reason reasonCode decidedOn decidedBy person { name } } evaluations { side grade summary evaluatedOn person { name } } } }";

/// A county with two departments, people in them, and those who work on pairs.
struct Scene {
    county: OrganizationId,
    home: OrganizationId,
    other: OrganizationId,
    /// Of the one department.
    mentor: CadreId,
    second: CadreId,
    /// Of the other department.
    mentee: CadreId,
    young: CadreId,
    officer: Client,
}

impl Scene {
    async fn of(world: &World) -> Self {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let other = world.department(county, "Water").await;
        let mentor = world.cadre(home, "Mentor", |_| {}).await;
        let second = world.cadre(home, "Second", |_| {}).await;
        let mentee = world.cadre(other, "Mentee", |_| {}).await;
        let young = world.cadre(other, "Young", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        Self { county, home, other, mentor, second, mentee, young, officer }
    }

    async fn propose(&self, mentors: &[CadreId], mentees: &[CadreId], more: Value) -> Answer {
        let ids = |people: &[CadreId]| people.iter().map(|it| global(*it)).collect::<Vec<_>>();
        let mut input =
            json!({ "organizationId": global(self.county), "mentorIds": ids(mentors), "menteeIds": ids(mentees) });
        extend(&mut input, more);
        self.officer.run(PROPOSE, json!({ "input": input })).await
    }

    /// An active pair of the mentor and the mentee, at version 2.
    async fn active(&self) -> String {
        let id = self.propose(&[self.mentor], &[self.mentee], json!({})).await.text_at("/it/pair/id");
        step(&self.officer, "Activate", &id, 1, json!({})).await.done("/it");
        id
    }

    async fn course(&self, id: &str) -> Value {
        self.officer.run(COURSE, json!({ "id": id })).await.at("/mentoringPair").clone()
    }
}

fn extend(input: &mut Value, more: Value) {
    input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
}

/// Takes a step, and answers with it.
async fn step(by: &Client, name: &str, id: &str, version: i64, more: Value) -> Answer {
    let mut input = json!({ "id": id, "expectedVersion": version });
    extend(&mut input, more);
    let text = format!(
        "mutation($input: Pair{name}Input!) {{ it: pair{name}(input: $input) {{ problems {{ code field message }} pair {{ id state version reasonCode nextContactDue endedOn }} }} }}"
    );
    by.run(&text, json!({ "input": input })).await
}

fn invalid(answer: &Answer, field: &str) {
    let found = (answer.at("/it/problems/0/code"), answer.at("/it/problems/0/field"));
    assert_eq!(found, (&json!("INVALID"), &json!(field)), "{}", answer.text);
}

fn kinds(pair: &Value) -> Vec<&str> {
    pair["steps"].as_array().expect("steps").iter().map(|it| it["kind"].as_str().expect("a kind")).collect()
}

both! {
    async fn a_pair_goes_the_whole_way_and_keeps_each_step(world: World) {
        let scene = Scene::of(&world).await;
        let plan = json!({ "planGoal": "Stands alone in a year", "planMeasures": " ", "termEndsOn": "2199-01-01" });
        let proposed = scene.propose(&[scene.mentor], &[scene.mentee], plan).await;
        let pair = &proposed.done("/it")["pair"];
        assert_eq!((pair["form"].as_str(), pair["planGoal"].as_str(), &pair["planMeasures"]), (Some("ONE_TO_ONE"), Some("Stands alone in a year"), &Value::Null));
        let (id, officer) = (proposed.text_at("/it/pair/id"), &scene.officer);
        let so = |answer: &Answer, state: &str| assert_eq!(answer.done("/it")["pair"]["state"], state, "{}", answer.text);
        so(&step(officer, "Activate", &id, 1, json!({})).await, "ACTIVE");
        let paused = step(officer, "Suspend", &id, 2, json!({ "reason": "A course of study", "reasonCode": "STUDY" })).await;
        so(&paused, "SUSPENDED");
        assert_eq!((paused.at("/it/pair/reasonCode"), paused.at("/it/pair/nextContactDue")), (&json!("STUDY"), &Value::Null));
        let back = step(officer, "Resume", &id, 3, json!({})).await;
        so(&back, "ACTIVE");
        assert!(back.at("/it/pair/nextContactDue").is_string() && back.at("/it/pair/reasonCode").is_null(), "{}", back.text);
        so(&step(officer, "Complete", &id, 4, json!({ "reason": "The term is over" })).await, "COMPLETED");
        step(officer, "Suspend", &id, 5, json!({ "reason": "Too late" })).await.problem("/it", "TRANSITION_REFUSED");
        let pair = scene.course(&id).await;
        assert_eq!(kinds(&pair), ["PROPOSED", "ACTIVATED", "SUSPENDED", "RESUMED", "COMPLETED"]);
        assert!(pair["steps"].as_array().expect("steps").iter().all(|it| it["decidedBy"].is_string()));
        assert!(pair["endedOn"].is_string() && pair["parts"][0]["joinedOn"].is_string(), "{pair}");
    }

    async fn the_form_says_who_stands_how(world: World) {
        let scene = Scene::of(&world).await;
        let both = [scene.mentor, scene.second];
        let roles = |answer: &Answer| -> Vec<String> {
            let parts = answer.done("/it")["pair"]["parts"].as_array().expect("parts").clone();
            parts.iter().map(|it| format!("{} {}", it["person"]["name"].as_str().unwrap_or("nobody"), it["role"].as_str().expect("a role"))).collect()
        };
        let led = scene.propose(&both, &[scene.mentee], json!({ "form": "LEAD_PLUS_ASSISTANTS" })).await;
        assert_eq!(roles(&led), ["Mentor LEAD", "Second ASSISTANT", "Mentee MENTEE"]);
        assert_eq!(roles(&scene.propose(&both, &[scene.mentee], json!({})).await), ["Mentor MEMBER", "Second MEMBER", "Mentee MENTEE"]);
        let contact = scene.propose(&[scene.second], &[scene.mentee, scene.young], json!({ "form": "CONTACT_OFFICER" })).await;
        assert_eq!(roles(&contact), ["Second CONTACT_OFFICER", "Mentee MENTEE", "Young MENTEE"]);
        let many = scene.propose(&[scene.second], &[scene.mentee, scene.young], json!({})).await;
        assert_eq!(many.at("/it/pair/form"), "ONE_TO_MANY");
        let before = world.fingerprint().await;
        for form in ["ONE_TO_ONE", "ONE_TO_MANY", "CONTACT_OFFICER"] {
            invalid(&scene.propose(&both, &[scene.mentee], json!({ "form": form })).await, "form");
        }
        invalid(&scene.propose(&[scene.mentor], &[scene.mentee], json!({ "form": "TEAM" })).await, "form");
        invalid(&scene.propose(&[scene.mentor], &[scene.mentee], json!({ "planGoal": "x".repeat(1001) })).await, "planGoal");
        invalid(&scene.propose(&[scene.mentor], &[scene.mentee], json!({ "termEndsOn": "2001-01-01" })).await, "termEndsOn");
        assert_eq!(world.fingerprint().await, before);
    }

    async fn a_pair_ends_with_a_reason_and_a_proposal_may_be_turned_down(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.active().await;
        invalid(&step(&scene.officer, "End", &id, 2, json!({ "reason": " ", "reasonCode": "MOVED" })).await, "reason");
        invalid(&step(&scene.officer, "End", &id, 2, json!({ "reason": "x", "reasonCode": "two words" })).await, "reasonCode");
        invalid(&step(&scene.officer, "End", &id, 2, json!({ "reason": "x", "reasonCode": "MOVED", "decidedOn": "2199-01-01" })).await, "decidedOn");
        invalid(&step(&scene.officer, "End", &id, 2, json!({ "reason": "x", "reasonCode": "MOVED", "decidedOn": "2001-01-01" })).await, "decidedOn");
        let ended = step(&scene.officer, "End", &id, 2, json!({ "reason": "The mentor was moved", "reasonCode": "MOVED" })).await;
        assert_eq!((ended.at("/it/pair/state"), ended.at("/it/pair/reasonCode")), (&json!("ENDED_EARLY"), &json!("MOVED")));
        let refused = scene.propose(&[scene.second], &[scene.young], json!({})).await.text_at("/it/pair/id");
        let turned = step(&scene.officer, "End", &refused, 1, json!({ "reason": "Not wanted", "reasonCode": "DECLINED" })).await;
        assert_eq!(turned.at("/it/pair/state"), "ENDED_EARLY");
        for name in ["Resume", "Complete"] {
            step(&scene.officer, name, &refused, 2, json!({})).await.problem("/it", "TRANSITION_REFUSED");
        }
    }

    async fn a_pair_is_replaced_and_each_names_the_other(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.active().await;
        let more = json!({ "reason": "The mentor retires", "reasonCode": "RETIRING", "mentorIds": [global(scene.second)], "planGoal": "Goes on" });
        let replaced = step(&scene.officer, "Replace", &id, 2, more.clone()).await;
        let next = replaced.text_at("/it/pair/id");
        assert_ne!(next, id);
        assert_eq!(replaced.at("/it/pair/state"), "PROPOSED");
        let (old, new) = (scene.course(&id).await, scene.course(&next).await);
        assert_eq!((&old["successor"]["id"], &new["predecessor"]["id"]), (&json!(next), &json!(id)));
        assert_eq!((kinds(&old).last(), &new["mentees"]), (Some(&"REPLACED"), &json!([{ "name": "Mentee" }])));
        let before = world.fingerprint().await;
        step(&scene.officer, "Replace", &id, 2, more.clone()).await.problem("/it", "STALE");
        step(&scene.officer, "Replace", &id, 3, more).await.problem("/it", "TRANSITION_REFUSED");
        assert_eq!(world.fingerprint().await, before);
    }

    async fn one_of_several_leaves_and_the_last_one_does_not(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.propose(&[scene.mentor], &[scene.mentee, scene.young], json!({})).await.text_at("/it/pair/id");
        step(&scene.officer, "Activate", &id, 1, json!({})).await.done("/it");
        let young = world.sign_in_as(Role::Cadre, scene.other, scene.young).await;
        let mine = "{ myStatus { pairs { id mentors { name } } } }";
        assert_eq!(young.run(mine, json!({})).await.at("/myStatus/pairs/0/mentors"), &json!([{ "name": "Mentor" }]));
        let leave = |who: CadreId| json!({ "cadreId": global(who), "reason": "Was posted elsewhere" });
        step(&scene.officer, "PartEnd", &id, 2, leave(scene.young)).await.done("/it");
        let pair = scene.course(&id).await;
        assert_eq!((&pair["mentees"], kinds(&pair).last()), (&json!([{ "name": "Mentee" }]), Some(&"PART_LEFT")));
        assert!(pair["parts"][2]["leftOn"].is_string(), "{pair}");
        assert_eq!(young.run(mine, json!({})).await.at("/myStatus/pairs"), &json!([]));
        invalid(&step(&scene.officer, "PartEnd", &id, 3, leave(scene.mentee)).await, "cadreId");
        step(&scene.officer, "PartEnd", &id, 3, leave(scene.second)).await.refused("NOT_FOUND");
    }

    /// The same step twice, two officers at once, a retry of a phone: one effect.
    async fn a_step_is_taken_once(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.active().await;
        let again = json!({ "reason": "Study", "idempotencyKey": "suspend-1" });
        step(&scene.officer, "Suspend", &id, 2, again.clone()).await.done("/it");
        step(&scene.officer, "Suspend", &id, 2, again).await.done("/it");
        step(&scene.officer, "Suspend", &id, 2, json!({ "reason": "Study" })).await.problem("/it", "STALE");
        step(&scene.officer, "Suspend", &id, 3, json!({ "reason": "Study" })).await.problem("/it", "TRANSITION_REFUSED");
        let other = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        let (one, two) = (scene.officer.clone(), id.clone());
        let task = tokio::spawn(async move { step(&one, "Resume", &two, 3, json!({})).await });
        let second = step(&other, "Complete", &id, 3, json!({})).await;
        let first = task.await.expect("an answer");
        let done = [&first, &second].iter().filter(|it| it.at("/it/problems") == &json!([])).count();
        assert_eq!(done, 1, "{} {}", first.text, second.text);
        assert_eq!(scene.course(&id).await["steps"].as_array().map(Vec::len), Some(4));
    }

    async fn roles_take_their_own_steps_alone(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.active().await;
        let unit = world.sign_in(Role::UnitOfficer, scene.other).await;
        let leader = world.sign_in(Role::OrganizationLeader, scene.county).await;
        let mentor = world.sign_in_as(Role::Mentor, scene.home, scene.mentor).await;
        let mentee = world.sign_in_as(Role::Cadre, scene.other, scene.mentee).await;
        let outside = world.organization("South").await;
        let outside = world.sign_in(Role::OrganizationOfficer, outside).await;
        let before = world.fingerprint().await;
        for by in [&unit, &leader, &mentor, &mentee] {
            step(by, "Suspend", &id, 2, json!({ "reason": "x" })).await.refused("FORBIDDEN");
            step(by, "Complete", &id, 2, json!({})).await.refused("FORBIDDEN");
            step(by, "End", &id, 2, json!({ "reason": "x", "reasonCode": "X" })).await.refused("FORBIDDEN");
        }
        step(&mentee, "PlanSave", &id, 2, json!({ "planGoal": "x" })).await.refused("FORBIDDEN");
        step(&outside, "Suspend", &id, 2, json!({ "reason": "x" })).await.refused("NOT_FOUND");
        assert_eq!(world.fingerprint().await, before);
        let saved = step(&mentor, "PlanSave", &id, 2, json!({ "planGoal": "Read the plan", "termEndsOn": "2199-01-01" })).await;
        assert_eq!(saved.done("/it")["pair"]["version"], 3);
        invalid(&step(&mentor, "PlanSave", &id, 3, json!({ "termEndsOn": "2001-01-01" })).await, "termEndsOn");
    }

    /// Each side says its own word; the other side does not read it, and those who keep the pair read all.
    async fn each_side_evaluates_for_those_who_keep_the_pair(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.active().await;
        let mentor = world.sign_in_as(Role::Mentor, scene.home, scene.mentor).await;
        let mentee = world.sign_in_as(Role::Cadre, scene.other, scene.mentee).await;
        let text = "mutation($input: PairEvaluateInput!) { it: pairEvaluate(input: $input) { problems { code field } pair { evaluations { side summary } } } }";
        let say = |side: &str, summary: &str| json!({ "input": { "pairId": id, "side": side, "grade": "GOOD", "summary": summary } });
        mentor.run(text, say("MENTOR", "Learns fast")).await.done("/it");
        let own = mentee.run(text, say("MENTEE", "Has little time")).await;
        assert_eq!(own.done("/it")["pair"]["evaluations"], json!([{ "side": "MENTEE", "summary": "Has little time" }]));
        let all = scene.officer.run(text, say("ORGANIZATION", "Goes on")).await;
        assert_eq!(all.done("/it")["pair"]["evaluations"].as_array().map(Vec::len), Some(3));
        let read = mentor.run(COURSE, json!({ "id": id })).await;
        assert_eq!(read.at("/mentoringPair/evaluations/0/summary"), "Learns fast");
        assert_eq!(read.at("/mentoringPair/evaluations").as_array().map(Vec::len), Some(1));
        let before = world.fingerprint().await;
        mentor.run(text, say("MENTEE", "x")).await.refused("FORBIDDEN");
        mentor.run(text, say("ORGANIZATION", "x")).await.refused("FORBIDDEN");
        mentee.run(text, say("MENTOR", "x")).await.refused("FORBIDDEN");
        scene.officer.run(text, say("MENTOR", "x")).await.refused("FORBIDDEN");
        invalid(&mentor.run(text, say("MENTOR", " ")).await, "summary");
        let proposed = scene.propose(&[scene.second], &[scene.young], json!({})).await.text_at("/it/pair/id");
        let early = json!({ "input": { "pairId": proposed, "side": "ORGANIZATION", "grade": "GOOD", "summary": "x" } });
        scene.officer.run(text, early).await.problem("/it", "TRANSITION_REFUSED");
        assert_ne!(world.fingerprint().await, before, "the proposal alone");
    }

    /// A proposal shows nobody's card, and neither does a pair that is over.
    async fn cards_are_shown_while_a_pair_runs(world: World) {
        let scene = Scene::of(&world).await;
        let mentor = world.sign_in_as(Role::Mentor, scene.home, scene.mentor).await;
        let names = "query($id: ID!) { mentoringPair(id: $id) { mentees { name } } }";
        let id = scene.propose(&[scene.mentor], &[scene.mentee], json!({})).await.text_at("/it/pair/id");
        let cards = |answer: Answer| answer.at("/mentoringPair/mentees").clone();
        let ask = || mentor.run(names, json!({ "id": id }));
        assert_eq!(cards(ask().await), json!([]));
        step(&scene.officer, "Activate", &id, 1, json!({})).await.done("/it");
        assert_eq!(cards(ask().await), json!([{ "name": "Mentee" }]));
        step(&scene.officer, "Suspend", &id, 2, json!({ "reason": "x" })).await.done("/it");
        assert_eq!(cards(ask().await), json!([{ "name": "Mentee" }]));
        step(&scene.officer, "Complete", &id, 3, json!({})).await.done("/it");
        assert_eq!(cards(ask().await), json!([]));
    }

    /// Who is kept within reach comes along with the pair; who is met in it alone is asked for apart, and told just so.
    async fn a_mentor_who_is_kept_elsewhere_is_met_in_the_pair(world: World) {
        let scene = Scene::of(&world).await;
        let south = world.organization("South").await;
        let guest = world.cadre(south, "Guest", |_| {}).await;
        let pair = global(world.pair(scene.county, guest, scene.mentee).await);
        let ask = "query($pair: ID!, $mentee: ID!, $guest: ID!) { mentoringPair(id: $pair) { mentors { name } mentees { name } }
            mentee: cadre(id: $mentee) { pairs { id mentors { cadreId name } mentees { name } } } guest: cadre(id: $guest) { name } }";
        let found = scene.officer.run(ask, json!({ "pair": pair, "mentee": global(scene.mentee), "guest": global(guest) })).await;
        assert_eq!(found.at("/mentoringPair"), &json!({ "mentors": [{ "name": "Guest" }], "mentees": [{ "name": "Mentee" }] }));
        let met = json!([{ "id": pair, "mentors": [{ "cadreId": global(guest), "name": "Guest" }], "mentees": [{ "name": "Mentee" }] }]);
        assert_eq!(found.at("/mentee/pairs"), &met);
        assert!(found.at("/guest").is_null(), "{}", found.text);
    }
}
