//! Each account by itself: mailbox, phone, credentials, devices; and what sets a management account apart.
//!
//! Rules of this file:
//! - closed accounts are passed over; of an account without root credentials only S10 is asked;
//! - the list of public mail providers names those that everybody can have an address with, and is no list of bad ones.

use super::{About, Finding, Observed, PlanRule};
use crate::ident::{PersonId, RegionId, SafeId, SetName};
use crate::plan::{Account, Covers, Device, Factor, Plan, Provider, RootCredentials, ShareSet};
use std::collections::BTreeSet;

/// Holds S1, S2, S5, S10, S12, S13, S16, S19, S25 and D1 against the plan.
pub(super) fn observe(plan: &Plan, observed: &mut Observed) {
    let out = &mut observed.findings;
    let management_phones: Vec<&[_]> = plan
        .accounts()
        .iter()
        .filter(|account| account.is_judged() && account.is_management() && account.provider == Provider::Aws)
        .map(|account| account.phone.value.as_slice())
        .collect();
    let judged = || plan.accounts().iter().filter(|account| account.is_judged());
    let serves_members: BTreeSet<_> = judged()
        .filter(|account| !account.is_management())
        .flat_map(Account::virtual_devices)
        .flat_map(Device::sets)
        .collect();
    let passwords: Vec<&ShareSet> = plan
        .sets()
        .iter()
        .filter(|set| set.purpose() == Factor::Password)
        .collect();
    for account in plan.accounts().iter().filter(|account| account.is_open()) {
        out.extend(no_root_credentials(account));
    }
    for account in judged() {
        out.extend(public_mail(account));
        out.extend(lonely_mailbox(account));
        out.extend(no_password_set(account, &passwords));
        out.extend(no_device(account));
        out.extend(virtual_management(account));
        out.extend(shared_management(account, &serves_members));
        out.extend(other_phone(account, &management_phones));
    }
    let regions: BTreeSet<&RegionId> = plan.safes().iter().map(|safe| &safe.region).collect();
    if regions.len() > 1 {
        out.extend(judged().filter_map(|account| one_region(plan, account)));
    }
    out.extend(passwords.iter().filter_map(|set| mixed_password_set(plan, set)));
}

const PUBLIC_MAIL: [&str; 36] = [
    "126.com",
    "163.com",
    "aol.com",
    "duck.com",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "web.de",
    "yahoo.com",
    "yandex.com",
    "yandex.ru",
    "zoho.com",
];

fn about(account: &Account) -> About {
    About::Account(account.id.clone())
}

fn public_mail(account: &Account) -> Option<Finding> {
    let email = account.email.as_ref()?;
    let domain = email.domain();
    // Yahoo and its like have one domain for each country.
    let public = PUBLIC_MAIL.contains(&domain.as_str()) || domain.starts_with("yahoo.");
    public.then(|| Finding {
        rule: PlanRule::S1,
        place: email.place,
        about: about(account),
        found: format!(
            "account {} signs in with an address at {domain}, a public mail provider",
            account.name
        ),
        why: None,
        allowed: "a group address at a domain of the organisation's own".to_string(),
        next: "change the address at the provider, then write the new one here".to_string(),
    })
}

fn lonely_mailbox(account: &Account) -> Option<Finding> {
    account.email.as_ref()?;
    let readers = account.mailbox.value.len();
    (readers < 2).then(|| Finding {
        rule: PlanRule::S2,
        place: account.mailbox.place,
        about: about(account),
        found: match account.mailbox.value.as_slice() {
            [] => format!("nobody is named who reads the mailbox of account {}", account.name),
            [one, ..] => format!("{one} alone reads the mailbox of account {}", account.name),
        },
        why: None,
        allowed: "2 readers or more".to_string(),
        next: "forward the mailbox to another senior person, and name them in `mailbox`".to_string(),
    })
}

fn no_password_set(account: &Account, passwords: &[&ShareSet]) -> Option<Finding> {
    (!passwords.iter().any(|set| set.opens(account))).then(|| Finding {
        rule: PlanRule::S5,
        place: account.at,
        about: about(account),
        found: format!(
            "account {} keeps root credentials, and no share set of purpose password covers it",
            account.name
        ),
        why: None,
        allowed: "at least one".to_string(),
        next: format!(
            "accounts = \"{}s\" in a set of purpose password, or list {} there",
            account.kind.as_str(),
            account.id
        )
        .replace("managements", "management"),
    })
}

fn no_root_credentials(account: &Account) -> Option<Finding> {
    let RootCredentials::None {
        since,
        reason,
        review_by,
        at,
    } = &account.root_credentials
    else {
        return None;
    };
    let lacks: Vec<&str> = [
        ("since", since.is_none()),
        ("reason", reason.is_none()),
        ("review_by", review_by.is_none()),
    ]
    .into_iter()
    .filter_map(|(key, lacks)| lacks.then_some(key))
    .collect();
    let finding = |found, allowed: &str, next: &str| Finding {
        rule: PlanRule::S10,
        place: *at,
        about: about(account),
        found,
        why: None,
        allowed: allowed.to_string(),
        next: next.to_string(),
    };
    if account.is_management() {
        let found = format!(
            "management account {} is said to have no root credentials",
            account.name
        );
        return Some(finding(
            found,
            "a management account keeps them",
            "root_credentials = \"kept\"",
        ));
    }
    (!lacks.is_empty()).then(|| {
        let found = format!(
            "account {} has no root credentials, and does not say {}",
            account.name,
            lacks.join(", ")
        );
        finding(
            found,
            "since when, why, and when that is looked at again",
            "since = 2026-01-31, reason = \"…\", review_by = 2027-01-31",
        )
    })
}

fn no_device(account: &Account) -> Option<Finding> {
    account.mfa.is_empty().then(|| Finding {
        rule: PlanRule::S12,
        place: account.at,
        about: about(account),
        found: format!("account {} has no MFA device", account.name),
        why: Some("its password alone then opens it".to_string()),
        allowed: "at least one".to_string(),
        next: if account.is_management() {
            "mfa = [{ device = \"token-1\", kind = \"hardware\", safe = \"…\" }]".to_string()
        } else {
            "mfa = [{ device = \"…\", kind = \"virtual\", sets = [\"…\"] }]".to_string()
        },
    })
}

fn virtual_management(account: &Account) -> Option<Finding> {
    let device = account.virtual_devices().next().filter(|_| account.is_management())?;
    Some(Finding {
        rule: PlanRule::S13,
        place: device.at,
        about: about(account),
        found: format!(
            "device {} of management account {} is virtual",
            device.name, account.name
        ),
        why: Some("a seed can be copied, a token cannot".to_string()),
        allowed: "hardware, best without a battery".to_string(),
        next: format!("{{ device = \"{}\", kind = \"hardware\", safe = \"…\" }}", device.name),
    })
}

fn one_region(plan: &Plan, account: &Account) -> Option<Finding> {
    let shares = account
        .mfa
        .iter()
        .flat_map(Device::sets)
        .filter_map(|set| plan.set(set))
        .flat_map(ShareSet::shares);
    let tokens = account.mfa.iter().filter_map(Device::safe).map(Some);
    let safes: Option<BTreeSet<&SafeId>> = shares.map(|share| share.safe.as_ref()).chain(tokens).collect();
    // A share that is in a custodian's hands is wherever they are.
    let regions: BTreeSet<&RegionId> = safes?
        .into_iter()
        .filter_map(|safe| plan.safe(safe))
        .map(|safe| &safe.region)
        .collect();
    let region = regions.first().filter(|_| regions.len() == 1)?;
    Some(Finding {
        rule: PlanRule::S19,
        place: account.mfa.first().map_or(account.at, |device| device.at),
        about: about(account),
        found: format!(
            "every way to the codes of account {} lies in region {region}",
            account.name
        ),
        why: Some("its night is everybody's night".to_string()),
        allowed: "safes of two regions or more".to_string(),
        next: "another device in another region, or shares of its set in a safe there".to_string(),
    })
}

fn shared_management(account: &Account, serves_members: &BTreeSet<&SetName>) -> Option<Finding> {
    if !account.is_management() {
        return None;
    }
    let (device, set) = account.virtual_devices().find_map(|device| {
        device
            .sets()
            .iter()
            .find(|set| serves_members.contains(set))
            .map(|set| (device, set))
    })?;
    Some(Finding {
        rule: PlanRule::S16,
        place: device.at,
        about: about(account),
        found: format!(
            "{set} opens device {} of management account {}, and devices of members too",
            device.name, account.name
        ),
        why: None,
        allowed: "a virtual device may serve several members, never a management account".to_string(),
        next: "hardware for the management account, or a share set that serves it alone".to_string(),
    })
}

fn other_phone(account: &Account, management: &[&[PersonId]]) -> Option<Finding> {
    if account.is_management() || account.provider != Provider::Aws || management.is_empty() {
        return None;
    }
    let people: BTreeSet<_> = account.phone.value.iter().collect();
    let same = management
        .iter()
        .any(|phone| phone.iter().collect::<BTreeSet<_>>() == people);
    let names: Vec<String> = management
        .first()
        .into_iter()
        .flat_map(|phone| phone.iter())
        .map(|id| format!("\"{id}\""))
        .collect();
    (!same).then(|| Finding {
        rule: PlanRule::S25,
        place: account.phone.place,
        about: about(account),
        found: if people.is_empty() {
            format!("account {} has no phone", account.name)
        } else {
            format!("account {} has another phone than its management account", account.name)
        },
        why: None,
        allowed: "the management account's phone".to_string(),
        next: format!("phone = [{}]", names.join(", ")),
    })
}

fn mixed_password_set(plan: &Plan, set: &ShareSet) -> Option<Finding> {
    let found = match set.covers() {
        Covers::All => format!(
            "{} opens the passwords of all accounts, management accounts among them",
            set.name()
        ),
        Covers::Listed(ids) => {
            let accounts = ids.iter().filter_map(|id| plan.account(id));
            let (management, members): (Vec<_>, Vec<_>) = accounts.partition(|account| account.is_management());
            let (management, member) = (management.first()?, members.first()?);
            let names = format!("management account {} and of member {}", management.name, member.name);
            format!("{} opens the passwords of {names}", set.name())
        }
        Covers::Devices | Covers::Members | Covers::Management => return None,
    };
    Some(Finding {
        rule: PlanRule::D1,
        place: set.at(),
        about: About::Set(set.name().clone()),
        found,
        why: Some("whoever opens a management account opens every member".to_string()),
        allowed: "members and management accounts in sets of their own".to_string(),
        next: "accounts = \"members\" here, and another set with accounts = \"management\"".to_string(),
    })
}
