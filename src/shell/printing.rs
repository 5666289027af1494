//! Pages straight to the print system, through a pipe to `lp`.
//!
//! Rules of this file:
//! - no page touches a file of ours; the name of the job says nothing;
//! - `lp` is run by a process that was started before the first secret, for later none can be;
//! - the spool is judged as its scheduler has it: in memory, and keeping no jobs; what cannot be judged is refused, and a
//!   reason that the ledger keeps is the one way around;
//! - a page that the print system did not take is a refusal.

pub mod client;

pub use client::COMMAND;

use super::machine;
use crate::ceremony::ports::Pages;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use client::Client;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The name of a queue, as the print system has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterName(String);

impl PrinterName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for PrinterName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fit = |byte: u8| byte.is_ascii_graphic() && !b"/#\"'\\?".contains(&byte);
        if !text.is_empty() && text.len() <= 127 && !text.starts_with('-') && text.bytes().all(fit) {
            Ok(Self(text.to_string()))
        } else {
            Err(
                "the name of a printer has 1 to 127 printable characters, no space, slash, # or quote, and no dash before it",
            )
        }
    }
}

/// The client of the print system that was started ahead.
static WAITING: Mutex<Option<Client>> = Mutex::new(None);

/// Starts the client of the print system for later.
pub fn get_ready(printer: &PrinterName) {
    // Whoever needs it and does not find it tries again, and tells.
    *WAITING.lock().unwrap_or_else(PoisonError::into_inner) = Client::start(printer).ok();
}

/// A queue that takes pages.
pub struct Printer(PrinterName);

impl Printer {
    /// The queue of this name. It is asked nothing before its first page.
    pub fn new(name: PrinterName) -> Self {
        Self(name)
    }
}

impl Pages for Printer {
    fn put(&mut self, _: &str, page: &SecretBytes) -> Result<(), Refusal> {
        let failed = |why: &str| {
            Refusal::new(
                Rule::PrinterFailed,
                format!("the print system did not take a page for {}: {why}", self.0.as_str()),
            )
            .hint("the printers that it has: lpstat -e")
        };
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        let client = match waiting.take().filter(|client| client.is_for(&self.0)) {
            Some(client) => client,
            None => Client::start(&self.0).map_err(|fault| failed(&fault.to_string()))?,
        };
        let client = waiting.insert(client);
        client.print(page).map_err(|why| failed(&why))
    }

    /// A job that was taken cannot be taken back; what was printed of a dealing that failed is void, and is shredded.
    fn withdraw(&mut self, _: &str) {}
}

/// What the scheduler does with jobs.
#[derive(Debug, PartialEq, Eq)]
struct Spool {
    folders: Vec<PathBuf>,
    keeps_files: bool,
    keeps_history: bool,
}

/// Refuses a spool that outlives its jobs; the sentence is what the exception would record.
pub fn judge_spool() -> Result<(), Refusal> {
    let server = std::env::var("CUPS_SERVER").ok().filter(|server| !server.is_empty());
    if let Some(server) = server.as_deref().filter(|server| !is_here(server)) {
        return Err(unsafe_spool(&format!(
            "the print system is another machine, {}",
            server.escape_debug()
        )));
    }
    let configuration = configuration(Path::new("/proc"), server.as_deref())?;
    judge(&configuration)
}

fn judge(spool: &Spool) -> Result<(), Refusal> {
    for folder in &spool.folders {
        if !machine::is_memory_backed(folder)? {
            return Err(unsafe_spool(&format!("its spool {} is on a disk", folder.display())));
        }
    }
    if spool.keeps_files {
        return Err(unsafe_spool(
            "it keeps the files of jobs that are done (PreserveJobFiles)",
        ));
    }
    if spool.keeps_history {
        return Err(unsafe_spool("it keeps a history of jobs (PreserveJobHistory)"));
    }
    Ok(())
}

fn unsafe_spool(found: &str) -> Refusal {
    Refusal::new(Rule::SpoolKeeps, format!("what this print system is given can be found again: {found}"))
        .hint("in cups-files.conf: RequestRoot and TempDir below /dev/shm or /run; in cupsd.conf: PreserveJobFiles No, PreserveJobHistory No")
        .hint("to go on all the same, and have it in the ledger: --allow-spool \"<reason>\"")
}

fn is_here(server: &str) -> bool {
    let name = server.split([':', '/']).next().unwrap_or_default();
    server.starts_with('/') || ["localhost", "127.0.0.1"].contains(&name)
}

/// The configuration of the scheduler that is running, as its own arguments name it; where several are, of the one that
/// listens at `server`.
fn configuration(processes: &Path, server: Option<&str>) -> Result<Spool, Refusal> {
    let unknown = |what: &str| unsafe_spool(&format!("it cannot be judged, {what}"));
    let mut found = schedulers(processes);
    if found.is_empty() {
        found.push((PathBuf::from("/etc/cups/cupsd.conf"), None));
    }
    let mut texts = Vec::new();
    for (main, files) in found {
        let text =
            std::fs::read_to_string(&main).map_err(|_| unknown(&format!("{} cannot be read", main.display())))?;
        texts.push((main, files, text));
    }
    if let Some(server) = server {
        let listening = |text: &str| values(text, "Listen").any(|listen| listen == server);
        if texts.iter().any(|(.., text)| listening(text)) {
            texts.retain(|(.., text)| listening(text));
        }
    }
    let [(main, files, text)] = texts.as_slice() else {
        return Err(unknown("several schedulers are running; name the one by CUPS_SERVER"));
    };
    let files = files.clone().unwrap_or_else(|| main.with_file_name("cups-files.conf"));
    let both = format!("{text}\n{}\n", std::fs::read_to_string(&files).unwrap_or_default());
    Ok(spool_of(&both))
}

/// The configuration files of every scheduler: `cupsd -c FILE -s FILE`.
fn schedulers(processes: &Path) -> Vec<(PathBuf, Option<PathBuf>)> {
    let Ok(entries) = std::fs::read_dir(processes) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let comm = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if comm.trim() != "cupsd" {
            continue;
        }
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words: Vec<String> = line
            .split(|byte| *byte == 0)
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect();
        let after = |flag: &str| {
            let at = words.iter().position(|word| word == flag)?;
            words.get(at + 1).map(PathBuf::from)
        };
        let main = after("-c").unwrap_or_else(|| PathBuf::from("/etc/cups/cupsd.conf"));
        found.push((main, after("-s")));
    }
    found.sort();
    found.dedup();
    found
}

/// The values of a directive, which is written in any case.
fn values<'t>(text: &'t str, directive: &'t str) -> impl Iterator<Item = &'t str> {
    text.lines().filter_map(move |line| {
        let (name, value) = line.trim().split_once(char::is_whitespace)?;
        name.eq_ignore_ascii_case(directive).then(|| value.trim())
    })
}

/// With the defaults of CUPS where nothing is said: jobs on disk, files for a day, history for ever.
fn spool_of(text: &str) -> Spool {
    let last = |directive| values(text, directive).last();
    let no = |value: &str| {
        ["no", "off", "false", "0"]
            .iter()
            .any(|no| value.eq_ignore_ascii_case(no))
    };
    let root = PathBuf::from(last("RequestRoot").unwrap_or("/var/spool/cups"));
    let temporary = last("TempDir").map_or_else(|| root.join("tmp"), PathBuf::from);
    Spool {
        folders: vec![root, temporary],
        keeps_files: !last("PreserveJobFiles").is_some_and(no),
        keeps_history: !last("PreserveJobHistory").is_some_and(no),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_system_of_which_nothing_is_said_keeps_jobs_on_a_disk() {
        let spool = spool_of("");
        assert_eq!(
            spool,
            Spool {
                folders: vec!["/var/spool/cups".into(), "/var/spool/cups/tmp".into()],
                keeps_files: true,
                keeps_history: true,
            }
        );
        assert!(judge(&spool).is_err_and(|refusal| refusal.rule() == Rule::SpoolKeeps));
    }

    #[test]
    fn a_spool_in_memory_that_keeps_nothing_is_taken_and_each_lapse_is_refused() {
        let fit = "RequestRoot /dev/shm/spool\nTempDir /dev/shm/tmp\npreservejobfiles NO\nPreserveJobHistory Off\n";
        assert_eq!(judge(&spool_of(fit)), Ok(()));
        for lapse in [
            "PreserveJobFiles 60",
            "PreserveJobFiles Yes",
            "PreserveJobHistory Yes",
            "RequestRoot /proc/spool",
            "TempDir /proc/tmp",
        ] {
            assert!(judge(&spool_of(&format!("{fit}{lapse}\n"))).is_err(), "{lapse}");
        }
    }

    #[test]
    fn a_printer_name_is_no_flag_and_no_path() {
        for good in ["Office_2", "hp-laserjet"] {
            assert!(good.parse::<PrinterName>().is_ok());
        }
        for bad in ["", "-o", "a b", "a/b", "a#b", "a\u{1b}b", "ä"] {
            assert!(bad.parse::<PrinterName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_print_system_elsewhere_is_told_from_one_here() {
        for here in ["/run/cups/cups.sock", "localhost", "localhost:631", "127.0.0.1:631"] {
            assert!(is_here(here), "{here}");
        }
        for away in ["printhost", "10.0.0.7:631", "localhost.example.org", "[::2]"] {
            assert!(!is_here(away), "{away}");
        }
    }
}
