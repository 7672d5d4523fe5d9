//! Who was shown the sanctions of somebody else, beside all the rest, stands in that person's access log.

use tests::client::http;

use super::*;

const LOG: &str = "query($cadre: ID!) { it: accessLog(cadre: $cadre) { totalCount edges { node { field purpose reason who { login } } } } }";
const SEEN: &str = "select count(*) from access_log where field = 'FINDINGS'";

/// What was asked for, newest first, as somebody reads a person's log.
async fn log(by: &Client, person: CadreId) -> Vec<String> {
    let found = by.run(LOG, json!({ "cadre": global(person) })).await;
    let edges = found.at("/it/edges").as_array().expect("edges").clone();
    let told = |it: &Value| {
        let node = &it["node"];
        assert_eq!((&node["field"], &node["purpose"]), (&json!("FINDINGS"), &json!("NOT_STATED")), "{node}");
        assert!(node["who"]["login"].is_string(), "{node}");
        node["reason"].as_str().expect("a reason").to_owned()
    };
    edges.iter().map(told).collect()
}

both! {
    async fn who_was_shown_the_findings_is_told(world: World) {
        let (county, south) = (world.organization("North").await, world.organization("South").await);
        let home = world.department(county, "Finance").await;
        let (anna, bo) = (world.cadre(home, "Anna", |_| {}).await, world.cadre(home, "Bo", |_| {}).await);
        let stranger = world.cadre(south, "Wang", |_| {}).await;
        world.sanction(anna, "9").await;
        published(&world, county, "m208.json").await;
        let (officer, auditor) = (world.sign_in(Role::OrganizationOfficer, county).await, world.sign_in(Role::AuditAdmin, county).await);
        let own = world.sign_in_as(Role::Cadre, home, anna).await;
        officer.run(PORTRAIT, json!({ "cadre": global(anna) })).await.at("/it/cadre");
        assert_eq!((log(&auditor, anna).await, log(&own, anna).await), (vec!["portrait".to_owned()], vec!["portrait".to_owned()]));
        let told = "select count(*) from audit_event e join access_log l on l.event_id = e.id and l.account_id = e.account_id where e.action = 'PORTRAIT_READ' and e.outcome = 'DONE'";
        assert_eq!(world.number(told).await, 1);
        // One act for all who stand beside each other; nothing of those who do not exist for the caller.
        let cadres = [anna, stranger, bo].map(global);
        officer.run(BESIDE, json!({ "cadres": cadres, "policy": "M208_POST_PORTRAIT" })).await.at("/it/people");
        assert_eq!(log(&auditor, anna).await, ["comparisonSheet M208_POST_PORTRAIT", "portrait"]);
        assert_eq!((log(&auditor, bo).await.len(), world.number("select count(distinct event_id) from access_log").await, world.number(SEEN).await), (1, 2, 3));
        let of_south = world.sign_in(Role::AuditAdmin, south).await;
        assert!(log(&of_south, stranger).await.is_empty() && log(&of_south, anna).await.is_empty());
        // A list whose factors ask for what is declared shows it of everybody on the page.
        officer.run(LIST, json!({ "list": "FINANCE", "at": global(county), "first": 1 })).await.at("/it/edges");
        assert_eq!(log(&auditor, anna).await[0], "shortlist M208_POST_PORTRAIT FINANCE");
        assert_eq!((log(&auditor, bo).await.len(), world.number(SEEN).await), (1, 4));
    }

    /// Oneself, whoever may read no sanction, counts, and what is refused leave no trace there.
    async fn nobody_is_told_of_what_was_not_shown(world: World) {
        let county = world.organization("North").await;
        let (home, other) = (world.department(county, "Finance").await, world.department(county, "Water").await);
        let anna = world.cadre(home, "Anna", |_| {}).await;
        world.sanction(anna, "9").await;
        let own = world.sign_in_as(Role::Cadre, home, anna).await;
        assert!(own.run(PORTRAIT, json!({ "cadre": global(anna) })).await.text.contains("DEMERIT"));
        let unit = world.sign_in(Role::UnitOfficer, home).await;
        assert!(!unit.run(PORTRAIT, json!({ "cadre": global(anna) })).await.text.contains("DEMERIT"));
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        officer.run(MOVE, json!({ "cadre": global(anna), "at": global(other) })).await.at("/it/to");
        let stranger = world.sign_in(Role::OrganizationOfficer, world.organization("South").await).await;
        assert!(stranger.run(PORTRAIT, json!({ "cadre": global(anna) })).await.at("/it").is_null());
        world.sign_in(Role::Mentor, home).await.run(PORTRAIT, json!({ "cadre": global(anna) })).await.refused("FORBIDDEN");
        assert_eq!(world.number("select count(*) from access_log").await, 0);
        assert_eq!(world.number("select count(*) from audit_event where action = 'PORTRAIT_READ' and outcome = 'REFUSED'").await, 1);
        // What is put on record comes by POST; one's own, which is not, by any way.
        let text = format!("{{ it: portrait(cadre: \"{}\") {{ cadre {{ name }} }} }}", global(anna));
        let get = async |by: &Client| {
            let at = reqwest::Url::parse_with_params(&format!("{}/graphql", world.url()), &[("query", &text)]).expect("an address");
            let request = http().build().expect("a client").get(at).bearer_auth(by.token()).header("x-graphql-require-preflight", "1");
            request.send().await.expect("an answer").text().await.expect("a body")
        };
        assert!(get(&officer).await.contains("send what is put on record with POST") && get(&own).await.contains("Anna"));
        let nothing = "query($id: ID!) { cadre(id: $id) { sensitive(purpose: NOT_STATED, reason: \"So\") { phone } } }";
        assert_eq!(officer.run(nothing, json!({ "id": global(anna) })).await.codes(), ["INVALID"]);
        assert_eq!(world.number("select count(*) from access_log").await, 0);
        // And what can't be put on record is not shown.
        world.sql("alter table access_log rename to elsewhere", vec![]).await;
        officer.run(PORTRAIT, json!({ "cadre": global(anna) })).await.refused("INTERNAL");
    }
}
