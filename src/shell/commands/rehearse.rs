//! `rehearse`: the README's first command.

use super::SystemClock;
use crate::ceremony::ports::{Ended, Files, Processes, Voice};
use crate::ceremony::rehearse::{self, Stage};
use crate::entropy::{Entropy, System};
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use crate::shell::args::Rehearse;
use crate::shell::report::{Answer, print};
use crate::shell::{input, output};
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Plays it, and leaves pages and vault where asked.
pub fn run(it: &Rehearse) -> Result<Answer, Refusal> {
    let kept = it.out.is_some();
    let out = Place::new(it.out.clone())?;
    let mut system = System;
    let mut stage = Stage {
        entropy: &mut Entropy::new(&mut system),
        clock: &SystemClock,
        processes: &mut Again::new()?,
        files: &mut Plain,
        voice: &mut Aloud,
    };
    rehearse::rehearse(&out.path, it.accounts, &mut stage)?;
    if kept {
        let out = out.path.display();
        print(&format!(
            "pages in {out}/pages, their images in {out}/scans, vault in {out}/vault\n"
        ));
    }
    Ok(Answer::Done)
}

/// Where it is played; removed at the end unless it was named.
struct Place {
    path: PathBuf,
    passing: bool,
}

impl Place {
    fn new(named: Option<PathBuf>) -> Result<Self, Refusal> {
        let passing = named.is_none();
        let memory = Path::new("/dev/shm");
        let folder = || {
            if memory.is_dir() {
                memory.to_path_buf()
            } else {
                std::env::temp_dir()
            }
        };
        let path = named.unwrap_or_else(|| folder().join(format!("strongroom-rehearsal-{}", std::process::id())));
        let failed = |fault: std::io::Error| {
            Refusal::new(Rule::InputOutput, format!("cannot create {}: {fault}", path.display()))
        };
        for folder in [path.clone(), path.join("pages"), path.join("scans")] {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(failed)?;
        }
        Ok(Self { path, passing })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.passing {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// This program, once more.
struct Again(PathBuf);

impl Again {
    fn new() -> Result<Self, Refusal> {
        let program = std::env::current_exe();
        program
            .map(Self)
            .map_err(|fault| Refusal::new(Rule::InputOutput, format!("cannot find the program itself: {fault}")))
    }
}

impl Processes for Again {
    fn run(&mut self, arguments: &[String], input: &SecretText) -> Result<Ended, Refusal> {
        let failed = |fault: std::io::Error| {
            Refusal::new(Rule::InputOutput, format!("cannot run {}: {fault}", self.0.display()))
        };
        let mut child = Command::new(&self.0)
            .args(arguments)
            .env_remove("STRONGROOM_VAULT")
            .env_remove("STRONGROOM_SITE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut pipe) = child.stdin.take() {
            // A process that refuses before it reads closes the pipe; its refusal is what counts.
            let _ = input.expose(|text| pipe.write_all(text.as_bytes()));
        }
        let ended = child.wait_with_output().map_err(failed)?;
        Ok(Ended {
            status: ended.status.code().unwrap_or(-1),
            output: input::text(SecretBytes::new(ended.stdout), "what it printed")?,
            said: String::from_utf8_lossy(&ended.stderr).into_owned(),
        })
    }
}

/// Files below the rehearsal's folder.
struct Plain;

impl Files for Plain {
    fn write(&mut self, path: &Path, bytes: &SecretBytes) -> Result<(), Refusal> {
        output::write_new(path, bytes)
    }

    fn read(&mut self, path: &Path) -> Result<SecretBytes, Refusal> {
        input::file(path, input::SCAN_MAX)
    }

    fn list(&mut self, path: &Path) -> Result<Vec<String>, Refusal> {
        let failed =
            |fault: std::io::Error| Refusal::new(Rule::InputOutput, format!("cannot read {}: {fault}", path.display()));
        let mut names: Vec<String> = std::fs::read_dir(path)
            .map_err(failed)?
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        Ok(names)
    }
}

/// A rehearsal's table is its answer.
struct Aloud;

impl Voice for Aloud {
    fn say(&mut self, line: &str) {
        print(&format!("{line}\n"));
    }
}
