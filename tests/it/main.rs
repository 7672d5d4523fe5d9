//! The laws and the stories, in one binary.

// The root of the schema is merged from so many rooms that the compiler counts further than it would by itself.
#![recursion_limit = "256"]

mod access;
mod attacks;
mod audit;
mod cache;
mod calendar;
mod career;
mod codes;
mod command_line;
mod console;
mod costs;
mod defaults;
mod derived;
mod documents;
mod drift;
mod exports;
mod factors;
mod freshness;
mod grants;
mod hostile;
mod inside;
mod introspection;
mod keys;
mod leak;
mod limits;
mod mechanisms;
mod oracle;
mod organizations;
mod origins;
mod outage;
mod outside;
mod own_record;
mod pairs;
mod plans;
mod policies;
mod pools;
mod portraits;
mod reach;
mod realtime;
mod revocation;
mod roster;
mod sealing;
mod secrets;
mod sensitive;
mod signin;
mod statements;
mod storm;
mod summaries;
mod talks;
mod telling;
mod tidy;
mod tokens;
mod transfers;
mod transport;
mod whole;
mod writes;

fn main() -> std::process::ExitCode {
    let code = tests::runner::main();
    tests::world::clean_up();
    code
}
