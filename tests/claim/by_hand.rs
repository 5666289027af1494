//! Cases worked out by hand: each is a small plan with one thing in it.

use jiff::civil::date;
use strongroom::ident::{Epoch, ShareIndex};
use strongroom::plan::rules::{self, Judgement};
use strongroom::plan::{Factor, Plan, starter};
use strongroom::quorum::access::{Access, FormerEpoch, FormerPage, Kind};
use strongroom::quorum::claim::Claim;
use strongroom::quorum::units::Unit;

const DAY: jiff::civil::Date = date(2026, 11, 24);

/// A plan of people a to h, of safes, share sets and what else is given, and of one account.
fn plan(safes: &str, password: &str, mfa: &str, account: &str) -> String {
    let people: Vec<String> = ('a'..='j')
        .map(|id| format!("[[person]]\nid = \"{id}\"\nname = \"{id}\"\n"))
        .collect();
    let people = people.concat();
    format!(
        "schema = \"strongroom/plan/1\"\norganisation = \"By hand\"\n[policy]\nsmallest_coalition = {{ quorum = 3, provider = 2 }}\n\
         survive = []\ndrill_every = \"92 days\"\nreview_every = \"31 days\"\n{people}{safes}\
         [[share_set]]\nname = \"password\"\npurpose = \"password\"\naccounts = \"members\"\n{password}\n\
         [[share_set]]\nname = \"mfa\"\npurpose = \"mfa\"\n{mfa}\n\
         [[account]]\nid = \"111111111111\"\nname = \"one\"\nemail = \"one@example.com\"\n{account}\n"
    )
}

fn safe(id: &str, building: &str, region: &str, any: usize, of: &str) -> String {
    let of: Vec<String> = of.chars().map(|id| format!("\"{id}\"")).collect();
    format!(
        "[[safe]]\nid = \"{id}\"\nplace = \"{id}\"\nbuilding = \"{building}\"\nregion = \"{region}\"\ntime_zone = \"Europe/Berlin\"\nopen = \"24x7\"\n\
         controllers = {{ any = {any}, of = [{}] }}\n",
        of.join(", ")
    )
}

const IN_HAND: &str =
    "threshold = \"2-of-3\"\nshares = [{ custodian = \"a\" }, { custodian = \"b\" }, { custodian = \"c\" }]";
const MFA: &str =
    "threshold = \"2-of-3\"\nshares = [{ custodian = \"d\" }, { custodian = \"e\" }, { custodian = \"f\" }]";
const MEMBER: &str = "kind = \"member\"\nmailbox = [\"g\"]\nphone = [\"h\"]\nmfa = [{ device = \"d\", kind = \"virtual\", sets = [\"mfa\"] }]";

/// The sizes by quorum, mixed and by the provider of the first account.
fn sizes(text: &str) -> [Option<usize>; 3] {
    let plan = Plan::parse(text).unwrap();
    let access = Access::of(&plan, &[]);
    let claim = Claim::of(&access, DAY).unwrap();
    Kind::ALL.map(|kind| claim.coalitions.smallest(0, kind))
}

fn password(text: &str) -> Vec<String> {
    let plan = Plan::parse(text).unwrap();
    let access = Access::of(&plan, &[]);
    let mut claim = Claim::of(&access, DAY).unwrap();
    let groups = claim
        .coalitions
        .factor(0, Factor::Password, Kind::Quorum, usize::MAX)
        .unwrap()
        .groups;
    groups
        .iter()
        .map(|group| group.people.iter().map(|id| id.as_str()).collect())
        .collect()
}

fn cuts(text: &str) -> Vec<String> {
    let plan = Plan::parse(text).unwrap();
    let access = Access::of(&plan, &[]);
    let claim = Claim::of(&access, DAY).unwrap();
    let cut = |cut: &Vec<Unit<'_>>| cut.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    claim.losses.of[0].cuts.iter().map(cut).collect()
}

fn judged(text: &str) -> Judgement {
    let plan = Plan::parse(text).unwrap();
    let access = Access::of(&plan, &[]);
    let mut claim = Claim::of(&access, DAY).unwrap();
    let mut observed = rules::structural(&plan);
    observed.findings.extend(claim.observe().findings);
    rules::weigh(&plan, observed, DAY)
}

fn found(text: &str) -> Vec<String> {
    judged(text)
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule, finding.about))
        .collect()
}

#[test]
fn shares_in_hand_take_as_many_people_as_are_needed() {
    assert_eq!(sizes(&plan("", IN_HAND, MFA, MEMBER)), [Some(4), Some(3), Some(2)]);
}

#[test]
fn custodian_and_controller_in_one_person_count_once() {
    // a holds one share in hand, and opens the safe of the other with b.
    let safe = safe("s", "x", "r", 2, "ab");
    let shares = "threshold = \"2-of-2\"\nshares = [{ custodian = \"a\" }, { custodian = \"c\", safe = \"s\" }]";
    assert_eq!(password(&plan(&safe, shares, MFA, MEMBER)), ["ab"]);
}

#[test]
fn a_custodian_without_the_safe_has_nothing() {
    let safe = safe("s", "x", "r", 1, "gh");
    let shares = "threshold = \"2-of-2\"\nshares = [{ custodian = \"a\" }, { custodian = \"b\", safe = \"s\" }]";
    assert_eq!(password(&plan(&safe, shares, MFA, MEMBER)), ["ag", "ah"]);
}

#[test]
fn a_safe_opened_by_one_gives_that_one_the_quorum() {
    let safe = safe("s", "x", "r", 1, "ab");
    let shares =
        "threshold = \"2-of-2\"\nshares = [{ custodian = \"c\", safe = \"s\" }, { custodian = \"d\", safe = \"s\" }]";
    let text = plan(&safe, shares, MFA, MEMBER);
    assert_eq!(password(&text), ["a", "b"]);
    assert!(found(&text).contains(&"S30 set:password".to_string()));
}

#[test]
fn a_passphrase_turns_one_into_two() {
    let safe = safe("s", "x", "r", 1, "ab");
    let shares = "threshold = \"2-of-2\"\nshares = [{ custodian = \"c\", safe = \"s\", passphrase = true }, { custodian = \"d\", safe = \"s\" }]";
    assert_eq!(password(&plan(&safe, shares, MFA, MEMBER)), ["ac", "bc"]);
}

#[test]
fn a_mailbox_reader_who_holds_the_phone_walks_around_every_quorum() {
    let account = MEMBER.replace("phone = [\"h\"]", "phone = [\"h\", \"g\"]");
    let text = plan("", IN_HAND, MFA, &account);
    assert_eq!(sizes(&text), [Some(4), Some(3), Some(1)]);
    let judgement = judged(&text);
    let finding = judgement
        .findings
        .iter()
        .find(|finding| finding.rule == rules::PlanRule::S30)
        .unwrap();
    assert!(
        finding.found.starts_with("g alone can sign in to account one"),
        "{finding:?}"
    );
    assert_eq!(finding.why.as_deref(), Some("the path: mailbox and phone"));
}

#[test]
fn an_account_without_mfa_opens_to_its_mailbox_alone() {
    let account = "kind = \"member\"\nmailbox = [\"g\", \"h\"]\nphone = [\"i\"]";
    let text = plan("", IN_HAND, MFA, account);
    assert_eq!(sizes(&text), [Some(2), None, Some(1)]);
    let found = found(&text);
    assert!(
        found.contains(&"S12 account:111111111111".to_string())
            && found.contains(&"S30 account:111111111111".to_string()),
        "{found:?}"
    );
}

#[test]
fn an_account_without_root_credentials_is_shown_and_not_judged() {
    let account = "kind = \"member\"\nmailbox = [\"g\"]\nphone = [\"g\"]\nroot_credentials = \"none\"\nsince = 2026-01-01\nreason = \"central\"\nreview_by = 2027-01-01";
    let text =
        plan("", IN_HAND, MFA, account) + "[provider.aws]\nroot_access = { any = 2, of = [\"h\", \"i\", \"j\"] }\n";
    assert_eq!(sizes(&text), [None, None, Some(3)]);
    assert_eq!(found(&text), Vec::<String>::new());
}

#[test]
fn two_regions_in_one_building_would_be_two_names_for_one_fire() {
    let safes = safe("s", "x", "north", 2, "abc") + &safe("t", "x", "south", 2, "abc");
    let refused = Plan::parse(&plan(&safes, IN_HAND, MFA, MEMBER)).unwrap_err();
    assert!(refused.to_string().contains("building `x`"), "{refused}");
}

#[test]
fn two_safes_in_one_building_fall_with_it() {
    let safes =
        safe("s", "x", "north", 2, "abc") + &safe("t", "x", "north", 2, "abc") + &safe("u", "y", "south", 2, "abc");
    let shares = "threshold = \"2-of-3\"\nshares = [{ custodian = \"a\", safe = \"s\" }, { custodian = \"b\", safe = \"t\" }, { custodian = \"c\", safe = \"u\" }]";
    let cuts = cuts(&plan(&safes, shares, MFA, MEMBER));
    assert!(cuts.contains(&"building:x".to_string()), "{cuts:?}");
    assert!(
        cuts.contains(&"safe:s safe:u".to_string()) && cuts.contains(&"safe:s safe:t".to_string()),
        "{cuts:?}"
    );
    assert!(
        !cuts
            .iter()
            .any(|cut| cut.contains("region") || cut.contains("building:y")),
        "{cuts:?}"
    );
}

#[test]
fn whoever_opens_the_management_account_opens_every_member() {
    let management = "[[account]]\nid = \"222222222222\"\nname = \"two\"\nkind = \"management\"\nemail = \"two@example.com\"\nmailbox = [\"i\"]\nphone = [\"i\"]\n\
                      mfa = [{ device = \"d\", kind = \"virtual\", sets = [\"mfa\"] }]\n";
    assert_eq!(
        sizes(&(plan("", IN_HAND, MFA, MEMBER) + management)),
        [Some(4), Some(3), Some(1)]
    );
}

#[test]
fn an_indispensable_person_is_found_whatever_the_policy_says() {
    let shares = "threshold = \"2-of-2\"\nshares = [{ custodian = \"a\" }, { custodian = \"b\" }]";
    let found = found(&plan("", shares, MFA, MEMBER));
    assert!(
        found.contains(&"S29 person:a".to_string()) && found.contains(&"S29 person:b".to_string()),
        "{found:?}"
    );
}

#[test]
fn a_loss_that_the_policy_names_is_found_by_what_is_lost() {
    let safes = safe("s", "x", "north", 2, "abc") + &safe("t", "y", "south", 2, "def");
    let shares = "threshold = \"2-of-3\"\nshares = [{ custodian = \"a\", safe = \"s\" }, { custodian = \"b\", safe = \"s\" }, { custodian = \"c\" }]";
    let text = plan(&safes, shares, MFA, MEMBER);
    for (survive, about) in [
        ("any 1 safe", "S7 safe:s"),
        ("any 1 building", "S7 building:x"),
        ("any 1 region", "S7 region:north"),
    ] {
        let found = found(&text.replace("survive = []", &format!("survive = [\"{survive}\"]")));
        assert!(found.contains(&about.to_string()), "{survive}: {found:?}");
    }
    let found = found(&text.replace("survive = []", "survive = [\"any 2 persons\"]"));
    assert!(found.contains(&"S7 policy".to_string()), "{found:?}");
}

#[test]
fn a_policy_that_asks_for_more_people_than_there_are_is_found() {
    let text = plan("", IN_HAND, MFA, MEMBER);
    let asks = |quorum, provider| {
        found(&text.replace(
            "{ quorum = 3, provider = 2 }",
            &format!("{{ quorum = {quorum}, provider = {provider} }}"),
        ))
    };
    assert!(!asks(4, 2).iter().any(|found| found.starts_with("D5")));
    assert_eq!(
        asks(5, 2)
            .iter()
            .filter(|found| *found == "D5 account:111111111111")
            .count(),
        1
    );
    assert_eq!(
        asks(5, 4)
            .iter()
            .filter(|found| *found == "D5 account:111111111111")
            .count(),
        3
    );
}

#[test]
fn hours_in_which_no_quorum_is_to_be_had_are_found() {
    let safes = safe("s", "x", "r", 2, "abc").replace("24x7", "Mon-Fri 08:00-18:00");
    let shares = "threshold = \"2-of-2\"\nshares = [{ custodian = \"a\", safe = \"s\" }, { custodian = \"b\" }]";
    let judgement = judged(&plan(&safes, shares, MFA, MEMBER));
    let finding = judgement
        .findings
        .iter()
        .find(|finding| finding.rule == rules::PlanRule::S15)
        .unwrap();
    // Berlin is one hour ahead of UTC in winter and two in summer: 07 to 16 is common to both, nine hours on five days.
    assert!(finding.found.starts_with("in 123 of the 168 hours"), "{finding:?}");
    assert!(
        finding.why.as_deref().unwrap().contains("Mon 16:00 to Tue 07:00"),
        "{finding:?}"
    );
}

#[test]
fn a_circle_of_what_needs_what_is_found() {
    let safes = safe("s", "x", "r", 2, "abc") + "needs = [\"111111111111\"]\n";
    let shares = "threshold = \"2-of-3\"\nshares = [{ custodian = \"a\", safe = \"s\" }, { custodian = \"b\" }, { custodian = \"c\" }]";
    let text = plan(&safes, shares, MFA, MEMBER);
    assert!(found(&text).contains(&"S6 account:111111111111".to_string()));
    assert!(
        !found(&text.replace("needs = [\"111111111111\"]", "needs = []"))
            .iter()
            .any(|found| found.starts_with("S6"))
    );
    let unknown = Plan::parse(&text.replace("needs = [\"111111111111\"]", "needs = [\"111111111112\"]")).unwrap_err();
    assert_eq!(unknown.hints(), ["did you mean `111111111111`"]);
}

#[test]
fn codes_that_lie_in_one_region_of_several_are_found() {
    let safes = safe("s", "x", "north", 2, "abc") + &safe("t", "y", "south", 2, "def");
    let account = "kind = \"member\"\nmailbox = [\"g\"]\nphone = [\"h\"]\nmfa = [{ device = \"d\", kind = \"hardware\", safe = \"t\" }]";
    let text = plan(&safes, IN_HAND, MFA, account);
    assert!(found(&text).contains(&"S19 account:111111111111".to_string()));
    let both = text.replace(
        "safe = \"t\" }]",
        "safe = \"t\" }, { device = \"e\", kind = \"hardware\", safe = \"s\" }]",
    );
    assert!(!found(&both).iter().any(|found| found.starts_with("S19")));
}

#[test]
fn paper_of_a_void_epoch_is_a_path_until_it_is_destroyed() {
    let text = plan(
        &safe("s", "x", "r", 2, "abc"),
        "threshold = \"3-of-3\"\nshares = [{ custodian = \"a\" }, { custodian = \"b\" }, { custodian = \"c\" }]",
        MFA,
        MEMBER,
    );
    let plan = Plan::parse(&text).unwrap();
    let page = |index: u8, custodian: &str, passphrase| FormerPage {
        index: ShareIndex::new(index).unwrap(),
        custodian: custodian.parse().unwrap(),
        safe: None,
        passphrase,
        lost: false,
    };
    let former = |opens: &str| FormerEpoch {
        set: "password".parse().unwrap(),
        epoch: Epoch::FIRST,
        factor: Factor::Password,
        needed: 2,
        // Two pages of one share are one share.
        pages: vec![page(1, "i", true), page(1, "i", false), page(2, "j", false)],
        opens: [(opens.parse().unwrap(), None)].into(),
    };
    for (opens, smallest) in [("111111111111", 2), ("999999999999", 3)] {
        let former = [former(opens)];
        let access = Access::of(&plan, &former);
        let mut claim = Claim::of(&access, DAY).unwrap();
        let groups = claim.coalitions.factor(0, Factor::Password, Kind::Quorum, 1).unwrap();
        assert_eq!(groups.smallest, smallest);
        assert_eq!(
            groups.groups[0].path.contains("epoch 1 with an old copy of the vault"),
            smallest == 2
        );
        assert!(
            claim
                .observe()
                .notes
                .iter()
                .any(|note| note.rule == rules::PlanRule::D6)
        );
        // It lets people in, and is no recovery.
        assert_eq!(claim.losses.of[0].cuts[0].len(), 1);
    }
}

#[test]
fn the_example_has_the_numbers_of_the_design_and_of_its_two_passphrases() {
    let plan = Plan::parse(starter::example()).unwrap();
    let access = Access::of(&plan, &[]);
    let mut claim = Claim::of(&access, DAY).unwrap();
    assert_eq!(access.structures.len(), 2);
    for at in 0..2 {
        assert_eq!(
            Kind::ALL.map(|kind| claim.coalitions.smallest(at, kind)),
            [Some(6), Some(3), Some(2)]
        );
        let factor = |factor, claim: &mut Claim<'_, '_>| {
            claim
                .coalitions
                .factor(at, factor, Kind::Quorum, 1)
                .map(|groups| groups.smallest)
        };
        assert_eq!(factor(Factor::Password, &mut claim), Some(4));
        assert_eq!(factor(Factor::Mfa, &mut claim), Some(2));
    }
    let cuts: Vec<(String, usize)> = claim
        .losses
        .by_cut()
        .into_iter()
        .map(|(cut, accounts, _)| (cut.iter().map(Unit::named).collect::<Vec<_>>().join(" with "), accounts))
        .collect();
    let wanted = [
        ("fra-1 with nyc-1", 23),
        ("fra-1 with sin-1", 23),
        ("nyc-1 with sin-1", 23),
        ("fra-2 with sin-2", 1),
        ("nyc-1 with passphrase mira", 1),
        ("nyc-1 with passphrase yuki", 1),
        ("sin-1 with passphrase mira", 1),
    ];
    assert_eq!(cuts, wanted.map(|(cut, accounts)| (cut.to_string(), accounts)));
    assert_eq!(claim.observe().findings, []);
    assert!(claim.coverage.regions.iter().all(|region| region.covered.hours == 168));
    assert_eq!(
        claim.sentence(),
        "nobody can sign in to any account alone; no single loss locks one out"
    );
}
