//! What this process holds in memory, as Linux says; 0 elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Resident bytes now.
pub fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}

/// Looks at it every few milliseconds.
pub struct Watch {
    peak: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Begins to look.
    pub fn start() -> Self {
        let peak = Arc::new(AtomicU64::new(resident()));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::Builder::new()
            .name("memory-watch".into())
            .spawn({
                let (peak, stop) = (peak.clone(), stop.clone());
                move || {
                    while !stop.load(Ordering::Relaxed) {
                        peak.fetch_max(resident(), Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(5));
                    }
                }
            })
            .expect("a thread");
        Self { peak, stop, thread }
    }

    /// The most that was held since the start.
    pub fn peak(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.join();
        self.peak.load(Ordering::Relaxed)
    }
}
