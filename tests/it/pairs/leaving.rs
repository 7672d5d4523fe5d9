//! Whoever leaves suspends the pair, in the transaction of the leaving, and no pair ends by itself.

use super::*;

const UPDATE: &str =
    "mutation($input: CadreUpdateInput!) { it: cadreUpdate(input: $input) { problems { code } cadre { status } } }";

impl Scene {
    async fn becomes(&self, who: CadreId, version: i64, status: &str) -> Answer {
        let input = json!({ "id": global(who), "expectedVersion": version, "status": status });
        self.officer.run(UPDATE, json!({ "input": input })).await
    }
}

both! {
    async fn a_mentor_who_retires_dies_or_is_moved_suspends_the_pair(world: World) {
        let scene = Scene::of(&world).await;
        for status in ["RETIRED", "DECEASED", "TRANSFERRED_OUT", "OTHER"] {
            let mentor = world.cadre(scene.home, &format!("Leaver {status}"), |_| {}).await;
            let id = scene.propose(&[mentor], &[scene.mentee], json!({})).await.text_at("/it/pair/id");
            step(&scene.officer, "Activate", &id, 1, json!({})).await.done("/it");
            scene.becomes(mentor, 1, status).await.done("/it");
            let pair = scene.course(&id).await;
            assert_eq!((pair["state"].as_str(), pair["reasonCode"].as_str(), &pair["nextContactDue"]), (Some("SUSPENDED"), Some("PERSON_LEFT"), &Value::Null));
            let last = pair["steps"].as_array().and_then(|all| all.last()).expect("a step").clone();
            assert_eq!((last["kind"].as_str(), last["person"]["name"].as_str()), (Some("SUSPENDED"), Some(format!("Leaver {status}").as_str())));
            step(&scene.officer, "Resume", &id, 3, json!({})).await.problem("/it", "NOT_IN_POST");
            step(&scene.officer, "End", &id, 3, json!({ "reason": "Gone", "reasonCode": "MENTOR_LEFT" })).await.done("/it");
        }
    }

    /// Only active pairs are suspended: a proposal waits for its activation, which refuses, and history stays.
    async fn who_leaves_changes_no_other_pair(world: World) {
        let scene = Scene::of(&world).await;
        let proposed = scene.propose(&[scene.mentor], &[scene.mentee], json!({})).await.text_at("/it/pair/id");
        let over = world.pair_of(scene.county, &[(scene.mentor, entity::kind::PairSide::Mentor), (scene.young, entity::kind::PairSide::Mentee)], |row| row.state = PairState::Completed).await;
        let other = world.pair(scene.county, scene.second, scene.young).await;
        scene.becomes(scene.mentor, 1, "RETIRED").await.done("/it");
        for (id, state) in [(proposed.clone(), "PROPOSED"), (global(over), "COMPLETED"), (global(other), "ACTIVE")] {
            assert_eq!(scene.course(&id).await["state"], state);
        }
        step(&scene.officer, "Activate", &proposed, 1, json!({})).await.problem("/it", "NOT_IN_POST");
        // Who leaves a second time, from retirement into death, suspends nothing any more.
        scene.becomes(scene.mentor, 2, "DECEASED").await.done("/it");
        assert_eq!(world.number("select count(*) from pair_step where kind = 'SUSPENDED'").await, 0);
    }

    /// Who changes the record need not see the pair: one that another county keeps is suspended too, and stays unseen.
    async fn a_pair_that_is_kept_elsewhere_is_suspended_unseen(world: World) {
        let scene = Scene::of(&world).await;
        let south = world.organization("South").await;
        let pupil = world.cadre(south, "Pupil", |_| {}).await;
        let pair = global(world.pair(south, scene.mentor, pupil).await);
        scene.becomes(scene.mentor, 1, "RETIRED").await.done("/it");
        assert_eq!(scene.course(&pair).await, Value::Null);
        let keeper = world.sign_in(Role::OrganizationOfficer, south).await;
        let seen = keeper.run(COURSE, json!({ "id": pair })).await;
        assert_eq!((seen.at("/mentoringPair/state"), seen.at("/mentoringPair/reasonCode")), (&json!("SUSPENDED"), &json!("PERSON_LEFT")));
        assert_eq!(world.number("select count(*) from audit_change where table_name = 'mentoring_pair'").await, 1);
    }

    /// A roster says who left, and the pairs of the row are suspended with it.
    async fn a_roster_that_retires_a_mentor_suspends_the_pair(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.active().await;
        let file = crate::roster::csv(&["姓名,人员状态", "Mentor,退休"]);
        crate::roster::imported(&world, scene.home, &file, "0 added, 1 changed, 0 unchanged").await;
        world.tell().await;
        let pair = scene.course(&id).await;
        assert_eq!((pair["state"].as_str(), pair["reasonCode"].as_str()), (Some("SUSPENDED"), Some("PERSON_LEFT")));
    }

    /// A record that is refused leaves the pairs as they were.
    async fn a_leaving_that_is_refused_suspends_nothing(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.active().await;
        scene.becomes(scene.mentor, 9, "RETIRED").await.problem("/it", "STALE");
        let input = json!({ "id": global(scene.mentor), "expectedVersion": 1, "status": "RETIRED", "name": "" });
        scene.officer.run(UPDATE, json!({ "input": input })).await.problem("/it", "INVALID");
        assert_eq!(scene.course(&id).await["state"], "ACTIVE");
        world.sql("update cadre set status = $1 where id = $2", vec![CadreStatus::InPost.text().into(), scene.mentor.into()]).await;
        assert_eq!(world.number("select count(*) from pair_step").await, 2);
    }
}
