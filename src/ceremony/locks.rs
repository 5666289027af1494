//! A share goes under its custodian's passphrase, and comes out again.
//!
//! Rules of this file:
//! - a lock is used only after its lines were read as a stranger would read them, opened, and proved: a page that does not open
//!   is a lost share;
//! - a wrong passphrase is told from a sheet that was never printed, by the digest that the ledger has, and by nothing else;
//! - passphrases are asked for one share at a time, and only for a share that is wanted.

use super::known::KnownEpoch;
use super::ports::Passphrases;
use crate::code::reading::read_text;
use crate::code::share_code::{PaperShare, ShareBody};
use crate::crypto::passphrase::{LockError, LockProfile, Passphrase};
use crate::crypto::sharing::{Commitments, Share};
use crate::entropy::{Entropy, Purpose};
use crate::refusal::{Refusal, Rule};

/// What every share that is dealt under a passphrase costs to guess at.
const PROFILE: LockProfile = LockProfile::Argon2id256MiB;

/// The same share under `passphrase`.
pub(super) fn lock(
    paper: &PaperShare,
    passphrase: &Passphrase,
    commitments: &Commitments,
    entropy: &mut Entropy<'_>,
) -> Result<PaperShare, Refusal> {
    let ShareBody::Open {
        value,
        blinder: Some(blinder),
    } = &paper.body
    else {
        return Err(Refusal::new(Rule::Internal, "a share is locked whole, and once"));
    };
    let salt = entropy.bytes::<16>(Purpose::Salt)?.expose(|bytes| *bytes);
    let locked = PaperShare::locked(paper.head, value, blinder, PROFILE, passphrase, salt)?;
    let text = locked.lines().qr_text();
    let mut read = text.expose(|text| read_text(text, paper.head.mode));
    let opened = read
        .pop()
        .and_then(Result::ok)
        .and_then(|again| again.opened(passphrase).ok());
    let proved = opened
        .and_then(|open| open.into_share().ok())
        .is_some_and(|share| commitments.prove(share).is_ok());
    if proved {
        return Ok(locked);
    }
    Err(Refusal::new(Rule::DealingUnfit, "a locked share does not open again").hint("nothing was printed; try again"))
}

/// The share on a sheet of `epoch`, its lock opened where it has one. `name` is what its custodian is asked for.
pub(super) fn unlock(
    paper: PaperShare,
    epoch: &KnownEpoch,
    name: &str,
    passphrases: &mut dyn Passphrases,
) -> Result<Share, Refusal> {
    match opened(paper, name, passphrases)? {
        Ok(open) => open
            .into_share()
            .map_err(|_| Refusal::new(Rule::Internal, "an opened share is locked")),
        Err((paper, tried)) => {
            let unknown = paper
                .lock_digest()
                .is_some_and(|digest| !epoch.state.knows_lock(paper.head.index, digest));
            Err(if unknown {
                not_printed(name)
            } else {
                not_opened(name, tried)
            })
        }
    }
}

/// The share without its lock; or itself, and how many passphrases did not open it.
pub(super) fn opened(
    paper: PaperShare,
    name: &str,
    passphrases: &mut dyn Passphrases,
) -> Result<Result<PaperShare, (PaperShare, usize)>, Refusal> {
    let mut paper = paper;
    let mut tried = 0;
    while paper.is_locked() {
        let Some(passphrase) = passphrases.next(name, tried)? else {
            return Ok(Err((paper, tried)));
        };
        paper = match paper.opened(&passphrase) {
            Ok(open) => {
                passphrases.opened();
                open
            }
            Err((_, LockError::Machine)) => return Err(LockError::Machine.into()),
            Err((locked, LockError::WrongPassphrase)) => {
                tried += 1;
                locked
            }
        };
    }
    Ok(Ok(paper))
}

/// What to say where no passphrase opened a share.
pub(super) fn not_opened(name: &str, tried: usize) -> Refusal {
    if tried == 0 {
        return Refusal::new(
            Rule::ShareLocked,
            format!("{name} stands under its custodian's passphrase"),
        )
        .hint("let its custodian type it, at a terminal and alone")
        .hint("or give the file that has it: --passphrases FILE, - for standard input");
    }
    Refusal::new(
        Rule::PassphraseWrong,
        format!("{name} does not open to this passphrase"),
    )
    .hint("seven words of the list, in their order, small letters, one space between; its custodian may try again")
    .hint("or go on with another share: any that make a quorum will do")
}

/// A locked sheet that the ledger does not know.
pub(super) fn not_printed(name: &str) -> Refusal {
    Refusal::new(
        Rule::SheetNotPrinted,
        format!("{name}: these are not the lines of any sheet that was printed for it"),
    )
    .hint("keep the sheet and its envelope as evidence, and open an exception")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::share_code::ShareHead;
    use crate::entropy::System;
    use crate::ident::{Mode, VaultId};
    use crate::vault::tests::dealt;

    #[test]
    fn a_lock_that_opens_to_no_share_of_its_set_is_never_printed() {
        let vault = VaultId::new(Mode::Rehearsal, [3; 15]);
        let ((core, shares), (other, _)) = (dealt(vault), dealt(vault));
        let share = shares.into_iter().next().unwrap();
        let head = ShareHead {
            mode: vault.mode(),
            identity_kind: core.identity_kind,
            needed: core.threshold.needed(),
            index: share.index(),
            fingerprint: core.fingerprint(),
        };
        let (value, blinder) = share.into_scalars();
        let open = PaperShare::new(head, value, blinder);
        let passphrase = Passphrase::read("correct horse").unwrap_or_else(|fault| panic!("{fault}"));
        let locked = |commitments| {
            let made = lock(&open, &passphrase, commitments, &mut Entropy::new(&mut System));
            made.err().map(|refusal| refusal.rule())
        };
        assert_eq!(locked(&core.commitments), None);
        assert_eq!(locked(&other.commitments), Some(Rule::DealingUnfit));
    }
}
