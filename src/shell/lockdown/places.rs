//! The files that are left: Landlock, by the places that a command was given.
//!
//! Rules of this file:
//! - what is not under a place of the command cannot be opened, whoever owns it; nothing can be run from anywhere;
//! - a place that does not exist gives nothing: what is to be made there has its folder made before.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError,
    RulesetStatus, make_bitflags, path_beneath_rules,
};
use std::path::PathBuf;

/// What a command reads and changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Files and folders that are read.
    pub read: Vec<PathBuf>,
    /// Folders in which files are made, changed and removed.
    pub change: Vec<PathBuf>,
    /// A camera.
    pub camera: Option<PathBuf>,
}

/// What every command may read: the clock's zones. And its terminal, which it may write to as well.
const ALWAYS: &[&str] = &["/usr/share/zoneinfo", "/etc/localtime", "/etc/timezone"];
const TERMINAL: &str = "/dev/tty";

/// Whether the process is held to `places` from here on.
pub(super) fn hold_to(places: &Places) -> bool {
    matches!(
        restrict(places),
        Ok(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced)
    )
}

fn restrict(places: &Places) -> Result<RulesetStatus, RulesetError> {
    let version = ABI::V5;
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let write: BitFlags<AccessFs> = make_bitflags!(AccessFs::{WriteFile | Truncate});
    let change = read | write | make_bitflags!(AccessFs::{MakeReg | MakeDir | RemoveFile});
    let terminal = make_bitflags!(AccessFs::{ReadFile | WriteFile | IoctlDev});
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(version))?
        .handle_access(AccessNet::from_all(version))?
        .create()?
        .add_rules(path_beneath_rules(&places.read, read))?
        .add_rules(path_beneath_rules(&places.change, change))?
        .add_rules(path_beneath_rules(ALWAYS, read))?
        .add_rules(path_beneath_rules([TERMINAL], terminal))?
        .add_rules(path_beneath_rules(&places.camera, terminal))?
        .restrict_self()?;
    Ok(status.ruleset)
}
