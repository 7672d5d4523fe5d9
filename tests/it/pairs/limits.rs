//! Who may not be paired: superiors and kin, told by one word, and whoever has as many pairs as an organization allows.

use entity::kind::PostRole;

use super::*;

const KIN: &str = "mutation($input: KinDeclareInput!) { it: kinDeclare(input: $input) { problems { code field } } }";
const KIN_END: &str = "mutation($input: KinEndInput!) { it: kinEnd(input: $input) { problems { code field } } }";
const CAPACITY: &str = "mutation($input: PairCapacitySetInput!) { it: pairCapacitySet(input: $input) { problems { code field } capacity { menteesPerMentor mentorsPerMentee validFrom validTo } } }";

fn kin(one: CadreId, other: CadreId) -> Value {
    json!({ "input": { "cadreId": global(one), "otherCadreId": global(other), "kinship": "Cousin of the wife" } })
}

fn no_kin(one: CadreId, other: CadreId) -> Value {
    json!({ "input": { "cadreId": global(one), "otherCadreId": global(other) } })
}

impl Scene {
    async fn allow(&self, at: OrganizationId, more: Value) -> Answer {
        let mut input = json!({ "organizationId": global(at) });
        extend(&mut input, more);
        self.officer.run(CAPACITY, json!({ "input": input })).await
    }
}

/// A refusal without what names this pair of people.
fn told(answer: &Answer) -> Value {
    answer.problem("/it", "CONFLICT");
    answer.at("/it/problems").clone()
}

both! {
    /// Kin and superiors are refused in the same words, at the proposal and once more at the activation.
    async fn kin_and_superiors_are_refused_and_nobody_learns_which(world: World) {
        let scene = Scene::of(&world).await;
        let early = scene.propose(&[scene.second], &[scene.young], json!({})).await.text_at("/it/pair/id");
        scene.officer.run(KIN, kin(scene.mentee, scene.mentor)).await.done("/it");
        let of_kin = scene.propose(&[scene.mentor], &[scene.mentee], json!({})).await;
        let chief = world.cadre(scene.other, "Chief", |_| {}).await;
        world.post(chief, "Head of Water", None, None, |row| row.role = Some(PostRole::Principal)).await;
        let of_chief = scene.propose(&[chief], &[scene.mentee], json!({})).await;
        assert_eq!(told(&of_kin), told(&of_chief));
        let magistrate = world.cadre(scene.county, "Magistrate", |_| {}).await;
        world.post(magistrate, "Magistrate", None, None, |row| row.role = Some(PostRole::Principal)).await;
        assert_eq!(told(&scene.propose(&[magistrate], &[scene.mentee], json!({})).await), told(&of_kin));
        // The head of another house is nobody's superior here; nor is who was one once, or is a deputy.
        let other_head = world.cadre(scene.home, "Head of Finance", |_| {}).await;
        world.post(other_head, "Head of Finance", None, None, |row| row.role = Some(PostRole::Principal)).await;
        scene.propose(&[other_head], &[scene.mentee], json!({})).await.done("/it");
        let once = world.cadre(scene.other, "Once", |_| {}).await;
        world.post(once, "Head", None, entity::partial_date::PartialDate::parse("2020-01"), |row| row.role = Some(PostRole::Principal)).await;
        world.post(once, "Deputy", None, None, |row| row.role = Some(PostRole::Deputy)).await;
        scene.propose(&[once], &[scene.mentee], json!({})).await.done("/it");
        scene.officer.run(KIN, kin(scene.second, scene.young)).await.done("/it");
        assert_eq!(told(&step(&scene.officer, "Activate", &early, 1, json!({})).await), told(&of_kin));
    }

    /// No answer tells whether anybody was declared; no path, no table and no trail shows who is kin, or how.
    async fn a_declaration_of_kin_is_read_by_nobody(world: World) {
        let scene = Scene::of(&world).await;
        let first = scene.officer.run(KIN, kin(scene.mentor, scene.mentee)).await;
        let again = scene.officer.run(KIN, kin(scene.mentee, scene.mentor)).await;
        assert_eq!(first.at("/it"), again.at("/it"));
        assert_eq!(world.number("select count(*) from kin_declaration").await, 1);
        let never = scene.officer.run(KIN_END, no_kin(scene.second, scene.young)).await;
        let ended = scene.officer.run(KIN_END, no_kin(scene.mentor, scene.mentee)).await;
        let twice = scene.officer.run(KIN_END, no_kin(scene.mentor, scene.mentee)).await;
        assert!(never.at("/it") == ended.at("/it") && twice.at("/it") == ended.at("/it"));
        scene.propose(&[scene.mentor], &[scene.mentee], json!({})).await.done("/it");
        scene.officer.run(KIN, kin(scene.mentor, scene.mentee)).await.done("/it");
        scene.propose(&[scene.mentor], &[scene.mentee], json!({})).await.problem("/it", "CONFLICT");
        let people = [scene.mentor, scene.mentee].map(|it| it.0.to_string());
        let trail = "select coalesce(before_values, '') || coalesce(after_values, '') from audit_change where table_name = 'kin_declaration'";
        for text in world.texts(trail).await {
            assert!(!text.contains("Cousin") && people.iter().all(|it| !text.contains(it)), "{text}");
        }
        invalid(&scene.officer.run(KIN, kin(scene.mentor, scene.mentor)).await, "otherCadreId");
        let leader = world.sign_in(Role::OrganizationLeader, scene.county).await;
        leader.run(KIN, kin(scene.mentor, scene.mentee)).await.refused("FORBIDDEN");
        let south = world.organization("South").await;
        let south = world.sign_in(Role::OrganizationOfficer, south).await;
        south.run(KIN, kin(scene.mentor, scene.mentee)).await.refused("NOT_FOUND");
    }

    async fn a_capacity_is_held_at_activation_with_its_numbers(world: World) {
        let scene = Scene::of(&world).await;
        scene.allow(scene.county, json!({ "menteesPerMentor": 1, "mentorsPerMentee": 1 })).await.done("/it");
        scene.active().await;
        let more = scene.propose(&[scene.mentor], &[scene.young], json!({})).await.text_at("/it/pair/id");
        let full = step(&scene.officer, "Activate", &more, 1, json!({})).await;
        full.problem("/it", "CAPACITY_REACHED");
        assert_eq!(full.at("/it/problems/0/message"), "A mentor would have 2 mentees; at most 1 are allowed.");
        let other = scene.propose(&[scene.second], &[scene.mentee], json!({})).await.text_at("/it/pair/id");
        let full = step(&scene.officer, "Activate", &other, 1, json!({})).await;
        assert_eq!(full.at("/it/problems/0/message"), "A mentee would have 2 mentors; at most 1 are allowed.");
        // A limit is no constant: the organization says another one, and it holds.
        scene.allow(scene.county, json!({ "menteesPerMentor": 2 })).await.done("/it");
        step(&scene.officer, "Activate", &more, 1, json!({})).await.done("/it");
        step(&scene.officer, "Activate", &other, 1, json!({})).await.done("/it");
    }

    /// The nearest organization that says anything holds, and only from its day on.
    async fn capacities_are_dated_and_the_nearest_one_holds(world: World) {
        let scene = Scene::of(&world).await;
        let today = world.today();
        let later = (today + chrono::TimeDelta::days(30)).to_string();
        scene.allow(scene.county, json!({ "menteesPerMentor": 9 })).await.done("/it");
        scene.allow(scene.county, json!({ "menteesPerMentor": 1, "validFrom": later })).await.done("/it");
        let said = scene.officer.run("query($id: ID!) { pairCapacities(organization: $id) { menteesPerMentor validFrom validTo } }", json!({ "id": global(scene.county) })).await;
        assert_eq!(said.at("/pairCapacities/0/validTo"), &json!(later));
        assert_eq!(said.at("/pairCapacities/1/menteesPerMentor"), 1);
        scene.active().await;
        let second = scene.propose(&[scene.mentor], &[scene.young], json!({})).await.text_at("/it/pair/id");
        step(&scene.officer, "Activate", &second, 1, json!({})).await.done("/it");
        let below = json!({ "organizationId": global(scene.home) });
        let third = world.cadre(scene.other, "Third", |_| {}).await;
        let near = scene.propose(&[scene.mentor], &[third], below).await.text_at("/it/pair/id");
        scene.allow(scene.home, json!({ "menteesPerMentor": 2 })).await.done("/it");
        step(&scene.officer, "Activate", &near, 1, json!({})).await.problem("/it", "CAPACITY_REACHED");
        for (more, field) in [
            (json!({ "menteesPerMentor": 0 }), "menteesPerMentor"),
            (json!({ "mentorsPerMentee": 101 }), "mentorsPerMentee"),
            (json!({ "validFrom": "2001-01-01" }), "validFrom"),
        ] {
            invalid(&scene.allow(scene.county, more).await, field);
        }
    }

    /// Two officers activate two pairs of one mentor at once: one place is not given twice.
    async fn a_place_is_given_once(world: World) {
        let scene = Scene::of(&world).await;
        scene.allow(scene.county, json!({ "menteesPerMentor": 1 })).await.done("/it");
        let mut tasks = Vec::new();
        for mentee in [scene.mentee, scene.young] {
            let id = scene.propose(&[scene.mentor], &[mentee], json!({})).await.text_at("/it/pair/id");
            let officer = world.sign_in(Role::OrganizationOfficer, scene.county).await;
            tasks.push((officer, id));
        }
        let tasks: Vec<_> = tasks
            .into_iter()
            .map(|(officer, id)| tokio::spawn(async move { step(&officer, "Activate", &id, 1, json!({})).await }))
            .collect();
        let mut codes = Vec::new();
        for task in tasks {
            let answer = task.await.expect("an answer");
            codes.push(answer.at("/it/problems")[0]["code"].clone());
        }
        assert_eq!(codes.iter().filter(|it| **it == "CAPACITY_REACHED").count(), 1, "{codes:?}");
        assert_eq!(world.number("select count(*) from mentoring_pair where state = 'ACTIVE'").await, 1);
    }
}
