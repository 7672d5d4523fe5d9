//! The API server. Rooms are declared lowest first: a room may use those above it in this file, never below, except
//! that `graphql` files may name each other, because a schema is a graph.
//!
//! Invariant: only `db` holds a connection. Everything else holds a `Session`.

#![warn(missing_docs)]

/// Every setting: name, unit, default, what breaks.
pub mod config;
/// Everything that can go wrong, as the client may know it, and every act that may be forbidden.
pub mod error;
/// The time, from one place.
pub mod clock;
/// Pages and cursors.
pub mod page;
/// What the server counts of itself.
pub mod metrics;
/// What several processes share, on Redis or in this process.
pub mod shared {
    pub mod store;
}
/// Who is asking, what they may do, which rows exist for them.
pub mod auth {
    pub mod keys;
    pub mod policy;
    pub mod scope;
    pub mod seal;
    pub mod token;
}
/// Remembered answers, and how they end.
pub mod cache {
    pub mod generations;
    pub mod recall;
}
/// The only door to the data: `ask`, `recall`, `run`.
pub mod db {
    mod change;
    mod closure;
    pub mod connect;
    pub mod door;
    pub mod gate;
    pub mod reader;
    mod run;
    pub mod session;
    pub mod sweeper;
    mod unique;
    pub mod writer;
}
