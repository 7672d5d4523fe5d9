//! Code sets over the wire: what a value means, what it is called in another edition, and the one day of a request.

use entity::kind::Role;
use serde_json::json;
use tests::{both, world::World};

const SETS: &str = "query($code: String, $asOf: Date) { codeSets(code: $code, asOf: $asOf) {
    code edition standing values { code labelZh labelEn validFrom } } }";
const CROSSWALK: &str =
    "query($code: String!, $to: String) { codeCrosswalk(codeSet: \"ZB09\", edition: \"1A\", code: $code, toSet: $to) {
    exactness to { code codeSet edition labelZh } } }";

both! {
    async fn a_value_names_its_set_and_edition(world: World) {
        let county = world.organization("North").await;
        // Nobody needs a row to read them: an auditor may as well.
        let auditor = world.sign_in(Role::AuditAdmin, county).await;
        let all = auditor.run("{ codeSets { code edition values { code } } }", json!({})).await;
        assert_eq!(all.at("/codeSets").as_array().map(Vec::len), Some(30));
        let levels = auditor.run(SETS, json!({ "code": "ZB09" })).await;
        assert_eq!(levels.at("/codeSets/0/edition"), "01");
        assert_eq!(levels.at("/codeSets/1/standing"), "SEEN");
        assert_eq!(levels.at("/codeSets/1/values/6/code"), "1A31");
        assert_eq!(auditor.run(SETS, json!({ "code": "ZB999" })).await.at("/codeSets"), &json!([]));
    }

    async fn the_crosswalk_leads_to_other_editions(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let found = officer.run(CROSSWALK, json!({ "code": "1A31", "to": "GB/T 12407" })).await;
        assert_eq!(found.at("/codeCrosswalk"), &json!([{
            "exactness": "EXACT",
            "to": { "code": "131", "codeSet": "GB/T 12407", "edition": "2008", "labelZh": "县处级正职" },
        }]));
        assert_eq!(officer.run(CROSSWALK, json!({ "code": "1A31" })).await.at("/codeCrosswalk").as_array().map(Vec::len), Some(2));
        assert_eq!(officer.run(CROSSWALK, json!({ "code": "1A99" })).await.at("/codeCrosswalk"), &json!([]));
    }

    /// Ranks exist since June 2019: a request about the day before finds none, and says which day it was about.
    async fn one_request_asks_about_one_day(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        for (day, ranks) in [("2019-05-31", 0), ("2019-06-01", 12), ("2090-02-28", 12)] {
            let found = officer.run(SETS, json!({ "code": "TIDUI RANK", "asOf": day })).await;
            assert_eq!(found.at("/codeSets/0/values").as_array().map(Vec::len), Some(ranks), "{day}");
            assert_eq!(found.json["extensions"]["asOf"], day);
        }
        let undated = officer.run(SETS, json!({ "code": "TIDUI RANK" })).await;
        assert_eq!(undated.json["extensions"]["asOf"], json!(null));
        let two = officer.run("{ a: codeSets(asOf: \"2020-02-29\") { code } b: codeSets(asOf: \"2020-03-01\") { code } }", json!({})).await;
        assert_eq!(two.codes(), ["INVALID"], "{}", two.text);
        assert_eq!(two.json["errors"][0]["extensions"]["field"], "asOf");
        assert_eq!(two.json["errors"][0]["path"], json!(["b"]));
        let none = officer.run(SETS, json!({ "asOf": "2021-02-29" })).await;
        assert_eq!((none.codes().len(), &none.json["extensions"]["asOf"]), (1, &json!(null)), "{}", none.text);
    }
}
