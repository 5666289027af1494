//! The system calls that are left: a list of what may be made. Everything else, also what kernels learn later, is `EPERM`.
//!
//! Rules of this file:
//! - no call is listed that makes a socket, starts a program or process, looks into another process, or reaches the kernel's
//!   own workings; a call whose argument matters is listed with the values that it may have;
//! - a decoder has only what `BARE` lists: memory, time, its pipes and its end; who keeps decoders has forks besides.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;

/// What a process with secrets needs: `BARE`, files, a terminal, waiting for its helpers, threads of its own.
///
/// A camera is driven by `ioctl` with requests of its driver: whoever has one keeps that call.
pub(super) fn hold_to_work(camera: bool) -> bool {
    let mut rules = bare();
    rules.extend(threads());
    // What the filter before answers: that there is no such call.
    rules.insert(libc::SYS_clone3, Vec::new());
    rules.extend(FILES.iter().map(|call| (*call, Vec::new())));
    if camera {
        rules.insert(libc::SYS_ioctl, Vec::new());
    } else {
        rules.extend(only(libc::SYS_ioctl, 1, TERMINAL));
    }
    rules.extend(only(libc::SYS_kill, 1, &[libc::SIGKILL as u64, libc::SIGSTOP as u64]));
    rules.extend(only(libc::SYS_pidfd_send_signal, 1, &[libc::SIGKILL as u64]));
    without_clone3() && hold_to(rules)
}

/// What a process needs that takes bytes from one pipe and puts bytes into another.
pub(super) fn hold_to_pipes() -> bool {
    hold_to(bare())
}

/// What a process needs besides that forks others of its kind, which hold themselves to pipes.
pub(super) fn hold_to_forks() -> bool {
    let mut rules = bare();
    rules.extend(only(libc::SYS_clone, 0, FORKS));
    rules.insert(libc::SYS_wait4, Vec::new());
    // What a fork does to itself: it ends with its parent, and has a filter of its own.
    let own: Vec<u64> = PROCESS
        .iter()
        .copied()
        .chain([libc::PR_SET_PDEATHSIG as u64, libc::PR_SET_NO_NEW_PRIVS as u64])
        .collect();
    rules.extend(only(libc::SYS_prctl, 0, &own));
    rules.insert(libc::SYS_getppid, Vec::new());
    rules.insert(libc::SYS_seccomp, Vec::new());
    hold_to(rules)
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn hold_to(rules: Rules) -> bool {
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    install(rules, denied, SeccompAction::Allow)
}

/// What `clone3` is asked for lies in memory that no filter sees. Where it is unknown, the C library asks `clone`.
fn without_clone3() -> bool {
    let unknown = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let rules = Rules::from([(libc::SYS_clone3, Vec::new())]);
    install(rules, SeccompAction::Allow, unknown)
}

fn install(rules: Rules, otherwise: SeccompAction, listed: SeccompAction) -> bool {
    let program = || -> Option<BpfProgram> {
        let architecture = std::env::consts::ARCH.try_into().ok()?;
        let filter = SeccompFilter::new(rules, otherwise, listed, architecture).ok()?;
        filter.try_into().ok()
    };
    program().is_some_and(|program| seccompiler::apply_filter_all_threads(&program).is_ok())
}

/// A thread of this process; never a process, which would be another place for a secret.
fn threads() -> Option<(i64, Vec<SeccompRule>)> {
    let thread = (libc::CLONE_THREAD | libc::CLONE_VM) as u64;
    let kind = SeccompCmpOp::MaskedEq(thread);
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Qword, kind, thread).ok()?;
    let rule = SeccompRule::new(vec![condition]).ok()?;
    Some((libc::SYS_clone, vec![rule]))
}

fn bare() -> Rules {
    let mut rules: Rules = BARE.iter().map(|call| (*call, Vec::new())).collect();
    // Memory that is written is never run.
    let not_run = SeccompCondition::new(
        2,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64),
        0,
    );
    let not_run: Vec<SeccompRule> = not_run
        .and_then(|condition| SeccompRule::new(vec![condition]))
        .into_iter()
        .collect();
    if !not_run.is_empty() {
        rules.insert(libc::SYS_mmap, not_run.clone());
        rules.insert(libc::SYS_mprotect, not_run);
    }
    rules.extend(only(libc::SYS_prctl, 0, PROCESS));
    // A limit is asked for, never set.
    rules.extend(only(libc::SYS_prlimit64, 2, &[0]));
    rules
}

/// The call with one of these values as its argument number `at`.
fn only(call: i64, at: u8, values: &[u64]) -> Option<(i64, Vec<SeccompRule>)> {
    let rules: Vec<SeccompRule> = values
        .iter()
        .filter_map(|value| SeccompCondition::new(at, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, *value).ok())
        .filter_map(|condition| SeccompRule::new(vec![condition]).ok())
        .collect();
    // A call without a rule would be allowed whatever its arguments are.
    (!rules.is_empty()).then_some((call, rules))
}

/// The modes and the size of a terminal; nothing that types into it.
const TERMINAL: &[u64] = &[
    libc::TCGETS,
    libc::TCSETS,
    libc::TCSETSW,
    libc::TCSETSF,
    libc::TCGETS2,
    libc::TCSETS2,
    libc::TCSETSW2,
    libc::TCSETSF2,
    libc::TIOCGWINSZ,
    libc::TIOCGPGRP,
    libc::FIONREAD,
];

/// Asking how it stands, and names for pieces of memory.
const PROCESS: &[u64] = &[libc::PR_GET_DUMPABLE as u64, libc::PR_SET_VMA as u64];

/// A process that shares nothing; the C library asks to be told its number.
const FORKS: &[u64] = &[
    libc::SIGCHLD as u64,
    (libc::SIGCHLD | libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID) as u64,
];

const BARE: &[i64] = &[
    // memory
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_mlock,
    libc::SYS_munlock,
    // bytes through what is open
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_ppoll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    // time and randomness
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_setitimer,
    // who it is, signals to itself, its end
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

const FILES: &[i64] = &[
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_lseek,
    libc::SYS_pread64,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_ftruncate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_flock,
    libc::SYS_umask,
    libc::SYS_dup,
    libc::SYS_dup3,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    // what became of a helper
    libc::SYS_wait4,
    libc::SYS_waitid,
];
