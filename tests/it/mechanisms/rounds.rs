//! The daily round over what is due: who is told that a day passed, what is proposed because of it, and that neither is
//! done twice or lost, whatever becomes of the process.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use api::{Hooks, Server, clock::civil_midnight, error::Error};
use entity::{
    kind::{PairSide, PairState},
    policy_edition,
};
use tests::{
    both,
    events::{Event, Events},
    process::{Program, fresh_folder},
    runner::Stack,
    socket::Socket,
};

use super::*;

const FOLLOW: &str = "subscription($after: ID) { it: myDutiesChanged(after: $after) { news eventId act duty { id code dueOn status subject subjectKind proposals entry { state } } } }";
const SILENCE: Duration = Duration::from_millis(400);
/// How long a claimed job may be somebody's who is dead, and some time for the next one to do it.
const TAKEN_OVER: Duration = Duration::from_secs(60);

/// Waits until the round of a day is over.
async fn round_of(world: &World, day: NaiveDate) {
    let begun = Instant::now();
    let done = format!("select count(*) from job_round where job = 'duty_round' and day >= '{day}'");
    while world.number(&done).await == 0 {
        assert!(begun.elapsed() < TAKEN_OVER, "no round for {day} within {TAKEN_OVER:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Moves the time on to the last half minute of a civil day, whose round is over then.
async fn evening_of(world: &World, day: NaiveDate) {
    let midnight = civil_midnight(day + TimeDelta::days(1));
    world.pass(midnight - TimeDelta::seconds(30) - world.now());
    round_of(world, day).await;
}

/// Moves the time on over midnight, and waits for the round of the new day.
async fn midnight(world: &World) {
    world.pass(TimeDelta::seconds(40));
    round_of(world, world.today()).await;
}

/// A task of a person that began so many days ago, whose weekly report is escalated after ten days and after twenty.
async fn task(world: &World, place: &Place, days: i64) -> CadreId {
    // The round that the server makes as it starts is over, and sees nothing of it.
    round_of(world, world.today()).await;
    let steps =
        json!([{ "after": "P10D", "propose": "WARN_KEEPER" }, { "after": "P20D", "propose": "REPLACE_KEEPER" }]);
    let policy = place.take_where(world, "M215", "2020-01-01", |it| it["duties"]["items"][0]["overdue"] = steps).await;
    let person = clerk(world, place.county, "Worker", 30).await;
    let begun = (world.today() - TimeDelta::days(days)).to_string();
    let task = json!({ "cadreId": global(person), "validFrom": begun });
    place.declare(&policy, "ON_TASK", task).await.done("/it");
    person
}

async fn escalations(by: &Client, place: &Place, open: Value) -> Answer {
    let text = "query($place: ID!, $open: Boolean) { it: dutyEscalations(organization: $place, open: $open) {
        totalCount end nodes { id dutyId code proposal step dueOn reachedOn subjectKind subject open entry { state } owner { name } organization { name } edition { edition } } } }";
    by.run(text, json!({ "place": global(place.county), "open": open })).await
}

/// What is proposed, as days overdue and proposal.
fn proposed(world: &World, answer: &Answer) -> Vec<(i64, String)> {
    let of = |it: &Value| {
        let due: NaiveDate = it["dueOn"].as_str().expect("a day").parse().expect("a day");
        ((world.today() - due).num_days(), it["proposal"].as_str().expect("a proposal").to_owned())
    };
    answer.at("/it/nodes").as_array().expect("nodes").iter().map(of).collect()
}

async fn jobs(world: &World, status: &str) -> i64 {
    let table = if world.stack == Stack::Postgres { "apalis.jobs" } else { "Jobs" };
    world.number(&format!("select count(*) from {table} where status in ({status})")).await
}

/// Another server over the same database, that does this when it has claimed a job.
async fn server(world: &World, in_job: impl Fn() -> api::error::Result<()> + Send + Sync + 'static) -> Server {
    let clock = world.clock();
    let mut hooks = Hooks { clock, ..Hooks::default() };
    hooks.faults.in_job = Some(Arc::new(in_job));
    Server::start(world.config.clone(), hooks).await.expect("a server")
}

fn told(event: &Event) -> (&str, &str, &str) {
    assert_eq!(event.at("/it/news"), "CHANGED", "{event:?}");
    let text = |path: &str| event.at(path).as_str().unwrap_or_default();
    (text("/it/act"), text("/it/duty/code"), text("/it/duty/status"))
}

both! {
    /// A rating was due today: at midnight the mentor's phone is told, over both kinds of stream, and nobody else's.
    async fn whose_day_passed_is_told_so(world: World) {
        let place = Place::of(&world).await;
        let report = json!({ "code": "RATING", "title": "月评价", "by": "MENTOR", "every": "P1M" });
        world.policy_with(place.county, "reports", json!({ "pairs": { "reports": [report] } })).await;
        let edition = policy_edition::Entity::find().one(&world.db).await.expect("an answer").expect("an edition").id;
        let unit = world.department(place.county, "Finance").await;
        let (mentor, mentee) = (clerk(&world, unit, "Mentor", 45).await, clerk(&world, unit, "Mentee", 25).await);
        let pair = world.pair_of(place.county, &[(mentor, PairSide::Mentor), (mentee, PairSide::Mentee)], |row| {
            (row.started_on, row.edition_id, row.state) = (Some(world.today()), Some(edition), PairState::Active);
        }).await;
        let phone = world.sign_in_as(Role::Mentor, place.county, mentor).await;
        let due = phone.run("{ it: myDuties { nodes { id dueOn status } } }", json!({})).await;
        let day: NaiveDate = due.text_at("/it/nodes/0/dueOn").parse().expect("a day");
        assert_eq!(due.at("/it/nodes/0/status"), "OPEN", "{}", due.text);

        evening_of(&world, day).await;
        let phone = world.sign_in_as(Role::Mentor, place.county, mentor).await;
        let other = world.sign_in_as(Role::Mentor, place.county, mentee).await;
        let officer = world.sign_in(Role::OrganizationOfficer, place.county).await;
        let leader = world.sign_in(Role::OrganizationLeader, place.county).await;
        let (mut events, mut socket) = (Events::of(&phone, FOLLOW, json!({})).await, Socket::of(&phone).await);
        socket.subscribe("follow", FOLLOW, json!({})).await;
        let mut others = vec![Events::of(&other, FOLLOW, json!({})).await, Events::of(&officer, FOLLOW, json!({})).await];
        midnight(&world).await;
        let first = events.expect().await;
        assert_eq!(told(&first), ("DUTY_ROUND", "RATING", "OVERDUE"));
        assert_eq!((first.at("/it/duty/dueOn"), first.at("/it/duty/subject")), (&json!(day.to_string()), &json!(global(pair))));
        assert_eq!(socket.said().await["payload"]["data"]["it"]["duty"], first.data["data"]["it"]["duty"]);

        // What is done about it is told as well, each with how it stands then.
        let id = first.at("/it/duty/id").as_str().expect("an id").to_owned();
        let submit = "mutation($input: DutySubmitInput!) { it: dutySubmit(input: $input) { problems { code } entry { id } } }";
        let done = phone.run(submit, json!({ "input": { "dutyId": id, "content": "Steady" } })).await;
        done.done("/it");
        assert_eq!(told(&events.expect().await), ("DUTY_SUBMIT", "RATING", "SUBMITTED"));
        let decide = "mutation($input: DutyDecideInput!) { it: dutyDecide(input: $input) { problems { code } entry { state } } }";
        let input = json!({ "id": done.text_at("/it/entry/id"), "expectedVersion": 1, "accept": true });
        leader.run(decide, json!({ "input": input })).await.done("/it");
        assert_eq!(told(&events.expect().await), ("DUTY_DECIDE", "RATING", "ACCEPTED"));
        for silent in &mut others {
            silent.silent_for(SILENCE).await;
        }
        // Who was away meanwhile goes on behind the first.
        let mut later = Events::of(&phone, FOLLOW, json!({ "after": first.id })).await;
        assert_eq!(told(&later.expect().await), ("DUTY_SUBMIT", "RATING", "ACCEPTED"), "as it stands now");
        // The next round has no news.
        evening_of(&world, day + TimeDelta::days(1)).await;
        midnight(&world).await;
        assert_eq!(world.number("select count(*) from duty_step").await, 1);
        let rounds = "select count(*) from audit_event where action = 'DUTY_ROUND' and role = 'JOB_DUTY_ROUND'";
        assert_eq!(world.number(rounds).await, 1);
    }

    /// Ten days after a report was due a warning is proposed to who keeps the place, once; what is done about it closes it.
    async fn what_a_policy_proposes_is_put_down_once(world: World) {
        let place = Place::of(&world).await;
        let person = task(&world, &place, 20).await;
        let other = world.another().await;
        assert_eq!(escalations(&place.officer, &place, json!(null)).await.at("/it/totalCount"), 0);
        evening_of(&world, world.today()).await;
        midnight(&world).await;
        let officer = world.sign_in(Role::OrganizationOfficer, place.county).await;
        let found = escalations(&officer, &place, json!(true)).await;
        assert_eq!(proposed(&world, &found), [(15, "WARN_KEEPER".to_owned())], "{}", found.text);
        let one = found.at("/it/nodes/0");
        assert_eq!((&one["step"], &one["reachedOn"], &one["open"], &one["owner"]["name"], &one["organization"]["name"]),
            (&json!(1), &json!(world.today().to_string()), &json!(true), &json!("Worker"), &json!("North")));
        // Who owes it sees it too; who is of elsewhere does not.
        let own = world.sign_in_as(Role::Cadre, place.county, person).await;
        assert_eq!(escalations(&own, &place, json!(null)).await.at("/it/totalCount"), 1);
        let stranger = world.sign_in(Role::OrganizationOfficer, world.organization("South").await).await;
        assert_eq!(escalations(&stranger, &place, json!(null)).await.at("/it/totalCount"), 0);
        // Another day, another server's round: nothing twice.
        evening_of(&world, world.today()).await;
        midnight(&world).await;
        assert_eq!(world.number("select count(*) from duty_step where proposed is not null").await, 1);
        // Excused: closed. The next one is of the week after.
        let leader = world.sign_in(Role::OrganizationLeader, place.county).await;
        let excuse = "mutation($input: DutyExcuseInput!) { it: dutyExcuse(input: $input) { problems { code } entry { state } } }";
        leader.run(excuse, json!({ "input": { "dutyId": one["dutyId"], "reason": "Away on a course" } })).await.done("/it");
        let officer = world.sign_in(Role::OrganizationOfficer, place.county).await;
        assert_eq!(escalations(&officer, &place, json!(true)).await.at("/it/totalCount"), 0);
        let closed = escalations(&officer, &place, json!(false)).await;
        assert_eq!((closed.at("/it/nodes/0/open"), closed.at("/it/nodes/0/entry/state")), (&json!(false), &json!("EXCUSED")));
        evening_of(&world, world.today() + TimeDelta::days(12)).await;
        midnight(&world).await;
        let officer = world.sign_in(Role::OrganizationOfficer, place.county).await;
        let found = escalations(&officer, &place, json!(null)).await;
        assert_eq!(found.at("/it/nodes").as_array().expect("nodes").iter().filter(|it| it["dueOn"] == one["dueOn"]).count(), 1, "{}", found.text);
        let mut steps = proposed(&world, &escalations(&officer, &place, json!(true)).await);
        steps.sort();
        assert_eq!(steps, [(15, "WARN_KEEPER".to_owned()), (22, "REPLACE_KEEPER".to_owned()), (22, "WARN_KEEPER".to_owned())]);
        other.stop().await;
    }

    /// The process that claimed the round dies before it has done anything: another one does it in its place, once.
    async fn a_round_is_not_lost_with_its_process(mut world: World) {
        let place = Place::of(&world).await;
        task(&world, &place, 20).await;
        evening_of(&world, world.today()).await;
        world.stop().await;
        world.pass(TimeDelta::seconds(40));
        let ahead = (world.now() - chrono::Utc::now()).num_seconds().to_string();
        let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve", "--listen", "127.0.0.1:0"]);
        let doomed = program.over(&world.config).with("FAULT_ABORT_IN_JOB", "1").with("FAULT_CLOCK_AHEAD_S", &ahead).start();
        assert!(doomed.end(Duration::from_secs(60)).code != 0);
        assert_eq!((jobs(&world, "'Queued', 'Running'").await, world.number("select count(*) from duty_step").await), (1, 0));
        world.start().await;
        round_of(&world, world.today()).await;
        assert_eq!(world.number("select count(*) from duty_step where proposed = 'WARN_KEEPER'").await, 1);
    }

    /// It dies after what it put down was committed, and before the round was over: nothing is put down or told twice.
    async fn a_round_that_was_broken_off_begins_anew(mut world: World) {
        let place = Place::of(&world).await;
        let person = task(&world, &place, 20).await;
        evening_of(&world, world.today()).await;
        world.stop().await;
        world.pass(TimeDelta::seconds(40));
        let ahead = (world.now() - chrono::Utc::now()).num_seconds().to_string();
        let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve", "--listen", "127.0.0.1:0"]);
        let doomed = program.over(&world.config).with("FAULT_ABORT_AFTER_COMMIT", "1").with("FAULT_CLOCK_AHEAD_S", &ahead).start();
        assert!(doomed.end(Duration::from_secs(60)).code != 0);
        let put_down = world.number("select count(*) from duty_step").await;
        assert!(put_down > 0, "it died too early");
        world.start().await;
        round_of(&world, world.today()).await;
        assert_eq!(world.number("select count(*) from duty_step").await, put_down);
        let told = format!("select count(*) from outbox where topic = 'DUTY' and subject_id = '{}'", person.0);
        let told = if world.stack == Stack::Sqlite { "select count(*) from outbox where topic = 'DUTY'".to_owned() } else { told };
        assert_eq!(world.number(&told).await, put_down);
        assert_eq!(world.number("select count(*) from outbox where sequence is null").await, 0, "told by who came after");
    }

    /// Three servers, five midnights: each round is one server's.
    async fn two_processes_never_do_one_round(mut world: World) {
        round_of(&world, world.today()).await;
        world.stop().await;
        let count = Arc::new(AtomicUsize::new(0));
        let mut servers = Vec::new();
        for _ in 0..3 {
            let count = count.clone();
            servers.push(server(&world, move || {
                count.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }).await);
        }
        for _ in 0..5 {
            evening_of(&world, world.today()).await;
            midnight(&world).await;
        }
        assert_eq!(count.load(Ordering::SeqCst), 5);
        // A job is done a moment after what it did.
        let begun = Instant::now();
        while jobs(&world, "'Pending', 'Queued', 'Running', 'Failed'").await > 0 {
            assert!(begun.elapsed() < TAKEN_OVER, "a job that is not done");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(jobs(&world, "'Done'").await, 6);
        for server in servers {
            server.stop().await;
        }
    }

    /// A round that fails is tried again, later each time, and the operator is told how often.
    async fn a_round_that_fails_backs_off(mut world: World) {
        round_of(&world, world.today()).await;
        world.stop().await;
        world.pass(TimeDelta::days(1));
        let tries = Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = tries.clone();
        let failing = server(&world, move || {
            let mut tries = noted.lock().expect("the tries");
            tries.push(Instant::now());
            if tries.len() < 4 { Err(Error::broken("a fault of a test")) } else { Ok(()) }
        }).await;
        round_of(&world, world.today()).await;
        let tries = tries.lock().expect("the tries").clone();
        let pauses: Vec<Duration> = tries.windows(2).map(|it| it[1] - it[0]).collect();
        assert_eq!(pauses.len(), 3, "{pauses:?}");
        assert!(pauses[0] > Duration::from_millis(500) && pauses[2] > pauses[0] * 2, "{pauses:?}");
        let client = Client::new(&format!("http://{}", failing.address()), "");
        let (_, text) = client.get("/metrics").await;
        for line in ["tidui_jobs_failed_total 3", "tidui_jobs_done_total 1"] {
            assert!(text.lines().any(|it| it == line), "{line} in {text}");
        }
        failing.stop().await;
    }
}
