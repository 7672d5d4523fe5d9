//! The audit trail's days: sealed once they have ended, verified by the command line, and what was tampered with named.

use std::{
    process::{Command, Output},
    time::{Duration, Instant},
};

use api::clock::civil_day;
use chrono::TimeDelta;
use entity::{
    audit_event,
    id::AuditEventId,
    kind::{AuditOutcome, Role},
};
use serde_json::json;
use tests::{
    both,
    world::{World, global},
};

const CREATE: &str =
    "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code } cadre { id } } }";
const OPEN: &str =
    "query($id: ID!) { cadre(id: $id) { sensitive(purpose: SUPERVISION, reason: \"Letter 7\") { phone } } }";

/// The command line over the world's database.
async fn tidui(world: &World, words: &[&str]) -> Output {
    let config = world.config.clone();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidui-under-test"));
    command.args(words).args(["--database-url", &config.database_url, "--redis-url", &config.redis_url]);
    command.args(["--redis-prefix", &config.redis_prefix, "--signing-key", &config.signing_key]);
    command.args(["--field-key", &config.field_key]);
    tokio::task::spawn_blocking(move || command.output()).await.expect("a task").expect("an end")
}

/// What verifying says, and whether it ended well.
async fn verified(world: &World) -> (bool, String) {
    let output = tidui(world, &["audit", "verify"]).await;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

async fn until(world: &World, sql: &str, expected: i64) {
    let begun = Instant::now();
    while world.number(sql).await != expected {
        assert!(begun.elapsed() < Duration::from_secs(30), "{sql} is not {expected}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

const DIGESTS: &str = "select count(*) from audit_digest";

/// An act of long ago.
async fn past(world: &World, days: i64) -> String {
    let at = world.now() - TimeDelta::days(days);
    let event = audit_event::Model {
        id: AuditEventId::fresh(),
        recorded_at: at,
        account_id: None,
        role: "TEST".to_owned(),
        action: "TEST".to_owned(),
        outcome: AuditOutcome::Done,
        request_id: "test".to_owned(),
        purpose: None,
        tables: String::new(),
        published: true,
    };
    world.insert(event).await;
    civil_day(at).to_string()
}

/// A day with a change, a refusal and an opened value, and the day after it, both sealed by the server.
async fn sealed(world: &World) -> String {
    let day = world.today().to_string();
    let county = world.organization("North").await;
    let officer = world.sign_in(Role::OrganizationOfficer, county).await;
    let input = json!({ "organizationId": global(county), "name": "Anna", "sex": "FEMALE", "phone": "10000000001" });
    let anna = officer.run(CREATE, json!({ "input": input })).await.text_at("/cadreCreate/cadre/id");
    officer.run(OPEN, json!({ "id": anna })).await.at("/cadre/sensitive/phone");
    officer.run("{ auditEvents { totalCount } }", json!({})).await.refused("FORBIDDEN");
    world.pass(TimeDelta::days(2));
    until(world, DIGESTS, 2).await;
    let (fine, text) = verified(world).await;
    assert!(fine && text.contains("OK: 2 day(s) with 3 act(s)"), "{text}");
    day
}

both! {
    async fn a_day_that_ended_is_sealed_and_whatever_is_changed_is_named(world: World) {
        let day = sealed(&world).await;
        assert_eq!(world.number("select count(*) from audit_digest where events = 3 and changes = 2 and accesses = 1").await, 1);
        // Telling the caches is no change.
        world.sql("update audit_event set published = false", vec![]).await;
        assert!(verified(&world).await.0);
        for (tamper, mend) in [
            ("update audit_change set kind = 'UPDATE' where table_name = 'cadre'", "update audit_change set kind = 'INSERT'"),
            ("update audit_event set action = 'CADRE_READ' where action = 'CADRE_CREATE'", "update audit_event set action = 'CADRE_CREATE' where action = 'CADRE_READ'"),
            ("update access_log set reason = 'Letter 8'", "update access_log set reason = 'Letter 7'"),
            ("update audit_digest set accesses = accesses + 1", "update audit_digest set accesses = accesses - 1"),
            ("update audit_digest set signature = 'x' || signature", "update audit_digest set signature = substr(signature, 2)"),
        ] {
            world.sql(tamper, vec![]).await;
            let (fine, text) = verified(&world).await;
            assert!(!fine && text.contains(&format!("NOT AS SEALED: {day} ")), "{tamper}: {text}");
            world.sql(mend, vec![]).await;
            let (fine, text) = verified(&world).await;
            assert!(fine, "{mend}: {text}");
        }
        world.sql("delete from audit_event where outcome = 'REFUSED'", vec![]).await;
        let (fine, text) = verified(&world).await;
        assert!(!fine && text.contains(&day) && text.contains("holds 2 acts") && text.contains("says 3 acts"), "{text}");
    }

    async fn a_digest_can_be_neither_dropped_nor_replaced(world: World) {
        let day = sealed(&world).await;
        world.sql("update audit_digest set hash = previous_hash where events = 3", vec![]).await;
        let (fine, text) = verified(&world).await;
        assert!(!fine && text.contains(&day), "{text}");
        world.sql("delete from audit_digest where events = 3", vec![]).await;
        let (fine, text) = verified(&world).await;
        assert!(!fine && text.contains(&day), "{text}");
    }

    async fn the_command_line_seals_too_and_verifies_from_a_day_on(world: World) {
        let (fine, text) = verified(&world).await;
        assert!(fine && text.contains("nothing is sealed yet"), "{text}");
        // The server has looked at this day already.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let first = past(&world, 3).await;
        let second = past(&world, 2).await;
        let output = tidui(&world, &["audit", "seal"]).await;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains(&format!("{first} to ")), "{text}");
        let again = tidui(&world, &["audit", "seal"]).await;
        assert!(String::from_utf8_lossy(&again.stdout).contains("Nothing to seal"));
        assert!(verified(&world).await.0);
        let day = chrono::NaiveDate::parse_from_str(&first, "%Y-%m-%d").expect("a day");
        world.sql("update audit_event set role = 'OTHER' where recorded_at < $1", vec![(world.now() - TimeDelta::hours(60)).into()]).await;
        assert!(!verified(&world).await.0);
        assert!(tidui(&world, &["audit", "verify", "--from", &second]).await.status.success());
        assert!(!tidui(&world, &["audit", "verify", "--from", &day.to_string()]).await.status.success());
        assert!(!tidui(&world, &["audit", "verify", "--from", "yesterday"]).await.status.success());
        // An act slipped in before the first sealed day.
        world.sql("update audit_event set role = 'TEST'", vec![]).await;
        assert!(verified(&world).await.0);
        let slipped = past(&world, 9).await;
        let (fine, text) = verified(&world).await;
        assert!(!fine && text.contains(&slipped), "{text}");
    }

    async fn days_leave_when_their_retention_is_over(world: World) {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        past(&world, 1100).await;
        past(&world, 1099).await;
        let kept = past(&world, 1000).await;
        world.pass(TimeDelta::days(1));
        until(&world, "select count(*) from audit_event", 1).await;
        let (fine, text) = verified(&world).await;
        assert!(fine, "{text}");
        world.sql("delete from audit_event", vec![]).await;
        let (fine, text) = verified(&world).await;
        assert!(!fine && text.contains(&kept), "{text}");
    }
}
