//! Runs of imports that do not go as they should: the process dies, the rights end, somebody guesses numbers.

use chrono::TimeDelta;
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{both, world::World};

use super::{
    PEOPLE, csv, imported as imported_by_command, number,
    uploads::{begin, ended, imported, officer, sent},
};

/// A file whose import takes a while.
fn long(rows: usize) -> String {
    let rows: Vec<String> = (0..rows).map(|row| format!("王{row},1988.05,局长")).collect();
    format!("姓名,出生年月,现任职务\n{}", rows.join("\n"))
}

both! {
    async fn a_run_whose_process_died_is_interrupted_and_can_be_done_again(mut world: World) {
        let county = world.organization("青禾县").await;
        let (account, client) = officer(&world, county).await;
        let upload = sent(&client, county, &long(4000)).await;
        let run = begin(&client, json!({ "uploadId": upload })).await;
        world.stop().await;
        world.start().await;
        world.pass(TimeDelta::seconds(31));
        let client = world.client(account);
        let found = ended(&client, &run).await;
        assert_eq!((&found["state"], &found["failure"], &found["added"]), (&json!("INTERRUPTED"), &Value::Null, &json!(0)));
        assert_eq!((world.number(PEOPLE).await, world.number("select count(*) from import_row").await), (0, 0));
        let again = ended(&client, &begin(&client, json!({ "uploadId": upload })).await).await;
        assert_eq!((&again["state"], &again["added"]), (&json!("DONE"), &json!(4000)), "{again:#}");
        assert_eq!(world.number(PEOPLE).await, 4000);
    }

    async fn what_a_run_found_is_not_in_the_trail_and_leaves_with_the_run(mut world: World) {
        world.stop().await;
        world.config.import_runs_days = 30;
        world.start().await;
        let county = world.organization("青禾县").await;
        let (account, client) = officer(&world, county).await;
        let run = imported(&client, county, "姓名,出生年月\n王伟,1988.05\n赵敏,1988.13", json!({ "mode": "GOOD" })).await;
        assert_eq!((&run["state"], &run["errors"]), (&json!("DONE"), &json!(1)), "{run:#}");
        let said = run["findings"]["edges"][0]["node"]["message"].as_str().expect("a message");
        assert!(said.contains("1988.13"), "{said}");
        let told = "select count(*) from audit_change where table_name = 'import_finding' and cast(after_values as text)";
        assert_eq!(world.number(&format!("{told} like '%DATE_UNREADABLE%' and cast(after_values as text) like '%****%'")).await, 1);
        assert_eq!(world.number(&format!("{told} like '%1988.13%'")).await, 0, "the file is quoted on record");
        assert_eq!(world.number(&format!("{told} like '%出生年月%'")).await, 0);
        for (days, left) in [(29, 1), (2, 0)] {
            world.stop().await;
            world.pass(TimeDelta::days(days));
            world.start().await;
            let fresh = imported(&world.client(account), county, "姓名\n李娜", json!({})).await;
            assert_eq!(fresh["state"], "DONE", "{fresh:#}");
            let gone = "select count(*) from import_finding";
            for _ in 0..50 {
                if world.number(gone).await == left {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            assert_eq!((world.number(gone).await, world.number("select count(*) from import_run where errors = 1").await), (left, left));
        }
        assert_eq!(world.number("select count(*) from import_run").await, 2, "the two that ended since");
        assert_eq!((world.number(PEOPLE).await, world.number("select count(*) from import").await), (2, 2), "what went in stays");
    }

    async fn a_run_whose_officer_lost_the_right_takes_nothing_in(world: World) {
        let county = world.organization("青禾县").await;
        let account = world.account(None).await;
        let end = world.now() + TimeDelta::seconds(60);
        world.grant(account, Role::OrganizationOfficer, county, Some(end)).await;
        let (client, colleague) = (world.client(account), world.sign_in(Role::OrganizationOfficer, county).await);
        let run = begin(&client, json!({ "uploadId": sent(&client, county, &long(2000)).await })).await;
        world.pass(TimeDelta::seconds(61));
        let found = ended(&colleague, &run).await;
        assert_eq!((&found["state"], &found["failure"], &found["added"]), (&json!("FAILED"), &json!("RIGHTS"), &json!(0)));
        assert_eq!(world.number(PEOPLE).await, 0);
    }

    async fn numbers_held_elsewhere_can_be_guessed_a_few_times_an_hour(mut world: World) {
        world.stop().await;
        world.config.held_elsewhere_an_hour = 3;
        world.start().await;
        let (north, south) = (world.organization("青禾县").await, world.organization("邻县").await);
        let rows: Vec<String> = (0..5).map(|row| format!("王{row},{}", number("19880513", 11 + row))).collect();
        let file = format!("姓名,身份证号\n{}", rows.join("\n"));
        imported_by_command(&world, south, &csv(&file.lines().collect::<Vec<_>>()), "5 added, 0 changed, 0 unchanged").await;
        let (_, client) = officer(&world, north).await;
        let two = file.lines().take(3).collect::<Vec<_>>().join("\n");
        let run = imported(&client, north, &two, json!({ "mode": "GOOD" })).await;
        assert_eq!((&run["state"], &run["errors"]), (&json!("DONE"), &json!(2)), "{run:#}");
        let run = imported(&client, north, &file, json!({ "mode": "GOOD" })).await;
        assert_eq!((&run["state"], &run["failure"]), (&json!("FAILED"), &json!("THROTTLED")), "{run:#}");
        assert_eq!(run["findings"]["totalCount"], 1, "what was not told yet is not told: {run:#}");
        assert_eq!(run["findings"]["edges"][0]["node"]["code"], "IDENTITY_HELD_ELSEWHERE");
        let refused = "select count(*) from audit_event where action = 'ROSTER_IMPORT' and outcome = 'REFUSED' and account_id is not null";
        assert_eq!(world.number(refused).await, 1);
        let look = "query($number: String!) { cadreByIdentityNumber(number: $number, purpose: FILE_REVIEW, reason: \"Letter 7\") { name } }";
        client.run(look, json!({ "number": number("19880513", 14) })).await.refused("BUSY");
        client.run(look, json!({ "number": number("19880513", 99) })).await.refused("BUSY");
        let (_, colleague) = officer(&world, north).await;
        for _ in 0..3 {
            let answer = colleague.run(look, json!({ "number": number("19880513", 14) })).await;
            assert_eq!(answer.at("/cadreByIdentityNumber"), &Value::Null);
        }
        colleague.run(look, json!({ "number": number("19880513", 99) })).await.refused("BUSY");
        let looked = "select count(*) from audit_event where action = 'IDENTITY_LOOK_UP' and outcome = 'REFUSED'";
        assert_eq!(world.number(looked).await, 6);
        assert_eq!(world.number(PEOPLE).await, 5);
    }
}
