//! The laws and the stories, in one binary.

mod access;
mod audit;
mod cache;
mod documents;
mod drift;
mod leak;
mod outage;
mod sensitive;
mod statements;
mod tokens;
mod writes;

fn main() -> std::process::ExitCode {
    let code = tests::runner::main();
    tests::world::clean_up();
    code
}
