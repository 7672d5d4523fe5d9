//! Appointment forms: each messy form of the field through the command, with its report; in and out without loss.

use std::{
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
};

use entity::{
    id::OrganizationId,
    kind::{Role, SecrecyLevel},
};
use sea_orm::EntityTrait;
use serde_json::json;
use tests::{
    both,
    process::{Ended, fresh_folder},
    source::root,
    world::{World, global},
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{STATED, code, command, export, import as import_roster, login};

pub(super) fn folder() -> PathBuf {
    root().join("tests/files/lrmx")
}

pub(super) fn usual() -> PathBuf {
    folder().join("1-usual.lrmx")
}

async fn import(world: &World, at: OrganizationId, login: &str, file: &Path, more: &[&str]) -> Ended {
    let (file, code) = (file.display().to_string(), code(world, at).await);
    let arguments = ["lrmx", "import", &file, "--as", login, "--organization", &code];
    let arguments: Vec<&str> = arguments.into_iter().chain(more.iter().copied()).collect();
    command(world, &arguments)
}

/// A form, or a zip of forms, that went out.
async fn exported(world: &World, login: &str, whose: &[&str]) -> Vec<u8> {
    let path = fresh_folder().join("out");
    let out = path.display().to_string();
    let arguments = ["lrmx", "export", "--as", login, "--out", &out];
    let arguments: Vec<&str> = arguments.into_iter().chain(whose.iter().copied()).chain(STATED).collect();
    command(world, &arguments).done();
    std::fs::read(&path).expect("a file")
}

pub(super) async fn only_person(world: &World) -> entity::cadre::Model {
    let mut people = entity::cadre::Entity::find().all(&world.db).await.expect("people");
    assert_eq!(people.len(), 1);
    people.remove(0)
}

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = fresh_folder().join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

/// A zip of these forms.
pub(super) fn archive(forms: &[(&str, Vec<u8>)]) -> PathBuf {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in forms {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a file");
        zip.write_all(bytes).expect("a file");
    }
    written("任免表.zip", &zip.finish().expect("a zip").into_inner())
}

/// The usual form of somebody else.
pub(super) fn of_another(name: &str, number: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(usual()).expect("a form");
    text.replace("<XingMing>王伟<", &format!("<XingMing>{name}<")).replace("990000198805130116", number).into_bytes()
}

both! {
    async fn each_messy_form_gives_its_report_through_the_command(world: World) {
        let county = world.organization("青禾县").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let mut names: Vec<PathBuf> = std::fs::read_dir(folder()).expect("forms").map(|it| it.expect("a file").path()).collect();
        names.retain(|it| it.extension().is_some_and(|it| it == "lrmx"));
        names.sort();
        assert_eq!(names.len(), 8);
        let before = world.fingerprint().await;
        for form in names {
            let told = std::fs::read_to_string(form.with_extension("txt")).expect("a report");
            let expected: Vec<&str> = told.lines().take_while(|it| !it.starts_with("encoding: ")).collect();
            let broken = expected.iter().any(|it| it.starts_with("ERROR"));
            let ended = import(&world, county, &officer, &form, &["--dry-run"]).await;
            let out = if broken { ended.refused(&["Nothing was imported."]).out } else { ended.done().out };
            let found: Vec<&str> = out.lines().filter(|it| ["ERROR ", "WARNING ", "HINT "].iter().any(|word| it.starts_with(word))).collect();
            // What only the record can find stands beside what the form itself shows.
            let (mut of_record, mut found): (Vec<&str>, Vec<&str>) = found.into_iter().partition(|it| it.starts_with("WARNING form "));
            let impossible = of_record.pop_if(|it| it.starts_with("WARNING form 简历: It was not recorded: it 2006-01 lies before its beginning"));
            assert_eq!((of_record.is_empty(), impossible.is_some()), (true, form.ends_with("5-resume-signs.lrmx")), "{out}");
            let mut expected = expected;
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{}", form.display());
            assert_eq!(out.contains("Only tried: 1 added, 0 changed, 0 unchanged."), !broken, "{out}");
        }
        assert_eq!(world.fingerprint().await, before);
    }

    async fn a_form_becomes_a_record_and_dated_facts_and_nothing_of_the_family(world: World) {
        let county = world.organization("青禾县").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let out = import(&world, county, &officer, &usual(), &[]).await.done().out;
        assert!(out.ends_with("Imported: 1 added, 0 changed, 0 unchanged.\n"), "{out}");
        let reader = world.sign_in(Role::OrganizationOfficer, county).await;
        let query = "{ cadres(first: 5) { edges { node { name sex birthDate postTitle education
            educations { mode level degree school major source } assessments { year grade source } resume { rawText validFrom validTo source } } } } }";
        let answer = reader.run(query, json!({})).await;
        let node = answer.at("/cadres/edges/0/node");
        assert_eq!((&node["name"], &node["birthDate"], &node["postTitle"]), (&json!("王伟"), &json!("1988-05"), &json!("青禾县教育局副局长")));
        assert_eq!(node["educations"], json!([{
            "mode": "FULL_TIME", "level": "BACHELOR", "degree": "BACHELOR", "school": "东海大学数学系", "major": "应用数学",
            "source": "lrmx 1-usual.lrmx, form 1",
        }]));
        assert_eq!(node["assessments"].as_array().map(Vec::len), Some(3));
        assert_eq!(node["resume"][2]["validFrom"], json!("2018-03"));
        assert_eq!(node["resume"][2]["source"], json!("lrmx 1-usual.lrmx, form 1"));
        // The wife and the father are in the sealed form and nowhere else.
        assert_eq!(world.number("select count(*) from cadre").await, 1);
        assert_eq!(world.number("select count(*) from kin_declaration").await, 0);
        let told = "select count(*) from audit_change where cast(after_values as text) like '%李娜%' or cast(after_values as text) like '%王建国%'";
        assert_eq!(world.number(told).await, 0);
        assert_eq!(world.number("select count(*) from import where kind = 'FORM'").await, 1);
        let rows = entity::import_row::Entity::find().all(&world.db).await.expect("rows");
        assert!(rows.iter().all(|it| !it.cells.0.windows(6).any(|it| it == "李娜".as_bytes())));
        let again = import(&world, county, &officer, &usual(), &[]).await.done().out;
        assert!(again.ends_with("Imported: 0 added, 0 changed, 1 unchanged.\n"), "{again}");
        assert_eq!(world.number("select count(*) from import_row").await, 1);
    }

    async fn a_form_goes_out_as_it_came_in(world: World) {
        for name in ["1-usual", "2-bom-and-newlines", "3-gb18030", "4-utf-16", "5-resume-signs", "6-double-escaped"] {
            let world = World::new(world.stack).await;
            let county = world.organization("青禾县").await;
            let officer = login(&world, Role::OrganizationOfficer, county, None).await;
            let path = folder().join(format!("{name}.lrmx"));
            import(&world, county, &officer, &path, &[]).await.done();
            let id = global(only_person(&world).await.id);
            let out = exported(&world, &officer, &["--cadre", &id]).await;
            assert!(out == std::fs::read(&path).expect("a form"), "{name} came out otherwise: {}", String::from_utf8_lossy(&out));
            let done = "select count(*) from audit_event where action = 'FORM_EXPORT' and outcome = 'DONE' and purpose = 'INSPECTION'";
            let opened = "select count(*) from access_log where field = 'IMPORTED_ROW' and reason = '年度统计核对'";
            let stands = "select count(*) from export where kind = 'FORM' and cadre_id is not null and row_count = 1";
            assert_eq!([world.number(done).await, world.number(opened).await, world.number(stands).await], [1, 1, 1]);
        }
    }

    async fn what_the_record_says_otherwise_since_stands_in_the_form_and_the_rest_as_it_was(world: World) {
        let county = world.organization("青禾县").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        import(&world, county, &officer, &usual(), &[]).await.done();
        let roster = written("r.csv", "姓名,身份证号,现任职务,任现职时间,2025年度考核\n王伟,990000198805130116,青禾县教育局局长,2026.03,优秀\n".as_bytes());
        import_roster(&world, county, &roster, "0 added, 1 changed, 0 unchanged").await;
        let id = global(only_person(&world).await.id);
        let out = String::from_utf8(exported(&world, &officer, &["--cadre", &id]).await).expect("text");
        let was = std::fs::read_to_string(usual()).expect("a form");
        let changed: Vec<(&str, &str)> = was.lines().skip(1).zip(out.lines().skip(1)).filter(|(was, is)| was != is).collect();
        assert_eq!(changed, [
            ("  <XianRenZhiWu>青禾县教育局副局长</XianRenZhiWu>", "  <XianRenZhiWu>青禾县教育局局长</XianRenZhiWu>"),
            ("  <NianDuKaoHeJieGuo>2023年优秀，2024年、2025年称职</NianDuKaoHeJieGuo>", "  <NianDuKaoHeJieGuo>2023年优秀，2024年称职，2025年优秀</NianDuKaoHeJieGuo>"),
        ]);
    }

    async fn a_record_without_a_form_makes_one_that_comes_back(world: World) {
        let county = world.organization("青禾县").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let roster = written("r.csv", "姓名,身份证号,现任职务,全日制教育学历,全日制教育学位,全日制教育毕业院校系及专业,2025年度考核,简历\n\
            王伟,990000198805130116,教育局<局长>,大学,学士,东海大学数学系应用数学专业,优秀,\"2007.09--2011.07  东海大学学习\n2011.07--  教育局\"\n".as_bytes());
        import_roster(&world, county, &roster, "1 added, 0 changed, 0 unchanged").await;
        let id = global(only_person(&world).await.id);
        let form = exported(&world, &officer, &["--cadre", &id]).await;
        let text = String::from_utf8(form.clone()).expect("text");
        for part in ["<XingMing>王伟</XingMing>", "<XianRenZhiWu>教育局&lt;局长&gt;</XianRenZhiWu>", "<ShenFenZheng>990000198805130116</ShenFenZheng>"] {
            assert!(text.contains(part), "{text}");
        }
        let out = import(&world, county, &officer, &written("王伟.lrmx", &form), &[]).await.done().out;
        assert!(out.ends_with("1 row: 0 errors, 0 warnings, 0 hints.\nImported: 0 added, 0 changed, 1 unchanged.\n"), "{out}");
    }

    async fn a_zip_goes_in_with_a_report_by_form_and_out_as_one(world: World) {
        let county = world.organization("青禾县").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let (one, other) = (std::fs::read(usual()).expect("a form"), of_another("赵敏", "990000198512310025"));
        let cut = one[..one.len() / 2].to_vec();
        let file = archive(&[("王伟.lrmx", one.clone()), ("赵敏.lrmx", other.clone()), ("残.lrmx", cut)]);
        let out = import(&world, county, &officer, &file, &[]).await.refused(&["Nothing was imported."]).out;
        assert!(out.contains("残.lrmx") && out.contains("ERROR line "), "{out}");
        let report = fresh_folder().join("report.csv");
        let to = report.display().to_string();
        let out = import(&world, county, &officer, &file, &["--mode", "good", "--report", &to]).await.done().out;
        assert!(out.contains("Imported: 2 added, 0 changed, 0 unchanged, 1 left out."), "{out}");
        assert!(std::fs::read_to_string(&report).expect("a report").contains("残.lrmx"));
        let organization = code(&world, county).await;
        let bytes = exported(&world, &officer, &["--organization", &organization]).await;
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        let mut found = Vec::new();
        for index in 0..zip.len() {
            let mut part = zip.by_index(index).expect("a form");
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("a form");
            found.push((part.name().expect("a name").into_owned(), bytes));
        }
        found.sort();
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.len() == 2 && names.iter().any(|it| it.ends_with("-王伟.lrmx")), "{names:?}");
        assert!(found.iter().any(|(_, bytes)| *bytes == one) && found.iter().any(|(_, bytes)| *bytes == other));
        assert_eq!(world.number("select count(*) from export where kind = 'FORM' and row_count = 2").await, 1);
        // The same number twice in one archive is somebody's mistake.
        let twice = archive(&[("王伟.lrmx", one.clone()), ("王炜.lrmx", one)]);
        import(&world, county, &officer, &twice, &[]).await.refused(&["王炜.lrmx: The identity number stands in 王伟.lrmx already."]);
    }

    async fn forms_are_for_officers_within_their_reach(world: World) {
        let (county, elsewhere) = (world.organization("青禾县").await, world.organization("邻县").await);
        let office = world.department(county, "教育局").await;
        let sibling = world.department(county, "水务局").await;
        let own = world.cadre(office, "王伟", |_| {}).await;
        let secret = world.cadre(office, "赵敏", |it| it.secrecy_level = SecrecyLevel::Confidential).await;
        let form = usual().display().to_string();
        let at = code(&world, office).await;
        for (role, unit, person, word) in [
            (Role::OrganizationOfficer, sibling, None, "o"), (Role::OrganizationOfficer, elsewhere, None, "o"),
            (Role::OrganizationLeader, county, None, "FORM_"), (Role::UnitOfficer, office, None, "FORM_"),
            (Role::Mentor, county, Some(own), "FORM_"), (Role::SummaryReader, county, None, "FORM_"),
            (Role::SystemAdmin, county, None, "FORM_"), (Role::SecurityAdmin, county, None, "FORM_"),
        ] {
            let login = login(&world, role, unit, person).await;
            let before = world.number("select count(*) from cadre").await;
            command(&world, &["lrmx", "import", &form, "--as", &login, "--organization", &at]).refused(&[word]);
            assert_eq!(world.number("select count(*) from cadre").await, before);
            let (out, id) = (fresh_folder().join("x").display().to_string(), global(own));
            let whole = ["lrmx", "export", "--as", &login, "--cadre", &id, "--out", &out];
            let whole: Vec<&str> = whole.into_iter().chain(STATED).collect();
            command(&world, &whole).refused(&[if word == "o" { "No such cadre" } else { word }]);
            assert!(!Path::new(&out).exists());
        }
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let (out, id) = (fresh_folder().join("x").display().to_string(), global(secret));
        let whole = ["lrmx", "export", "--as", &officer, "--cadre", &id, "--out", &out];
        let whole: Vec<&str> = whole.into_iter().chain(STATED).collect();
        command(&world, &whole).refused(&["No such cadre"]);
        assert_eq!(world.number("select count(*) from access_log").await, 0);
        let path = export(&world, office, &officer, &[]).await;
        assert!(path.exists());
    }
}
