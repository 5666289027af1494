//! Whether a network is reachable, judged from `/proc/self/net` and nothing else.
//!
//! Rules of this file:
//! - `/proc/self/net` shows the network namespace of *this* process; `/sys/class/net` shows that of whoever mounted it. What
//!   only the second one has is a network that this process cannot reach: *isolated by namespace*;
//! - an interface counts as up when it has an address, a route or a multicast membership of its own (a link that is up has
//!   one even without an address); loopback never counts;
//! - no socket is opened to find out.

use crate::vault::event::Network;
use std::collections::BTreeSet;
use std::path::Path;

/// What was found.
#[derive(Clone)]
pub struct Found {
    /// The judgement.
    pub network: Network,
    /// The interfaces that are up, or that only the machine has.
    pub interfaces: Vec<String>,
}

/// Judges the running machine.
pub fn judge() -> Found {
    judge_at(Path::new("/proc/self/net"), Path::new("/sys/class/net"))
}

/// Judges the files under `proc` (as `/proc/self/net`) and the folder `sys` (as `/sys/class/net`).
pub fn judge_at(proc: &Path, sys: &Path) -> Found {
    let read = |name: &str| std::fs::read_to_string(proc.join(name)).unwrap_or_default();
    let here: BTreeSet<String> = read("dev")
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.trim().to_string())
        .collect();
    let mut up = BTreeSet::new();
    // The interface is the second column of dev_mcast, the first of route, the last of if_inet6 and ipv6_route.
    up.extend(
        read("dev_mcast")
            .lines()
            .filter(|line| is_membership(line))
            .filter_map(|line| column(line, 1)),
    );
    up.extend(read("route").lines().skip(1).filter_map(|line| column(line, 0)));
    for name in ["if_inet6", "ipv6_route"] {
        up.extend(
            read(name)
                .lines()
                .filter_map(|line| line.split_whitespace().last())
                .map(str::to_string),
        );
    }
    up.retain(|name| name != "lo");
    if !up.is_empty() {
        return Found {
            network: Network::Reachable,
            interfaces: up.into_iter().collect(),
        };
    }
    let machine = std::fs::read_dir(sys).map(|entries| {
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
    });
    let elsewhere: Vec<String> = machine
        .map(|names| names.filter(|name| !here.contains(name)).collect())
        .unwrap_or_default();
    let network = if elsewhere.is_empty() {
        Network::None
    } else {
        Network::IsolatedByNamespace
    };
    Found {
        network,
        interfaces: elsewhere,
    }
}

/// 33:33:00:00:00:01 and 01:00:5e:00:00:01 are held by links that are administratively up: a dummy link may hold the first
/// alone, so an address or route decides for it.
fn is_membership(line: &str) -> bool {
    line.split_whitespace().last() == Some("01005e000001")
}

fn column(line: &str, at: usize) -> Option<String> {
    line.split_whitespace().nth(at).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Machine(std::path::PathBuf);

    impl Machine {
        fn new(name: &str, files: &[(&str, &str)], interfaces: &[&str]) -> Self {
            let path = std::env::temp_dir().join(format!("strongroom-network-{}-{name}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            std::fs::create_dir_all(path.join("net")).unwrap();
            for (file, text) in files {
                std::fs::write(path.join("net").join(file), text).unwrap();
            }
            for name in interfaces {
                std::fs::create_dir_all(path.join("sys").join(name)).unwrap();
            }
            Self(path)
        }

        fn judge(&self) -> Found {
            judge_at(&self.0.join("net"), &self.0.join("sys"))
        }
    }

    impl Drop for Machine {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    const DEV_LO: &str = "Inter-|\n face |\n    lo: 0 0\n";
    const DEV_ETH: &str = "Inter-|\n face |\n    lo: 0 0\n  eth0: 9 9\n";

    #[test]
    fn a_machine_with_loopback_alone_has_no_network() {
        let machine = Machine::new(
            "none",
            &[("dev", DEV_LO), ("if_inet6", "0001 01 80 10 80 lo\n")],
            &["lo"],
        );
        assert_eq!(machine.judge().network, Network::None);
    }

    #[test]
    fn an_interface_that_is_down_is_no_network() {
        assert_eq!(
            Machine::new("down", &[("dev", DEV_ETH)], &["lo", "eth0"])
                .judge()
                .network,
            Network::None
        );
    }

    #[test]
    fn a_process_in_a_namespace_of_its_own_is_isolated() {
        let found = Machine::new("isolated", &[("dev", DEV_LO)], &["lo", "eth0"]).judge();
        assert_eq!(found.network, Network::IsolatedByNamespace);
        assert_eq!(found.interfaces, ["eth0"]);
    }

    #[test]
    fn a_route_an_address_or_a_membership_is_a_network() {
        for (file, text) in [
            ("route", "Iface Destination\neth0 00000000 0102A8C0\n"),
            ("if_inet6", "fe80 02 40 20 80 eth0\n"),
            ("ipv6_route", "00 00 00 00 00 00 00 00 00 eth0\n"),
            ("dev_mcast", "4    eth0            1     0     01005e000001\n"),
        ] {
            let found = Machine::new(file, &[("dev", DEV_ETH), (file, text)], &["lo", "eth0"]).judge();
            assert_eq!(
                (found.network, found.interfaces),
                (Network::Reachable, vec!["eth0".to_string()]),
                "{file}"
            );
        }
    }
}
