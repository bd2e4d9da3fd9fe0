//! Too little memory for one value.

use engine::dto::*;
use engine::testing::Harness;
use std::io::Write;

use super::{keys, run, surrounded};

#[test]
fn a_value_for_which_there_is_no_memory_is_left_out_and_the_rest_is_read() {
    // One arena: others would take most of what there is without using it.
    let with_little = r#"export MALLOC_ARENA_MAX=1; ulimit -v 1500000 || exit 77; exec "$@""#;
    let name = "surroundings::memory::a_value_for_which_there_is_no_memory_is_left_out_and_the_rest_is_read";
    let Some(folder) = surrounded(name, with_little) else { return };
    let path = folder.join("runs.jsonl");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "{}\n{}", run("before", "x"), run("second", "x")).unwrap();
    let (begin, end) = run("huge", "|").split_once('|').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    file.write_all(begin.as_bytes()).unwrap();
    // Less than a value may have, and more than there is memory for.
    for _ in 0..400 {
        file.write_all(&[b'x'; 1 << 20]).unwrap();
    }
    writeln!(file, "{end}\n{}", run("after", "x")).unwrap();
    drop(file);

    let harness = Harness::open(folder.join("store.db"));
    let status = harness.import(&[&path]);
    assert_eq!((status.state, status.problems), (ImportState::Done, 1), "{status:?}");
    assert_eq!(keys(&harness), ["after", "before", "second"]);
    let request = ProblemListRequest { import_id: status.import_id, offset: 0, limit: 10 };
    let problem = &harness.call::<ProblemList>("problem_list", &request).items[0];
    assert!(problem.reason.contains("not enough memory") && problem.line == Some(3), "{problem:?}");
    // Work goes on.
    assert_eq!(harness.import_text(run("later", "x")).state, ImportState::Done);
}
