//! The ledger: one append-only, hash-chained file of lines for each site that writes.
//!
//! line   = canonical JSON of `before`, `body`, `kind`, `number`, `time`, then a line feed
//! before = SHA-256 of the line before, its line feed included; 64 zeros in line 0
//!
//! Rules of this file:
//! - a line has one encoding: keys sorted, no spaces, whole numbers only; anything else breaks the chain;
//! - a line is built only from [`Event`], whose every field is a checked identifier, a hash, a count, or text that a human
//!   gave to be recorded: no secret type can become one;
//! - only closing entries have words; what stands behind the last one is not yet on paper;
//! - order is by number, never by time: clocks of offline laptops jump.

mod quick;

use super::event::Event;
use crate::code::words::{self, Fingerprint, WordsTag};
use crate::hex;
use crate::ident::SiteName;
use crate::refusal::{Refusal, Rule};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The largest ledger that is read, all its chains together, in bytes: some 400,000 lines, four decades of 10,000 accounts.
pub const LEDGER_MAX: usize = 128 * 1024 * 1024;
/// The longest line, in bytes: a relocking of 60,000 records has some 12 MiB.
pub const LINE_MAX: usize = 16 << 20;
/// The most commas of one line, and so the most of its values: what is read takes some hundred bytes for each.
pub const COMMAS_MAX: usize = 400_000;
/// How many lines are read at a time: what stands behind a broken one costs nothing.
const BLOCK: usize = 1 << 14;

/// A SHA-256 hash, in files as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&hex::encode(&self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        hex::decode(&text)
            .map(Self)
            .ok_or("a hash is 64 lower-case hexadecimal digits")
    }
}

/// One line of a chain, read and found in its place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place in the chain, from 0.
    pub number: u64,
    /// When the laptop that wrote it believed it was.
    pub time: Timestamp,
    /// What happened.
    pub event: Event,
    /// The hash of this line.
    pub hash: Hash,
}

/// The whole chain of one site, verified.
#[derive(Clone, Debug)]
pub struct Chain {
    site: SiteName,
    entries: Vec<Entry>,
    size: usize,
    cut: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u64,
    time: Timestamp,
    kind: String,
    body: Value,
    before: Hash,
}

impl Chain {
    /// A chain without a line.
    pub fn new(site: SiteName) -> Self {
        Self {
            site,
            entries: Vec::new(),
            size: 0,
            cut: 0,
        }
    }

    /// Reads a chain from its file and verifies every line of it.
    pub fn parse(site: SiteName, bytes: &[u8]) -> Result<Self, Refusal> {
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut chain = Self {
            site,
            entries: Vec::new(),
            size: whole,
            cut: bytes.len() - whole,
        };
        let mut lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n');
        loop {
            let block: Vec<&[u8]> = lines.by_ref().take(BLOCK).collect();
            if block.is_empty() {
                break;
            }
            chain.read_block(&block)?;
        }
        if chain.entries.is_empty() {
            return Err(chain.broken("there is no line at all"));
        }
        Ok(chain)
    }

    fn read_block(&mut self, lines: &[&[u8]]) -> Result<(), Refusal> {
        if let Some(at) = lines.iter().position(|line| !fits(line)) {
            self.read_block(&lines[..at])?;
            return Err(self.broken(&format!(
                "it has more than {} MiB or {COMMAS_MAX} commas",
                LINE_MAX >> 20
            )));
        }
        for (line, entry) in lines.iter().zip(quick::read(lines)) {
            let entry = match entry {
                Some((entry, before)) if entry.number == self.entries.len() as u64 && before == self.head() => entry,
                // Whatever is not as it should be is read again, slowly, to say what it is.
                _ => self.read_line(line).map_err(|found| self.broken(&found))?,
            };
            self.entries.push(entry);
        }
        Ok(())
    }

    /// The site that writes this chain.
    pub fn site(&self) -> &SiteName {
        &self.site
    }

    /// Its lines, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many bytes its lines have.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many bytes behind the last line feed a crash left; they are not read.
    pub fn cut(&self) -> usize {
        self.cut
    }

    /// The hash of the last line.
    pub fn head(&self) -> Hash {
        self.entries.last().map_or(Hash([0; 32]), |entry| entry.hash)
    }

    /// Appends one event to the chain in memory, and returns the bytes of its line.
    pub fn push(&mut self, event: Event, time: Timestamp) -> Result<Vec<u8>, Refusal> {
        let (number, time) = (self.entries.len() as u64, whole_seconds(time));
        let bytes = encode(number, time, &event, self.head())
            .map_err(|fault| Refusal::new(Rule::Internal, format!("a ledger line cannot be built: {fault}")))?;
        if !fits(&bytes) {
            let sentence = format!(
                "a line of the ledger would have {} MiB and {} commas, at most {} MiB and {COMMAS_MAX} commas are read",
                bytes.len() >> 20,
                commas(&bytes),
                LINE_MAX >> 20
            );
            return Err(Refusal::new(Rule::InputTooLarge, sentence).hint("do it for fewer accounts at once"));
        }
        self.size += bytes.len();
        self.entries.push(Entry {
            number,
            time,
            event,
            hash: Hash::of(&bytes),
        });
        Ok(bytes)
    }

    fn read_line(&self, bytes: &[u8]) -> Result<Entry, String> {
        let value: Value = serde_json::from_slice(bytes).map_err(|fault| format!("it is not JSON: {fault}"))?;
        let line: Line = serde_json::from_value(value).map_err(|fault| format!("it is not a ledger line: {fault}"))?;
        if line.number != self.entries.len() as u64 {
            return Err(format!("it says number {}", line.number));
        }
        if line.before != self.head() {
            return Err("it does not continue the line before it".to_string());
        }
        let kind = line.kind.escape_debug().to_string();
        let event = Event::from_parts(line.kind, line.body).map_err(|fault| format!("its kind {kind}: {fault}"))?;
        // Written again from what was understood: a line that another line could say too would have two hashes.
        let again = encode(line.number, line.time, &event, line.before)?;
        if again != bytes {
            return Err("it is not in its one encoding".to_string());
        }
        Ok(Entry {
            number: line.number,
            time: line.time,
            event,
            hash: Hash::of(bytes),
        })
    }

    fn broken(&self, found: &str) -> Refusal {
        let sentence = format!(
            "ledger/{}.jsonl is broken at line {}: {found}",
            self.site,
            self.entries.len() + 1
        );
        Refusal::new(Rule::LedgerBroken, sentence).hint("compare with another copy of the vault; the words of the last signed closing sheet tell which copy is whole")
    }
}

/// Whether a line is one that is read at all.
fn fits(line: &[u8]) -> bool {
    line.len() <= LINE_MAX && commas(line) <= COMMAS_MAX
}

fn commas(line: &[u8]) -> usize {
    line.split(|byte| *byte == b',').count() - 1
}

/// The words of a closing entry: the head that a signed closing sheet vouches for.
pub fn head_words(head: Hash) -> Fingerprint {
    words::words_of(WordsTag::Head, &head.0)
}

/// The one encoding of a line, line feed included.
fn encode(number: u64, time: Timestamp, event: &Event, before: Hash) -> Result<Vec<u8>, String> {
    let (kind, body) = event.to_parts().map_err(|fault| fault.to_string())?;
    let mut bytes = Vec::with_capacity(512);
    bytes.extend_from_slice(br#"{"before":""#);
    bytes.extend_from_slice(before.to_string().as_bytes());
    bytes.extend_from_slice(br#"","body":"#);
    write_canonical(&body, &mut bytes)?;
    bytes.extend_from_slice(br#","kind":"#);
    write_string(&kind, &mut bytes)?;
    bytes.extend_from_slice(format!(r#","number":{number},"time":"{}"}}"#, whole_seconds(time)).as_bytes());
    bytes.push(b'\n');
    Ok(bytes)
}

/// Canonical JSON: keys sorted by code point, no spaces, whole numbers, strings as `serde_json` escapes them.
fn write_canonical(value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_unstable();
            out.push(b'{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_string(key, out)?;
                out.push(b':');
                write_canonical(&fields[key], out)?;
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_canonical(item, out)?;
            }
            out.push(b']');
        }
        Value::String(text) => write_string(text, out)?,
        Value::Number(number) if number.is_u64() => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Number(_) => return Err("it has a number that is not whole".to_string()),
        Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Value::Null => out.extend_from_slice(b"null"),
    }
    Ok(())
}

fn write_string(text: &str, out: &mut Vec<u8>) -> Result<(), String> {
    serde_json::to_writer(out, text).map_err(|fault| fault.to_string())
}

fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
