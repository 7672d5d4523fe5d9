//! A roster goes in through the command line and comes out through the schema, or nothing of it does.
//!
//! The import is another process than the server that answers, as in service.

mod arrivals;
mod dossiers;
mod files;
mod namesakes;
mod runs;
mod uploads;

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use api::identity_number::check_digit;
use entity::{id::OrganizationId, kind::Role, organization};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    process::{Ended, Program, fresh_folder},
    world::World,
};

const CADRES: &str = "{ cadres(first: 50) { edges { node { name sex birthDate postTitle positionLevel education
    organization { name } posts { title validFrom validTo } levels { level validFrom validTo } } } } }";

/// How many people there are.
const PEOPLE: &str = "select count(*) from cadre";

/// An identity number of the region 99, which no place has.
fn number(birth: &str, serial: u16) -> String {
    let body = format!("990000{birth}{serial:03}");
    let check = check_digit(&body).expect("seventeen digits");
    format!("{body}{check}")
}

/// A text file with these lines.
pub fn csv(lines: &[&str]) -> PathBuf {
    written("roster.csv", lines.join("\n").as_bytes())
}

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = fresh_folder().join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

async fn code(world: &World, at: OrganizationId) -> String {
    organization::Entity::find_by_id(at).one(&world.db).await.expect("an answer").expect("an organization").code
}

async fn import(world: &World, at: OrganizationId, file: &Path) -> Ended {
    import_with(world, at, file, &[]).await
}

async fn import_with(world: &World, at: OrganizationId, file: &Path, more: &[&str]) -> Ended {
    program(world, at, file, more).await.run()
}

async fn program(world: &World, at: OrganizationId, file: &Path, more: &[&str]) -> Program {
    let (code, it) = (code(world, at).await, &world.config);
    let file = file.display().to_string();
    let arguments = ["import", "roster", &file, "--organization", &code];
    let settings = [
        ("--database-url", &it.database_url),
        ("--redis-url", &it.redis_url),
        ("--redis-prefix", &it.redis_prefix),
        ("--signing-key", &it.signing_key),
        ("--field-key", &it.field_key),
    ];
    let settings = settings.iter().flat_map(|(flag, value)| [*flag, value.as_str()]);
    let arguments: Vec<&str> = arguments.into_iter().chain(settings).chain(more.iter().copied()).collect();
    Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &arguments)
}

/// Imports a good file.
pub async fn imported(world: &World, at: OrganizationId, file: &Path, counts: &str) -> String {
    let out = import(world, at, file).await.done().out;
    assert!(out.ends_with(&format!("Imported: {counts}.\n")), "{out}");
    out
}

/// Imports a bad file: the report holds the line, and nothing has moved.
async fn imports_nothing(world: &World, at: OrganizationId, file: &Path, line: &str) -> String {
    const DONE: &str = "select count(*) from audit_event where outcome = 'DONE'";
    let before = (world.fingerprint().await, world.number(DONE).await);
    let out = import(world, at, file).await.refused(&[line, "othing was imported"]).out;
    assert_eq!((world.fingerprint().await, world.number(DONE).await), before);
    out
}

/// The list, as soon as it fits; the promise is two seconds for another process's commit.
async fn within_two_seconds(officer: &Client, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let answer = officer.run(CADRES, json!({})).await;
        let edges = answer.at("/cadres/edges").as_array().expect("edges");
        let nodes: Vec<Value> = edges.iter().map(|edge| edge["node"].clone()).collect();
        if fits(&nodes) {
            return nodes;
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "after two seconds still {nodes:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An officer whose list is remembered as empty, so that only an invalidation can bring the new rows.
async fn officer(world: &World, at: OrganizationId) -> Client {
    let officer = world.sign_in(Role::OrganizationOfficer, at).await;
    within_two_seconds(&officer, <[Value]>::is_empty).await;
    officer
}

fn is(node: &Value, expected: &Value) {
    for (field, value) in expected.as_object().expect("an object") {
        assert_eq!(&node[field], value, "{field} of {node:#}");
    }
}

fn named<'n>(nodes: &'n [Value], name: &str) -> &'n Value {
    nodes.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name} in {nodes:#?}"))
}

fn workbook() -> PathBuf {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let headers = [
        "序号",
        "现任职务",
        "姓名",
        "出生年月",
        "单位",
        "性别",
        "学历",
        "职务层次",
        "任现职时间",
        "任现职务层次时间",
        "身份证号",
        "手机号码",
    ];
    sheet.write_row(0, 0, headers).expect("a row");
    let (first, second) = (number("19880513", 12), number("19790201", 22));
    sheet
        .write_row(
            1,
            0,
            [
                "1",
                "教育局副局长",
                "王　伟",
                "1988.05",
                "教育局",
                "女",
                "大学本科",
                "乡科级副职",
                "2021.03",
                "202006",
                &first,
                "10000000001",
            ],
        )
        .expect("a row");
    sheet
        .write_row(
            2,
            0,
            ["2", "县委办公室主任", "欧阳 娜", "", "", "", "研究生", "正科级", "2019年7月", "", &second, ""],
        )
        .expect("a row");
    sheet.write_row(3, 0, ["3", "", "买买提•艾力", "", "教育局", "男", "", "", "", "", "", ""]).expect("a row");
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let date = ExcelDateTime::from_ymd(1990, 11, 3).expect("a date");
    sheet.write_with_format(3, 3, &date, &day).expect("a date");
    written("花名册.xlsx", &workbook.save_to_buffer().expect("a workbook"))
}

both! {
    async fn a_workbook_goes_in_and_comes_out_typed(world: World) {
        let county = world.organization("青禾县").await;
        world.department(county, "教育局").await;
        let officer = officer(&world, county).await;
        imported(&world, county, &workbook(), "3 added, 0 changed, 0 unchanged").await;
        let nodes = within_two_seconds(&officer, |nodes| nodes.len() == 3).await;
        is(named(&nodes, "王伟"), &json!({
            "sex": "FEMALE", "birthDate": "1988-05", "postTitle": "教育局副局长", "positionLevel": "TOWNSHIP_DEPUTY",
            "education": "BACHELOR", "organization": { "name": "教育局" },
            "posts": [{ "title": "教育局副局长", "validFrom": "2021-03", "validTo": null }],
            "levels": [{ "level": "TOWNSHIP_DEPUTY", "validFrom": "2020-06", "validTo": null }],
        }));
        is(named(&nodes, "欧阳娜"), &json!({
            "sex": "FEMALE", "birthDate": "1979-02-01", "postTitle": "县委办公室主任",
            "positionLevel": "TOWNSHIP_PRINCIPAL", "education": "POSTGRADUATE", "organization": { "name": "青禾县" },
            "posts": [{ "title": "县委办公室主任", "validFrom": "2019-07", "validTo": null }],
        }));
        is(named(&nodes, "买买提·艾力"), &json!({
            "sex": "MALE", "birthDate": "1990-11-03", "postTitle": null, "positionLevel": null, "education": null,
            "organization": { "name": "教育局" }, "posts": [], "levels": [],
        }));
    }

    async fn a_gb18030_file_goes_in_whatever_the_order_of_its_columns(world: World) {
        let county = world.organization("青禾县").await;
        world.department(county, "教育局").await;
        let officer = officer(&world, county).await;
        let text = format!(
            "学历,工作单位,出生日期,公民身份号码,级别,姓名,职务\r\n大专,教育局,1985年12月,{},科员,龚䶮,\"教育局办公室\n一级科员\"\r\n",
            number("19851231", 33)
        );
        let (bytes, _, lossy) = encoding_rs::GB18030.encode(&text);
        assert!(!lossy && std::str::from_utf8(&bytes).is_err());
        imported(&world, county, &written("名册.csv", &bytes), "1 added, 0 changed, 0 unchanged").await;
        let nodes = within_two_seconds(&officer, |nodes| nodes.len() == 1).await;
        is(&nodes[0], &json!({
            "name": "龚䶮", "sex": "MALE", "birthDate": "1985-12", "postTitle": "教育局办公室一级科员",
            "positionLevel": "SECTION_MEMBER", "education": "JUNIOR_COLLEGE", "organization": { "name": "教育局" },
        }));
    }

    async fn the_same_file_twice_changes_nothing(world: World) {
        let county = world.organization("青禾县").await;
        world.department(county, "教育局").await;
        let file = workbook();
        imported(&world, county, &file, "3 added, 0 changed, 0 unchanged").await;
        let before = world.fingerprint().await;
        imported(&world, county, &file, "0 added, 0 changed, 3 unchanged").await;
        assert_eq!(world.fingerprint().await, before);
    }

    async fn a_new_post_and_level_end_the_open_ones(world: World) {
        let county = world.organization("青禾县").await;
        let officer = officer(&world, county).await;
        let header = "姓名,身份证号,现任职务,任现职时间,职务层次,任现职务层次时间";
        let who = number("19880513", 12);
        let first = csv(&[header, &format!("王伟,{who},教育局副局长,2018.03,副科级,2018.03")]);
        let second = csv(&[header, &format!("王伟,{who},教育局局长,2024.05,正科级,2024.05.20")]);
        imported(&world, county, &first, "1 added, 0 changed, 0 unchanged").await;
        imported(&world, county, &second, "0 added, 1 changed, 0 unchanged").await;
        let changed = |nodes: &[Value]| nodes.first().is_some_and(|it| it["postTitle"] == "教育局局长");
        let nodes = within_two_seconds(&officer, changed).await;
        is(&nodes[0], &json!({
            "positionLevel": "TOWNSHIP_PRINCIPAL",
            "posts": [
                { "title": "教育局副局长", "validFrom": "2018-03", "validTo": "2024-05" },
                { "title": "教育局局长", "validFrom": "2024-05", "validTo": null },
            ],
            "levels": [
                { "level": "TOWNSHIP_DEPUTY", "validFrom": "2018-03", "validTo": "2024-05-20" },
                { "level": "TOWNSHIP_PRINCIPAL", "validFrom": "2024-05-20", "validTo": null },
            ],
        }));
        imported(&world, county, &second, "0 added, 0 changed, 1 unchanged").await;
    }

    async fn another_name_under_a_known_number_is_a_warning_and_an_update(world: World) {
        let county = world.organization("青禾县").await;
        let officer = officer(&world, county).await;
        let who = number("19880513", 12);
        let file = |name: &str| csv(&["姓名,身份证号", &format!("{name},{who}")]);
        imported(&world, county, &file("王伟"), "1 added, 0 changed, 0 unchanged").await;
        let out = imported(&world, county, &file("王炜"), "0 added, 1 changed, 0 unchanged").await;
        let warning = "WARNING line 2, 姓名: The identity number is that of «王伟»; the name changes to «王炜».";
        assert!(out.starts_with(warning), "{out}");
        within_two_seconds(&officer, |nodes| nodes.len() == 1 && nodes[0]["name"] == "王炜").await;
    }

    async fn two_lines_that_mean_one_person_import_nothing(world: World) {
        let county = world.organization("青禾县").await;
        world.cadre(county, "王伟", |_| {}).await;
        let file = csv(&["姓名,出生年月,现任职务", "王伟,1988.05,局长", "王伟,1988,副局长"]);
        imports_nothing(&world, county, &file, "ERROR line 3, 姓名: The line means the same person as line 2.").await;
    }

    async fn a_number_on_two_lines_imports_nothing(world: World) {
        let county = world.organization("青禾县").await;
        let who = number("19880513", 12);
        let file = csv(&["姓名,身份证号", &format!("王伟,{who}"), &format!("李娜,{who}")]);
        let line = "ERROR line 3, 身份证号: The identity number stands on line 2 already.";
        imports_nothing(&world, county, &file, line).await;
    }

    async fn a_birth_in_the_future_imports_nothing(world: World) {
        let county = world.organization("青禾县").await;
        let file = csv(&["姓名,出生年月", "李娜,1988.05", "王伟,2099.01"]);
        let line = "ERROR line 3, 出生年月: The birth date 2099-01 lies in the future. → Correct the birth date.";
        imports_nothing(&world, county, &file, line).await;
    }

    async fn a_wrong_header_imports_nothing(world: World) {
        let county = world.organization("青禾县").await;
        let file = csv(&["甲,乙", "王伟,1988.05"]);
        let line = "ERROR line 1: None of the first 30 lines is a header with 姓名; the first begins with «甲» «乙».";
        imports_nothing(&world, county, &file, line).await;
        let file = csv(&["性别,出生年月", "男,1988.05"]);
        imports_nothing(&world, county, &file, "ERROR line 1: The file has no column 姓名.").await;
    }

    async fn a_unit_of_no_or_several_organizations_imports_nothing(world: World) {
        let county = world.organization("青禾县").await;
        let (one, other) = (world.department(county, "教育局").await, world.department(county, "教育局").await);
        let elsewhere = world.organization("邻县").await;
        world.department(elsewhere, "水务局").await;
        let file = csv(&["姓名,单位", "王伟,水务局", "李娜,教育局"]);
        let unknown = "ERROR line 2, 单位: No organization under the import's is called «水务局».";
        let out = imports_nothing(&world, county, &file, unknown).await;
        let codes = [code(&world, one).await, code(&world, other).await];
        let line = out.lines().find(|it| it.starts_with("ERROR line 3, 单位: 2 organizations are called «教育局»: "));
        assert!(line.is_some_and(|line| codes.iter().all(|code| line.contains(code.as_str()))), "{out}");
        let mended = csv(&["姓名,单位", &format!("李娜,{}", codes[1])]);
        imported(&world, county, &mended, "1 added, 0 changed, 0 unchanged").await;
    }

    async fn a_truncated_file_imports_nothing(world: World) {
        let county = world.organization("青禾县").await;
        let bytes = std::fs::read(workbook()).expect("a file");
        for length in [bytes.len() / 2, bytes.len() - 30] {
            let file = written("cut.xlsx", &bytes[..length]);
            imports_nothing(&world, county, &file, "ERROR file: The workbook is truncated or damaged").await;
        }
        let missing = fresh_folder().join("away.xlsx");
        imports_nothing(&world, county, &missing, "ERROR file: The file cannot be read").await;
    }

    async fn files_beyond_the_limits_import_nothing(world: World) {
        let county = world.organization("青禾县").await;
        let huge = fresh_folder().join("huge.csv");
        let mut file = File::create(&huge).expect("a file");
        file.write_all("姓名\n王伟\n".as_bytes()).expect("a file");
        file.set_len(200 << 20).expect("a sparse file");
        imports_nothing(&world, county, &huge, "ERROR file: The file has 200 MiB; at most 64 MiB are read.").await;
        let bomb = written("bomb.xlsx", &files::bomb());
        imports_nothing(&world, county, &bomb, "ERROR file: The workbook inflates to more than 256 MiB.").await;
    }

    async fn a_number_held_elsewhere_says_nothing_of_its_holder(world: World) {
        let (north, south) = (world.organization("青禾县").await, world.organization("邻县").await);
        let who = number("19880513", 12);
        imported(&world, south, &csv(&["姓名,身份证号", &format!("沈嘉禾,{who}")]), "1 added, 0 changed, 0 unchanged").await;
        let before = world.fingerprint().await;
        let file = csv(&["姓名,身份证号", "李娜,", &format!("王伟,{who}")]);
        let line = "ERROR line 3, 身份证号: The identity number belongs to a person kept elsewhere.";
        let ended = import(&world, north, &file).await.refused(&[line, "Nothing was imported."]);
        assert_eq!(world.fingerprint().await, before);
        let told = ended.out + &ended.err;
        let mut others = vec!["沈嘉禾".to_owned(), "邻县".to_owned(), code(&world, south).await, who];
        let cadre = entity::cadre::Entity::find().one(&world.db).await.expect("an answer").expect("a cadre").id.0;
        others.extend([cadre.to_string(), cadre.simple().to_string()]);
        assert!(others.iter().all(|it| !told.contains(it.as_str())), "{told}");
    }

    async fn an_import_stands_in_the_audit_trail_without_its_secrets(world: World) {
        let county = world.organization("青禾县").await;
        world.department(county, "教育局").await;
        imported(&world, county, &workbook(), "3 added, 0 changed, 0 unchanged").await;
        let event = "from audit_event where action = 'ROSTER_IMPORT' and role = 'JOB_ROSTER_IMPORT' and outcome = 'DONE'";
        assert_eq!(world.number(&format!("select count(*) {event}")).await, 1);
        let of_cadres = format!("select count(*) from audit_change where table_name = 'cadre' and event_id in (select id {event})");
        assert_eq!(world.number(&of_cadres).await, 3);
        for secret in [number("19880513", 12), number("19790201", 22), "10000000001".to_owned()] {
            let told = format!("select count(*) from audit_change where cast(after_values as text) like '%{secret}%'");
            assert_eq!(world.number(&told).await, 0);
        }
        import(&world, county, &csv(&["姓名,单位", "王伟,没有这个局"])).await.refused(&["没有这个局"]);
        let refused = "select count(*) from audit_event where action = 'ROSTER_IMPORT' and outcome = 'REFUSED'";
        assert_eq!(world.number(refused).await, 1);
    }

    async fn no_report_shows_a_number_in_full(world: World) {
        let county = world.organization("青禾县").await;
        let (who, other) = (number("19880513", 12), number("19790201", 22));
        let wrong = format!("{}{}", &who[..17], if who.ends_with('1') { '2' } else { '1' });
        imported(&world, county, &csv(&["姓名,身份证号", &format!("王伟{other},{who}")]), "1 added, 0 changed, 0 unchanged").await;
        for file in [
            csv(&[&who, &format!("王伟,{other}")]),
            csv(&["姓名,单位", &format!("王伟,教育局{who}")]),
            csv(&["姓名,单位", "王伟,100-0000-0001"]),
            csv(&["姓名,身份证号", &format!("王伟,{wrong}"), &format!("李娜,{who}"), &format!("李娜,{who}")]),
            csv(&["姓名,手机,性别", &format!("王伟,100000000012,{who}")]),
            csv(&["姓名,身份证号", &format!("王伟{wrong},{who}"), &format!("{wrong},")]),
            csv(&["姓名,身份证号,单位", &format!("王伟{wrong},{who},没有")]),
        ] {
            let ended = import(&world, county, &file).await;
            let told = ended.out + &ended.err;
            for secret in [&who, &other, &wrong, "10000000001", "100-0000-0001", "100000000012"] {
                assert!(!told.contains(secret), "{secret} in {told}");
            }
        }
        let renamed = csv(&["姓名,身份证号", &format!("王伟{wrong},{who}")]);
        let out = imported(&world, county, &renamed, "0 added, 1 changed, 0 unchanged").await;
        assert!(out.contains("the name changes to") && ![&who, &other, &wrong].iter().any(|it| out.contains(it.as_str())), "{out}");
    }
}
