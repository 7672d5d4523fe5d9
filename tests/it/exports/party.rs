//! When somebody joined the party: recorded, read from files, told with the record alone, and in the files that go out.

use entity::kind::Role;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    county::County,
    process::fresh_folder,
    world::{World, global},
};

use super::{STATED, cell, cells, code, command, counties, export, forms::usual, import, login};

const CREATE: &str = "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code field } cadre { id partyJoinedOn } } }";
const UPDATE: &str = "mutation($input: CadreUpdateInput!) { cadreUpdate(input: $input) { problems { code field } cadre { partyJoinedOn } } }";

/// A name, what stands under 入党时间 and under 政治面貌, and what the record says of it.
const PEOPLE: [(&str, &str, &str, Option<&str>); 6] = [
    ("王伟", "2011.06", "", Some("2011-06")),
    ("李娜", "2012年7月1日", "中共党员", Some("2012-07-01")),
    ("张强", "", "中共预备党员（2024.12）", Some("2024-12")),
    // A date beside another name may be that one's.
    ("赵敏", "2009.03", "民盟", None),
    ("沈清和", "2009.03；九三学社", "中共党员", None),
    ("陆一鸣", "2004.05", "共青团员", None),
];

async fn joined(officer: &Client, name: &str) -> Value {
    let query = "query($name: String!) { cadres(filter: { name: $name }) { edges { node { partyJoinedOn } } } }";
    let answer = officer.run(query, json!({ "name": name })).await;
    assert_eq!(answer.at("/cadres/edges").as_array().map(Vec::len), Some(1), "{}", answer.text);
    answer.at("/cadres/edges/0/node/partyJoinedOn").clone()
}

both! {
    async fn a_party_date_is_recorded_changed_and_refused_where_it_can_t_be(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let new = |joined: &str| {
            json!({ "input": { "organizationId": global(county), "name": "Anna", "sex": "FEMALE", "birthDate": "1990-03", "partyJoinedOn": joined } })
        };
        for wrong in ["1989", "2199-01"] {
            let answer = officer.run(CREATE, new(wrong)).await;
            assert_eq!(answer.at("/cadreCreate/problems"), &json!([{ "code": "INVALID", "field": "partyJoinedOn" }]), "{wrong}");
        }
        let made = officer.run(CREATE, new("2011-06")).await;
        assert_eq!(made.at("/cadreCreate/cadre/partyJoinedOn"), "2011-06");
        let id = made.text_at("/cadreCreate/cadre/id");
        let change = |version: i32, change: Value| {
            let mut input = json!({ "id": id, "expectedVersion": version });
            input.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
            json!({ "input": input })
        };
        // Another value leaves it alone; it and the birth must agree, whichever of them is the new one.
        let other = officer.run(UPDATE, change(1, json!({ "postTitle": "Head" }))).await;
        assert_eq!(other.at("/cadreUpdate/cadre/partyJoinedOn"), "2011-06");
        let younger = officer.run(UPDATE, change(2, json!({ "birthDate": "2012-01" }))).await;
        assert_eq!(younger.at("/cadreUpdate/problems"), &json!([{ "code": "INVALID", "field": "partyJoinedOn" }]));
        let day = officer.run(UPDATE, change(2, json!({ "partyJoinedOn": "2011-06-30" }))).await;
        assert_eq!(day.at("/cadreUpdate/cadre/partyJoinedOn"), "2011-06-30");
        let gone = officer.run(UPDATE, change(3, json!({ "partyJoinedOn": null }))).await;
        assert_eq!(gone.at("/cadreUpdate/cadre/partyJoinedOn"), &Value::Null);
    }

    async fn a_party_date_is_told_with_the_record_and_nothing_is_found_or_counted_by_it(world: World) {
        let county = County::build(&world, "North").await;
        let own = county.person(Role::Cadre).run("{ myRecord { birthDate partyJoinedOn } }", json!({})).await;
        assert_eq!(own.at("/myRecord"), &json!({ "birthDate": "1988-05", "partyJoinedOn": "2008-07" }));
        let mentor = county.person(Role::Mentor);
        for (who, query) in [
            (mentor, "{ myStatus { pairs { mentees { name partyJoinedOn } } } }"),
            (mentor, "{ mentoringPairs { edges { node { parts { person { partyJoinedOn } } } } } }"),
            (county.person(Role::OrganizationOfficer), "{ cadres(filter: { partyJoinedOn: \"2008-07\" }) { totalCount } }"),
            (county.person(Role::OrganizationOfficer), "{ cadres(orderBy: PARTY_JOINED_ON) { totalCount } }"),
        ] {
            let answer = who.run(query, json!({})).await;
            assert_eq!(answer.codes(), ["DOCUMENT_INVALID"], "{query}: {}", answer.text);
        }
        // Whom no record is told, no date is told.
        let id = json!({ "id": global(county.mentee) });
        let query = "query($id: ID!) { cadre(id: $id) { partyJoinedOn } }";
        assert_eq!(county.person(Role::OrganizationOfficer).run(query, id.clone()).await.at("/cadre/partyJoinedOn"), "2008-07");
        for role in [Role::Mentor, Role::SummaryReader, Role::SystemAdmin] {
            assert_eq!(county.person(role).run(query, id.clone()).await.codes(), ["FORBIDDEN"], "{role:?}");
        }
    }

    async fn a_roster_s_party_dates_are_recorded_go_out_and_come_back_without_a_difference(world: World) {
        let (county, _) = counties(&world).await;
        let lines = PEOPLE.map(|(name, joined, standing, _)| format!("{name},1985.05,{joined},{standing}\n"));
        let path = fresh_folder().join("roster.csv");
        std::fs::write(&path, format!("姓名,出生年月,入党时间,政治面貌\n{}", lines.concat())).expect("a file");
        import(&world, county, &path, "6 added, 0 changed, 0 unchanged").await;
        import(&world, county, &path, "0 added, 0 changed, 6 unchanged").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        for (name, _, _, said) in PEOPLE {
            assert_eq!(joined(&officer, name).await, json!(said), "{name}");
        }
        let file = export(&world, county, &login(&world, Role::OrganizationOfficer, county, None).await, &[]).await;
        let rows = cells(&file);
        for (name, _, _, said) in PEOPLE {
            assert_eq!(cell(&rows, name, "入党时间"), said.unwrap_or_default().replace('-', "."), "{name}");
        }
        import(&world, county, &file, "0 added, 0 changed, 6 unchanged").await;
        // Less of a date says nothing new, another date does.
        std::fs::write(&path, "姓名,出生年月,入党时间\n王伟,1985.05,2013.01\n李娜,1985.05,2012.07\n").expect("a file");
        import(&world, county, &path, "0 added, 1 changed, 1 unchanged").await;
        let kept = "select count(*) from cadre where party_joined_on in ('2013-01', '2012-07-01')";
        assert_eq!(world.number(kept).await, 2);
    }

    async fn a_form_s_party_date_is_recorded_and_goes_out_as_the_record_says_since(world: World) {
        let county = world.organization("青禾县").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let at = code(&world, county).await;
        let was = std::fs::read_to_string(usual()).expect("a form");
        let reader = world.sign_in(Role::OrganizationOfficer, county).await;
        let taken = async |name: &str, number: &str, element: &str| {
            let path = fresh_folder().join("form.lrmx");
            let text = was.replace("王伟", name).replace("990000198805130116", number).replace("201207", element);
            std::fs::write(&path, text).expect("a file");
            let arguments = ["lrmx", "import", &path.display().to_string(), "--as", &officer, "--organization", &at];
            command(&world, &arguments).done().out
        };
        taken("王伟", "990000198805130116", "201207").await;
        assert_eq!(joined(&reader, "王伟").await, "2012-07");
        // What can't be is left out, and the rest of the form goes in.
        let out = taken("赵敏", "990000198512310025", "198001").await;
        assert!(out.contains("入党时间: It was not recorded: it 1980-01") && out.contains("1 added"), "{out}");
        assert_eq!(joined(&reader, "赵敏").await, Value::Null);
        let roster = fresh_folder().join("r.csv");
        std::fs::write(&roster, "姓名,身份证号,入党时间\n王伟,990000198805130116,2013.01\n").expect("a file");
        import(&world, county, &roster, "0 added, 1 changed, 0 unchanged").await;
        let all = entity::cadre::Entity::find().all(&world.db).await.expect("people");
        let id = all.iter().find(|it| it.name == "王伟").map(|it| global(it.id)).expect("a person");
        let path = fresh_folder().join("out");
        let to = path.display().to_string();
        let arguments = ["lrmx", "export", "--as", &officer, "--out", &to, "--cadre", &id];
        let arguments: Vec<&str> = arguments.into_iter().chain(STATED).collect();
        command(&world, &arguments).done();
        let out = std::fs::read_to_string(&path).expect("a form");
        let changed: Vec<(&str, &str)> = was.lines().skip(1).zip(out.lines().skip(1)).filter(|(was, is)| was != is).collect();
        assert_eq!(changed, [("  <RuDangShiJian>201207</RuDangShiJian>", "  <RuDangShiJian>201301</RuDangShiJian>")]);
    }
}
