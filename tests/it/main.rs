//! The laws and the stories, in one binary.

mod access;
mod leak;

fn main() -> std::process::ExitCode {
    tests::runner::main()
}
