//! A decade, played: 12 people who come and go, 60 accounts, six share sets; drills and reviews, three reissues, a lost envelope, a
//! forgotten passphrase, a ceremony that was given up. After every step the ledger is whole, what is due is right to the day, a quorum
//! of current envelopes opens every account, and no void ones with one too few of the current ones open any.
//!
//! Pages are drawn and read back as ever; the clock is the test's.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use strongroom::ceremony::deal::{self, LockedShare, Room};
use strongroom::ceremony::enroll::{self, Terms};
use strongroom::ceremony::gathering::Gathering;
use strongroom::ceremony::known::KnownEpochs;
use strongroom::ceremony::ports::{Clock, Custodians, Pages, Passphrases, Voice};
use strongroom::ceremony::prove::Proving;
use strongroom::ceremony::reissue::Wanted;
use strongroom::ceremony::trust::Trust;
use strongroom::ceremony::upkeep::envelopes::{self, Moved};
use strongroom::code::reading::read_text;
use strongroom::code::share_code::PaperShare;
use strongroom::crypto::passphrase::Passphrase;
use strongroom::crypto::password::Length;
use strongroom::entropy::{Entropy, System};
use strongroom::ident::{Mode, PersonId, Serial, SetName, ShareIndex};
use strongroom::paper::faces::Faces;
use strongroom::paper::scan;
use strongroom::paper::sheet::{self, Press};
use strongroom::plan::Factor;
use strongroom::refusal::{Refusal, Rule};
use strongroom::secret::{SecretBytes, SecretText};
use strongroom::vault::due::{self, AsOf, Kind};
use strongroom::vault::event::{Boot, Cause, EnvelopeStep, Event, LifeEvent, LineId, Note, SetEpoch};
use strongroom::vault::ledger::{Chain, head_words};
use strongroom::vault::register::life::envelope::{Force, Held, Whereabouts};
use strongroom::vault::store::Store;
use strongroom::vault::{self, Change, Vault};

const PEOPLE: usize = 12;
const ACCOUNTS: usize = 60;
/// The sets: name, purpose, region, who holds the shares, whether the last one is under a passphrase.
const SETS: [(&str, &str, [usize; 4], bool); 6] = [
    ("password-emea", "password", [0, 1, 2, 3], true),
    ("password-apac", "password", [1, 2, 3, 0], false),
    ("password-mgmt", "password", [2, 3, 0, 1], false),
    ("mfa-emea", "mfa", [4, 5, 6, 7], false),
    ("mfa-apac", "mfa", [5, 6, 7, 4], false),
    ("contact", "contact", [8, 9, 10, 11], false),
];
const ZONES: [&str; 3] = ["Europe/Berlin", "Asia/Singapore", "America/New_York"];

fn note(text: &str) -> Note {
    text.parse().unwrap()
}

fn date_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// Who sits where in the arrangement: seats are filled by people, who change.
struct Organisation {
    seats: Vec<String>,
    joined: usize,
}

impl Organisation {
    fn new() -> Self {
        Self {
            seats: (0..PEOPLE).map(|seat| format!("p{seat}")).collect(),
            joined: PEOPLE,
        }
    }

    /// The person of a seat goes, and another comes.
    fn replace(&mut self, seat: usize) {
        self.seats[seat] = format!("p{}", self.joined);
        self.joined += 1;
    }

    fn plan(&self) -> String {
        let mut text = "schema = \"strongroom/plan/1\"\norganisation = \"A decade\"\npaper = \"A4\"\n\n[policy]\n\
                        smallest_coalition = { quorum = 2, provider = 2 }\nsurvive = [\"any 1 person\"]\n\
                        drill_every = \"92 days\"\nreview_every = \"31 days\"\n\n"
            .to_string();
        for id in &self.seats {
            let _ = writeln!(text, "[[person]]\nid = \"{id}\"\nname = \"Person {}\"\n", &id[1..]);
        }
        for seat in 0..PEOPLE {
            let (a, b) = (&self.seats[(seat + 1) % PEOPLE], &self.seats[(seat + 2) % PEOPLE]);
            let _ = writeln!(
                text,
                "[[safe]]\nid = \"safe-{seat}\"\nplace = \"Room {seat}\"\nbuilding = \"b{seat}\"\nregion = \"emea\"\ntime_zone = \"{}\"\nopen = \"24x7\"\n\
                 controllers = {{ any = 2, of = [\"{a}\", \"{b}\"] }}\nlock_serviced = 2027-01-15\n",
                ZONES[seat % 3]
            );
        }
        for (name, purpose, seats, locked) in SETS {
            let accounts = match (name, purpose) {
                (_, "mfa") => "",
                ("password-mgmt", _) => "accounts = \"management\"\n",
                ("contact", _) => "accounts = \"all\"\n",
                _ => "accounts = \"members\"\n",
            };
            let share = |(at, seat): (usize, &usize)| {
                let passphrase = if locked && at == 3 { ", passphrase = true" } else { "" };
                format!(
                    "  {{ custodian = \"{}\", safe = \"safe-{seat}\"{passphrase} }},\n",
                    self.seats[*seat]
                )
            };
            let shares: String = seats.iter().enumerate().map(share).collect();
            let _ = writeln!(
                text,
                "[[share_set]]\nname = \"{name}\"\npurpose = \"{purpose}\"\nthreshold = \"2-of-4\"\n{accounts}shares = [\n{shares}]\n"
            );
        }
        for account in 0..ACCOUNTS {
            let kind = if account == 0 { "management" } else { "member" };
            let (a, b) = (&self.seats[8], &self.seats[9]);
            let _ = writeln!(
                text,
                "[[account]]\nid = \"{}\"\nname = \"account {account}\"\nkind = \"{kind}\"\nemail = \"a{account}@example.com\"\n\
                 mailbox = [\"{a}\", \"{b}\"]\nphone = [\"{}\"]\nmfa = [{{ device = \"main\", kind = \"virtual\", sets = [\"{}\"] }}]\n",
                100_000_000_000_u64 + account as u64,
                self.seats[10],
                if account % 2 == 0 { "mfa-emea" } else { "mfa-apac" },
            );
        }
        text
    }
}

struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

#[derive(Default)]
struct Drawer(Vec<(String, SecretBytes)>);

impl Pages for Drawer {
    fn put(&mut self, name: &str, page: &SecretBytes) -> Result<(), Refusal> {
        self.0
            .push((name.to_string(), page.expose(|bytes| SecretBytes::new(bytes.to_vec()))));
        Ok(())
    }

    fn withdraw(&mut self, name: &str) {
        self.0.retain(|(other, _)| other != name);
    }
}

/// A printer that jams at the second page.
struct Jam(usize);

impl Pages for Jam {
    fn put(&mut self, _: &str, _: &SecretBytes) -> Result<(), Refusal> {
        self.0 += 1;
        if self.0 < 2 {
            return Ok(());
        }
        Err(Refusal::new(Rule::PrinterFailed, "it jammed"))
    }

    fn withdraw(&mut self, _: &str) {}
}

struct Learnt;

impl Custodians for Learnt {
    fn hand_over(&mut self, _: &LockedShare<'_>, _: &Passphrase) -> Result<(), Refusal> {
        Ok(())
    }
}

struct Silence;

impl Voice for Silence {
    fn say(&mut self, _: &str) {}
}

/// Nobody knows a passphrase: the one custodian who has one forgets it.
struct Forgotten;

impl Passphrases for Forgotten {
    fn next(&mut self, _: &str, _: usize) -> Result<Option<Passphrase>, Refusal> {
        Ok(None)
    }
}

/// The vault, its paper, and what ought to be due.
struct World {
    folder: PathBuf,
    store: Store,
    organisation: Organisation,
    now: Timestamp,
    boots: u32,
    /// The text of the code of every page, by epoch and index.
    paper: BTreeMap<(SetEpoch, ShareIndex), SecretText>,
    /// The model: when each account was last tried, when the last review was, when each page was last proved.
    tried: BTreeMap<String, Date>,
    reviewed: Option<Date>,
    made: Date,
    proved: BTreeMap<Serial, Timestamp>,
    steps: usize,
}

impl World {
    fn new() -> Self {
        let folder = PathBuf::from(format!("/dev/shm/strongroom-decade-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let organisation = Organisation::new();
        let now: Timestamp = "2027-01-04T09:00:00Z".parse().unwrap();
        let (mut system, site) = (System, "home".parse().unwrap());
        let mut entropy = Entropy::new(&mut system);
        vault::init(&folder, &organisation.plan(), Mode::Production, site, &mut entropy, now).unwrap();
        Self {
            store: Store::open(&folder).unwrap(),
            folder,
            organisation,
            now,
            boots: 0,
            paper: BTreeMap::new(),
            tried: BTreeMap::new(),
            reviewed: None,
            made: date_of(now),
            proved: BTreeMap::new(),
            steps: 0,
        }
    }

    fn boot(&mut self) -> Boot {
        self.boots += 1;
        format!("b007{:08x}", self.boots).parse().unwrap()
    }

    fn pass(&mut self, days: i64) {
        self.now = self.now.checked_add((days * 24).hours()).unwrap();
    }

    fn today(&self) -> Date {
        date_of(self.now)
    }

    fn trust(&self, change: &mut Change<'_>) -> Trust {
        let mut system = System;
        let head = change.close(&mut Entropy::new(&mut system), self.now).unwrap();
        Trust::establish(change.vault(), Some(&head_words(head))).unwrap()
    }

    fn life(&self, events: Vec<LifeEvent>) -> LineId {
        let mut change = Change::begin(&self.store, None).unwrap();
        let count = events.len();
        change
            .commit(&[], events.into_iter().map(Event::Life).collect(), self.now)
            .unwrap();
        LineId {
            site: change.chain().site().clone(),
            line: (change.chain().entries().len() - count) as u64,
        }
    }

    /// The codes of pages that came out, kept as the paper that they are.
    fn keep(&mut self, drawer: Drawer) {
        for (_, page) in drawer.0 {
            let pages = page.expose(scan::codes).unwrap();
            let code = pages.into_iter().flat_map(|page| page.codes).next().unwrap();
            let share = Self::read(&code);
            let vault = Vault::load(&self.store).unwrap();
            let known = KnownEpochs::read(&vault);
            let of = known.epoch_of(&share.head).unwrap().state.of.clone();
            self.paper.insert((of, share.head.index), code);
        }
    }

    fn read(code: &SecretText) -> PaperShare {
        code.expose(|text| read_text(text, Mode::Production))
            .pop()
            .unwrap()
            .ok()
            .unwrap()
    }

    fn deal(&mut self, sets: &[&str]) {
        let mut drawer = Drawer::default();
        self.ceremony(sets, &mut drawer).unwrap();
        self.keep(drawer);
    }

    fn ceremony(&mut self, sets: &[&str], pages: &mut dyn Pages) -> Result<(), Refusal> {
        let boot = self.boot();
        let mut change = Change::begin(&self.store, None).unwrap();
        let plan = change.vault().plan().clone();
        let sets: Vec<_> = sets.iter().map(|name| plan.find_set(name).unwrap()).collect();
        let mut system = System;
        let mut room = Room {
            entropy: &mut Entropy::new(&mut system),
            clock: &At(self.now),
            press: &press(),
            pages,
            custodians: &mut Learnt,
            voice: &mut Silence,
            boot,
            unattended: None,
        };
        deal::deal_sets(&mut change, &sets, &mut room)
    }

    /// Proves these pages of an epoch; at a drill one at a time, each after a start of the machine.
    fn prove(&mut self, of: &SetEpoch, indices: &[ShareIndex], drill: bool) {
        for group in indices.chunks(if drill { 1 } else { indices.len().max(1) }) {
            let boot = self.boot();
            let mut change = Change::begin(&self.store, None).unwrap();
            let known = KnownEpochs::read(change.vault());
            let mut proving = Proving::new(change.vault(), &known, boot);
            for index in group {
                proving
                    .add(Self::read(&self.paper[&(of.clone(), *index)]), &mut Forgotten)
                    .unwrap();
            }
            proving.record(&mut change, self.now).unwrap();
            let state = change.vault().register().epoch(of).unwrap();
            let serials: Vec<Serial> = group.iter().map(|index| state.envelopes[index].serial).collect();
            change.clear_superseded().unwrap();
            self.proved.extend(serials.into_iter().map(|serial| (serial, self.now)));
        }
    }

    fn all_indices(&self, of: &SetEpoch) -> Vec<ShareIndex> {
        self.paper
            .keys()
            .filter(|(epoch, _)| epoch == of)
            .map(|(_, index)| *index)
            .collect()
    }

    fn live(&self, set: &str) -> SetEpoch {
        let vault = Vault::load(&self.store).unwrap();
        vault
            .register()
            .live(&set.parse::<SetName>().unwrap())
            .unwrap()
            .of
            .clone()
    }

    fn enroll(&mut self, factor: Factor) {
        let mut change = Change::begin(&self.store, None).unwrap();
        let trust = self.trust(&mut change);
        let (work, _) = enroll::all_work(change.vault(), factor, None);
        let mut system = System;
        let mut entropy = Entropy::new(&mut system);
        let seed = SecretText::new("otpauth://totp/t?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_string());
        let length: Length = "32".parse().unwrap();
        let terms = Terms {
            reason: None,
            unattended: true,
        };
        enroll::enroll(
            &mut change,
            &trust,
            factor,
            &work,
            |work| match factor {
                Factor::Password => enroll::fresh_password(work, length, &mut entropy),
                _ => enroll::imported(factor, &seed),
            },
            &terms,
            self.now,
        )
        .unwrap();
        let today = self.today();
        self.tried
            .extend(work.iter().map(|work| (work.name.account.to_string(), today)));
    }

    /// Every envelope of an epoch sealed, carried by its custodian, and deposited.
    fn deposit(&mut self, of: &SetEpoch) {
        let indices = self.all_indices(of);
        for index in indices {
            let mut change = Change::begin(&self.store, None).unwrap();
            let (custodian, serial, safe) = {
                let envelope = &change.vault().register().epoch(of).unwrap().envelopes[&index];
                (envelope.custodian.clone(), envelope.serial, envelope.safe.clone())
            };
            let seal = note(&format!("S {serial}"));
            let sealed = envelopes::sealed(change.vault(), serial, &seal, &seal).unwrap();
            change.commit(&[], vec![sealed], self.now).unwrap();
            let due = date_of(self.now).checked_add(3.days()).unwrap();
            let steps = [
                EnvelopeStep::InTransit {
                    carrier: note(custodian.as_str()),
                    safe: safe.clone(),
                    due,
                },
                EnvelopeStep::Deposited { safe },
            ];
            let by: Vec<_> = self.organisation.seats[..2]
                .iter()
                .map(|id| id.parse().unwrap())
                .collect();
            for step in steps {
                let moved = Moved {
                    step,
                    day: date_of(self.now),
                    by: &by,
                };
                let event = envelopes::moved(change.vault(), serial, &moved).unwrap();
                change.commit(&[], vec![event], self.now).unwrap();
            }
        }
    }

    fn reissue(&mut self, set: &str, cause: Cause) {
        let old = self.live(set);
        let boot = self.boot();
        let mut drawer = Drawer::default();
        {
            let mut change = Change::begin(&self.store, None).unwrap();
            change.replace_plan(&self.organisation.plan(), self.now).unwrap();
            let trust = self.trust(&mut change);
            let plan = change.vault().plan().clone();
            let press = press();
            let wanted = Wanted::judge(change.vault(), plan.find_set(set).unwrap(), cause, false, &press).unwrap();
            let mut system = System;
            let mut room = Room {
                entropy: &mut Entropy::new(&mut system),
                clock: &At(self.now),
                press: &press,
                pages: &mut drawer,
                custodians: &mut Learnt,
                voice: &mut Silence,
                boot,
                unattended: None,
            };
            let prepared = wanted.prepare(&plan, &mut room).unwrap();
            let known = KnownEpochs::read(change.vault());
            let gathering = self.gathered(&known, &old, 2);
            prepared.run(&mut change, &trust, gathering, &mut room).unwrap();
        }
        self.keep(drawer);
        self.check("a reissue that waits for its pages");
        let new = self.pending(&old).unwrap();
        let indices = self.all_indices(&new);
        self.prove(&new, &indices[..3], false);
        self.check("a reissue with a page that is not proved");
        self.prove(&new, &indices[3..], false);
        self.deposit(&new);
        let vault = Vault::load(&self.store).unwrap();
        assert!(vault.register().epoch(&old).unwrap().void.is_some());
        assert_eq!(vault.register().live(&new.set).unwrap().of, new);
    }

    fn pending(&self, old: &SetEpoch) -> Option<SetEpoch> {
        let vault = Vault::load(&self.store).unwrap();
        vault.register().pending_successor(old).cloned()
    }

    /// `count` open shares of an epoch, as a gathering.
    fn gathered<'k>(&self, known: &'k KnownEpochs, of: &SetEpoch, count: usize) -> Gathering<'k> {
        let mut gathering = Gathering::new(known, [of.clone()]);
        let shares = self
            .all_indices(of)
            .into_iter()
            .map(|index| Self::read(&self.paper[&(of.clone(), index)]));
        for share in shares.filter(|share| !share.is_locked()).take(count) {
            gathering.add(share, &mut Forgotten).unwrap();
        }
        gathering
    }

    fn drill(&mut self) {
        let today = self.today();
        let leader: Vec<PersonId> = self.organisation.seats[..2]
            .iter()
            .map(|id| id.parse().unwrap())
            .collect();
        let id = self.life(vec![LifeEvent::Drill {
            day: today,
            led_by: leader[0].clone(),
            sets: Vec::new(),
        }]);
        let accounts: Vec<String> = self.tried.keys().cloned().collect();
        let tried = accounts.iter().map(|account| LifeEvent::Tried {
            drill: id.clone(),
            account: account.parse().unwrap(),
            signed_in: Some(true),
            phone: Some(true),
            mailbox: None,
            contact: None,
            remark: None,
            day: today,
            by: leader.clone(),
        });
        self.life(tried.collect());
        for account in accounts {
            self.tried.insert(account, today);
        }
        // One open share of each set: with four drills a year, all of them.
        let quarter = self.steps % 4;
        for (set, ..) in SETS {
            let of = self.live(set);
            let index = self.all_indices(&of)[quarter];
            if !Self::read(&self.paper[&(of.clone(), index)]).is_locked() && !self.is_lost(&of, index) {
                self.prove(&of, &[index], true);
            }
        }
        self.life(vec![LifeEvent::Debriefed {
            drill: id,
            practised: leader.clone(),
            wrong: note("nothing"),
            day: today,
            by: leader,
        }]);
        self.check("a drill");
    }

    fn is_lost(&self, of: &SetEpoch, index: ShareIndex) -> bool {
        let vault = Vault::load(&self.store).unwrap();
        let state = vault.register().epoch(of).unwrap();
        vault
            .register()
            .pages_of(state)
            .any(|held| held.index == index && held.now == Whereabouts::Lost)
    }

    fn review(&mut self) {
        let today = self.today();
        let people: Vec<PersonId> = self.organisation.seats[..2]
            .iter()
            .map(|id| id.parse().unwrap())
            .collect();
        let id = self.life(vec![LifeEvent::Review {
            day: today,
            led_by: people[0].clone(),
        }]);
        self.life(vec![LifeEvent::Reviewed {
            review: id,
            kept: 100,
            others: Vec::new(),
            day: today,
            by: people,
        }]);
        self.reviewed = Some(today);
    }

    /// An envelope of a set is lost.
    fn lose(&mut self, set: &str, at: usize) {
        let of = self.live(set);
        let index = self.all_indices(&of)[at];
        let mut change = Change::begin(&self.store, None).unwrap();
        let serial = change.vault().register().epoch(&of).unwrap().envelopes[&index].serial;
        let by = [self.organisation.seats[0].parse().unwrap()];
        let moved = Moved {
            step: EnvelopeStep::Lost {
                reason: note("not in its safe"),
            },
            day: self.today(),
            by: &by,
        };
        let event = envelopes::moved(change.vault(), serial, &moved).unwrap();
        change.commit(&[], vec![event], self.now).unwrap();
    }

    /// Whatever is out of force is destroyed.
    fn destroy(&mut self) {
        let mut change = Change::begin(&self.store, None).unwrap();
        let by: Vec<_> = self.organisation.seats[..2]
            .iter()
            .map(|id| id.parse().unwrap())
            .collect();
        let out: Vec<Serial> = {
            let pages = change.vault().register().pages();
            pages
                .filter(Held::is_to_be_destroyed)
                .map(|held| held.envelope.serial)
                .collect()
        };
        for serial in out {
            let moved = Moved {
                step: EnvelopeStep::Destroyed {},
                day: self.today(),
                by: &by,
            };
            let event = envelopes::moved(change.vault(), serial, &moved).unwrap();
            change.commit(&[], vec![event], self.now).unwrap();
        }
        let left = change
            .vault()
            .register()
            .pages()
            .filter(Held::is_to_be_destroyed)
            .count();
        assert_eq!(left, 0);
    }

    /// What must hold after every step.
    fn check(&mut self, what: &str) {
        self.steps += 1;
        self.ledger_is_whole(what);
        self.due_is_right(what);
        self.every_account_opens(what);
        self.void_paper_opens_nothing(what);
    }

    fn ledger_is_whole(&self, what: &str) {
        let bytes = std::fs::read(self.folder.join("ledger/home.jsonl")).unwrap();
        Chain::parse("home".parse().unwrap(), &bytes).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
        let vault = Vault::load(&self.store).unwrap();
        let register = vault.register();
        for state in register.epochs() {
            vault.core(&state.of).unwrap();
            vault.judge_succession(&state.of).unwrap();
        }
        for (name, generations) in register.records() {
            for state in generations.iter().filter(|state| !register.is_superseded(name, state)) {
                vault
                    .locked_record(name, state)
                    .unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
            }
        }
    }

    /// The model, which knows nothing of registers: each kind's due days, computed from what the test did.
    fn due_is_right(&self, what: &str) {
        let vault = Vault::load(&self.store).unwrap();
        let today = self.today();
        let all = due::all(vault.plan(), vault.register(), AsOf::Day(today));
        let of = |kind: Kind| -> BTreeSet<(String, Date, bool)> {
            let found = all.iter().filter(|due| due.kind == kind);
            found.map(|due| (due.about.to_string(), due.day, due.overdue)).collect()
        };
        let due = |about: String, day: Date| (about, day, today > day);
        let drills = self
            .tried
            .iter()
            .map(|(account, day)| due(format!("account:{account}"), day.checked_add(92.days()).unwrap()));
        assert_eq!(of(Kind::Drill), drills.collect(), "{what}, drills on {today}");
        let review = self.reviewed.unwrap_or(self.made).checked_add(31.days()).unwrap();
        assert_eq!(
            of(Kind::Review),
            BTreeSet::from([due("plan".to_string(), review)]),
            "{what}"
        );
        let register = vault.register();
        let pages = register.pages().filter(|held| held.force == Force::InForce);
        let proofs = pages.map(|held| {
            let time = self
                .proved
                .get(&held.envelope.serial)
                .copied()
                .unwrap_or(held.epoch.dealt);
            let safe = held.envelope.safe.as_ref().unwrap().as_str();
            let seat: usize = safe[5..].parse().unwrap();
            let zone = TimeZone::get(ZONES[seat % 3]).unwrap();
            let day = time.to_zoned(zone).date();
            due(
                format!("envelope:{}", held.envelope.serial),
                day.checked_add(1.year()).unwrap(),
            )
        });
        assert_eq!(of(Kind::Proof), proofs.collect(), "{what}, proofs on {today}");
    }

    fn every_account_opens(&self, what: &str) {
        let vault = Vault::load(&self.store).unwrap();
        let register = vault.register();
        let known = KnownEpochs::read(&vault);
        let mut opened = BTreeSet::new();
        for state in register.epochs().filter(|state| state.is_live(Mode::Production)) {
            let identity = self
                .gathered(&known, &state.of, 2)
                .finish()
                .unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
            let relocking = identity.identity.into_relocking();
            for (name, _) in register.records() {
                let now = register.record(name).unwrap();
                if now.sets.contains(&state.of) {
                    let locked = vault.locked_record(name, now).unwrap();
                    relocking
                        .open(&locked)
                        .unwrap_or_else(|refusal| panic!("{what}: {name}: {refusal}"));
                    opened.insert(name.clone());
                }
            }
        }
        assert_eq!(
            opened.len(),
            register.records().count(),
            "{what}: every record in force opens to a live epoch"
        );
    }

    /// Every file of the vault, against every void quorum; and every live epoch, with one share too few beside all void ones.
    fn void_paper_opens_nothing(&self, what: &str) {
        let vault = Vault::load(&self.store).unwrap();
        let register = vault.register();
        let known = KnownEpochs::read(&vault);
        for state in register.epochs().filter(|state| state.void.is_some()) {
            let shares: Vec<_> = self.all_indices(&state.of);
            for index in &shares {
                let share = Self::read(&self.paper[&(state.of.clone(), *index)]);
                let mut gathering = Gathering::new(&known, [state.of.clone()]);
                let refused = gathering.add(share, &mut Forgotten).err().map(|refusal| refusal.rule());
                assert_eq!(refused, Some(Rule::ShareOfVoidEpoch), "{what}");
            }
            let locked_to = register.records().flat_map(|(name, generations)| {
                let files = generations.iter().filter(|one| one.sets.contains(&state.of));
                files.map(move |one| self.folder.join(name.path(one.generation)))
            });
            let left: Vec<PathBuf> = locked_to.filter(|path| path.exists()).collect();
            assert_eq!(
                left,
                Vec::<PathBuf>::new(),
                "{what}: no file of this vault is locked to a void epoch"
            );
        }
        for state in register.epochs().filter(|state| state.is_live(Mode::Production)) {
            let mut gathering = self.gathered(&known, &state.of, 1);
            for (of, index) in self.paper.keys().filter(|(of, _)| of != &state.of) {
                let _ = gathering.add(Self::read(&self.paper[&(of.clone(), *index)]), &mut Forgotten);
            }
            let refused = gathering.finish().err().map(|refusal| refusal.rule());
            assert_eq!(refused, Some(Rule::TooFewShares), "{what}: {}", state.of);
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_decade_is_kept_alive_and_never_locked_out() {
    let mut world = World::new();
    // A ceremony that is given up: the printer jams, its epoch is void, the next one follows.
    let jammed = world.ceremony(&["password-emea"], &mut Jam(0)).err().unwrap();
    assert_eq!(jammed.rule(), Rule::PrinterFailed);
    world.deal(&["password-emea", "password-apac", "password-mgmt"]);
    world.deal(&["mfa-emea", "mfa-apac"]);
    world.deal(&["contact"]);
    for (set, ..) in SETS {
        let vault = Vault::load(&world.store).unwrap();
        let of = vault.register().last_epoch(&set.parse().unwrap()).unwrap().of.clone();
        drop(vault);
        let indices = world.all_indices(&of);
        world.prove(&of, &indices, false);
        world.deposit(&of);
    }
    assert_eq!(world.live("password-emea").epoch.get(), 2);
    world.enroll(Factor::Password);
    world.enroll(Factor::Mfa);
    world.check("the beginning");
    for quarter in 0..40 {
        for _ in 0..3 {
            world.pass(30);
            world.review();
        }
        world.check("three reviews");
        match quarter {
            7 => {
                world.organisation.replace(5);
                world.reissue("mfa-emea", Cause::Leaver);
                world.reissue("mfa-apac", Cause::Leaver);
                world.destroy();
                world.check("a leaver");
            }
            15 => {
                world.lose("password-apac", 1);
                world.check("a lost envelope");
                world.pass(5);
                world.reissue("password-apac", Cause::Lost);
                world.check("its reissue, with the old paper out there");
                world.destroy();
            }
            27 => {
                // The one passphrase is forgotten: its share is as good as lost.
                world.lose("password-emea", 3);
                world.reissue("password-emea", Cause::Lost);
                world.destroy();
                world.check("a forgotten passphrase");
            }
            _ => {}
        }
        // Some quarters are late, so that something is overdue.
        world.pass(if quarter % 5 == 4 { 9 } else { 1 });
        world.drill();
    }
    assert!(world.today() > "2036-12-01".parse().unwrap(), "{}", world.today());
}

/// What the sheets are set in and worded with.
fn press() -> Press {
    Press {
        faces: Faces::OWN,
        wording: sheet::wording().ok().unwrap(),
    }
}
