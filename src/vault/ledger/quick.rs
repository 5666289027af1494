//! Lines read quickly, on every core, where they are as they should be.
//!
//! Rules of this file:
//! - a line is taken only if what was understood of it gives its bytes again, as in the slow reader: the two differ in nothing but time;
//! - whether it continues the line before it is for the caller, who knows that line;
//! - anything odd is nothing here, and the slow reader says what it is.

use super::{Entry, Hash, encode};
use crate::vault::event::Event;
use std::str::from_utf8;

/// Below this many lines threads cost more than they save.
const FEW: usize = 256;

/// Each line with the hash that it names before it, in their order.
pub(super) fn read(lines: &[&[u8]]) -> Vec<Option<(Entry, Hash)>> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(8));
    if lines.len() < FEW || cores == 1 {
        return lines.iter().map(|line| one(line)).collect();
    }
    let part = lines.len().div_ceil(cores);
    std::thread::scope(|scope| {
        let parts: Vec<_> = lines
            .chunks(part)
            .map(|lines| scope.spawn(move || lines.iter().map(|line| one(line)).collect::<Vec<_>>()))
            .collect();
        let read = parts.into_iter().zip(lines.chunks(part));
        // A thread that ended early has read nothing; the slow reader has the last word anyway.
        read.flat_map(|(part, lines)| part.join().unwrap_or_else(|_| lines.iter().map(|_| None).collect()))
            .collect()
    })
}

fn one(bytes: &[u8]) -> Option<(Entry, Hash)> {
    let rest = bytes.strip_prefix(br#"{"before":""#)?.strip_suffix(b"\"}\n")?;
    let (before, rest) = rest.split_at_checked(64)?;
    let before = Hash(crate::hex::decode(from_utf8(before).ok()?)?);
    let rest = from_utf8(rest.strip_prefix(br#"","body":"#)?).ok()?;
    let (rest, time) = rest.rsplit_once(r#","time":""#)?;
    let (rest, number) = rest.rsplit_once(r#","number":"#)?;
    let (body, kind) = rest.strip_suffix('"')?.rsplit_once(r#","kind":""#)?;
    let event = Event::from_text(kind, body).ok()?;
    let (number, time) = (number.parse().ok()?, time.parse().ok()?);
    let again = encode(number, time, &event, before).ok()?;
    let entry = Entry {
        number,
        time,
        event,
        hash: Hash::of(bytes),
    };
    (again == bytes).then_some((entry, before))
}
