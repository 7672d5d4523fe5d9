//! The binary `tidui`. Everything it can do stands in `cli`.

// The root of the schema is merged from so many rooms that the compiler counts further than it would by itself.
#![recursion_limit = "256"]

/// A request asks for memory thousands of times: this one gives it in a third of the time that the system's takes. Without huge
/// pages: a server that waits would keep them.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    api::cli::main(api::Hooks::default())
}
