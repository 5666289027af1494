//! Arguments in, exit status out.

/// Wipes what is freed, also what libraries leave behind.
#[global_allocator]
static MEMORY: strongroom_bedrock::wiping::Wiping = strongroom_bedrock::wiping::Wiping;

fn main() -> std::process::ExitCode {
    strongroom::shell::run()
}
