//! What an edition would do before anybody publishes it: what it changes, whom it touches, how it comes out over all.

use tests::process::Program;

use super::*;

const DIFF: &str =
    "query($from: ID!, $to: ID!) { it: policyDiff(from: $from, to: $to) { changes { kind path before after }
    lost { totalCount edges { node { name } } } gained { totalCount } } }";
const DRY: &str = "query($edition: ID!, $pool: ID, $place: ID, $purpose: String) { it: policyDryRun(edition: $edition, pool: $pool, organization: $place, purpose: $purpose) {
    people together { met notMet unknown } criteria { met notMet unknown criterion { code } } } }";

both! {
    async fn a_draft_says_what_it_changes_and_whom_it_touches(world: World) {
        let county = world.organization("North").await;
        for (name, born) in [("Old", "1980-01"), ("Middle", "1991-01"), ("Young", "2000-01")] {
            world.cadre(county, name, |row| row.birth_date = PartialDate::parse(born)).await;
        }
        let unknown = world.cadre(county, "Unknown", |row| row.birth_date = None).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        let one = draft(&officer, &document(&world, county, 1, "2026-01-01", 40).await).await.text_at("/it/edition/id");
        publish(&leader, &one, 1).await.done("/it");
        let two = draft(&officer, &document(&world, county, 2, "2199-01-01", 30).await).await.text_at("/it/edition/id");
        let told = officer.run(DIFF, json!({ "from": one, "to": two })).await;
        let paths: Vec<_> = told.at("/it/changes").as_array().expect("changes").iter().map(|it| (it["path"].clone(), it["before"].clone(), it["after"].clone())).collect();
        assert_eq!(paths, [
            (json!("edition"), json!("1"), json!("2")),
            (json!("parameters[oldest].value"), json!("40"), json!("30")),
            (json!("validFrom"), json!("\"2026-01-01\""), json!("\"2199-01-01\"")),
        ], "{}", told.text);
        assert_eq!((told.names("/it/lost"), told.at("/it/gained/totalCount")), (vec!["Middle".to_owned()], &json!(0)));
        let dry = officer.run(DRY, json!({ "edition": two, "place": global(county) })).await;
        assert_eq!((dry.at("/it/people"), dry.at("/it/together")), (&json!(4), &json!({ "met": 1, "notMet": 2, "unknown": 1 })), "{}", dry.text);
        assert_eq!(dry.at("/it/criteria/1"), &json!({ "met": 4, "notMet": 0, "unknown": 0, "criterion": { "code": "CLEAN" } }));
        let pool = world.pool(county, "A", entity::kind::Disclosure::Unit).await;
        world.membership(pool, unknown, entity::kind::MembershipState::Confirmed).await;
        world.tell().await;
        let members = officer.run(DRY, json!({ "edition": two, "pool": global(pool) })).await;
        assert_eq!((members.at("/it/people"), members.at("/it/together/unknown")), (&json!(1), &json!(1)));
        let strange = officer.run(DRY, json!({ "edition": two, "place": global(county), "purpose": "TIER:X" })).await;
        assert_eq!(strange.codes(), ["INVALID"], "{}", strange.text);
        let stranger = world.sign_in(Role::OrganizationOfficer, world.organization("South").await).await;
        assert!(stranger.run(DRY, json!({ "edition": two, "place": global(county) })).await.at("/it").is_null());
        assert!(stranger.run(DIFF, json!({ "from": one, "to": two })).await.at("/it").is_null());
    }
}

law! {
    fn two_files_are_compared_part_by_part() {
        let folder = fresh_folder();
        std::fs::write(folder.join("a.json"), r#"{"criteria":[{"code":"AGE","value":36}]}"#).expect("a file");
        std::fs::write(folder.join("b.json"), r#"{"criteria":[{"code":"AGE","value":35}],"source":"S"}"#).expect("a file");
        let run = |from: &str, to: &str| Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &folder, &["policy", "diff", from, to]).run();
        let told = run("a.json", "b.json");
        assert_eq!((told.code, told.out.as_str()), (0, "CHANGED criteria[AGE].value: 36 -> 35\nADDED source: nothing -> \"S\"\n"));
        assert_eq!(run("a.json", "a.json").out, "They say the same.\n");
        assert_eq!(run("a.json", "none.json").code, 1);
    }
}
