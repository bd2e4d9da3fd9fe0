//! Eight hours of ten agents in ten minutes: a process receives over the feed socket, answers the page's questions, and lets old
//! runs go, with a clock that runs 48 times as fast. Its memory and how long its answers take are printed, the first third of
//! the time against the last, from when there are as many runs as are kept: what grows before is what is kept.
//!
//! Takes as long as `SOAK_SECONDS` says, 600 unless told otherwise, so `cargo test` passes it over: `make soak` runs it.
#![cfg(target_os = "linux")]
// Functions that tests share may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agents;
mod receiver;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The process that receives: this same test binary, told by its environment where to store. Without that it has nothing to do.
#[test]
fn child() {
    if let Some(store) = std::env::var_os(receiver::STORE) {
        receiver::run(PathBuf::from(store));
    }
}

#[test]
#[ignore = "takes ten minutes: make soak"]
fn memory_stays_flat_and_answers_stay_quick() {
    let seconds = std::env::var("SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(600_u64);
    let lasts = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(receiver::STORE, folder.path().join("store.db"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(process.stdout.take().unwrap());
    let hears = std::thread::Builder::new()
        .name("hears".into())
        .spawn(move || {
            let mut samples = Vec::new();
            for line in out.lines().map_while(Result::ok) {
                let Some(sample) = line.strip_prefix(receiver::SAMPLE) else { continue };
                println!("{sample}");
                samples.push(
                    sample.split_whitespace().map(|number| number.parse().unwrap()).collect::<Vec<f64>>(),
                );
            }
            samples
        })
        .unwrap();
    println!("{}", receiver::COLUMNS.join("  "));
    let acknowledged = agents::tell(&folder.path().join("feed.sock"), lasts);
    process.kill().unwrap();
    process.wait().unwrap();
    let mut samples = hears.join().unwrap();
    let full = samples.iter().position(|sample| sample[receiver::RUNS] >= f64::from(receiver::KEPT));
    let samples = samples.split_off(full.expect("there came to be as many runs as are kept"));
    assert!(samples.len() >= 6, "only {} samples since there are as many runs as are kept", samples.len());

    println!(
        "{acknowledged} steps acknowledged in {seconds} s; from second {} on, means of the thirds, and the last against the first:",
        samples[0][0]
    );
    let third = samples.len() / 3;
    let mean = |samples: &[Vec<f64>], column: usize| {
        samples.iter().map(|sample| sample[column]).sum::<f64>() / samples.len() as f64
    };
    let mut memory_ratio = 0.0;
    for (column, name) in receiver::COLUMNS.iter().enumerate().skip(1) {
        let thirds = [&samples[..third], &samples[third..2 * third], &samples[2 * third..]];
        let [first, middle, last] = thirds.map(|third| mean(third, column));
        println!("  {name:<16}{first:>10.1}{middle:>10.1}{last:>10.1}{:>8.2}", last / first);
        if *name == receiver::MEMORY {
            memory_ratio = last / first;
        }
    }
    assert!(memory_ratio < 1.25, "memory grew to {memory_ratio:.2} of what it was");
}
