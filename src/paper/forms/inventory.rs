//! The safe inventory.

use super::wordings::Paper;
use super::{Office, battery, hours, said_if};
use crate::paper::flow::Dress;
use crate::paper::flow::values::Values;
use crate::plan::{DeviceKind, Safe};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// What should lie in one safe.
pub fn inventory(office: &Office<'_>, safe: &Safe) -> Result<SecretBytes, Refusal> {
    let here = office
        .envelopes()
        .filter(|held| held.envelope.safe.as_ref() == Some(&safe.id));
    let envelopes: Vec<Values> = here.map(|held| held.row(office)).collect();
    let mut devices = Vec::new();
    for account in office.plan().accounts().iter().filter(|account| account.is_open()) {
        for device in &account.mfa {
            if let DeviceKind::Hardware {
                safe: lies,
                battery_expires,
            } = &device.kind
                && *lies == safe.id
            {
                devices.push(
                    Values::new()
                        .with("name", &device.name)
                        .with("account", &account.name)
                        .with("battery", &battery(*battery_expires)),
                );
            }
        }
    }
    let copies = office.plan().copies().iter().filter(|copy| copy.safe == safe.id);
    let copies: Vec<Values> = copies.map(|copy| Values::new().with("id", &copy.id)).collect();
    let empty = envelopes.is_empty() && devices.is_empty() && copies.is_empty();
    let values = office
        .values()
        .with("safe", &safe.id)
        .with("place", &safe.place)
        .with("hours", &hours(&safe.open))
        .with("zone", &safe.time_zone)
        .with("any", &safe.controllers.any())
        .with("controllers", &office.names(safe.controllers.of()))
        .list("envelope", envelopes)
        .list("device", devices)
        .list("copy", copies)
        .list(
            "empty",
            said_if(empty, "Nothing yet: no share set with an envelope here was dealt."),
        );
    office.render(Paper::Inventory, Dress::PLAIN, &values)
}
