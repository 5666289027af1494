//! The decoder's own process: it takes from itself what a decoder never needs, then decodes until its input ends.
//!
//! Rules of this file:
//! - the rights go before the first byte of a scan is read: sockets, opening of files, other programs, other processes' memory;
//! - memory is bounded by the system: a scan that asks for more ends this process, and no other;
//! - where the system does not know the filter, the process does its work all the same: what it was given is bounded anyway.

use crate::paper::scan::{self, Page};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use rustix::process::{Resource, Rlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, SeccompRule};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

/// The memory that a decoder may have, in bytes: the largest picture, a copy in grey, and what the readers need beside them.
const MEMORY: u64 = 1 << 30;

/// Decodes until the input ends. Whatever goes wrong ends the process: its parent says so.
pub fn run() {
    give_up_rights();
    let (mut requests, mut answers) = (std::io::stdin().lock(), std::io::stdout().lock());
    loop {
        let mut length = [0; 8];
        if requests.read_exact(&mut length).is_err() {
            return;
        }
        let Some(length) = usize::try_from(u64::from_le_bytes(length))
            .ok()
            .filter(|length| *length <= scan::BYTES_MAX)
        else {
            return;
        };
        let mut bytes = zeroize::Zeroizing::new(vec![0; length]);
        if requests.read_exact(&mut bytes).is_err() {
            return;
        }
        let bytes = SecretBytes::new(std::mem::take(&mut *bytes));
        let answer = zeroize::Zeroizing::new(written(bytes.expose(scan::codes)));
        let sent = answers
            .write_all(&(answer.len() as u64).to_le_bytes())
            .and_then(|()| answers.write_all(&answer))
            .and_then(|()| answers.flush());
        if sent.is_err() {
            return;
        }
    }
}

/// An answer, as its parent reads it.
pub(super) fn written(found: Result<Vec<Page>, Refusal>) -> Vec<u8> {
    match found {
        Ok(pages) => {
            let size = pages
                .iter()
                .flat_map(|page| page.codes.iter().chain(&page.remains))
                .map(|code| code.len() + 4)
                .sum::<usize>();
            let mut out = Vec::with_capacity(5 + 8 * pages.len() + size);
            out.push(0);
            put_number(&mut out, pages.len());
            for page in &pages {
                put_number(&mut out, page.codes.len());
                page.codes
                    .iter()
                    .for_each(|code| code.expose(|text| put_text(&mut out, text)));
                put_number(&mut out, usize::from(page.remains.is_some()));
                page.remains
                    .iter()
                    .for_each(|lines| lines.expose(|text| put_text(&mut out, text)));
            }
            out
        }
        Err(refusal) => {
            let mut out = vec![1];
            put_text(&mut out, refusal.rule().name());
            put_text(&mut out, refusal.sentence());
            put_number(&mut out, refusal.hints().len());
            refusal.hints().iter().for_each(|hint| put_text(&mut out, hint));
            out
        }
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    // Pages, codes and texts are bounded far below 2^32.
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn give_up_rights() {
    let limit = |resource, most| {
        let most = Some(most);
        let _ = rustix::process::setrlimit(
            resource,
            Rlimit {
                current: most,
                maximum: most,
            },
        );
    };
    limit(Resource::As, MEMORY);
    limit(Resource::Fsize, 0);
    if let Some(program) = filter() {
        let _ = seccompiler::apply_filter_all_threads(&program);
    }
}

/// Answers `EPERM` to whatever reaches beyond this process and its pipes.
fn filter() -> Option<BpfProgram> {
    let rules: BTreeMap<i64, Vec<SeccompRule>> = DENIED.iter().map(|call| (*call, Vec::new())).collect();
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into().ok()?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, denied, architecture).ok()?;
    filter.try_into().ok()
}

const DENIED: &[i64] = &[
    // a network
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_io_uring_setup,
    // files
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_creat,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_memfd_create,
    libc::SYS_mount,
    libc::SYS_unlinkat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    // other programs and processes
    libc::SYS_execve,
    libc::SYS_execveat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_pidfd_open,
    libc::SYS_bpf,
    libc::SYS_unshare,
    libc::SYS_setns,
];
