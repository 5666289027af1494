//! A large organisation, drawn: 200 people, 40 safes, 12 share sets, and as many accounts as are asked for.

use super::plans::Draw;
use std::fmt::Write as _;

/// How the people behind mailboxes and phones are spread over the accounts.
#[derive(Clone, Copy, Debug)]
pub enum Spread {
    /// Eight teams: a few distinct structures, as organisations have them.
    Teams,
    /// Each account has three readers and two phones of its own: nearly as many structures as accounts.
    Scattered,
}

const REGIONS: [(&str, &str); 4] = [
    ("emea", "Europe/Berlin"),
    ("amer", "America/New_York"),
    ("apac", "Asia/Singapore"),
    ("anz", "Australia/Sydney"),
];

/// The people from `from` on, so many.
fn people(from: usize, count: usize) -> String {
    let names: Vec<String> = (from..from + count).map(|id| format!("\"p{:03}\"", id % 200)).collect();
    format!("[{}]", names.join(", "))
}

/// The plan. Passwords are behind people 0 to 79 and safes 0 to 19, MFA behind people 80 to 159 and safes 20 to 39; mailboxes, phones
/// and root access belong to the rest.
pub fn plan(accounts: usize, spread: Spread) -> String {
    let mut text = String::from(
        "schema = \"strongroom/plan/1\"\norganisation = \"Large Corp\"\n[policy]\nsmallest_coalition = { quorum = 3, provider = 2 }\n\
         survive = [\"any 1 person\", \"any 1 safe\", \"any 1 building\"]\ndrill_every = \"92 days\"\nreview_every = \"31 days\"\n",
    );
    for id in 0..200 {
        let _ = writeln!(text, "[[person]]\nid = \"p{id:03}\"\nname = \"Person {id}\"");
    }
    for id in 0..40 {
        let (region, zone) = REGIONS[id % 4];
        let open = if id % 5 == 4 { "Mon-Fri 08:00-18:00" } else { "24x7" };
        let _ = writeln!(
            text,
            "[[safe]]\nid = \"s{id:02}\"\nplace = \"Safe {id}\"\nbuilding = \"b{id:02}\"\nregion = \"{region}\"\ntime_zone = \"{zone}\"\nopen = \"{open}\"\n\
             controllers = {{ any = 2, of = {} }}",
            // Neighbours share one controller: the gates are not independent of each other.
            people(id * 4, 5 - usize::from(id == 19 || id == 39))
        );
    }
    for set in 0..4 {
        let covers = if set == 0 { "management" } else { "members" };
        share_set(
            &mut text,
            &format!("password-{set}"),
            &format!("purpose = \"password\"\naccounts = \"{covers}\""),
            set * 5,
        );
    }
    for set in 0..8 {
        share_set(
            &mut text,
            &format!("mfa-{set}"),
            &format!("purpose = \"mfa\"\nregion = \"{}\"", REGIONS[set % 4].0),
            20 + set * 5 % 20,
        );
    }
    let mut draw = Draw::new(accounts as u64);
    for id in 0..accounts {
        account(&mut text, &mut draw, id, spread);
    }
    text.push_str("[provider.aws]\nroot_access = { any = 2, of = [\"p196\", \"p197\", \"p198\"] }\n[[copy]]\nid = \"one\"\nsafe = \"s00\"\n[[copy]]\nid = \"two\"\nsafe = \"s21\"\n[[copy]]\nid = \"three\"\nsafe = \"s37\"\n");
    text
}

fn share_set(text: &mut String, name: &str, keys: &str, safe: usize) {
    let _ = writeln!(
        text,
        "[[share_set]]\nname = \"{name}\"\n{keys}\nthreshold = \"3-of-5\"\nshares = ["
    );
    for share in 0..5 {
        let safe = safe + share;
        let _ = writeln!(text, "  {{ custodian = \"p{:03}\", safe = \"s{safe:02}\" }},", safe * 4);
    }
    text.push_str("]\n");
}

fn account(text: &mut String, draw: &mut Draw, id: usize, spread: Spread) {
    let (mailbox, phone) = match (spread, id) {
        (Spread::Teams, _) | (_, 0) => (people(160 + id % 8 * 2, 2), people(176 + id % 4 * 2, 2)),
        (Spread::Scattered, _) => {
            let mut some = |count: usize| {
                let names: Vec<String> = draw
                    .some(count, 40)
                    .into_iter()
                    .map(|id| format!("\"p{:03}\"", 160 + id))
                    .collect();
                format!("[{}]", names.join(", "))
            };
            (some(3), some(2))
        }
    };
    let kind = if id == 0 { "management" } else { "member" };
    let _ = writeln!(
        text,
        "[[account]]\nid = \"{:012}\"\nname = \"Account {id}\"\nkind = \"{kind}\"\nemail = \"root+{id}@example.com\"\nmailbox = {mailbox}\nphone = {phone}\nmfa = [",
        100_000_000_000_u64 + id as u64
    );
    if id == 0 {
        text.push_str("  { device = \"token-1\", kind = \"hardware\", safe = \"s20\" },\n  { device = \"token-2\", kind = \"hardware\", safe = \"s33\" },\n]\n");
        return;
    }
    for device in 0..3 {
        let _ = writeln!(
            text,
            "  {{ device = \"d{device}\", kind = \"virtual\", sets = [\"mfa-{}\"] }},",
            (id + device * 3) % 8
        );
    }
    text.push_str("]\n");
}
