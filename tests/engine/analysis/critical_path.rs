use engine::analysis::{Activity, Told, Window, activities, attempt_groups, critical_path, tree};
use engine::model::TimePart;

use super::drawn::{random, run};

#[test]
fn the_path_goes_through_what_ended_last() {
    let one_after_another = run("
        agent A  |==========|
          llm b  | ===      |
          tool c |     ===  |
    ");
    assert_eq!(one_after_another.path(), "AbbbAcccAA");
    let side_by_side = run("
        agent A  |==========|
          tool b | =====    |
          tool c | =======  |
          llm d  |        = |
    ");
    assert_eq!(side_by_side.path(), "AcccccccdA");
    let nested = run("
        agent A     |============|
          agent B   | =========  |
            llm c   | ==         |
            tool D  |   =====    |
              llm e |    ==      |
          tool f    |  =         |
    ");
    assert_eq!(nested.path(), "AccDeeDDBBAA");
}

#[test]
fn what_still_runs_when_the_next_step_begins_is_followed_up_to_there() {
    // A tool begins while the answer that calls it is still coming in.
    let overlapping = run("
        agent A  |=========|
          llm b  |=====    |
          tool c |   ===== |
    ");
    assert_eq!(overlapping.path(), "bbbcccccA");
    // Of two that run then, the one that ends first: the other was not waited for.
    let beside = run("
        agent A  |========|
          tool b |======= |
          llm c  |====    |
          tool d |   =====|
    ");
    assert_eq!(beside.path(), "cccddddd");
}

#[test]
fn gaps_between_roots_are_nobodys() {
    let turns = run("
        agent a |==     |
        agent b |   == =|
        tool c  |     = |
    ");
    assert_eq!(turns.path(), "aa.bbbb");
    let turns = run("
        agent a |==     |
        agent b |    == |
    ");
    assert_eq!(turns.path(), "aa..bb.");
    assert_eq!(run("tool x |   |").path(), "...");
}

#[test]
fn open_steps_go_on_and_what_outlives_its_parent_is_waited_for_by_what_is_above() {
    let open = run("
        agent A  |==>       |
          tool b | ==       |
          llm c  |    =>    |
    ");
    assert_eq!(open.path(), "AbbAcccccc");
    // `b` outlives its parent, `c` lies wholly beyond it and counts for what it lies in.
    let outside = run("
        agent A      |==========|
          chain Z    | ====     |
            tool b   |   ====   |
            tool c   |        = |
    ");
    assert_eq!(outside.path(), "AZZbbbbAcA");
    // Before its parent and after it, where there is nothing above: what runs then is named, and only what is empty is nobody's.
    let alone = run("
        agent A    |   ======       |
          tool e   | ====           |
          tool l   |       =====    |
          llm w    |             == |
    ");
    assert_eq!(alone.path(), ".eeeeAAlllll.ww.");
    // What is below goes along with it.
    let below = run("
        agent A     |====      |
          tool B    |  ======  |
            llm c   |     ==   |
    ");
    assert_eq!(below.path(), "AABBBccB..");
    // A parent without times takes as long as what is below it.
    let untimed = run("
        agent A    |======|
          chain B  |      |
            tool c | ==   |
            tool d |    = |
    ");
    assert_eq!(untimed.path(), "AccBdA");
}

#[test]
fn pauses_between_tries_are_on_the_path() {
    let retried = run("
        agent A  |==========|
          tool t |xx        |
          wait w |  ===     |
          tool t |      ==  |
    ");
    assert_eq!(retried.path(), "ttwww-ttAA");
}

/// Each begins where the one before ends; together they are the window.
fn assert_tiles(activities: &[Activity], window: Window, what: &str) {
    let path = critical_path(activities, window);
    let mut at_ns = window.start_ns;
    for stretch in &path {
        assert_eq!(stretch.start_ns, at_ns, "{what}: no gap and no overlap");
        assert!(stretch.end_ns > stretch.start_ns, "{what}: {stretch:?} takes time");
        at_ns = stretch.end_ns;
        let Some(index) = stretch.activity else {
            let runs = activities
                .iter()
                .find(|each| each.start_ns < stretch.end_ns && stretch.start_ns < each.end_ns);
            assert_eq!(runs.filter(|each| each.length_ns() > 0), None, "{what}: {stretch:?} is empty");
            continue;
        };
        let activity = activities[index as usize];
        assert!(
            stretch.start_ns >= activity.start_ns && stretch.end_ns <= activity.end_ns,
            "{what}: {stretch:?} lies in {activity:?}"
        );
        // Own time is what nothing below covers, and nobody's time what nothing covers.
        for below in activities.iter().filter(|below| below.above == Some(index)) {
            assert!(
                below.end_ns <= stretch.start_ns
                    || below.start_ns >= stretch.end_ns
                    || below.length_ns() == 0,
                "{what}: {below:?} runs in {stretch:?} of {activity:?}"
            );
        }
    }
    assert_eq!(at_ns, window.end_ns.max(window.start_ns), "{what}");
}

#[test]
fn the_path_of_any_run_fills_its_time_exactly() {
    for seed in 0..400 {
        let (spans, window) = random(1 + (seed % 60) as u32, seed);
        let tree = tree(&spans);
        let groups = attempt_groups(&spans, &tree, &["a", "b", "c", "d"], 0);
        let activities = activities(&spans, &tree, &groups, window, |_| Told::default());
        assert_tiles(&activities, window, &format!("seed {seed}"));
    }
}

#[test]
fn a_million_steps_and_a_hundred_thousand_levels_are_walked() {
    let activities: Vec<Activity> = (0..1_000_000_u32)
        .map(|row| {
            let depth = row.min(100_000);
            Activity {
                row,
                is_pause: false,
                above: if row <= 100_000 { row.checked_sub(1) } else { Some(100_000) },
                start_ns: i64::from(row),
                end_ns: if row <= 100_000 { 2_000_000 - i64::from(depth) } else { i64::from(row) + 3 },
                part: TimePart::Tool,
            }
        })
        .collect();
    let window = Window { start_ns: 0, end_ns: 2_000_000 };
    let path = critical_path(&activities, window);
    assert_eq!(path.iter().map(|stretch| stretch.length_ns()).sum::<i64>(), 2_000_000);
    assert!(path.len() > 400_000, "{}", path.len());
}
