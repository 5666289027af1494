//! Plans of a few kilobytes whose claim is dear.

use std::fmt::Write as _;

/// People who control many safes of one share set, as no organisation has them: no diagram stays small.
pub(super) fn tangled() -> String {
    plan("any 1 safe", 40, (9, 5), 2, |safe| {
        (0..5).map(|at| (safe * (at * at + 1) + at * 11) % 40).collect()
    })
}

/// Safes of ten people each, all of whom are needed: half a million losses of three lock a set.
pub(super) fn lossy() -> String {
    plan("any 3 safes", 600, (8, 6), 10, |safe| {
        (safe * 10..safe * 10 + 10).collect()
    })
}

/// Forty safes, four sets, two accounts.
fn plan(
    survive: &str,
    people: usize,
    (shares, needed): (usize, usize),
    any: usize,
    controllers: impl Fn(usize) -> Vec<usize>,
) -> String {
    let mut text = format!(
        "schema = \"strongroom/plan/1\"\norganisation = \"Bomb\"\n[policy]\n\
         smallest_coalition = {{ quorum = 3, provider = 2 }}\nsurvive = [\"{survive}\"]\n\
         drill_every = \"92 days\"\nreview_every = \"31 days\"\n"
    );
    for id in 0..people {
        let _ = writeln!(text, "[[person]]\nid = \"p{id}\"\nname = \"Person {id}\"");
    }
    for safe in 0..40 {
        let mut of = controllers(safe);
        of.sort_unstable();
        of.dedup();
        let names: Vec<String> = of.iter().map(|id| format!("\"p{id}\"")).collect();
        let _ = writeln!(
            text,
            "[[safe]]\nid = \"s{safe}\"\nplace = \"Safe {safe}\"\nbuilding = \"b{safe}\"\nregion = \"emea\"\ntime_zone = \"Europe/Berlin\"\n\
             open = \"24x7\"\ncontrollers = {{ any = {any}, of = [{}] }}",
            names.join(", ")
        );
    }
    for set in 0..4 {
        let kind = ["accounts = \"management\"", "accounts = \"members\""]
            .get(set)
            .map_or_else(
                || "purpose = \"mfa\"\nregion = \"emea\"".to_string(),
                |accounts| format!("purpose = \"password\"\n{accounts}"),
            );
        let _ = writeln!(
            text,
            "[[share_set]]\nname = \"x{set}\"\n{kind}\nthreshold = \"{needed}-of-{shares}\"\nshares = ["
        );
        for share in 0..shares {
            let safe = set * 9 + share;
            let _ = writeln!(
                text,
                "  {{ custodian = \"p{}\", safe = \"s{safe}\" }},",
                safe * 7 % people
            );
        }
        text.push_str("]\n");
    }
    for (id, kind, mfa) in [
        (
            1,
            "management",
            "{ device = \"a\", kind = \"hardware\", safe = \"s0\" }, { device = \"b\", kind = \"hardware\", safe = \"s1\" }",
        ),
        (
            2,
            "member",
            "{ device = \"a\", kind = \"virtual\", sets = [\"x2\"] }, { device = \"b\", kind = \"virtual\", sets = [\"x3\"] }",
        ),
    ] {
        let _ = writeln!(
            text,
            "[[account]]\nid = \"{id:012}\"\nname = \"Account {id}\"\nkind = \"{kind}\"\nemail = \"root+{id}@example.com\"\n\
             mailbox = [\"p0\", \"p1\"]\nphone = [\"p2\"]\nmfa = [{mfa}]"
        );
    }
    text.push_str("[provider.aws]\nroot_access = { any = 2, of = [\"p0\", \"p1\", \"p2\"] }\n[[copy]]\nid = \"one\"\nsafe = \"s0\"\n");
    text
}
