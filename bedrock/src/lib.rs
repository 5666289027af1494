//! Below floor 0: the few lines that the compiler cannot vouch for. strongroom itself forbids `unsafe`.
//!
//! | room | what is done there |
//! |---|---|
//! | [`locked`] | buffers that are never swapped out, dumped or passed to a fork, and are wiped |
//! | [`wiping`] | a global allocator that wipes what is given back, by our code and by every library |
//! | [`stack`] | the part of the stack that a worker used, overwritten |
//! | [`namespace`] | a network of this process's own, with nothing in it |
//! | [`patience`] | an end for work that takes more of the processor than it may |
//! | [`apart`] | work in a fork, whose end is not ours |
//!
//! Rules of this crate:
//! - every `unsafe` block does one thing, and says why it may;
//! - nothing here knows what a secret is, reads an input, or can be asked for more than its safe interface says.

pub mod apart;
pub mod locked;
pub mod namespace;
pub mod patience;
pub mod stack;
pub mod wiping;
