//! The claim, computed: who could sign in to what, by every path, and what may be lost before nobody can.
//!
//! | file | what is done there |
//! |---|---|
//! | [`gate`] | structure functions as trees of k-of-n gates, and their duals |
//! | [`diagram`] | their minimal path sets, exactly |
//! | [`cut`] | their minimal cut sets, as far as a few losses go |
//! | [`path`] | every way to a factor and every path into an account, by its name |
//! | [`access`] | the plan as such a structure |
//! | [`coalition`] | minimal path sets over people: the smallest groups that get in |
//! | [`units`] | everything that can be lost, and what of recovery stands on it |
//! | [`loss`] | minimal cut sets over it; the margin of each share set |
//! | [`coverage`] | the hours of the week in which a quorum can be had |
//! | [`simulate`] | one night: what still opens, by whom, from when on |
//! | [`whom`] | whom to call first, for one record at one hour |
//! | [`steps`] | what a group does, in words |
//! | [`claim`] | all of it together, and the rules that it is held against |
//! | [`summary`] | the claim in a few lines |
//!
//! The words are those of reliability engineering (Barlow and Proschan, 1975): a *coherent structure function* says for each set of
//! components whether the whole works; a *minimal path set* makes it work and nothing smaller inside it does; a *minimal cut set*
//! stops it, and is a path set of the *dual*. For coalitions the components are people and to work is to get in; for losses they are
//! whatever can be lost, and to work is to recover by quorum.
//!
//! Rules of this folder:
//! - a plan, a day and a scenario in, numbers out: no files, no clock, no terminal;
//! - every number is exact; where that cannot be had within [`effort::Of::steps`], the answer is a refusal;
//! - what accounts have in common is computed once: time grows with distinct structures, not with accounts.

pub mod access;
pub mod claim;
pub mod coalition;
pub mod coverage;
pub mod cut;
pub mod diagram;
pub mod effort;
pub mod gate;
pub mod loss;
pub mod path;
pub mod simulate;
pub mod steps;
pub mod summary;
pub mod units;
pub mod whom;
