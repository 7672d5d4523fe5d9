//! The laws and the stories, in one binary.

mod access;
mod cache;
mod command_line;
mod documents;
mod leak;
mod outage;
mod roster;
mod statements;
mod tokens;
mod writes;

fn main() -> std::process::ExitCode {
    let code = tests::runner::main();
    tests::world::clean_up();
    code
}
