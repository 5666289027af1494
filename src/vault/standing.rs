//! Where the arrangement stands: accounts by state, sets with their margin, envelopes by stage.
//!
//! Rules of this file:
//! - a set's margin is how many of its pages in force are whole and in their place, beyond those that are needed;
//! - an account is *whole* where everything that the plan wants locked is locked to a set that is live.

use super::due::{AsOf, Due, all};
use super::record::RecordName;
use super::register::Register;
use super::register::life::envelope::{Force, Whereabouts};
use crate::ident::{Epoch, SetName};
use crate::plan::{Account, Factor, Plan};
use crate::threshold::Threshold;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What stands where.
#[derive(Clone, Debug)]
pub struct Standing {
    /// As of which day.
    pub on: Date,
    /// How many accounts are in which state.
    pub accounts: BTreeMap<&'static str, usize>,
    /// The share sets, in the order of the plan.
    pub sets: Vec<SetStanding>,
    /// How many envelopes are in which stage; those of void epochs and replaced pages apart.
    pub envelopes: BTreeMap<&'static str, usize>,
    /// How many pages are out of force and not destroyed.
    pub to_destroy: usize,
    /// Drills, reviews, findings and visits that are open.
    pub open: [(&'static str, usize); 4],
    /// Everything that is due, the earliest first.
    pub due: Vec<Due>,
    /// When the last drill and the last review were.
    pub last: [(&'static str, Option<Date>); 2],
}

/// How a share set stands.
#[derive(Clone, Debug)]
pub struct SetStanding {
    /// Its name.
    pub set: SetName,
    /// Its epoch in force, where one is.
    pub epoch: Option<Epoch>,
    /// What the plan or that epoch asks.
    pub threshold: Threshold,
    /// Its pages that are whole: proved and neither lost nor spoilt (in a rehearsal: rendered).
    pub whole: usize,
    /// How many of them are deposited.
    pub deposited: usize,
    /// The epoch that is to succeed it.
    pub pending: Option<Epoch>,
    /// How many records it opens.
    pub opens: usize,
}

impl SetStanding {
    /// How many whole pages there are beyond those that are needed; negative where a quorum is lacking.
    pub fn margin(&self) -> isize {
        // At most 255 shares.
        let whole = isize::try_from(self.whole).unwrap_or(isize::MAX);
        whole - isize::from(self.threshold.needed())
    }
}

/// Where everything stands.
pub fn of(plan: &Plan, register: &Register, as_of: AsOf) -> Standing {
    let mut accounts = BTreeMap::new();
    for account in plan.accounts() {
        *accounts.entry(state(plan, register, account)).or_insert(0) += 1;
    }
    let (mut envelopes, mut to_destroy) = (BTreeMap::new(), 0);
    for held in register.pages() {
        to_destroy += usize::from(held.is_to_be_destroyed());
        if held.force == Force::InForce {
            *envelopes.entry(held.now.as_str()).or_insert(0) += 1;
        }
    }
    let life = register.life();
    Standing {
        on: as_of.here(),
        accounts,
        sets: sets(plan, register),
        envelopes,
        to_destroy,
        open: [
            ("drills", life.open_drills().count()),
            ("reviews", life.open_reviews().count()),
            ("findings", life.open_findings().count()),
            ("visits unexplained", life.open_visits().count()),
        ],
        due: all(plan, register, as_of),
        last: [("drill", life.last_drill()), ("review", life.last_review())],
    }
}

fn sets(plan: &Plan, register: &Register) -> Vec<SetStanding> {
    let mut opens: BTreeMap<(&SetName, Epoch), usize> = BTreeMap::new();
    for (name, _) in register.records() {
        for of in register.record(name).map_or(&[][..], |state| &state.sets) {
            *opens.entry((&of.set, of.epoch)).or_default() += 1;
        }
    }
    let standing = plan.sets().iter().map(|set| {
        let live = register.live(set.name());
        let (mut whole, mut deposited) = (0, 0);
        for held in live.into_iter().flat_map(|epoch| register.pages_of(epoch)) {
            if held.force == Force::InForce && held.now != Whereabouts::Lost && !held.now.is_gone() {
                whole += 1;
                deposited += usize::from(matches!(held.now, Whereabouts::Deposited(_)));
            }
        }
        let pending = live.and_then(|state| register.pending_successor(&state.of));
        SetStanding {
            set: set.name().clone(),
            epoch: live.map(|state| state.of.epoch),
            threshold: live.map_or(set.threshold(), |state| state.threshold),
            whole,
            deposited,
            pending: pending.map(|of| of.epoch),
            opens: live.map_or(0, |state| {
                opens.get(&(set.name(), state.of.epoch)).copied().unwrap_or(0)
            }),
        }
    });
    standing.collect()
}

fn state(plan: &Plan, register: &Register, account: &Account) -> &'static str {
    if !account.is_open() {
        return "closed";
    }
    if !account.keeps_root_credentials() {
        return "without root credentials";
    }
    let locked = |factor, device: Option<&crate::ident::DeviceName>| {
        let name = RecordName {
            account: account.id.clone(),
            factor,
            device: device.cloned(),
        };
        let wanted = !plan.sets_for(account, factor, device).is_empty();
        (wanted, register.record(&name).is_some())
    };
    let password = locked(Factor::Password, None);
    let mut devices = account
        .virtual_devices()
        .map(|device| locked(Factor::Mfa, Some(&device.name)));
    let codes = devices.all(|(wanted, there)| there || !wanted);
    match (password.1 || !password.0, codes) {
        (true, true) => "whole",
        (true, false) => "without a seed that the plan wants",
        (false, true) => "without a password that the plan wants",
        (false, false) => "not enrolled",
    }
}
