//! The connections that read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use engine::store::ReadPool;
use engine::testing::Harness;

#[test]
fn a_read_too_many_waits_until_another_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let _harness = Harness::open(&path);
    let pool = ReadPool::new(&path).unwrap();
    let mut held: Vec<_> = (0..4).map(|_| pool.reader().unwrap()).collect();
    let is_ended = AtomicBool::new(false);
    let (asking, asked) = mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        let fifth = scope.spawn(|| {
            asking.send(()).unwrap();
            let reader = pool.reader().unwrap();
            let has_waited = is_ended.load(Ordering::SeqCst);
            reader.query_row("SELECT count(*) FROM trace", [], |row| row.get::<_, i64>(0)).unwrap();
            has_waited
        });
        asked.recv().unwrap();
        (0..1_000).for_each(|_| std::thread::yield_now());
        is_ended.store(true, Ordering::SeqCst);
        held.pop();
        assert!(fifth.join().unwrap(), "it has waited");
    });
}
