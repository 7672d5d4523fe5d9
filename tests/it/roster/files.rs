//! Rosters as departments keep them, through the command line: old forms, titles and footers, good rows among wrong ones.

use std::io::{Cursor, Write};

use serde_json::json;
use tests::{both, process::fresh_folder, world::World};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{csv, import, import_with, imports_nothing, is, named, number, officer, within_two_seconds};

/// Two good lines among three that are wrong in three ways, the last by what stands on record alone.
fn mixed() -> std::path::PathBuf {
    let born = |birth: &str, name: &str| format!("{name},{birth},,");
    csv(&[
        "青禾县干部花名册,,,",
        "姓名,出生年月,身份证号,单位",
        &born("1988.05", "王伟"),
        &born("1988.13", "李娜"),
        &format!("张强,1979.02,{},", number("19790201", 22)),
        &format!("赵敏,1979.02,{},", number("19790201", 22)),
        "沈清和,1990.05,,没有这个局",
        "合计：5人,,,",
    ])
}

both! {
    async fn mode_good_imports_the_good_lines_and_reports_the_others(world: World) {
        let county = world.organization("青禾县").await;
        let officer = officer(&world, county).await;
        imports_nothing(&world, county, &mixed(), "ERROR line 4, 出生年月: «1988.13» is no date.").await;
        let listing = fresh_folder().join("findings.csv");
        let more = ["--mode", "good", "--report", &listing.display().to_string()];
        let out = import_with(&world, county, &mixed(), &more).await.done().out;
        for line in [
            "ERROR line 4, 出生年月: «1988.13» is no date.",
            "ERROR line 6, 身份证号: The identity number stands on line 5 already.",
            "ERROR line 7, 单位: No organization under the import's is called «没有这个局».",
            "5 rows: 3 errors, 0 warnings, 1 hint.",
            "Imported: 2 added, 0 changed, 0 unchanged, 3 left out.",
        ] {
            assert!(out.contains(line), "{line} in {out}");
        }
        let nodes = within_two_seconds(&officer, |nodes| nodes.len() == 2).await;
        is(named(&nodes, "张强"), &json!({ "birthDate": "1979-02", "sex": "FEMALE" }));
        let findings = std::fs::read_to_string(&listing).expect("the file of findings");
        assert!(findings.starts_with("\u{feff}severity,line,column,code,message,remedy\n"), "{findings}");
        assert_eq!(findings.lines().count(), 5, "{findings}");
        assert!(findings.contains("\nERROR,7,单位,UNIT_UNKNOWN,"), "{findings}");
        let again = import_with(&world, county, &mixed(), &more).await.done().out;
        assert!(again.contains("Imported: 0 added, 0 changed, 2 unchanged, 3 left out."), "{again}");
    }

    async fn mode_good_imports_nothing_of_a_file_that_cannot_be_read_to_its_end(world: World) {
        let county = world.organization("青禾县").await;
        let file = super::written("broken.csv", &["姓名\n王伟\n".as_bytes(), &[0xe7]].concat());
        let before = world.fingerprint().await;
        import_with(&world, county, &file, &["--mode", "good"]).await.refused(&["no text in UTF-8", "Nothing was imported."]);
        assert_eq!(world.fingerprint().await, before);
    }

    async fn a_workbook_of_the_old_form_goes_in(world: World) {
        let county = world.organization("青禾县").await;
        for unit in ["禾丰镇", "水务局"] {
            world.department(county, unit).await;
        }
        let officer = officer(&world, county).await;
        let file = tests::source::root().join("tests/files/roster/02-office-97.xls");
        import(&world, county, &file).await.refused(&["ERROR line 6, 身份证号: The identity number is stored as a number"]);
        let out = import_with(&world, county, &file, &["--mode", "good"]).await.done().out;
        assert!(out.contains("Imported: 3 added, 0 changed, 0 unchanged, 1 left out."), "{out}");
        let nodes = within_two_seconds(&officer, |nodes| nodes.len() == 3).await;
        is(named(&nodes, "王伟"), &json!({
            "birthDate": "1988-05", "education": "BACHELOR", "organization": { "name": "禾丰镇" },
        }));
        is(named(&nodes, "𠮷田"), &json!({ "birthDate": "1991-07", "organization": { "name": "禾丰镇" } }));
        is(named(&nodes, "陆一鸣"), &json!({ "birthDate": "1985-12", "organization": { "name": "水务局" } }));
    }
}

/// An archive of thirty parts that inflate to ten MiB of zeros each: one is deflated, the others are copies of it.
pub fn bomb() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("zeros", SimpleFileOptions::default().compression_level(Some(1))).expect("a part");
    for _ in 0..10 {
        writer.write_all(&[0; 1 << 20]).expect("zeros");
    }
    let mut zeros = ZipArchive::new(writer.finish().expect("an archive")).expect("an archive");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("xl/workbook.xml", SimpleFileOptions::default()).expect("a part");
    for number in 0..30 {
        let part = zeros.by_index(0).expect("the zeros");
        writer.raw_copy_file_rename(part, format!("xl/media/image{number}.png")).expect("a copy");
    }
    writer.finish().expect("an archive").into_inner()
}
