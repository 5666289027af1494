//! A network of this process's own, with nothing in it.

use rustix::io::Errno;
use rustix::thread::UnshareFlags;

/// Leaves the network for an empty one. Without the right to do so, a user namespace of its own gives it; there this
/// process and its files belong to whom they belonged to before. Called before there is a second thread.
pub fn leave_the_network() -> Result<(), Errno> {
    // SAFETY: the flag concerns no descriptors and no file system state, which alone make this call unsafe.
    let alone = unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) };
    if alone != Err(Errno::PERM) {
        return alone;
    }
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    // SAFETY: as above.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWUSER | UnshareFlags::NEWNET) }?;
    let write = |name: &str, text: String| std::fs::write(format!("/proc/self/{name}"), text);
    let mapped = write("setgroups", "deny".to_string())
        .and_then(|()| write("uid_map", format!("{0} {0} 1", user.as_raw())))
        .and_then(|()| write("gid_map", format!("{0} {0} 1", group.as_raw())));
    // Without its map a process owns nothing any more: its files would be those of nobody.
    mapped.map_err(|fault| Errno::from_io_error(&fault).unwrap_or(Errno::PERM))
}
