//! What holds for any two runs, and small runs in which it can be seen what is meant.

use std::collections::HashMap;

use engine::analysis::alignment::{Alignment, ByHand, Difference, Pair, Relation, Run, Said, Sketch, align};
use engine::analysis::{AttemptGroup, Parent, SpanFacts, Tree, attempt_groups, tree};
use engine::model::{SpanKind, SpanStatus};

use super::super::drawn;

/// A run of its own.
pub(super) struct Owned {
    facts: Vec<SpanFacts>,
    tree: Tree,
    groups: Vec<AttemptGroup>,
    strings: Vec<Box<str>>,
    said: Vec<Said>,
    has_own_row: bool,
    is_under_way: bool,
    /// How it ended as a whole, where that is not how its first root did.
    ended: Option<SpanStatus>,
}

impl Owned {
    fn new(facts: Vec<SpanFacts>, strings: Vec<Box<str>>, said: Vec<Said>) -> Self {
        let tree = tree(&facts);
        let groups = attempt_groups(&facts, &tree, &strings, 0);
        Self { facts, tree, groups, strings, said, has_own_row: false, is_under_way: false, ended: None }
    }

    /// The same run, its first row being the run itself as its source reports it.
    pub(super) fn reported(self) -> Self {
        Self { has_own_row: true, ..self }
    }

    /// The same run, of which more may come.
    pub(super) fn under_way(self) -> Self {
        Self { is_under_way: true, ..self }
    }

    /// The same run, which ended so as a whole.
    pub(super) fn that_ended(self, status: SpanStatus) -> Self {
        Self { ended: Some(status), ..self }
    }

    /// The same run, in which all steps without steps of their own ran at the same time.
    pub(super) fn at_once(mut self) -> Self {
        let count = self.facts.len() as i64;
        self.facts.iter_mut().for_each(|span| span.end_ns = Some(count * 100 + 50));
        self
    }

    fn run(&self) -> Run<'_> {
        Run {
            facts: &self.facts,
            tree: &self.tree,
            groups: &self.groups,
            strings: &self.strings,
            said: &self.said,
            has_own_row: self.has_own_row,
            is_under_way: self.is_under_way,
            status: match self.ended {
                Some(status) => status,
                None => self.tree.roots().next().map_or(SpanStatus::Ok, |root| {
                    self.facts[self.tree.rows[root as usize].span as usize].status
                }),
            },
            model: None,
        }
    }

    pub(super) fn name(&self, row: u32) -> &str {
        &self.strings[self.facts[self.tree.rows[row as usize].span as usize].name as usize]
    }

    /// The row of the `count`th step of a name.
    fn row(&self, name: &str, count: usize) -> u32 {
        (0..self.tree.rows.len() as u32).filter(|row| self.name(*row) == name).nth(count).unwrap()
    }
}

/// A run written down, a line a step: indented under its parent, `kind name`, then what it was given, what came out and how it
/// failed after bars; `!` before the name where it failed, `?` where it has not ended.
pub(super) fn run(text: &str) -> Owned {
    let (mut facts, mut strings, mut said): (Vec<SpanFacts>, Vec<Box<str>>, Vec<Said>) = Default::default();
    let mut open: Vec<(usize, u32)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut parts = line.split('|');
        let head = parts.next().unwrap();
        let sketch = |part: Option<&str>| {
            part.map(str::trim).filter(|part| !part.is_empty()).map(|part| {
                serde_json::from_str(part)
                    .map_or_else(|_| Sketch::of_text(part), |value| Sketch::of_value(&value))
            })
        };
        let input = parts.next();
        let (kind, name) = head.trim().split_once(' ').unwrap();
        let indent = head.len() - head.trim_start().len();
        open.retain(|(above, _)| *above < indent);
        let index = facts.len() as u32;
        let name = name.trim();
        facts.push(SpanFacts {
            parent: open.last().map_or(Parent::None, |(_, parent)| Parent::At(*parent)),
            kind: SpanKind::from_word(kind).unwrap(),
            status: match name.chars().next() {
                Some('!') => SpanStatus::Error,
                Some('?') => SpanStatus::Open,
                _ => SpanStatus::Ok,
            },
            start_ns: Some(i64::from(index) * 100),
            end_ns: Some(i64::from(index) * 100 + 50),
            input_hash: input.map(|input| {
                input.trim().bytes().fold(7, |hash: i64, byte| hash.wrapping_mul(31) + i64::from(byte))
            }),
            ..SpanFacts::new(strings.len() as u32)
        });
        strings.push(name.trim_start_matches(['!', '?']).into());
        let (input, output, error) = (sketch(input), sketch(parts.next()), sketch(parts.next()));
        said.push(Said { input, output, error: error.map(Box::new) });
        open.push((indent, index));
    }
    Owned::new(facts, strings, said)
}

/// Aligned, and held to what always holds.
pub(super) fn aligned(a: &Owned, b: &Owned, by_hand: &ByHand) -> Alignment {
    let alignment = align(&a.run(), &b.run(), by_hand);
    hold(a, b, &alignment);
    alignment
}

fn hold(a: &Owned, b: &Owned, alignment: &Alignment) {
    let pairs = &alignment.pairs;
    let mut rows_a: Vec<u32> = pairs.iter().filter_map(|pair| pair.a).collect();
    let mut rows_b: Vec<u32> = pairs.iter().filter_map(|pair| pair.b).collect();
    rows_a.sort_unstable();
    rows_b.sort_unstable();
    assert_eq!(rows_a, (0..a.tree.rows.len() as u32).collect::<Vec<_>>(), "each row of A once");
    assert_eq!(rows_b, (0..b.tree.rows.len() as u32).collect::<Vec<_>>(), "each row of B once");
    // Each pair directly follows its parent or what is below an earlier sibling.
    let mut open: Vec<u32> = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        while open.last().is_some_and(|last| pair.parent != Some(*last)) {
            open.pop();
        }
        assert_eq!(open.last().copied(), pair.parent, "pair {at} stands below its parent");
        assert_eq!(pair.depth as usize, open.len().min(usize::from(u16::MAX)), "depth of pair {at}");
        open.push(at as u32);
        let relation_fits = match pair.relation {
            Relation::Matched | Relation::Moved => pair.a.is_some() && pair.b.is_some(),
            Relation::OnlyA => pair.a.is_some() && pair.b.is_none(),
            Relation::OnlyB => pair.a.is_none() && pair.b.is_some(),
        };
        assert!(relation_fits, "{pair:?}");
        assert!((0.0..=1.0).contains(&pair.sureness), "{pair:?}");
        assert!(pair.repeats.is_none_or(|other| (other as usize) < pairs.len()), "{pair:?}");
        if let Some(last) = pair.try_of {
            assert!((last as usize) < pairs.len() && last != at as u32, "{pair:?}");
            assert!(!pair.is_difference, "a try counts with its operation: {pair:?}");
        }
        if pair.a.is_none() || pair.b.is_none() {
            let is_run = pair.a.is_some_and(|row| row == 0) || pair.b.is_some_and(|row| row == 0);
            assert!(pair.difference == Difference::default() || is_run, "{pair:?}");
        }
    }
    assert!(alignment.first_difference.is_none_or(|at| pairs[at as usize].is_difference));
}

/// A line a pair: how they stand to each other, names, what differs.
pub(super) fn drawn_pairs(a: &Owned, b: &Owned, alignment: &Alignment) -> String {
    let line = |(at, pair): (usize, &engine::analysis::alignment::Pair)| {
        let sign = match pair.relation {
            Relation::Matched => '=',
            Relation::Moved => '~',
            Relation::OnlyA => '-',
            Relation::OnlyB => '+',
        };
        let name = |owned: &Owned, row: Option<u32>| row.map(|row| owned.name(row).to_owned());
        let names = match (name(a, pair.a), name(b, pair.b)) {
            (Some(a), Some(b)) if a != b => format!("{a}/{b}"),
            (Some(name), _) | (None, Some(name)) => name,
            (None, None) => String::new(),
        };
        let indent = "  ".repeat(pair.depth.into());
        let first = if alignment.first_difference == Some(at as u32) { " <" } else { "" };
        let difference =
            if pair.difference.0 == 0 { String::new() } else { format!(" {}", pair.difference.0) };
        format!("{indent}{sign} {names}{difference}{first}\n")
    };
    alignment.pairs.iter().enumerate().map(line).collect()
}

pub(super) fn differences(alignment: &Alignment) -> Vec<usize> {
    let pairs = alignment.pairs.iter().enumerate();
    pairs.filter(|(_, pair)| pair.is_difference).map(|(at, _)| at).collect()
}

fn shown(a: &str, b: &str) -> String {
    let (a, b) = (run(a), run(b));
    let alignment = aligned(&a, &b, &ByHand::default());
    // The other way round as many steps are in both, and they part at the same time.
    let back = aligned(&b, &a, &ByHand::default());
    let both = |alignment: &Alignment| {
        alignment.pairs.iter().filter(|pair| pair.a.is_some() && pair.b.is_some()).count()
    };
    assert_eq!(both(&alignment), both(&back));
    assert_eq!(alignment.first_difference.is_some(), back.first_difference.is_some());
    drawn_pairs(&a, &b, &alignment)
}

fn lines(text: &str) -> String {
    let indent = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .map_or(0, |line| line.len() - line.trim_start().len());
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| format!("{}\n", line.get(indent..).unwrap().trim_end()))
        .collect()
}

pub(super) const RESEARCH: &str = r#"
    agent research | which papers
      llm chat | which papers | {"search": {"q": "alpha"}}
      tool search | {"q": "alpha"} | found 3
      llm chat | found 3 | {"fetch": {"n": 1}}
      tool fetch | {"n": 1} | text of the first
      llm chat | text of the first | It is about alignment.
"#;

#[test]
fn a_run_is_the_same_as_itself() {
    let shown = shown(RESEARCH, RESEARCH);
    assert!(shown.lines().all(|line| line.trim_start().starts_with('=') && !line.ends_with('<')), "{shown}");
}

#[test]
fn another_argument_is_the_first_difference_and_not_the_agent_around_it() {
    let other = RESEARCH
        .replace("| which papers\n      llm", "| which papers | done\n      llm")
        .replace(r#"tool search | {"q": "alpha"} | found 3"#, r#"tool search | {"q": "beta"} | found 9"#);
    assert_eq!(
        shown(RESEARCH, &other),
        lines(
            "
            = research
              = chat
              = search 40 <
              = chat
              = fetch
              = chat"
        )
    );
}

#[test]
fn a_step_put_in_is_of_one_run_alone_and_says_what_it_repeats() {
    let other = RESEARCH.replace(
        "      llm chat | found 3",
        "      tool search | {\"q\": \"alpha\"} | found 3\n      tool weather | {\"city\": \"Rome\"} | rain\n      llm chat | found 3",
    );
    assert_eq!(
        shown(RESEARCH, &other),
        lines(
            "
            = research
              = chat
              = search
              + search <
              + weather
              = chat
              = fetch
              = chat"
        )
    );
    let (a, b) = (run(RESEARCH), run(&other));
    let alignment = aligned(&a, &b, &ByHand::default());
    assert_eq!(alignment.pairs[3].repeats, Some(2));
    assert_eq!(alignment.pairs[4].repeats, None);
}

#[test]
fn tries_are_no_steps_put_in() {
    let other = RESEARCH.replace(
        "      tool fetch",
        "      tool !fetch | {\"n\": 1}\n      tool !fetch | {\"n\": 1}\n      tool fetch",
    );
    assert_eq!(
        shown(RESEARCH, &other),
        lines(
            "
            = research
              = chat
              = search
              = chat
              = fetch 128
                + fetch
                + fetch
              = chat"
        )
    );
}

#[test]
fn of_tries_the_last_is_the_last_and_the_others_count_from_the_front() {
    let with = |tries: usize| {
        RESEARCH.replace(
            "      tool fetch",
            &format!("{}      tool fetch", "      tool !fetch | {\"n\": 1}\n".repeat(tries)),
        )
    };
    let (a, b) = (run(&with(1)), run(&with(2)));
    let alignment = aligned(&a, &b, &ByHand::default());
    let pairs: Vec<_> = alignment
        .pairs
        .iter()
        .filter(|pair| {
            pair.a
                .or(pair.b)
                .is_some_and(|row| if pair.a.is_some() { a.name(row) } else { b.name(row) } == "fetch")
        })
        .map(|pair| (pair.a, pair.b, pair.relation))
        .collect();
    let (row_a, row_b) = (|at| Some(a.row("fetch", at)), |at| Some(b.row("fetch", at)));
    assert_eq!(
        pairs,
        [
            (row_a(1), row_b(2), Relation::Matched),
            (row_a(0), row_b(0), Relation::Matched),
            (None, row_b(1), Relation::OnlyB),
        ]
    );
    assert_eq!(alignment.first_difference, None);
    let operation = alignment.pairs.iter().position(|pair| pair.b == row_b(2)).map(|at| at as u32);
    let tries: Vec<&Pair> = alignment.pairs.iter().filter(|pair| pair.try_of.is_some()).collect();
    assert!(
        tries.len() == 2 && tries.iter().all(|pair| pair.try_of == operation && pair.parent == operation)
    );
    let differences: Vec<usize> = differences(&alignment);
    assert_eq!(differences, [operation.unwrap() as usize], "another number of tries is one difference");
}

#[test]
fn tries_with_work_between_them_stay_where_they_are() {
    let other = RESEARCH.replace(
        "      tool fetch",
        "      tool !fetch | {\"n\": 1}\n      llm chat | it failed | {\"fetch\": {\"n\": 1}}\n      tool fetch",
    );
    let (a, b) = (run(RESEARCH), run(&other));
    let alignment = aligned(&a, &b, &ByHand::default());
    let operation = alignment.pairs.iter().position(|pair| pair.a == Some(a.row("fetch", 0))).unwrap();
    let tried = alignment.pairs.iter().find(|pair| pair.b == Some(b.row("fetch", 0))).unwrap();
    assert_eq!(tried.try_of, Some(operation as u32));
    assert_eq!(tried.parent, alignment.pairs[operation].parent, "beside it, as the run had it");
    assert_eq!(alignment.first_difference, None);
    assert_eq!(differences(&alignment), [operation], "the call that asked for the next try is part of it");
}

#[test]
fn a_part_that_one_run_alone_has_is_one_difference() {
    let other = RESEARCH.replace(
        "      tool fetch",
        "      agent helper | do it\n        llm chat | think hard | {\"look\": 9}\n        tool look | {\"n\": 9} | seen\n      tool fetch",
    );
    let (a, b) = (run(RESEARCH), run(&other));
    let alignment = aligned(&a, &b, &ByHand::default());
    let helper = alignment.pairs.iter().position(|pair| pair.b == Some(b.row("helper", 0))).unwrap();
    assert_eq!(alignment.first_difference, Some(helper as u32));
    assert_eq!(differences(&alignment), [helper]);
    let parts = alignment.parts_of_differences().into_iter().filter(|is_part| *is_part).count();
    assert_eq!(parts, 2);
}

#[test]
fn two_reported_runs_are_each_others_whatever_they_are_called_and_have() {
    let steps = "\n  llm chat | which papers | yes\n  tool search | {\"q\": 1} | found";
    let pairs_of = |a: &str, b: &str| {
        let (a, b) = (run(a).reported(), run(b).reported());
        for (a, b) in [(&a, &b), (&b, &a)] {
            let alignment = aligned(a, b, &ByHand::default());
            assert_eq!((alignment.pairs[0].a, alignment.pairs[0].b), (Some(0), Some(0)));
            assert_eq!(alignment.pairs[0].relation, Relation::Matched);
            assert!(!alignment.pairs[0].difference.has_any(Difference::NAME), "a name is nothing it does");
        }
        let alignment = aligned(&a, &b, &ByHand::default());
        (differences(&alignment), alignment.first_difference)
    };
    let (whole, empty) = (format!("agent find shoes{steps}"), "agent Customer support 3");
    assert_eq!(pairs_of(&whole, &format!("chain 7f{steps}")), (vec![], None));
    assert_eq!(pairs_of(&whole, empty), (vec![1, 2], Some(1)), "what an empty run lacks are the steps");
    assert_eq!(pairs_of(empty, "agent other"), (vec![], None));
    let rooted = format!("agent run\n  agent root{}", steps.replace("\n", "\n  "));
    assert_eq!(pairs_of(&whole, &rooted), (vec![], None), "a root span is a level of its format");

    // By hand they can be parted all the same.
    let (a, b) = (run(&whole).reported(), run(empty).reported());
    let parted = ByHand { broken: vec![(0, 0)], ..ByHand::default() };
    assert_eq!(aligned(&a, &b, &parted).pairs[0].b, None);
}

#[test]
fn a_run_that_its_source_does_not_report_is_what_stands_above_all_its_steps() {
    let a = run("agent assistant\n  tool search | {\"q\": 1} | found");
    let b = run("agent other\n  tool unlike | {\"z\": 9} | lost").reported();
    for (a, b) in [(&a, &b), (&b, &a)] {
        let alignment = aligned(a, b, &ByHand::default());
        assert_eq!((alignment.pairs[0].a, alignment.pairs[0].b), (Some(0), Some(0)));
        assert_eq!(differences(&alignment).len(), 2);
    }
    // Where the other has nothing above its steps, what has is no step of one run alone.
    let flat = run("tool search | {\"q\": 1} | found\ntool unlike | {\"z\": 9} | lost");
    let alignment = aligned(&b, &flat, &ByHand::default());
    assert!(alignment.pairs.iter().all(|pair| pair.a != Some(0) || !pair.is_difference));
}

#[test]
fn levels_that_one_format_has_are_passed_over() {
    let other = r#"
    chain RunnableSequence
      chain LangGraph | which papers
        chain call_model
          llm ChatOpenAI | which papers | {"search": {"q": "alpha"}}
        chain tools
          tool execute_tool search | {"q": "alpha"} | found 3
        chain call_model
          llm ChatOpenAI | found 3 | {"fetch": {"n": 1}}
        chain tools
          tool execute_tool fetch | {"n": 1} | text of the first
        chain call_model
          llm ChatOpenAI | text of the first | It is about alignment.
        chain StrOutputParser | It is about alignment. | It is about alignment.
    "#;
    let (a, b) = (run(RESEARCH), run(other));
    let alignment = aligned(&a, &b, &ByHand::default());
    assert_eq!(alignment.first_difference, None, "{}", drawn_pairs(&a, &b, &alignment));
    assert_eq!(differences(&alignment), [] as [usize; 0], "{}", drawn_pairs(&a, &b, &alignment));
    for (name, kind) in [("chat", 0), ("chat", 1), ("chat", 2), ("search", 0), ("fetch", 0)] {
        let row = a.row(name, kind);
        let pair = alignment.pairs.iter().find(|pair| pair.a == Some(row)).unwrap();
        let found = pair.b.map(|row| b.name(row).trim_start_matches("execute_tool ").to_owned());
        let wanted = if name == "chat" { "ChatOpenAI" } else { name };
        assert_eq!((pair.relation, found.as_deref()), (Relation::Matched, Some(wanted)));
    }
    aligned(&b, &a, &ByHand::default());
}

#[test]
fn steps_the_other_way_round_have_moved() {
    let shown = shown(
        r#"
        agent a
          tool search | {"q": "one"} | first
          tool search | {"q": "two"} | second
          tool send | {"to": "x"} | sent
        "#,
        r#"
        agent a
          tool search | {"q": "two"} | second
          tool search | {"q": "one"} | first
          tool send | {"to": "x"} | sent
        "#,
    );
    assert_eq!(shown.matches('~').count(), 1, "{shown}");
    assert_eq!(shown.matches('=').count(), 3, "{shown}");
}

#[test]
fn a_step_under_another_agent_has_moved() {
    let shown = shown(
        r#"
        agent run
          agent writer
            llm chat | write it | text
            tool check | {"t": 1} | fine
          agent editor
            llm chat | edit it | better
            llm chat | print it | printed
        "#,
        r#"
        agent run
          agent writer
            llm chat | write it | text
          agent editor
            tool check | {"t": 1} | fine
            llm chat | edit it | better
            llm chat | print it | printed
        "#,
    );
    assert!(shown.contains("~ check"), "{shown}");
    assert_eq!(shown.matches('=').count(), 6, "{shown}");
}

#[test]
fn names_are_read_without_counters_and_ids() {
    let a = "agent a\n  tool search_3 | x\n  chain step 12\n  tool call 0x7ffe01 | y";
    let b = "agent a\n  tool search_4 | x\n  chain step 13\n  tool call 0x88aa02 | y";
    let (a, b) = (run(a), run(b));
    let alignment = aligned(&a, &b, &ByHand::default());
    assert!(alignment.pairs.iter().all(|pair| pair.relation == Relation::Matched && pair.difference.0 == 0));
}

#[test]
fn what_a_person_says_holds_and_the_rest_is_aligned_anew() {
    let (a, b) = (run(RESEARCH), run(RESEARCH));
    let (first, second) = (a.row("chat", 0), b.row("chat", 1));
    let forced = ByHand { forced: vec![(first, second)], ..ByHand::default() };
    let alignment = aligned(&a, &b, &forced);
    let pair = alignment.pairs.iter().find(|pair| pair.a == Some(first)).unwrap();
    assert_eq!((pair.b, pair.by_hand, pair.sureness), (Some(second), true, 1.0));
    let search = a.row("search", 0);
    let found = alignment.pairs.iter().find(|pair| pair.a == Some(search)).unwrap();
    assert_eq!(found.b, Some(b.row("search", 0)));

    let broken = ByHand { broken: vec![(search, b.row("search", 0))], ..ByHand::default() };
    let alignment = aligned(&a, &b, &broken);
    let found = alignment.pairs.iter().find(|pair| pair.a == Some(search)).unwrap();
    assert_eq!(found.b, None);
    assert!(alignment.pairs.iter().filter(|pair| pair.relation == Relation::Matched).count() >= 5);
    // A try that a person has judged by itself is a step by itself.
    let tries =
        run(&RESEARCH.replace("      tool fetch", "      tool !fetch | {\"n\": 1}\n      tool fetch"));
    let by_hand = ByHand { forced: vec![(a.row("fetch", 0), tries.row("fetch", 0))], ..ByHand::default() };
    let alignment = aligned(&a, &tries, &by_hand);
    let pair = alignment.pairs.iter().find(|pair| pair.by_hand).unwrap();
    assert_eq!((pair.a, pair.b), (Some(a.row("fetch", 0)), Some(tries.row("fetch", 0))));
}

#[test]
fn empty_and_strange_runs_are_aligned() {
    let empty = run("");
    let one = run("tool search | x");
    assert_eq!(aligned(&empty, &empty, &ByHand::default()).pairs.len(), 0);
    assert_eq!(aligned(&empty, &one, &ByHand::default()).first_difference, Some(0));
    assert_eq!(aligned(&one, &empty, &ByHand::default()).first_difference, Some(0));
    let nowhere = ByHand { forced: vec![(7, 9), (0, 0), (0, 0)], broken: vec![(99, 99)] };
    assert!(aligned(&one, &one, &nowhere).pairs[0].by_hand);
}

/// A run without a pattern, with names and inputs.
fn random(count: u32, seed: u64) -> Owned {
    let (mut facts, _) = drawn::random(count, seed);
    let strings: Vec<Box<str>> = ["search", "fetch_page", "step 3", "planner"].map(Box::from).to_vec();
    let said = facts
        .iter()
        .enumerate()
        .map(|(at, span)| Said {
            input: (at % 5 != 0)
                .then(|| Sketch::of_text(&format!("look for item {:?} now", span.input_hash))),
            output: (at % 3 == 0).then(|| Sketch::of_text(&format!("it is {}", at % 7))),
            error: None,
        })
        .collect();
    facts.iter_mut().for_each(|span| span.name %= 4);
    Owned::new(facts, strings, said)
}

#[test]
fn any_two_runs_are_aligned_row_for_row() {
    for seed in 0..150 {
        let (a, b) =
            (random(1 + (seed as u32 * 7) % 60, seed), random(1 + (seed as u32 * 11) % 60, seed + 1_000));
        let alignment = aligned(&a, &b, &ByHand::default());
        let back = aligned(&b, &a, &ByHand::default());
        let both = |alignment: &Alignment| {
            alignment.pairs.iter().filter(|pair| pair.a.is_some() && pair.b.is_some()).count()
        };
        assert_eq!(both(&alignment), both(&back), "as many steps either way round, seed {seed}");
        assert!(!alignment.is_bounded);
        // Whatever is said by hand holds.
        let mut by_hand = ByHand::default();
        let (count_a, count_b) = (a.tree.rows.len() as u32, b.tree.rows.len() as u32);
        by_hand.forced.push((seed as u32 % count_a, (seed as u32 * 3) % count_b));
        let taken = by_hand.forced[0];
        by_hand.broken.extend(
            alignment
                .pairs
                .iter()
                .filter_map(|pair| pair.a.zip(pair.b))
                .filter(|pair| pair.0 != taken.0 && pair.1 != taken.1)
                .step_by(3),
        );
        let anew = aligned(&a, &b, &by_hand);
        let found: HashMap<u32, u32> = anew.pairs.iter().filter_map(|pair| pair.a.zip(pair.b)).collect();
        assert_eq!(found.get(&taken.0), Some(&taken.1), "forced, seed {seed}");
        assert!(by_hand.broken.iter().all(|(a, b)| found.get(a) != Some(b)), "broken, seed {seed}");
    }
}

#[test]
fn any_run_is_the_same_as_itself() {
    for seed in 0..150 {
        let a = random(1 + (seed as u32 * 5) % 80, seed);
        let alignment = aligned(&a, &a, &ByHand::default());
        for pair in &alignment.pairs {
            assert_eq!(
                (pair.a, pair.relation, pair.difference.0),
                (pair.b, Relation::Matched, 0),
                "seed {seed}"
            );
        }
        assert_eq!(alignment.first_difference, None);
    }
}

#[test]
fn deep_and_long_runs_end() {
    let chain = |count: u32, tool: &str| {
        let facts: Vec<SpanFacts> = (0..count)
            .map(|at| SpanFacts {
                parent: if at == 0 { Parent::None } else { Parent::At(at - 1) },
                kind: SpanKind::Chain,
                ..SpanFacts::new(0)
            })
            .collect();
        let said = vec![Said::default(); facts.len()];
        Owned::new(facts, vec![tool.into()], said)
    };
    let (deep, deeper) = (chain(30_000, "nested"), chain(30_001, "nested"));
    let alignment = aligned(&deep, &deeper, &ByHand::default());
    assert!(alignment.pairs.iter().filter(|pair| pair.relation == Relation::Matched).count() >= 29_000);
    let flat = |count: usize, shift: usize| {
        let facts: Vec<SpanFacts> = (0..count)
            .map(|at| SpanFacts { kind: SpanKind::Tool, ..SpanFacts::new(((at * at + shift) % 5) as u32) })
            .collect();
        let said = (0..count)
            .map(|at| Said {
                input: Some(Sketch::of_text(&format!("item {}", at * 2 + shift))),
                ..Said::default()
            })
            .collect();
        Owned::new(facts, ["a1x", "bcd", "efg", "hij", "klm"].map(Box::from).to_vec(), said)
    };
    let alignment = aligned(&flat(20_000, 0), &flat(20_000, 1), &ByHand::default());
    assert!(alignment.is_bounded, "nothing is alike, so that it is cut off");
    let (a, b) = (flat(20_000, 0), flat(20_010, 0));
    let alignment = aligned(&a, &b, &ByHand::default());
    assert!(!alignment.is_bounded);
    assert_eq!(alignment.pairs.iter().filter(|pair| pair.relation == Relation::Matched).count(), 20_000);
}
