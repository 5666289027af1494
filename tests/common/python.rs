//! A Python that has `argon2-cffi`.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

use std::process::Command;
use std::sync::OnceLock;

/// The one on the path, or the system's, for which `.ci/run` installs it.
pub fn with_argon2() -> &'static str {
    static PYTHON: OnceLock<&'static str> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let has = |python: &&str| {
            let tried = Command::new(python).args(["-I", "-c", "import argon2"]).output();
            tried.is_ok_and(|ended| ended.status.success())
        };
        let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
        found.expect("python3 with argon2-cffi is needed by this test, and `.ci/run` installs it")
    })
}
