//! Pages of a sitting between their making and their printer.
//!
//! Rules of this file:
//! - for a printer a page stays in memory until its custodian stands there; to a folder in memory it goes at once, so that a
//!   process that ends takes nothing with it;
//! - what stays in memory is dropped when its paper was proved.

use crate::ceremony::ports::Pages;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// Pages that may wait.
pub struct Held<'p> {
    to: &'p mut dyn Pages,
    waits: bool,
    pages: Vec<(String, SecretBytes)>,
}

impl<'p> Held<'p> {
    /// Pages that go to a printer wait; those that go to a folder do not.
    pub fn new(to: &'p mut dyn Pages, waits: bool) -> Self {
        Self {
            to,
            waits,
            pages: Vec::new(),
        }
    }

    /// Whether pages wait for their custodian.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// The page of this name, where it is in memory.
    pub fn page(&self, name: &str) -> Option<&SecretBytes> {
        self.pages.iter().find(|(held, _)| held == name).map(|(_, page)| page)
    }

    /// Lets a page go to its printer; it stays in memory until it is dropped. A page that did not wait has gone.
    pub fn release(&mut self, name: &str) -> Result<(), Refusal> {
        match self.pages.iter().find(|(held, _)| held == name) {
            Some((name, page)) => self.to.put(name, page),
            None => Ok(()),
        }
    }

    /// Puts out a paper without a secret.
    pub fn put_plain(&mut self, name: &str, page: &SecretBytes) -> Result<(), Refusal> {
        self.to.withdraw(name);
        self.to.put(name, page)
    }

    /// Takes back a paper without a secret, where it was put out as a file.
    pub fn put_away(&mut self, name: &str) {
        self.to.withdraw(name);
    }

    /// Forgets a page whose paper was proved.
    pub fn drop_page(&mut self, name: &str) {
        self.pages.retain(|(held, _)| held != name);
    }
}

impl Pages for Held<'_> {
    fn put(&mut self, name: &str, page: &SecretBytes) -> Result<(), Refusal> {
        if !self.waits {
            return self.to.put(name, page);
        }
        let copy = page.expose(|bytes| SecretBytes::new(bytes.to_vec()));
        self.pages.push((name.to_string(), copy));
        Ok(())
    }

    fn withdraw(&mut self, name: &str) {
        self.drop_page(name);
        if !self.waits {
            self.to.withdraw(name);
        }
    }
}
