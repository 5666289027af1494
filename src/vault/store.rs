//! The directory as a store: every change is whole or absent, whatever instant the power fails.
//!
//! Rules of this file:
//! - a file is made beside its place, synced, renamed into it, and its folder synced; a reader sees the old file or the new one;
//! - the ledger grows by one write of whole lines, then a sync: that write is the commit point of everything before it, and a
//!   line cut short by a crash has no line feed, is never read, and is dropped by the next writer;
//! - one process at a time changes a vault (a lock on the folder itself, so that nothing remembers it);
//! - nothing is followed out of the vault: no link in any place, no device or pipe in a file's place, and sizes are capped;
//! - files are 0600, folders 0700, whatever the umask says.

mod ground;

use crate::refusal::{Refusal, Rule};
use rustix::fs::{AtFlags, FileType, FlockOperation, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);
const FOLDER_MODE: Mode = Mode::RWXU;
/// Files still being written begin with this; a reader never looks at them, the next writer removes them.
const UNFINISHED: &str = ".unfinished-";
/// How long a writer waits for another to finish.
const PATIENCE: Duration = Duration::from_secs(5);

/// A vault's folder, open for reading.
pub struct Store {
    root: OwnedFd,
    path: PathBuf,
}

impl Store {
    /// Opens the folder at `path`.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(root) => Ok(Self {
                root,
                path: path.to_path_buf(),
            }),
            Err(Errno::NOENT | Errno::NOTDIR) => Err(Refusal::new(
                Rule::VaultMissing,
                format!("there is no vault in {}", path.display()),
            )
            .hint(format!("strongroom init {} --example", path.display()))
            .hint("or name the folder of strongroom.toml: strongroom --vault DIR …")),
            Err(fault) => Err(failed("open", path, fault)),
        }
    }

    /// Where the vault is, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole of a file of at most `limit` bytes, or nothing where there is none.
    pub fn read(&self, name: &str, limit: usize) -> Result<Option<Vec<u8>>, Refusal> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = match self.open_inside(name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR | Errno::XDEV | Errno::NXIO) => return Err(self.not_plain(name)),
            Err(fault) => return Err(failed("open", &self.path.join(name), fault)),
        };
        let stat = self.judge_plain(name, &file)?;
        let too_large = || {
            Refusal::new(
                Rule::InputTooLarge,
                format!(
                    "{} has more than the {limit} bytes that such a file may have",
                    self.path.join(name).display()
                ),
            )
        };
        let size = usize::try_from(stat.st_size).unwrap_or(usize::MAX);
        if size > limit {
            return Err(too_large());
        }
        // One byte more than it has, so that reading to its end never moves it.
        let mut bytes = Vec::with_capacity(size + 1);
        let read = File::from(file).take(limit as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|fault| failed_io("read", &self.path.join(name), &fault))?;
        if bytes.len() > limit {
            return Err(too_large());
        }
        Ok(Some(bytes))
    }

    /// The names in a folder of the vault, sorted; nothing where there is none. Unfinished files are not among them.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, Refusal> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = match self.open_inside(folder, flags, Mode::empty()) {
            Ok(opened) => opened,
            Err(Errno::NOENT) => return Ok(Vec::new()),
            Err(Errno::LOOP | Errno::NOTDIR | Errno::XDEV) => return Err(self.not_plain(folder)),
            Err(fault) => return Err(failed("open", &self.path.join(folder), fault)),
        };
        let entries =
            rustix::fs::Dir::read_from(&opened).map_err(|fault| failed("read", &self.path.join(folder), fault))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|fault| failed("read", &self.path.join(folder), fault))?;
            if let Ok(name) = entry.file_name().to_str()
                && name != "."
                && name != ".."
                && !name.starts_with(UNFINISHED)
            {
                names.push(name.to_string());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn open_inside(&self, name: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        rustix::fs::openat2(&self.root, name, flags, mode, resolve)
    }

    fn judge_plain(&self, name: &str, file: &OwnedFd) -> Result<rustix::fs::Stat, Refusal> {
        let stat = rustix::fs::fstat(file).map_err(|fault| failed("read", &self.path.join(name), fault))?;
        if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
            Ok(stat)
        } else {
            Err(self.not_plain(name))
        }
    }

    fn not_plain(&self, name: &str) -> Refusal {
        let place = self.path.join(name);
        Refusal::new(
            Rule::NotAPlainFile,
            format!("{} is not a plain file or folder of the vault", place.display()),
        )
        .hint("a vault has no links, devices or pipes: compare it with another copy")
    }
}

/// The right to change a vault, held by one process at a time. Dropping it ends it. It does not leave this floor: whatever changes a
/// vault does so by [`Change`](super::Change), or makes one.
pub(super) struct Writer<'a> {
    store: &'a Store,
    _lock: OwnedFd,
}

impl<'a> Writer<'a> {
    /// Waits up to five seconds for the right to write, and clears away what a crash left unfinished.
    pub(super) fn lock(store: &'a Store) -> Result<Self, Refusal> {
        ground::keeps_modes(store)?;
        ground::is_ones_own(store)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let lock = store
            .open_inside(".", flags, Mode::empty())
            .map_err(|fault| failed("open", &store.path, fault))?;
        let asked = Instant::now();
        loop {
            match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) if asked.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(20)),
                Err(Errno::WOULDBLOCK) => {
                    return Err(Refusal::new(Rule::VaultBusy, "another process is changing this vault")
                        .hint("wait until it has ended, then give the same command again"));
                }
                Err(fault) => return Err(failed("lock", &store.path, fault)),
            }
        }
        let writer = Self { store, _lock: lock };
        // Where the plan and the chains are; in any other folder, whoever writes there next.
        writer.clear_unfinished(".")?;
        writer.clear_unfinished("ledger")?;
        Ok(writer)
    }

    /// Makes each of `files`, whole or absent, with their folders. What stands there already and is not named by the
    /// ledger is what a crash left: it is replaced.
    pub(super) fn put(&self, files: &[(String, Vec<u8>)]) -> Result<(), Refusal> {
        let mut folders = std::collections::BTreeSet::new();
        for (name, bytes) in files {
            let (folder, file) = name.rsplit_once('/').unwrap_or((".", name));
            if folders.insert(folder) {
                self.make_folder(folder)?;
                self.clear_unfinished(folder)?;
            }
            self.put_one(folder, file, bytes)?;
        }
        folders.into_iter().try_for_each(|folder| self.sync(folder))
    }

    /// Appends whole lines to `name`, and syncs; a file that is missing is made with them, whole or absent. Nothing of `lines`
    /// stays if this fails.
    pub(super) fn append(&self, name: &str, lines: &[u8]) -> Result<(), Refusal> {
        let place = self.store.path.join(name);
        let (folder, _) = name.rsplit_once('/').unwrap_or((".", name));
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        let file = match self.store.open_inside(name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return self.put(&[(name.to_string(), lines.to_vec())]),
            Err(Errno::LOOP | Errno::NOTDIR | Errno::XDEV | Errno::ISDIR | Errno::NXIO) => {
                return Err(self.store.not_plain(name));
            }
            Err(other) => return Err(failed("open", &place, other)),
        };
        self.store.judge_plain(name, &file)?;
        let mut file = File::from(file);
        let whole = drop_cut_line(&mut file, &place)?;
        let written = std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(whole))
            .and_then(|_| file.write_all(lines))
            .and_then(|()| all_there(&file, whole + lines.len() as u64))
            .and_then(|()| file.sync_all());
        if let Err(fault) = written {
            // A disk that is full holds part of a line: take it back, so that the next reader sees the old ledger.
            let _ = file.set_len(whole).and_then(|()| file.sync_all());
            return Err(failed_io("write", &place, &fault));
        }
        self.sync(folder)
    }

    /// Takes files away that the ledger needs no longer; one that is gone already is no fault.
    pub(super) fn remove(&self, files: &[String]) -> Result<(), Refusal> {
        let mut folders = std::collections::BTreeSet::new();
        for name in files {
            let (folder, file) = name.rsplit_once('/').unwrap_or((".", name));
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let removed = self
                .store
                .open_inside(folder, flags, Mode::empty())
                .and_then(|folder| rustix::fs::unlinkat(&folder, file, AtFlags::empty()));
            match removed {
                Ok(()) => drop(folders.insert(folder)),
                Err(Errno::NOENT) => {}
                Err(Errno::LOOP | Errno::NOTDIR | Errno::XDEV) => return Err(self.store.not_plain(name)),
                Err(fault) => return Err(failed("remove", &self.store.path.join(name), fault)),
            }
        }
        folders.into_iter().try_for_each(|folder| self.sync(folder))
    }

    fn put_one(&self, folder: &str, file: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let place = self.store.path.join(folder).join(file);
        let beside = format!("{folder}/{UNFINISHED}{file}");
        let failed = |fault| failed("write", &place, fault);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let handle = self.store.open_inside(&beside, flags, FILE_MODE).map_err(failed)?;
        let mut handle = File::from(handle);
        let written = rustix::fs::fchmod(&handle, FILE_MODE)
            .map_err(std::io::Error::from)
            .and_then(|()| handle.write_all(bytes))
            .and_then(|()| all_there(&handle, bytes.len() as u64))
            .and_then(|()| handle.sync_all());
        if let Err(fault) = written {
            let _ = rustix::fs::unlinkat(&self.store.root, &beside, AtFlags::empty());
            return Err(failed_io("write", &place, &fault));
        }
        rustix::fs::renameat(&self.store.root, &beside, &self.store.root, format!("{folder}/{file}")).map_err(failed)
    }

    fn make_folder(&self, folder: &str) -> Result<(), Refusal> {
        let mut path = String::new();
        for step in folder.split('/') {
            let parent = if path.is_empty() { ".".to_string() } else { path.clone() };
            path = if path.is_empty() {
                step.to_string()
            } else {
                format!("{path}/{step}")
            };
            match rustix::fs::mkdirat(&self.store.root, &path, FOLDER_MODE) {
                Ok(()) => self.sync(&parent)?,
                Err(Errno::EXIST) => {}
                Err(fault) => return Err(failed("create", &self.store.path.join(&path), fault)),
            }
        }
        Ok(())
    }

    fn sync(&self, folder: &str) -> Result<(), Refusal> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let place = self.store.path.join(folder);
        let handle = self
            .store
            .open_inside(folder, flags, Mode::empty())
            .map_err(|fault| match fault {
                Errno::LOOP | Errno::NOTDIR | Errno::XDEV => self.store.not_plain(folder),
                other => failed("open", &place, other),
            })?;
        rustix::fs::fsync(&handle).map_err(|fault| failed("sync", &place, fault))
    }

    fn clear_unfinished(&self, folder: &str) -> Result<(), Refusal> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(opened) = self.store.open_inside(folder, flags, Mode::empty()) else {
            return Ok(());
        };
        let place = self.store.path.join(folder);
        let entries = rustix::fs::Dir::read_from(&opened).map_err(|fault| failed("read", &place, fault))?;
        for entry in entries.flatten() {
            if entry.file_name().to_bytes().starts_with(UNFINISHED.as_bytes()) {
                let removed = rustix::fs::unlinkat(&opened, entry.file_name(), AtFlags::empty());
                removed.map_err(|fault| failed("clear", &place, fault))?;
            }
        }
        Ok(())
    }
}

/// Some systems take fewer bytes than they say.
fn all_there(file: &File, length: u64) -> std::io::Result<()> {
    if file.metadata()?.len() == length {
        return Ok(());
    }
    Err(std::io::Error::other("the disk did not take all that it said it took"))
}

/// Cuts what stands behind the last line feed: the rest of a write that a crash ended. Returns the length that is left.
fn drop_cut_line(file: &mut File, place: &Path) -> Result<u64, Refusal> {
    let io = |fault: std::io::Error| failed_io("read", place, &fault);
    let length = file.metadata().map_err(io)?.len();
    let mut whole = length;
    let mut block = [0; 4096];
    while whole > 0 {
        let start = whole.saturating_sub(block.len() as u64);
        let part = &mut block[..(whole - start) as usize];
        std::io::Seek::seek(file, std::io::SeekFrom::Start(start)).map_err(io)?;
        file.read_exact(part).map_err(io)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            whole = start + at as u64 + 1;
            break;
        }
        whole = start;
    }
    if whole < length {
        file.set_len(whole).map_err(|fault| failed_io("write", place, &fault))?;
    }
    Ok(whole)
}

/// Makes the folder of a new vault: it must not exist, or be empty.
pub(super) fn make_root(path: &Path) -> Result<Store, Refusal> {
    let made = std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700).create(path);
    made.map_err(|fault| failed_io("create", path, &fault))?;
    let mut entries = std::fs::read_dir(path).map_err(|fault| failed_io("read", path, &fault))?;
    if entries.next().is_some() {
        return Err(
            Refusal::new(Rule::VaultExists, format!("{} is not empty", path.display()))
                .hint("name a folder that does not exist yet"),
        );
    }
    // An empty folder that stood there already may be open to others.
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(|fault| failed_io("restrict", path, &fault))?;
    let store = Store::open(path)?;
    ground::keeps_modes(&store)?;
    Ok(store)
}

fn failed(verb: &str, place: &Path, fault: Errno) -> Refusal {
    failed_io(verb, place, &std::io::Error::from(fault))
}

fn failed_io(verb: &str, place: &Path, fault: &std::io::Error) -> Refusal {
    let why = match fault.kind() {
        std::io::ErrorKind::StorageFull => "the disk is full".to_string(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        std::io::ErrorKind::ReadOnlyFilesystem => "the medium is read-only".to_string(),
        _ => fault.to_string().to_lowercase(),
    };
    Refusal::new(Rule::InputOutput, format!("cannot {verb} {}: {why}", place.display()))
        .hint("the vault is as it was before this command")
}

#[cfg(test)]
mod tests;
