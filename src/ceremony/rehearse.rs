//! The whole life of a vault with throwaway secrets: plan, ceremonies, proving, enrolment, recovery from its own pages.
//!
//! Rules of this file:
//! - every step that handles secrets is a process of its own, one for each purpose, as in production; this one knows only what
//!   a rehearsal must know to check them: the seeds that it brought, and the sheet that it forges;
//! - recovery is given the vault and page images, nothing else;
//! - what does not happen as promised ends the rehearsal with the promise that failed.

mod props;

use self::props::{altered, failed, nothing, numbers, plan_text, promise, share_on, with_scans, words};
use super::known::KnownEpochs;
use super::page_of::{Addressee, PageOf};
use super::ports::{Clock, Ended, Files, Processes, Voice};
use crate::crypto::totp::Seed;
use crate::entropy::{Entropy, Purpose};
use crate::ident::{AccountId, DeviceName, Mode, RegionId};
use crate::paper::faces::Faces;
use crate::paper::raster;
use crate::paper::sheet::{self, Press};
use crate::plan::{Factor, Plan, rules};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::vault::store::Store;
use crate::vault::{self, Vault};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a rehearsal needs of the room.
pub struct Stage<'s, 'e> {
    /// Randomness for throwaway seeds.
    pub entropy: &'s mut Entropy<'e>,
    /// Time, and how long steps take.
    pub clock: &'s dyn Clock,
    /// Other processes of this program.
    pub processes: &'s mut dyn Processes,
    /// Page images.
    pub files: &'s mut dyn Files,
    /// Who is told.
    pub voice: &'s mut dyn Voice,
}

/// The dots per inch at which page images are made.
const DPI: f32 = 150.0;

/// A virtual device of an account, and the throwaway seed that it was given.
struct Device {
    account: AccountId,
    name: DeviceName,
    seed: Seed,
}

struct Rehearsal<'a, 's, 'e> {
    out: &'a Path,
    plan: Plan,
    devices: Vec<Device>,
    stage: &'a mut Stage<'s, 'e>,
}

/// Plays it all below `out`, with the example organisation of so many accounts.
pub fn rehearse(out: &Path, accounts: Option<u32>, stage: &mut Stage<'_, '_>) -> Result<(), Refusal> {
    stage.voice.say("rehearsal: throwaway secrets, every page says so\n");
    let text = plan_text(accounts)?;
    let plan = Plan::parse(&text)?;
    let mut rehearsal = Rehearsal {
        out,
        plan,
        devices: Vec::new(),
        stage,
    };
    rehearsal.make_plan(&text)?;
    rehearsal.hold_ceremonies()?;
    rehearsal.prove_pages()?;
    rehearsal.enroll()?;
    rehearsal.make_images()?;
    rehearsal.recover_passwords()?;
    rehearsal.recover_with_passphrases()?;
    rehearsal.refuse_what_must_be()?;
    rehearsal.recover_codes()?;
    rehearsal.verify_ledger()?;
    rehearsal
        .stage
        .voice
        .say("\nproved: any three of five open, two of five do not, a forged sheet is named, a swapped one refused");
    Ok(())
}

impl Rehearsal<'_, '_, '_> {
    fn make_plan(&mut self, text: &str) -> Result<(), Refusal> {
        let started = self.stage.clock.elapsed();
        let site = "home".parse().map_err(|_| failed("the default site has a name"))?;
        let now = self.stage.clock.now();
        vault::init(&self.vault(), text, Mode::Rehearsal, site, self.stage.entropy, now)?;
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        if !rules::judge(&self.plan, today).findings.is_empty() {
            return Err(failed("the example organisation passes check"));
        }
        let shares: usize = self.plan.sets().iter().map(|set| set.shares().len()).sum();
        let sizes = format!(
            "{} accounts, {} sets, {shares} shares; check has no findings",
            self.plan.accounts().len(),
            self.plan.sets().len()
        );
        self.row("plan", &sizes, started);
        Ok(())
    }

    fn hold_ceremonies(&mut self) -> Result<(), Refusal> {
        for purpose in Factor::ALL {
            let names: Vec<String> = self
                .plan
                .sets()
                .iter()
                .filter(|set| set.purpose() == purpose)
                .map(|set| set.name().to_string())
                .collect();
            let started = self.stage.clock.elapsed();
            let mut arguments = vec!["ceremony".to_string()];
            arguments.extend(names.iter().cloned());
            arguments.extend(["--unattended", "--out"].map(String::from));
            arguments.push(self.pages().display().to_string());
            self.succeed(&arguments, &nothing())?;
            let sheets: usize = self
                .plan
                .sets()
                .iter()
                .filter(|set| set.purpose() == purpose)
                .map(|set| set.shares().len())
                .sum();
            self.row(
                "ceremony",
                &format!("{}: {sheets} sheets made and read back", names.join(", ")),
                started,
            );
        }
        Ok(())
    }

    fn prove_pages(&mut self) -> Result<(), Refusal> {
        let started = self.stage.clock.elapsed();
        let arguments = [
            "prove".to_string(),
            "--scan".to_string(),
            self.pages().display().to_string(),
        ];
        let ended = self.succeed(&arguments, &nothing())?;
        let proved = ended
            .output
            .expose(|text| text.lines().filter(|line| line.starts_with("proved")).count());
        let all: usize = self.plan.sets().iter().map(|set| set.shares().len()).sum();
        promise(proved == all, "every page proves against the commitments of its set")?;
        self.row(
            "proving",
            &format!("{proved} sheets satisfy the commitments of their sets"),
            started,
        );
        Ok(())
    }

    fn enroll(&mut self) -> Result<(), Refusal> {
        let started = self.stage.clock.elapsed();
        self.succeed(&words("enroll --all --factor password --unattended"), &nothing())?;
        self.row(
            "enrolment",
            "a password for every open account, 64 characters each",
            started,
        );
        let started = self.stage.clock.elapsed();
        let list = self.make_seeds()?;
        self.succeed(&words("enroll --all --factor mfa --from - --unattended"), &list)?;
        self.row(
            "enrolment",
            &format!("{} MFA seeds, one for every virtual device", self.devices.len()),
            started,
        );
        Ok(())
    }

    /// Draws the seeds that a provider would give, and lists them as `enroll --from` takes them.
    fn make_seeds(&mut self) -> Result<SecretText, Refusal> {
        let mut all = Vec::new();
        for account in self
            .plan
            .accounts()
            .iter()
            .filter(|account| account.is_open() && account.keeps_root_credentials())
        {
            for device in account.virtual_devices() {
                let bytes = self.stage.entropy.bytes::<20>(Purpose::RehearsalSeed)?;
                let text = bytes.expose(|bytes| SecretText::new(data_encoding::BASE32_NOPAD.encode(bytes)));
                let uri = text.expose(|text| SecretText::new(format!("otpauth://totp/rehearsal?secret={text}")));
                let seed = uri.expose(Seed::parse)?;
                all.push(Device {
                    account: account.id.clone(),
                    name: device.name.clone(),
                    seed,
                });
            }
        }
        self.devices = all;
        let line = |device: &Device| {
            device
                .seed
                .to_uri()
                .expose(|uri| format!("{} {} {uri}\n", device.account, device.name))
        };
        Ok(SecretText::new(self.devices.iter().map(line).collect()))
    }

    fn make_images(&mut self) -> Result<(), Refusal> {
        let started = self.stage.clock.elapsed();
        let names = self.stage.files.list(&self.pages())?;
        let wanted: Vec<String> = names
            .into_iter()
            .filter(|name| {
                Path::new(name).extension().is_some_and(|kind| kind == "pdf") && !name.starts_with("contact")
            })
            .collect();
        for name in &wanted {
            let page = self.stage.files.read(&self.pages().join(name))?;
            let image = raster::png_of(&page, 0, DPI)?;
            self.stage.files.write(&self.image(name), &image)?;
        }
        self.row(
            "images",
            &format!("{} pages at {DPI} dpi, as a scanner gives them", wanted.len()),
            started,
        );
        self.stage
            .voice
            .say("  recovery     in new processes, from the vault and page images alone");
        Ok(())
    }

    fn recover_passwords(&mut self) -> Result<(), Refusal> {
        let sheets = self.sheets("root-password")?;
        let account = self.member()?;
        let arguments = format!(
            "recover --account {account} --factor password --task security-event --reason rehearsal --unattended --stdout --scan"
        );
        let mut first: Option<SecretText> = None;
        for chosen in [[0, 2, 4], [1, 3, 4]] {
            let started = self.stage.clock.elapsed();
            let ended = self.succeed(&with_scans(&arguments, &sheets, &chosen), &nothing())?;
            let length = ended.output.expose(|text| text.trim_end().chars().count());
            promise(length == 64, "three of five sheets open a password of 64 characters")?;
            let same = first
                .as_ref()
                .is_none_or(|first| first.expose(|first| ended.output.expose(|second| first == second)));
            promise(same, "every three sheets open the same password")?;
            first = Some(ended.output);
            self.row(
                "  password",
                &format!("sheets {}   opened, {length} characters", numbers(&chosen)),
                started,
            );
        }
        Ok(())
    }

    /// The set whose shares stand under passphrases opens with them, and says whose passphrase lacks without.
    fn recover_with_passphrases(&mut self) -> Result<(), Refusal> {
        let started = self.stage.clock.elapsed();
        let set = self.plan.sets().iter().find(|set| set.has_locked_shares());
        let set = set.ok_or_else(|| failed("the example organisation has locked shares"))?;
        let (name, needed) = (set.name().clone(), usize::from(set.threshold().needed()));
        let mut by_lock: Vec<(bool, usize)> = set.shares().iter().map(|share| !share.passphrase).zip(0..).collect();
        by_lock.sort_unstable();
        let mut chosen: Vec<usize> = by_lock.iter().take(needed).map(|(_, at)| *at).collect();
        chosen.sort_unstable();
        let account = self.plan.accounts().iter().find(|account| account.is_management());
        let account = account
            .ok_or_else(|| failed("the organisation has a management account"))?
            .id
            .clone();
        let sheets = self.sheets(name.as_str())?;
        let mut arguments = words(&format!(
            "recover --account {account} --factor password --task security-event --reason rehearsal --unattended --stdout"
        ));
        arguments.extend(with_scans("--scan", &sheets, &chosen));
        let said = self.refused(&arguments, "without their passphrases, locked sheets open nothing")?;
        promise(
            said.contains(Rule::ShareLocked.name()),
            "a sheet under a passphrase says so, and whose it is",
        )?;
        arguments.push("--passphrases".to_string());
        arguments.push(
            self.pages()
                .join(format!("{name}-passphrases.txt"))
                .display()
                .to_string(),
        );
        let ended = self.succeed(&arguments, &nothing())?;
        let length = ended.output.expose(|text| text.trim_end().chars().count());
        promise(
            length == 64,
            "with their passphrases, locked sheets open a password of 64 characters",
        )?;
        self.row(
            "  management",
            &format!(
                "sheets {}   opened with the passphrases of two custodians, not without",
                numbers(&chosen)
            ),
            started,
        );
        Ok(())
    }

    fn refuse_what_must_be(&mut self) -> Result<(), Refusal> {
        let sheets = self.sheets("root-password")?;
        let account = self.member()?;
        let arguments = format!(
            "recover --account {account} --factor password --task security-event --reason rehearsal --unattended --stdout --scan"
        );

        let started = self.stage.clock.elapsed();
        let said = self.refused(
            &with_scans(&arguments, &sheets, &[0, 1]),
            "two of five sheets open nothing",
        )?;
        promise(
            said.contains("1 more of") && said.contains(Rule::TooFewShares.name()),
            "two of five sheets are too few, and it says whose would help",
        )?;
        self.row(
            "  password",
            "sheets 1 2     refused: 1 more is needed, and whose would help is said",
            started,
        );

        let started = self.stage.clock.elapsed();
        let (forged, name) = self.forge(&sheets[1])?;
        let with_forged = [sheets[0].clone(), forged, sheets[2].clone()];
        let said = self.refused(
            &with_scans(&arguments, &with_forged, &[0, 1, 2]),
            "a forged sheet opens nothing",
        )?;
        promise(
            said.contains(&name) && said.contains(Rule::ShareForged.name()),
            "a forged sheet is named with custodian and serial",
        )?;
        self.row("  password", &format!("a forged sheet  named: {name}"), started);

        let started = self.stage.clock.elapsed();
        let other = self.sheets("mfa-emea")?;
        let swapped = [sheets[0].clone(), sheets[2].clone(), other[0].clone()];
        let said = self.refused(
            &with_scans(&arguments, &swapped, &[0, 1, 2]),
            "a sheet of another set opens nothing",
        )?;
        promise(
            said.contains(Rule::ShareOfOtherPurpose.name()),
            "a swapped sheet is refused with its reason",
        )?;
        self.row(
            "  password",
            "a swapped sheet refused: it is of mfa-emea, another purpose",
            started,
        );
        Ok(())
    }

    fn recover_codes(&mut self) -> Result<(), Refusal> {
        let regions: Vec<(String, RegionId)> = self
            .plan
            .sets()
            .iter()
            .filter(|set| set.purpose() == Factor::Mfa)
            .filter_map(|set| set.region().map(|region| (set.name().to_string(), region.clone())))
            .collect();
        for (set, region) in regions {
            let started = self.stage.clock.elapsed();
            let sheets = self.sheets(&set)?;
            let account = self.member()?;
            let arguments = format!(
                "recover --account {account} --factor mfa --device {region} --task security-event --reason rehearsal --unattended --stdout --show code --scan"
            );
            let before = self.stage.clock.now();
            let ended = self.succeed(&with_scans(&arguments, &sheets, &[0, 2]), &nothing())?;
            let device = self
                .devices
                .iter()
                .find(|device| device.account == account && device.name.as_str() == region.as_str());
            let device = device.ok_or_else(|| failed("every member has a device in every region"))?;
            // The code changes while the other process runs: it is one of those that were current meanwhile.
            let times = before.as_second()..=self.stage.clock.now().as_second();
            let agrees = times.into_iter().any(|time| {
                let code = device.seed.code_at(time.unsigned_abs());
                code.digits
                    .expose(|expected| ended.output.expose(|found| found.trim_end() == expected))
            });
            promise(
                agrees,
                "two of three sheets of every region give the current code of its device",
            )?;
            self.row(
                &format!("  mfa {region}"),
                "sheets 1 3     code agrees with the seed",
                started,
            );
        }
        Ok(())
    }

    fn verify_ledger(&mut self) -> Result<(), Refusal> {
        let started = self.stage.clock.elapsed();
        let head = self.succeed(&words("ledger head"), &nothing())?;
        let words_of_head = head
            .output
            .expose(|text| text.lines().next().unwrap_or_default().to_string());
        let mut arguments = words("ledger verify --head");
        arguments.push(words_of_head.clone());
        let ended = self.succeed(&arguments, &nothing())?;
        promise(
            ended.output.expose(|text| text.contains("everything is on paper")),
            "the head vouches for the whole ledger",
        )?;
        let whole = ended
            .output
            .expose(|text| text.lines().next().unwrap_or_default().to_string());
        self.row("ledger", &whole, started);
        self.stage.voice.say(&format!("               head  {words_of_head}"));
        Ok(())
    }

    /// A sheet like the one of `image`, whole in every checksum, whose value was altered: what a forger can make.
    fn forge(&mut self, image: &Path) -> Result<(PathBuf, String), Refusal> {
        let store = Store::open(&self.vault())?;
        let vault = Vault::load(&store)?;
        let known = KnownEpochs::read(&vault);
        let paper = share_on(&self.stage.files.read(image)?)?;
        let epoch = known
            .epoch_of(&paper.head)
            .ok_or_else(|| failed("a sheet names its set"))?;
        let index = paper.head.index;
        let name = known.name(epoch, index);
        let envelope = epoch
            .state
            .envelopes
            .get(&index)
            .ok_or_else(|| failed("a sheet has an envelope"))?;
        let set = self
            .plan
            .set(&epoch.state.of.set)
            .ok_or_else(|| failed("a set is of the plan"))?;
        let today = self.stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let press = Press {
            faces: Faces::read(vault.fonts()?)?,
            wording: sheet::wording()?,
        };
        let page = PageOf::new(&self.plan, set, epoch.state.of.epoch, Mode::Rehearsal, today, &press);
        let tint = self.stage.entropy.draw(Purpose::Tint)?;
        let planned = set
            .indexed_shares()
            .find(|(at, _)| *at == index)
            .map(|(_, planned)| planned);
        let planned = planned.ok_or_else(|| failed("a share is of the plan"))?;
        let forged = page.make(
            &altered(paper)?,
            Addressee::planned(planned),
            envelope.serial,
            &epoch.stored.fingerprint,
            &tint,
        )?;
        let place = self.out.join("scans").join("forged.png");
        self.stage.files.write(&place, &raster::png_of(forged.pdf(), 0, DPI)?)?;
        Ok((place, name))
    }

    fn sheets(&mut self, set: &str) -> Result<Vec<PathBuf>, Refusal> {
        let start = format!("{set}-1-share-");
        let names = self.stage.files.list(&self.out.join("scans"))?;
        let sheets: Vec<PathBuf> = names
            .into_iter()
            .filter(|name| name.starts_with(&start))
            .map(|name| self.out.join("scans").join(name))
            .collect();
        let planned = self.plan.find_set(set)?.shares().len();
        if sheets.len() == planned {
            Ok(sheets)
        } else {
            Err(failed("every share has one sheet"))
        }
    }

    fn member(&self) -> Result<AccountId, Refusal> {
        let members = self
            .plan
            .accounts()
            .iter()
            .filter(|account| account.is_open() && !account.is_management());
        members
            .map(|account| account.id.clone())
            .next()
            .ok_or_else(|| failed("the organisation has a member"))
    }

    fn succeed(&mut self, arguments: &[String], input: &SecretText) -> Result<Ended, Refusal> {
        let ended = self.run(arguments, input)?;
        if ended.status == 0 {
            return Ok(ended);
        }
        Err(failed(&format!(
            "`{}` succeeds; it ended with status {}: {}",
            arguments.join(" "),
            ended.status,
            ended.said.trim()
        )))
    }

    fn refused(&mut self, arguments: &[String], expected: &str) -> Result<String, Refusal> {
        let ended = self.run(arguments, &nothing())?;
        promise(ended.status == 1 && ended.output.is_empty(), expected)?;
        Ok(ended.said)
    }

    fn run(&mut self, arguments: &[String], input: &SecretText) -> Result<Ended, Refusal> {
        let mut all = vec!["--vault".to_string(), self.vault().display().to_string()];
        all.extend_from_slice(arguments);
        self.stage.processes.run(&all, input)
    }

    fn row(&mut self, what: &str, found: &str, started: Duration) {
        let took = self.stage.clock.elapsed().saturating_sub(started).as_secs_f64();
        self.stage.voice.say(&format!("  {what:<12} {found:<78} {took:>6.2} s"));
    }

    fn vault(&self) -> PathBuf {
        self.out.join("vault")
    }

    fn pages(&self) -> PathBuf {
        self.out.join("pages")
    }

    fn image(&self, page: &str) -> PathBuf {
        self.out.join("scans").join(Path::new(page).with_extension("png"))
    }
}
