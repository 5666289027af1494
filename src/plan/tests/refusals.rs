//! What is not a plan: each refusal with its rule and its place.

mod text;

use super::*;

/// The refusal of the example with one edit.
fn refused(from: &str, to: &str) -> Refusal {
    refused_text(&edit(from, to))
}

fn refused_text(text: &str) -> Refusal {
    match Plan::parse(text) {
        Ok(_) => panic!("this is a plan"),
        Err(refusal) => refusal,
    }
}

/// The place of the first `needle` of the text, counted here in the plainest way.
fn place_of(text: &str, needle: &str) -> Place {
    let at = text.find(needle).expect("it is in the text");
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].chars().rev().take_while(|c| *c != '\n').count() + 1;
    Place {
        line: line as u32,
        column: column as u32,
    }
}

/// Asserts the rule, the place of `needle` in the edited text, and that the sentence says `says`.
fn assert_refused(from: &str, to: &str, rule: Rule, needle: &str, says: &str) {
    let refusal = refused(from, to);
    let place = place_of(&edit(from, to), needle);
    assert_eq!(refusal.rule(), rule, "{refusal}");
    assert!(
        refusal.sentence().starts_with(&format!("strongroom.toml:{place}: ")),
        "{refusal} should be at {place}"
    );
    assert!(refusal.sentence().contains(says), "{refusal}");
    assert!(!refusal.sentence().ends_with('.'), "{refusal}");
}

#[test]
fn a_safe_that_is_not_defined_is_refused_with_the_nearest() {
    let (from, to) = (
        "{ custodian = \"ana\", safe = \"fra-1\" }",
        "{ custodian = \"ana\", safe = \"fra-9\" }",
    );
    assert_refused(
        from,
        to,
        Rule::PlanReference,
        "\"fra-9\"",
        "safe `fra-9` is not defined",
    );
    assert_eq!(refused(from, to).hints(), ["did you mean `fra-1`"]);
}

#[test]
fn names_of_every_kind_are_looked_up() {
    for (from, to, needle) in [
        ("custodian = \"ana\"", "custodian = \"anna\"", "\"anna\""),
        (
            "\"ana\", \"jonas\", \"mira\"]",
            "\"ana\", \"jonas\", \"myra\"]",
            "\"myra\"",
        ),
        ("mailbox = [\"dana\"", "mailbox = [\"dina\"", "\"dina\""),
        ("phone = [\"fern\"", "phone = [\"fein\"", "\"fein\""),
        (
            "sets = [\"mfa-emea\"]",
            "sets = [\"mfa-emeA\"]".to_lowercase().replace("emea", "eme").as_str(),
            "\"mfa-eme\"",
        ),
        (
            "kind = \"hardware\", safe = \"fra-2\"",
            "kind = \"hardware\", safe = \"fra-7\"",
            "\"fra-7\"",
        ),
        (
            "accounts = \"members\"",
            "accounts = [\"734602235275\"]",
            "\"734602235275\"",
        ),
        ("[\"gil\", \"hana\"", "[\"gill\", \"hana\"", "\"gill\""),
        (
            "id = \"usb-fra\"\nsafe = \"fra-1\"",
            "id = \"usb-fra\"\nsafe = \"far-1\"",
            "\"far-1\"",
        ),
        (
            "purpose = \"mfa\"\nregion = \"emea\"",
            "purpose = \"mfa\"\nregion = \"emae\"",
            "\"emae\"",
        ),
    ] {
        assert_refused(from, to, Rule::PlanReference, needle, "is not defined");
        assert_eq!(refused(from, to).hints().len(), 1, "{to}");
    }
}

#[test]
fn an_acceptance_about_nothing_that_exists_is_refused() {
    let text = format!(
        "{}\n[[accept]]\nrule = \"S13\"\nabout = \"account:111111111112\"\nreason = \"x\"\nuntil = 2027-01-01\n",
        starter::example()
    );
    let refusal = refused_text(&text);
    assert_eq!(
        (refusal.rule(), refusal.hints().to_vec()),
        (Rule::PlanReference, vec!["did you mean `111111111111`".to_string()])
    );
}

#[test]
fn an_mfa_device_opens_to_sets_of_purpose_mfa_only() {
    let to = "sets = [\"root-password\"]";
    assert_refused(
        "sets = [\"mfa-emea\"]",
        to,
        Rule::PlanReference,
        "\"root-password\"] }",
        "is of purpose `password`",
    );
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    for (from, to, needle, nearest) in [
        ("organisation =", "organization =", "organization =", "organisation"),
        ("controllers = {", "controlers = {", "controlers", "controllers"),
        ("any = 2", "ani = 2", "ani = 2", "any"),
        ("drill_every", "dril_every", "dril_every", "drill_every"),
        ("[[safe]]", "[[save]]", "save]]", "safe"),
        ("custodian = \"ana\"", "custodain = \"ana\"", "custodain", "custodian"),
        ("root_access =", "rootaccess =", "rootaccess", "root_access"),
    ] {
        let refusal = refused(from, to);
        assert_eq!(refusal.rule(), Rule::PlanKey, "{refusal}");
        assert!(
            refusal
                .sentence()
                .contains(&place_of(&edit(from, to), needle).to_string()),
            "{refusal}"
        );
        assert_eq!(refusal.hints(), [format!("did you mean `{nearest}`")], "{refusal}");
    }
}

#[test]
fn an_unknown_key_that_is_near_to_none_is_refused_with_all_of_them() {
    assert!(
        refused("team = \"", "zzzzzzzzz = \"")
            .hints()
            .iter()
            .any(|hint| hint.contains("id, name, team"))
    );
}

#[test]
fn a_missing_key_is_named() {
    for (from, key) in [
        ("schema = \"strongroom/plan/1\"\n", "schema"),
        ("organisation = \"Example Corp\"\n", "organisation"),
        ("name = \"Ana Sousa\"\n", "name"),
        ("time_zone = \"Europe/Berlin\"\n", "time_zone"),
        ("threshold = \"3-of-5\"\n", "threshold"),
        ("accounts = \"members\"\n", "accounts"),
        ("kind = \"management\"\n", "kind"),
        ("email = \"aws-root@example.com\"\n", "email"),
        (", sets = [\"mfa-emea\"]", "sets"),
    ] {
        let refusal = refused(from, "");
        assert_eq!(refusal.rule(), Rule::PlanKey, "{refusal}");
        assert!(
            refusal.sentence().contains(&format!("lacks the key `{key}`")),
            "{refusal}"
        );
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_at_the_second() {
    let to = "name = \"Ana Sousa\"\nname = \"Eve\"";
    assert_refused(
        "name = \"Ana Sousa\"",
        to,
        Rule::PlanKey,
        "name = \"Eve\"",
        "a second time",
    );
}

#[test]
fn keys_that_contradict_each_other_are_refused() {
    for (from, to) in [
        ("kind = \"virtual\", sets", "kind = \"virtual\", safe = \"fra-2\", sets"),
        ("kind = \"hardware\",", "kind = \"hardware\", sets = [\"mfa-emea\"],"),
        ("purpose = \"mfa\"", "purpose = \"mfa\"\naccounts = \"members\""),
        (
            "name = \"log-archive\"",
            "name = \"log-archive\"\nreview_by = 2027-01-01",
        ),
    ] {
        assert_eq!(refused(from, to).rule(), Rule::PlanKey, "{to}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    for (from, to, says) in [
        (
            "organisation = \"Example Corp\"",
            "organisation = 7",
            "is text, not a whole number",
        ),
        ("any = 2", "any = \"2\"", "is a whole number, not text"),
        ("closed = true", "closed = \"yes\"", "is true or false, not text"),
        (
            "mailbox = [\"dana\", \"eli\"]",
            "mailbox = \"dana\"",
            "is a list, not text",
        ),
        (
            "lock_serviced = 2026-03-01",
            "lock_serviced = \"2026-03-01\"",
            "is a date like 2027-02-28, without quotes, not text",
        ),
        (
            "lock_serviced = 2026-03-01",
            "lock_serviced = 2026-03-01T10:00:00Z",
            "is a date like",
        ),
        (
            "controllers = { any = 2, of = [\"ana\", \"jonas\", \"mira\"] }",
            "controllers = [\"ana\"]",
            "is a table, not a list",
        ),
        (
            "threshold = \"3-of-5\"",
            "threshold = 3.5",
            "is text, not a number with a point",
        ),
    ] {
        let refusal = refused(from, to);
        assert_eq!(refusal.rule(), Rule::PlanValue, "{refusal}");
        assert!(refusal.sentence().contains(says), "{refusal}");
    }
}

#[test]
fn a_threshold_that_cannot_be_is_refused_where_it_stands() {
    for (threshold, says) in [
        ("1-of-5", "at least 2 shares must be needed"),
        ("6-of-5", "no more shares can be needed than there are"),
        ("3 of 5", "written like 3-of-5"),
        ("03-of-5", "written like 3-of-5"),
        ("3-of-256", "written like 3-of-5"),
    ] {
        let to = format!("threshold = \"{threshold}\"");
        assert_refused(
            "threshold = \"3-of-5\"",
            &to,
            Rule::PlanValue,
            &format!("\"{threshold}\""),
            says,
        );
    }
}

#[test]
fn a_set_has_as_many_shares_as_its_threshold_says() {
    for threshold in ["3-of-4", "3-of-6"] {
        let to = format!("threshold = \"{threshold}\"");
        assert_refused(
            "threshold = \"3-of-5\"",
            &to,
            Rule::PlanValue,
            "[\n  { custodian",
            "5 shares are listed",
        );
    }
}

#[test]
fn a_value_out_of_range_is_refused() {
    for (from, to, says) in [
        ("any = 2", "any = 0", "from 1 to 100"),
        ("any = 2", "any = 4", "any 4 must come, of 3 named"),
        ("any = 2", "any = 99999999999999999999", "from 1 to 100"),
        ("any = 2", "any = -2", "from 1 to 100"),
        ("paper = \"A4\"", "paper = \"A3\"", "`A4` or `Letter`"),
        ("\"any 1 person\"", "\"any 2 people\"", "`any 1 person` or `any 1 safe`"),
        (
            "drill_every = \"92 days\"",
            "drill_every = \"0 days\"",
            "a number of days is written like",
        ),
        (
            "kind = \"member\"",
            "kind = \"Member\"",
            "`member` or `management`, not `Member`",
        ),
        (
            "purpose = \"mfa\"",
            "purpose = \"totp\"",
            "`password` or `mfa` or `contact`",
        ),
        (
            "accounts = \"members\"",
            "accounts = \"everything\"",
            "`members` or `management` or `all`",
        ),
        ("accounts = \"members\"", "accounts = []", "at least one account"),
        ("sets = [\"mfa-emea\"]", "sets = []", "at least one share set"),
        (
            "time_zone = \"Europe/Berlin\"",
            "time_zone = \"Europe/Berlim\"",
            "there is no time zone `Europe/Berlim`",
        ),
        (
            "time_zone = \"Europe/Berlin\"",
            "time_zone = \"europe/berlin\"",
            "there is no time zone",
        ),
        ("open = \"24x7\"", "open = \"always\"", "hours are written"),
        (
            "email = \"aws-root@example.com\"",
            "email = \"aws-root\"",
            "an e-mail address is written like",
        ),
        (
            "id = \"734602235274\"",
            "id = \"73460223527\"",
            "an AWS account has 12 digits",
        ),
        (
            "id = \"734602235274\"",
            "id = \"log-archive\"",
            "an AWS account has 12 digits",
        ),
        (
            "id = \"ana\"",
            "id = \"Ana\"",
            "an identifier is made of a-z, 0-9 and -",
        ),
        ("id = \"fra-1\"", "id = \"../fra\"", "an identifier is made of"),
        (
            "building = \"njy-dc\"",
            "building = \"sin-dc\"",
            "in region `amer`, safe `sin-2`",
        ),
    ] {
        let refusal = refused(from, to);
        // A building's contradiction is seen at the second safe, whichever comes first in the plan.
        let says = if says.starts_with("in region") {
            "puts building `sin-dc` in region"
        } else {
            says
        };
        assert_eq!(refusal.rule(), Rule::PlanValue, "{refusal}");
        assert!(refusal.sentence().contains(says), "{refusal}");
    }
}

#[test]
fn a_misspelt_time_zone_is_refused_with_the_nearest() {
    assert_eq!(
        refused("\"Europe/Berlin\"", "\"Europe/Berlim\"").hints(),
        ["did you mean `Europe/Berlin`"]
    );
}

#[test]
fn an_id_is_used_once_and_the_first_use_is_named() {
    for (from, to, says) in [
        (
            "id = \"jonas\"",
            "id = \"ana\"",
            "person `ana` is defined a second time, first at 14:6",
        ),
        (
            "id = \"nyc-1\"",
            "id = \"fra-1\"",
            "safe `fra-1` is defined a second time",
        ),
        (
            "name = \"management-password\"",
            "name = \"root-password\"",
            "share set `root-password` is defined a second time",
        ),
        (
            "id = \"643979005746\"",
            "id = \"734602235274\"",
            "account `734602235274` is defined a second time",
        ),
        (
            "device = \"amer\"",
            "device = \"emea\"",
            "device `emea` is defined a second time",
        ),
        (
            "id = \"usb-sin\"",
            "id = \"usb-fra\"",
            "copy `usb-fra` is defined a second time",
        ),
        (
            "[\"ana\", \"jonas\", \"mira\"]",
            "[\"ana\", \"jonas\", \"ana\"]",
            "person `ana` stands in this list twice",
        ),
        (
            "mailbox = [\"dana\", \"eli\"]",
            "mailbox = [\"dana\", \"dana\"]",
            "person `dana` stands in this list twice",
        ),
        (
            "\"any 1 safe\"",
            "\"any 1 person\"",
            "`any 1 person` stands in this list twice",
        ),
    ] {
        let refusal = refused(from, to);
        assert_eq!(refusal.rule(), Rule::PlanDuplicate, "{refusal}");
        assert!(refusal.sentence().contains(says), "{refusal}");
    }
}

#[test]
fn text_that_is_not_seen_is_refused_and_never_shown_raw() {
    for c in [
        "\\u0007",
        "\\u001b",
        "\\u202e",
        "\\u200b",
        "\\U000E0041",
        "a\\u0301\\u0301\\u0301\\u0301\\u0301",
        "\\n",
    ] {
        let refusal = refused("name = \"Ana Sousa\"", &format!("name = \"Ana {c}Sousa\""));
        assert_eq!(refusal.rule(), Rule::PlanValue, "{refusal}");
        assert!(
            !refusal
                .to_string()
                .chars()
                .any(|c| c.is_control() || matches!(c, '\u{200b}' | '\u{202e}' | '\u{e0041}' | '\u{301}'))
        );
    }
}

#[test]
fn a_bidirectional_control_is_refused_even_in_a_comment() {
    let refusal = refused("[policy]", "# \u{202e}\n[policy]");
    assert_eq!(refusal.rule(), Rule::PlanValue);
    assert!(
        refusal.sentence().starts_with("strongroom.toml:7:3: \\u{202e}"),
        "{refusal}"
    );
}

#[test]
fn an_unknown_key_gives_a_terminal_no_orders() {
    let refusal = refused("team = \"", "\"\\u001b[2J\" = \"");
    assert!(!refusal.to_string().contains('\u{1b}'), "{refusal}");
}

#[test]
fn a_share_stands_under_a_passphrase_where_the_plan_says_so() {
    let share = "{ custodian = \"ana\", safe = \"fra-1\" }";
    for (key, locked) in [
        ("", false),
        (", passphrase = false", false),
        (", passphrase = true", true),
    ] {
        let plan = edited(share, &format!("{{ custodian = \"ana\", safe = \"fra-1\"{key} }}"));
        assert_eq!(plan.sets()[0].shares()[0].passphrase, locked, "{key}");
    }
    assert_refused(
        share,
        "{ custodian = \"ana\", safe = \"fra-1\", passphrase = \"yes\" }",
        Rule::PlanValue,
        "\"yes\"",
        "true or false",
    );
}

#[test]
fn another_schema_is_refused_and_a_newer_one_as_such() {
    assert_eq!(
        refused("strongroom/plan/1", "strongroom/plan/2").rule(),
        Rule::PlanNotYet
    );
    for other in [
        "strongroom/plan/0",
        "strongroom/plan/",
        "strongroom/plan/1.0",
        "strongroom/vault/2",
        "",
        "strongroom/plan/99999999999",
    ] {
        assert_eq!(refused("strongroom/plan/1", other).rule(), Rule::PlanValue, "{other}");
    }
}
