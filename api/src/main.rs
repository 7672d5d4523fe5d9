//! The binary `tidui`. Everything it can do stands in `cli`.

fn main() -> std::process::ExitCode {
    api::cli::main(api::Hooks::default())
}
