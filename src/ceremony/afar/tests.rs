//! What an invitation and its answers promise.

use super::*;
use crate::code::share_code::ShareHead;
use crate::crypto::passphrase::Passphrase;
use crate::crypto::sharing::Share;
use crate::entropy::{Entropy, System};
use crate::secret::Secret;
use crate::vault::tests::{dealt, now};

/// A custodian who is asked for nothing.
struct Nobody;

impl Passphrases for Nobody {
    fn next(&mut self, _: &str, _: usize) -> Result<Option<Passphrase>, Refusal> {
        Ok(None)
    }
}

fn vault() -> VaultId {
    VaultId::new(Mode::Rehearsal, [3; 15])
}

fn session() -> Session {
    Session::begin(&mut Entropy::new(&mut System)).ok().unwrap()
}

/// An epoch as invitations carry it, and its shares.
fn set() -> (StoredCore, Vec<Share>) {
    let (core, shares) = dealt(vault());
    let fingerprint = core.fingerprint();
    (StoredCore { core, fingerprint }, shares)
}

fn invite(session: &Session, set: &StoredCore, account: &str, reason: &str) -> Invite {
    let asking = Asking {
        account: account.parse().unwrap(),
        account_name: "log-archive".to_string(),
        factor: Factor::Password,
        device: None,
        task: "unlock-bucket-policy".parse().unwrap(),
        reason: reason.parse().unwrap(),
        present: vec!["ana".parse().unwrap()],
        approved_by: None,
        made: now(),
    };
    Invite::new(vault(), session, asking, vec![set.clone()]).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// A share on paper, one bit of its value flipped where it is not to be the one that was dealt.
fn paper(set: &StoredCore, share: &Share, is_altered: bool) -> PaperShare {
    let copy = |secret: &Secret<32>, flip: u8| {
        Secret::build(|out: &mut [u8; 32]| {
            secret.expose(|bytes| *out = *bytes);
            out[0] ^= flip;
        })
    };
    let head = ShareHead {
        mode: vault().mode(),
        identity_kind: set.core.identity_kind,
        needed: set.core.threshold.needed(),
        index: share.index(),
        fingerprint: set.fingerprint,
    };
    let blinder = share.blinder().map(|blinder| copy(blinder, 0));
    PaperShare::new(head, copy(share.value(), u8::from(is_altered)), blinder)
}

#[test]
fn invitations_that_differ_in_one_thing_have_other_words() {
    let (set, _) = set();
    let [ours, theirs] = [(); 2].map(|()| session());
    let all = [
        invite(&ours, &set, "111111111111", "locked out"),
        invite(&theirs, &set, "111111111111", "locked out"),
        invite(&ours, &set, "222222222222", "locked out"),
        invite(&ours, &set, "111111111111", "locked in"),
    ];
    let words: std::collections::BTreeSet<String> = all.iter().map(|invite| invite.words().to_string()).collect();
    assert_eq!(words.len(), all.len());
    let travelled = Invite::read(&all[1].code().unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(travelled.recipient.as_str(), theirs.recipient().as_str());
    assert_eq!(travelled.words(), all[1].words());
}

#[test]
fn a_contribution_answers_one_invitation_of_its_session() {
    let ((set, shares), session) = (set(), session());
    let [asked, other] = ["locked out", "locked in"].map(|reason| invite(&session, &set, "111111111111", reason));
    let answer = asked
        .answer(paper(&set, &shares[0], false), &mut Nobody, &[])
        .ok()
        .unwrap();
    assert!(asked.receive(&session, &answer.code).is_ok());
    let foreign = other.receive(&session, &answer.code).err();
    assert_eq!(foreign.map(|refusal| refusal.rule()), Some(Rule::ContributionForeign));
}

#[test]
fn a_share_that_was_not_dealt_is_not_contributed() {
    let ((set, shares), session) = (set(), session());
    let invite = invite(&session, &set, "111111111111", "locked out");
    let refused = |is_altered| {
        let answer = invite.answer(paper(&set, &shares[0], is_altered), &mut Nobody, &[]);
        answer.err().map(|refusal| refusal.rule())
    };
    assert_eq!([false, true].map(refused), [None, Some(Rule::ShareForged)]);
}
