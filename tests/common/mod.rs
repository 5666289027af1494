//! What the tests of the whole program share: running it, scratch folders, and vaults that are made once.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part of this, and a test may stop at the first surprise"
)]

pub mod session;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use strongroom::code::reading::read_text;
use strongroom::code::share_code::{PaperShare, ShareBody};
use strongroom::ident::Mode;
use strongroom::paper::scan;
use strongroom::secret::Secret;

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// The run was refused: with this status, under this rule, and with nothing on standard output.
    #[track_caller]
    pub fn refused(self, status: i32, rule: &str) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.err.contains(&format!("({rule})")), "{self:?}");
        assert_eq!(self.out, "", "a refusal leaves standard output empty");
        assert!(!self.err.contains("panicked"), "{self:?}");
        self
    }

    pub fn first_line(&self) -> String {
        self.out.lines().next().unwrap_or_default().to_string()
    }
}

/// The program, as the tests found it.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_strongroom")
}

/// Runs `strongroom` with these arguments and nothing on standard input.
pub fn run(arguments: &[&str]) -> Ended {
    run_with(program(), arguments, b"")
}

/// As [`run`], in a network namespace of its own: what production asks for.
pub fn run_isolated(arguments: &[&str]) -> Ended {
    let all: Vec<&str> = ["-rn", program()]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    run_with("unshare", &all, b"")
}

/// Runs any program with `input` on its standard input.
pub fn run_with(program: &str, arguments: &[&str], input: &[u8]) -> Ended {
    let mut child = Command::new(program)
        .args(arguments)
        .env_remove("STRONGROOM_VAULT")
        .env_remove("STRONGROOM_SITE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|fault| panic!("{program} is needed by this test, and `.ci/run` installs it: {fault}"));
    let _ = child.stdin.take().unwrap().write_all(input);
    let ended = child.wait_with_output().unwrap();
    Ended {
        status: ended.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&ended.stdout).into_owned(),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// A folder in memory, removed with this value.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = Path::new("/dev/shm").join(format!("strongroom-test-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A vault and its pages.
pub struct World {
    pub scratch: Scratch,
    pub vault: String,
    pub pages: String,
}

impl World {
    /// Runs a command on this vault.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with_input(arguments, "")
    }

    /// As [`World::run`], with text on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let all: Vec<&str> = ["--vault", &self.vault]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        run_with(program(), &all, input.as_bytes())
    }

    /// As [`World::run`], without a network.
    pub fn run_isolated(&self, arguments: &[&str]) -> Ended {
        let all: Vec<&str> = ["--vault", &self.vault]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        run_isolated(&all)
    }

    /// The pages of a set, in the order of their indices.
    pub fn sheets(&self, set: &str) -> Vec<String> {
        let mut names: Vec<PathBuf> = std::fs::read_dir(&self.pages)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        let start = format!("{set}-1-share-");
        let of_set = names
            .into_iter()
            .filter(|name| name.file_name().unwrap().to_str().unwrap().starts_with(&start));
        of_set.map(|name| name.display().to_string()).collect()
    }

    /// `recover` of a password with these scans.
    pub fn recover_password(&self, scans: &[&str]) -> Ended {
        self.run(&[RECOVER_PASSWORD, &["--scan"], scans].concat())
    }

    /// `recover` of a password with these typed lines.
    pub fn recover_typed(&self, lines: &str) -> Ended {
        self.run_with_input(RECOVER_PASSWORD, lines)
    }

    /// The one process of the program that works on this vault.
    #[track_caller]
    pub fn process(&self) -> u32 {
        let is_it = |id: &u32| {
            let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            is_the_program(*id) && String::from_utf8_lossy(&line).contains(&self.vault)
        };
        let found: Vec<u32> = processes().filter(is_it).collect();
        assert_eq!(found.len(), 1, "the program");
        found[0]
    }

    /// The decoders of that process.
    pub fn decoders(&self) -> Vec<u32> {
        let parent = format!("PPid:\t{}", self.process());
        let is_child = |id: &u32| {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            is_the_program(*id) && status.lines().any(|line| line == parent)
        };
        processes().filter(is_child).collect()
    }

    /// Sends a signal to the process that works on this vault.
    #[track_caller]
    pub fn signal(&self, signal: &str) {
        run_with("kill", &[&format!("-{signal}"), &self.process().to_string()], b"").ok();
    }

    /// Every file of the vault, with the sum of its bytes.
    pub fn sums(&self) -> String {
        let command = format!("find '{}' -type f -exec sha256sum {{}} + | sort", self.vault);
        run_with("bash", &["-c", &command], b"").ok().out
    }

    /// A copy that a test may change.
    pub fn copy(&self) -> Self {
        let scratch = Scratch::new();
        let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
        for (from, to) in [(&self.vault, &vault), (&self.pages, &pages)] {
            run_with("cp", &["-a", from, to], b"").ok();
        }
        Self { scratch, vault, pages }
    }
}

/// The text of the code on a sheet.
pub fn code_on(sheet: &str) -> String {
    let pages = scan::codes(&std::fs::read(sheet).unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
    let code = pages.iter().flat_map(|page| &page.codes).next().unwrap();
    code.expose(str::to_string)
}

/// The text of the same share but for one bit of its value: every line has its checksum.
pub fn forged(code: &str) -> String {
    let paper = read_text(code, Mode::Rehearsal).pop().and_then(Result::ok).unwrap();
    let ShareBody::Open { value, blinder } = paper.body else {
        panic!("an open share")
    };
    let value = Secret::build(|out: &mut [u8; 32]| {
        value.expose(|value| *out = *value);
        out[3] ^= 0x10;
    });
    let lines = PaperShare::new(paper.head, value, blinder).lines();
    lines.qr_text().expose(str::to_string)
}

/// A library of C, made of this text, that a program loads before its own: what stands before its name in the environment.
pub fn loaded_before(scratch: &Scratch, text: &str) -> String {
    let (source, library) = (scratch.join("before.c"), scratch.join("before.so"));
    std::fs::write(&source, text).unwrap();
    run_with("cc", &["-shared", "-fPIC", "-o", &library, &source], b"").ok();
    format!("LD_PRELOAD={library}")
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn is_the_program(id: u32) -> bool {
    std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe.display().to_string() == program())
}

/// `recover` of the password of [`MEMBER`] in a rehearsal, but for its shares.
pub const RECOVER_PASSWORD: &[&str] = &[
    "recover",
    "--account",
    MEMBER,
    "--factor",
    "password",
    "--task",
    "security-event",
    "--reason",
    "exercise",
    "--unattended",
    "--stdout",
];

/// What gives the member a new password.
pub const ENROLL_AGAIN: &[&str] = &[
    "enroll",
    MEMBER,
    "--factor",
    "password",
    "--unattended",
    "--reason",
    "again",
];

/// A member of the example organisation.
pub const MEMBER: &str = "734602235274";

/// A rehearsal of the example with `root-password` and the three MFA sets dealt, passwords and one seed enrolled. Made once;
/// a test that changes it works on a copy.
pub fn rehearsal() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let scratch = Scratch::new();
        let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
        let world = World { scratch, vault, pages };
        run(&["init", &world.vault, "--example", "--rehearsal"]).ok();
        world
            .run(&["ceremony", "root-password", "--unattended", "--out", &world.pages])
            .ok();
        world
            .run(&[
                "ceremony",
                "mfa-emea",
                "mfa-amer",
                "mfa-apac",
                "--unattended",
                "--out",
                &world.pages,
            ])
            .ok();
        world
            .run(&["enroll", "--all", "--factor", "password", "--unattended"])
            .ok();
        let seed = [
            "enroll",
            MEMBER,
            "--factor",
            "mfa",
            "--device",
            "emea",
            "--from",
            "-",
            "--unattended",
        ];
        world.run_with_input(&seed, SEED).ok();
        world
    })
}

/// A throwaway seed.
pub const SEED: &str = "otpauth://totp/test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
