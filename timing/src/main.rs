//! Whether time tells a secret: `just timing` runs this under valgrind, to which every secret is memory without a value.
//!
//! A branch on such memory, or an address made of it, is what time and cache can tell, and valgrind names its place. It sees the
//! machine code that was built, every path that was taken, on any machine, alike in every run: no statistics.
//!
//! Rules of this file:
//! - what enters as a secret is marked where it enters: what the system gives for a dealing, the scalars of a share, a plain text;
//! - what is public again (a commitment, a verdict, a locked file) is declared in `declared.supp`, each place with its reason;
//! - the first row must be caught, or the run has said nothing.

use crabgrind::memcheck::{MemState, mark_mem};
use std::hint::black_box;
use std::process::ExitCode;
use strongroom::crypto::identity::{self, IdentityKind, SetIdentity};
use strongroom::crypto::sharing::{self, Dealing, ProvedShare, Quorum, Share};
use strongroom::entropy::{Entropy, Source, System};
use strongroom::ident::Mode;
use strongroom::secret::{Secret, SecretBytes};
use strongroom::threshold::Threshold;

/// What is done with secrets, and its name.
struct Row {
    name: &'static str,
    work: fn(),
}

const ROWS: [Row; 7] = [
    Row { name: "deal 3-of-5, with the checks after it", work: deal },
    Row { name: "prove a share", work: prove },
    Row { name: "tell whether two shares are the same", work: compare },
    Row { name: "combine a quorum", work: combine },
    Row { name: "derive the identity and the successor key", work: derive },
    Row { name: "sign a successor", work: sign },
    Row { name: "lock a record and open it", work: lock_and_open },
];

fn main() -> ExitCode {
    if crabgrind::run_mode() != crabgrind::RunMode::Valgrind {
        eprintln!("strongroom-timing: this says something under valgrind only\nhint: just timing");
        return ExitCode::from(2);
    }
    let control = found_in(compare_and_stop);
    println!("control: a comparison that stops at the first difference: {}", seen(control));
    let mut fallen = usize::from(control == 0);
    for row in ROWS {
        let found = found_in(row.work);
        println!("{:<8} {}: {found} places", if found == 0 { "constant" } else { "VARIES" }, row.name);
        fallen += usize::from(found > 0);
    }
    println!("\n{} rows, {fallen} fell short", ROWS.len());
    if fallen == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many places valgrind named while `work` was done.
fn found_in(work: fn()) -> usize {
    let before = crabgrind::count_errors();
    work();
    crabgrind::count_errors() - before
}

fn seen(found: usize) -> &'static str {
    if found > 0 { "caught" } else { "NOT CAUGHT" }
}

fn hide(bytes: &mut [u8]) {
    // What it answers is not what its documentation says; the control shows that it marks.
    let _ = mark_mem(bytes.as_mut_ptr().cast(), bytes.len(), MemState::Undefined);
}

/// What the system gives, and from there on nobody may look at it.
struct Hidden;

impl Source for Hidden {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
        System.fill(out)?;
        hide(out);
        Ok(())
    }
}

fn threshold() -> Threshold {
    "3-of-5".parse().expect("a threshold")
}

/// A dealing that is known, so that what follows it is tried alone.
fn known() -> Dealing {
    sharing::deal(threshold(), &mut Entropy::new(&mut System)).ok().expect("a dealing")
}

/// The same share, hidden.
fn hidden(share: &Share) -> Share {
    let copy = |secret: &Secret<32>| {
        Secret::build(|out: &mut [u8; 32]| {
            secret.expose(|bytes| out.copy_from_slice(bytes));
            hide(out);
        })
    };
    Share::new(share.index(), copy(share.value()), share.blinder().map(copy))
}

fn proved(dealing: &Dealing) -> Vec<ProvedShare> {
    let shares = dealing.shares.iter().take(3).map(hidden);
    shares.map(|share| dealing.commitments.prove(share).ok().expect("it was dealt")).collect()
}

fn quorum(dealing: &Dealing) -> Quorum {
    Quorum::of(threshold(), &dealing.commitments, proved(dealing)).ok().expect("three of five")
}

fn set_identity(dealing: &Dealing) -> SetIdentity {
    let secret = quorum(dealing).combine().ok().expect("a quorum");
    SetIdentity::derive(secret, Mode::Production, IdentityKind::X25519).ok().expect("an identity")
}

fn compare_and_stop() {
    let dealing = known();
    let [one, two] = [0, 1].map(|number: usize| hidden(&dealing.shares[number]));
    let equal = one.value().expose(|one| two.value().expose(|two| one.iter().zip(two).all(|(a, b)| a == b)));
    black_box(equal);
}

fn deal() {
    let dealing = sharing::deal(threshold(), &mut Entropy::new(&mut Hidden));
    black_box(dealing.is_ok());
}

fn prove() {
    let dealing = known();
    black_box(dealing.commitments.prove(hidden(&dealing.shares[0])).is_ok());
}

fn compare() {
    let dealing = known();
    black_box(hidden(&dealing.shares[0]).same_as(&hidden(&dealing.shares[1])));
}

fn combine() {
    black_box(quorum(&known()).combine().is_ok());
}

fn derive() {
    let identity = set_identity(&known());
    black_box((identity.recipient(), identity.successor_key()));
}

fn sign() {
    let relocking = set_identity(&known()).into_relocking();
    black_box(relocking.sign_successor(&[1; 32], &[2; 32]));
}

fn lock_and_open() {
    let dealing = known();
    let plain = SecretBytes::try_build(1024, |bytes| {
        bytes.fill(b'x');
        hide(bytes);
        Ok::<(), ()>(())
    });
    let identity = set_identity(&dealing);
    let locked = identity::lock(&plain.expect("bytes"), &[identity.recipient()]).ok().expect("a locked record");
    black_box(identity.open(&locked).is_ok());
}
