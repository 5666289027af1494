//! The decoder's own process: it takes from itself what a decoder never needs, then decodes until its input ends.
//!
//! Rules of this file:
//! - the rights go before the first byte of a scan is read: sockets, opening of files, other programs, other processes' memory;
//! - memory and the processor's time are bounded by the system: a scan that asks for more ends this process, and no other;
//! - where the system does not know the filter, the process does its work all the same: what it was given is bounded anyway.

use crate::paper::scan::{self, Page};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::decoder::Kind;
use crate::shell::lockdown;
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit};
use std::os::fd::BorrowedFd;
use std::time::Duration;
use strongroom_bedrock::{patience, stack};

/// The memory that a decoder may have, in bytes, this program with it: the largest picture, a copy in grey, and what the readers
/// need beside them.
const MEMORY_MAX: u64 = 256 << 20;

/// The time of the processor that a scan may take, to its first page.
const FIRST_PATIENCE: Duration = Duration::from_millis(1700);
/// So much more for each page that was read.
const PAGE_PATIENCE: Duration = Duration::from_millis(300);
/// So much more for each code of a vault copy, of which a page has twelve.
const CODE_PATIENCE: Duration = Duration::from_secs(1);

/// Decodes until the input ends. Whatever goes wrong ends the process: its parent says so.
pub fn run() {
    give_up_rights();
    let (requests, answers) = (rustix::stdio::stdin(), rustix::stdio::stdout());
    loop {
        let (mut kind, mut length) = ([0; 1], [0; 8]);
        if !read_all(requests, &mut kind) || !read_all(requests, &mut length) {
            return;
        }
        let Some(kind) = Kind::from_number(kind[0]) else { return };
        let Some(length) = usize::try_from(u64::from_le_bytes(length))
            .ok()
            .filter(|length| *length <= scan::BYTES_MAX)
        else {
            return;
        };
        let scan = SecretBytes::try_build(length, |bytes| read_all(requests, bytes).then_some(()).ok_or(()));
        let Ok(scan) = scan else { return };
        let answer = stack::cleared(|| SecretBytes::new(written(scan.expose(|bytes| pages(kind, bytes)))));
        let sent = write_all(answers, &(answer.len() as u64).to_le_bytes())
            && answer.expose(|bytes| write_all(answers, bytes));
        if !sent {
            return;
        }
    }
}

/// The pages of a scan, each within its time.
fn pages(kind: Kind, scan: &[u8]) -> Result<Vec<Page>, Refusal> {
    // Where the system has no such timer, the parent ends us by the clock.
    let _ = patience::limit(FIRST_PATIENCE);
    let more = |time| {
        let _ = patience::extend(time);
    };
    let mut pages = Vec::new();
    let read = |page| {
        pages.push(page);
        more(PAGE_PATIENCE);
    };
    match kind {
        Kind::Sheets => scan::each_page(scan, read)?,
        Kind::Copy => scan::copy_pages(scan, || more(CODE_PATIENCE), read)?,
    }
    Ok(pages)
}

/// Through no buffer but the one that is given: what passed is nowhere else.
fn read_all(from: BorrowedFd<'_>, mut bytes: &mut [u8]) -> bool {
    while !bytes.is_empty() {
        match rustix::io::read(from, &mut *bytes) {
            Ok(0) => return false,
            Ok(read) => bytes = &mut bytes[read..],
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}

fn write_all(to: BorrowedFd<'_>, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match rustix::io::write(to, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
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
    for (resource, most) in [(Resource::As, MEMORY_MAX), (Resource::Fsize, 0)] {
        let most = Some(most);
        let limit = Rlimit {
            current: most,
            maximum: most,
        };
        let _ = rustix::process::setrlimit(resource, limit);
    }
    lockdown::close_to_pipes();
}
