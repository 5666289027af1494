//! What a process takes from itself before a secret is in it.
//!
//! `begin`: no core, no new privileges, helpers started, a network of its own, no tracing
//! `close`: the files of its command, the system calls that it needs, locked memory tried; what lacks
//!
//! Rules of this file:
//! - `begin` is the first thing a process does, `close` the last before its first secret; nothing is ever given back;
//! - whoever has to leave the process (decoders of scans, the print system) is started by `begin`: after `close` no program can be;
//! - what the system does not have is no failure here: it is said, recorded and, where the plan demands it, refused by `guard`.

mod calls;
mod needs;
mod places;

pub use needs::Needs;

use super::network::{self, Found};
use super::{decoder, printing, terminal};
use crate::plan::Defence;
use rustix::process::{DumpableBehavior, Resource, Rlimit};
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::OnceLock;
use strongroom_bedrock::{locked, namespace};

/// As much as is tried to be locked, in bytes: the secrets of any command but large scans.
const LOCKED: usize = 1 << 20;

/// What `begin` found and did.
struct Begun {
    needs: Needs,
    network: Found,
    has_own_network: bool,
}

static BEGUN: OnceLock<Begun> = OnceLock::new();
static MISSING: OnceLock<Vec<Defence>> = OnceLock::new();

/// Takes from the process what it never needs; for a command with secrets, also the network, once its helpers are there.
pub fn begin(needs: Option<Needs>) {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    let _ = rustix::thread::set_no_new_privs(true);
    locked::get_ready();
    if let Some(needs) = needs {
        BEGUN.get_or_init(|| {
            let network = network::judge();
            terminal::get_ready();
            decoder::get_ready(needs.decoders);
            if let Some(printer) = &needs.printer {
                printing::get_ready(printer);
            }
            Begun {
                needs,
                network,
                has_own_network: namespace::leave_the_network().is_ok(),
            }
        });
    }
    // Last: a process that is not dumpable cannot write the maps of its user namespace.
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// The network that the machine has: as it was before this process left it.
pub fn network() -> Found {
    BEGUN.get().map_or_else(network::judge, |begun| begun.network.clone())
}

/// Closes the process but for what its command needs, and gives the defences that the system does not have. Once: a second
/// call gives the same.
pub fn close() -> &'static [Defence] {
    MISSING.get_or_init(|| {
        let begun = BEGUN.get();
        let mut places = begun.map(|begun| begun.needs.places.clone()).unwrap_or_default();
        places.camera = begun.and_then(|begun| begun.needs.camera.clone());
        for folder in &places.change {
            // Whether it can be made is found, and told, by whoever puts something there.
            let _ = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        }
        let held = [
            (Defence::NoCore, leaves_no_core()),
            (Defence::NotDumpable, is_untraceable()),
            (Defence::NoNewPrivileges, gains_no_privileges()),
            (
                Defence::NetworkNamespace,
                begun.is_some_and(|begun| begun.has_own_network),
            ),
            (Defence::LockedMemory, memory_is_locked()),
            (Defence::Landlock, begun.is_some() && places::hold_to(&places)),
            // After the others: it ends their system calls.
            (Defence::Seccomp, calls::hold_to_work(places.camera.is_some())),
        ];
        let mut missing: Vec<Defence> = held.iter().filter(|(_, held)| !held).map(|(lost, _)| *lost).collect();
        missing.sort_unstable();
        missing
    })
}

/// Closes the process of a helper that forks others, which work between two pipes: no file, no network, no program.
pub fn close_to_forks() {
    let _ = namespace::leave_the_network();
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = places::hold_to(&places::Places::default());
    let _ = calls::hold_to_forks();
}

/// Closes such a fork: it takes bytes from one pipe and puts bytes into another, and nothing else.
pub fn close_to_pipes() {
    let _ = calls::hold_to_pipes();
}

/// Whether a crash of this process would leave no core.
fn leaves_no_core() -> bool {
    rustix::process::getrlimit(Resource::Core).current == Some(0)
}

/// Whether other processes of the same user can neither trace this one nor read its memory.
fn is_untraceable() -> bool {
    matches!(rustix::process::dumpable_behavior(), Ok(DumpableBehavior::NotDumpable))
}

fn gains_no_privileges() -> bool {
    rustix::thread::no_new_privs().unwrap_or(false)
}

fn memory_is_locked() -> bool {
    drop(locked::Locked::zeroed(LOCKED));
    locked::refused() == 0
}
