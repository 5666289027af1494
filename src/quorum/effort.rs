//! How much is computed of a plan before it is called too tangled.
//!
//! Rules of this file:
//! - steps are counted, never seconds: a plan that one machine refuses, every machine refuses;
//! - a step is work of bounded time and adds bounded memory, so that what is allowed bounds both;
//! - what would take more is a refusal, never a rounded number.

use crate::refusal::{Refusal, Rule};

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Coalitions. A step is an entry in a table of the diagrams: at most one node and one answer to remember, some 60 bytes.
    Groups,
    /// Cuts. A step is two sets put together, a set looked up, or a gate asked.
    Losses,
}

impl Of {
    /// The steps that it may take. Measured on a machine that was busy: groups half a second and 115 MB, losses 0.7 s and 60 MB.
    pub const fn steps(self) -> u64 {
        match self {
            Self::Groups => 1_800_000,
            Self::Losses => 60_000_000,
        }
    }

    fn refused(self) -> Refusal {
        let (what, hint) = match self {
            Self::Groups => (
                "groups",
                "give each safe controllers of its own: what tangles them is one person at many safes of one share set",
            ),
            Self::Losses => ("losses", "ask for fewer losses at once in `survive`"),
        };
        let found = format!(
            "the {what} of this plan take more than {} steps to compute exactly",
            self.steps()
        );
        Refusal::new(Rule::PlanTooTangled, found).hint(hint)
    }
}

/// The steps that are left.
pub struct Effort {
    of: Of,
    left: u64,
}

impl Effort {
    /// As many as there may be.
    pub fn new(of: Of) -> Self {
        Self { of, left: of.steps() }
    }

    /// Takes so many steps, or refuses where there are not so many left.
    pub fn spend(&mut self, steps: usize) -> Result<(), Refusal> {
        let left = u64::try_from(steps).ok().and_then(|steps| self.left.checked_sub(steps));
        self.left = left.ok_or_else(|| self.of.refused())?;
        Ok(())
    }

    /// How many were taken.
    pub fn spent(&self) -> u64 {
        self.of.steps() - self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_counted_and_none_is_taken_beyond_the_last() {
        for of in [Of::Groups, Of::Losses] {
            let all = usize::try_from(of.steps()).expect("it is small");
            let mut effort = Effort::new(of);
            assert!(effort.spend(all - 1).is_ok());
            assert!(
                effort
                    .spend(2)
                    .is_err_and(|refusal| refusal.rule() == Rule::PlanTooTangled)
            );
            assert!(effort.spend(1).is_ok(), "what was refused took nothing");
            assert!(effort.spend(0).is_ok() && effort.spend(usize::MAX).is_err());
            assert_eq!(effort.spent(), of.steps());
        }
    }
}
