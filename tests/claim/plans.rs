//! Plans drawn by number: the same number is the same plan, on every machine.

use std::fmt::Write as _;

/// A small generator (Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014): it has to be the same everywhere, and nothing more.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number from `from` to `to`, both included.
    pub fn number(&mut self, from: usize, to: usize) -> usize {
        from + (self.next() % (to - from + 1) as u64) as usize
    }

    /// True one time in `of`.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.number(1, of) == 1
    }

    /// So many of the first `of` numbers, each once.
    pub fn some(&mut self, count: usize, of: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        (0..count.min(of))
            .map(|_| all.swap_remove(self.number(0, all.len() - 1)))
            .collect()
    }
}

const ZONES: [&str; 4] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
];
const HOURS: [&str; 4] = [
    "24x7",
    "24x7",
    "Mon-Fri 08:00-18:00",
    "Sat 09:00-12:30, Sun 22:00-24:00",
];
const SURVIVE: [&str; 8] = [
    "any 1 person",
    "any 1 safe",
    "any 1 building",
    "any 1 region",
    "any 1 copy",
    "any 1 passphrase",
    "any 2 safes",
    "any 2 persons",
];

fn people(ids: &[usize]) -> String {
    let names: Vec<String> = ids.iter().map(|id| format!("\"p{id}\"")).collect();
    format!("[{}]", names.join(", "))
}

/// The `number`th plan, of at most `most` people.
pub fn plan(number: u64, most: usize) -> String {
    let mut draw = Draw::new(number);
    let n = draw.number(3, most);
    let mut text = String::from("schema = \"strongroom/plan/1\"\norganisation = \"Drawn\"\n");
    let survive: Vec<String> = draw
        .some(3, SURVIVE.len())
        .into_iter()
        .map(|at| format!("\"{}\"", SURVIVE[at]))
        .collect();
    let _ = writeln!(
        text,
        "[policy]\nsmallest_coalition = {{ quorum = {}, provider = {} }}\nsurvive = [{}]\ndrill_every = \"92 days\"\nreview_every = \"31 days\"",
        draw.number(1, 5),
        draw.number(1, 4),
        survive.join(", ")
    );
    for id in 0..n {
        let _ = writeln!(text, "[[person]]\nid = \"p{id}\"\nname = \"Person {id}\"");
    }
    let (regions, safes) = (draw.number(1, 3), draw.number(1, 6));
    let buildings = draw.number(regions, regions + 3);
    for id in 0..safes {
        // A building stands in one region: its number says in which.
        let building = draw.number(0, buildings - 1);
        let of = draw.number(1, n.min(5));
        let any = draw.number(1, of);
        let _ = writeln!(
            text,
            "[[safe]]\nid = \"s{id}\"\nplace = \"Safe {id}\"\nbuilding = \"b{building}\"\nregion = \"r{}\"\ntime_zone = \"{}\"\nopen = \"{}\"\ncontrollers = {{ any = {any}, of = {} }}",
            building % regions,
            ZONES[draw.number(0, 3)],
            HOURS[draw.number(0, 3)],
            people(&draw.some(of, n))
        );
    }
    let passwords = draw.number(1, 3);
    let mfa = draw.number(1, 4);
    for set in 0..passwords + mfa {
        share_set(&mut text, &mut draw, (set, set < passwords), (n, safes));
    }
    for id in 0..draw.number(1, 6) {
        account(&mut text, &mut draw, id, (n, safes, passwords, mfa));
    }
    if draw.one_in(2) {
        let of = draw.number(1, n.min(4));
        let any = draw.number(1, of);
        let _ = writeln!(
            text,
            "[provider.aws]\nroot_access = {{ any = {any}, of = {} }}",
            people(&draw.some(of, n))
        );
    }
    for id in 0..draw.number(0, 3) {
        let _ = writeln!(
            text,
            "[[copy]]\nid = \"c{id}\"\nsafe = \"s{}\"",
            draw.number(0, safes - 1)
        );
    }
    text
}

fn share_set(text: &mut String, draw: &mut Draw, (set, is_password): (usize, bool), (n, safes): (usize, usize)) {
    let total = draw.number(2, 6);
    let needed = draw.number(2, total);
    let (purpose, accounts) = match (is_password, draw.number(0, 2)) {
        (false, _) => ("mfa", String::new()),
        (true, 0) => ("password", "accounts = \"members\"\n".to_string()),
        (true, 1) => ("password", "accounts = \"management\"\n".to_string()),
        (true, _) => ("password", "accounts = \"all\"\n".to_string()),
    };
    let _ = writeln!(
        text,
        "[[share_set]]\nname = \"set-{set}\"\npurpose = \"{purpose}\"\n{accounts}threshold = \"{needed}-of-{total}\"\nshares = ["
    );
    for _ in 0..total {
        let safe = if draw.one_in(4) {
            String::new()
        } else {
            format!(", safe = \"s{}\"", draw.number(0, safes - 1))
        };
        let passphrase = if draw.one_in(4) { ", passphrase = true" } else { "" };
        let _ = writeln!(
            text,
            "  {{ custodian = \"p{}\"{safe}{passphrase} }},",
            draw.number(0, n - 1)
        );
    }
    text.push_str("]\n");
}

fn account(text: &mut String, draw: &mut Draw, id: usize, (n, safes, passwords, mfa): (usize, usize, usize, usize)) {
    let aws = !draw.one_in(5);
    let number = if aws { format!("{id:012}") } else { format!("root-{id}") };
    let kind = if draw.one_in(3) { "management" } else { "member" };
    let (readers, phones) = (draw.number(0, 3), draw.number(0, 3));
    let _ = writeln!(
        text,
        "[[account]]\nid = \"{number}\"\nname = \"Account {id}\"\nkind = \"{kind}\"\nprovider = \"{}\"\nemail = \"root+{id}@example.com\"\nmailbox = {}\nphone = {}",
        if aws { "aws" } else { "other" },
        people(&draw.some(readers, n)),
        people(&draw.some(phones, n))
    );
    if draw.one_in(6) {
        text.push_str("root_credentials = \"none\"\n");
    }
    if draw.one_in(9) {
        text.push_str("closed = true\n");
    }
    text.push_str("mfa = [\n");
    for device in 0..draw.number(0, 3) {
        if draw.one_in(3) {
            let _ = writeln!(
                text,
                "  {{ device = \"d{device}\", kind = \"hardware\", safe = \"s{}\" }},",
                draw.number(0, safes - 1)
            );
        } else {
            let sets = draw.number(1, 2);
            let sets: Vec<String> = draw
                .some(sets, mfa)
                .into_iter()
                .map(|set| format!("\"set-{}\"", passwords + set))
                .collect();
            let _ = writeln!(
                text,
                "  {{ device = \"d{device}\", kind = \"virtual\", sets = [{}] }},",
                sets.join(", ")
            );
        }
    }
    text.push_str("]\n");
}
