//! The process that runs `lp`: started before the first secret, and given one page after the other.
//!
//! request = length (8 bytes, little-endian) ‖ the page
//! answer  = length (4) ‖ why it was not taken; nothing, where it was
//!
//! Rules of this file:
//! - `lp` is running before the first byte of its page is read: no program is started by a process that holds one;
//! - a page passes through one buffer, which is wiped.

use super::PrinterName;
use crate::secret::SecretBytes;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use zeroize::Zeroizing;

/// The name of the command by which this program becomes a client. It is in no help: nobody but this file calls it.
pub const COMMAND: &str = "hand-to-printer";
/// The longest sentence of the print system that is passed on, in bytes.
const SAID_MAX: usize = 4096;
/// How much of a page is under way at once, in bytes.
const PART: usize = 16 * 1024;

/// A client at work.
pub(super) struct Client {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    printer: PrinterName,
}

impl Client {
    pub(super) fn start(printer: &PrinterName) -> std::io::Result<Self> {
        let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
        let mut child = Command::new(program)
            .args([COMMAND, printer.as_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (requests, answers) = pipes.ok_or(std::io::ErrorKind::BrokenPipe)?;
        Ok(Self {
            child,
            requests,
            answers,
            printer: printer.clone(),
        })
    }

    pub(super) fn is_for(&self, printer: &PrinterName) -> bool {
        self.printer == *printer
    }

    /// Hands over one page; the reason, where the print system did not take it.
    pub(super) fn print(&mut self, page: &SecretBytes) -> Result<(), String> {
        let gone = |_| "its client has ended".to_string();
        let length = (page.len() as u64).to_le_bytes();
        self.requests.write_all(&length).map_err(gone)?;
        page.expose(|bytes| self.requests.write_all(bytes)).map_err(gone)?;
        let mut length = [0; 4];
        self.answers.read_exact(&mut length).map_err(gone)?;
        let length = u32::from_le_bytes(length) as usize;
        if length == 0 {
            return Ok(());
        }
        let mut said = vec![0; length.min(SAID_MAX)];
        self.answers.read_exact(&mut said).map_err(gone)?;
        Err(String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prints until the input ends. Whatever goes wrong with the pipes ends the process: its parent says so.
pub fn run() {
    let Some(printer) = std::env::args()
        .nth(2)
        .and_then(|name| name.parse::<PrinterName>().ok())
    else {
        return;
    };
    let mut part = Zeroizing::new([0; PART]);
    loop {
        let mut length = [0; 8];
        if !read_all(&mut length) {
            return;
        }
        let Some(said) = print_one(&printer, u64::from_le_bytes(length), &mut part) else {
            return;
        };
        let mut answer = (said.len() as u32).to_le_bytes().to_vec();
        answer.extend_from_slice(said.as_bytes());
        if std::io::stdout().write_all(&answer).is_err() || std::io::stdout().flush().is_err() {
            return;
        }
    }
}

/// Why `lp` did not take the page, or an empty sentence; nothing where the page itself did not come.
fn print_one(printer: &PrinterName, mut left: u64, part: &mut [u8; PART]) -> Option<String> {
    let started = Command::new("lp")
        .args(["-d", printer.as_str(), "-t", "page", "-o", "print-scaling=none"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut client = started
        .as_ref()
        .map(|_| ())
        .map_err(|fault| format!("lp cannot be run: {fault}"));
    let mut lp = started.ok();
    let mut pipe = lp.as_mut().and_then(|lp| lp.stdin.take());
    while left > 0 {
        let next = usize::try_from(left).unwrap_or(PART).min(PART);
        if !read_all(&mut part[..next]) {
            return None;
        }
        left -= next as u64;
        // Whatever became of `lp`, the page is read to its end.
        if let Some(to) = &mut pipe
            && to.write_all(&part[..next]).is_err()
        {
            pipe = None;
            client = Err("the pipe was closed".to_string());
        }
    }
    drop(pipe);
    if let Some(lp) = lp {
        let ended = lp.wait_with_output().ok()?;
        if !ended.status.success() {
            let said = String::from_utf8_lossy(&ended.stderr);
            let said: String = said.trim().chars().take(200).flat_map(char::escape_debug).collect();
            return Some(if said.is_empty() {
                "it does not say why".to_string()
            } else {
                said
            });
        }
    }
    Some(client.err().unwrap_or_default())
}

/// Through no buffer but the one that is given: what passed is nowhere else.
fn read_all(mut bytes: &mut [u8]) -> bool {
    while !bytes.is_empty() {
        match rustix::io::read(rustix::stdio::stdin(), &mut *bytes) {
            Ok(0) => return false,
            Ok(read) => bytes = &mut bytes[read..],
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}
