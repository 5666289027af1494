//! Plans to begin with: a commented one to fill in, and the bundled example organisation.
//!
//! Rules of this file:
//! - both are plans that [`super::Plan::parse`] reads, and both are judged without a finding.

/// What `init DIR` writes: commented, with few entries.
pub fn starter() -> &'static str {
    include_str!("../../templates/plan/starter.toml")
}

/// What `init DIR --example` writes, and `rehearse` uses: 26 people, 9 safes, 6 share sets, 24 accounts.
pub fn example() -> &'static str {
    include_str!("../../templates/plan/example.toml")
}
