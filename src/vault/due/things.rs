//! Envelopes, safes, devices, copies of the vault, guidance.

use super::{Kind, List, a_year_after, days_after, in_zone};
use crate::ident::SafeId;
use crate::plan::DeviceKind;
use crate::vault::register::life::envelope::{Force, Held, Whereabouts};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A battery device without a lead time in the ledger is replaced so many days before its battery ends.
const LEAD: i64 = 30;

pub(super) fn add(list: &mut List<'_>) {
    envelopes(list);
    safes(list);
    devices(list);
    copies(list);
    for one in list.register.life().guidance.values() {
        list.push(Kind::Guidance, format!("ticket:{}", one.ticket), one.until)
            .note = Some(one.about.clone());
    }
}

fn zone_of(list: &List<'_>, safe: Option<&SafeId>) -> TimeZone {
    let safe = safe.and_then(|safe| list.plan.safe(safe));
    safe.map_or(TimeZone::UTC, |safe| safe.time_zone.clone())
}

fn envelopes(list: &mut List<'_>) {
    for held in list.register.pages() {
        let about = super::envelope(held.envelope.serial);
        if let Whereabouts::InTransit { due, safe, .. } = &held.now {
            let zone = zone_of(list, safe.as_ref());
            list.push_at(Kind::Transit, about.clone(), *due, &zone).note = Some(held.now.to_string());
        }
        if held.now == Whereabouts::Lost && held.force == Force::InForce {
            // A share that is lost is replaced: until then its set is one short, and a finder is one nearer.
            let day = held.since.unwrap_or_else(|| list.as_of.here());
            list.push(Kind::Reissue, format!("set:{}", held.epoch.of.set), day).note =
                Some(format!("envelope {} is lost", held.envelope.serial));
        } else if held.is_to_be_destroyed() && held.now != Whereabouts::Lost {
            let zone = zone_of(list, held.envelope.safe.as_ref());
            let day = in_zone(out_of_force(list, &held), &zone);
            let due = list.push_at(Kind::Destruction, about, day, &zone);
            due.owner = Some(held.envelope.custodian.clone());
            due.note = Some(format!(
                "{}, share {} of {}",
                held.force.as_str(),
                held.index,
                held.epoch.of
            ));
        }
    }
}

/// Since when a page is out of force: its epoch is void, or the page that took its place was proved.
fn out_of_force(list: &List<'_>, held: &Held<'_>) -> Timestamp {
    let in_its_place = held.epoch.envelopes.get(&held.index);
    let replaced = in_its_place.and_then(|page| list.register.life().proved.get(&page.serial).copied());
    held.epoch.void_since.or(replaced).unwrap_or(held.epoch.dealt)
}

fn safes(list: &mut List<'_>) {
    for safe in list.plan.safes() {
        let by_ledger = list.register.life().serviced.get(&safe.id).copied();
        if let Some(last) = by_ledger.max(safe.lock_serviced) {
            list.push_at(
                Kind::Lock,
                format!("safe:{}", safe.id),
                a_year_after(last),
                &safe.time_zone,
            );
        }
    }
}

fn devices(list: &mut List<'_>) {
    let life = list.register.life();
    for account in list.plan.accounts().iter().filter(|account| account.is_open()) {
        for device in &account.mfa {
            let DeviceKind::Hardware { safe, battery_expires } = &device.kind else {
                continue;
            };
            let zone = zone_of(list, Some(safe));
            let state = life.devices.get(&(account.id.clone(), device.name.clone()));
            let about = || format!("device:{}/{}", account.id, device.name);
            let lead = state.map_or(LEAD, |state| i64::from(state.lead));
            if let Some(ends) = state.and_then(|state| state.battery).or(*battery_expires) {
                let due = list.push_at(Kind::Battery, about(), days_after(ends, -lead), &zone);
                due.note = Some(format!("the battery ends on {ends}"));
            }
            if let Some(state) = state {
                let due = list.push_at(Kind::Device, about(), state.next, &zone);
                due.note = (!state.works).then(|| "it did not work when it was last tried".to_string());
            }
        }
    }
}

fn copies(list: &mut List<'_>) {
    let every = i64::from(list.plan.policy().drill_every.get());
    for copy in list.plan.copies() {
        let zone = zone_of(list, Some(&copy.safe));
        let looked_at = list.register.life().copies.get(&copy.id).map(|(day, _)| *day);
        let since = looked_at.unwrap_or_else(|| list.made());
        list.push_at(Kind::Copy, format!("copy:{}", copy.id), days_after(since, every), &zone);
    }
}
