//! What the laws and stories stand on: the real server, ephemeral databases, a client, builders of rows, and
//! the repository's own text.

pub mod client;
pub mod collector;
pub mod country;
pub mod county;
pub mod dice;
pub mod events;
pub mod hostile;
pub mod issuer;
pub mod mutants;
pub mod policy;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod redis;
pub mod runner;
pub mod sdl;
pub mod signin;
pub mod socket;
pub mod source;
pub mod token;
pub mod world;
