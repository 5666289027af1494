//! The identity of one session of a recovery: what custodians elsewhere lock their shares to.
//!
//! Rules of this file:
//! - it is drawn, never derived, and never leaves the memory of its process: what was locked to it opens while that process
//!   lives, and never again;
//! - it opens what is locked to it as a record is opened: nothing is released before all of it was authenticated.

use super::identity::{Recipient, identity_text, opened};
use crate::entropy::{Entropy, Purpose};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use age::x25519;
use std::str::FromStr as _;
use zeroize::Zeroizing;

/// A one-session identity.
pub struct Session(x25519::Identity);

impl Session {
    /// A fresh one.
    pub fn begin(entropy: &mut Entropy<'_>) -> Result<Self, Refusal> {
        let impossible = || Refusal::new(Rule::Internal, "32 bytes are not an identity of age");
        let seed = entropy.bytes::<32>(Purpose::Session)?;
        let text = Zeroizing::new(identity_text(&seed).ok_or_else(impossible)?);
        let age = x25519::Identity::from_str(&text).map_err(|_| impossible())?;
        Ok(Self(age))
    }

    /// What shares are locked to.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public().to_string())
    }

    /// Opens what was locked to this session; of another one, or damaged, it is refused.
    pub fn open(&self, locked: &[u8]) -> Result<SecretBytes, Refusal> {
        opened(&self.0, locked).map_err(|_| {
            Refusal::new(
                Rule::ContributionForeign,
                "this contribution does not open here: it was made for another session, or it is damaged",
            )
            .hint("its custodian contributes again, to the invitation of this session; compare its 8 words by voice")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::identity::lock;
    use crate::entropy::System;

    #[test]
    fn what_is_locked_to_a_session_opens_in_it_and_in_no_other() {
        let [one, other] = [(); 2].map(|()| Session::begin(&mut Entropy::new(&mut System)).ok().unwrap());
        let locked = lock(&SecretBytes::new(b"a share".to_vec()), &[one.recipient()])
            .ok()
            .unwrap();
        assert!(
            one.open(&locked)
                .is_ok_and(|plain| plain.expose(|bytes| bytes == b"a share"))
        );
        assert_eq!(
            other.open(&locked).err().map(|refusal| refusal.rule()),
            Some(Rule::ContributionForeign)
        );
        for at in 0..locked.len() {
            let mut altered = locked.clone();
            altered[at] ^= 1;
            assert!(one.open(&altered).is_err(), "byte {at}");
        }
    }
}
