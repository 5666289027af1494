//! Pages out, scans in.
//!
//! Rules of this floor:
//! - data in, bytes out: no file, no clock, no randomness of its own; the same input gives the same bytes, also twice in one process;
//! - whatever holds a secret here (pixels, pages, texts of codes) is wiped as far as it lies in our hands;
//! - what comes in was made by anybody: it is bounded before it is decoded, and a decoder that panics is a refusal.

pub mod copy;
pub mod decode;
pub mod faces;
pub mod flow;
pub mod fonts;
pub mod forms;
pub mod modules;
pub mod page;
mod pdf;
mod quiet;
pub mod raster;
pub mod read_back;
pub mod recoverer;
mod salvage;
pub mod scan;
pub mod sheet;
pub mod statement;
pub mod template;
pub mod text;
mod wrap;
