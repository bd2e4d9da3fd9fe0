//! The index through a whole engine: it finds what a scan finds, as traces come, change and go.

use std::collections::BTreeMap;

use engine::search::fold::fold;
use engine::store::{self, ReadPool, text_index};
use engine::testing::Harness;

use super::store::{found, id_of, indexed, run};

const SAID: [&str; 8] = [
    "The deploy failed with error code E-4711 in /srv/app/main.rs",
    "人工智能正在改变软件开发的方式",
    "東京の天気は晴れのち曇りです",
    "ไม่พบไฟล์ที่ต้องการ กรุณาลองใหม่",
    "مرحبا بالعالم، فشل الاتصال بالخادم",
    "Crème brûlée für Zürich: Straße gesperrt",
    "call_abc123 returned {\"temperature\": 21}",
    "서울의 오늘 날씨는 맑습니다 😀",
];

/// Some runs whose texts are cut and mixed from the above.
fn corpus(rng: &mut fastrand::Rng, runs: usize) -> BTreeMap<String, String> {
    let mut corpus = BTreeMap::new();
    for number in 0..runs {
        let text: Vec<&str> = (0..rng.usize(1..3)).map(|_| SAID[rng.usize(..SAID.len())]).collect();
        corpus.insert(format!("run {number}"), format!("{} #{}", text.join(" / "), rng.u32(..)));
    }
    corpus
}

fn part(rng: &mut fastrand::Rng, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let start = rng.usize(..letters.len());
    let end = (start + rng.usize(1..12)).min(letters.len());
    letters[start..end].iter().collect()
}

/// Asks for parts of what is said, and for what is not, and compares with a look at every text.
fn compare(harness: &Harness, rng: &mut fastrand::Rng, corpus: &BTreeMap<String, String>, when: &str) {
    let ids: BTreeMap<&String, i64> = corpus.keys().map(|name| (name, id_of(harness, name))).collect();
    let texts: Vec<&String> = corpus.values().collect();
    for _ in 0..25 {
        let text = texts[rng.usize(..texts.len())];
        let mut needle = part(rng, text);
        if rng.u8(..5) == 0 {
            needle = needle.chars().rev().collect();
        }
        let folded = fold(&needle);
        if folded.is_empty() {
            continue;
        }
        let has = |text: &str| memchr::memmem::find(&fold(text), &folded).is_some();
        let mut expected: Vec<i64> =
            corpus.iter().filter(|(name, text)| has(name) || has(text)).map(|(name, _)| ids[name]).collect();
        expected.sort_unstable();
        // The key is random, and has digits and letters of its own.
        let mut given = found(harness, &needle);
        if needle.trim().len() < 3 && needle.trim().bytes().all(|byte| byte.is_ascii_hexdigit()) {
            given.retain(|id| expected.contains(id));
        }
        assert_eq!(given, expected, "{needle:?} {when}");
    }
}

#[test]
fn it_finds_what_a_scan_finds_before_and_after_and_when_traces_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = Harness::open(&path);
    let mut rng = fastrand::Rng::with_seed(1);
    let mut corpus = corpus(&mut rng, 30);
    harness.import_text(corpus.iter().map(|(name, text)| run(name, &[text])).collect::<Vec<_>>().join("\n"));
    compare(&harness, &mut rng, &corpus, "before the index has them");
    assert!(indexed(&harness).bytes > 0);
    compare(&harness, &mut rng, &corpus, "once the index has them");

    // A trace gets a step that says something new.
    assert_eq!(found(&harness, "entirely new"), [0i64; 0]);
    let grown = corpus.get_mut("run 7").unwrap();
    harness.import_text(run("run 7", &[grown, "something entirely new"]));
    grown.push_str("\nsomething entirely new");
    assert_eq!(found(&harness, "entirely new"), [id_of(&harness, "run 7")]);
    indexed(&harness);
    assert_eq!(found(&harness, "ENTIRELY  new"), [id_of(&harness, "run 7")]);
    drop(harness);

    let harness = Harness::open(&path);
    compare(&harness, &mut rng, &corpus, "after a restart");

    // Another program takes a trace away.
    let gone = id_of(&harness, "run 7");
    assert_eq!(found(&harness, "entirely new"), [gone]);
    let other = store::open(&path, 0).unwrap().writer;
    store::deletion::remove_of_formats(&other, &[gone], &["otlp-json", "otlp", "otlp-jsonl"]).unwrap();
    while !found(&harness, "entirely new").is_empty() {}
    corpus.remove("run 7");
    compare(&harness, &mut rng, &corpus, "when one was taken away");
}

#[test]
fn segments_are_merged_and_what_a_crash_left_is_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = Harness::open(&path);
    let mut rng = fastrand::Rng::with_seed(2);
    let corpus = corpus(&mut rng, 9);
    for (name, text) in &corpus {
        harness.import_text(run(name, &[text]));
        indexed(&harness);
    }
    let readers = ReadPool::new(&path).unwrap();
    // The last segment is merged after the traces count as indexed.
    while text_index::segments(&readers.reader().unwrap()).unwrap().len() > 2 {
        std::thread::yield_now();
    }
    compare(&harness, &mut rng, &corpus, "after a merge");
    drop(harness);

    let crashed = store::open(&path, 0).unwrap().writer;
    let id = text_index::begin_segment(&crashed, 0, &[1], 1).unwrap();
    assert!(text_index::add_buckets(&crashed, id, &[(0, vec![1, 2, 3])]).unwrap());
    drop(crashed);
    let harness = Harness::open(&path);
    compare(&harness, &mut rng, &corpus, "with a segment that was never finished");
    while !text_index::dead_segments(&readers.reader().unwrap(), true).unwrap().is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(text_index::bucket(&readers.reader().unwrap(), id, 0).unwrap(), None);
}
