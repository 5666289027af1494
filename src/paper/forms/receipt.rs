//! The receipt: what a custodian signs.

use super::wordings::Paper;
use super::{Held, Office};
use crate::paper::flow::Dress;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// The receipt for one envelope.
pub fn receipt(office: &Office<'_>, held: &Held<'_>) -> Result<SecretBytes, Refusal> {
    let epoch = held.epoch;
    let values = office
        .values()
        .with("custodian", &office.name(&held.envelope.custodian))
        .with("set", &epoch.of.set)
        .with("epoch", &epoch.of.epoch)
        .with("index", &held.index)
        .with("total", &u16::from(epoch.threshold.total()))
        .with("needed", &u16::from(epoch.threshold.needed()))
        .with("serial", &held.envelope.serial)
        .with("place", &held.place())
        .with("words", &epoch.fingerprint);
    office.render(Paper::Receipt, Dress::PLAIN, &values)
}
