//! The provider's own account list: the answer of `aws organizations list-accounts`.
//!
//! Rules of this file:
//! - the list is whole or refused: a page with a `NextToken`, two accounts with one id or one address, two organisations in one
//!   list, and a state that this program does not know are all refused;
//! - keys that AWS adds later are passed over; names and addresses are held to the same rules as those of a plan;
//! - an account is closed when its `State`, or where there is none its `Status`, says so: a guess could close a live account.

use super::{
    AccountKind, Email, FreeText, limits, quoted,
    text::{TextError, escaped},
};
use crate::{
    ident::AccountId,
    refusal::{Refusal, Rule},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

pub use super::merge::{Differing, Merged, merge};

/// The accounts of one organisation, as its provider lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organizations {
    management: Option<AccountId>,
    accounts: Vec<ListedAccount>,
}

/// One account of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAccount {
    /// The 12 digits.
    pub id: AccountId,
    /// Its name.
    pub name: FreeText,
    /// The address that its root user signs in with.
    pub email: Email,
    /// Management or member, by the organisation's own name for its accounts.
    pub kind: AccountKind,
    /// Closed, or on its way there.
    pub closed: bool,
    /// When it joined the organisation.
    pub joined: Option<Timestamp>,
    /// Where it stands in the organisation.
    pub paths: Vec<FreeText>,
}

impl Organizations {
    /// Reads the list.
    pub fn parse(json: &str) -> Result<Self, Refusal> {
        if json.len() > limits::TEXT_BYTES {
            let sentence = format!(
                "the account list has {} bytes, at most {} are read",
                json.len(),
                limits::TEXT_BYTES
            );
            return Err(Refusal::new(Rule::InputTooLarge, sentence));
        }
        let page: Page = serde_json::from_str(json).map_err(|error| {
            refuse(format!(
                "the account list is not what AWS answers: {}",
                escaped(&error.to_string(), 160)
            ))
            .hint(COMMAND)
        })?;
        if page.next_token.is_some_and(|token| !token.is_null()) {
            return Err(
                refuse("the account list is one page of several: it has a `NextToken`".to_string()).hint(COMMAND),
            );
        }
        if page.accounts.len() > limits::ACCOUNTS {
            let sentence = format!(
                "the account list has {} accounts, at most {} are read",
                page.accounts.len(),
                limits::ACCOUNTS
            );
            return Err(Refusal::new(Rule::InputTooLarge, sentence));
        }
        let mut list = Self {
            management: None,
            accounts: Vec::with_capacity(page.accounts.len()),
        };
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (at, written) in page.accounts.into_iter().enumerate() {
            let number = at + 1;
            let (account, management) = written
                .read()
                .map_err(|why| refuse(format!("account {number} of the account list: {why}")))?;
            // AWS compares addresses without regard to case. An id holds no `@`, so both fit into one index.
            for key in [account.id.to_string(), account.email.as_str().to_ascii_lowercase()] {
                if let Some(first) = seen.insert(key.clone(), number) {
                    return Err(refuse(format!(
                        "accounts {first} and {number} of the account list both have {}",
                        quoted(&key)
                    )));
                }
            }
            match &list.management {
                None => list.management = Some(management),
                Some(first) if *first == management => {}
                Some(first) => {
                    let sentence = format!(
                        "the account list is of two organisations: account {number} belongs to {management}, others to {first}"
                    );
                    return Err(refuse(sentence));
                }
            }
            list.accounts.push(account);
        }
        Ok(list)
    }

    /// The management account, as the accounts' own names (ARNs) say; none in an empty list.
    pub fn management(&self) -> Option<&AccountId> {
        self.management.as_ref()
    }

    /// The accounts, in the order of the list.
    pub fn accounts(&self) -> &[ListedAccount] {
        &self.accounts
    }
}

const COMMAND: &str = "aws organizations list-accounts --output json > accounts.json";

fn refuse(sentence: String) -> Refusal {
    Refusal::new(Rule::Organizations, sentence)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    accounts: Vec<Written>,
    next_token: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    id: String,
    arn: String,
    email: String,
    name: String,
    status: Option<String>,
    state: Option<String>,
    #[serde(default)]
    paths: Option<Vec<String>>,
    joined_timestamp: Option<serde_json::Value>,
}

impl Written {
    /// The account, and the management account of its organisation.
    fn read(self) -> Result<(ListedAccount, AccountId), String> {
        let id = twelve_digits(&self.id)?;
        let management = management_of(&self.arn, &id)?;
        let account = ListedAccount {
            name: self
                .name
                .parse()
                .map_err(|error: TextError| format!("`Name`: {error}"))?,
            email: self
                .email
                .parse()
                .map_err(|error| format!("`Email` is {}: {error}", quoted(&self.email)))?,
            kind: if id == management {
                AccountKind::Management
            } else {
                AccountKind::Member
            },
            closed: is_closed(self.state.as_deref(), self.status.as_deref())?,
            joined: self
                .joined_timestamp
                .as_ref()
                .and_then(|value| joined(value).transpose())
                .transpose()?,
            paths: self
                .paths
                .unwrap_or_default()
                .iter()
                .map(|path| FreeText::with_at_most(path, limits::LONG_TEXT_CHARACTERS))
                .collect::<Result<_, _>>()
                .map_err(|error| format!("`Paths`: {error}"))?,
            id,
        };
        Ok((account, management))
    }
}

fn twelve_digits(text: &str) -> Result<AccountId, String> {
    let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| format!("an AWS account has 12 digits, {} is not that", quoted(text)))
}

/// `arn:aws:organizations::111111111111:account/o-example/734602235274`: the first number is the management account's.
fn management_of(arn: &str, id: &AccountId) -> Result<AccountId, String> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "organizations", "", management, account]
            if account.starts_with("account/") && account.rsplit('/').next() == Some(id.as_str()) =>
        {
            twelve_digits(management)
        }
        _ => Err(format!(
            "`Arn` names no account {id} of an organisation: {}",
            quoted(arn)
        )),
    }
}

fn is_closed(state: Option<&str>, status: Option<&str>) -> Result<bool, String> {
    match (state, status) {
        (Some("ACTIVE" | "PENDING_ACTIVATION" | "SUSPENDED"), _) | (None, Some("ACTIVE")) => Ok(false),
        // Before there was a `State`, a closed account was called suspended until it vanished.
        (Some("PENDING_CLOSURE" | "CLOSED"), _) | (None, Some("PENDING_CLOSURE" | "SUSPENDED")) => Ok(true),
        (Some(other), _) => Err(format!(
            "`State` is {}, which this version does not know",
            quoted(other)
        )),
        (None, Some(other)) => Err(format!(
            "`Status` is {}, which this version does not know",
            quoted(other)
        )),
        (None, None) => Err("it has neither `State` nor `Status`".to_string()),
    }
}

/// Either form in which the command line writes a time: RFC 3339, or seconds since 1970.
fn joined(value: &serde_json::Value) -> Result<Option<Timestamp>, String> {
    let time = match value {
        serde_json::Value::Null => return Ok(None),
        serde_json::Value::String(text) => text.parse().ok(),
        serde_json::Value::Number(seconds) => seconds
            .as_f64()
            .and_then(|s| Timestamp::from_millisecond((s * 1000.0) as i64).ok()),
        _ => None,
    };
    time.map(Some)
        .ok_or_else(|| format!("`JoinedTimestamp` is no time: {}", quoted(&value.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = include_str!("../../tests/data/organizations-list-accounts.json");

    fn list() -> Organizations {
        Organizations::parse(LIST).expect("the sample is an account list")
    }

    fn refused(from: &str, to: &str) -> String {
        assert!(LIST.contains(from), "the sample has no {from:?}");
        let refusal = Organizations::parse(&LIST.replacen(from, to, 1)).expect_err("it should be refused");
        assert_eq!(refusal.rule(), Rule::Organizations);
        refusal.to_string()
    }

    #[test]
    fn the_sample_has_24_accounts_one_closed_and_one_management() {
        let list = list();
        assert_eq!(list.accounts().len(), 24);
        assert_eq!(list.accounts().iter().filter(|account| account.closed).count(), 1);
        assert_eq!(list.management().map(AccountId::as_str), Some("111111111111"));
        let management: Vec<_> = list
            .accounts()
            .iter()
            .filter(|account| account.kind == AccountKind::Management)
            .collect();
        assert_eq!(management.len(), 1);
    }

    #[test]
    fn both_forms_of_time_are_read() {
        let list = list();
        assert_eq!(
            list.accounts()[0].joined.map(|time| time.to_string()),
            Some("2017-01-10T09:30:00.123Z".to_string())
        );
        assert_eq!(list.accounts()[1].joined.map(Timestamp::as_second), Some(1_490_475_741));
    }

    #[test]
    fn names_of_every_script_are_kept() {
        assert!(
            list()
                .accounts()
                .iter()
                .any(|account| account.name.as_str() == "Büro Zürich")
        );
        assert!(
            list()
                .accounts()
                .iter()
                .any(|account| account.name.as_str() == "sandbox-łukasz")
        );
    }

    #[test]
    fn a_page_of_several_is_refused() {
        assert!(
            refused(
                "{\n    \"Accounts\"",
                "{\n    \"NextToken\": \"eyJ\",\n    \"Accounts\""
            )
            .contains("one page of several")
        );
        assert!(Organizations::parse(&LIST.replacen('{', "{\"NextToken\": null,", 1)).is_ok());
    }

    #[test]
    fn an_id_or_an_address_that_two_accounts_have_is_refused() {
        assert!(
            refused(
                "\"Email\": \"aws-root+log-archive@",
                "\"Email\": \"AWS-root+security-audit@"
            )
            .contains("accounts 2 and 3")
        );
        let twice = LIST.replace("643979005746", "734602235274");
        assert!(
            Organizations::parse(&twice).is_err_and(|refusal| refusal.to_string().contains("both have `734602235274`"))
        );
    }

    #[test]
    fn a_list_of_two_organisations_is_refused() {
        let said = refused(
            "::111111111111:account/o-exampleorgid/734602235274",
            "::222222222222:account/o-exampleorgid/734602235274",
        );
        assert!(said.contains("two organisations"), "{said}");
    }

    #[test]
    fn without_a_state_the_status_decides() {
        let old = LIST
            .lines()
            .filter(|line| !line.contains("\"State\"") && !line.contains("o-exampleorgid/r-"))
            .collect::<Vec<_>>();
        let old = Organizations::parse(&old.join("\n")).expect("the old form is an account list");
        assert_eq!(old.accounts().iter().filter(|account| account.closed).count(), 1);
        let bare = LIST
            .lines()
            .filter(|line| !line.contains("\"State\"") && !line.contains("\"Status\""))
            .collect::<Vec<_>>();
        assert!(Organizations::parse(&bare.join("\n")).is_err());
    }

    #[test]
    fn an_account_that_aws_suspended_is_not_closed() {
        let text = LIST.replacen("\"State\": \"ACTIVE\"", "\"State\": \"SUSPENDED\"", 1);
        assert!(Organizations::parse(&text).is_ok_and(|list| !list.accounts()[0].closed));
    }

    #[test]
    fn what_is_malformed_is_refused_with_the_account_it_is_in() {
        for (from, to, says) in [
            (
                "\"Name\": \"log-archive\"",
                "\"Name\": \"log\\u202earchive\"",
                "account 2 of the account list: `Name`",
            ),
            ("\"Name\": \"log-archive\"", "\"Name\": 7", "invalid type"),
            (
                "\"Email\": \"aws-root@example.com\"",
                "\"Email\": \"x\"",
                "account 1 of the account list: `Email` is `x`",
            ),
            ("\"Id\": \"734602235274\"", "\"Id\": \"73460223527\"", "12 digits"),
            ("\"State\": \"CLOSED\"", "\"State\": \"LIMBO\"", "`State` is `LIMBO`"),
            ("1490475741.0", "1e300", "`JoinedTimestamp` is no time"),
            ("2017-01-10T09:30", "2017-13-10T09:30", "`JoinedTimestamp` is no time"),
            (
                "arn:aws:organizations::111111111111:account",
                "arn:aws:iam::111111111111:account",
                "`Arn` names no account",
            ),
            ("\"Accounts\"", "\"accounts\"", "missing field `Accounts`"),
        ] {
            let said = refused(from, to);
            assert!(said.contains(says), "{said}");
            assert!(!said.contains('\u{202e}'));
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["", "[]", "null", "{", "{\"Accounts\": 1}", "\u{0}"] {
            assert!(
                Organizations::parse(text).is_err_and(|refusal| refusal.rule() == Rule::Organizations),
                "{text:?}"
            );
        }
        let deep = format!("{{\"x\": {}", "[".repeat(100_000));
        assert!(Organizations::parse(&deep).is_err());
    }

    #[test]
    fn an_empty_list_is_an_organisation_without_accounts() {
        assert!(
            Organizations::parse("{\"Accounts\": []}")
                .is_ok_and(|list| list.management().is_none() && list.accounts().is_empty())
        );
    }

    #[test]
    fn more_than_any_organisation_has_is_refused() {
        let refusal = |text: &str| Organizations::parse(text).err().map(|refusal| refusal.rule());
        assert_eq!(refusal(&" ".repeat(limits::TEXT_BYTES + 1)), Some(Rule::InputTooLarge));
        let one = "{\"Id\":\"\",\"Arn\":\"\",\"Email\":\"\",\"Name\":\"\"}";
        let many = vec![one; limits::ACCOUNTS + 1].join(",");
        assert_eq!(
            refusal(&format!("{{\"Accounts\":[{many}]}}")),
            Some(Rule::InputTooLarge)
        );
    }
}
