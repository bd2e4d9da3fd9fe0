//! One store through several processes, and what it must hold after each.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use engine::dto::*;
use engine::testing::Harness;
use rusqlite::Connection;

use super::{Acknowledged, Dice, Work, child, older, sender, traces};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Killed,
    ByItself,
}

/// A file that was imported, by the prefix of its runs' keys, and how many of its steps were said to be stored.
struct Imported {
    prefix: String,
    path: PathBuf,
    stored: usize,
}

pub struct Life {
    folder: tempfile::TempDir,
    imported: Vec<Imported>,
    /// Steps of the feed that were acknowledged are those below this number.
    fed: u64,
    /// Retention may have been set.
    may_be_limited: bool,
    /// It was, for sure.
    is_limited: bool,
    starred: BTreeSet<usize>,
    deleted: BTreeSet<usize>,
    /// Runs of these numbers may have been deleted.
    may_be_deleted: usize,
    next_mark: usize,
}

impl Life {
    /// A store of the present version, or of an older one; says whether it is older.
    pub fn begin(present: &Path, dice: &mut Dice) -> (Self, bool) {
        let version = dice.roll(older::versions() as u64) as usize;
        (Self::of_version(present, (version > 0).then_some(version)), version > 0)
    }

    pub fn of_version(present: &Path, version: Option<usize>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store.db");
        match version {
            Some(version) => older::write(present, version, &store),
            None => drop(std::fs::copy(present, &store).unwrap()),
        }
        Self {
            folder,
            imported: Vec::new(),
            fed: 0,
            may_be_limited: false,
            is_limited: false,
            starred: BTreeSet::new(),
            deleted: BTreeSet::new(),
            may_be_deleted: 0,
            next_mark: 0,
        }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    /// Has a process do `work`; it is killed `kill_after` its start, unless it has ended by then.
    pub fn work(&mut self, work: Work, kill_after: Option<Duration>) -> End {
        let deeds = work.deeds();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "child", "--nocapture"])
            .env(child::STORE, self.store())
            .env(child::DEEDS, deeds)
            .env(child::FROM, self.next_mark.to_string())
            .stdout(Stdio::piped());
        if deeds.contains(child::IMPORT) {
            command.env(child::FILE, self.new_file());
        }
        self.may_be_limited |= deeds.contains(child::RETENTION);
        if deeds.contains(child::RETENTION) {
            self.may_be_deleted = self.next_mark + child::DELETED;
        }
        self.next_mark += child::DELETED;

        let begun = Instant::now();
        let mut process = command.spawn().unwrap();
        let out = BufReader::new(process.stdout.take().unwrap());
        let hears = std::thread::Builder::new()
            .name("hears".into())
            .spawn(move || {
                let lines = out.lines().map_while(Result::ok);
                lines.filter_map(|line| line.strip_prefix(child::TOLD).map(str::to_owned)).collect::<Vec<_>>()
            })
            .unwrap();
        let (stop, socket, first) = (AtomicBool::new(false), self.folder.path().join("feed.sock"), self.fed);
        let (end, fed) = std::thread::scope(|scope| {
            let feeds =
                deeds.contains(child::FEED).then(|| scope.spawn(|| sender::send(&socket, first, &stop)));
            let end = loop {
                if let Some(status) = process.try_wait().unwrap() {
                    assert!(status.success(), "{work:?} failed by itself");
                    break End::ByItself;
                }
                if kill_after.is_some_and(|after| begun.elapsed() >= after) {
                    process.kill().unwrap();
                    process.wait().unwrap();
                    break End::Killed;
                }
                std::thread::sleep(Duration::from_micros(300));
            };
            stop.store(true, Ordering::Relaxed);
            (end, feeds.map(|feeds| feeds.join().unwrap()))
        });
        self.fed = fed.unwrap_or(self.fed);
        for told in hears.join().unwrap() {
            self.note(&told);
        }
        end
    }

    fn new_file(&mut self) -> PathBuf {
        let prefix = format!("file{}", self.imported.len());
        let path = self.folder.path().join(format!("{prefix}.jsonl"));
        traces::write_file(&path, &prefix);
        self.imported.push(Imported { prefix, path: path.clone(), stored: 0 });
        path
    }

    /// Notes what the process said that it has done.
    fn note(&mut self, told: &str) {
        let (what, number) = told.split_once(' ').unwrap_or((told, "0"));
        let number: usize = number.parse().unwrap();
        match what {
            "open" => {}
            "imported" => self.imported.last_mut().unwrap().stored = number,
            "limited" => self.is_limited = true,
            "starred" => drop(self.starred.insert(number)),
            "deleted" => drop(self.deleted.insert(number)),
            _ => panic!("the process said: {told}"),
        }
    }

    /// Checks what the store holds, first the bare file, then through an engine.
    pub fn verify(&self, when: &str, dice: &mut Dice) {
        self.verify_file(when);
        let harness = self.open(when);
        let runs = runs(&harness);
        for number in 0..traces::TO_STAR {
            let run = runs.get(&format!("star-{number}"));
            let run = run.unwrap_or_else(|| panic!("{when}: run star-{number} is there"));
            assert!(run.starred || !self.starred.contains(&number), "{when}: star {number} is kept");
            assert_eq!(run.steps as usize, traces::STEPS, "{when}: star-{number} is whole");
        }
        for number in 0..traces::TO_DROP {
            let is_there = runs.contains_key(&format!("drop-{number}"));
            if self.deleted.contains(&number) {
                assert!(!is_there, "{when}: drop-{number} stays deleted");
            } else if number >= self.may_be_deleted {
                assert!(is_there, "{when}: drop-{number} was not deleted");
            }
        }
        let old = (0..traces::OLD).filter(|number| runs.contains_key(&format!("old-{number}"))).count();
        assert!(self.may_be_limited || old == traces::OLD, "{when}: {old} old runs, and nothing was to go");
        for _ in 0..self.fed.min(3) {
            let step = dice.roll(self.fed);
            let trace_id = runs[&format!("feed-{}", step / sender::STEPS_A_RUN)].trace_id;
            let detail: StepDetail =
                harness.call("step_get", &StepRef { trace_id, span_id: format!("s{step}") });
            assert_eq!(detail.raw["input"]["n"], step, "{when}: what step {step} was given");
            assert_eq!(detail.raw["output"]["n"], step, "{when}: what step {step} gave");
        }
    }

    fn open(&self, when: &str) -> Harness {
        let harness = Harness::open(self.store());
        // One of an older version is kept as it was, and that is said.
        let notes: Vec<_> = harness.engine.notes().iter().filter(|note| !note.contains(".before-")).collect();
        assert!(notes.is_empty(), "{when}: {notes:?}");
        harness
    }

    fn verify_file(&self, when: &str) {
        let connection = Connection::open(self.store()).unwrap();
        let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok", "{when}");
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as usize;
        let version = count("PRAGMA user_version");
        if version == older::versions() {
            for (what, sql) in NEVER {
                assert_eq!(count(sql), 0, "{when}: {what}");
            }
        }
        let spans = "SELECT count(*) FROM span JOIN trace ON trace.id = trace_id WHERE key LIKE";
        for Imported { prefix, stored, .. } in &self.imported {
            let there = count(&format!("{spans} '{prefix}-%'"));
            assert!(there >= *stored, "{when}: {there} steps of {prefix}, {stored} were said to be stored");
        }
        let mut ended = connection
            .prepare(
                "SELECT key, span_id FROM span JOIN trace ON trace.id = trace_id
                WHERE key LIKE 'feed-%' AND span.status = 1 AND end_ns IS NOT NULL",
            )
            .unwrap();
        let ended: BTreeSet<(String, String)> =
            ended.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        for step in 0..self.fed {
            let names = (format!("feed-{}", step / sender::STEPS_A_RUN), format!("s{step}"));
            assert!(ended.contains(&names), "{when}: step {step} of {} that were acknowledged", self.fed);
        }
    }

    /// Completes all that was broken off: it is whole then, and what was to go has gone.
    pub fn finish(self, acknowledged: &mut Acknowledged) {
        acknowledged.fed_steps += self.fed;
        acknowledged.imported_steps += self.imported.iter().map(|file| file.stored as u64).sum::<u64>();
        acknowledged.stars += self.starred.len() as u64;
        acknowledged.deletions += self.deleted.len() as u64;
        let when = "at the end";
        let harness = self.open(when);
        for Imported { prefix, path, stored } in &self.imported {
            let again = harness.import(&[path]);
            let counts = again.counts;
            assert_eq!(again.state, ImportState::Done, "{again:?}");
            let there = (counts.spans_unchanged + counts.spans_added) as usize;
            assert_eq!(there, traces::IN_FILE * traces::STEPS, "{prefix}: {again:?}");
            assert!(
                counts.spans_unchanged as usize >= *stored,
                "{prefix}: what was stored is not added again"
            );
        }
        if self.is_limited {
            let notices = harness.engine.subscribe();
            child::limit(&harness);
            child::wait_for_the_old_to_go(&self.store(), &notices);
        }
        let runs = runs(&harness);
        for Imported { prefix, .. } in &self.imported {
            for run in 0..traces::IN_FILE {
                let steps = runs[&format!("{prefix}-{run}")].steps as usize;
                assert_eq!(steps, traces::STEPS, "{prefix}-{run} is whole");
            }
        }
        harness.engine.close();
        self.verify_file(when);
    }
}

/// What no moment of a kill leaves behind.
const NEVER: [(&str, &str); 7] = [
    (
        "a step without its content",
        "SELECT count(*) FROM span WHERE NOT EXISTS (SELECT 1 FROM payload_block WHERE id = payload_block)
           AND NOT EXISTS (SELECT 1 FROM open_payload WHERE id = -payload_block)",
    ),
    ("a step without its run", "SELECT count(*) FROM span WHERE trace_id NOT IN (SELECT id FROM trace)"),
    ("a step told twice and kept beside itself", "SELECT count(*) FROM span WHERE span_id LIKE '%~%'"),
    (
        "a block of content that no run uses",
        "SELECT count(*) FROM payload_block WHERE id NOT IN (SELECT block FROM payload_use)",
    ),
    (
        "content under way that nothing names",
        "SELECT count(*) FROM open_payload WHERE NOT EXISTS (SELECT 1 FROM span WHERE payload_block = -open_payload.id)
           AND NOT EXISTS (SELECT 1 FROM trace WHERE payload_block = -open_payload.id)",
    ),
    (
        "the use of a block by no run",
        "SELECT count(*) FROM payload_use WHERE trace_id NOT IN (SELECT id FROM trace)",
    ),
    (
        "the digest of no run",
        "SELECT count(*) FROM trace_digest WHERE trace_id NOT IN (SELECT id FROM trace)",
    ),
];

/// All runs of the list by their keys; none is there twice.
fn runs(harness: &Harness) -> HashMap<String, TraceSummary> {
    let mut runs = HashMap::new();
    loop {
        let request = TraceListRequest {
            filter: String::new(),
            sort: TraceSort::Started,
            descending: true,
            offset: runs.len() as u32,
            limit: 1_000,
        };
        let list: TraceList = harness.call("trace_list", &request);
        if list.items.is_empty() {
            return runs;
        }
        for run in list.items {
            let twice = runs.insert(run.key.clone(), run);
            assert!(twice.is_none(), "{twice:?} is there twice");
        }
    }
}
