//! An end for work that takes too long, counted in time of the processor: a busy machine ends nothing early.

use std::io;
use std::time::Duration;

/// From now on this process may use so much of the processor, all its threads together; then `SIGPROF` ends it. A later call
/// begins anew.
pub fn limit(work: Duration) -> io::Result<()> {
    set(work).map(drop)
}

/// So much more than what is left.
pub fn extend(more: Duration) -> io::Result<()> {
    let left = set(more)?;
    set(left + more).map(drop)
}

/// The work is done: no time is counted any more.
pub fn end() -> io::Result<()> {
    set(Duration::ZERO).map(drop)
}

/// Sets the timer; what was left of it.
fn set(work: Duration) -> io::Result<Duration> {
    let zero = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let timer = libc::itimerval {
        it_interval: zero,
        it_value: libc::timeval {
            tv_sec: libc::time_t::try_from(work.as_secs()).unwrap_or(libc::time_t::MAX),
            tv_usec: libc::suseconds_t::from(work.subsec_micros()),
        },
    };
    let mut before = libc::itimerval {
        it_interval: zero,
        it_value: zero,
    };
    // SAFETY: both point to values of this function that have the type which the call reads and writes.
    let answer = unsafe { libc::setitimer(libc::ITIMER_PROF, &raw const timer, &raw mut before) };
    if answer != 0 {
        return Err(io::Error::last_os_error());
    }
    let seconds = u64::try_from(before.it_value.tv_sec).unwrap_or(0);
    let micros = u64::try_from(before.it_value.tv_usec).unwrap_or(0);
    Ok(Duration::from_secs(seconds) + Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_grows_by_what_is_added() {
        limit(Duration::from_mins(20)).unwrap();
        extend(Duration::from_mins(10)).unwrap();
        let left = set(Duration::from_hours(1)).unwrap();
        // The kernel counts in ticks, and rounds up.
        assert!(left.as_secs().abs_diff(30 * 60) < 60, "{left:?}");
        // The other tests of this process take their time.
        end().unwrap();
        assert_eq!(set(Duration::ZERO).unwrap(), Duration::ZERO);
    }
}
