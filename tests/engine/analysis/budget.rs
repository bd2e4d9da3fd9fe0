use engine::analysis::{TimeBudget, Told, activities, attempt_groups, critical_path, time_budget, tree};
use engine::model::TimePart::{self, *};

use super::drawn::{Drawn, random, run};

fn budget(run: &Drawn) -> TimeBudget {
    time_budget(&run.activities, &run.path, run.window, 10)
}

/// The parts that have any time, with what they take of the wall's, the path's and the steps' own time.
fn parts(text: &str) -> Vec<(TimePart, i64, i64, i64)> {
    let shares = budget(&run(text)).shares.into_iter();
    shares
        .filter(|share| share.wall_ns + share.critical_ns + share.work_ns > 0)
        .map(|share| (share.part, share.wall_ns, share.critical_ns, share.work_ns))
        .collect()
}

#[test]
fn a_moment_goes_to_the_step_in_which_nothing_else_runs() {
    assert_eq!(
        parts(
            "
            agent A       |============|
              llm b       | ===        |
              tool C      |     =====  |
                agent D   |      ===   |
                  llm e   |       =    |
              retrieval f |    =       |
        "
        ),
        [(Model, 4, 4, 4), (Tool, 2, 2, 2), (Retrieval, 1, 1, 1), (Own, 5, 5, 5)]
    );
}

#[test]
fn of_what_runs_at_once_one_takes_the_moment_and_all_count_as_work() {
    // Both tools run for 4, of which the model takes 1; the path goes through the tool that ended last.
    assert_eq!(
        parts(
            "
            agent A  |======|
              tool b | ==== |
              tool c | ==== |
              llm d  |  =   |
        "
        ),
        [(Model, 1, 0, 1), (Tool, 3, 4, 8), (Own, 2, 2, 2)]
    );
    // What works goes before what waits.
    assert_eq!(
        parts(
            "
            agent A        |=====|
              tool human b |=====|
              tool c       | =   |
        "
        ),
        [(Tool, 1, 0, 1), (Human, 4, 5, 5)]
    );
}

#[test]
fn waits_are_told_apart() {
    assert_eq!(
        parts(
            "
            agent A          |====================|
              tool t         |xx                  |
              wait w         |  ===               |
              tool t         |      ==            |
              tool limited l |        x           |
              tool limited l |           =        |
              wait human h   |            ===     |
              wait u         |                ==  |
        "
        ),
        // The pause before the second try is 4, of which a wait step takes 3; the wait at the end tells nothing.
        [
            (Tool, 6, 6, 6),
            (Human, 3, 3, 3),
            (Throttled, 2, 2, 2),
            (Backoff, 4, 4, 4),
            (Own, 3, 3, 3),
            (Idle, 2, 2, 2)
        ]
    );
}

#[test]
fn idle_is_what_nothing_covers() {
    assert_eq!(
        parts(
            "
            agent a |==      |
            agent b |    === |
              other |     =  |
        "
        ),
        [(Own, 5, 5, 5), (Idle, 3, 3, 0)]
    );
    assert_eq!(parts("tool x |    |"), [(Idle, 4, 4, 0)]);
}

#[test]
fn a_part_lists_its_longest_steps_and_counts_all() {
    let run = run("
        agent A  |==========|
          tool b |=         |
          tool c | ===      |
          tool d |     ==   |
    ");
    let budget = time_budget(&run.activities, &run.path, run.window, 2);
    let tool = &budget.shares[Tool as usize];
    assert_eq!((tool.count, tool.longest.as_slice()), (3, [(2, 3), (3, 2)].as_slice()));
}

#[test]
fn what_goes_on_at_the_end_is_known() {
    let goes_on = |text: &str| budget(&run(text)).last;
    assert_eq!(
        goes_on(
            "
        agent A |==>    |
          llm b |   =>  |
    "
        ),
        Model
    );
    assert_eq!(
        goes_on(
            "
        agent A |==>    |
          llm b |   ==  |
    "
        ),
        Own
    );
    assert_eq!(goes_on("agent A |==   |"), Idle);
}

#[test]
fn the_parts_of_any_run_add_up_to_its_time() {
    for seed in 0..400 {
        let (spans, window) = random(1 + (seed % 60) as u32, seed);
        let tree = tree(&spans);
        let groups = attempt_groups(&spans, &tree, &["a", "b", "c", "d"], 0);
        let activities = activities(&spans, &tree, &groups, window, |span| Told {
            part: (span % 7 == 0).then_some(Human),
            is_rate_limited: span % 3 == 0,
        });
        let path = critical_path(&activities, window);
        let budget = time_budget(&activities, &path, window, 5);
        let sum = |of: fn(&engine::analysis::TimeShare) -> i64| budget.shares.iter().map(of).sum::<i64>();
        assert_eq!(sum(|share| share.wall_ns), window.length_ns(), "seed {seed}: wall time");
        assert_eq!(sum(|share| share.critical_ns), window.length_ns(), "seed {seed}: critical path");
        for share in budget.shares.iter().filter(|share| share.part != Idle) {
            assert!(share.work_ns >= share.wall_ns, "seed {seed}: {share:?}");
            assert!(share.longest.is_sorted_by_key(|(_, own_ns)| std::cmp::Reverse(*own_ns)));
        }
    }
}
