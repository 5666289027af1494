//! Floor 6: ordered steps over ports. What happens is decided here; what touches the machine is an argument.
//!
//! | room | what is done there |
//! |---|---|
//! | [`ports`] | clock, pages, voice, other processes: what the shell lends |
//! | [`known`] | a share on paper, and the envelope of the register that it came from |
//! | [`trust`] | what the last closing sheet vouches for |
//! | `locks` | a share goes under its custodian's passphrase, and comes out again |
//! | `page_of` | one share to its page, read back |
//! | [`deal`] | a set dealt, its pages made, read back and handed out |
//! | [`prove`] | paper proved against the commitments |
//! | [`enroll`] | factors locked to live sets |
//! | [`worklist`] | which accounts still need a factor at the provider |
//! | [`gathering`] | untrusted entries become a quorum, or say why not |
//! | [`generation`] | which generation of a record is opened |
//! | [`recover`] | one record opened |
//! | [`practise`] | one record opened at a drill; nothing changed |
//! | [`reissue`] | a new epoch signed by the quorum of the old; records locked again |
//! | [`upkeep`] | envelopes on their way, who has access, which drill proves which share |
//! | [`afar`] | a share proved on another laptop, and locked to one session |
//! | [`notice`] | a recovery announced to those whom its alert wakes |
//! | [`reprint`] | one page made again, under a new serial or a new passphrase |
//! | [`steps`] | the steps of a dealing as data, for script, dry run, guided run and ledger |
//! | [`sitting`] | people in a room, led through those steps |
//! | [`rehearse`] | the whole life of a vault with throwaway secrets |

pub mod afar;
pub mod deal;
pub mod enroll;
pub mod gathering;
pub mod generation;
pub mod known;
mod locks;
pub mod notice;
mod page_of;
pub mod ports;
pub mod practise;
pub mod prove;
pub mod recover;
pub mod rehearse;
pub mod reissue;
pub mod reprint;
pub mod sitting;
pub mod steps;
pub mod trust;
pub mod upkeep;
pub mod worklist;
