//! The status page: one page of where everything stands.

use super::wordings::Paper;
use super::{Office, said_if};
use crate::paper::flow::Dress;
use crate::paper::flow::values::{Said, Values};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::vault::due::{AsOf, Due};
use crate::vault::standing::{self, SetStanding};

/// How many of what is due are on the page.
const DUE: usize = 10;

/// The page.
pub fn status(office: &Office<'_>) -> Result<SecretBytes, Refusal> {
    let it = standing::of(office.plan(), office.register(), AsOf::Day(office.today));
    let accounts = it.accounts.iter();
    let accounts = accounts.map(|(state, count)| Values::new().with("state", state).with("count", count));
    let envelopes = it.envelopes.iter();
    let envelopes = envelopes.map(|(stage, count)| Values::new().with("stage", stage).with("count", count));
    let overdue = it.due.iter().filter(|due| due.overdue).count();
    let overdue = if overdue == 0 {
        Said::of(&[&"Nothing is overdue."])
    } else {
        Said::of(&[&"Overdue: ", &overdue, &"."])
    };
    let values = office
        .values()
        .with("overdue", &overdue)
        .with("shown", &it.due.len().min(DUE))
        .with("due", &it.due.len())
        .list("account", accounts.collect())
        .list("envelope", envelopes.collect())
        .list(
            "destroy",
            said_if(it.to_destroy > 0, "Paper that is out of force waits to be destroyed."),
        )
        .list("set", it.sets.iter().map(set).collect())
        .list(
            "due",
            it.due.iter().take(DUE).map(|due| self::due(office, due)).collect(),
        );
    office.render(Paper::Status, Dress::DENSE, &values)
}

fn set(set: &SetStanding) -> Values {
    let epoch = set
        .epoch
        .map_or_else(|| Said::of(&[&"not live"]), |epoch| Said::of(&[&epoch]));
    let margin = match (set.epoch, usize::try_from(set.margin())) {
        (None, _) => Said::of(&[&"–"]),
        (Some(_), Ok(spare)) => Said::of(&[&spare]),
        (Some(_), Err(_)) => Said::of(&[&"no quorum"]),
    };
    Values::new()
        .with("name", &set.set)
        .with("epoch", &epoch)
        .with("threshold", &set.threshold)
        .with("margin", &margin)
        .with("deposited", &set.deposited)
        .with("records", &set.opens)
}

/// An account by its name; whatever else is due, as it is called everywhere.
fn about(office: &Office<'_>, due: &Due) -> Said {
    let account = due.about.account().and_then(|id| office.plan().account(&id));
    account.map_or_else(
        || Said::of(&[&due.about]),
        |account| Said::of(&[&account.name, &" ", &account.id]),
    )
}

fn due(office: &Office<'_>, due: &Due) -> Values {
    Values::new()
        .with("day", &due.day)
        .with("what", &due.kind.says())
        .with("about", &about(office, due))
}
