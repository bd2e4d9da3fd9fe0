//! A process killed at a random moment, again and again, whatever it is doing: starting on a new store or on one of an older
//! version, importing, receiving, taking away what is over the limits, compacting, all of these at once. After each kill the
//! store opens, passes SQLite's check, holds all that was acknowledged, and nothing twice.
//!
//! `CRASH_ROUNDS` says how often, `CRASH_SEED` where the dice begin. The same seed gives the same work and the same moments;
//! what the process has come to by then is the machine's.
#![cfg(unix)]
// Functions that tests share may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod child;
mod life;
mod older;
mod sender;
mod surroundings;
mod traces;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::life::Life;

/// Kills, unless `CRASH_ROUNDS` says otherwise.
const ROUNDS: u64 = 12;
const SEED: u64 = 20_261_126;
/// A store is killed this often before another one is begun.
const ROUNDS_A_LIFE: u64 = 4;
/// For each round that counts, so many are begun at most.
const MOST_TRIES: u64 = 20;
/// Work that goes on until it is killed is killed within this time.
const ENDLESS: Duration = Duration::from_millis(700);

/// What a process is at when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Migration,
    Start,
    Import,
    Feed,
    Retention,
    Compaction,
    Everything,
}

impl Work {
    const AFTER_THE_FIRST: [Self; 6] =
        [Self::Start, Self::Import, Self::Feed, Self::Retention, Self::Compaction, Self::Everything];

    /// What the process is told to do, beside opening the store.
    fn deeds(self) -> &'static str {
        match self {
            Self::Migration | Self::Start => "",
            Self::Import => child::IMPORT,
            Self::Feed => child::FEED,
            Self::Retention => child::RETENTION,
            Self::Compaction => child::COMPACTION,
            Self::Everything => "import,feed,retention,compaction",
        }
    }

    fn ends(self) -> bool {
        !self.deeds().contains(child::FEED)
    }
}

/// A small generator of numbers (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below.max(1)
    }

    /// A moment within `most`.
    fn moment(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.roll(most.as_micros() as u64))
    }
}

/// What became of the rounds of one kind of work.
#[derive(Default)]
struct Figures {
    killed: u64,
    /// The process was done before its moment came.
    ended: u64,
}

/// How much was acknowledged over all stores, and found again.
#[derive(Debug, Default)]
struct Acknowledged {
    fed_steps: u64,
    imported_steps: u64,
    stars: u64,
    deletions: u64,
}

/// The process that is killed: this same test binary, told by its environment what to do. Without that it has nothing to do.
#[test]
fn child() {
    if let Some(store) = std::env::var_os(child::STORE) {
        child::run(PathBuf::from(store));
    }
}

#[test]
fn what_was_acknowledged_survives_kills_at_any_moment() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (rounds, seed) = (number("CRASH_ROUNDS").unwrap_or(ROUNDS), number("CRASH_SEED").unwrap_or(SEED));
    println!("{rounds} rounds with CRASH_SEED={seed}");
    let mut dice = Dice(seed.max(1));
    let folder = tempfile::tempdir().unwrap();
    let present = folder.path().join("present.db");
    traces::write_store(&present);
    let mut longest = durations(&present);

    let begun = Instant::now();
    let mut figures: BTreeMap<Work, Figures> = BTreeMap::new();
    let mut acknowledged = Acknowledged::default();
    let mut life: Option<Life> = None;
    // A round counts once a process was killed in the middle: how long work takes is another matter on every machine.
    let (mut killed, mut round) = (0, 0);
    while killed < rounds {
        assert!(
            round < rounds * MOST_TRIES,
            "processes are done before they can be killed: {killed} of {round}"
        );
        let (work, mut alive) = match life.take() {
            Some(alive) if round % ROUNDS_A_LIFE != 0 => {
                (Work::AFTER_THE_FIRST[dice.roll(6) as usize], alive)
            }
            ended => {
                if let Some(ended) = ended {
                    ended.finish(&mut acknowledged);
                }
                let (alive, is_older) = Life::begin(&present, &mut dice);
                (if is_older { Work::Migration } else { Work::Start }, alive)
            }
        };
        let most = longest.get(&work).map_or(ENDLESS, |longest| longest.mul_f64(1.1));
        let figures = figures.entry(work).or_default();
        let moment = dice.moment(most);
        match alive.work(work, Some(moment)) {
            life::End::Killed => {
                figures.killed += 1;
                killed += 1;
            }
            life::End::ByItself => {
                figures.ended += 1;
                longest.insert(work, moment);
            }
        }
        alive.verify(&format!("round {round}, {work:?}"), &mut dice);
        life = Some(alive);
        round += 1;
    }
    if let Some(life) = life {
        life.finish(&mut acknowledged);
    }
    println!("{rounds} rounds in {:.0} s", begun.elapsed().as_secs_f64());
    for (work, Figures { killed, ended }) in &figures {
        println!("  {:<12}{killed:>4} killed, {ended:>3} done before", format!("{work:?}"));
    }
    println!("  {acknowledged:?}");
}

/// How long each kind of work takes when nobody kills it.
fn durations(present: &std::path::Path) -> BTreeMap<Work, Duration> {
    let mut durations = BTreeMap::new();
    let mut life = Life::of_version(present, Some(1));
    for work in [Work::Migration].into_iter().chain(Work::AFTER_THE_FIRST).filter(|work| work.ends()) {
        let begun = Instant::now();
        assert_eq!(life.work(work, None), life::End::ByItself);
        durations.insert(work, begun.elapsed());
    }
    life.verify("nobody was killed", &mut Dice(1));
    life.finish(&mut Acknowledged::default());
    durations
}
