//! Working days of a year whose notice came after this was built: taken in by a file, without a network.

use std::path::{Path, PathBuf};

use api::{Hooks, Server};
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    law,
    process::{Ended, Program, fresh_folder},
    world::{World, global},
};

fn tidui(folder: &Path, arguments: &[&str]) -> Ended {
    Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), folder, arguments).run()
}

/// Notices of a year that is not built in.
fn notices(holidays: Value, made_up: Value) -> Value {
    json!({ "code": "CN", "source": "国务院办公厅关于2027年部分节假日安排的通知", "years": [
        { "year": 2027, "notice": "演示〔2026〕1号", "holidays": holidays, "makeUpDays": made_up }] })
}

fn new_year() -> Value {
    json!({ "name": "元旦", "from": "2027-01-01", "to": "2027-01-03" })
}

fn with_spring_festival() -> Value {
    let festival = json!({ "name": "春节", "from": "2027-02-05", "to": "2027-02-11" });
    notices(json!([new_year(), festival]), json!(["2027-01-31", "2027-02-20"]))
}

fn written(name: &str, notices: &Value) -> PathBuf {
    let folder = fresh_folder();
    std::fs::write(folder.join(name), notices.to_string()).expect("a file");
    folder
}

law! {
    fn a_file_of_notices_is_checked_and_told_year_by_year() {
        let folder = written("cn.json", &with_spring_festival());
        let told = tidui(&folder, &["calendar", "cn.json"]).done().out;
        assert_eq!(told, "2027 演示〔2026〕1号: 257 days worked, 6 weekdays off, 2 days of weekends worked. A further year.\n");
        let mut other = with_spring_festival();
        other["years"][0] = json!({ "year": 2026, "notice": "演示〔2026〕2号", "makeUpDays": [],
            "holidays": [{ "name": "元旦", "from": "2026-01-01", "to": "2026-01-01" }] });
        let folder = written("cn.json", &other);
        let told = tidui(&folder, &["calendar", "cn.json"]).done().out;
        assert!(told.ends_with("1 weekdays off, 0 days of weekends worked. In the place of 国办发明电〔2025〕7号.\n"), "{told}");
        let built_in = tidui(&folder, &["calendar"]).done().out;
        assert_eq!(built_in.lines().count(), 11);
        assert!(built_in.starts_with("2016 国办发明电〔2015〕18号: 250 days worked, 17 weekdays off, 6 days"), "{built_in}");
    }

    /// It names the file, the notice and what to do; and nothing serves by it.
    fn a_file_of_notices_that_can_not_be_is_refused_at_the_start() {
        let sunday = json!(["2027-02-05"]);
        for (notices, words) in [
            (notices(json!([new_year()]), sunday), &["cn.json", "演示〔2026〕1号", "2027-02-05", "write a Saturday or Sunday"][..]),
            (notices(json!([new_year(), new_year()]), json!([])), &["cn.json", "演示〔2026〕1号", "another holiday", "check both"]),
            (json!({ "code": "CN" }), &["cn.json", "is no calendar", "mend the text there"]),
        ] {
            let folder = written("cn.json", &notices);
            tidui(&folder, &["calendar", "cn.json"]).refused(words);
            tidui(&folder, &["key", "generate"]).done();
            tidui(&folder, &["migrate", "up"]).done();
            tidui(&folder, &["serve", "--listen", "127.0.0.1:0", "--calendar", "cn.json"]).refused(words);
        }
        let folder = fresh_folder();
        tidui(&folder, &["calendar", "cn.json"]).refused(&["can't read cn.json"]);
        tidui(&folder, &["key", "generate"]).done();
        tidui(&folder, &["serve", "--calendar", "cn.json"]).refused(&["calendar: can't read cn.json"]);
    }
}

/// A policy that makes a report due every 30 working days.
async fn policy(world: &World, county: entity::id::OrganizationId) {
    let items = json!([{ "code": "REPORT", "title": "工作报告", "subject": "PLACE", "every": "P30WD" }]);
    world.policy_with(county, "REPORTS", json!({ "duties": { "items": items } })).await;
}

both! {
    /// The same database, with and without a file: where no notice is at hand nothing is due, and what its notice says counts.
    async fn a_notice_from_a_file_changes_what_is_due(world: World) {
        let county = world.organization("North").await;
        policy(&world, county).await;
        let account = world.account(None).await;
        world.grant(account, Role::OrganizationOfficer, county, None).await;
        let query = "query($place: ID!) { it: duties(policy: \"REPORTS\", organization: $place, first: 100,
            filter: { from: \"2026-10-01\", to: \"2027-04-01\" }) { nodes { dueOn } } }";
        let due = async |file: Option<PathBuf>| {
            let mut config = world.config.clone();
            config.calendar = file.map(|it| it.join("cn.json").display().to_string()).unwrap_or_default();
            let server = Server::start(config, Hooks::default()).await.expect("a server");
            let client = Client::new(&format!("http://{}", server.address()), world.client(account).token());
            let found = client.run(query, json!({ "place": global(county) })).await;
            let days = found.at("/it/nodes").as_array().expect("nodes").iter().map(|it| it["dueOn"].as_str().expect("a day").to_owned());
            let days: Vec<String> = days.collect();
            server.stop().await;
            days
        };
        assert_eq!(due(None).await, ["2026-11-13", "2026-12-25"]);
        let whole = written("cn.json", &with_spring_festival());
        assert_eq!(due(Some(whole)).await, ["2026-11-13", "2026-12-25", "2027-02-12", "2027-03-25"]);
        let short = written("cn.json", &notices(json!([new_year()]), json!([])));
        assert_eq!(due(Some(short)).await, ["2026-11-13", "2026-12-25", "2027-02-08", "2027-03-22"]);
    }
}
