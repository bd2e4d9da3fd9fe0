//! The window goes first: threads that receive and write in the background ask for less of the processor than what the
//! person is doing, which a flood would otherwise starve.

/// How much nicer than others such a thread is, on Linux' scale.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Makes the thread that calls this one of the background. Where that can't be had it stays as it is.
pub fn lower() {
    // On Linux a thread has a priority of its own, under its own id.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
}
