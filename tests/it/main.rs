//! The laws and the stories, in one binary.

mod stories;

fn main() -> std::process::ExitCode {
    tests::runner::main()
}
