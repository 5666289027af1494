//! **strongroom**: long root passwords and virtual-MFA seeds under separate quorums of custodians, on paper, offline.
//!
//! The house has floors. A file may use its own floor and the floors below, never above; `tests/floors.rs` keeps it so.
//!
//! | floor | room | what is done there |
//! |---|---|---|
//! | 0 | [`refusal`] [`secret`] [`ident`] [`threshold`] [`entropy`] [`hex`] [`seen`] | things that cannot be wrong, and how to say no |
//! | 1 | [`crypto`] | pure functions over bytes: sharing, identities, passwords, codes |
//! | 2 | [`code`] | what stands on paper, character by character |
//! | 3 | [`plan`] | the organisation, as written by a human; its rules |
//! | 3 | [`quorum`] | the claim, computed: who can sign in, what may be lost, when |
//! | 4 | [`vault`] | the directory: cores, records, envelopes, the ledger |
//! | 5 | [`paper`] | pages out, scans in |
//! | 6 | [`ceremony`] | ordered steps over ports: deal, prove, enroll, recover, rehearse |
//! | 7 | [`shell`] | everything that touches the machine: arguments, terminal, judging the machine |
//!
//! Read a life of a share from the top: [`ceremony::deal`] makes it, [`paper::sheet`] prints it, [`paper::scan`] reads it,
//! [`ceremony::gathering`] judges it, [`crypto::sharing`] combines it, [`vault::record`] opens to it.

#![forbid(unsafe_code)]

pub mod entropy;
pub mod hex;
pub mod ident;
pub mod refusal;
pub mod secret;
pub mod seen;
pub mod threshold;

pub mod crypto;

pub mod code;

pub mod plan;

pub mod quorum;

pub mod vault;

pub mod paper;

pub mod ceremony;

pub mod shell;
