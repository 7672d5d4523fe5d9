//! The laws and the stories, in one binary.

mod access;
mod cache;
mod leak;
mod statements;
mod writes;

fn main() -> std::process::ExitCode {
    tests::runner::main()
}
