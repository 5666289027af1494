//! What else a room wants to know of its laptop. Told, not judged: people look, and decide.
//!
//! Rules of this file:
//! - everything is read from the kernel's own files; what cannot be read is said to be unknown.

use std::fs;
use std::path::Path;

/// What was looked at, and what was found.
pub fn look() -> Vec<(&'static str, String)> {
    vec![
        ("hardware", cards()),
        ("radios", radios()),
        ("hibernation", hibernation()),
        ("disks", disks()),
        ("memory", memory()),
        ("time zone", time_zone()),
    ]
}

/// Network cards, whether they are up or not.
fn cards() -> String {
    let names = names(Path::new("/sys/class/net"));
    listed(names.into_iter().filter(|name| name != "lo"), "no network card")
}

fn radios() -> String {
    let folder = Path::new("/sys/class/rfkill");
    let each = names(folder).into_iter().map(|name| {
        let read = |file: &str| fs::read_to_string(folder.join(&name).join(file)).unwrap_or_default();
        let state = match read("state").trim() {
            "1" => "on",
            "0" => "off",
            "2" => "off by its switch",
            _ => "unknown",
        };
        format!("{} {state}", read("name").trim())
    });
    listed(each, "none")
}

/// Whether memory could be written to a disk when the lid is closed.
fn hibernation() -> String {
    let Ok(states) = fs::read_to_string("/sys/power/state") else {
        return "unknown".to_string();
    };
    if states.split_whitespace().any(|state| state == "disk") {
        "possible: do not close the lid".to_string()
    } else {
        "not possible".to_string()
    }
}

/// Disks that are mounted to be written to.
fn disks() -> String {
    let Ok(mounts) = fs::read_to_string("/proc/self/mounts") else {
        return "unknown".to_string();
    };
    let writable = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (device, place, _, options) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let writes = options.split(',').any(|option| option == "rw");
        (writes && device.starts_with("/dev/")).then(|| place.to_string())
    });
    let mut writable: Vec<String> = writable.collect();
    writable.dedup();
    let more = writable.len().saturating_sub(4);
    writable.truncate(4);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    if writable.is_empty() {
        return "none is writable".to_string();
    }
    format!("writable at {}{rest}", writable.join(", "))
}

fn memory() -> String {
    let read = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let available = read
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    available.map_or_else(
        || "unknown".to_string(),
        |kilobytes| format!("{} MiB free", kilobytes / 1024),
    )
}

/// Everything here is in UTC; whoever reads a wall clock wants to know what the laptop's desktop shows.
fn time_zone() -> String {
    let zone = jiff::tz::TimeZone::system();
    let name = zone.iana_name().unwrap_or("unnamed");
    format!("{name}; all times here are UTC")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn listed(each: impl Iterator<Item = String>, none: &str) -> String {
    let each: Vec<String> = each.collect();
    if each.is_empty() {
        none.to_string()
    } else {
        each.join(", ")
    }
}
