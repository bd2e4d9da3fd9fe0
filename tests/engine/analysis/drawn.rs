//! Runs drawn as text, a line a step, a character a nanosecond:
//!
//! ```text
//! agent  |==========|
//!   llm  | ===      |      `=` while it runs, `x` where it failed, `>` at the end where it is open
//!   tool |     xx   |
//! ```
//! The name's first word is the kind.

use engine::analysis::{
    Activity, AttemptGroup, Parent, SpanFacts, Stretch, Told, Window, activities, attempt_groups,
    critical_path, tree,
};
use engine::model::{SpanKind, SpanStatus, TimePart};

pub struct Drawn {
    pub activities: Vec<Activity>,
    pub path: Vec<Stretch>,
    pub window: Window,
    names: Vec<String>,
}

/// The run that `text` draws.
pub fn run(text: &str) -> Drawn {
    let mut spans: Vec<SpanFacts> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut open: Vec<(usize, u32)> = Vec::new();
    let mut width = 0;
    for line in text.lines().filter(|line| line.contains('|')) {
        let (head, bar) = line.split_once('|').unwrap();
        let bar = bar.trim_end().strip_suffix('|').unwrap();
        width = width.max(bar.len());
        let indent = head.len() - head.trim_start().len();
        open.retain(|(above, _)| *above < indent);
        let name = head.trim().to_owned();
        let word = name.split(' ').next().unwrap();
        let at = |from: usize| (from < bar.len()).then_some(from as i64);
        let start = bar.find(['=', 'x', '>']);
        let is_open = bar.contains('>');
        let index = spans.len() as u32;
        let known = names.iter().position(|known| *known == name).unwrap_or(names.len()) as u32;
        spans.push(SpanFacts {
            parent: open.last().map_or(Parent::None, |(_, parent)| Parent::At(*parent)),
            kind: SpanKind::from_word(word).unwrap_or(SpanKind::Tool),
            status: match (is_open, bar.contains('x')) {
                (true, _) => SpanStatus::Open,
                (_, true) => SpanStatus::Error,
                _ => SpanStatus::Ok,
            },
            start_ns: start.and_then(at),
            end_ns: bar.rfind(['=', 'x']).filter(|_| !is_open).map(|last| last as i64 + 1),
            // Steps of one name are given the same input.
            input_hash: Some(i64::from(known)),
            ..SpanFacts::new(known)
        });
        if known as usize == names.len() {
            names.push(name);
        }
        open.push((indent, index));
    }
    let window = Window { start_ns: 0, end_ns: width as i64 };
    let tree = tree(&spans);
    let groups: Vec<AttemptGroup> = attempt_groups(&spans, &tree, &names, 0);
    let told = |span: u32| {
        let name = &names[spans[span as usize].name as usize];
        Told {
            part: name.contains("human").then_some(TimePart::Human),
            is_rate_limited: name.contains("limited"),
        }
    };
    let activities = activities(&spans, &tree, &groups, window, told);
    let path = critical_path(&activities, window);
    let names = tree.rows.iter().map(|row| names[spans[row.span as usize].name as usize].clone()).collect();
    Drawn { activities, path, window, names }
}

impl Drawn {
    /// The path, a character a nanosecond: the last letter of the step's name, `-` for a pause, `.` where nothing runs.
    pub fn path(&self) -> String {
        let sign = |stretch: &Stretch| match stretch.activity.map(|index| self.activities[index as usize]) {
            None => '.',
            Some(activity) if activity.is_pause => '-',
            Some(activity) => self.names[activity.row as usize].chars().last().unwrap(),
        };
        self.path
            .iter()
            .flat_map(|stretch| std::iter::repeat_n(sign(stretch), stretch.length_ns() as usize))
            .collect()
    }
}

/// A run without a pattern, of `count` spans: some far outside their parents, some without times, some open.
pub fn random(count: u32, seed: u64) -> (Vec<SpanFacts>, Window) {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let spans: Vec<SpanFacts> = (0..count)
        .map(|index| {
            let start = next(1_000) as i64;
            let mut span = SpanFacts {
                kind: SpanKind::ALL[next(SpanKind::ALL.len() as u64) as usize],
                start_ns: Some(start),
                end_ns: Some(start + next(300) as i64),
                status: if next(4) == 0 { SpanStatus::Error } else { SpanStatus::Ok },
                input_hash: Some(next(3) as i64),
                ..SpanFacts::new(next(4) as u32)
            };
            if index > 0 && next(8) > 0 {
                span.parent = Parent::At(next(u64::from(index)) as u32);
            }
            match next(20) {
                0 => span.start_ns = None,
                1 => span.end_ns = None,
                2 => (span.end_ns, span.status) = (None, SpanStatus::Open),
                _ => {}
            }
            span
        })
        .collect();
    let of = |time: fn(&SpanFacts) -> Option<i64>| spans.iter().filter_map(time).collect::<Vec<_>>();
    let window = Window {
        start_ns: of(|span| span.start_ns).into_iter().min().unwrap_or(0),
        end_ns: of(|span| span.end_ns.or(span.start_ns)).into_iter().max().unwrap_or(0),
    };
    (spans, window)
}
