//! Writes the provider's account list into a plan, and touches nothing else of it.
//!
//! Rules of this file:
//! - every byte that a human wrote stays, comments and line ends included: text is put in, and of what was there only a
//!   `closed = false` is replaced. A TOML writer would set line ends and spaces anew, so none is used;
//! - new accounts stand after the last account; a closed one is marked under its id; what else differs is told, not changed;
//! - the plan before and the plan after are both plans; a second merge of the same list changes nothing.

use super::{
    Plan, Provider,
    organizations::{ListedAccount, Organizations},
    source::Source,
};
use crate::{ident::AccountId, plan::AccountKind, refusal::Refusal};
use std::{collections::BTreeMap, ops::Range};
use toml::{Spanned, de::DeValue};

/// A plan with an account list written into it, and what that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The plan's text.
    pub text: String,
    /// Accounts that the plan did not have, closed ones among them.
    pub added: Vec<AccountId>,
    /// Accounts that the plan had as open, and the list has as closed. They are marked.
    pub closed: Vec<AccountId>,
    /// Accounts that the plan has as closed, and the list as open. They are left as they are.
    pub reopened: Vec<AccountId>,
    /// Open AWS accounts of the plan that the list does not have. They are left as they are.
    pub missing: Vec<AccountId>,
    /// What a human wrote otherwise than the list says. It is left as it is.
    pub differing: Vec<Differing>,
}

/// One thing that the plan and the list say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The account.
    pub account: AccountId,
    /// The key: `name`, `email` or `kind`.
    pub key: &'static str,
    /// What the plan says.
    pub plan: String,
    /// What the list says.
    pub list: String,
}

/// Writes `list` into the plan of `plan_text`.
pub fn merge(plan_text: &str, list: &Organizations) -> Result<Merged, Refusal> {
    let plan = Plan::parse(plan_text)?;
    let (_, document) = Source::parse(plan_text)?;
    let written = document.get_ref().get("account");
    let tables = written
        .and_then(|value| value.get_ref().as_array())
        .map_or(&[][..], |array| array.as_ref());
    let by_id: BTreeMap<&str, &Spanned<DeValue<'_>>> = tables
        .iter()
        .filter_map(|table| Some((table.get_ref().get("id")?.get_ref().as_str()?, table)))
        .collect();

    let mut merged = Merged {
        text: String::new(),
        added: Vec::new(),
        closed: Vec::new(),
        reopened: Vec::new(),
        missing: missing(&plan, list),
        differing: Vec::new(),
    };
    let page = Page {
        text: plan_text,
        newline: if plan_text.contains("\r\n") { "\r\n" } else { "\n" },
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut new: Vec<&ListedAccount> = Vec::new();
    for listed in list.accounts() {
        match (plan.account(&listed.id), by_id.get(listed.id.as_str())) {
            (Some(account), Some(table)) => {
                merged.differing.extend(differing(account, listed));
                if account.is_open() && listed.closed {
                    edits.extend(page.close(table));
                    merged.closed.push(listed.id.clone());
                } else if account.closed && !listed.closed {
                    merged.reopened.push(listed.id.clone());
                }
            }
            _ => new.push(listed),
        }
    }
    merged.added = new.iter().map(|listed| listed.id.clone()).collect();
    edits.extend(page.append(written, tables, &new));
    merged.text = page.with(edits);
    Plan::parse(&merged.text)?;
    Ok(merged)
}

fn missing(plan: &Plan, list: &Organizations) -> Vec<AccountId> {
    let listed: std::collections::BTreeSet<&AccountId> = list.accounts().iter().map(|account| &account.id).collect();
    let open = plan
        .accounts()
        .iter()
        .filter(|account| account.is_open() && account.provider == Provider::Aws);
    open.filter(|account| !listed.contains(&account.id))
        .map(|account| account.id.clone())
        .collect()
}

fn differing(account: &super::Account, listed: &ListedAccount) -> Vec<Differing> {
    let email = account.email.as_ref().map_or("", |email| email.as_str());
    let pairs = [
        ("name", account.name.as_str(), listed.name.as_str()),
        ("email", email, listed.email.as_str()),
        ("kind", account.kind.as_str(), listed.kind.as_str()),
    ];
    let differ = pairs.into_iter().filter(|(_, plan, list)| plan != list);
    differ
        .map(|(key, plan, list)| Differing {
            account: account.id.clone(),
            key,
            plan: plan.to_string(),
            list: list.to_string(),
        })
        .collect()
}

/// The text that is written into, and its line ends.
struct Page<'t> {
    text: &'t str,
    newline: &'t str,
}

impl Page<'_> {
    /// Marks an account as closed: in place of `closed = false`, or after its id.
    fn close(&self, table: &Spanned<DeValue<'_>>) -> Option<(Range<usize>, String)> {
        if let Some(closed) = table.get_ref().get("closed") {
            return Some((closed.span(), "true".to_string()));
        }
        let id = table.get_ref().get("id")?.span().end;
        if self.is_inline(table.span().start) {
            return Some((id..id, ", closed = true".to_string()));
        }
        let at = self.next_line(id);
        Some((at..at, self.lines_at(at, &["closed = true".to_string()])))
    }

    /// Puts the new accounts after the last one, in the form in which the plan writes accounts.
    fn append(
        &self,
        written: Option<&Spanned<DeValue<'_>>>,
        tables: &[Spanned<DeValue<'_>>],
        new: &[&ListedAccount],
    ) -> Option<(Range<usize>, String)> {
        if new.is_empty() {
            return None;
        }
        let inline = written
            .is_some_and(|list| self.text[list.span()].starts_with('[') && !self.text[list.span()].starts_with("[["));
        Some(match tables.last() {
            Some(last) if self.is_inline(last.span().start) => {
                let at = last.span().end;
                (at..at, self.entries(new, ",", ""))
            }
            None if inline => {
                let at = written.map_or(0, |list| list.span().start + 1);
                (at..at, self.entries(new, "", ","))
            }
            last => {
                let at = last.map_or(self.text.len(), |last| self.end_of_block(end_of(last)));
                let lines: Vec<String> = new.iter().flat_map(|account| block(account)).collect();
                (at..at, self.lines_at(at, &lines))
            }
        })
    }

    /// Each account as an entry of a list on a line of its own.
    fn entries(&self, new: &[&ListedAccount], before: &str, after: &str) -> String {
        let entries = new
            .iter()
            .map(|account| [before, self.newline, "  ", &inline_block(account), after].concat());
        entries.collect()
    }

    fn is_inline(&self, at: usize) -> bool {
        self.text[at..].starts_with('{')
    }

    /// Where the line after the one of byte `at` begins.
    fn next_line(&self, at: usize) -> usize {
        self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// Where text after a block goes: after the line of its last value, and after comments that hang on it. Comments that lead on
    /// to the next table stay with that.
    fn end_of_block(&self, last_value: usize) -> usize {
        let after = self.next_line(last_value);
        let mut at = after;
        for line in self.text[after..].split_inclusive('\n') {
            match line.trim_start().chars().next() {
                Some('#') => at += line.len(),
                Some('[') => return after,
                _ => break,
            }
        }
        at
    }

    /// Lines for the place `at`, which is the beginning of a line or the end of the text.
    fn lines_at(&self, at: usize, lines: &[String]) -> String {
        let open = at > 0 && !self.text[..at].ends_with('\n');
        let before = if open { self.newline } else { "" };
        lines
            .iter()
            .fold(before.to_string(), |text, line| text + line + self.newline)
    }

    /// The text with the edits, none of which overlaps another.
    fn with(&self, mut edits: Vec<(Range<usize>, String)>) -> String {
        edits.sort_by_key(|(range, _)| range.start);
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for (range, new) in edits {
            text.push_str(&self.text[from..range.start]);
            text.push_str(&new);
            from = range.end;
        }
        text.push_str(&self.text[from..]);
        text
    }
}

/// Where the last value of a table ends. A sub-table with a header of its own is only as long as its header.
fn end_of(value: &Spanned<DeValue<'_>>) -> usize {
    let within = match value.get_ref() {
        DeValue::Table(table) => table.values().map(end_of).max(),
        _ => None,
    };
    within.unwrap_or(0).max(value.span().end)
}

/// A TOML string. Names and addresses hold no control character.
fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn keys(account: &ListedAccount) -> Vec<String> {
    let mut keys = vec![
        format!("id = {}", string(account.id.as_str())),
        format!("name = {}", string(account.name.as_str())),
        format!("kind = {}", string(account.kind.as_str())),
        format!("email = {}", string(account.email.as_str())),
    ];
    if !account.paths.is_empty() {
        let paths: Vec<String> = account.paths.iter().map(|path| string(path.as_str())).collect();
        keys.push(format!("paths = [{}]", paths.join(", ")));
    }
    if account.closed {
        keys.push("closed = true".to_string());
    }
    keys
}

fn inline_block(account: &ListedAccount) -> String {
    format!("{{ {} }}", keys(account).join(", "))
}

fn block(account: &ListedAccount) -> Vec<String> {
    let mut lines = vec![String::new(), "[[account]]".to_string()];
    lines.extend(keys(account));
    if account.closed {
        return lines;
    }
    lines.push(
        "mailbox = []                       # fill in: who reads this mailbox, at least two people (S2)".to_string(),
    );
    lines.push(match account.kind {
        AccountKind::Member => {
            "phone = []                         # fill in: who has the phone, the management account's (S25)"
                .to_string()
        }
        AccountKind::Management => "phone = []                         # fill in: who has the phone".to_string(),
    });
    lines.extend(
        match account.kind {
            AccountKind::Member => [
                "# Best, where centralised root access is on: no root credentials at all (S10).",
                "# root_credentials = \"none\"",
                "# since = 2026-01-31",
                "# reason = \"…\"",
                "# review_by = 2027-01-31",
                "# Else MFA (S12): mfa = [{ device = \"…\", kind = \"virtual\", sets = [\"…\"] }]",
            ]
            .as_slice(),
            AccountKind::Management => {
                ["# MFA, hardware (S13): mfa = [{ device = \"token-1\", kind = \"hardware\", safe = \"…\" }]"]
                    .as_slice()
            }
        }
        .iter()
        .map(ToString::to_string),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{starter, tests::replaced};

    const LIST: &str = include_str!("../../tests/data/organizations-list-accounts.json");

    fn list() -> Organizations {
        Organizations::parse(LIST).expect("the sample is an account list")
    }

    fn merged(text: &str) -> Merged {
        merge(text, &list()).expect("it merges")
    }

    fn ids(ids: &[AccountId]) -> Vec<&str> {
        ids.iter().map(AccountId::as_str).collect()
    }

    /// The example without its account of this id.
    fn example_without(id: &str) -> String {
        let mut blocks: Vec<&str> = starter::example().split("[[account]]\n").collect();
        let before = blocks.len();
        blocks.retain(|block| !block.starts_with(&format!("id = \"{id}\"")));
        assert_eq!(blocks.len(), before - 1);
        blocks.join("[[account]]\n")
    }

    /// Asserts that `whole` is `part` with text put in at one place, and returns that text.
    fn put_in<'w>(whole: &'w str, part: &str) -> &'w str {
        let before = whole.bytes().zip(part.bytes()).take_while(|(a, b)| a == b).count();
        let after = whole.len() - (part.len() - before);
        assert_eq!(&whole[after..], &part[before..]);
        &whole[before..after]
    }

    #[test]
    fn the_example_is_of_its_account_list() {
        let merged = merged(starter::example());
        assert_eq!(merged.text, starter::example());
        assert!(
            merged.added.is_empty()
                && merged.closed.is_empty()
                && merged.reopened.is_empty()
                && merged.missing.is_empty()
        );
        assert_eq!(merged.differing, []);
    }

    #[test]
    fn a_new_account_comes_after_the_last_and_every_written_byte_stays() {
        let text = example_without("643979005746");
        let merged = merged(&text);
        assert_eq!(ids(&merged.added), ["643979005746"]);
        let new = put_in(&merged.text, &text);
        assert!(
            new.contains("name = \"security-audit\"") && new.contains("# root_credentials = \"none\""),
            "{new}"
        );
        let plan = Plan::parse(&merged.text).expect("it is a plan");
        assert_eq!(
            plan.accounts().last().map(|account| account.id.as_str()),
            Some("643979005746")
        );
        assert!(merged.text.find("643979005746") < merged.text.find("[provider.aws]"));
    }

    #[test]
    fn a_second_merge_changes_nothing() {
        for text in [
            example_without("643979005746"),
            starter::starter().to_string(),
            example_without("746294682503"),
        ] {
            let once = merged(&text);
            let twice = merged(&once.text);
            assert_eq!(once.text, twice.text);
            assert!(twice.added.is_empty() && twice.closed.is_empty());
        }
    }

    #[test]
    fn the_starter_takes_a_whole_organisation() {
        let plan = Plan::parse(&merged(starter::starter()).text).expect("it is a plan");
        assert_eq!(plan.accounts().len(), 24);
        assert_eq!(
            plan.accounts().iter().filter(|account| account.is_management()).count(),
            1
        );
        assert_eq!(plan.accounts().iter().filter(|account| account.closed).count(), 1);
        assert!(plan.find_account("Büro Zürich").is_ok());
    }

    #[test]
    fn a_new_account_keeps_the_paths_on_which_it_stands_in_its_organisation() {
        let plan = Plan::parse(&merged(starter::starter()).text).expect("it is a plan");
        for listed in list().accounts() {
            let account = plan.account(&listed.id).expect("it was added");
            assert_eq!(account.paths, listed.paths);
        }
        assert!(plan.accounts().iter().any(|account| !account.paths.is_empty()));
    }

    #[test]
    fn a_closed_account_is_marked_under_its_id() {
        let text = replaced(
            starter::example(),
            "closed = true\n",
            "# Olga keeps the books of this one\n",
        );
        let merged = merged(&text);
        assert_eq!(ids(&merged.closed), ["746294682503"]);
        assert_eq!(put_in(&merged.text, &text), "closed = true\n");
        assert!(merged.text.contains("id = \"746294682503\"\nclosed = true\n"));
        assert!(merged.text.contains("# Olga"));
    }

    #[test]
    fn a_closed_that_says_false_is_turned() {
        let text = replaced(starter::example(), "closed = true\n", "closed = false  # not yet\n");
        assert!(merged(&text).text.contains("closed = true  # not yet\n"));
    }

    #[test]
    fn line_ends_stay_what_they_are() {
        let text = example_without("643979005746").replace('\n', "\r\n");
        let merged = merged(&text);
        assert!(!put_in(&merged.text, &text).replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn a_text_without_a_last_line_end_is_completed() {
        let text = starter::starter().trim_end().to_string();
        let merged = merged(&text);
        assert!(merged.text.starts_with(&text));
        assert_eq!(Plan::parse(&merged.text).map(|plan| plan.accounts().len()), Ok(24));
    }

    #[test]
    fn accounts_that_stand_in_one_list_stay_in_one_list() {
        let head = starter::starter();
        for accounts in [
            "account = []\n",
            "account = [{ id = \"746294682503\", name = \"legacy-2014\", kind = \"member\", email = \"aws-root+legacy-2014@example.com\" }]\n",
            "account = [\n  { kind = \"member\", email = \"aws-root+legacy-2014@example.com\", name = \"legacy-2014\", id = \"746294682503\" }, # old\n]\n",
        ] {
            let text = format!("{accounts}{head}");
            let merged = merged(&text);
            assert!(!merged.text.contains("\n[[account]]"));
            let plan = Plan::parse(&merged.text).expect("it is a plan");
            assert_eq!(plan.accounts().len(), 24);
            assert_eq!(plan.accounts().iter().filter(|account| account.closed).count(), 1);
        }
    }

    #[test]
    fn a_comment_stays_with_the_table_it_leads_to() {
        let text = replaced(
            &example_without("643979005746"),
            "\n[provider.aws]",
            "# who goes around\n[provider.aws]",
        );
        assert!(merged(&text).text.contains("# who goes around\n[provider.aws]"));
        let text = replaced(
            &example_without("643979005746"),
            "\n[provider.aws]",
            "# the last of the old ones\n\n[provider.aws]",
        );
        assert!(
            merged(&text)
                .text
                .contains("closed = true\n# the last of the old ones\n")
        );
    }

    #[test]
    fn what_a_human_wrote_otherwise_is_told_and_kept() {
        let text = replaced(starter::example(), "name = \"log-archive\"", "name = \"Logs\"");
        let merged = merged(&text);
        assert_eq!(merged.text, text);
        let [
            Differing {
                key: "name",
                plan,
                list,
                ..
            },
        ] = merged.differing.as_slice()
        else {
            panic!("{:?}", merged.differing)
        };
        assert_eq!((plan.as_str(), list.as_str()), ("Logs", "log-archive"));
    }

    #[test]
    fn an_account_that_the_list_lacks_is_told_and_kept() {
        let text = starter::example().replace("734602235274", "734602235275");
        let merged = merged(&text);
        assert_eq!(ids(&merged.missing), ["734602235275"]);
        assert_eq!(ids(&merged.added), ["734602235274"]);
    }

    #[test]
    fn a_name_with_quotes_reads_back() {
        let json = LIST.replacen("\"Name\": \"log-archive\"", r#""Name": "the \"log\" \\ archive""#, 1);
        let list = Organizations::parse(&json).expect("it is a list");
        let merged = merge(starter::starter(), &list).expect("it merges");
        let plan = Plan::parse(&merged.text).expect("it is a plan");
        assert!(plan.find_account("the \"log\" \\ archive").is_ok());
    }

    #[test]
    fn what_is_no_plan_is_not_merged_into() {
        assert!(merge("organisation = 1", &list()).is_err());
    }
}
