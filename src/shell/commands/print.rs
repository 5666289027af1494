//! `print`: papers that carry no share.

use crate::refusal::Refusal;
use crate::shell::args::{Paper, Place, Print};
use crate::shell::report::Answer;

/// Makes the paper.
pub fn run(_place: &Place, it: &Print) -> Result<Answer, Refusal> {
    match &it.paper {
        Paper::Statement(_) => Ok(Answer::Done),
    }
}
