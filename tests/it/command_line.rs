//! The command line as a person uses it: every command is a process of its own, in a folder of its own.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    law, postgres,
    process::{Ended, Process, Program, fresh_folder},
    runner::Stack,
    world::World,
};

const ME: &str = "{ me { login grants { role } } }";

fn tidui(folder: &Path, arguments: &[&str]) -> Program {
    Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), folder, arguments)
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    tidui(folder, arguments).run()
}

fn demo(folder: &Path, more: &[&str]) -> Process {
    tidui(folder, &[&["demo", "--port", "0", "--data", "demo"], more].concat()).start()
}

fn stop(process: Process) -> Ended {
    process.terminate();
    process.end(Duration::from_secs(10)).done()
}

/// A folder in which a demo was made and stopped, what the making printed, and whether it served then.
fn made() -> &'static (PathBuf, String, Answer) {
    static MADE: OnceLock<(PathBuf, String, Answer)> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = fresh_folder();
        let mut process = demo(&folder, &[]);
        let url = process.url();
        let answer = paste(&url, &process.printed(), &token(&folder, "officer"));
        let banner = stop(process).out;
        (folder, banner, answer)
    })
}

/// A copy of the demo that was made, for a test to spoil.
fn copy() -> PathBuf {
    let folder = fresh_folder();
    let copied = std::process::Command::new("cp").arg("-a").arg(made().0.join("demo")).arg(&folder).status();
    assert!(copied.expect("cp").success());
    folder
}

fn token(folder: &Path, who: &str) -> String {
    run(folder, &["token", who, "--data", "demo"]).done().out.trim().to_owned()
}

/// Sends what the banner says to send.
fn paste(url: &str, banner: &str, token: &str) -> Answer {
    assert!(banner.contains(&format!("curl -s {url}/graphql -H \"authorization: Bearer $TOKEN\"")), "{banner}");
    assert!(banner.contains("TOKEN=$(cargo run -q -- token officer --data demo)"), "{banner}");
    let body = banner.split("-d '").nth(1).and_then(|it| it.split('\'').next()).expect("a body in the banner");
    send(url, token, &serde_json::from_str(body).expect("JSON in the banner"))
}

fn send(url: &str, token: &str, body: &Value) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(Client::new(url, token).send(body))
}

law! {
    fn a_demo_makes_itself_and_prints_what_to_try() {
        let (folder, banner, answer) = made();
        for name in ["tidui.sqlite", "people.json", "keys/signing.pem", "keys/field.key"] {
            assert!(folder.join("demo").join(name).is_file(), "no {name}");
        }
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.at("/cadres/edges").as_array().map(Vec::len), Some(3));
        assert!(answer.at("/cadres/totalCount").as_i64() > Some(1_000), "{}", answer.text);
        assert!(banner.contains("Stop with Ctrl-C.") && banner.contains("Stopped. The demo is kept in demo"), "{banner}");
    }

    fn a_second_start_of_a_demo_is_quick() {
        let folder = copy();
        let begun = Instant::now();
        let mut process = demo(&folder, &[]);
        process.url();
        let took = begun.elapsed();
        println!("the second start of the demo took {} ms", took.as_millis());
        assert!(took < Duration::from_secs(5), "{took:?}");
        let out = stop(process).out;
        assert!(!out.contains("Making the demo"), "{out}");
    }

    fn a_reset_removes_the_own_files_of_a_demo_alone() {
        let folder = copy();
        let at = |name: &str| folder.join("demo").join(name);
        fs::write(at("notes.txt"), "mine").unwrap();
        fs::write(at("keys/mine.pem"), "mine").unwrap();
        let before = fs::read_to_string(at("keys/signing.pem")).unwrap();
        let mut process = demo(&folder, &["--reset"]);
        process.url();
        let out = stop(process).out;
        assert!(out.contains("Making the demo in demo"), "{out}");
        assert_ne!(fs::read_to_string(at("keys/signing.pem")).unwrap(), before);
        for name in ["notes.txt", "keys/mine.pem"] {
            assert_eq!(fs::read_to_string(at(name)).unwrap(), "mine");
        }
    }

    fn a_demo_keeps_the_database_and_keys_of_others() {
        for name in ["tidui.sqlite", "keys/signing.pem", "keys/field.key"] {
            let folder = fresh_folder();
            let file = folder.join("demo").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "somebody's").unwrap();
            for more in [&["--reset"][..], &[]] {
                demo(&folder, more).end(Duration::from_secs(10)).refused(&[name, "no demo's", "--data"]);
            }
            assert_eq!(fs::read_to_string(&file).unwrap(), "somebody's");
            assert_eq!(fs::read_dir(folder.join("demo")).unwrap().count(), 1, "something was made beside {name}");
        }
    }

    fn a_demo_whose_making_was_interrupted_is_made_again() {
        let folder = copy();
        fs::remove_file(folder.join("demo/people.json")).unwrap();
        let mut process = demo(&folder, &[]);
        let url = process.url();
        assert!(process.printed().contains("Making the demo"), "{}", process.printed());
        let answer = send(&url, &token(&folder, "officer"), &json!({ "query": ME }));
        assert_eq!(answer.text_at("/me/login"), "officer");
        stop(process);
    }

    fn a_token_is_found_by_login_and_by_role() {
        let folder = &made().0;
        let account = |who: &str| tests::token::read(&token(folder, who)).1["sub"].clone();
        assert_eq!(account("officer"), account("ORGANIZATION_OFFICER"));
        assert_eq!(account("officer"), account("organization-officer"));
        assert_ne!(account("officer"), account("neighbour"));
        let people = ["'nobody'", "officer, leader, unit, mentor, cadre, summary, system, security, audit, neighbour"];
        run(folder, &["token", "nobody", "--data", "demo"]).refused(&people);
        run(folder, &["token", "officer", "--data", "elsewhere"]).refused(&["no demo in elsewhere", "tidui demo"]);
        run(&fresh_folder(), &["token", "officer"]).refused(&["no demo in tidui-demo", "tidui demo"]);
    }

    fn each_of_the_demos_people_may_ask_who_they_are() {
        let folder = copy();
        let mut process = demo(&folder, &[]);
        let url = process.url();
        for (login, role) in [
            ("officer", "ORGANIZATION_OFFICER"),
            ("leader", "ORGANIZATION_LEADER"),
            ("unit", "UNIT_OFFICER"),
            ("mentor", "MENTOR"),
            ("cadre", "CADRE"),
            ("summary", "SUMMARY_READER"),
            ("system", "SYSTEM_ADMIN"),
            ("security", "SECURITY_ADMIN"),
            ("audit", "AUDIT_ADMIN"),
            ("neighbour", "ORGANIZATION_OFFICER"),
        ] {
            let answer = send(&url, &token(&folder, login), &json!({ "query": ME }));
            assert_eq!(answer.at("/me"), &json!({ "login": login, "grants": [{ "role": role }] }));
        }
        stop(process);
    }

    fn generated_keys_are_for_their_owner_alone_and_never_overwritten() {
        let folder = fresh_folder();
        run(&folder, &["key", "generate"]).done();
        let read = |name: &str| fs::read(folder.join("keys").join(name)).unwrap();
        let before = (read("signing.pem"), read("field.key"));
        for name in ["signing.pem", "field.key"] {
            let mode = fs::metadata(folder.join("keys").join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        run(&folder, &["key", "generate"]).refused(&["keys/signing.pem", "exists and is kept", "--dir"]);
        fs::remove_file(folder.join("keys/signing.pem")).unwrap();
        run(&folder, &["key", "generate"]).refused(&["keys/field.key", "exists and is kept"]);
        assert_eq!(read("field.key"), before.1);
        assert!(!folder.join("keys/signing.pem").exists(), "half a pair was made");
        run(&folder, &["key", "generate", "--dir", "others"]).done();
        assert_ne!(fs::read(folder.join("others/signing.pem")).unwrap(), before.0);
    }

    fn the_printed_schema_is_the_reviewed_one() {
        let printed = run(&fresh_folder(), &["schema"]).done().out;
        assert!(printed.contains("type Query"), "{printed}");
        let reviewed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
        if let Ok(reviewed) = fs::read_to_string(reviewed) {
            assert!(printed == reviewed, "schema.graphql is not what tidui schema prints");
        }
    }
}

/// A folder with keys and a migrated database, where `tidui serve --listen 127.0.0.1:0` serves.
fn ready() -> PathBuf {
    let folder = fresh_folder();
    run(&folder, &["key", "generate"]).done();
    run(&folder, &["migrate", "up"]).done();
    folder
}

fn serve(folder: &Path, more: &[&str]) -> Program {
    tidui(folder, &[&["serve", "--listen", "127.0.0.1:0"], more].concat())
}

law! {
    fn serving_without_usable_keys_is_refused() {
        let folder = ready();
        let key = folder.join("keys/signing.pem");
        let open = |mode: u32| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        open(0o644);
        serve(&folder, &[]).run().refused(&["keys/signing.pem can be read by others", "chmod 600 keys/signing.pem"]);
        open(0o600);
        fs::write(&key, "no key").unwrap();
        serve(&folder, &[]).run().refused(&["keys/signing.pem is no Ed25519 key", "tidui key generate"]);
        fs::remove_file(&key).unwrap();
        serve(&folder, &[]).run().refused(&["can't read keys/signing.pem", "tidui key generate"]);
    }

    fn serving_a_database_that_is_not_migrated_is_refused() {
        let folder = ready();
        serve(&folder, &["--database-url", "sqlite://empty.sqlite"])
            .run()
            .refused(&["tidui migrate up"]);
        run(&folder, &["migrate", "down"]).done();
        serve(&folder, &[]).run().refused(&["lacks 1 migration(s)", "tidui migrate up"]);
    }

    fn serving_with_a_setting_that_does_not_exist_is_refused() {
        let folder = ready();
        serve(&folder, &["--colour", "red"]).run().refused(&["unexpected argument '--colour'"]);
        serve(&folder, &[]).with("TIDUI_COLOUR", "red").run().refused(&["'colour' (from a TIDUI_ variable) is no setting"]);
        let file = |text: &str| fs::write(folder.join("tidui.toml"), text).unwrap();
        let with_file = || serve(&folder, &["--config", "tidui.toml"]).run();
        file("colour = 'red'");
        with_file().refused(&["'colour' (from the settings file) is no setting"]);
        file("workers = [1]");
        with_file().refused(&["'workers' in the settings file must be text, a whole number, true or false"]);
        file("workers = 'many'");
        with_file().refused(&["workers (from the settings file) must be a whole number"]);
        file("workers = 1\nworkers == 2");
        with_file().refused(&["the settings file is not TOML in line 2:"]);
        fs::remove_file(folder.join("tidui.toml")).unwrap();
        with_file().refused(&["can't read tidui.toml"]);
    }

    fn serving_beyond_this_machine_needs_leave() {
        let folder = ready();
        for listen in ["0.0.0.0:0", "[::]:0"] {
            let refused = tidui(&folder, &["serve", "--listen", listen]).run();
            refused.refused(&[listen, "can be reached from other machines", "--allow-remote true"]);
        }
        let mut process = tidui(&folder, &["serve", "--listen", "0.0.0.0:0", "--allow-remote", "true"]).start();
        process.url();
        stop(process);
    }

    fn effective_settings_are_printed_with_secrets_masked() {
        let folder = ready();
        let mut process = serve(&folder, &["--redis-url", "redis://:geheim@127.0.0.1:1/"]).start();
        process.url();
        let told = stop(process).err;
        assert!(told.contains("  redis_url = redis://****@127.0.0.1:1/\n"), "{told}");
        assert!(told.contains("  database_url = sqlite://tidui.sqlite\n"), "{told}");
        assert!(told.contains("  shutdown_grace_ms = 8000\n") && !told.contains("geheim"), "{told}");
        for (flag, url) in [
            ("--database-url", "postgres://tidui:geheim@127.0.0.1:1/tidui?password=geheim"),
            ("--database-url", "mysql://tidui:geheim@127.0.0.1:1/tidui"),
            ("--redis-url", "redis://:geheim@127.0.0.1:no-port/"),
        ] {
            let refused = serve(&folder, &[flag, url]).run().refused(&[&flag[2..].replace('-', "_")]);
            assert!(!refused.err.contains("geheim"), "{}", refused.err);
        }
    }

    fn a_flag_beats_a_variable_and_a_variable_the_file() {
        let folder = ready();
        fs::write(folder.join("tidui.toml"), "document_depth = 1\ndocument_tokens = 2\nworkers = 1").unwrap();
        let mut process = serve(&folder, &["--config", "tidui.toml", "--document-depth", "6"])
            .with("TIDUI_DOCUMENT_DEPTH", "4")
            .with("TIDUI_DOCUMENT_TOKENS", "5")
            .start();
        process.url();
        let told = stop(process).err;
        for line in ["  document_depth = 6\n", "  document_tokens = 5\n", "  workers = 1\n"] {
            assert!(told.contains(line), "no {line} in {told}");
        }
    }

    fn a_variable_of_another_program_that_is_no_text_does_not_matter() {
        let mut process = serve(&ready(), &[]).with("ELSEWHERE", OsStr::from_bytes(b"\xff")).start();
        process.url();
        stop(process);
    }

    fn a_stopping_server_finishes_what_it_began_and_turns_others_away() {
        let folder = copy();
        let token = token(&folder, "officer");
        let program = tidui(&folder, &["demo", "--port", "0", "--data", "demo"]);
        let mut process = program.with("FAULT_BEFORE_EXECUTION_MS", "1500").start();
        let url = process.url();
        let body = json!({ "query": ME });
        std::thread::scope(|scope| {
            let begun = scope.spawn(|| send(&url, &token, &body));
            std::thread::sleep(Duration::from_millis(500));
            process.terminate();
            std::thread::sleep(Duration::from_millis(200));
            let late = send(&url, &token, &body);
            assert_eq!((late.status, late.codes()), (503, vec!["BUSY".to_owned()]), "{}", late.text);
            let begun = begun.join().expect("an answer");
            assert_eq!((begun.status, begun.text_at("/me/login")), (200, "officer".to_owned()));
        });
        process.end(Duration::from_secs(10)).done();
    }
}

/// A database without tables.
fn empty_database(world: &World, folder: &Path) -> String {
    match world.stack {
        Stack::Sqlite => {
            let file = folder.join("empty.sqlite");
            std::fs::write(&file, "").expect("a file");
            format!("sqlite://{}", file.display())
        }
        Stack::Postgres => {
            let name = format!("empty{}", folder.file_name().and_then(|it| it.to_str()).expect("a name"));
            postgres::shared().psql("postgres", &format!("create database {name}")).expect("a database");
            postgres::shared().url(&name)
        }
    }
}

both! {
    async fn migrations_go_up_and_down_and_tell_where_they_stand(world: World) {
        let folder = fresh_folder();
        let url = empty_database(&world, &folder);
        let migrate = |way: &str| {
            let out = run(&folder, &["migrate", way, "--database-url", &url]).done().out;
            out.lines().filter_map(|line| line.split(' ').next()).collect::<Vec<_>>().join(" ")
        };
        let all = migrate("status").matches("pending").count();
        let stands = |applied: usize| {
            let words = std::iter::repeat_n("applied", applied).chain(std::iter::repeat_n("pending", all - applied));
            words.collect::<Vec<_>>().join(" ")
        };
        assert!(all >= 4);
        assert_eq!(["up", "up", "status"].map(migrate), [stands(all), stands(all), stands(all)]);
        for left in (0..all).rev() {
            assert_eq!(["down", "status"].map(migrate), [stands(left), stands(left)]);
        }
        assert_eq!(["down", "up"].map(migrate), [stands(0), stands(all)]);
    }

    async fn two_migrations_at_once_both_succeed(world: World) {
        let folder = fresh_folder();
        let url = empty_database(&world, &folder);
        let up = || tidui(&folder, &["migrate", "up", "--database-url", &url]).start();
        let all = [up(), up(), up()];
        for process in all {
            let out = process.end(Duration::from_secs(30)).done().out;
            assert!(out.contains("applied") && !out.contains("pending"), "{out}");
        }
    }

    async fn a_demo_is_made_in_a_database_that_is_named_and_empty(world: World) {
        let folder = fresh_folder();
        let url = empty_database(&world, &folder);
        for more in [&["--database-url", &url][..], &[]] {
            let mut process = demo(&folder, more);
            let at = process.url();
            let officer = Client::new(&at, &token(&folder, "officer"));
            let answer = officer.send(&json!({ "query": "{ cadres { totalCount } }" })).await;
            assert!(answer.at("/cadres/totalCount").as_i64() > Some(1_000), "{}", answer.text);
            stop(process);
        }
        assert!(!folder.join("demo/tidui.sqlite").exists());
        demo(&folder, &["--database-url", "sqlite://elsewhere.sqlite"]).end(Duration::from_secs(30)).refused(&["lies in another database"]);
        demo(&folder, &["--reset", "--database-url", &url]).end(Duration::from_secs(30)).refused(&["begins in an empty database"]);
    }
}
