//! From what somebody typed to what the plan has: by id, by name where it is the only one, or a refusal with the nearest.
//!
//! Rules of this file:
//! - an id wins over a name; a name counts only if one account alone has it;
//! - a refusal names the nearest, and what was typed is quoted escaped.

use super::{Account, Device, Person, Plan, ShareSet, nearest, quoted};
use crate::refusal::{Refusal, Rule};

impl Plan {
    /// The account of this id, or the only one of this name.
    pub fn find_account(&self, text: &str) -> Result<&Account, Refusal> {
        if let Some(account) = text.parse().ok().and_then(|id| self.account(&id)) {
            return Ok(account);
        }
        let named: Vec<&Account> = self
            .accounts()
            .iter()
            .filter(|account| account.name.as_str() == text)
            .collect();
        match named.as_slice() {
            [account] => Ok(account),
            [] => {
                let known = self
                    .accounts()
                    .iter()
                    .flat_map(|account| [account.id.as_str(), account.name.as_str()]);
                let refusal = unknown(Rule::UnknownAccount, "account", text, known);
                Err(match refusal.hints() {
                    [] => refusal
                        .hint("an account is given by its id, or by its whole name: strongroom status lists them"),
                    _ => refusal,
                })
            }
            several => {
                let ids: Vec<&str> = several.iter().map(|account| account.id.as_str()).collect();
                let sentence = format!("{} accounts are named {}, an id is needed", several.len(), quoted(text));
                Err(Refusal::new(Rule::UnknownAccount, sentence).hint(format!("their ids are {}", ids.join(", "))))
            }
        }
    }

    /// The share set of this name.
    pub fn find_set(&self, text: &str) -> Result<&ShareSet, Refusal> {
        let found = text.parse().ok().and_then(|name| self.set(&name));
        found.ok_or_else(|| {
            unknown(
                Rule::UnknownSet,
                "share set",
                text,
                self.sets().iter().map(|set| set.name().as_str()),
            )
        })
    }

    /// The person of this id.
    pub fn find_person(&self, text: &str) -> Result<&Person, Refusal> {
        let found = text.parse().ok().and_then(|id| self.person(&id));
        found.ok_or_else(|| {
            unknown(
                Rule::UnknownPerson,
                "person",
                text,
                self.people().iter().map(|person| person.id.as_str()),
            )
        })
    }
}

impl Account {
    /// The MFA device of this name.
    pub fn find_device(&self, text: &str) -> Result<&Device, Refusal> {
        let found = text.parse().ok().and_then(|name| self.device(&name));
        found.ok_or_else(|| {
            let refusal = Refusal::new(
                Rule::UnknownDevice,
                format!("account {} has no MFA device {}", self.id, quoted(text)),
            );
            let names: Vec<&str> = self.mfa.iter().map(|device| device.name.as_str()).collect();
            if names.is_empty() {
                refusal
            } else {
                refusal.hint(format!("its devices are {}", names.join(", ")))
            }
        })
    }
}

fn unknown<'n>(rule: Rule, what: &str, text: &str, known: impl IntoIterator<Item = &'n str>) -> Refusal {
    let refusal = Refusal::new(rule, format!("the plan has no {what} {}", quoted(text)));
    match nearest(text, known) {
        Some(name) => refusal.hint(format!("did you mean `{name}`")),
        None => refusal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{edited, example};

    #[test]
    fn an_account_is_found_by_id_and_by_name() {
        let plan = example();
        for text in ["168499872455", "Büro Zürich"] {
            assert_eq!(
                plan.find_account(text).map(|account| account.id.to_string()),
                Ok("168499872455".to_string())
            );
        }
    }

    #[test]
    fn an_unknown_account_is_refused_with_the_nearest() {
        let plan = example();
        let refused = plan.find_account("log-archiv").err();
        assert_eq!(refused.as_ref().map(Refusal::rule), Some(Rule::UnknownAccount));
        assert_eq!(
            refused.map(|refusal| refusal.hints().to_vec()),
            Some(vec!["did you mean `log-archive`".to_string()])
        );
    }

    #[test]
    fn a_name_that_two_accounts_have_finds_neither() {
        let plan = edited("name = \"web-staging\"", "name = \"web-prod\"");
        let refused = plan.find_account("web-prod").err();
        assert!(refused.is_some_and(|refusal| {
            refusal
                .hints()
                .iter()
                .any(|hint| hint.contains("900030719696, 839210004977"))
        }));
    }

    #[test]
    fn sets_people_and_devices_are_found_or_refused_with_the_nearest() {
        let plan = example();
        assert!(plan.find_set("mfa-emea").is_ok() && plan.find_person("ana").is_ok());
        let hints = |refused: Refusal| (refused.rule(), refused.hints().join(" "));
        assert_eq!(
            plan.find_set("mfa-emae").map_err(hints).err(),
            Some((Rule::UnknownSet, "did you mean `mfa-emea`".into()))
        );
        assert_eq!(
            plan.find_person("jonsa").map_err(hints).err(),
            Some((Rule::UnknownPerson, "did you mean `jonas`".into()))
        );
        let account = &plan.accounts()[1];
        assert!(account.find_device("emea").is_ok());
        assert_eq!(
            account.find_device("Emea").map_err(hints).err(),
            Some((Rule::UnknownDevice, "its devices are emea, amer, apac".into()))
        );
    }

    #[test]
    fn what_was_typed_gives_a_terminal_no_orders() {
        let refused = example()
            .find_set("\u{1b}[2J\u{202e}")
            .err()
            .map(|refusal| refusal.to_string());
        assert!(refused.is_some_and(|text| !text.contains(['\u{1b}', '\u{202e}'])));
    }
}
