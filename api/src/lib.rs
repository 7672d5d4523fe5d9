//! The API server. Rooms are declared lowest first: a room may use those above it in this file, never below, except
//! that `graphql` files may name each other, because a schema is a graph.
//!
//! Invariant: only `db` holds a connection. Everything else holds a `Session`.

#![warn(missing_docs)]
// The roots of the schema are one chain of merged objects, a level of the compiler's recursion for each.
#![recursion_limit = "256"]

/// Every act that may be allowed or forbidden.
pub mod action;
/// Working days, by official notices.
pub mod calendar;
/// The time, from one place.
pub mod clock;
/// Every setting: name, unit, default, what breaks.
pub mod config;
/// Everything that can go wrong, as the client may know it.
pub mod error;
/// SHA-256 as an array.
pub mod hash;
/// What the server counts of itself.
pub mod metrics;
/// Pages and cursors.
pub mod page;
/// Spans of operations and their steps, for a collector.
pub mod traces;
/// What several processes share, on Redis or in this process.
pub mod shared {
    pub mod channel;
    pub mod gcra;
    pub mod store;
}
/// Who is asking, what they may do, which rows exist for them.
pub mod auth {
    pub mod address;
    pub mod factor;
    pub mod keys;
    pub mod outside;
    mod outside_keys;
    pub mod password;
    pub mod policy;
    pub mod rotation;
    pub mod scope;
    pub mod seal;
    pub mod token;
}
/// Remembered answers, and how they end.
pub mod cache {
    pub mod generations;
    pub mod known;
    pub mod recall;
}
/// The only door to the data: `ask`, `recall`, `run`, `open`, `explain`.
pub mod db {
    pub mod addressed;
    mod beyond;
    mod change;
    mod classified;
    mod closure;
    pub mod connect;
    mod digest;
    pub mod door;
    pub mod errands;
    pub mod explain;
    pub mod exporting;
    pub mod gate;
    pub mod gather;
    pub mod hub;
    pub mod jobs;
    pub mod keeping;
    pub mod open;
    pub mod outbox;
    pub mod reader;
    mod rekeeping;
    pub mod resealing;
    mod rights;
    mod run;
    mod sealing;
    pub mod session;
    pub mod sweeper;
    mod unique;
    pub mod uploads;
    pub mod whole;
    pub mod writer;
}
/// The unified social credit code.
pub mod credit_code;
/// The citizen identity number.
pub mod identity_number;
/// Batched loading, per request.
pub mod loaders;
/// The sort key of a Chinese name.
pub mod pinyin;
/// What a client's text becomes: counted, parsed once, measured in linear time, kept.
pub mod document {
    pub mod date;
    pub mod idle;
    pub mod lexer;
    pub mod measure;
    pub mod order;
    pub mod prepared;
    mod rewrite;
    mod types;
    mod verdict;
}
/// The shapes that most questions have: a page, its length, the rows of some keys.
pub mod questions;
/// Rows with all that a document asks of them, by one statement.
pub mod reading;
/// What every type of the schema shares: global ids, pages, problems, access.
pub mod relay;
/// What every subscription shares: how it begins, which news there are.
pub mod subscription;
/// How much a caller may ask for, and how much is left.
pub mod quota {
    pub mod admission;
    pub mod graphql;
    pub mod plan;
}
/// What introspection shows, and to whom.
pub mod introspection;
/// The code sets of the field: values by edition, and what they are called in another.
pub mod codeset {
    pub mod book;
    pub mod graphql;
    pub mod read;
}
/// What policies are written in: exact numbers, terms, facts, criteria. Knows no database.
pub mod kernel {
    pub mod cadence;
    pub mod effect;
    pub mod fact;
    pub mod finding;
    pub mod need;
    #[cfg(test)]
    mod need_tests;
    pub mod nesting;
    pub mod node;
    pub mod number;
    pub mod outcome;
    pub mod sentence;
    pub mod share;
    pub mod term;
    pub mod vocabulary;
}
/// What a policy may say, primitive by primitive. Knows no database.
pub mod mechanism;
/// The tree of organizations and what happened to it. Owns the row policies of `organization`, `organization_event`.
pub mod organization {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// The person: record, posts, levels, sealed values. Owns their row policies.
pub mod cadre {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Posts with their approved headcount, and who fills them. Owns the row policy of `post`.
pub mod post {
    pub mod graphql;
    pub mod read;
    pub mod write;
}
/// The dated facts of a cadre: posts, levels, ranks, education and the rest. Owns their row policies.
pub mod career {
    pub mod draft;
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Policies: the dated rule documents of organizations, read and checked, drafted and published.
pub mod edition {
    pub mod diff;
    pub mod document;
    #[cfg(test)]
    mod document_tests;
    pub mod format;
    pub mod graphql;
    pub mod library;
    pub mod notice;
    pub mod read;
    #[cfg(test)]
    mod section_tests;
    pub mod write;
}
/// What policies declare and somebody signs, and criteria that are let pass. Owns their row policies.
pub mod declared {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Who meets the criteria of a policy: one person explained, or all of them found by one statement.
pub mod eligibility {
    pub mod condition;
    pub mod dossier;
    pub mod graphql;
    pub mod judge;
    pub mod read;
}
/// Reserve pools: tiers, memberships, disclosure.
pub mod pool {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Mentoring pairs: people, contacts, what is due.
pub mod mentoring {
    pub mod graphql;
    pub mod judging;
    pub mod matching;
    pub mod plan;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Talks: asked for, fixed, held, what was raised in them, and which are missing. Owns their row policies.
pub mod talk {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Goals, quotas and posts that are set aside: what is aimed at, and how it stands.
pub mod target {
    pub mod graphql;
    pub mod read;
    pub mod rules;
}
/// What is due, worked out of policies, and what was done about it. Owns the row policy of `duty_entry`.
pub mod duty {
    pub mod due;
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Portraits: one person in sections, several beside each other, a list for a post, and what a move would change.
pub mod portrait {
    pub mod graphql;
    pub mod read;
    pub mod rules;
}
/// Moves of persons to other organizations: in one step, or offered and taken. Owns the row policy of `cadre_transfer`.
pub mod transfer {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Counts in a closed set of groupings.
pub mod summary {
    pub mod graphql;
    pub mod read;
}
/// The roster import: what a file says, by line and column, and how it becomes records.
pub mod roster;

/// The appointment form (干部任免审批表, `.lrmx`): read leniently, written without loss.
pub mod lrmx;

/// Files that go out: rosters and lists of names, each on record, that come back without a difference.
pub mod export {
    pub mod cells;
    pub mod dossier;
    pub mod download;
    pub mod graphql;
    pub mod sheet;
    pub mod stored;
    pub mod words;
    pub mod write;
}
/// Appointment forms in and out: as rows and dated facts, and kept whole, sealed, for a lossless way out.
pub mod forms {
    pub mod download;
    pub mod graphql;
    pub mod rows;
    pub mod running;
    pub mod telling;
    pub mod write;
}
/// The audit trail: who did what, and who saw whose sensitive values. Owns their row policies.
pub mod audit {
    pub mod graphql;
    pub mod read;
}
/// Who one is.
pub mod account {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// Why somebody may not, for administrators.
pub mod access {
    pub mod graphql;
    pub mod read;
}
/// One's own record: a copy of it, and requests to correct it.
pub mod own_record {
    pub mod graphql;
    pub mod read;
    pub mod rules;
    pub mod write;
}
/// How sessions begin, go on and end.
pub mod signin {
    pub mod read;
    pub mod secret;
    pub mod write;
}
/// A phone's one request.
pub mod status {
    pub mod graphql;
}
/// The slices' roots merged, and `node`.
pub mod schema;
/// The synthetic county, and its loading.
pub mod demo {
    mod accounts;
    mod careers;
    mod cast;
    pub mod county;
    #[cfg(test)]
    mod county_laws;
    mod dice;
    mod dossiers;
    mod establishment;
    mod identity;
    pub mod load;
    mod names;
    mod pairs;
    mod party;
    mod people;
    mod places;
    mod pool_plans;
    mod pools;
    mod seats;
    mod titles;
    mod tree;
}
/// The transports over one way of executing, health, start and end.
pub mod http {
    mod asked;
    mod compress;
    pub mod console;
    mod downloads;
    mod execute;
    mod fresh;
    mod graphql;
    mod health;
    pub mod house;
    mod keys;
    mod known;
    mod negotiate;
    mod oauth;
    mod operation;
    mod operations;
    mod origins;
    mod protocol;
    mod receiving;
    mod refusal;
    mod sender;
    pub mod server;
    mod signin;
    mod sse;
    mod stream;
    mod streams;
    mod turns;
    mod upload;
    mod websocket;
}
/// The command line.
pub mod cli {
    mod account;
    mod audit;
    mod calendar;
    mod command;
    mod demo;
    mod export;
    mod exports;
    mod forms;
    mod key;
    mod policy;
    mod progress;
    mod roster;
    mod run;

    pub use run::main;
}

pub use config::Config;
pub use http::{house::Hooks, server::Server};
