//! `tidui policy publish`: what the API demands of two people, the command line demands of them too.

use entity::{id::OrganizationId, kind::Role};
use tests::both;

use super::*;
use crate::exports::{command, login};

/// A file with a policy.
fn file(document: &Value) -> String {
    let path = fresh_folder().join("policy.json");
    std::fs::write(&path, document.to_string()).expect("a file");
    path.display().to_string()
}

/// Publishes a file as one account, with more to say.
fn publish_file(world: &World, document: &Value, by: &str, more: &[&str]) -> Ended {
    let file = file(document);
    let arguments = ["policy", "publish", &file, "--as", by];
    command(world, &arguments.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

async fn logins(world: &World, county: OrganizationId) -> (String, String) {
    (
        login(world, Role::OrganizationOfficer, county, None).await,
        login(world, Role::OrganizationLeader, county, None).await,
    )
}

async fn kept(world: &World) -> (i64, i64) {
    let all = world.number("select count(*) from policy_edition").await;
    (all, world.number("select count(*) from policy_edition where state = 'PUBLISHED'").await)
}

both! {
    /// Drafted by one and published by another, for the organization and from the day that are named; the trail says who.
    async fn a_file_is_drafted_and_published_by_two_accounts(world: World) {
        let county = world.organization("North").await;
        let (officer, leader) = logins(&world, county).await;
        let mut text = document(&world, county, 1, "2020-01-01", 36).await;
        text["jurisdiction"] = json!("990000");
        let code = code_of(&world, county).await;
        let named = ["--organization", &code, "--valid-from", "2026-02-01", "--draft-as", &officer];
        let tried = publish_file(&world, &text, &leader, &[&named[..], &["--dry-run"]].concat()).done().out;
        assert_eq!(tried, format!("Only tried: edition 1 of YOUNG for {code} would be published, and have effect from 2026-02-01.\n"));
        assert_eq!((kept(&world).await, world.number("select count(*) from audit_change").await), ((0, 0), 0));
        let done = publish_file(&world, &text, &leader, &named).done().out;
        assert_eq!(done, format!("Drafted edition 1 of YOUNG for {code}.\nPublished edition 1 of YOUNG for {code}: it has effect from 2026-02-01.\n"));
        let trail = "select e.action || ' ' || a.login || ' ' || e.outcome || ' ' || e.request_id from audit_event e join account a on a.id = e.account_id \
            where e.action like 'POLICY_%' order by e.id";
        let by = |act: &str, login: &str| format!("{act} {login} DONE tidui policy publish");
        assert_eq!(world.texts(trail).await, [by("POLICY_DRAFT", &officer), by("POLICY_PUBLISH", &leader)]);
        world.tell().await;
        let reader = world.sign_in(Role::OrganizationOfficer, county).await;
        let found = reader.run("{ policies { edges { node { code edition state validFrom document } } } }", json!({})).await;
        let node = found.at("/policies/edges/0/node");
        assert_eq!((&node["state"], &node["validFrom"]), (&json!("PUBLISHED"), &json!("2026-02-01")), "{}", found.text);
        publish_file(&world, &text, &leader, &named).refused(&["Edition 1 is published and never changes", "raise the number"]);
        text["edition"] = json!(2);
        publish_file(&world, &text, &leader, &named).refused(&["An edition has effect from 2026-02-01 on", "The draft stands."]);
        publish_file(&world, &text, &leader, &[&named[..], &["--dry-run"]].concat()).refused(&["An edition has effect from 2026-02-01 on"]);
        assert_eq!(kept(&world).await, (2, 1));
    }

    /// Not alone, not with another account of the same person, and not without the role that the API asks for.
    async fn on_the_command_line_too_nobody_publishes_what_they_drafted(world: World) {
        let county = world.organization("North").await;
        let (officer, leader) = logins(&world, county).await;
        let text = document(&world, county, 1, "2026-01-01", 36).await;
        let account = world.account(None).await;
        for role in [Role::OrganizationOfficer, Role::OrganizationLeader] {
            world.grant(account, role, county, None).await;
        }
        let both = entity::account::Entity::find_by_id(account).one(&world.db).await.expect("an answer").expect("a row").login;
        let wang = world.cadre(county, "Wang", |_| {}).await;
        let (one, twin) = (login(&world, Role::OrganizationOfficer, county, Some(wang)).await, login(&world, Role::OrganizationLeader, county, Some(wang)).await);
        for (drafter, publisher, words) in [
            (&both, &both, "Whoever drafted it may not publish it"),
            (&one, &twin, "Whoever drafted it may not publish it"),
            (&leader, &leader, "None of your grants allows POLICY_DRAFT"),
            (&officer, &officer, "None of your grants allows POLICY_PUBLISH"),
            (&officer, &"nobody".to_owned(), "no account has the login 'nobody'"),
        ] {
            publish_file(&world, &text, publisher, &["--draft-as", drafter, "--dry-run"]).refused(&[words]);
            publish_file(&world, &text, publisher, &["--draft-as", drafter]).refused(&[words]);
        }
        assert_eq!(kept(&world).await, (1, 0));
        let other = world.organization("South").await;
        let (stranger, their_leader) = logins(&world, other).await;
        publish_file(&world, &text, &their_leader, &["--draft-as", &stranger]).refused(&["is the code of no organization that you reach"]);
        assert_eq!(kept(&world).await, (1, 0));
    }

    /// Everything that is wrong with it is said by its place, and nothing is kept, not even a draft.
    async fn a_file_with_findings_publishes_nothing(world: World) {
        let county = world.organization("North").await;
        let (officer, leader) = logins(&world, county).await;
        let mut text = document(&world, county, 1, "2026-01-01", 36).await;
        text["criteria"][0]["need"]["fact"] = json!("religion");
        text["criteria"][1]["severity"] = json!("FATAL");
        let told = publish_file(&world, &text, &leader, &["--draft-as", &officer]);
        told.refused(&["criteria[0].need.fact: ", "criteria[1].severity: ", "Nothing was published."]);
        assert_eq!((kept(&world).await, world.number("select count(*) from audit_event").await), ((0, 0), 0));
    }

    /// What an officer drafted through the API is published by the file that it came from, and by no other.
    async fn a_draft_that_is_there_is_published_by_the_file_that_says_the_same(world: World) {
        let county = world.organization("North").await;
        let (_, leader) = logins(&world, county).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let text = document(&world, county, 1, "2026-01-01", 36).await;
        publish_file(&world, &text, &leader, &[]).refused(&["there is no draft of edition 1 of YOUNG", "--draft-as"]);
        draft(&officer, &text).await.done("/it");
        let other = document(&world, county, 1, "2026-01-01", 40).await;
        publish_file(&world, &other, &leader, &[]).refused(&["says something else than the file"]);
        publish_file(&world, &text, &leader, &["--dry-run"]).done();
        assert_eq!(kept(&world).await, (1, 0));
        publish_file(&world, &text, &leader, &[]).done();
        assert_eq!(kept(&world).await, (1, 1));
        publish_file(&world, &text, &leader, &[]).refused(&["is published already, and never changes"]);
    }
}
