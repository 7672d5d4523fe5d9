//! Files that come in slowly, several at a time, or from somebody who may no longer send them.

use std::time::{Duration, Instant};

use entity::{id::OrganizationId, kind::Role};
use serde_json::json;
use tests::{
    both,
    client::Client,
    postgres,
    world::{World, global},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    PEOPLE,
    uploads::{START, begin, ended, officer, sent},
};

const FILE: &str = "姓名\n王伟";

async fn announced(client: &Client, at: OrganizationId, bytes: usize) -> String {
    let input = json!({ "organizationId": global(at), "fileName": "花名册.csv", "bytes": bytes });
    client.run(START, json!({ "input": input })).await.text_at("/rosterUploadStart/upload/address")
}

/// A file of 100 000 bytes that comes byte by byte.
async fn dribble(world: &World, path: &str) -> TcpStream {
    let at = world.url().trim_start_matches("http://");
    let mut line = TcpStream::connect(at).await.expect("a connection");
    let head = format!("PUT {path} HTTP/1.1\r\nhost: {at}\r\ncontent-length: 100000\r\n\r\nx");
    line.write_all(head.as_bytes()).await.expect("a request");
    line
}

/// Goes on byte by byte until there is an answer.
async fn answer(mut line: TcpStream) -> String {
    let mut text = [0; 64];
    loop {
        if let Ok(read) = tokio::time::timeout(Duration::from_millis(500), line.read(&mut text)).await {
            let read = read.expect("an answer");
            return String::from_utf8_lossy(&text[..read]).into_owned();
        }
        line.write_all(b"x").await.expect("an open line");
    }
}

both! {
    async fn who_dribbles_neither_keeps_others_out_nor_goes_on_for_long(world: World) {
        let county = world.organization("青禾县").await;
        let (_, one) = officer(&world, county).await;
        let (_, other) = officer(&world, county).await;
        let begun = Instant::now();
        let (first, second) = (announced(&one, county, 100_000).await, announced(&one, county, 100_000).await);
        let lines = [dribble(&world, &first).await, dribble(&world, &second).await];
        tokio::time::sleep(Duration::from_millis(500)).await;
        // The same address a second time, and a third address of that account.
        let third = announced(&one, county, FILE.len()).await;
        for path in [&first, &third] {
            let (status, told) = one.put(path, FILE.as_bytes()).await;
            assert!(status == 503 && told.contains("BUSY"), "{status} {told}");
        }
        let free = announced(&other, county, FILE.len()).await;
        assert_eq!(other.put(&free, FILE.as_bytes()).await.0, 204);
        let [a, b] = lines;
        let (a, b) = tokio::join!(answer(a), answer(b));
        assert!(a.starts_with("HTTP/1.1 408") && b.starts_with("HTTP/1.1 408"), "{a} {b}");
        let took = begun.elapsed();
        assert!(took > Duration::from_secs(9) && took < Duration::from_secs(30), "{took:?}");
        assert_eq!(one.put(&third, FILE.as_bytes()).await.0, 204);
    }

    async fn who_lost_the_right_sends_nothing_more(world: World) {
        let (county, elsewhere) = (world.organization("青禾县").await, world.organization("邻县").await);
        for what in [
            "delete from account_grant where account_id = $1",
            "update account set state = 'CLOSED' where id = $1",
        ] {
            let (account, client) = officer(&world, county).await;
            let path = announced(&client, county, FILE.len()).await;
            world.sql(what, vec![account.0.into()]).await;
            let (status, told) = client.put(&path, FILE.as_bytes()).await;
            assert!(status == 403 && told.contains("FORBIDDEN"), "{what}: {status} {told}");
        }
        let (account, client) = officer(&world, county).await;
        let path = announced(&client, county, FILE.len()).await;
        world.sql("delete from account_grant where account_id = $1", vec![account.0.into()]).await;
        world.grant(account, Role::OrganizationOfficer, elsewhere, None).await;
        assert_eq!(client.put(&path, FILE.as_bytes()).await.0, 403);
        assert_eq!(world.number("select count(*) from upload_part").await, 0);
        // Without a word of a job: it is the officer who sends.
        let (_, client) = officer(&world, county).await;
        sent(&client, county, FILE).await;
        let by = "select count(*) from audit_event where action = 'IMPORT_UPLOAD' and outcome = 'DONE' and tables like '%upload_part%' \
            and role = 'ORGANIZATION_OFFICER' and account_id is not null";
        assert_eq!(world.number(by).await, 1);
    }
}

postgres! {
    async fn a_run_that_waited_asks_for_its_right_before_it_reads(mut world: World) {
        world.stop().await;
        world.config.roster_imports = 1;
        world.start().await;
        let county = world.organization("青禾县").await;
        let ((_, first), (account, second)) = (officer(&world, county).await, officer(&world, county).await);
        let rows: Vec<String> = (0..6000).map(|row| format!("王{row},1988.05,局长")).collect();
        let long = format!("姓名,出生年月,现任职务\n{}", rows.join("\n"));
        let (long, short) = (sent(&first, county, &long).await, sent(&second, county, FILE).await);
        let long = begin(&first, json!({ "uploadId": long })).await;
        let short = begin(&second, json!({ "uploadId": short })).await;
        world.sql("delete from account_grant where account_id = $1", vec![account.0.into()]).await;
        assert_eq!(world.number("select count(*) from import_run where state = 'WAITING'").await, 1, "it was to wait");
        let found = ended(&first, &short).await;
        assert_eq!((&found["state"], &found["failure"], &found["rowsRead"]), (&json!("FAILED"), &json!("RIGHTS"), &json!(0)));
        assert_eq!(ended(&first, &long).await["state"], "DONE");
        assert_eq!(world.number(PEOPLE).await, 6000);
        let refused = "select count(*) from audit_event where action = 'ROSTER_IMPORT' and outcome = 'REFUSED' and account_id is not null";
        assert_eq!(world.number(refused).await, 1);
    }
}
