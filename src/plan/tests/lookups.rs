//! The example is what it is said to be, and is looked up by what it names.

use super::*;

#[test]
fn the_example_has_26_people_9_safes_6_sets_and_24_accounts_one_of_them_closed() {
    let plan = example();
    assert_eq!(
        (
            plan.people().len(),
            plan.safes().len(),
            plan.sets().len(),
            plan.accounts().len()
        ),
        (26, 9, 6, 24)
    );
    assert_eq!(plan.accounts().iter().filter(|account| !account.is_open()).count(), 1);
    assert_eq!(plan.organisation().as_str(), "Example Corp");
    assert_eq!(plan.paper(), PaperSize::A4);
    assert_eq!(
        (plan.policy().smallest_by_quorum, plan.policy().smallest_by_provider),
        (3, 2)
    );
    assert_eq!(
        plan.policy().survive,
        [Lost::Person, Lost::Safe, Lost::Building].map(|of| Loss { any: 1, of })
    );
    assert_eq!(
        (plan.policy().drill_every.get(), plan.policy().review_every.get()),
        (92, 31)
    );
    assert_eq!(
        plan.root_access().map(|access| (access.any(), access.of().len())),
        Some((2, 3))
    );
    assert_eq!(plan.copies().len(), 3);
}

#[test]
fn the_starter_is_a_plan() {
    assert_eq!(Plan::parse(starter::starter()).map(|plan| plan.accounts().len()), Ok(0));
}

#[test]
fn everything_is_found_by_its_id() {
    let plan = example();
    assert!(
        plan.people()
            .iter()
            .all(|one| plan.person(&one.id).is_some_and(|found| found.name == one.name))
    );
    assert!(
        plan.safes()
            .iter()
            .all(|one| plan.safe(&one.id).is_some_and(|found| found.place == one.place))
    );
    assert!(
        plan.sets()
            .iter()
            .all(|one| plan.set(one.name()).is_some_and(|found| found.at() == one.at()))
    );
    assert!(
        plan.accounts()
            .iter()
            .all(|one| plan.account(&one.id).is_some_and(|found| found.name == one.name))
    );
    assert!(
        plan.copies()
            .iter()
            .all(|one| plan.copy(&one.id).is_some_and(|found| found.safe == one.safe))
    );
}

fn names(sets: &[&ShareSet]) -> Vec<String> {
    sets.iter().map(|set| set.name().to_string()).collect()
}

#[test]
fn a_member_is_opened_by_the_members_set_and_by_each_region() {
    let plan = example();
    let member = plan.find_account("log-archive").expect("it is there");
    assert_eq!(names(&plan.sets_for(member, Factor::Password, None)), ["root-password"]);
    assert_eq!(
        names(&plan.sets_for(member, Factor::Mfa, None)),
        ["mfa-emea", "mfa-amer", "mfa-apac"]
    );
    let device = member.find_device("amer").expect("it is there");
    assert_eq!(
        names(&plan.sets_for(member, Factor::Mfa, Some(&device.name))),
        ["mfa-amer"]
    );
    assert_eq!(names(&plan.sets_for(member, Factor::Contact, None)), ["contact"]);
}

#[test]
fn a_management_account_is_opened_by_a_set_of_its_own_and_by_no_mfa_set() {
    let plan = example();
    let management = plan.find_account("111111111111").expect("it is there");
    assert_eq!(
        names(&plan.sets_for(management, Factor::Password, None)),
        ["management-password"]
    );
    assert!(plan.sets_for(management, Factor::Mfa, None).is_empty());
    assert_eq!(management.virtual_devices().count(), 0);
    assert_eq!(management.mfa.len(), 2);
}

#[test]
fn a_set_reaches_what_it_opens() {
    let plan = example();
    let reach = |name: &str| plan.reach_of(plan.find_set(name).expect("it is there").name()).len();
    assert_eq!(reach("root-password"), 23);
    assert_eq!(reach("management-password"), 1);
    assert_eq!(reach("contact"), 24);
    // The closed account has no device.
    assert_eq!(reach("mfa-emea"), 22);
}

#[test]
fn shares_have_the_indices_from_1_in_the_order_of_the_plan() {
    let plan = example();
    let set = plan.find_set("root-password").expect("it is there");
    let shares: Vec<_> = set
        .indexed_shares()
        .map(|(index, share)| (index.get(), share.custodian.to_string()))
        .collect();
    assert_eq!(shares[0], (1, "ana".to_string()));
    assert_eq!(shares[4], (5, "mei".to_string()));
    assert_eq!(shares.len(), 5);
}

#[test]
fn an_account_of_another_provider_needs_no_digits_and_no_address() {
    let text = edit("id = \"734602235274\"", "id = \"registrar\"\nprovider = \"other\"");
    let text = replaced(&text, "email = \"aws-root+log-archive@example.com\"\n", "");
    assert_eq!(
        Plan::parse(&text).map(|plan| plan.accounts()[1].provider),
        Ok(Provider::Other)
    );
}

#[test]
fn a_set_can_list_its_accounts() {
    let plan = edited(
        "accounts = \"members\"",
        "accounts = [\"734602235274\", \"643979005746\"]",
    );
    let set = plan.find_set("root-password").expect("it is there");
    assert_eq!(plan.reach_of(set.name()).len(), 2);
}

#[test]
fn ten_thousand_accounts_are_read_and_judged_in_time() {
    let head = starter::example()
        .split("[[account]]")
        .next()
        .unwrap_or_default()
        .to_string();
    let text = (0..9_999).fold(head, |mut text, number| {
        use std::fmt::Write as _;
        let _ = write!(
            text,
            "[[account]]\nid = \"{:012}\"\nname = \"n{number}\"\nkind = \"member\"\nemail = \"a@example.com\"\nmailbox = [\"dana\", \"eli\"]\n\
             phone = [\"fern\"]\nmfa = [{{ device = \"emea\", kind = \"virtual\", sets = [\"mfa-emea\"] }}]\n",
            200_000_000_000_u64 + number
        );
        text
    });
    let start = std::time::Instant::now();
    let plan = Plan::parse(&text).expect("it is a plan");
    let judgement = judge(&plan, jiff::civil::date(2026, 1, 1));
    assert_eq!((plan.accounts().len(), judgement.findings.len()), (9_999, 0));
    assert!(
        start.elapsed() < std::time::Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}
