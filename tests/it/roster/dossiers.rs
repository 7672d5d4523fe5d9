//! What a roster says beyond the record of today becomes dated facts, and each knows its line; the same file again
//! changes none of them.

use entity::kind::Role;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    world::{World, global},
};

use super::{csv, import_with, imported, imports_nothing, is, number, officer};

const DOSSIER: &str = "{ cadres(first: 5) { edges { node { name education birthDate
    posts { title validFrom source } levels { level validFrom source } ranks { rank validFrom validTo source }
    educations { mode level degree school major source } assessments { year grade source } titles { title source }
    resume { rawText validFrom validTo source } sanctions { kind } awards { name } } } } }";

const HEADER: &str = "姓名,身份证号,现任职务,任现职时间,职务层次,任现职务层次时间,职级,任现职级时间,全日制教育学历,全日制教育学位,\
    全日制教育毕业院校系及专业,在职教育学历,在职教育毕业院校系及专业,专业技术职务,2024年度考核,2025年度考核,处分,简历";

fn line(start: &str, rank: &str, grade: &str, resume: &str) -> String {
    let who = number("19880513", 12);
    format!(
        "王伟,{who},教育局副局长,{start},副科级,2020.06,{rank},大学,工学学士,清华大学土木工程系土木工程专业,研究生,,工程师,\
        称职,{grade},2019年受警告处分,\"{resume}\""
    )
}

const RESUME: &str =
    "2006.09--2010.07  清华大学学生\n2010.07--2015.03  禾丰镇科员\n（其间：2012.01--2013.01挂职）\n2015.03--  教育局";

fn first() -> std::path::PathBuf {
    csv(&[HEADER, &line("2021.03", "四级主任科员,2019.06", "称职", RESUME)])
}

/// The dossier of the one person, once it fits.
async fn dossier(officer: &Client, fits: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..40 {
        let node = officer.run(DOSSIER, json!({})).await.at("/cadres/edges/0/node").clone();
        if fits(&node) {
            return node;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no such dossier: {:#}", officer.run(DOSSIER, json!({})).await.at("/cadres"));
}

both! {
    async fn a_row_becomes_dated_facts_that_know_their_line(world: World) {
        let county = world.organization("青禾县").await;
        let officer = officer(&world, county).await;
        imported(&world, county, &first(), "1 added, 0 changed, 0 unchanged").await;
        let node = dossier(&officer, |node| node["name"] == "王伟").await;
        let source = "roster roster.csv, line 2";
        is(&node, &json!({
            "education": "POSTGRADUATE",
            "posts": [{ "title": "教育局副局长", "validFrom": "2021-03", "source": source }],
            "levels": [{ "level": "TOWNSHIP_DEPUTY", "validFrom": "2020-06", "source": source }],
            "ranks": [{ "rank": "PRINCIPAL_STAFF_4", "validFrom": "2019-06", "validTo": null, "source": source }],
            "titles": [{ "title": "工程师", "source": source }],
            "assessments": [
                { "year": 2024, "grade": "COMPETENT", "source": source }, { "year": 2025, "grade": "COMPETENT", "source": source },
            ],
            "sanctions": [], "awards": [],
        }));
        let educations = node["educations"].as_array().expect("educations");
        assert_eq!(educations.len(), 2, "{educations:#?}");
        let of = |mode: &str| educations.iter().find(|it| it["mode"] == mode).expect("an education");
        is(of("FULL_TIME"), &json!({
            "level": "BACHELOR", "degree": "BACHELOR", "school": "清华大学土木工程系", "major": "土木工程", "source": source,
        }));
        is(of("IN_SERVICE"), &json!({ "level": "POSTGRADUATE", "degree": null, "school": "", "major": null }));
        let resume = node["resume"].as_array().expect("a résumé");
        assert_eq!(resume.len(), 3, "{resume:#?}");
        is(&resume[1], &json!({ "validFrom": "2010-07", "validTo": "2015-03", "source": source }));
        let text = resume[1]["rawText"].as_str().expect("a text");
        assert!(text.starts_with("2010.07--2015.03") && text.contains("其间：2012.01--2013.01挂职"), "{text}");
        is(&resume[2], &json!({ "validFrom": "2015-03", "validTo": null }));
    }

    async fn the_same_dossier_twice_changes_nothing(world: World) {
        let county = world.organization("青禾县").await;
        imported(&world, county, &first(), "1 added, 0 changed, 0 unchanged").await;
        let before = world.fingerprint().await;
        imported(&world, county, &first(), "0 added, 0 changed, 1 unchanged").await;
        assert_eq!(world.fingerprint().await, before);
        // Less of a date, and blank cells, say nothing new.
        let less = csv(&[HEADER, &line("2021", ",", "", "")]);
        let facts = ["cadre", "post_assignment", "level_period", "rank_period", "education", "resume_entry", "assessment"];
        let of = |all: Vec<(String, i64, i64)>| all.into_iter().filter(|it| facts.contains(&it.0.as_str())).collect::<Vec<_>>();
        imported(&world, county, &less, "0 added, 0 changed, 1 unchanged").await;
        assert_eq!(of(world.fingerprint().await), of(before));
    }

    async fn a_changed_value_takes_the_place_of_the_old_one(world: World) {
        let county = world.organization("青禾县").await;
        let officer = officer(&world, county).await;
        imported(&world, county, &first(), "1 added, 0 changed, 0 unchanged").await;
        let resume = "2006.09--2010.07  清华大学学生\n2010.07--  禾丰镇科员";
        let second = csv(&[HEADER, &line("2021.04", "三级主任科员,2023.06", "优秀", resume)]);
        imported(&world, county, &second, "0 added, 1 changed, 0 unchanged").await;
        let node = dossier(&officer, |node| node["ranks"].as_array().is_some_and(|it| it.len() == 2)).await;
        is(&node, &json!({ "posts": [{ "title": "教育局副局长", "validFrom": "2021-04", "source": "roster roster.csv, line 2" }] }));
        is(&node["ranks"][0], &json!({ "rank": "PRINCIPAL_STAFF_4", "validFrom": "2019-06", "validTo": "2023-06" }));
        is(&node["ranks"][1], &json!({ "rank": "PRINCIPAL_STAFF_3", "validFrom": "2023-06", "validTo": null }));
        is(&node["assessments"][1], &json!({ "year": 2025, "grade": "EXCELLENT" }));
        let resume = node["resume"].as_array().expect("a résumé");
        assert_eq!(resume.len(), 2, "{resume:#?}");
        is(&resume[1], &json!({ "validFrom": "2010-07", "validTo": null }));
        let stays = "select count(*) from assessment where state = 'SUPERSEDED' and grade = 'COMPETENT' and superseded_by is not null";
        assert_eq!(world.number(stays).await, 1);
        assert_eq!(world.number("select count(*) from resume_entry where state = 'VOIDED'").await, 1);
        imported(&world, county, &second, "0 added, 0 changed, 1 unchanged").await;
    }

    async fn a_fact_that_can_t_be_is_left_out_and_named(world: World) {
        let county = world.organization("青禾县").await;
        let who = number("20050513", 12);
        let file = csv(&["姓名,身份证号,2015年度考核", &format!("王伟,{who},称职")]);
        let out = imported(&world, county, &file, "1 added, 0 changed, 0 unchanged").await;
        assert!(out.contains("WARNING line 2, ") && out.contains("can have been assessed in 2019 to"), "{out}");
        assert_eq!(world.number("select count(*) from assessment").await, 0);
    }

    async fn a_record_above_the_deployment_s_limit_does_not_go_in(world: World) {
        let county = world.organization("青禾县").await;
        let file = csv(&["姓名,密级", "王伟,内部", "李娜,机密"]);
        let line = "ERROR line 3, 密级: The record is SECRET; nothing above INTERNAL goes in here.";
        imports_nothing(&world, county, &file, line).await;
        let out = import_with(&world, county, &file, &["--mode", "good"]).await.done().out;
        assert!(out.contains("Imported: 1 added, 0 changed, 0 unchanged, 1 left out."), "{out}");
        let file = csv(&["姓名,密级", "赵敏,最高"]);
        imports_nothing(&world, county, &file, "ERROR line 2, 密级: «最高» is not among the values of this column.").await;
    }

    async fn a_month_takes_no_day_from_a_birth_date(world: World) {
        let county = world.organization("青禾县").await;
        let who = number("19880513", 12);
        imported(&world, county, &csv(&["姓名,身份证号", &format!("王伟,{who}")]), "1 added, 0 changed, 0 unchanged").await;
        let file = csv(&["姓名,身份证号,出生年月", &format!("王伟,{who},1988.05")]);
        imported(&world, county, &file, "0 added, 0 changed, 1 unchanged").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        assert_eq!(dossier(&officer, |_| true).await["birthDate"], "1988-05-13");
    }

    async fn every_row_is_kept_sealed_as_it_stood_in_the_file(world: World) {
        let county = world.organization("青禾县").await;
        let file = csv(&["姓名,身份证号,备注,单位", &format!("王伟,{},\"=1+1 甲\n乙\",", number("19880513", 12)), "李娜,,,没有这个局"]);
        let out = import_with(&world, county, &file, &["--mode", "good"]).await.done().out;
        assert!(out.contains("Imported: 1 added, 0 changed, 0 unchanged, 1 left out."), "{out}");
        assert_eq!(world.number("select count(*) from import_row").await, 2);
        assert_eq!(world.number("select count(*) from import_row where line = 2 and cadre_id is not null").await, 1);
        assert_eq!(world.number("select count(*) from import_row where line = 4 and cadre_id is null").await, 1);
        let done = "select count(*) from import where mode = 'GOOD' and file_name = 'roster.csv' \
            and length(file_hash) = 64 and rows_read = 2 and added = 1 and errors = 1";
        assert_eq!(world.number(done).await, 1);
        let rows = entity::import_row::Entity::find().all(&world.db).await.expect("rows");
        for row in rows {
            let bytes = row.cells.0;
            for open in [number("19880513", 12), "甲".to_owned(), "姓名".to_owned()] {
                assert!(!bytes.windows(open.len()).any(|it| it == open.as_bytes()), "{open} lies open");
            }
        }
    }

    async fn a_dry_run_tells_what_would_come_of_it_and_changes_nothing(world: World) {
        let county = world.organization("青禾县").await;
        let before = world.fingerprint().await;
        let out = import_with(&world, county, &first(), &["--dry-run"]).await.done().out;
        assert!(out.contains("Only tried: 1 added, 0 changed, 0 unchanged."), "{out}");
        assert_eq!(world.fingerprint().await, before);
        imported(&world, county, &first(), "1 added, 0 changed, 0 unchanged").await;
        let out = import_with(&world, county, &first(), &["--dry-run"]).await.done().out;
        assert!(out.contains("Only tried: 0 added, 0 changed, 1 unchanged."), "{out}");
    }

    async fn officers_see_which_rosters_went_in_and_no_row_of_them(world: World) {
        let (county, elsewhere) = (world.organization("青禾县").await, world.organization("邻县").await);
        imported(&world, county, &first(), "1 added, 0 changed, 0 unchanged").await;
        let query = "query($at: ID) { imports(organization: $at) { totalCount edges { node { fileName sha256 mode rowsRead added organization { name } } } } }";
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let answer = officer.run(query, json!({ "at": global(county) })).await;
        assert_eq!(answer.at("/imports/totalCount"), 1);
        is(answer.at("/imports/edges/0/node"), &json!({
            "fileName": "roster.csv", "mode": "ALL", "rowsRead": 1, "added": 1, "organization": { "name": "青禾县" },
        }));
        assert_eq!(answer.text_at("/imports/edges/0/node/sha256").len(), 64);
        let stranger = world.sign_in(Role::OrganizationOfficer, elsewhere).await;
        assert_eq!(stranger.run(query, json!({})).await.at("/imports/totalCount"), 0);
        let reader = world.sign_in(Role::OrganizationLeader, county).await;
        reader.run(query, json!({})).await.refused("FORBIDDEN");
    }

    async fn a_person_in_two_units_files_is_recorded_once(world: World) {
        let county = world.organization("青禾县").await;
        let (one, other) = (world.department(county, "教育局").await, world.department(county, "水务局").await);
        let file = csv(&["姓名,身份证号", &format!("王伟,{}", number("19880513", 12))]);
        imported(&world, one, &file, "1 added, 0 changed, 0 unchanged").await;
        let line = "ERROR line 2, 身份证号: The identity number belongs to a person kept elsewhere.";
        imports_nothing(&world, other, &file, line).await;
        // The department above both sees both, and moves the person.
        let file = csv(&["姓名,身份证号,单位", &format!("王伟,{},水务局", number("19880513", 12))]);
        imported(&world, county, &file, "0 added, 1 changed, 0 unchanged").await;
        assert_eq!(world.number("select count(*) from cadre").await, 1);
    }
}
