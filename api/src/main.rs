//! The binary `tidui`. Everything it can do stands in `cli`.

// The root of the schema is merged from so many rooms that the compiler counts further than it would by itself.
#![recursion_limit = "256"]

fn main() -> std::process::ExitCode {
    api::cli::main(api::Hooks::default())
}
