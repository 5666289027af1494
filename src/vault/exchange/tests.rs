use super::*;
use crate::entropy::{Entropy, System};
use crate::ident::Mode;
use crate::vault::store::Store;
use crate::vault::tests::{Scratch, now};
use crate::vault::{Change, make};
use std::path::PathBuf;

/// The laptop of one site.
struct Laptop {
    site: SiteName,
    folder: PathBuf,
}

impl Laptop {
    fn first(scratch: &Scratch) -> Self {
        let folder = scratch.store().path().to_path_buf();
        Self {
            site: "home".parse().unwrap(),
            folder,
        }
    }

    /// A new site that begins with what another has.
    fn joined(other: &Self, site: &str) -> Self {
        let laptop = Self {
            site: site.parse().unwrap(),
            folder: other.folder.with_extension(site),
        };
        let _ = std::fs::remove_dir_all(&laptop.folder);
        let joined = join(other.copy(), laptop.site.clone(), now()).unwrap_or_else(|r| panic!("{r}"));
        make(&laptop.folder, joined.files, &joined.chains).unwrap();
        laptop.close();
        laptop
    }

    fn store(&self) -> Store {
        Store::open(&self.folder).unwrap()
    }

    /// Writes a line, and closes.
    fn write(&self, text: &str) {
        let store = self.store();
        let mut change = Change::begin(&store, Some(&self.site)).unwrap();
        let said = || text.parse().unwrap();
        let event = Event::Exception {
            rule: said(),
            found: said(),
            reason: said(),
        };
        change.commit(&[], vec![event], now()).unwrap();
        change.close(&mut Entropy::new(&mut System), now()).unwrap();
    }

    fn close(&self) {
        let store = self.store();
        let mut change = Change::begin(&store, Some(&self.site)).unwrap();
        change.close(&mut Entropy::new(&mut System), now()).unwrap();
    }

    /// Everything of its vault.
    fn files(&self) -> Files {
        let store = self.store();
        let ledger = store.list("ledger").unwrap();
        let names = ledger.into_iter().map(|name| format!("ledger/{name}"));
        let read = |name: String| (store.read(&name, 1 << 20).unwrap().unwrap(), name);
        let files = names.chain([PLAN.to_string()]).map(read);
        files.map(|(bytes, name)| (name, bytes)).collect()
    }

    fn copy(&self) -> OtherCopy {
        OtherCopy::parse(self.files()).unwrap_or_else(|r| panic!("{r}"))
    }

    fn take(&self, other: &Self) {
        let store = self.store();
        let mut change = Change::begin(&store, Some(&self.site)).unwrap();
        let together = Together::judge(change.vault(), other.copy()).unwrap_or_else(|r| panic!("{r}"));
        change.take(together).unwrap();
        change.close(&mut Entropy::new(&mut System), now()).unwrap();
    }
}

impl Drop for Laptop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Three sites, of which two have written in turn, and the first knows nothing of it.
fn three(name: &str) -> (Scratch, [Laptop; 3]) {
    let scratch = Scratch::new(name, Mode::Rehearsal);
    let home = Laptop::first(&scratch);
    home.close();
    let (b, c) = (Laptop::joined(&home, "b"), Laptop::joined(&home, "c"));
    for turn in ["one", "two", "three"] {
        b.write(turn);
        c.take(&b);
        c.write(turn);
        b.take(&c);
    }
    (scratch, [home, b, c])
}

#[test]
fn whatever_part_of_an_import_is_written_is_whole_and_the_same_import_completes_it() {
    let (_scratch, [home, b, _c]) = three("prefixes");
    let before = home.files();
    let runs = {
        let store = home.store();
        let vault = Vault::load(&store).unwrap();
        let together = Together::judge(&vault, b.copy()).unwrap_or_else(|r| panic!("{r}"));
        let lines = together.lines();
        lines
            .map(|(chain, lines)| (chain.to_string(), lines.to_vec()))
            .collect::<Vec<_>>()
    };
    assert!(runs.len() >= 6, "{} pieces", runs.len());
    for written in 0..=runs.len() {
        let mut files = before.clone();
        for (chain, lines) in &runs[..written] {
            files.entry(chain.clone()).or_default().extend_from_slice(lines);
        }
        for name in ["b", "c"] {
            let _ = std::fs::remove_file(home.folder.join(format!("ledger/{name}.jsonl")));
        }
        for (name, bytes) in &files {
            std::fs::write(home.folder.join(name), bytes).unwrap();
        }
        let store = home.store();
        let vault = Vault::load(&store).unwrap_or_else(|r| panic!("{written} pieces: {r}"));
        let left = Together::judge(&vault, b.copy()).unwrap_or_else(|r| panic!("{written} pieces: {r}"));
        assert_eq!(left.runs.len(), runs.len() - written);
        drop(vault);
        home.take(&b);
        let theirs = b.files();
        for (name, bytes) in home.files().iter().filter(|(name, _)| !name.contains("home")) {
            assert_eq!(theirs.get(name), Some(bytes), "{name} after {written} pieces");
        }
    }
}

#[test]
fn what_is_written_after_an_import_adds_up_after_what_was_imported() {
    let (_scratch, [home, b, c]) = three("order");
    home.take(&b);
    home.write("last");
    let store = home.store();
    let vault = Vault::load(&store).unwrap();
    let last = in_order(vault.chains()).last().unwrap();
    assert_eq!(last.0.as_str(), "home");
    c.take(&home);
    let store = c.store();
    let there = Vault::load(&store).unwrap();
    let order = |vault: &Vault<'_>| {
        let lines = in_order(vault.chains());
        lines
            .map(|(site, number)| format!("{site}{number}"))
            .collect::<Vec<_>>()
    };
    let (here, there) = (order(&vault), order(&there));
    assert_eq!(here, there[..here.len()], "both copies add up alike");
}

#[test]
fn a_copy_that_is_behind_brings_nothing_and_is_told_how_much_it_lacks() {
    let (_scratch, [home, b, _c]) = three("behind");
    let store = b.store();
    let vault = Vault::load(&store).unwrap();
    let together = Together::judge(&vault, home.copy()).unwrap_or_else(|r| panic!("{r}"));
    assert!(together.gain().is_nothing() && together.runs.is_empty() && together.files.is_empty());
    assert!(together.gain().ahead > 6, "{:?}", together.gain());
}

#[test]
fn a_chain_that_parted_is_refused_with_the_line_from_which_on_it_did() {
    let (_scratch, [home, b, c]) = three("parted");
    let mut files = b.files();
    let mut chain = Chain::new("b".parse().unwrap());
    let vault = b.copy().register().vault;
    let mut lines = chain.push(Event::Site { vault }, now()).unwrap();
    lines.extend(chain.push(Event::Plan { sha256: Hash([0; 32]) }, now()).unwrap());
    files.insert("ledger/b.jsonl".to_string(), lines);
    let other = OtherCopy::parse(files).unwrap_or_else(|r| panic!("{r}"));
    let store = c.store();
    let refusal = Together::judge(&Vault::load(&store).unwrap(), other).err().unwrap();
    assert_eq!(refusal.rule(), Rule::LedgerForked);
    assert!(refusal.sentence().contains("from line 2 on"), "{refusal}");
    drop(home);
}
