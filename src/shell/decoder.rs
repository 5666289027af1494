//! Scans come from outside: they are decoded in a process of their own, which holds no secret but what the scan shows.
//!
//! request  = length (8 bytes, little-endian) ‖ the scan
//! answer   = 0 ‖ pages (4) ‖ for each: codes (4) ‖ for each: length (4) ‖ text; or 1 ‖ rule ‖ sentence ‖ hints (4) ‖ each hint
//!
//! Rules of this file:
//! - the process has no network, no file but its pipes, no other program, and bounded memory: what `worker` takes from itself;
//! - it has so long for a scan; then it is ended, the scan is refused by name, and the next one gets a new process;
//! - what it answers is judged like any input: a decoder that was taken over can give wrong codes, and nothing else.

pub mod worker;

use crate::paper::scan::Page;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// The longest that one scan is decoded.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most that a process answers for one scan, in bytes: as much text as any number of sheets gives.
const ANSWER_MAX: usize = 4 << 20;
/// The name of the command by which this program becomes a decoder. It is in no help: nobody but this file calls it.
pub const COMMAND: &str = "decode-scans";

/// The scans of one command, decoded elsewhere. The process is started with the first scan, and ends with this value.
#[derive(Default)]
pub struct Decoder {
    program: Option<PathBuf>,
    running: Option<Running>,
}

impl Decoder {
    /// A decoder that is this program elsewhere: where the library runs inside another one.
    pub fn by(program: PathBuf) -> Self {
        Self {
            program: Some(program),
            running: None,
        }
    }

    /// The codes of a scan, page by page, as [`crate::paper::scan::codes`] finds them.
    pub fn codes(&mut self, scan: &SecretBytes) -> Result<Vec<Page>, Refusal> {
        let running = match self.running.take() {
            Some(running) => running,
            None => Running::start(self.program.clone())?,
        };
        match running.ask(scan) {
            Ok((running, answer)) => {
                self.running = Some(running);
                read_answer(&answer).ok_or_else(|| gone("said something that is no answer"))?
            }
            Err(found) => Err(gone(found)),
        }
    }
}

/// A decoder at work: one thread of ours waits for its answers.
struct Running {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<Option<SecretBytes>>,
}

impl Running {
    fn start(program: Option<PathBuf>) -> Result<Self, Refusal> {
        let failed = |fault: std::io::Error| {
            Refusal::new(
                Rule::InputOutput,
                format!("the decoder of scans cannot be started: {fault}"),
            )
            .hint("type the lines instead: leave out --scan")
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
        let (send, receive) = channel();
        std::thread::spawn(move || pass_on(answers, &send));
        Ok(Self {
            child,
            requests,
            answers: receive,
        })
    }

    /// Itself and the answer; or what became of the process, which has ended then.
    fn ask(mut self, scan: &SecretBytes) -> Result<(Self, SecretBytes), &'static str> {
        let length = (scan.len() as u64).to_le_bytes();
        let sent = self
            .requests
            .write_all(&length)
            .and_then(|()| scan.expose(|bytes| self.requests.write_all(bytes)));
        if sent.is_err() {
            return Err("ended over it");
        }
        match self.answers.recv_timeout(PATIENCE) {
            Ok(Some(answer)) => Ok((self, answer)),
            Ok(None) | Err(RecvTimeoutError::Disconnected) => Err("ended over it"),
            Err(RecvTimeoutError::Timeout) => Err("took longer than it may"),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One answer after the other, each behind its length; `None` where the process has ended.
fn pass_on(mut answers: ChildStdout, to: &Sender<Option<SecretBytes>>) {
    loop {
        let mut length = [0; 8];
        let answer = answers.read_exact(&mut length).ok().and_then(|()| {
            let length = usize::try_from(u64::from_le_bytes(length))
                .ok()
                .filter(|length| *length <= ANSWER_MAX)?;
            let mut bytes = zeroize::Zeroizing::new(vec![0; length]);
            answers.read_exact(&mut bytes).ok()?;
            Some(SecretBytes::new(std::mem::take(&mut *bytes)))
        });
        let ended = answer.is_none();
        if to.send(answer).is_err() || ended {
            return;
        }
    }
}

fn gone(found: &str) -> Refusal {
    Refusal::new(Rule::ScanUnreadable, format!("the decoder of scans {found}"))
        .hint("type the lines of that sheet instead, or scan it again at 300 dpi, grey")
}

/// What an answer says, or nothing where it is none.
fn read_answer(answer: &SecretBytes) -> Option<Result<Vec<Page>, Refusal>> {
    answer.expose(|bytes| {
        let mut rest = Rest(bytes);
        let read = match rest.byte()? {
            0 => Ok(rest.pages()?),
            1 => Err(rest.refusal()?),
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
            pages.push(Page { codes });
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
        read_answer(&SecretBytes::new(bytes.to_vec()))
    }

    #[test]
    fn an_answer_is_read_back_as_it_was_written() {
        let pages = vec![
            Page {
                codes: vec![SecretText::new("ZZ1QQ".to_string())],
            },
            Page { codes: vec![] },
        ];
        let read_back = read(&worker::written(Ok(pages))).unwrap().ok().unwrap();
        assert_eq!(read_back.len(), 2);
        assert!(read_back[0].codes[0].expose(|text| text == "ZZ1QQ") && read_back[1].codes.is_empty());
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
            b"\x02",
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
