//! What a plan must keep: the example keeps it all, and each edit breaks one rule.

use super::*;
use jiff::civil::{Date, date};
use rules::{Finding, Judgement, PlanRule};

const TODAY: Date = date(2026, 11, 23);

fn judged(text: &str) -> Judgement {
    judge(&Plan::parse(text).expect("the edited example is a plan"), TODAY)
}

/// The findings as `S8 safe:fra-1`.
fn found(judgement: &Judgement) -> Vec<String> {
    judgement
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule, finding.about))
        .collect()
}

/// The one finding of the example with one edit.
fn the_finding(from: &str, to: &str) -> Finding {
    let judgement = judged(&edit(from, to));
    assert_eq!(judgement.findings.len(), 1, "{:?}", judgement.findings);
    judgement.findings.into_iter().next().expect("there is one")
}

/// Asserts that the edit breaks one rule, once.
fn assert_found(from: &str, to: &str, rule: PlanRule, about: &str) {
    let finding = the_finding(from, to);
    assert_eq!(
        (finding.rule, finding.about.to_string().as_str()),
        (rule, about),
        "{finding:?}"
    );
    for text in [&finding.found, &finding.allowed, &finding.next] {
        assert!(!text.is_empty() && !text.ends_with('.'), "{finding:?}");
    }
}

const MANAGEMENT_MFA: &str =
    "{ device = \"token-1\", kind = \"hardware\", safe = \"fra-2\", battery_expires = 2031-06-30 }";

#[test]
fn the_example_has_no_findings_and_no_notes() {
    assert_eq!(judge(&example(), TODAY), Judgement::default());
}

#[test]
fn the_starter_has_no_findings() {
    let judgement = judged(starter::starter());
    assert_eq!(judgement.findings, []);
    assert!(judgement.notes.iter().all(|note| note.rule == PlanRule::D3));
}

#[test]
fn the_starter_with_its_own_commented_accounts_has_neither_findings_nor_notes() {
    let accounts: String = starter::starter()
        .lines()
        .skip_while(|line| !line.starts_with("# [[account]]"))
        .take_while(|line| {
            !line.starts_with("# A member that needs none") && !line.contains("centralised root access, is best")
        })
        .map(|line| line.trim_start_matches('#').trim_start().to_string() + "\n")
        .collect();
    assert_eq!(
        judged(&format!("{}\n{accounts}", starter::starter())),
        Judgement::default()
    );
}

#[test]
fn s1_a_public_mail_provider_is_found() {
    for domain in ["gmail.com", "GMail.com", "yahoo.co.jp", "proton.me"] {
        let to = format!("email = \"aws-root@{domain}\"");
        assert_found(
            "email = \"aws-root@example.com\"",
            &to,
            PlanRule::S1,
            "account:111111111111",
        );
    }
    let text = edit(
        "email = \"aws-root@example.com\"",
        "email = \"aws-root@gmail.com.example.com\"",
    );
    assert_eq!(judged(&text).findings, []);
}

#[test]
fn s2_a_mailbox_with_one_reader_or_none_is_found() {
    for readers in ["[\"dana\"]", "[]"] {
        assert_found(
            "mailbox = [\"dana\", \"eli\"]",
            &format!("mailbox = {readers}"),
            PlanRule::S2,
            "account:111111111111",
        );
    }
    assert_found(
        "mailbox = [\"dana\", \"eli\"]\n",
        "",
        PlanRule::S2,
        "account:111111111111",
    );
}

#[test]
fn s5_an_account_without_a_password_set_is_found() {
    let text = edit("accounts = \"management\"", "accounts = \"members\"");
    assert_eq!(found(&judged(&text)), ["S5 account:111111111111"]);
}

#[test]
fn s7_a_set_that_needs_all_its_shares_is_found() {
    assert_found(
        "threshold = \"2-of-3\"",
        "threshold = \"3-of-3\"",
        PlanRule::S7,
        "set:mfa-emea",
    );
}

#[test]
fn s8_a_safe_that_any_one_opens_is_found_with_what_one_person_then_holds() {
    let from = "controllers = { any = 2, of = [\"ana\"";
    let finding = the_finding(from, "controllers = { any = 1, of = [\"ana\"");
    assert_eq!(
        (finding.rule, finding.about.to_string().as_str()),
        (PlanRule::S8, "safe:fra-1")
    );
    assert_eq!(finding.found, "safe fra-1 opens for any 1 of 3");
    assert_eq!(
        finding.why.as_deref(),
        Some("one person then holds 2 of the 3 shares that root-password needs")
    );
    assert_eq!(finding.allowed, "any 2 or more");
    assert_eq!(
        finding.next,
        "controllers = { any = 2, of = [\"ana\", \"jonas\", \"mira\"] }"
    );
    assert_eq!(finding.place.column, 23);
}

#[test]
fn s8_a_safe_with_a_quorum_is_found() {
    assert_found(
        "custodian = \"luk\", safe = \"lon-2\"",
        "custodian = \"luk\", safe = \"fra-2\"",
        PlanRule::S8,
        "set:mfa-emea",
    );
}

#[test]
fn s8_root_access_for_any_one_is_found() {
    assert_found(
        "root_access = { any = 2",
        "root_access = { any = 1",
        PlanRule::S8,
        "provider:aws",
    );
}

#[test]
fn s10_no_root_credentials_without_a_reason_is_found() {
    let none = "name = \"log-archive\"\nroot_credentials = \"none\"";
    assert_found("name = \"log-archive\"", none, PlanRule::S10, "account:734602235274");
    let half = format!("{none}\nsince = 2026-01-01\nreason = \"centralised\"");
    assert!(
        the_finding("name = \"log-archive\"", &half)
            .found
            .ends_with("does not say review_by")
    );
}

#[test]
fn s10_no_root_credentials_with_a_reason_and_a_review_is_allowed() {
    let whole = "name = \"log-archive\"\nroot_credentials = \"none\"\nsince = 2026-01-01\nreason = \"centralised\"\nreview_by = 2027-01-01";
    let text = edit("name = \"log-archive\"", whole);
    assert_eq!(judged(&text), Judgement::default());
    // Nothing else is asked of it.
    let text = replaced(
        &text,
        "email = \"aws-root+log-archive@example.com\"\nmailbox = [\"dana\", \"eli\"]",
        "email = \"x@gmail.com\"",
    );
    assert_eq!(judged(&text), Judgement::default());
}

#[test]
fn s10_a_management_account_keeps_its_root_credentials() {
    let whole = "kind = \"management\"\nroot_credentials = \"none\"\nsince = 2026-01-01\nreason = \"x\"\nreview_by = 2027-01-01";
    assert_found("kind = \"management\"", whole, PlanRule::S10, "account:111111111111");
}

#[test]
fn s12_an_account_without_mfa_is_found() {
    let text = edit("closed = true\n", "");
    assert_eq!(found(&judged(&text)), ["S12 account:746294682503"]);
}

#[test]
fn s13_a_virtual_device_on_a_management_account_is_found() {
    let text = edit(
        MANAGEMENT_MFA,
        "{ device = \"token-1\", kind = \"virtual\", sets = [\"mfa-own\"] }",
    );
    let own = "[[share_set]]\nname = \"mfa-own\"\npurpose = \"mfa\"\nthreshold = \"2-of-3\"\nshares = [\n  { custodian = \"eva\", safe = \"fra-2\" },\n  \
               { custodian = \"paula\", safe = \"nyc-2\" },\n  { custodian = \"wei\", safe = \"sin-2\" },\n]\n";
    assert_eq!(found(&judged(&format!("{text}\n{own}"))), ["S13 account:111111111111"]);
}

#[test]
fn s16_a_virtual_device_of_members_on_a_management_account_is_found() {
    let text = edit(
        MANAGEMENT_MFA,
        "{ device = \"emea\", kind = \"virtual\", sets = [\"mfa-emea\"] }",
    );
    assert_eq!(
        found(&judged(&text)),
        ["S13 account:111111111111", "S16 account:111111111111"]
    );
}

#[test]
fn s21_both_factors_in_one_safe_are_found() {
    let text = edit(
        "custodian = \"eva\", safe = \"fra-2\"",
        "custodian = \"eva\", safe = \"fra-1\"",
    );
    let judgement = judged(&text);
    // Whoever opens that safe is behind both factors, too.
    assert_eq!(found(&judgement), ["S21 set:mfa-emea", "S22 set:mfa-emea"]);
    assert_eq!(
        judgement.findings[0].found,
        "safe fra-1 holds both factors of 22 accounts, log-archive among them: root-password and mfa-emea"
    );
}

#[test]
fn s21_both_factors_in_one_building_are_found() {
    let text = edit("building = \"fra-dc\"", "building = \"fra-hq\"");
    let judgement = judged(&text);
    assert!(
        judgement
            .findings
            .iter()
            .all(|finding| finding.rule == PlanRule::S21 && finding.found.starts_with("building fra-hq"))
    );
    let about: Vec<_> = judgement
        .findings
        .iter()
        .map(|finding| finding.about.to_string())
        .collect();
    for one in ["set:mfa-emea", "set:mfa-apac", "safe:fra-2"] {
        assert!(about.contains(&one.to_string()), "{about:?}");
    }
    assert_eq!(about.len(), 3);
}

#[test]
fn s21_a_token_beside_the_password_is_found() {
    let text = edit(
        "kind = \"hardware\", safe = \"fra-2\"",
        "kind = \"hardware\", safe = \"fra-1\"",
    );
    assert_eq!(found(&judged(&text)), ["S21 safe:fra-1", "S22 safe:fra-1"]);
}

#[test]
fn s22_a_custodian_of_both_factors_is_found_at_the_share() {
    let to = "custodian = \"ana\", safe = \"fra-2\"";
    let finding = the_finding("custodian = \"eva\", safe = \"fra-2\"", to);
    assert_eq!(
        (finding.rule, finding.about.to_string().as_str()),
        (PlanRule::S22, "set:mfa-emea")
    );
    assert!(
        finding.found.contains("ana stands behind both factors"),
        "{}",
        finding.found
    );
    let line = edit("custodian = \"eva\", safe = \"fra-2\"", to)
        .lines()
        .position(|line| line.contains(to))
        .map(|line| line as u32 + 1);
    assert_eq!(Some(finding.place.line), line);
}

#[test]
fn s22_a_controller_of_the_other_factor_s_safe_is_found() {
    // Dwight helps to open a safe of password shares, and could now help to open one that two MFA sets lie in.
    let judgement = judged(&edit(
        "of = [\"oscar\", \"paula\", \"quinn\"]",
        "of = [\"oscar\", \"paula\", \"quinn\", \"dwight\"]",
    ));
    assert_eq!(found(&judgement), ["S22 set:mfa-emea", "S22 set:mfa-amer"]);
    assert!(
        judgement.findings[0].found.contains("dwight") && judgement.findings[0].found.contains("controller of nyc-2")
    );
}

#[test]
fn s22_a_controller_of_a_token_s_safe_is_found() {
    let text = edit(
        "kind = \"hardware\", safe = \"fra-2\"",
        "kind = \"hardware\", safe = \"nyc-3\"",
    );
    let safe = "[[safe]]\nid = \"nyc-3\"\nplace = \"x\"\nbuilding = \"nyc-3\"\nregion = \"amer\"\ntime_zone = \"America/New_York\"\nopen = \"24x7\"\n\
                controllers = { any = 2, of = [\"oscar\", \"ravi\"] }\n";
    assert_eq!(found(&judged(&format!("{text}\n{safe}"))), ["S22 safe:nyc-3"]);
}

#[test]
fn s25_another_phone_than_the_management_account_s_is_found() {
    let text = replaced(
        starter::example(),
        "email = \"aws-root+web-prod@example.com\"\nmailbox = [\"dana\", \"eli\"]\nphone = [\"fern\", \"zoe\"]",
        "email = \"aws-root+web-prod@example.com\"\nmailbox = [\"dana\", \"eli\"]\nphone = [\"fern\"]",
    );
    assert_eq!(found(&judged(&text)), ["S25 account:900030719696"]);
    let swapped = replaced(&text, "phone = [\"fern\"]", "phone = [\"zoe\", \"fern\"]");
    assert_eq!(judged(&swapped).findings, []);
}

#[test]
fn s30_one_person_with_a_quorum_is_found() {
    let text = edit(
        "{ custodian = \"eva\", safe = \"fra-2\" },\n  { custodian = \"luk\", safe = \"lon-2\" }",
        "{ custodian = \"eva\" },\n  { custodian = \"eva\" }",
    );
    assert_eq!(found(&judged(&text)), ["S30 set:mfa-emea", "D2 set:mfa-emea"]);
}

#[test]
fn s30_one_controller_of_several_open_safes_is_found() {
    let text = edit(
        "open = \"24x7\"\ncontrollers = { any = 2, of = [\"eva\"",
        "open = \"24x7\"\ncontrollers = { any = 1, of = [\"eva\"",
    );
    let text = replaced(
        &text,
        "07:00-20:00\"\ncontrollers = { any = 2, of = [\"eva\"",
        "07:00-20:00\"\ncontrollers = { any = 1, of = [\"eva\"",
    );
    let judgement = judged(&text);
    let rules: Vec<_> = judgement.findings.iter().map(|finding| finding.rule).collect();
    // Two safes for any one; and each of their three controllers reaches two shares of two.
    assert_eq!(
        rules,
        [PlanRule::S8, PlanRule::S8, PlanRule::S30, PlanRule::S30, PlanRule::S30]
    );
    assert!(
        judgement.findings[2]
            .found
            .contains("alone reaches 2 of the 2 shares that mfa-emea needs")
    );
}

#[test]
fn d1_one_password_set_for_members_and_management_is_found() {
    let text = edit("accounts = \"members\"", "accounts = \"all\"");
    assert_eq!(found(&judged(&text)), ["D1 set:root-password"]);
    let text = edit(
        "accounts = \"members\"",
        "accounts = [\"111111111111\", \"734602235274\"]",
    );
    assert!(found(&judged(&text)).contains(&"D1 set:root-password".to_string()));
}

#[test]
fn d2_a_custodian_of_two_shares_is_found() {
    assert_found(
        "{ custodian = \"jonas\", safe = \"fra-1\" }",
        "{ custodian = \"ana\", safe = \"fra-1\" }",
        PlanRule::D2,
        "set:root-password",
    );
}

#[test]
fn d4_too_many_passphrases_are_found_and_can_be_accepted() {
    let ravi = "{ custodian = \"ravi\", safe = \"sin-1\" }";
    let locked = "{ custodian = \"ravi\", safe = \"sin-1\", passphrase = true }";
    assert_found(ravi, locked, PlanRule::D4, "set:management-password");
    let accepted = format!(
        "{}\n[[accept]]\nrule = \"D4\"\nabout = \"set:management-password\"\nreason = \"until the next dealing\"\nuntil = 2026-12-31\n",
        edit(ravi, locked)
    );
    let judgement = judged(&accepted);
    assert_eq!((found(&judgement).len(), judgement.accepted.len()), (0, 1));
}

#[test]
fn d3_a_set_that_opens_nothing_is_a_note() {
    let judgement = judged(&starter::example().replace(", sets = [\"mfa-apac\"]", ", sets = [\"mfa-emea\"]"));
    assert_eq!(judgement.findings, []);
    let notes: Vec<_> = judgement
        .notes
        .iter()
        .map(|note| format!("{} {}", note.rule, note.about))
        .collect();
    assert_eq!(notes, ["D3 set:mfa-apac"]);
}

#[test]
fn a_closed_account_is_not_judged() {
    let text = replaced(
        starter::example(),
        "aws-root+legacy-2014@example.com\"\nmailbox = [\"dana\", \"eli\"]\nphone = [\"fern\", \"zoe\"]",
        "x@gmail.com\"",
    );
    assert_eq!(judged(&text), Judgement::default());
}

fn accepting(text: &str, until: &str) -> String {
    format!(
        "{text}\n[[accept]]\nrule = \"S2\"\nabout = \"account:111111111111\"\nreason = \"Eli joins in May\"\nuntil = {until}\n"
    )
}

#[test]
fn an_accepted_finding_is_lived_with_to_the_end_of_its_last_day() {
    let text = edit("mailbox = [\"dana\", \"eli\"]", "mailbox = [\"dana\"]");
    let judgement = judged(&accepting(&text, "2026-11-23"));
    assert_eq!(
        (
            judgement.findings.len(),
            judgement.accepted.len(),
            judgement.notes.len()
        ),
        (0, 1, 0)
    );
    assert_eq!(judgement.accepted[0].reason, "Eli joins in May");
}

#[test]
fn an_expired_acceptance_accepts_nothing_and_says_so() {
    let text = edit("mailbox = [\"dana\", \"eli\"]", "mailbox = [\"dana\"]");
    let judgement = judged(&accepting(&text, "2026-11-22"));
    assert_eq!(
        (
            judgement.findings.len(),
            judgement.accepted.len(),
            judgement.notes.len()
        ),
        (1, 0, 0)
    );
    assert!(
        judgement.findings[0]
            .why
            .as_ref()
            .is_some_and(|why| why.contains("accepted until 2026-11-22"))
    );
}

#[test]
fn an_acceptance_that_matches_nothing_is_a_note() {
    let judgement = judged(&accepting(starter::example(), "2027-01-01"));
    assert_eq!(
        (
            judgement.findings.len(),
            judgement.accepted.len(),
            judgement.notes.len()
        ),
        (0, 0, 1)
    );
    // Neither another rule nor another account matches.
    let text = edit(
        "name = \"log-archive\"\nkind = \"member\"",
        "name = \"log-archive\"\nkind = \"member\"\nroot_credentials = \"none\"",
    );
    let judgement = judged(&accepting(&text, "2027-01-01"));
    assert_eq!(
        (
            judgement.findings.len(),
            judgement.accepted.len(),
            judgement.notes.len()
        ),
        (1, 0, 1)
    );
}

#[test]
fn an_acceptance_of_no_known_rule_is_refused() {
    let text = accepting(starter::example(), "2027-01-01").replace("rule = \"S2\"", "rule = \"S99\"");
    assert_eq!(
        Plan::parse(&text).err().map(|refusal| refusal.rule()),
        Some(Rule::PlanValue)
    );
}

#[test]
fn a_judgement_is_rendered_with_stable_keys() {
    let text = edit("mailbox = [\"dana\", \"eli\"]", "mailbox = [\"dana\"]");
    let json = serde_json::to_value(judged(&accepting(&text, "2026-11-22"))).unwrap_or_default();
    assert_eq!(json["findings"][0]["rule"], "S2");
    assert_eq!(json["findings"][0]["about"], "account:111111111111");
    assert!(json["findings"][0]["place"]["line"].is_u64());
    let json = serde_json::to_value(judged(&accepting(&text, "2026-12-31"))).unwrap_or_default();
    assert_eq!(json["accepted"][0]["until"], "2026-12-31");
}
