//! Loses each condition of the row policies in turn, and sees whether a story notices.
//!
//! `cargo run -p tests --bin mutate-policies [TEXT]...` copies the repository's files to a folder of its own, wraps the
//! conditions there, builds once and tells the stories once for each way of losing one: as if it always held, as if it
//! never did; roles likewise as all of them, as none. Each TEXT keeps to the mutants whose place contains it, such as
//! `pool/read.rs`. It takes some minutes, so it is for whoever changes a policy, and not a part of `.ci/run`.
//!
//! A mutant that survives means that the world of `tests/it/oracle/build.rs` lacks a case: add it. One that changes
//! nothing goes to `ALIKE`, with the reason.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output},
    time::Instant,
};

use tests::{
    mutants::{MODULE, Mutant, wrap},
    source::{read, root},
};

/// The files with policies, and which functions there decide about rows. Policies of credentials and tokens are not among
/// them: no path of the story reads those rows. Nor are the filters of `cadre/read/dated.rs`: they stand beside the
/// policy, so a lost one shows nobody who is not to be seen; `career.rs` tells what they mean.
const FILES: [(&str, Wanted); 19] = [
    ("api/src/cadre/read.rs", takes_a_gate),
    ("api/src/career/read.rs", takes_a_gate),
    ("api/src/account/read.rs", takes_a_gate),
    ("api/src/audit/read.rs", takes_a_gate),
    ("api/src/access/read.rs", takes_a_gate),
    ("api/src/organization/read.rs", takes_a_gate),
    ("api/src/pool/read.rs", takes_a_gate),
    ("api/src/mentoring/read.rs", takes_a_gate),
    ("api/src/transfer/read.rs", takes_a_gate),
    ("api/src/edition/read.rs", takes_a_gate),
    ("api/src/declared/read.rs", |it| it.contains("fn visible(") || it.contains("fn decided_about(")),
    ("api/src/duty/read.rs", |it| it.contains("fn visible(")),
    ("api/src/talk/read.rs", |it| it.contains("fn visible(")),
    ("api/src/roster/stored.rs", takes_a_gate),
    ("api/src/export/stored.rs", takes_a_gate),
    ("api/src/post/read.rs", takes_a_gate),
    ("api/src/questions.rs", takes_a_gate),
    ("api/src/db/gate.rs", |it| {
        let some = ["fn under(", "fn above(", "fn managed(", "fn below(", "fn tied(", "fn nothing(", "fn closure("];
        some.iter().any(|f| it.contains(f))
    }),
    ("api/src/auth/scope.rs", |it| {
        ["fn narrow(", "fn reach(", "fn reach_by_tier(", "fn of("].iter().any(|f| it.contains(f))
    }),
];

/// Whether the function of a signature decides about rows.
type Wanted = fn(&str) -> bool;

/// A way of losing a condition that is no loss: the place, the text, the way, why.
const ALIKE: &[(&str, &str, bool, &str)] = &[
    (CARDS, "gate.scope().person(&[Role::Mentor, Role::Cadre]).is_some()", true, AGAIN),
    (CARDS, "&[Role::Mentor, Role::Cadre]", true, AGAIN),
    (PLACES, "gate.scope().person(&[Role::Mentor, Role::Cadre]).is_none()", false, AGAIN),
    (PLACES, "&[Role::Mentor, Role::Cadre]", true, AGAIN),
    ("api/src/cadre/read.rs known_to_person", "&[Role::Mentor, Role::Cadre]", true, "both callers have asked before"),
    ("api/src/access/read.rs kept_within", "roles", true, "no other role may ask, so none is held"),
    ("api/src/cadre/read.rs countable", "&roles", true, "no other role may count, so none is held"),
    ("api/src/account/read.rs visible", "roles", true, "no other role may ask, so none is held"),
    ("api/src/account/read.rs visible", "ADMINISTERING", true, "no other role may ask, so none is held"),
    (
        "api/src/account/read.rs visible",
        "id.in_subquery(readers)",
        true,
        "asked for the readers of shown entries alone",
    ),
    ("api/src/account/read.rs own", "account.eq(id)", true, "no command of an account reads it; jobs reach all"),
    ("api/src/account/read.rs own", "account.eq(id)", false, "no command of an account reads it; jobs reach all"),
    (
        "api/src/audit/read.rs visible",
        "account.clone().in_subquery(holders(gate, true))",
        true,
        "changes are asked for with their act, which has been asked",
    ),
    ("api/src/audit/read.rs holders", "OVERSEERS", true, "no other role may ask, so none is held"),
    ("api/src/audit/read.rs everywhere", "OVERSEERS", true, "no other role may ask, so none is held"),
    (EVERYWHERE, "at.col(organization::Column::ParentId).is_null()", true, "what lies outside has its top outside"),
    ("api/src/cadre/read.rs cleared", "ceiling == SecrecyLevel::TopSecret", false, "a shorter way to the same rows"),
    ("api/src/cadre/read.rs names_cleared", "cleared.is_empty()", false, "a shorter way to the same rows"),
    ("api/src/career/read.rs visible", "whose.eq(person)", true, "whose may be read is asked first"),
    ("api/src/mentoring/read.rs without_uncleared", "cleared.is_empty()", false, "a shorter way to the same rows"),
    ("api/src/db/gate.rs managed", "tiers.is_empty()", false, "a choice of nothing is never met either"),
    ("api/src/edition/read.rs visible", "READING", true, "no other role may ask, so none is held"),
    ("api/src/export/stored.rs visible", ORDERED, true, "the reach to what is fetched is asked again as it is made"),
    (
        "api/src/export/stored.rs visible",
        "&[Role::OrganizationOfficer]",
        true,
        "no other role may ask, so none is held",
    ),
    ("api/src/mentoring/read.rs countable", "&[Role::SummaryReader]", true, "the others see what they reach"),
    ("api/src/pool/read.rs countable", "&[Role::SummaryReader]", true, "the others see what they reach"),
    ("api/src/pool/read.rs countable", "&roles", true, "no other role may count, so none is held"),
    (WORDS, "gate.follows::<mentoring_pair::Entity>(pair)", true, "asked for with their pair, which has been asked"),
    ("api/src/post/read.rs countable", "ROWS", true, REACHED),
    ("api/src/post/read.rs countable", "within", true, REACHED),
    ("api/src/post/read.rs countable", "at.col(post_assignment::Column::PostId).in_subquery(posts)", true, REACHED),
    (
        "api/src/roster/stored.rs visible",
        "&[Role::OrganizationOfficer]",
        true,
        "no other role may ask, so none is held",
    ),
    ("api/src/db/gate.rs nothing", "Expr::cust(\"1 = 0\")", false, "that is what it says"),
];
const EVERYWHERE: &str = "api/src/audit/read.rs everywhere";
const CARDS: &str = "api/src/cadre/read.rs visible";
const PLACES: &str = "api/src/organization/read.rs visible";
const ORDERED: &str = "gate.under(at.col(export::Column::OrganizationId), &[Role::OrganizationOfficer])";
const WORDS: &str = "api/src/mentoring/read.rs visible";
const REACHED: &str = "counted for the posts within reach alone";
const AGAIN: &str = "known_to_person asks again";

/// The story, as the runner names it.
const STORY: &str = "oracle::every_account_is_answered_what_the_rules_allow [sqlite]";
/// What is on order is read where it is fetched alone, which is no path of that story.
const EXPORTS: (&str, &str) =
    ("api/src/export/", "exports::downloads::rights_are_asked_again_when_the_file_is_fetched [sqlite]");

/// The story of the policies in a place.
fn story_of(place: &str) -> &'static str {
    if place.starts_with(EXPORTS.0) { EXPORTS.1 } else { STORY }
}

fn takes_a_gate(signature: &str) -> bool {
    signature.contains("Gate") && !signature.contains("&self")
}

fn main() -> ExitCode {
    let only: Vec<String> = env::args().skip(1).collect();
    let wanted = |it: &&Mutant| only.is_empty() || only.iter().any(|text| it.place.contains(text));
    let tree = env::temp_dir().join("tidui-mutants");
    let mutants = plant(&tree);
    let program = build(&tree);
    for whole in [STORY, EXPORTS.1] {
        assert!(
            tell(&program, &tree, whole, "none").status.success(),
            "{whole} fails without a mutant: mend that first"
        );
    }
    let (mut caught, mut survived) = (0, 0);
    println!("{} mutants, each lost in two ways", mutants.iter().filter(wanted).count());
    for mutant in mutants.iter().filter(wanted) {
        for way in [true, false] {
            let alike = |it: &&(&str, &str, bool, &str)| mutant.place == it.0 && mutant.text == it.1 && way == it.2;
            let begin = Instant::now();
            let told = tell(&program, &tree, story_of(&mutant.place), &format!("{}={way}", mutant.number));
            let verdict = match (told.status.success(), ALIKE.iter().find(alike)) {
                (true, Some(it)) => format!("alike ({})", it.3),
                (true, None) => {
                    survived += 1;
                    "SURVIVED".to_owned()
                }
                (false, Some(_)) => {
                    survived += 1;
                    "CAUGHT, though ALIKE says that it can't be: remove it there".to_owned()
                }
                (false, None) => {
                    caught += 1;
                    format!("caught: {}", reason(&told))
                }
            };
            let seconds = begin.elapsed().as_secs();
            let Mutant { place, line, text, .. } = mutant;
            println!("{place}, line {line}: `{text}` as {way}: {verdict} ({seconds} s)");
        }
    }
    println!("{caught} caught, {survived} not as they should be");
    ExitCode::from(u8::from(survived > 0))
}

/// Copies the repository with its policies wrapped; files that are the same already stay, so a build is short.
fn plant(tree: &Path) -> Vec<Mutant> {
    let mut found = Vec::new();
    let listed = Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(root()).output();
    let listed = String::from_utf8(listed.expect("git").stdout).expect("names");
    for path in listed.lines().filter(|path| root().join(path).is_file()) {
        let mut bytes = fs::read(root().join(path)).expect("a file");
        if let Some((_, wanted)) = FILES.iter().find(|(file, _)| *file == path) {
            let mut text = wrap(path, &read(path), wanted, &mut found);
            if path == "api/src/db/gate.rs" {
                text += MODULE;
            }
            bytes = text.into_bytes();
        }
        let to = tree.join(path);
        if fs::read(&to).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::write(&to, bytes).expect("a copy");
        }
    }
    found
}

/// Builds the stories of the copy; gives back the program.
fn build(tree: &Path) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "-p", "tests", "--test", "it", "--no-run", "--message-format=json-render-diagnostics"]);
    // The story is told some hundred times, so that a better program pays for its build.
    cargo.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_TARGET_DIR", tree.join("target"));
    let built = cargo.current_dir(tree).stderr(std::process::Stdio::inherit()).output().expect("cargo");
    assert!(built.status.success(), "the copy in {} does not compile", tree.display());
    let lines = String::from_utf8(built.stdout).expect("JSON");
    let program = |line: &str| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == "it").then(|| message["executable"].as_str().map(PathBuf::from))?
    };
    lines.lines().find_map(program).expect("a program")
}

fn tell(program: &Path, tree: &Path, story: &str, mutant: &str) -> Output {
    let mut command = Command::new(program);
    command.args(["--exact", story]).current_dir(tree.join("tests"));
    command.env("TIDUI_MUTANT", mutant).env("RUST_BACKTRACE", "0").env("TIDUI_STORY_SECONDS", "900");
    command.output().expect("the story")
}

/// The first difference that the story told of, or what else it failed with.
fn reason(told: &Output) -> String {
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let mut lines = text.lines().skip_while(|it| !it.starts_with("---- ")).skip(1);
    let seed = lines.find(|it| it.starts_with("seed "));
    let first = lines.next().unwrap_or("WITHOUT A DIFFERENCE");
    let first: String = first.chars().take(60).collect();
    if seed.is_some() { first } else { format!("WITHOUT A DIFFERENCE: {}", text.lines().last().unwrap_or_default()) }
}
