//! Power that fails at every call: a disk that has only what was synced, as far as a trace of the calls tells.
//!
//! A file has the bytes of its last `fsync`, a folder the names of its own last one. Three disks are tried at each call: one that
//! forgot all else; one that kept every name and no bytes, as some file systems do; one that kept half of the last write.

use crate::check;
use crate::common::Scratch;
use crate::faults::{Tried, strace};
use crate::rows::{Copy, Row};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

#[derive(Clone, Default)]
struct File {
    bytes: Vec<u8>,
    synced: Vec<u8>,
}

/// Files by number; names as they are, and as they are on the disk.
#[derive(Clone, Default)]
struct Disk {
    files: Vec<File>,
    names: BTreeMap<PathBuf, Node>,
    synced: BTreeMap<PathBuf, Node>,
    open: HashMap<i64, (PathBuf, Option<usize>, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

/// What a disk makes of what was not synced.
#[derive(Clone, Copy)]
enum Kind {
    Forgets,
    KeepsNames,
    TearsWrites,
}

pub fn attempt(row: &Row) -> Tried {
    let copy = Copy::new(row);
    let mut disk = Disk::of(&copy.vault);
    let scratch = Scratch::new();
    let log = scratch.join("log");
    let trace = "trace=open,openat,openat2,write,fsync,renameat,mkdirat,mkdir,unlinkat,ftruncate,lseek,close";
    let options = ["-qq", "-xx", "-s", "16777216", "-o", &log, "-e", trace];
    let ended = strace(&options, row, &copy);
    assert_eq!(ended.status, 0, "{}: {}", row.name, ended.err);
    let mut tried = Tried::default();
    for (number, line) in std::fs::read_to_string(&log).unwrap().lines().enumerate() {
        if !disk.apply(&copy.vault, line) {
            continue;
        }
        for kind in [Kind::Forgets, Kind::KeepsNames, Kind::TearsWrites] {
            tried.injected += 1;
            let place = Scratch::new();
            let vault = place.path().join("vault");
            disk.build(kind, &vault);
            let judged = check::judge(row, &vault, None).and_then(|()| check::judge_the_next(&vault));
            if let Err(lost) = judged {
                let line: String = line.chars().take(60).collect();
                tried
                    .losses
                    .push(format!("power lost behind call {number}, {line}: {lost}"));
            }
        }
    }
    // What was said to be done is on the disk.
    let place = Scratch::new();
    let vault = place.path().join("vault");
    disk.build(Kind::Forgets, &vault);
    tried.injected += 1;
    let whole = |folder: &Path| -> BTreeMap<String, Vec<u8>> {
        check::files(folder)
            .into_iter()
            .filter(|(name, _)| !name.contains(".unfinished-"))
            .collect()
    };
    if whole(&vault) != whole(&copy.vault) {
        tried
            .losses
            .push("what the command said was done is not on the disk".to_string());
    }
    tried
}

impl Disk {
    fn of(vault: &Path) -> Self {
        let mut disk = Self::default();
        disk.names.insert(PathBuf::new(), Node::Folder);
        for (name, bytes) in check::files(vault) {
            let name = PathBuf::from(name);
            for above in name.ancestors().skip(1) {
                disk.names.insert(above.to_path_buf(), Node::Folder);
            }
            disk.names.insert(name, Node::File(disk.files.len()));
            disk.files.push(File {
                synced: bytes.clone(),
                bytes,
            });
        }
        disk.synced = disk.names.clone();
        disk
    }

    /// Takes one line of the trace; whether it changed something of the vault.
    fn apply(&mut self, vault: &Path, line: &str) -> bool {
        let Some(call) = Call::read(line) else { return false };
        match call.name {
            "open" => self.opened(vault, &call, -100, 0),
            "openat" | "openat2" => self.opened(vault, &call, call.number(0), 1),
            "close" => {
                self.open.remove(&call.number(0));
                false
            }
            "lseek" => {
                if let Some((_, _, at)) = self.open.get_mut(&call.number(0)) {
                    *at = call.result as usize;
                }
                false
            }
            "write" => self.written(&call),
            "ftruncate" => self.cut(&call),
            "fsync" => self.sync(&call),
            "mkdirat" | "mkdir" => {
                let at = usize::from(call.name == "mkdirat");
                let place = self.place(vault, if at == 1 { call.number(0) } else { -100 }, &call.text(at));
                place.is_some_and(|place| self.names.insert(place, Node::Folder).is_none())
            }
            "unlinkat" => {
                let place = self.place(vault, call.number(0), &call.text(1));
                place.is_some_and(|place| self.names.remove(&place).is_some())
            }
            "renameat" => {
                let from = self.place(vault, call.number(0), &call.text(1));
                let to = self.place(vault, call.number(2), &call.text(3));
                let node = from.and_then(|from| self.names.remove(&from));
                node.zip(to).is_some_and(|(node, to)| {
                    self.names.insert(to, node);
                    true
                })
            }
            _ => false,
        }
    }

    /// A path of the vault, relative to it; nothing for any other.
    fn place(&self, vault: &Path, folder: i64, name: &str) -> Option<PathBuf> {
        let path = if let Some((above, ..)) = self.open.get(&folder) {
            above.join(name)
        } else {
            Path::new(name).strip_prefix(vault).ok()?.to_path_buf()
        };
        Some(path.components().filter(|part| part.as_os_str() != ".").collect())
    }

    fn opened(&mut self, vault: &Path, call: &Call<'_>, folder: i64, name: usize) -> bool {
        let Some(place) = self.place(vault, folder, &call.text(name)) else {
            return false;
        };
        let (node, made) = match self.names.get(&place) {
            Some(node) => (*node, false),
            None if call.line.contains("O_CREAT") => {
                self.files.push(File::default());
                let node = Node::File(self.files.len() - 1);
                self.names.insert(place.clone(), node);
                (node, true)
            }
            None => (Node::Folder, false),
        };
        let file = if let Node::File(file) = node { Some(file) } else { None };
        self.open.insert(call.result, (place, file, 0));
        made
    }

    fn written(&mut self, call: &Call<'_>) -> bool {
        let bytes = call.bytes(1);
        let Some((_, Some(file), at)) = self.open.get_mut(&call.number(0)) else {
            return false;
        };
        let written = &bytes[..call.result as usize];
        let content = &mut self.files[*file].bytes;
        content.resize(content.len().max(*at + written.len()), 0);
        content[*at..*at + written.len()].copy_from_slice(written);
        *at += written.len();
        true
    }

    fn cut(&mut self, call: &Call<'_>) -> bool {
        let Some((_, Some(file), _)) = self.open.get(&call.number(0)) else {
            return false;
        };
        self.files[*file].bytes.resize(call.number(1) as usize, 0);
        true
    }

    fn sync(&mut self, call: &Call<'_>) -> bool {
        let Some((place, file, _)) = self.open.get(&call.number(0)).cloned() else {
            return false;
        };
        if let Some(file) = file {
            self.files[file].synced = self.files[file].bytes.clone();
            return true;
        }
        let within = |name: &Path| name.parent() == Some(place.as_path());
        self.synced.retain(|name, _| !within(name));
        let now = self.names.iter().filter(|(name, _)| within(name));
        self.synced.extend(now.map(|(name, node)| (name.clone(), *node)));
        true
    }

    /// Makes the folder that is found when the power is back.
    fn build(&self, kind: Kind, vault: &Path) {
        let names = match kind {
            Kind::Forgets => &self.synced,
            Kind::KeepsNames | Kind::TearsWrites => &self.names,
        };
        std::fs::create_dir_all(vault).unwrap();
        for (name, node) in names {
            // A name in a folder that is not there is not there.
            let place = vault.join(name);
            if !place.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match node {
                Node::Folder => {
                    let _ = std::fs::create_dir(&place);
                }
                Node::File(file) => std::fs::write(place, self.files[*file].left(kind)).unwrap(),
            }
        }
    }
}

impl File {
    fn left(&self, kind: Kind) -> &[u8] {
        let grown = self.bytes.starts_with(&self.synced);
        match kind {
            Kind::TearsWrites if grown => &self.bytes[..self.synced.len().midpoint(self.bytes.len())],
            _ => &self.synced,
        }
    }
}

/// One line of a trace that succeeded.
struct Call<'a> {
    line: &'a str,
    name: &'a str,
    arguments: Vec<&'a str>,
    result: i64,
}

impl<'a> Call<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (name, rest) = line.split_once('(')?;
        let (inside, result) = rest.rsplit_once(" = ")?;
        let inside = inside.trim_end().strip_suffix(')')?;
        let result = result.split(' ').next()?.parse().ok().filter(|result| *result >= 0)?;
        Some(Self {
            line,
            name,
            arguments: inside.split(", ").collect(),
            result,
        })
    }

    /// A descriptor or a length; the folder that the process is in is -100.
    fn number(&self, at: usize) -> i64 {
        self.arguments
            .get(at)
            .and_then(|word| word.parse().ok())
            .unwrap_or(-100)
    }

    fn bytes(&self, at: usize) -> Vec<u8> {
        let hex = self
            .arguments
            .get(at)
            .unwrap_or(&"")
            .trim_matches('"')
            .replace("\\x", "");
        data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap_or_default()
    }

    fn text(&self, at: usize) -> String {
        String::from_utf8(self.bytes(at)).unwrap_or_default()
    }
}
