//! The laws and the stories, in one binary.

mod access;
mod audit;
mod cache;
mod career;
mod codes;
mod command_line;
mod documents;
mod drift;
mod leak;
mod oracle;
mod outage;
mod roster;
mod sealing;
mod sensitive;
mod signin;
mod statements;
mod tidy;
mod tokens;
mod writes;

fn main() -> std::process::ExitCode {
    let code = tests::runner::main();
    tests::world::clean_up();
    code
}
