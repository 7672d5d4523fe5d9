//! `tidui policy publish`: drafts a file and publishes it through the same door as clients do, as two accounts that are
//! named. What the API refuses is refused here: who drafts does not publish, alone or with another account of their own.

use std::{process::ExitCode, sync::Arc};

use clap::{Arg, ArgMatches, Command};
use entity::{kind::PolicyState, policy_edition};
use serde_json::Value;

use crate::{
    auth::scope::Actor,
    cli::{
        command::{data, flag, settings},
        export::{settings as given, text, unknown},
        policy::{findings, print, text_of},
        roster::broken,
    },
    db::{
        door::{Door, Part},
        session::{Session, Terms},
    },
    edition::{
        document::Document,
        read::EditionsOf,
        write::{DraftPolicy, PublishPolicy, in_turn},
    },
    error::{Action, Error},
    http::house::{self, Hooks},
    metrics::Metrics,
};

/// What the audit trail calls it.
const REQUEST: &str = "tidui policy publish";

/// What the command line accepts.
pub fn command(file: Arg) -> Command {
    let of = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    settings(
        Command::new("publish")
            .about("Drafts a file and publishes it, as two accounts: who drafts does not publish")
            .arg(file)
            .arg(of("as", "LOGIN", "The account that publishes: it is put on record").required(true))
            .arg(of(
                "draft-as",
                "LOGIN",
                "The account that drafts: it is put on record. Left out: the draft is there already",
            ))
            .arg(of("organization", "CODE", "Whose policy it is, in the place of the file's jurisdiction"))
            .arg(of(
                "valid-from",
                "DAY",
                "From when it has effect, in the place of the file's validFrom, like 2026-05-13",
            ))
            .arg(flag("dry-run", "Only tries: tells what would come of it, and changes nothing"))
            .arg(data("Use the demo in this folder instead of the settings").required(false)),
    )
}

/// Drafts and publishes.
pub async fn publish(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let body = placed(matches)?;
    let document = match Document::read(&body) {
        Ok(document) => document,
        Err(found) => {
            print(&format!("{}Nothing was published.\n", findings(&found)))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let config = given(matches)?;
    let door = house::door(&config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    let publisher = session(&door, &text(matches, "as")).await?;
    let drafter = match matches.get_one::<String>("draft-as") {
        Some(login) => Some(session(&door, login).await?),
        None => None,
    };
    let name = format!("edition {} of {} for {}", document.edition, document.code, document.jurisdiction);
    let standing = Standing { publisher: &publisher, document: &document, body: &body, name: &name };
    if matches.get_flag("dry-run") {
        standing.tried(drafter.as_ref()).await?;
        println!("Only tried: {name} would be published, and have effect from {}.", document.valid_from);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(drafter) = &drafter {
        drafter.run(DraftPolicy { document: body.clone() }, &Terms::default()).await.map_err(broken)?;
        println!("Drafted {name}.");
    }
    let draft = standing.draft().await?;
    let command = PublishPolicy { id: draft.id, expected_version: draft.version };
    publisher.run(command, &Terms::default()).await.map_err(|error| match drafter {
        Some(_) => format!("{} The draft stands.", broken(error)),
        None => broken(error),
    })?;
    println!("Published {name}: it has effect from {}.", document.valid_from);
    Ok(ExitCode::SUCCESS)
}

async fn session(door: &Arc<Door>, login: &str) -> Result<Session, String> {
    door.act_as(login, REQUEST).await.map_err(|error| unknown(login, error))
}

/// The file, with the organization and the day that the command names.
fn placed(matches: &ArgMatches) -> Result<String, String> {
    let written = text_of(matches, "FILE")?;
    let named = [("organization", "jurisdiction"), ("valid-from", "validFrom")];
    let mut named = named.iter().filter_map(|(flag, key)| Some((*key, matches.get_one::<String>(flag)?))).peekable();
    // What can't be read is told by the lint.
    let Some(Ok(Value::Object(mut document))) = named.peek().map(|_| serde_json::from_str(&written)) else {
        return Ok(written);
    };
    document.extend(named.map(|(key, value)| (key.to_owned(), Value::from(value.as_str()))));
    Ok(format!("{:#}\n", Value::Object(document)))
}

/// What is to be published, and who publishes it.
struct Standing<'a> {
    publisher: &'a Session,
    document: &'a Document,
    body: &'a str,
    name: &'a str,
}

impl Standing<'_> {
    async fn editions(&self) -> Result<Vec<policy_edition::Model>, String> {
        let Document { code, jurisdiction, .. } = self.document;
        let question = EditionsOf { jurisdiction: jurisdiction.clone(), code: code.clone() };
        let found = self.publisher.ask(&question).await.map_err(broken)?;
        found.ok_or_else(|| format!("jurisdiction: '{jurisdiction}' is the code of no organization that you reach"))
    }

    /// The draft of the file, which says what the file says.
    async fn draft(&self) -> Result<policy_edition::Model, String> {
        let of_number = |it: &policy_edition::Model| it.edition == self.document.edition;
        let found = self.editions().await?.into_iter().find(of_number);
        self.same(found.as_ref())?;
        found.ok_or_else(|| format!("there is no draft of {}: name who drafts it with --draft-as", self.name))
    }

    fn same(&self, found: Option<&policy_edition::Model>) -> Result<(), String> {
        let Some(found) = found else { return Ok(()) };
        if found.state == PolicyState::Published {
            return Err(format!("{} is published already, and never changes: raise the number", self.name));
        }
        let read = |text: &str| serde_json::from_str::<Value>(text).ok();
        if read(&found.body) != read(self.body) {
            return Err(format!("the draft of {} says something else than the file: see tidui policy diff", self.name));
        }
        Ok(())
    }

    /// What would refuse, without a change.
    async fn tried(&self, drafter: Option<&Session>) -> Result<(), String> {
        let acts = [(Some(self.publisher), Action::PolicyPublish), (drafter, Action::PolicyDraft)];
        for (session, action) in acts.into_iter().filter_map(|(session, action)| Some((session?, action))) {
            if !session.may(action) {
                return Err(broken(Error::Forbidden(action)));
            }
        }
        let editions = self.editions().await?;
        let found = editions.iter().find(|it| it.edition == self.document.edition);
        match drafter {
            Some(drafter) if is_one(drafter, self.publisher) => {
                return Err("Whoever drafted it may not publish it: ask another leader.".to_owned());
            }
            Some(_) if found.is_none_or(|it| it.state == PolicyState::Draft) => {}
            _ => drop(self.draft().await?),
        }
        in_turn(self.document.valid_from, &editions, self.publisher.today()).map_err(broken)
    }
}

/// Whether two sessions are one account's, or one person's.
fn is_one(one: &Session, other: &Session) -> bool {
    let (Actor::Account(one), Actor::Account(other)) = (one.actor(), other.actor()) else { return false };
    one.account == other.account || (one.person.is_some() && one.person == other.person)
}
