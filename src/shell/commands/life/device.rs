//! `device` and `guidance`: hardware MFA devices, and what a provider's support promised.

use super::{day, write};
use crate::ceremony::upkeep;
use crate::ident::{AccountId, DeviceName, SafeId};
use crate::plan::{DeviceKind, Plan};
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{DeviceArgs, DeviceCommand, Guidance, Place};
use crate::shell::report::{Answer, print};
use crate::vault::Change;
use crate::vault::event::{Event, LifeEvent};
use crate::vault::store::Store;

/// Writes down what happened to a device.
pub fn run(place: &Place, it: &DeviceArgs) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let (event, said) = line(change.vault().plan(), &it.command)?;
    if let LifeEvent::DeviceChecked { account, device, .. } | LifeEvent::DeviceRetired { account, device, .. } = &event
        && !change
            .vault()
            .register()
            .life()
            .devices
            .contains_key(&(account.clone(), device.clone()))
    {
        let found = format!("the ledger has no device {device} of {account} in service");
        return Err(Refusal::new(Rule::UnknownDevice, found).hint(format!(
            "strongroom device install {account} {device} --model TEXT --number TEXT --next DATE"
        )));
    }
    write(&mut change, vec![Event::Life(event)])?;
    print(&said);
    Ok(Answer::Done)
}

/// Writes down what support said.
pub fn guidance(place: &Place, it: &Guidance) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let guidance = LifeEvent::Guidance {
        ticket: it.ticket.clone(),
        about: it.about.clone(),
        until: it.until,
    };
    write(&mut change, vec![Event::Life(guidance)])?;
    print(&format!("{}: to be relied on until {}\n", it.ticket.as_str(), it.until));
    Ok(Answer::Done)
}

fn line(plan: &Plan, it: &DeviceCommand) -> Result<(LifeEvent, String), Refusal> {
    match it {
        DeviceCommand::Install {
            account,
            device,
            model,
            number,
            on,
            battery,
            lead,
            next,
        } => {
            let (account, safe) = hardware(plan, account, device)?;
            let event = LifeEvent::Device {
                account: account.clone(),
                device: device.clone(),
                model: model.clone(),
                number: number.clone(),
                safe: safe.clone(),
                installed: day(*on),
                battery: *battery,
                lead: *lead,
                next: *next,
            };
            Ok((
                event,
                format!("{device} serves {account}, in {safe}; to be tried by {next}\n"),
            ))
        }
        DeviceCommand::Check {
            account,
            device,
            works,
            next,
            seen,
        } => {
            let (account, _) = hardware(plan, account, device)?;
            upkeep::known(plan, &seen.by)?;
            let event = LifeEvent::DeviceChecked {
                account: account.clone(),
                device: device.clone(),
                works: works.0,
                day: day(seen.on),
                next: *next,
                by: seen.by.clone(),
            };
            let works = if works.0 { "works" } else { "does not work: replace it" };
            Ok((event, format!("{device} of {account} {works}; to be tried by {next}\n")))
        }
        DeviceCommand::Retire {
            account,
            device,
            reason,
            on,
        } => {
            let account = plan.find_account(account)?.id.clone();
            let event = LifeEvent::DeviceRetired {
                account: account.clone(),
                device: device.clone(),
                day: day(*on),
                reason: reason.clone(),
            };
            Ok((event, format!("{device} no longer serves {account}\n")))
        }
    }
}

/// The account, and the safe in which the plan has this device of it.
fn hardware(plan: &Plan, account: &str, device: &DeviceName) -> Result<(AccountId, SafeId), Refusal> {
    let account = plan.find_account(account)?;
    match &account.find_device(device.as_str())?.kind {
        DeviceKind::Hardware { safe, .. } => Ok((account.id.clone(), safe.clone())),
        DeviceKind::Virtual { .. } => Err(Refusal::new(
            Rule::UnknownDevice,
            format!(
                "{device} of {} is a virtual device: share sets keep its seed",
                account.id
            ),
        )
        .hint("a hardware device names its safe in strongroom.toml: kind = \"hardware\", safe = \"<safe>\"")),
    }
}
