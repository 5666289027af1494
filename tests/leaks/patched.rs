//! The program with a defence taken out of its source, built apart. The shipped program has no switch for it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A defence, and how its source is changed so that it is gone.
pub struct Defence {
    pub name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

/// The clearing of the stack has its control where it is (`bedrock/src/stack.rs`): at the moments of this suite later calls have
/// written over what it clears.
pub const DEFENCES: &[Defence] = &[
    Defence {
        name: "without the wiping of what is freed",
        file: "src/main.rs",
        from: "#[global_allocator]",
        to: "#[allow(dead_code, reason = \"taken out\")]",
    },
    Defence {
        name: "without the wiping of locked memory",
        file: "bedrock/src/locked.rs",
        from: "unsafe { wipe(self.bytes.as_ptr(), self.len) };",
        to: "unsafe { wipe(self.bytes.as_ptr(), 0) };",
    },
];

/// Builds the changed source beside the other builds; gives the program.
pub fn build(defence: &Defence) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target/leaks");
    let source = folder.join("source");
    for part in [
        "src",
        "bedrock",
        "templates",
        "recoverer",
        "docs",
        "tests/vectors/spec-example.json",
        "Cargo.toml",
        "Cargo.lock",
    ] {
        copy(&root.join(part), &source.join(part));
    }
    // Only the program is built, and nothing that is for tests alone.
    let manifest = std::fs::read_to_string(source.join("Cargo.toml")).unwrap();
    let tests = manifest.find("[[test]]").unwrap_or(manifest.len());
    let profile = manifest.find("[profile.release]").unwrap();
    let benches = manifest.find("[[bench]]").unwrap_or(tests).min(tests);
    std::fs::write(
        source.join("Cargo.toml"),
        format!("{}{}", &manifest[..benches], &manifest[profile..]),
    )
    .unwrap();
    let place = source.join(defence.file);
    let text = std::fs::read_to_string(&place).unwrap();
    assert_eq!(
        text.matches(defence.from).count(),
        1,
        "{}: its source has changed",
        defence.name
    );
    std::fs::write(&place, text.replace(defence.from, defence.to)).unwrap();
    let built = Command::new("cargo")
        .args(["build", "--offline", "--locked", "--quiet", "--bin", "strongroom"])
        .arg("--target-dir")
        .arg(folder.join("target"))
        .current_dir(&source)
        .status();
    assert!(built.unwrap().success(), "{} does not build", defence.name);
    folder.join("target/debug/strongroom").display().to_string()
}

fn copy(from: &Path, to: &PathBuf) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
        return;
    }
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    // A file that is as it was keeps its age, or everything would be built again.
    let bytes = std::fs::read(from).unwrap();
    if std::fs::read(to).ok().as_deref() != Some(&bytes) {
        std::fs::write(to, bytes).unwrap();
    }
}
