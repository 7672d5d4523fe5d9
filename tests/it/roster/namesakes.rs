//! Whom a row means: nobody is merged with a namesake, and nobody is recorded twice, not even by two officers at once.

use std::time::Duration;

use entity::{id::CadreId, post_assignment};
use sea_orm::EntityTrait;
use tests::{
    both,
    process::{Program, fresh_folder},
    world::{World, global},
};

use super::{PEOPLE, csv, import_with, imported, imports_nothing, number, program};

both! {
    async fn a_row_that_means_several_persons_waits_for_a_decision(world: World) {
        let county = world.organization("青禾县").await;
        let one = world.cadre(county, "王伟", |_| {}).await;
        let other = world.cadre(county, "王伟", |_| {}).await;
        let file = csv(&["姓名,出生年月,现任职务", "王伟,1988.05,教育局局长", "李娜,1990.01,科员"]);
        let out = imports_nothing(&world, county, &file, "ERROR line 2, 姓名: Several persons could be meant: ").await;
        for id in [one, other] {
            let told = format!("王伟, 1988-05, 青禾县 ({})", global(id));
            assert!(out.contains(&told), "{told} in {out}");
        }
        let to = fresh_folder().join("decisions.csv");
        let to = to.display().to_string();
        let out = import_with(&world, county, &file, &["--report-decisions", &to]).await.refused(&["1 line(s) wait"]).out;
        let written = std::fs::read_to_string(&to).expect("a file of decisions");
        assert!(written.starts_with("\u{feff}line,decision,name,birth_date,unit,candidates\n2,,王伟,1988-05,,"), "{written} {out}");
        assert!(written.contains(&global(one)) && written.contains(&global(other)), "{written}");

        std::fs::write(&to, written.replace("\n2,,", &format!("\n2,{},", global(other)))).expect("a decision");
        let out = import_with(&world, county, &file, &["--decisions", &to]).await.done().out;
        assert!(out.contains("Imported: 1 added, 1 changed, 0 unchanged."), "{out}");
        let posts = post_assignment::Entity::find().all(&world.db).await.expect("posts");
        let of = |id: CadreId| posts.iter().filter(|it| it.cadre_id == id).count();
        assert_eq!((of(one), of(other)), (0, 1));
    }

    async fn a_decision_may_say_new_or_skip(world: World) {
        let county = world.organization("青禾县").await;
        for _ in 0..2 {
            world.cadre(county, "王伟", |_| {}).await;
        }
        let file = csv(&["姓名,出生年月", "王伟,1988.05", "李娜,1990.01"]);
        let skip = csv(&["line,decision", "2,SKIP"]);
        let out = import_with(&world, county, &file, &["--decisions", &skip.display().to_string()]).await.done().out;
        assert!(out.contains("Imported: 1 added, 0 changed, 0 unchanged."), "{out}");
        assert_eq!(world.number(PEOPLE).await, 3);
        let new = csv(&["line,decision", "2,NEW"]);
        let out = import_with(&world, county, &file, &["--decisions", &new.display().to_string()]).await.done().out;
        assert!(out.contains("Imported: 1 added, 0 changed, 1 unchanged."), "{out}");
        assert_eq!(world.number(PEOPLE).await, 4);
    }

    async fn a_decision_decides_only_what_is_open(world: World) {
        let county = world.organization("青禾县").await;
        for _ in 0..2 {
            world.cadre(county, "王伟", |_| {}).await;
        }
        let elsewhere = world.organization("邻县").await;
        let stranger = world.cadre(elsewhere, "王伟", |_| {}).await;
        let file = csv(&["姓名,出生年月", "王伟,1988.05", "李娜,1990.01"]);
        let before = world.fingerprint().await;
        for (decisions, told) in [
            (csv(&["line,decision", &format!("2,{}", global(stranger))]), "ERROR line 2, 姓名: The decision names a person whom the line can't mean."),
            (csv(&["line,decision", "2,SKIP", "3,NEW"]), "ERROR line 3, 姓名: There is a decision about the line, which needs none."),
            (csv(&["line,decision", "2,SKIP", "9,NEW"]), "ERROR line 9, 姓名: A decision names line 9, which is no row of the file without errors."),
        ] {
            let more = ["--decisions", &decisions.display().to_string()];
            import_with(&world, county, &file, &more).await.refused(&[told, "othing was imported"]);
        }
        for (decisions, told) in [
            (csv(&["line,decision", "2,perhaps"]), "line 2: the decision must be the id of a candidate, NEW or SKIP"),
            (csv(&["line,decision", "2,NEW", "2,SKIP"]), "line 3: there are two decisions about line 2"),
            (csv(&["zeile,entscheidung", "2,NEW"]), "its first line must name the columns line and decision"),
        ] {
            let ended = import_with(&world, county, &file, &["--decisions", &decisions.display().to_string()]).await;
            assert!((ended.out.clone() + &ended.err).contains(told), "{told} in {} {}", ended.out, ended.err);
        }
        assert_eq!(world.fingerprint().await, before);
    }

    async fn a_new_number_is_not_given_to_a_namesake_unasked(world: World) {
        let county = world.organization("青禾县").await;
        let known = csv(&["姓名,出生年月", "王伟,1988.05"]);
        imported(&world, county, &known, "1 added, 0 changed, 0 unchanged").await;
        let who = number("19880513", 12);
        let file = csv(&["姓名,身份证号", &format!("王伟,{who}")]);
        let told = "ERROR line 2, 姓名: The identity number is new, and somebody of this name is recorded without one: 王伟, 1988-05, 青禾县";
        imports_nothing(&world, county, &file, told).await;
        let to = fresh_folder().join("decisions.csv").display().to_string();
        import_with(&world, county, &file, &["--report-decisions", &to]).await.refused(&["1 line(s) wait"]);
        let written = std::fs::read_to_string(&to).expect("a file");
        let id = written.split(" = ").next().and_then(|it| it.rsplit(',').next()).expect("a candidate").trim_matches('"').to_owned();
        std::fs::write(&to, written.replace("\n2,,", &format!("\n2,{id},"))).expect("a decision");
        let out = import_with(&world, county, &file, &["--decisions", &to]).await.done().out;
        assert!(out.contains("Imported: 0 added, 1 changed, 0 unchanged."), "{out}");
        imported(&world, county, &file, "0 added, 0 changed, 1 unchanged").await;
        assert_eq!(world.number(PEOPLE).await, 1);
        assert_eq!(world.number("select count(*) from cadre_sealed where match_key is not null").await, 1);
        // Whoever has a number is not meant by another one.
        let third = csv(&["姓名,身份证号", &format!("王伟,{}", number("19880513", 34))]);
        imported(&world, county, &third, "1 added, 0 changed, 0 unchanged").await;
    }

    async fn a_file_without_units_means_the_people_of_the_units_below(world: World) {
        let county = world.organization("青禾县").await;
        world.department(county, "教育局").await;
        imported(&world, county, &csv(&["姓名,出生年月,单位", "王伟,1988.05,教育局"]), "1 added, 0 changed, 0 unchanged").await;
        imported(&world, county, &csv(&["姓名,出生年月", "王伟,1988.05"]), "0 added, 0 changed, 1 unchanged").await;
        assert_eq!(world.number(PEOPLE).await, 1);
    }

    async fn two_officers_with_the_same_file_record_nobody_twice(world: World) {
        let county = world.organization("青禾县").await;
        let lines: Vec<String> = (0..300).map(|row| format!("王{row},1988.05,{}", if row % 2 == 0 { number("19880513", row) } else { String::new() })).collect();
        let lines: Vec<&str> = ["姓名,出生年月,身份证号"].into_iter().chain(lines.iter().map(String::as_str)).collect();
        let file = csv(&lines);
        let programs = [program(&world, county, &file, &[]).await, program(&world, county, &file, &[]).await];
        let runs = programs.map(Program::start).map(|it| it.end(Duration::from_secs(60)));
        let outs: Vec<String> = runs.into_iter().map(|it| it.out + &it.err).collect();
        assert_eq!(outs.iter().filter(|out| out.contains("Imported: 300 added")).count(), 1, "{outs:#?}");
        for out in &outs {
            let calm = ["Imported: 300 added, 0 changed, 0 unchanged.", "Imported: 0 added, 0 changed, 300 unchanged.", "Busy: try again in"];
            assert!(calm.iter().any(|it| out.contains(it)), "{out}");
        }
        assert_eq!(world.number(PEOPLE).await, 300);
    }
}
