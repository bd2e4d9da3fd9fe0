//! Known changes to a recorded run. Each gives the changed run and the step at which it first differs from the recorded one.

use engine::model::{SpanKind, SpanStatus};
use engine::semantics::{Content, MessagePart};
use serde_json::{Value, json};

use super::recorded::Step;

/// Where the runs first part.
#[derive(Clone, Debug, PartialEq)]
pub enum Parting {
    Nowhere,
    /// At a step of the recorded run, or where several come to the same, at one of them.
    At(Vec<u32>),
    /// At a step that was put in.
    New,
}

/// A change: `None` where the run has nothing that it could change.
pub type Edit = fn(&[Step], u64) -> Option<(Vec<Step>, Parting)>;

pub const EDITS: &[(&str, Edit)] = &[
    ("nothing", |steps, _| Some((steps.to_vec(), Parting::Nowhere))),
    ("ids and times", ids_and_times),
    ("order of keys", order_of_keys),
    ("a root around it", root_around),
    ("a level round each step", level_round_each),
    ("without its levels", without_levels),
    ("names of another format", other_names),
    ("a step put in", put_in),
    ("a step left out", left_out),
    ("two steps left out", two_left_out),
    ("an argument changed", argument_changed),
    ("an answer changed", answer_changed),
    ("an answer in other words", other_words),
    ("a step failed", failed),
    ("tries before a step", tries),
    ("two neighbours the other way round", reordered),
    ("a step done again", done_again),
    ("a root, ids, and an argument changed", |steps, seed| {
        let (steps, parting) = argument_changed(steps, seed)?;
        let (steps, _) = root_around(&steps, seed)?;
        Some((ids_and_times(&steps, seed)?.0, parting))
    }),
    ("tries, a step left out, other names", |steps, seed| {
        let (steps, parting) = left_out(steps, seed)?;
        let (steps, _) = tries(&steps, seed.wrapping_mul(31))?;
        Some((other_names(&steps, seed)?.0, parting))
    }),
];

/// The recorded run and its change, both reported as runs by their sources: under names of their own, with a row above all
/// steps.
pub type RunsEdit = fn(&[Step], u64) -> Option<(Vec<Step>, Vec<Step>, Parting)>;

pub const RUNS_EDITS: &[(&str, RunsEdit)] = &[
    ("runs of other names", |steps, _| {
        let other = reported(steps, "Customer support 3", SpanKind::Chain)?;
        Some((reported(steps, "Capital of France?", SpanKind::Agent)?, other, Parting::Nowhere))
    }),
    ("runs of other names, an argument changed", |steps, seed| {
        let (changed, parting) = argument_changed(steps, seed)?;
        let other = reported(&changed, "Customer support 3", SpanKind::Agent)?;
        Some((reported(steps, "Capital of France?", SpanKind::Agent)?, other, parting))
    }),
    ("a run without its root span", |steps, _| {
        let bare = without_root(steps)?;
        let other = reported(&bare, "Customer support 3", SpanKind::Agent)?;
        Some((reported(steps, "Capital of France?", SpanKind::Agent)?, other, Parting::Nowhere))
    }),
    ("a run and an empty one", |steps, _| {
        let whole = reported(steps, "Capital of France?", SpanKind::Agent)?;
        let empty = whole.iter().take(1).cloned().collect();
        Some((whole, empty, Parting::At(steps.iter().filter_map(|step| step.label).collect())))
    }),
    ("runs of other names, tries before a step", |steps, seed| {
        let (changed, parting) = tries(steps, seed)?;
        let other = reported(&changed, "Customer support 3", SpanKind::Agent)?;
        Some((reported(steps, "Capital of France?", SpanKind::Agent)?, other, parting))
    }),
];

/// What stands for the run itself in both runs, whatever it is called.
const RUN_LABEL: u32 = u32::MAX;

fn reported(steps: &[Step], name: &str, kind: SpanKind) -> Option<Vec<Step>> {
    let mut run = holder("the-run", name, kind, steps.first()?);
    run.label = Some(RUN_LABEL);
    run.row.parent_id = None;
    run.row.start_ns = steps.iter().filter_map(|step| step.row.start_ns).min();
    run.row.end_ns = steps.iter().filter_map(|step| step.row.end_ns).max();
    let mut reported = vec![run];
    for step in steps {
        let mut step = step.clone();
        step.row.parent_id.get_or_insert_with(|| "the-run".to_owned());
        reported.push(step);
    }
    Some(reported)
}

/// The steps below the one root that a run has, which holds them and is no work itself.
fn without_root(steps: &[Step]) -> Option<Vec<Step>> {
    let mut roots = steps.iter().filter(|step| step.row.parent_id.is_none());
    let root = roots.next().filter(|_| roots.next().is_none())?;
    let is_holder = matches!(root.row.kind, SpanKind::Agent | SpanKind::Chain | SpanKind::Other);
    let id = root.row.span_id.clone();
    if !is_holder || steps.len() < 4 {
        return None;
    }
    let mut rest: Vec<Step> = steps.iter().filter(|step| step.row.span_id != id).cloned().collect();
    for step in &mut rest {
        step.row.parent_id = step.row.parent_id.take().filter(|parent| *parent != id);
    }
    Some(rest)
}

fn is_leaf(steps: &[Step], at: usize) -> bool {
    let id = Some(&steps[at].row.span_id);
    !steps.iter().any(|step| step.row.parent_id.as_ref() == id)
}

/// Leaves that are model calls or tools.
fn work(steps: &[Step]) -> Vec<usize> {
    let is_work = |kind| !matches!(kind, SpanKind::Agent | SpanKind::Chain | SpanKind::Wait);
    (0..steps.len()).filter(|at| is_leaf(steps, *at) && is_work(steps[*at].row.kind)).collect()
}

fn choose<T: Copy>(from: &[T], seed: u64) -> Option<T> {
    let at = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as usize;
    (!from.is_empty()).then(|| from[at % from.len()])
}

fn at(step: &Step) -> Parting {
    step.label.map_or(Parting::New, |label| Parting::At(vec![label]))
}

/// All texts in a value.
fn each_text_of(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text_of(item, change)),
        Value::Object(members) => members.values_mut().for_each(|member| each_text_of(member, change)),
        _ => {}
    }
}

/// All texts of a step.
fn each_text(content: &mut Content, change: &mut dyn FnMut(&mut String)) {
    content.input.iter_mut().chain(&mut content.output).for_each(|member| each_text_of(member, change));
    for message in content.input_messages.iter_mut().chain(&mut content.output_messages) {
        for part in &mut message.parts {
            match part {
                MessagePart::Text { text } => change(text),
                MessagePart::ToolCall { id, arguments, .. } => {
                    id.iter_mut().for_each(&mut *change);
                    each_text_of(arguments, change);
                }
                MessagePart::ToolResult { id, result, .. } => {
                    id.iter_mut().for_each(&mut *change);
                    each_text_of(result, change);
                }
                MessagePart::Other { value: other } => each_text_of(other, change),
                _ => {}
            }
        }
    }
}

/// Other ids, and everything an hour and a bit later, some of it faster.
fn ids_and_times(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let renamed = |id: &str| format!("{:016x}", seed.wrapping_add(id.len() as u64) ^ fnv(id));
    let uuid = regex::Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    let call = regex::Regex::new(r"\b(call|toolu|chatcmpl|msg)([_-])[A-Za-z0-9]{8,}").unwrap();
    let time = regex::Regex::new(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d").unwrap();
    let mut steps = steps.to_vec();
    for (index, step) in steps.iter_mut().enumerate() {
        step.row.span_id = renamed(&step.row.span_id);
        step.row.parent_id = step.row.parent_id.as_deref().map(renamed);
        let jitter = (index as i64 * 7) % 5 * 1_000;
        step.row.start_ns = step.row.start_ns.map(|ns| ns + 3_723_000_000_000);
        step.row.end_ns = step.row.end_ns.map(|ns| ns + 3_723_000_000_000 + jitter);
        each_text(&mut step.content, &mut |text| {
            *text = uuid
                .replace_all(text, |found: &regex::Captures<'_>| {
                    let hash = fnv(&found[0]) ^ seed;
                    format!("{:08x}-1234-4abc-8def-{:012x}", hash >> 32, hash & 0xffff_ffff)
                })
                .into_owned();
            *text = call
                .replace_all(text, |found: &regex::Captures<'_>| {
                    format!("{}{}{:016x}A1", &found[1], &found[2], fnv(&found[0]) ^ seed)
                })
                .into_owned();
            *text = time.replace_all(text, "2031-02-03T04:05:06").into_owned();
        });
    }
    Some((steps, Parting::Nowhere))
}

fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn order_of_keys(steps: &[Step], _: u64) -> Option<(Vec<Step>, Parting)> {
    fn reversed(value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect(),
            ),
            Value::Array(items) => Value::Array(items.iter().map(reversed).collect()),
            other => other.clone(),
        }
    }
    let mut steps = steps.to_vec();
    for step in &mut steps {
        step.content.input = step.content.input.as_ref().map(reversed);
        step.content.output = step.content.output.as_ref().map(reversed);
    }
    Some((steps, Parting::Nowhere))
}

fn holder(id: &str, name: &str, kind: SpanKind, like: &Step) -> Step {
    let mut step = Step { label: None, row: like.row.clone(), content: Content::default() };
    step.row.span_id = id.to_owned();
    step.row.name = name.to_owned();
    step.row.kind = kind;
    step.row.model = None;
    step.row.attempt = None;
    step.row.input_hash = None;
    step.row.status = SpanStatus::Ok;
    step
}

fn root_around(steps: &[Step], _: u64) -> Option<(Vec<Step>, Parting)> {
    let mut root = holder("wrapped-root", "RunnableSequence", SpanKind::Chain, steps.first()?);
    root.row.parent_id = None;
    root.row.start_ns = steps.iter().filter_map(|step| step.row.start_ns).min();
    root.row.end_ns = steps.iter().filter_map(|step| step.row.end_ns).max();
    let mut changed = vec![root];
    for step in steps {
        let mut step = step.clone();
        step.row.parent_id.get_or_insert_with(|| "wrapped-root".to_owned());
        changed.push(step);
    }
    Some((changed, Parting::Nowhere))
}

fn level_round_each(steps: &[Step], _: u64) -> Option<(Vec<Step>, Parting)> {
    let mut changed = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let mut step = step.clone();
        if is_leaf(steps, index) {
            let id = format!("level-{index}");
            changed.push(holder(&id, "RunnableLambda", SpanKind::Chain, &step));
            step.row.parent_id = Some(id);
        }
        changed.push(step);
    }
    Some((changed, Parting::Nowhere))
}

/// Only the work is left, one after another.
fn without_levels(steps: &[Step], _: u64) -> Option<(Vec<Step>, Parting)> {
    let work = work(steps);
    let has_times = steps.iter().all(|step| step.row.start_ns.is_some());
    if work.len() == steps.len() || work.len() < 2 || !has_times {
        return None;
    }
    let mut changed: Vec<Step> = work.into_iter().map(|at| steps[at].clone()).collect();
    changed.iter_mut().for_each(|step| step.row.parent_id = None);
    // What is left out by way of levels may itself have been something that was done.
    let holds_work =
        |step: &Step| matches!(step.row.kind, SpanKind::Agent | SpanKind::Chain | SpanKind::Other);
    let lost = steps.iter().enumerate().any(|(at, step)| {
        !changed.iter().any(|kept| kept.label == step.label) && (!holds_work(step) || is_leaf(steps, at))
    });
    (!lost).then_some((changed, Parting::Nowhere))
}

fn other_names(steps: &[Step], _: u64) -> Option<(Vec<Step>, Parting)> {
    let mut steps = steps.to_vec();
    for (index, step) in steps.iter_mut().enumerate() {
        step.row.name = match step.row.kind {
            SpanKind::Llm => "ChatOpenAI".to_owned(),
            SpanKind::Tool => match step.row.name.strip_prefix("execute_tool ") {
                Some(tool) => format!("{tool}_{index}"),
                None => format!("execute_tool {}", step.row.name),
            },
            SpanKind::Agent => match step.row.name.strip_prefix("invoke_agent ") {
                Some(agent) => agent.to_owned(),
                None => format!("invoke_agent {}", step.row.name),
            },
            _ => step.row.name.clone(),
        };
    }
    Some((steps, Parting::Nowhere))
}

/// A tool call before a step, beside it.
fn put_in(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let before = choose(&work(steps), seed)?;
    let mut new = holder("put-in", "look_up_weather", SpanKind::Tool, &steps[before]);
    new.content.input = Some(json!({"city": "Reykjavik", "days": 3}));
    new.content.output = Some(json!("Light rain, 7 degrees."));
    new.row.end_ns = new.row.start_ns;
    let mut steps = steps.to_vec();
    steps.insert(before, new);
    Some((steps, Parting::New))
}

fn left_out(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let work = work(steps);
    let gone = choose(&work, seed).filter(|_| work.len() > 2)?;
    let mut steps = steps.to_vec();
    let step = steps.remove(gone);
    Some((steps, at(&step)))
}

fn two_left_out(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let work = work(steps);
    if work.len() < 5 {
        return None;
    }
    let first = choose(&work[..work.len() - 1], seed)?;
    let second = work[work.iter().position(|at| *at == first)? + 1];
    let mut changed = steps.to_vec();
    changed.remove(second);
    changed.remove(first);
    let both = [&steps[first], &steps[second]].into_iter().filter_map(|step| step.label).collect();
    Some((changed, Parting::At(both)))
}

fn argument_changed(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    fn change(value: &mut Value) -> bool {
        match value {
            Value::String(text) if !text.trim().is_empty() => {
                *text = "/srv/elsewhere/quarterly_report_7.csv".into();
                true
            }
            Value::Number(number) => {
                *value = json!(number.as_f64().unwrap_or(0.0) + 17.0);
                true
            }
            Value::Array(items) => items.iter_mut().any(change),
            Value::Object(members) => members.values_mut().any(change),
            _ => false,
        }
    }
    let work = work(steps);
    let tools: Vec<usize> = work
        .into_iter()
        .filter(|at| steps[*at].row.kind != SpanKind::Llm && steps[*at].content.input.is_some())
        .collect();
    let changed = choose(&tools, seed)?;
    let mut steps = steps.to_vec();
    let step = &mut steps[changed];
    let is_changed = step.content.input.as_mut().is_some_and(change);
    step.row.input_hash = step.row.input_hash.map(|hash| hash ^ 0x55);
    let parting = at(step);
    is_changed.then_some((steps, parting))
}

/// Model calls that answer with text, and no tool call.
fn answers(steps: &[Step]) -> Vec<usize> {
    let is_answer = |step: &Step| {
        let mut parts = step.content.output_messages.iter().flat_map(|message| &message.parts);
        let mut texts = parts.clone();
        !parts.any(|part| matches!(part, MessagePart::ToolCall { .. }))
            && texts
                .any(|part| matches!(part, MessagePart::Text { text } if text.split_whitespace().count() > 3))
    };
    work(steps)
        .into_iter()
        .filter(|at| steps[*at].row.kind == SpanKind::Llm && is_answer(&steps[*at]))
        .collect()
}

fn answer_changed(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let changed = choose(&answers(steps), seed)?;
    let mut steps = steps.to_vec();
    for part in steps[changed].content.output_messages.iter_mut().flat_map(|message| &mut message.parts) {
        if let MessagePart::Text { text } = part {
            *text = match seed % 3 {
                0 => format!("{text} But that holds for 1987 only."),
                1 => "I could not find anything about that in Lisbon.".to_owned(),
                _ => format!("{text} See also /opt/other/notes.md."),
            };
        }
    }
    let parting = at(&steps[changed]);
    Some((steps, parting))
}

fn other_words(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let changed = choose(&answers(steps), seed)?;
    let mut steps = steps.to_vec();
    for part in steps[changed].content.output_messages.iter_mut().flat_map(|message| &mut message.parts) {
        if let MessagePart::Text { text } = part {
            *text = match seed % 3 {
                0 => format!("Sure, I'd be happy to help! {text}"),
                1 => format!("{text}\n\nI hope this helps; let me know."),
                _ => text.replace(". ", "! ").replace(" is ", " was ").replace("  ", " "),
            };
        }
    }
    Some((steps, Parting::Nowhere))
}

fn failed(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let well: Vec<usize> =
        work(steps).into_iter().filter(|at| steps[*at].row.status != SpanStatus::Error).collect();
    let changed = choose(&well, seed)?;
    let mut steps = steps.to_vec();
    steps[changed].row.status = SpanStatus::Error;
    steps[changed].row.error = Some("503 Service Unavailable".to_owned());
    let parting = at(&steps[changed]);
    Some((steps, parting))
}

/// One or two tries that failed, before a step that goes well.
fn tries(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let well: Vec<usize> = work(steps)
        .into_iter()
        .filter(|at| {
            let row = &steps[*at].row;
            row.status != SpanStatus::Error && row.input_hash.is_some() && row.start_ns.is_some()
        })
        .collect();
    let tried = choose(&well, seed)?;
    let mut changed = steps.to_vec();
    let count = 1 + (seed % 2) as i64;
    for again in 0..count {
        let mut step = steps[tried].clone();
        step.label = None;
        step.row.span_id = format!("try-{again}");
        step.row.status = SpanStatus::Error;
        step.row.error = Some("429 Too Many Requests".to_owned());
        step.content.output = None;
        step.content.output_messages.clear();
        // Just before the step, one after another, in a moment too short to push anything aside.
        let start = step.row.start_ns? - 20 * (count - again);
        (step.row.start_ns, step.row.end_ns) = (Some(start), Some(start + 10));
        changed.insert(tried + again as usize, step);
    }
    // The number is said, as sources do that retry by themselves.
    for (at, step) in
        changed.iter_mut().enumerate().filter(|(at, _)| (tried..=tried + count as usize).contains(at))
    {
        step.row.attempt = Some((at - tried) as u32 + 1);
    }
    Some((changed, Parting::Nowhere))
}

fn reordered(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let work = work(steps);
    let neighbours: Vec<(usize, usize)> = work
        .windows(2)
        .map(|pair| (pair[0], pair[1]))
        .filter(|(first, second)| {
            let (first, second) = (&steps[*first], &steps[*second]);
            let known = |step: &Step| step.row.start_ns.is_some() && step.row.end_ns.is_some();
            first.row.parent_id == second.row.parent_id
                && known(first)
                && known(second)
                && first.row.end_ns <= second.row.start_ns
                && first.row.start_ns < second.row.start_ns
                && first.signature() != second.signature()
        })
        .collect();
    let (first, second) = choose(&neighbours, seed)?;
    let mut steps = steps.to_vec();
    let times = |step: &Step| (step.row.start_ns, step.row.end_ns);
    let (first_times, second_times) = (times(&steps[first]), times(&steps[second]));
    (steps[first].row.start_ns, steps[first].row.end_ns) = second_times;
    (steps[second].row.start_ns, steps[second].row.end_ns) = first_times;
    steps.swap(first, second);
    let both = [&steps[first], &steps[second]].into_iter().filter_map(|step| step.label).collect();
    Some((steps, Parting::At(both)))
}

/// A tool call twice, though it went well the first time.
fn done_again(steps: &[Step], seed: u64) -> Option<(Vec<Step>, Parting)> {
    let tools: Vec<usize> = work(steps)
        .into_iter()
        .filter(|at| steps[*at].row.kind == SpanKind::Tool && steps[*at].row.status != SpanStatus::Error)
        .collect();
    let again = choose(&tools, seed)?;
    let mut steps = steps.to_vec();
    let mut step = steps[again].clone();
    step.label = None;
    step.row.span_id = "again".to_owned();
    step.row.start_ns = step.row.end_ns.or(step.row.start_ns);
    step.row.end_ns = step.row.start_ns;
    steps.insert(again + 1, step);
    Some((steps, Parting::New))
}
