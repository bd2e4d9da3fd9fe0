//! How the web view draws where the machine has no graphics device: in containers, on virtual machines, over the network.

/// What WebKitGTK reads at its start. Without a device its usual way, over shared graphics memory, is emulated: scrolling
/// then runs at 4 frames a second, and at more than 50 with this set.
#[cfg(target_os = "linux")]
const PLAIN_MEMORY: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Where Linux keeps its graphics devices; those that can compute pictures are called `renderD…`.
#[cfg(target_os = "linux")]
const DEVICES: &str = "/dev/dri";

/// Starts this program anew, in the same process, to draw in plain memory where nothing else is fast. Returns where that is
/// not needed, was decided by the person, or can't be done. Must come before anything that is lost with the program.
#[cfg(target_os = "linux")]
pub(crate) fn suit_the_machine() {
    use std::os::unix::process::CommandExt;

    if std::env::var_os(PLAIN_MEMORY).is_some() || has_device() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let mut anew = std::process::Command::new(program);
    if let Some(name) = arguments.next() {
        anew.arg0(name);
    }
    // Comes back only if it failed; then the app is slow, not gone.
    let error = anew.args(arguments).env(PLAIN_MEMORY, "1").exec();
    eprintln!("tracellm-explorer: drawing may be slow without a graphics device: {error}");
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn suit_the_machine() {}

#[cfg(target_os = "linux")]
fn has_device() -> bool {
    std::fs::read_dir(DEVICES).is_ok_and(|devices| {
        devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
    })
}
