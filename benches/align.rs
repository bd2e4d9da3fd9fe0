//! Aligning two runs: how long it takes where they are alike, where every tenth step is not, and where nothing is.

use std::time::Instant;

use engine::analysis::alignment::{ByHand, Run, Said, Sketch, align};
use engine::analysis::{AttemptGroup, Parent, SpanFacts, Tree, tree};
use engine::model::{SpanKind, SpanStatus};

const SIZES: [u32; 4] = [100, 1_000, 10_000, 100_000];
const TOOLS: [&str; 6] = ["search", "fetch_page", "run_query", "read_file", "calculator", "send_mail"];

/// Aligns made-up runs of each size with likes and unlikes of them.
pub fn align_runs() {
    println!("\naligning two runs (median of 5; goal 1 s for two of 10,000 steps that are alike)");
    for steps in SIZES {
        let run = Made::new(steps, 0, u32::MAX);
        for (name, other) in [
            ("alike", Made::new(steps, 0, 500)),
            ("every tenth step changed", Made::new(steps, 0, 10)),
            ("unlike", Made::new(steps, 1, u32::MAX)),
        ] {
            let mut times_ms = Vec::new();
            let mut is_bounded = false;
            for _ in 0..5 {
                let begun = Instant::now();
                let alignment = align(&run.run(), &other.run(), &ByHand::default());
                times_ms.push(begun.elapsed().as_secs_f64() * 1e3);
                is_bounded = alignment.is_bounded;
            }
            times_ms.sort_unstable_by(f64::total_cmp);
            let cut = if is_bounded { ", search cut off" } else { "" };
            println!(
                "  {:<50} {:.1} ms{cut}",
                format!("{steps} steps, {name}"),
                times_ms[times_ms.len() / 2]
            );
        }
    }
}

/// A run of agents with twenty steps each: calls of a model and of tools.
struct Made {
    facts: Vec<SpanFacts>,
    tree: Tree,
    groups: Vec<AttemptGroup>,
    strings: Vec<Box<str>>,
    said: Vec<Said>,
}

impl Made {
    /// Runs of one `topic` say the same but for every `changed`th step; before each such step one more is put in.
    fn new(steps: u32, topic: u32, changed: u32) -> Self {
        let mut made = Self {
            facts: Vec::new(),
            tree: Tree::default(),
            groups: Vec::new(),
            strings: TOOLS.iter().copied().chain(["chat", "researcher"]).map(Box::from).collect(),
            said: Vec::new(),
        };
        let mut agent = 0;
        for step in 0..steps {
            if step % 20 == 0 {
                agent = made.facts.len() as u32;
                made.add(Parent::None, SpanKind::Agent, 7, &format!("task {step} of {topic}"), "done");
                continue;
            }
            let under = Parent::At(agent);
            let is_changed = step % changed == 1;
            if is_changed {
                made.add(under, SpanKind::Tool, step % 6, &format!("one more, {step}"), "nothing");
            }
            let about = if is_changed { topic + 1_000 } else { topic };
            let given = format!("look at item {step} of {about} and what stands beside it");
            let gave = format!("item {step} of {about} has {} parts", step % 13);
            if step % 2 == 1 {
                made.add(under, SpanKind::Llm, 6, &given, &gave);
            } else {
                made.add(under, SpanKind::Tool, (step + topic) % 6, &given, &gave);
            }
        }
        made.tree = tree(&made.facts);
        made
    }

    fn add(&mut self, parent: Parent, kind: SpanKind, name: u32, input: &str, output: &str) {
        let at_ns = self.facts.len() as i64 * 1_000;
        self.facts.push(SpanFacts {
            parent,
            kind,
            status: SpanStatus::Ok,
            start_ns: Some(at_ns),
            end_ns: Some(at_ns + 900),
            ..SpanFacts::new(name)
        });
        self.said.push(Said {
            input: Some(Sketch::of_text(input)),
            output: Some(Sketch::of_text(output)),
            error: None,
        });
    }

    fn run(&self) -> Run<'_> {
        Run {
            facts: &self.facts,
            tree: &self.tree,
            groups: &self.groups,
            strings: &self.strings,
            said: &self.said,
            has_own_row: false,
            is_under_way: false,
            status: SpanStatus::Ok,
            model: None,
        }
    }
}
