//! No core dump, no tracing by others: the first thing the process does.
//!
//! Rules of this file:
//! - nothing here can fail loudly: a defence that the system does not have is reported by `preflight`, not here.

use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// Takes from the process what it never needs.
pub fn apply() {
    let _ = rustix::process::setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Whether a crash of this process would leave no core.
pub fn leaves_no_core() -> bool {
    rustix::process::getrlimit(Resource::Core).current == Some(0)
}

/// Whether other processes of the same user can neither trace this one nor read its memory.
pub fn is_untraceable() -> bool {
    matches!(rustix::process::dumpable_behavior(), Ok(DumpableBehavior::NotDumpable))
}
