//! A real print server, started by the test with a configuration of its own: what reaches a queue is what was made, and
//! nothing stays in the spool.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Ended, Scratch, program, run_with};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// CUPS in a folder in memory, with one queue whose backend puts each job into a file.
struct PrintServer {
    scratch: Scratch,
    server: Child,
}

impl PrintServer {
    fn start(keeps: &str) -> Self {
        let scratch = Scratch::new();
        let at = |name: &str| scratch.join(name);
        for folder in ["root", "spool", "tmp", "cache", "state", "bin/backend", "jobs", "names"] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        for folder in ["jobs", "names"] {
            std::fs::set_permissions(at(folder), PermissionsExt::from_mode(0o777)).unwrap();
        }
        for folder in ["filter", "daemon", "cgi-bin", "monitor", "notifier", "driver"] {
            std::os::unix::fs::symlink(format!("/usr/lib/cups/{folder}"), at(&format!("bin/{folder}"))).unwrap();
        }
        let backend = at("bin/backend/capture");
        let script = format!(
            "#!/bin/sh\n[ $# -eq 0 ] && exit 0\nprintf %s \"$3\" > {}/$1\ncat ${{6:--}} > {}/job-$1\n",
            at("names"),
            at("jobs")
        );
        std::fs::write(&backend, script).unwrap();
        std::fs::set_permissions(&backend, PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::write(
            at("cupsd.conf"),
            format!(
                "Listen {}\nLogLevel warn\n{keeps}\nDefaultAuthType None\nWebInterface No\nBrowsing No\n\
                 <Location />\nOrder allow,deny\nAllow all\n</Location>\n\
                 <Location /admin>\nOrder allow,deny\nAllow all\n</Location>\n\
                 <Policy default>\n<Limit All>\nOrder deny,allow\nAllow all\n</Limit>\n</Policy>\n",
                at("cups.sock")
            ),
        )
        .unwrap();
        std::fs::write(
            at("cups-files.conf"),
            format!(
                "ServerRoot {}\nRequestRoot {}\nTempDir {}\nCacheDir {}\nStateDir {}\nServerBin {}\n\
                 DataDir /usr/share/cups\nAccessLog {}\nErrorLog {}\nPageLog {}\n",
                at("root"),
                at("spool"),
                at("tmp"),
                at("cache"),
                at("state"),
                at("bin"),
                at("access_log"),
                at("error_log"),
                at("page_log")
            ),
        )
        .unwrap();
        let server = Command::new("/usr/sbin/cupsd")
            .args(["-f", "-c", &at("cupsd.conf"), "-s", &at("cups-files.conf")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|fault| panic!("cupsd is needed by this test, and `.ci/run` installs it: {fault}"));
        let server = Self { scratch, server };
        server.wait_for("the server", || {
            server
                .by_lp(
                    "/usr/sbin/lpadmin",
                    &["-p", "office", "-E", "-v", "capture:/x", "-m", "raw"],
                )
                .status
                == 0
        });
        server
    }

    fn by_lp(&self, program: &str, arguments: &[&str]) -> Ended {
        let socket = format!("CUPS_SERVER={}", self.scratch.join("cups.sock"));
        let all: Vec<&str> = [socket.as_str(), program]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        run_with("env", &all, b"")
    }

    fn strongroom(&self, arguments: &[&str]) -> Ended {
        let all: Vec<&str> = ["-rn", program()]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        self.by_lp("unshare", &all)
    }

    /// The files of the jobs, once there are so many and each is whole.
    fn jobs(&self, count: usize) -> Vec<Vec<u8>> {
        self.wait_for("the jobs", || {
            self.names("jobs").len() >= count && self.names("spool").is_empty()
        });
        let mut names = self.names("jobs");
        names.sort_by_key(|name| {
            name.file_name().unwrap().to_str().unwrap()["job-".len()..]
                .parse::<u32>()
                .unwrap()
        });
        names.iter().map(|name| std::fs::read(name).unwrap()).collect()
    }

    /// What the jobs are called.
    fn names_of_jobs(&self) -> Vec<String> {
        let names = self.names("names").into_iter();
        names.map(|name| std::fs::read_to_string(name).unwrap()).collect()
    }

    /// What is in a folder of the server, its own folder for temporary files aside.
    fn names(&self, folder: &str) -> Vec<PathBuf> {
        std::fs::read_dir(self.scratch.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect()
    }

    fn wait_for(&self, what: &str, ready: impl Fn() -> bool) {
        let started = Instant::now();
        while !ready() {
            let log = || std::fs::read_to_string(self.scratch.join("error_log")).unwrap_or_default();
            assert!(
                started.elapsed() < Duration::from_mins(1),
                "{what} did not come: {}",
                log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for PrintServer {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

const KEEPS_NOTHING: &str = "PreserveJobFiles No\nPreserveJobHistory No";

#[test]
fn what_reaches_the_queue_is_what_was_made_and_nothing_stays_in_the_spool() {
    let server = PrintServer::start(KEEPS_NOTHING);
    let (vault, out) = (server.scratch.join("vault"), server.scratch.join("out"));
    server.strongroom(&["init", &vault, "--example"]).ok();
    let print = |paper: &[&str], to: &[&str]| {
        server
            .strongroom(&[&["--vault", &vault, "print"], paper, to].concat())
            .ok();
    };
    let papers: [&[&str]; 3] = [&["review"], &["card", "ana"], &["inventory", "fra-1"]];
    for paper in papers {
        print(paper, &["--out", &out]);
        print(paper, &["--printer", "office"]);
    }
    let jobs = server.jobs(3);
    for (job, name) in jobs.iter().zip(["review", "card-ana", "inventory-fra-1"]) {
        let made = std::fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name));
        assert!(std::fs::read(made.unwrap()).unwrap() == *job, "{name}");
    }
    assert!(server.names("spool").is_empty() && server.names("tmp").is_empty());
    let ended = server.by_lp("lpstat", &["-W", "all", "-o"]);
    assert_eq!(ended.out, "", "no job is remembered");
}

#[test]
fn a_set_is_dealt_straight_to_a_printer_that_passed_its_test() {
    let server = PrintServer::start(KEEPS_NOTHING);
    let vault = server.scratch.join("vault");
    server.strongroom(&["init", &vault, "--example"]).ok();
    let run = |arguments: &[&str]| server.strongroom(&[&["--vault", &vault], arguments].concat());
    let deal = [
        "ceremony",
        "contact",
        "--unattended",
        "--reason",
        "first dealing",
        "--printer",
        "office",
    ];
    run(&deal).refused(3, "printer-untested");
    run(&["print", "printer-test", "--printer", "office"]).ok();
    let test = server.jobs(1).remove(0);
    let scan = server.scratch.join("scan.pdf");
    std::fs::write(&scan, test).unwrap();
    run(&["print", "printer-test", "--printer", "office", "--scan", &scan]).ok();
    run(&deal).ok();
    let sheets = server.jobs(4);
    let pages = server.scratch.join("pages");
    std::fs::create_dir(&pages).unwrap();
    for (number, sheet) in sheets[1..].iter().enumerate() {
        std::fs::write(format!("{pages}/{number}.pdf"), sheet).unwrap();
    }
    let proved = run(&["prove", "--scan", &pages]).ok();
    assert!(proved.out.contains("all 3 pages proved; it is live"), "{proved:?}");
    assert!(server.names("spool").is_empty());
    // A log of the server, or its panel, tells by a name what passed.
    assert_eq!(server.names_of_jobs(), ["page"; 4]);
}

#[test]
fn a_print_server_that_keeps_jobs_is_refused_but_by_an_exception() {
    let server = PrintServer::start("PreserveJobFiles 600\nPreserveJobHistory No");
    let vault = server.scratch.join("vault");
    server.strongroom(&["init", &vault, "--example"]).ok();
    let review = ["--vault", &vault, "print", "review", "--printer", "office"];
    let ended = server.strongroom(&review).refused(3, "spool-keeps");
    assert!(ended.err.contains("PreserveJobFiles"), "{ended:?}");
    server
        .strongroom(&[&review[..], &["--allow-spool", "the server is wiped tonight"]].concat())
        .ok();
    let ledger = server.strongroom(&["--vault", &vault, "ledger", "show"]).ok();
    assert!(ledger.out.contains("exception   spool-keeps"), "{ledger:?}");
}

#[test]
fn a_printer_that_does_not_exist_is_a_refusal_and_its_dealing_is_void() {
    let server = PrintServer::start(KEEPS_NOTHING);
    let vault = server.scratch.join("vault");
    server.strongroom(&["init", &vault, "--example", "--rehearsal"]).ok();
    let run = |arguments: &[&str]| server.strongroom(&[&["--vault", &vault], arguments].concat());
    run(&["print", "review", "--printer", "nowhere"]).refused(4, "printer-failed");
    run(&["ceremony", "contact", "--unattended", "--printer", "nowhere"]).refused(4, "printer-failed");
    assert!(run(&["ledger", "show"]).ok().out.contains("void"));
}
