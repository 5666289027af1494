//! Scans are decoded apart: by a process without rights, whose end is told and does not end the recovery.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{RECOVER_PASSWORD, Scratch, program, rehearsal, run_with};
use std::io::{Read as _, Seek as _, Write as _};
use std::process::{Command, Stdio};
use strongroom::paper::scan;

/// The first byte of a request: a scan of sheets.
const OF_SHEETS: u8 = 0;

/// A decoder at work that has answered one scan.
fn answered(scan: &[u8]) -> (std::process::Child, Vec<u8>) {
    let mut child = Command::new(program())
        .arg("decode-scans")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let requests = child.stdin.as_mut().unwrap();
    requests.write_all(&[OF_SHEETS]).unwrap();
    requests.write_all(&(scan.len() as u64).to_le_bytes()).unwrap();
    requests.write_all(scan).unwrap();
    let answers = child.stdout.as_mut().unwrap();
    let mut length = [0; 8];
    answers.read_exact(&mut length).unwrap();
    let mut answer = vec![0; u64::from_le_bytes(length) as usize];
    answers.read_exact(&mut answer).unwrap();
    (child, answer)
}

#[test]
fn a_decoder_has_no_rights_and_bounded_memory() {
    let sheet = std::fs::read(&rehearsal().sheets("root-password")[0]).unwrap();
    let (mut child, answer) = answered(&sheet);
    assert_eq!(answer[0], 0, "it found the codes");
    let of = |process: u32, file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap();
    let keeper = child.id();
    let forks = of(keeper, &format!("task/{keeper}/children"));
    let fork: u32 = forks.trim().parse().unwrap();
    for process in [keeper, fork] {
        let status = of(process, "status");
        let has = |line: &str| {
            status
                .lines()
                .any(|found| found.split_whitespace().collect::<Vec<_>>().join(" ") == line)
        };
        assert!(has("Seccomp: 2") && has("NoNewPrivs: 1"), "{status}");
        // A fork has the filter of its keeper, which it made narrower.
        assert_eq!(has("Seccomp_filters: 2"), process == fork, "{status}");
        let limits = of(process, "limits");
        let memory = limits
            .lines()
            .find(|line| line.starts_with("Max address space"))
            .unwrap();
        assert!(memory.contains("268435456"), "{memory}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_decoder_lives_in_a_network_of_its_own() {
    let sheet = std::fs::read(&rehearsal().sheets("root-password")[0]).unwrap();
    let (mut child, _) = answered(&sheet);
    let keeper = child.id().to_string();
    let forks = std::fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children")).unwrap();
    let network = |process: &str| std::fs::read_link(format!("/proc/{process}/ns/net")).unwrap();
    for process in [&keeper, forks.trim()] {
        assert_ne!(network(process), network("self"));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn no_system_call_of_a_decoder_reaches_a_network_a_file_or_another_program_once_it_reads() {
    let sheet = std::fs::read(&rehearsal().sheets("root-password")[0]).unwrap();
    let input = [&[OF_SHEETS][..], &(sheet.len() as u64).to_le_bytes(), &sheet].concat();
    let scratch = Scratch::new();
    let trace = scratch.join("trace");
    let arguments = [
        "-f",
        "-o",
        &trace,
        "-e",
        "trace=%network,openat,open,execve,read",
        program(),
        "decode-scans",
    ];
    run_with("strace", &arguments, &input).ok();
    let calls = std::fs::read_to_string(&trace).unwrap();
    // The first read of its input is that of the length of a scan.
    let after = calls.split_once("read(0,").unwrap().1;
    let reached: Vec<&str> = after
        .lines()
        .filter(|call| {
            ["open", "socket", "connect", "execve"]
                .iter()
                .any(|name| call.contains(&format!("{name}(")))
        })
        .filter(|call| !call.contains("= -1 EPERM"))
        .collect();
    assert!(after.contains("read(0,") && reached.is_empty(), "{reached:?}");
}

#[test]
fn a_scan_that_ends_its_decoder_is_named_and_the_others_are_read() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    let scratch = Scratch::new();
    let bomb = scratch.join("bomb.png");
    image::GrayImage::new(7900, 7900).save(&bomb).unwrap();
    let arguments: Vec<&str> = RECOVER_PASSWORD
        .iter()
        .copied()
        .chain(["--scan", &sheets[0], &bomb, &sheets[1], &sheets[2]])
        .collect();
    let quoted: Vec<String> = arguments.iter().map(|word| format!("'{word}'")).collect();
    let command = format!(
        "ulimit -v 90000; exec {} --vault '{}' {}",
        program(),
        world.vault,
        quoted.join(" ")
    );
    let ended = run_with("bash", &["-c", &command], b"").ok();
    assert_eq!(ended.out.trim_end().len(), 64);
    assert!(
        ended
            .err
            .contains("bomb.png: the decoder of scans ended over it (scan-unreadable)"),
        "{ended:?}"
    );
    assert!(ended.err.contains("type the lines"), "{ended:?}");
}

#[test]
fn a_request_that_came_half_is_the_end_of_its_decoder_and_of_no_use_to_the_next() {
    let sheet = std::fs::read(&rehearsal().sheets("root-password")[0]).unwrap();
    let (mut child, _) = answered(&sheet);
    let fork = |keeper: u32| -> i32 {
        let forks = std::fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children")).unwrap();
        forks.trim().parse().unwrap()
    };
    let request = [&[OF_SHEETS][..], &1000_u64.to_le_bytes(), &[0; 500]].concat();
    let mut requests = child.stdin.take().unwrap();
    requests.write_all(&request).unwrap();
    run_with("bash", &["-c", &format!("kill -ABRT {}", fork(child.id()))], b"").ok();
    // Nothing is forked that would take the other half for a request.
    let mut rest = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty() && child.wait().unwrap().success());
}

#[test]
fn a_decoder_ends_with_its_keeper() {
    let sheet = std::fs::read(&rehearsal().sheets("root-password")[0]).unwrap();
    let (mut child, _) = answered(&sheet);
    let forks = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // Its requests are still open: nothing but the end of its keeper ends it.
    let stat = format!("/proc/{}/stat", forks.trim());
    let is_there = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    for _ in 0..200 {
        if !is_there() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the decoder {} goes on for nobody", forks.trim());
}

#[test]
fn a_decoder_that_is_asked_for_too_much_ends_without_a_word() {
    let mut child = Command::new(program())
        .arg("decode-scans")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = [&[OF_SHEETS][..], &u64::MAX.to_le_bytes()].concat();
    child.stdin.take().unwrap().write_all(&asked).unwrap();
    let mut answer = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
    assert!(answer.is_empty() && child.wait().unwrap().code() == Some(0));
}

#[test]
fn of_a_request_that_is_too_long_a_decoder_reads_its_length_alone() {
    let scratch = Scratch::new();
    let place = scratch.join("request");
    let asked = (scan::BYTES_MAX as u64 + 1).to_le_bytes();
    std::fs::write(&place, [&[OF_SHEETS][..], &asked, &[0; 1 << 12]].concat()).unwrap();
    let mut request = std::fs::File::open(&place).unwrap();
    let ended = Command::new(program())
        .arg("decode-scans")
        .stdin(request.try_clone().unwrap())
        .output()
        .unwrap();
    assert!(ended.status.success() && ended.stdout.is_empty(), "{ended:?}");
    // How far a file was read is known to all who have it open.
    assert_eq!(request.stream_position().unwrap(), 9);
}
