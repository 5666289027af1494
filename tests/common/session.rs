//! A person at a terminal: the program in a pseudo-terminal of `script` (util-linux), what it shows, and what is typed.

use super::{program, run_with};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long the program may take to say what is expected of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// One run of the program at a terminal.
pub struct Session {
    child: Child,
    shown: Receiver<Vec<u8>>,
    /// Everything that was shown so far.
    pub screen: String,
    read: usize,
}

impl Session {
    /// Begins `strongroom` with these arguments, without a network, at a terminal of 24 rows and 200 columns.
    pub fn begin(arguments: &[&str]) -> Self {
        Self::begin_sized(arguments, 24, 200)
    }

    /// As [`Session::begin`], at a terminal of this many rows and columns.
    pub fn begin_sized(arguments: &[&str], rows: u16, columns: u16) -> Self {
        run_with("script", &["--version"], b"").ok();
        let quoted: Vec<String> = arguments
            .iter()
            .map(|word| format!("'{}'", word.replace('\'', "'\\''")))
            .collect();
        let command = format!(
            "stty rows {rows} cols {columns}; unshare -rn {} {}",
            program(),
            quoted.join(" ")
        );
        let mut child = Command::new("script")
            .args(["--quiet", "--flush", "--return", "--command", &command, "/dev/null"])
            .env_remove("STRONGROOM_VAULT")
            .env_remove("STRONGROOM_SITE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, shown) = channel();
        let mut out = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = out.read(&mut buffer) {
                let _ = send.send(buffer[..count].to_vec());
            }
        });
        Self {
            child,
            shown,
            screen: String::new(),
            read: 0,
        }
    }

    /// Waits until `text` is shown, after what was waited for before; gives what stood between.
    #[track_caller]
    pub fn until(&mut self, text: &str) -> String {
        let started = Instant::now();
        loop {
            if let Some(at) = self.screen[self.read..].find(text) {
                let between = self.screen[self.read..self.read + at].to_string();
                self.read += at + text.len();
                return between;
            }
            let left = PATIENCE.saturating_sub(started.elapsed());
            let Ok(bytes) = self.shown.recv_timeout(left) else {
                panic!(
                    "{text:?} was never shown; the screen: {}",
                    self.screen[self.read..].escape_debug()
                );
            };
            self.screen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// Whether `text` is shown in time.
    pub fn is_shown(&mut self, text: &str) -> bool {
        let started = Instant::now();
        loop {
            if let Some(at) = self.screen[self.read..].find(text) {
                self.read += at + text.len();
                return true;
            }
            let left = PATIENCE.saturating_sub(started.elapsed());
            match self.shown.recv_timeout(left) {
                Ok(bytes) => self.screen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => return false,
            }
        }
    }

    /// What was shown and not waited for.
    pub fn rest(&self) -> String {
        self.screen[self.read..].escape_debug().to_string()
    }

    /// Makes the window this many columns wide.
    pub fn resize(&mut self, columns: u16) {
        self.stty(&["cols", &columns.to_string()]);
    }

    /// Makes the window this many rows high.
    pub fn heighten(&mut self, rows: u16) {
        self.stty(&["rows", &rows.to_string()]);
    }

    fn stty(&self, settings: &[&str]) {
        // The program's terminal is that of the process below `script`.
        let me = self.child.id().to_string();
        let below = run_with("pgrep", &["-P", &me], b"").ok().out;
        let pid = below.lines().next().unwrap().to_string();
        let terminal = std::fs::read_link(format!("/proc/{pid}/fd/0")).unwrap();
        let device = terminal.display().to_string();
        run_with("stty", &[&["-F", &device], settings].concat(), b"").ok();
    }

    /// Takes the power away.
    pub fn kill(&mut self) {
        let me = self.child.id().to_string();
        let _ = run_with("pkill", &["-KILL", "-P", &me], b"");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Answers everything that a guided ceremony asks before the first secret; its pages go to `pages`.
    pub fn open_a_ceremony(&mut self, pages: &str) {
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let test = format!("{pages}/printer-test.pdf");
        for (step, answers) in [
            ("preflight", &["y"][..]),
            ("roll-call", &["y"]),
            ("program", &["y"]),
            ("clock", &[&now, "y"]),
            ("plan", &["y"]),
            ("printer-test", &[&test, "y"]),
        ] {
            self.until(&format!("   {step}   "));
            for answer in answers {
                self.until("> ");
                self.line(answer);
            }
        }
    }

    /// Types a line.
    pub fn line(&mut self, text: &str) {
        let pipe = self.child.stdin.as_mut().unwrap();
        pipe.write_all(format!("{text}\n").as_bytes()).unwrap();
        pipe.flush().unwrap();
    }

    /// Presses keys, without a line feed.
    pub fn keys(&mut self, keys: &str) {
        self.bytes(keys.as_bytes());
    }

    /// Types bytes that may be no text.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let pipe = self.child.stdin.as_mut().unwrap();
        pipe.write_all(bytes).unwrap();
        pipe.flush().unwrap();
    }

    /// Takes the terminal away: what a closed window does.
    pub fn hang_up(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for the end; gives the exit status. What was shown last is in `screen`.
    pub fn end(&mut self) -> i32 {
        let status = self.child.wait().unwrap().code().unwrap_or(-1);
        while let Ok(bytes) = self.shown.recv_timeout(Duration::from_secs(2)) {
            self.screen.push_str(&String::from_utf8_lossy(&bytes));
        }
        status
    }
}

/// A test that failed leaves nobody at a terminal.
impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
