//! Scans come from outside: they are decoded in a process of their own, which holds no secret but what the scan shows.
//!
//! request  = kind (1 byte) ‖ length (8 bytes, little-endian) ‖ the scan
//! answer   = length (8) ‖ 0 ‖ pages (4) ‖ for each: codes (4) ‖ for each: length (4) ‖ text, then remains (4) of 0 or 1 texts alike;
//!            or 1 ‖ rule ‖ sentence ‖ hints (4) ‖ each hint; or 2, the decoder ended over it; or 3, it took longer than it may
//!
//! Rules of this file:
//! - the processes are started before the first secret, by `lockdown::begin`, for later none can be;
//! - the process has no network, no file but its pipes, no other program, bounded memory and bounded time of the processor: what
//!   `worker` takes from itself;
//! - a scan that ends its decoder is refused by name, and the next one gets a new one; where the bounds do not end it, the clock
//!   ends all of the process;
//! - what it answers is judged like any input: a decoder that was taken over can give wrong codes, and nothing else.

pub mod worker;

use super::lost::Lost;
use crate::paper::scan::Page;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that one scan of sheets is decoded, by the clock.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest that one scan of a vault copy is decoded, by the clock: 200 pages of twelve codes.
const COPY_PATIENCE: Duration = Duration::from_mins(10);
/// The most that a process answers for one scan, in bytes: twelve codes on each of 200 pages.
const ANSWER_MAX: usize = 12 << 20;
/// The name of the command by which this program becomes a decoder. It is in no help: nobody but this file calls it.
pub const COMMAND: &str = "decode-scans";
/// How many decoders a command with scans has ready: the most that are at work at once.
pub const READY: usize = super::scanning::WORKERS_MAX;
/// What is answered where a decoder ended over its scan.
const ENDED_OVER_IT: u8 = 2;
/// The same, by the timer of its time.
const TOOK_TOO_LONG: u8 = 3;

/// What a scan is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sheets, cards, pictures of codes: a few codes a page, and help where they are damaged.
    Sheets,
    /// Pages of a vault copy.
    Copy,
}

impl Kind {
    fn number(self) -> u8 {
        match self {
            Self::Sheets => 0,
            Self::Copy => 1,
        }
    }

    /// The kind for a number.
    pub(super) fn from_number(number: u8) -> Option<Self> {
        [Self::Sheets, Self::Copy]
            .into_iter()
            .find(|kind| kind.number() == number)
    }

    fn patience(self) -> Duration {
        match self {
            Self::Sheets => PATIENCE,
            Self::Copy => COPY_PATIENCE,
        }
    }
}

/// Decoders that were started ahead.
static WAITING: Mutex<Vec<Running>> = Mutex::new(Vec::new());

/// Starts so many decoders for later.
pub fn get_ready(count: usize) {
    // Whoever needs one that is not there tries again, and tells.
    let started: Vec<Running> = (0..count).filter_map(|_| Running::start(None).ok()).collect();
    waiting(|all| all.extend(started));
}

fn waiting<R>(with: impl FnOnce(&mut Vec<Running>) -> R) -> R {
    with(&mut WAITING.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The scans of one command, decoded elsewhere. The process is taken with the first scan, and ends with this value.
#[derive(Default)]
pub struct Decoder {
    program: Option<PathBuf>,
    running: Option<Running>,
    /// Pages without a code, until a person is asked for their lines.
    pub(super) lost: Vec<Lost>,
}

impl Decoder {
    /// A decoder that is this program elsewhere: where the library runs inside another one.
    pub fn by(program: PathBuf) -> Self {
        Self {
            program: Some(program),
            running: None,
            lost: Vec::new(),
        }
    }

    /// The codes of a scan, page by page, as [`crate::paper::scan::codes`] finds them.
    pub fn codes(&mut self, scan: &SecretBytes) -> Result<Vec<Page>, Refusal> {
        self.pages(Kind::Sheets, scan)
    }

    /// The codes of a scan of a vault copy, as [`crate::paper::scan::copy_pages`] finds them.
    pub fn copy_pages(&mut self, scan: &SecretBytes) -> Result<Vec<Page>, Refusal> {
        self.pages(Kind::Copy, scan)
    }

    fn pages(&mut self, kind: Kind, scan: &SecretBytes) -> Result<Vec<Page>, Refusal> {
        let running = match self.running.take().or_else(|| waiting(Vec::pop)) {
            Some(running) => running,
            None => Running::start(self.program.clone())?,
        };
        let answer = running.answer(kind, scan).map_err(|found| gone(kind, found))?;
        let read = read_answer(kind, &answer).ok_or_else(|| gone(kind, "said something that is no answer"))?;
        self.running = Some(running);
        read
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            waiting(|all| all.push(running));
        }
    }
}

/// A decoder at work.
struct Running {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
}

impl Running {
    fn start(program: Option<PathBuf>) -> Result<Self, Refusal> {
        let failed = |fault: std::io::Error| {
            Refusal::new(
                Rule::InputOutput,
                format!("no decoder of scans is left, and none can be started: {fault}"),
            )
            .hint("type the lines of that sheet instead; a new start of the command has new decoders")
        };
        let own = || std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
        let program = program.unwrap_or_else(own);
        let mut child = Command::new(program)
            .arg(COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Refusal::new(Rule::Internal, "a pipe to the decoder is missing"));
        };
        // A decoder that neither takes nor gives must not hold us: we wait by the clock.
        for pipe in [requests.as_fd(), answers.as_fd()] {
            rustix::io::ioctl_fionbio(pipe, true).map_err(|fault| failed(fault.into()))?;
        }
        Ok(Self {
            child,
            requests,
            answers,
        })
    }

    /// The answer; or what became of the process, which is of no more use then.
    fn answer(&self, kind: Kind, scan: &SecretBytes) -> Result<SecretBytes, &'static str> {
        let until = Instant::now() + kind.patience();
        let length = (scan.len() as u64).to_le_bytes();
        send(self.requests.as_fd(), &[kind.number()], until)?;
        send(self.requests.as_fd(), &length, until)?;
        scan.expose(|bytes| send(self.requests.as_fd(), bytes, until))?;
        let mut length = [0; 8];
        receive(self.answers.as_fd(), &mut length, until)?;
        let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
        if length > ANSWER_MAX {
            return Err("said something that is no answer");
        }
        SecretBytes::try_build(length, |bytes| receive(self.answers.as_fd(), bytes, until))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ENDED: &str = "ended over it";
const SLOW: &str = "took longer than it may";

fn send(pipe: BorrowedFd<'_>, mut bytes: &[u8], until: Instant) -> Result<(), &'static str> {
    while !bytes.is_empty() {
        match rustix::io::write(pipe, bytes) {
            Ok(sent) => bytes = &bytes[sent..],
            Err(Errno::AGAIN | Errno::INTR) => wait(pipe, PollFlags::OUT, until)?,
            Err(_) => return Err(ENDED),
        }
    }
    Ok(())
}

fn receive(pipe: BorrowedFd<'_>, mut bytes: &mut [u8], until: Instant) -> Result<(), &'static str> {
    while !bytes.is_empty() {
        match rustix::io::read(pipe, &mut *bytes) {
            Ok(0) => return Err(ENDED),
            Ok(received) => bytes = &mut bytes[received..],
            Err(Errno::AGAIN | Errno::INTR) => wait(pipe, PollFlags::IN, until)?,
            Err(_) => return Err(ENDED),
        }
    }
    Ok(())
}

fn wait(pipe: BorrowedFd<'_>, what: PollFlags, until: Instant) -> Result<(), &'static str> {
    let left = until.saturating_duration_since(Instant::now());
    let timeout = Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(0),
        tv_nsec: i64::from(left.subsec_nanos()),
    };
    match rustix::event::poll(&mut [PollFd::from_borrowed_fd(pipe, what)], Some(&timeout)) {
        Ok(0) => Err(SLOW),
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(_) => Err(ENDED),
    }
}

fn gone(kind: Kind, found: &str) -> Refusal {
    Refusal::new(Rule::ScanUnreadable, format!("the decoder of scans {found}")).hint(match kind {
        Kind::Sheets => "type the lines of that sheet instead, or scan it again at 300 dpi, grey",
        Kind::Copy => "scan these pages again at 300 dpi, grey, fewer in a file",
    })
}

/// What an answer says, or nothing where it is none.
fn read_answer(kind: Kind, answer: &SecretBytes) -> Option<Result<Vec<Page>, Refusal>> {
    answer.expose(|bytes| {
        let mut rest = Rest(bytes);
        let read = match rest.byte()? {
            0 => Ok(rest.pages()?),
            1 => Err(rest.refusal()?),
            ENDED_OVER_IT => Err(gone(kind, ENDED)),
            TOOK_TOO_LONG => Err(gone(kind, SLOW)),
            _ => return None,
        };
        rest.0.is_empty().then_some(read)
    })
}

/// What is left of an answer.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<usize> {
        let (bytes, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*bytes) as usize)
    }

    fn text(&mut self) -> Option<SecretText> {
        let length = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        let text = std::str::from_utf8(bytes).ok()?;
        Some(SecretText::build(text.len(), |copy| copy.push_str(text)))
    }

    fn pages(&mut self) -> Option<Vec<Page>> {
        let count = self.number()?;
        let mut pages = Vec::new();
        for _ in 0..count {
            let codes = self.number()?;
            let codes = (0..codes).map(|_| self.text()).collect::<Option<Vec<_>>>()?;
            let remains = match self.number()? {
                0 => None,
                1 => Some(self.text()?),
                _ => return None,
            };
            pages.push(Page { codes, remains });
        }
        Some(pages)
    }

    fn refusal(&mut self) -> Option<Refusal> {
        let mut plain = || self.text().map(|text| text.expose(str::to_string));
        let (rule, sentence) = (plain()?, plain()?);
        let rule = Rule::ALL.iter().find(|known| known.name() == rule)?;
        let mut refusal = Refusal::new(*rule, sentence);
        for _ in 0..self.number()? {
            refusal = refusal.hint(self.text()?.expose(str::to_string));
        }
        Some(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<Result<Vec<Page>, Refusal>> {
        read_answer(Kind::Sheets, &SecretBytes::new(bytes.to_vec()))
    }

    #[test]
    fn an_answer_is_read_back_as_it_was_written() {
        let pages = vec![
            Page {
                codes: vec![SecretText::new("ZZ1QQ".to_string())],
                remains: None,
            },
            Page {
                codes: vec![],
                remains: Some(SecretText::new("A: QQ??".to_string())),
            },
        ];
        let read_back = read(&worker::written(Ok(pages))).unwrap().ok().unwrap();
        assert_eq!(read_back.len(), 2);
        assert!(read_back[0].codes[0].expose(|text| text == "ZZ1QQ") && read_back[1].codes.is_empty());
        let remains = read_back[1].remains.as_ref();
        assert!(remains.is_some_and(|lines| lines.expose(|lines| lines == "A: QQ??")));
        let refusal = Refusal::new(Rule::ScanUnreadable, "no picture").hint("scan it again");
        assert_eq!(
            read(&worker::written(Err(refusal.clone()))).unwrap().err(),
            Some(refusal)
        );
    }

    #[test]
    fn what_is_no_answer_is_refused_and_never_trips_the_reader() {
        for bytes in [
            &b""[..],
            b"\x04",
            b"\x02more",
            b"\x00",
            b"\x00\xff\xff\xff\xff",
            b"\x00\x01\x00\x00\x00\x01\x00\x00\x00\xff\xff\xff\xff",
            b"\x00\x00\x00\x00\x00more",
            b"\x01\x01\x00\x00\x00x\x00\x00\x00\x00\x00\x00\x00\x00",
        ] {
            assert!(read(bytes).is_none(), "{bytes:?}");
        }
    }
}
