//! The catalogue of tasks for which a provider asks for the root user: recovery is for one of them (S42, S45).
//!
//! Rules of this file:
//! - the catalogue is `templates/root-tasks.toml`, part of the program; there is no other way to a task;
//! - where something else suffices, the task says what.

use super::{Account, nearest, quoted};
use crate::{
    ident::TaskId,
    refusal::{Refusal, Rule},
};
use serde::Deserialize;
use std::sync::LazyLock;

/// One task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The id, for `--task`.
    pub id: TaskId,
    /// What is to be done.
    pub what: String,
    /// What to use instead of root, where something else does.
    pub role_suffices: Option<String>,
    /// Whether that holds in member accounts only.
    pub members_only: bool,
}

impl Task {
    /// What to use instead of this account's root user, where something else does.
    pub fn role_for(&self, account: &Account) -> Option<&str> {
        let role = self.role_suffices.as_deref()?;
        (!self.members_only || !account.is_management()).then_some(role)
    }
}

/// Every task, in the order of the catalogue.
pub fn tasks() -> &'static [Task] {
    &CATALOGUE
}

/// The task of this id.
pub fn find_task(text: &str) -> Result<&'static Task, Refusal> {
    tasks().iter().find(|task| task.id.as_str() == text).ok_or_else(|| {
        let refusal = Refusal::new(Rule::UnknownTask, format!("the catalogue has no task {}", quoted(text)));
        let refusal = match nearest(text, tasks().iter().map(|task| task.id.as_str())) {
            Some(name) => refusal.hint(format!("did you mean `{name}`")),
            None => refusal,
        };
        let ids: Vec<&str> = tasks().iter().map(|task| task.id.as_str()).collect();
        refusal.hint(format!(
            "the catalogue is templates/root-tasks.toml: {}",
            ids.join(", ")
        ))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    task: Vec<WrittenTask>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTask {
    id: String,
    what: String,
    role_suffices: Option<String>,
    #[serde(default)]
    members_only: bool,
}

// A catalogue that does not parse would be empty, and every recovery refused; the test below keeps it from being so.
static CATALOGUE: LazyLock<Vec<Task>> = LazyLock::new(|| {
    let written: Option<Written> = toml::from_str(include_str!("../../templates/root-tasks.toml")).ok();
    let task = |task: WrittenTask| {
        Some(Task {
            id: task.id.parse().ok()?,
            what: task.what,
            role_suffices: task.role_suffices,
            members_only: task.members_only,
        })
    };
    written
        .and_then(|written| written.task.into_iter().map(task).collect())
        .unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_catalogue_is_whole_and_each_task_has_an_id_of_its_own() {
        assert_eq!(tasks().len(), 18);
        assert_eq!(tasks().iter().map(|task| &task.id).collect::<BTreeSet<_>>().len(), 18);
        assert!(tasks().iter().all(|task| !task.what.is_empty()));
    }

    #[test]
    fn a_task_is_found_by_its_id() {
        assert_eq!(
            find_task("security-event").map(|task| task.role_suffices.is_none()),
            Ok(true)
        );
        assert_eq!(
            find_task("close-account").map(|task| task.role_suffices.is_some()),
            Ok(true)
        );
    }

    #[test]
    fn a_role_in_member_accounts_does_not_spare_the_management_account_its_root_user() {
        let plan = crate::plan::Plan::parse(crate::plan::starter::example()).unwrap();
        let [management, member] = [true, false].map(|wanted| {
            plan.accounts()
                .iter()
                .find(|account| account.is_management() == wanted)
                .unwrap()
        });
        let close = find_task("close-account").unwrap();
        assert!(close.role_for(member).is_some() && close.role_for(management).is_none());
        let name = find_task("change-account-name").unwrap();
        assert!(name.role_for(member).is_some() && name.role_for(management).is_some());
    }

    #[test]
    fn an_unknown_task_is_refused_with_the_nearest_and_the_list() {
        let refused = find_task("security-evnt").err();
        assert_eq!(refused.as_ref().map(Refusal::rule), Some(Rule::UnknownTask));
        let hints = refused.map(|refusal| refusal.hints().join("\n")).unwrap_or_default();
        assert!(
            hints.contains("did you mean `security-event`") && hints.contains("root-tasks.toml"),
            "{hints}"
        );
    }
}
