//! The commands that change a vault, each on a copy of a vault that is made once.
//!
//! A command that is new gets a row: its arguments, in which VAULT and OUT stand for the places of the copy.

use crate::common::{ENROLL_AGAIN, MEMBER, Scratch, World, rehearsal, run, run_with};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub struct Row {
    pub name: &'static str,
    pub arguments: fn() -> Vec<String>,
    pub input: &'static str,
    /// What the command is given to begin with.
    pub begins: Begins,
    /// The most new lines of the ledger that it writes.
    pub lines: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// Nothing: it makes the vault, by one line or by many.
    Empty,
    /// A vault with dealt sets, records and pages.
    Vault,
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_string).collect()
}

pub const ROWS: &[Row] = &[
    Row {
        name: "init",
        arguments: || words("init VAULT --example --rehearsal"),
        input: "",
        begins: Begins::Empty,
        lines: 2,
    },
    Row {
        name: "enroll",
        arguments: || {
            words(&format!(
                "--vault VAULT enroll {MEMBER} 643979005746 --factor password --unattended --reason again"
            ))
        },
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "enroll, a seed",
        arguments: || {
            words(&format!(
                "--vault VAULT enroll {MEMBER} --factor mfa --device emea --from - --unattended --reason again"
            ))
        },
        input: crate::common::SEED,
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "ceremony",
        arguments: || words("--vault VAULT ceremony contact --unattended --out OUT"),
        input: "",
        begins: Begins::Vault,
        lines: 4,
    },
    Row {
        name: "ceremony --void",
        arguments: || words("--vault VAULT ceremony mfa-apac --void lost"),
        input: "",
        begins: Begins::Vault,
        lines: 1,
    },
    Row {
        name: "prove",
        arguments: || {
            let mut all = words("--vault VAULT prove --scan");
            all.extend(base().sheets("mfa-emea"));
            all
        },
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "recover",
        arguments: || {
            let mut all = words("--vault VAULT");
            all.extend(crate::common::RECOVER_PASSWORD.iter().map(ToString::to_string));
            all.push("--scan".to_string());
            all.extend(base().sheets("root-password").into_iter().take(3));
            all
        },
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "reprint",
        arguments: || {
            let sheet = base().sheets("root-password")[1].clone();
            let serial = sheet
                .rsplit("share-2-")
                .next()
                .unwrap_or_default()
                .trim_end_matches(".pdf");
            words(&format!(
                "--vault VAULT reprint {serial} --scan {sheet} --out OUT --unattended"
            ))
        },
        input: "",
        begins: Begins::Vault,
        lines: 3,
    },
    Row {
        name: "reissue",
        arguments: || {
            let mut all = words("--vault VAULT reissue root-password --reason leaver --unattended --out OUT --scan");
            all.extend(base().sheets("root-password").into_iter().take(3));
            all
        },
        input: "",
        begins: Begins::Vault,
        lines: 8,
    },
    Row {
        name: "envelope seal",
        arguments: || {
            let sheet = base().sheets("mfa-emea")[0].clone();
            let serial = sheet
                .rsplit("share-1-")
                .next()
                .unwrap_or_default()
                .trim_end_matches(".pdf")
                .to_string();
            words(&format!("--vault VAULT envelope seal {serial} --seal A-1 --again A-1"))
        },
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "drill new",
        arguments: || words("--vault VAULT drill new --led-by walt"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "ledger head",
        arguments: || words("--vault VAULT ledger head"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "print closing",
        arguments: || words("--vault VAULT print closing --out OUT"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "print vault-copy",
        arguments: || words("--vault VAULT print vault-copy --out OUT"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "exchange export",
        arguments: || words("--vault VAULT exchange export --out OUT"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "exchange import",
        arguments: || words(&format!("--vault VAULT --site home exchange import {}", arrived())),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "init --organizations",
        arguments: || words(&format!("init VAULT --organizations {}", accounts())),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "restore",
        arguments: || words(&format!("restore VAULT --scan {}", printed())),
        input: "",
        begins: Begins::Empty,
        lines: 0,
    },
    Row {
        name: "safe visit",
        arguments: || words("--vault VAULT safe visit fra-1 --by jonas,mira --reason review"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "safe serviced",
        arguments: || words("--vault VAULT safe serviced fra-1 --on 2026-11-01 --by walt"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "device install",
        arguments: || words("--vault VAULT device install 111111111111 token-1 --model T --number 1 --next 2027-02-01"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "guidance",
        arguments: || words("--vault VAULT guidance case-1 --about support --until 2027-01-15"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "review new",
        arguments: || words("--vault VAULT review new --led-by walt"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "exception note",
        arguments: || words("--vault VAULT exception note --expected one --happened two --decided three"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "print notices",
        arguments: || words("--vault VAULT print notices --count 1 --out OUT"),
        input: "",
        begins: Begins::Vault,
        lines: 2,
    },
    Row {
        name: "exchange import, a new site",
        arguments: || words(&format!("--vault VAULT --site apac exchange import {}", arrived())),
        input: "",
        begins: Begins::Empty,
        lines: 0,
    },
];

/// The account list of an organisation that has one account more than the plan.
fn accounts() -> &'static str {
    static LIST: OnceLock<(Scratch, String)> = OnceLock::new();
    let (_, list) = LIST.get_or_init(|| {
        let scratch = Scratch::new();
        let list = scratch.join("accounts.json");
        let text = std::fs::read_to_string("tests/data/organizations-list-accounts.json").unwrap();
        std::fs::write(&list, text.replace(MEMBER, "121212121212")).unwrap();
        (scratch, list)
    });
    list
}

/// The printed copy of a vault that was made and nothing else: it has few pages.
fn printed() -> &'static str {
    static COPY: OnceLock<(Scratch, String)> = OnceLock::new();
    let (_, copy) = COPY.get_or_init(|| {
        let scratch = Scratch::new();
        let (vault, copy) = (scratch.join("vault"), scratch.join("copy"));
        run(&["init", &vault, "--example", "--rehearsal"]).ok();
        run(&["--vault", &vault, "print", "vault-copy", "--out", &copy]).ok();
        (scratch, copy)
    });
    copy
}

/// The file of a second site, which replaced a password and began a drill.
fn arrived() -> &'static str {
    static FILE: OnceLock<(World, String)> = OnceLock::new();
    let (_, file) = FILE.get_or_init(|| {
        let away = base().copy();
        let (first, there, back) = (
            away.scratch.join("first"),
            away.scratch.join("there"),
            away.scratch.join("back"),
        );
        away.run(&["exchange", "export", "--out", &first]).ok();
        let emea = |arguments: &[&str]| run(&[&["--vault", &there, "--site", "emea"], arguments].concat()).ok();
        emea(&["exchange", "import", &first]);
        emea(ENROLL_AGAIN);
        emea(&["drill", "new", "--led-by", "walt"]);
        emea(&["exchange", "export", "--out", &back]);
        (away, back)
    });
    file
}

/// The vault that every row but the first begins with: smaller than the rehearsal's, so that a copy costs little.
pub fn base() -> &'static World {
    static BASE: OnceLock<World> = OnceLock::new();
    BASE.get_or_init(|| rehearsal().copy())
}

/// One run's own vault and folder of pages.
pub struct Copy {
    _scratch: Scratch,
    pub vault: PathBuf,
    pub out: PathBuf,
}

impl Copy {
    pub fn new(row: &Row) -> Self {
        let scratch = Scratch::new();
        let vault = scratch.path().join("vault");
        let out = scratch.path().join("out");
        if row.begins == Begins::Vault {
            run_with("cp", &["-a", &base().vault, &vault.display().to_string()], b"").ok();
        }
        Self {
            _scratch: scratch,
            vault,
            out,
        }
    }

    pub fn arguments(&self, row: &Row) -> Vec<String> {
        self.at(row, &self.vault)
    }

    /// The command on the vault at `vault`.
    pub fn at(&self, row: &Row, vault: &Path) -> Vec<String> {
        let place = |word: String| match word.as_str() {
            "VAULT" => vault.display().to_string(),
            "OUT" => self.out.display().to_string(),
            _ => word,
        };
        (row.arguments)().into_iter().map(place).collect()
    }
}
