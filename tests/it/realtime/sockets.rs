//! Over graphql-transport-ws: every row of the protocol, hostile frames included.

use std::{io::Write, net::TcpStream, time::Duration};

use chrono::TimeDelta;
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    socket::{Came, Socket},
    sqlite,
    world::World,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        CloseFrame, Frame,
        coding::{CloseCode, Data, OpCode},
    },
};

use super::{PAIRS, SILENCE, Scene, step, until};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");
const ME: &str = "{ me { login } }";

/// The world's server again, with other settings.
async fn with(world: &mut World, change: impl FnOnce(&mut api::Config)) {
    world.stop().await;
    change(&mut world.config);
    world.start().await;
}

fn next(id: &str, said: &Value) -> Value {
    assert_eq!((said["id"].as_str(), said["type"].as_str()), (Some(id), Some("next")), "{said}");
    said["payload"].clone()
}

fn refused(id: &str, said: &Value) -> String {
    assert_eq!((said["id"].as_str(), said["type"].as_str()), (Some(id), Some("error")), "{said}");
    assert!(said["payload"][0]["message"].is_string(), "{said}");
    said["payload"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

both! {
    async fn questions_changes_and_subscriptions_share_a_socket(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut socket = Socket::of(&scene.officer).await;
        socket.subscribe("follow", PAIRS, json!({})).await;
        until(&scene.officer, "tidui_subscriptions", 1).await;
        socket.subscribe("ask", ME, json!({})).await;
        assert!(next("ask", &socket.said().await)["data"]["me"]["login"].is_string());
        assert_eq!(socket.said().await, json!({ "id": "ask", "type": "complete" }));
        // A name is free again once its operation is over.
        let create = "mutation($at: ID!) { cadreCreate(input: { organizationId: $at, name: \"New\", sex: MALE }) { problems { code } } }";
        socket.subscribe("ask", create, json!({ "at": tests::world::global(scene.county) })).await;
        assert_eq!(next("ask", &socket.said().await)["data"]["cadreCreate"]["problems"], json!([]));
        assert_eq!(socket.said().await["type"], "complete");
        assert_eq!(world.number("select count(*) from audit_event where action = 'CADRE_CREATE' and outcome = 'DONE'").await, 1);
        let id = scene.propose(&scene.officer).await;
        let told = next("follow", &socket.said().await);
        assert_eq!((&told["data"]["it"]["act"], &told["data"]["it"]["pair"]["id"]), (&json!("PAIR_PROPOSE"), &json!(id)));
        socket.say(json!({ "id": "follow", "type": "complete" })).await;
        until(&scene.officer, "tidui_subscriptions", 0).await;
        step(&scene.officer, "Activate", &id, 1, json!({})).await;
        socket.silent_for(SILENCE).await;
        // On after what was heard, over another socket.
        let mut again = Socket::of(&scene.officer).await;
        again.subscribe("1", PAIRS, json!({ "after": told["data"]["it"]["eventId"] })).await;
        assert_eq!(next("1", &again.said().await)["data"]["it"]["act"], "PAIR_ACTIVATE");
    }

    async fn what_can_not_be_executed_is_an_error(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut socket = Socket::of(&scene.officer).await;
        for (document, code) in [
            ("{ nothing }", "DOCUMENT_INVALID"),
            ("{", "DOCUMENT_INVALID"),
            ("subscription { a: mentoringPairChanged { news } b: mentoringPairChanged { news } }", "DOCUMENT_INVALID"),
            ("subscription { mentoringPairChanged(after: \"x\") { news } }", "RESUME_LOST"),
            ("", "DOCUMENT_INVALID"),
        ] {
            socket.subscribe("1", document, json!({})).await;
            assert_eq!(refused("1", &socket.said().await), code, "{document}");
        }
        socket.say(json!({ "id": "2", "type": "subscribe", "payload": {} })).await;
        assert_eq!(refused("2", &socket.said().await), "BAD_REQUEST");
        let reader = world.sign_in(Role::SummaryReader, scene.county).await;
        let mut socket = Socket::of(&reader).await;
        socket.subscribe("1", PAIRS, json!({})).await;
        assert_eq!(refused("1", &socket.said().await), "FORBIDDEN");
        socket.subscribe("1", "{ cadres { totalCount } }", json!({})).await;
        assert_eq!(next("1", &socket.said().await)["errors"][0]["extensions"]["code"], "FORBIDDEN");
        assert_eq!(socket.said().await["type"], "complete");
    }

    async fn who_is_not_known_hears_nothing(world: World) {
        let scene = Scene::of(&world, "North").await;
        let url = world.url();
        let mut early = Socket::speaking(url).await;
        early.subscribe("1", ME, json!({})).await;
        assert_eq!(early.next().await, Came::Closed(4401, "Unauthorized: say connection_init first.".to_owned()));
        for payload in [json!({}), Value::Null, json!({ "authorization": "Bearer x" }), json!({ "authorization": scene.officer.token() })] {
            let mut socket = Socket::speaking(url).await;
            socket.say(json!({ "type": "connection_init", "payload": payload })).await;
            assert_eq!(socket.closed().await, 4403, "{payload}");
        }
        let mut twice = Socket::of(&scene.officer).await;
        twice.init(scene.officer.token()).await;
        assert_eq!(twice.closed().await, 4429);
        // The header of the handshake does as well, and two tokens are none.
        let header = format!("Bearer {}", scene.officer.token());
        for (said, expected) in [
            (json!({}), None),
            (json!({ "authorization": header }), None),
            (json!({ "authorization": "Bearer x" }), Some(4403)),
        ] {
            let mut socket = Socket::open(url, &[PROTOCOL, ("authorization", &header)]).await.expect("a WebSocket");
            socket.say(json!({ "type": "connection_init", "payload": said })).await;
            match expected {
                None => assert_eq!(socket.said().await["type"], "connection_ack"),
                Some(code) => assert_eq!(socket.closed().await, code),
            }
        }
        let mut wrong = Socket::open(url, &[PROTOCOL, ("authorization", "Bearer x")]).await.expect("a WebSocket");
        wrong.say(json!({ "type": "connection_init" })).await;
        assert_eq!(wrong.closed().await, 4403);
    }

    /// A token that is over or revoked closes the socket, idle or not.
    async fn a_token_that_ends_closes_the_socket(mut world: World) {
        with(&mut world, |it| it.stream_heartbeat_ms = 500).await;
        let scene = Scene::of(&world, "North").await;
        let (mut idle, mut busy) = (Socket::of(&scene.officer).await, Socket::of(&scene.officer).await);
        busy.subscribe("1", PAIRS, json!({})).await;
        // Both answer to signs of life meanwhile.
        let while_good = Duration::from_millis(1800);
        tokio::join!(idle.silent_for(while_good), busy.silent_for(while_good));
        world.pass(TimeDelta::minutes(16));
        assert_eq!(tokio::join!(idle.closed(), busy.closed()), (4403, 4403));
        with(&mut world, |it| it.stream_heartbeat_ms = 15_000).await;
        let again = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        let mut busy = Socket::of(&again).await;
        busy.subscribe("1", PAIRS, json!({})).await;
        until(&again, "tidui_subscriptions", 1).await;
        let http = tests::client::http().build().expect("a client");
        let body = json!({ "token": again.token() });
        http.post(format!("{}/auth/revoke", world.url())).json(&body).send().await.expect("an answer");
        let other = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        scene.propose(&other).await;
        assert_eq!(busy.closed().await, 4403, "at the next change, long before the next sign of life");
    }
}

sqlite! {
    async fn frames_that_are_no_messages_close_the_socket(mut world: World) {
        with(&mut world, |it| it.body_limit_bytes = 4096).await;
        let scene = Scene::of(&world, "North").await;
        let unmasked = {
            let mut frame = Vec::new();
            Frame::message("{\"type\":\"ping\"}".as_bytes().to_vec(), OpCode::Data(Data::Text), true).format(&mut frame).expect("a frame");
            frame
        };
        let long = "x".repeat(5000);
        for (frame, code) in [
            (Message::Text("{".into()), 4400),
            (Message::Text("[]".into()), 4400),
            (Message::Text("{\"type\":\"start\",\"id\":\"1\",\"payload\":{}}".into()), 4400),
            (Message::Text("{\"type\":\"connection_ack\"}".into()), 4400),
            (Message::Text("{\"type\":\"next\",\"id\":\"1\",\"payload\":{}}".into()), 4400),
            (Message::Binary(b"{\"type\":\"ping\"}".to_vec().into()), 4400),
            (Message::Text(long.clone().into()), 1009),
            (Message::Binary(long.into_bytes().into()), 1009),
        ] {
            for known in [false, true] {
                let mut socket = if known { Socket::of(&scene.officer).await } else { Socket::speaking(world.url()).await };
                socket.send(frame.clone()).await;
                assert_eq!(socket.closed().await, code, "{frame:?}, known: {known}");
            }
        }
        // A message in three parts is one, unless the parts are too long together.
        let part = |text: &str, code: Data, last: bool| Message::Frame(Frame::message(text.as_bytes().to_vec(), OpCode::Data(code), last));
        let mut socket = Socket::of(&scene.officer).await;
        for (text, code, last) in [("{\"ty", Data::Text, false), ("pe\":\"pi", Data::Continue, false), ("ng\"}", Data::Continue, true)] {
            socket.send(part(text, code, last)).await;
        }
        assert_eq!(socket.said().await, json!({ "type": "pong" }));
        socket.send(part("{", Data::Text, false)).await;
        for _ in 0..5 {
            socket.send(part(&" ".repeat(1000), Data::Continue, false)).await;
        }
        assert_eq!(socket.closed().await, 1009);
        // A client's frames are masked; one that is not is no frame.
        let mut socket = Socket::of(&scene.officer).await;
        raw(&mut socket, &unmasked).await;
        assert_eq!(socket.closed().await, 1002);
        until(&scene.officer, "tidui_streams", 0).await;
    }

    async fn a_name_is_for_one_operation_and_ten_are_enough(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut socket = Socket::of(&scene.officer).await;
        for number in 0..10 {
            socket.subscribe(&number.to_string(), PAIRS, json!({})).await;
        }
        until(&scene.officer, "tidui_subscriptions", 10).await;
        socket.subscribe("more", PAIRS, json!({})).await;
        assert_eq!(refused("more", &socket.said().await), "TOO_MANY_OPERATIONS");
        socket.say(json!({ "id": "0", "type": "complete" })).await;
        socket.say(json!({ "id": "nobody", "type": "complete" })).await;
        socket.subscribe("0", PAIRS, json!({})).await;
        until(&scene.officer, "tidui_subscriptions", 10).await;
        socket.subscribe("3", ME, json!({})).await;
        assert_eq!(socket.next().await, Came::Closed(4409, "Subscriber for this id already exists".to_owned()));
        until(&scene.officer, "tidui_subscriptions", 0).await;
    }

    async fn a_socket_is_polite(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut socket = Socket::of(&scene.officer).await;
        socket.say(json!({ "type": "ping" })).await;
        assert_eq!(socket.said().await, json!({ "type": "pong" }));
        socket.say(json!({ "type": "ping", "payload": { "n": 1 } })).await;
        assert_eq!(socket.said().await, json!({ "type": "pong", "payload": { "n": 1 } }));
        socket.say(json!({ "type": "pong" })).await;
        socket.silent_for(Duration::from_millis(50)).await;
        // A close is echoed, so that a lazy client can come again at once.
        socket.send(Message::Close(Some(CloseFrame { code: CloseCode::Normal, reason: "bye".into() }))).await;
        let begun = std::time::Instant::now();
        assert_eq!(socket.closed().await, 1000);
        assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    }

    async fn a_stranger_may_not_wait(mut world: World) {
        with(&mut world, |it| it.websocket_init_ms = 300).await;
        let mut silent = Socket::speaking(world.url()).await;
        assert_eq!(silent.next().await, Came::Closed(4408, "Connection initialisation timeout".to_owned()));
        let mut chatty = Socket::speaking(world.url()).await;
        chatty.say(json!({ "type": "ping" })).await;
        assert_eq!(chatty.said().await["type"], "pong");
        assert_eq!(chatty.closed().await, 4408);
    }

    async fn the_handshake_is_strict(mut world: World) {
        with(&mut world, |it| it.origins = "https://portal.example, https://phone.example".to_owned()).await;
        let url = world.url().to_owned();
        let open = async |headers: &[(&'static str, &str)]| match Socket::open(&url, headers).await {
            Ok(_) => 101,
            Err(response) => response.status().as_u16(),
        };
        assert_eq!(open(&[PROTOCOL]).await, 101);
        assert_eq!(open(&[("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")]).await, 101);
        assert_eq!(open(&[PROTOCOL, ("origin", "https://portal.example")]).await, 101);
        assert_eq!(open(&[PROTOCOL, ("origin", "https://phone.example")]).await, 101);
        // The console is a page of the server's own.
        assert_eq!(open(&[PROTOCOL, ("origin", &url)]).await, 101);
        for origin in ["https://portal.example.evil", "http://portal.example", "null", ""] {
            assert_eq!(open(&[PROTOCOL, ("origin", origin)]).await, 403, "{origin}");
        }
        for protocol in ["graphql-ws", "graphql-transport-ws2", ""] {
            assert_eq!(open(&[("sec-websocket-protocol", protocol)]).await, 400, "{protocol}");
        }
        assert_eq!(open(&[]).await, 400);
    }

    async fn an_account_has_so_many_streams(mut world: World) {
        with(&mut world, |it| it.stream_limit = 2).await;
        let scene = Scene::of(&world, "North").await;
        let (one, _two) = (Socket::of(&scene.officer).await, Socket::of(&scene.officer).await);
        let mut third = Socket::speaking(world.url()).await;
        third.init(scene.officer.token()).await;
        assert_eq!(third.closed().await, 4429);
        drop(one);
        until(&scene.officer, "tidui_streams", 1).await;
        Socket::of(&scene.officer).await;
    }

    /// Whoever is gone without a word, or does not read, holds nothing for long.
    async fn who_is_gone_holds_nothing(mut world: World) {
        with(&mut world, |it| it.stream_heartbeat_ms = 100).await;
        let scene = Scene::of(&world, "North").await;
        // Gone: the line is shut without a close.
        let mut gone = Socket::of(&scene.officer).await;
        gone.subscribe("1", PAIRS, json!({})).await;
        until(&scene.officer, "tidui_subscriptions", 1).await;
        tokio::io::AsyncWriteExt::shutdown(gone.line()).await.expect("half a close");
        until(&scene.officer, "tidui_streams", 0).await;
        // Silent: nobody answers to a sign of life.
        let address = world.url().trim_start_matches("http://").to_owned();
        let mut deaf = TcpStream::connect(&address).expect("a line");
        let handshake = format!(
            "GET /graphql HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        );
        deaf.write_all(handshake.as_bytes()).expect("written");
        until(&scene.officer, "tidui_streams", 1).await;
        until(&scene.officer, "tidui_streams", 0).await;
        until(&scene.officer, "tidui_subscriptions", 0).await;
    }

    async fn a_server_that_ends_says_so(mut world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut socket = Socket::of(&scene.officer).await;
        socket.subscribe("1", PAIRS, json!({})).await;
        until(&scene.officer, "tidui_subscriptions", 1).await;
        let begun = std::time::Instant::now();
        let (_, code) = tokio::join!(world.stop(), socket.closed());
        assert_eq!(code, 1001);
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    }
}

/// Writes bytes past the client's own framing.
async fn raw(socket: &mut Socket, bytes: &[u8]) {
    tokio::io::AsyncWriteExt::write_all(socket.line(), bytes).await.expect("written");
}
