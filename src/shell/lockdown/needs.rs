//! What each command needs once a secret is in its process: everything else is taken from it before.

use super::places::Places;
use crate::shell::args::{
    Ceremony, Command, Contribute, DrillCommand, DrillOpen, Enroll, Place, Prove, QuorumOfScans, Recover, Reissue,
    Reprint,
};
use crate::shell::decoder;
use crate::shell::printing::PrinterName;
use std::path::{Path, PathBuf};

/// Where the passphrases of a rehearsal go when its pages go to a printer, and where a worklist looks for its scans.
const BESIDE_A_PRINTER: &str = "/dev/shm";

/// The camera that is offered where none was named.
const CAMERA: &str = "/dev/video0";

/// The folder that a file is in.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Helpers that are started before the first secret, and places that are still reached after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// How many decoders of scans.
    pub decoders: usize,
    /// The printer that pages go to.
    pub printer: Option<PrinterName>,
    /// The camera that sheets are held before.
    pub camera: Option<PathBuf>,
    /// What is read and changed.
    pub places: Places,
}

impl Needs {
    /// Those of a command with secrets; nothing for a command that never holds one.
    pub fn of(place: &Place, command: &Command) -> Option<Self> {
        let needs = match command {
            Command::Ceremony(it) => Self::ceremony(it),
            Command::Prove(it) => Self::prove(it),
            Command::Reprint(it) | Command::Passphrase(it) => Self::reprint(it),
            Command::Enroll(it) => Self::enroll(it),
            Command::Recover(it) if it.whom => return None,
            Command::Recover(it) => Self::recover(it),
            // It may run where there is no vault at all.
            Command::Contribute(it) => return Some(Self::contribute(it)),
            Command::Reissue(it) => Self::reissue(it),
            Command::Relock(it) => Self::quorum(&it.quorum),
            Command::Drill(it) => match &it.command {
                DrillCommand::Open(it) => Self::drill(it),
                _ => return None,
            },
            // It holds none, but tries all that is taken from those who do.
            Command::Preflight(_) => return Some(Self::default()),
            // A rehearsal's secrets are thrown away; each of its steps is a process of its own, with needs of its own.
            Command::Rehearse(_)
            | Command::Init(_)
            | Command::Check(_)
            | Command::Simulate(_)
            | Command::Print(_)
            | Command::Restore(_)
            | Command::Exchange(_)
            | Command::Export(_)
            | Command::Exception(_)
            | Command::Notice(_)
            | Command::Status(_)
            | Command::Due(_)
            | Command::Envelope(_)
            | Command::Safe(_)
            | Command::Device(_)
            | Command::Guidance(_)
            | Command::Review(_)
            | Command::Finding(_)
            | Command::Runbook(_)
            | Command::Ledger(_) => return None,
        };
        Some(needs.changes(&place.vault))
    }

    fn ceremony(it: &Ceremony) -> Self {
        // Whoever is asked may have pages to scan.
        let needs = Self::pages(it.out.as_deref(), it.printer.as_ref());
        if it.unattended.unattended {
            return needs;
        }
        needs.scans(std::slice::from_ref(&it.scan))
    }

    fn reprint(it: &Reprint) -> Self {
        Self::pages(it.out.as_deref(), it.printer.as_ref())
            .scans(&it.scan)
            .reads(it.passphrases.as_deref())
    }

    fn prove(it: &Prove) -> Self {
        Self::default().scans(&it.scan).reads(it.passphrases.as_deref())
    }

    fn recover(it: &Recover) -> Self {
        let scans: Vec<PathBuf> = it.scan.iter().cloned().chain(it.contribution.iter().cloned()).collect();
        let mut needs = Self::default().scans(&scans).reads(it.passphrases.as_deref());
        if !it.unattended {
            // What is scanned while they gather, and what arrives from afar.
            needs = needs
                .scans(&[PathBuf::from(BESIDE_A_PRINTER)])
                .changes(Path::new(BESIDE_A_PRINTER));
        }
        for arriving in &it.contribution {
            needs = needs.reads(arriving.parent());
        }
        if let Some(invite) = &it.invite {
            needs = needs.changes(folder_of(invite));
        }
        needs.camera(it.camera.as_deref(), !it.unattended)
    }

    fn reissue(it: &Reissue) -> Self {
        Self::pages(it.out.as_deref(), it.printer.as_ref())
            .scans(&it.quorum.scan)
            .reads(it.quorum.passphrases.as_deref())
    }

    fn quorum(it: &QuorumOfScans) -> Self {
        Self::default().scans(&it.scan).reads(it.passphrases.as_deref())
    }

    fn drill(it: &DrillOpen) -> Self {
        Self::default().scans(&it.scan).reads(it.passphrases.as_deref())
    }

    fn contribute(it: &Contribute) -> Self {
        Self::default()
            .scans(&it.scan)
            .reads(Some(&it.to))
            .reads(it.passphrases.as_deref())
            .changes(folder_of(&it.out))
    }

    fn enroll(it: &Enroll) -> Self {
        // A seed may come as the picture of a code.
        let mut from: Vec<PathBuf> = it.from.iter().cloned().collect();
        if it.worklist && from.is_empty() {
            from.push(PathBuf::from(BESIDE_A_PRINTER));
        }
        Self::default().scans(&from).camera(it.camera.as_deref(), false)
    }

    fn pages(out: Option<&Path>, printer: Option<&PrinterName>) -> Self {
        let needs = Self {
            printer: printer.cloned(),
            ..Self::default()
        };
        needs.changes(out.unwrap_or(Path::new(BESIDE_A_PRINTER)))
    }

    /// The camera that was named; to people who gather, the first one that there is, for they may ask for it.
    fn camera(mut self, named: Option<&Path>, attended: bool) -> Self {
        let first = || attended.then(|| PathBuf::from(CAMERA)).filter(|first| first.exists());
        self.camera = named.map(Path::to_path_buf).or_else(first);
        if self.camera.is_some() {
            self.decoders = decoder::READY;
        }
        self
    }

    fn changes(mut self, folder: &Path) -> Self {
        self.places.change.push(folder.to_path_buf());
        self
    }

    fn reads(mut self, file: Option<&Path>) -> Self {
        self.places.read.extend(file.map(Path::to_path_buf));
        self
    }

    fn scans(mut self, files: &[PathBuf]) -> Self {
        if !files.is_empty() {
            self.decoders = decoder::READY;
        }
        self.places.read.extend_from_slice(files);
        self
    }
}
