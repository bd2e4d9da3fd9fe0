//! The filter text: what it means, what it refuses and how, and that the catalog selects what the conditions say.

use std::cell::RefCell;
use std::sync::Arc;

use engine::dto::SearchState;
use engine::model::{AttemptOutcome, AttemptRelation, FailureCause, SpanKind, TraceStatus};
use engine::query::catalog::{Catalog, Columns};
use engine::query::filter::{
    Filter, Flag, Has, Interval, Moment, Node, NodeKind, NumberField, Pattern, Selecting, Test, Texts,
    WordField, complete, parse, read,
};
use engine::store;
use engine::store::digest::{self, Calls, Digest, Retried};
use rusqlite::{Connection, params};

const SECOND_NS: i64 = 1_000_000_000;
const DAY_NS: i64 = 86_400 * SECOND_NS;
/// 2025-03-31T12:00:00Z.
const NOW_NS: i64 = 1_743_422_400 * SECOND_NS;

/// A row of `trace`, as far as filters look at it.
#[derive(Clone, Debug, Default)]
struct Row {
    status: i64,
    duration_ns: Option<i64>,
    retry_count: i64,
    error_count: i64,
    span_count: i64,
    total_tokens: Option<i64>,
    cost_usd: Option<f64>,
    model: Option<String>,
    project: Option<String>,
    environment: Option<String>,
    name: String,
    preview: Option<String>,
    key: String,
    format: String,
    location: String,
    conversation: Option<String>,
    start_ns: Option<i64>,
    waste_ns: Option<i64>,
    tools: Vec<String>,
    models: Vec<String>,
    errors: Vec<String>,
    failure: Option<String>,
    tags: Vec<String>,
    kinds: Vec<SpanKind>,
    starred: bool,
    note: Option<String>,
    alert: bool,
    retried: Vec<Retried>,
}

const SLOW_NS: i64 = 1_500_000_000;

/// What the conditions say of a row, worked out one by one.
fn matches(filter: &Filter, row: &Row) -> bool {
    filter.root.as_ref().is_none_or(|root| node_holds(root, row))
}

fn node_holds(node: &Node, row: &Row) -> bool {
    match &node.kind {
        NodeKind::All(nodes) => nodes.iter().all(|node| node_holds(node, row)),
        NodeKind::Any(nodes) => nodes.iter().any(|node| node_holds(node, row)),
        NodeKind::Not(inner) => !node_holds(inner, row),
        NodeKind::Group(inner) => node_holds(inner, row),
        NodeKind::Term(term) => holds(&term.test, row),
    }
}

fn text_stands(text: &str, row: &Row) -> bool {
    let wanted = text.to_lowercase();
    [Some(&row.name), row.preview.as_ref(), Some(&row.key)]
        .into_iter()
        .flatten()
        .any(|text| text.to_lowercase().contains(&wanted))
}

fn holds(test: &Test, row: &Row) -> bool {
    match test {
        Test::Text(texts) => texts.iter().all(|text| text_stands(text, row)),
        Test::Status(statuses) => statuses.iter().any(|status| i64::from(status.code()) == row.status),
        Test::Number(field, intervals) => {
            let number = match field {
                NumberField::Duration => row.duration_ns,
                NumberField::Retries => Some(row.retry_count),
                NumberField::Errors => Some(row.error_count),
                NumberField::Steps => Some(row.span_count),
                NumberField::Tokens => row.total_tokens,
                NumberField::Waste => row.waste_ns,
            };
            intervals.iter().any(|interval| inside(*interval, number))
        }
        Test::Cost(intervals) => intervals.iter().any(|interval| inside(*interval, row.cost_usd)),
        Test::Word(field, patterns) => {
            let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
            let texts: Vec<String> = match field {
                WordField::Model => row.models.iter().cloned().chain(row.model.clone()).collect(),
                WordField::Tool => row.tools.clone(),
                WordField::Error => row.errors.iter().cloned().chain(row.failure.clone()).collect(),
                WordField::Tag => row.tags.clone(),
                WordField::Project => one(&row.project),
                WordField::Environment => one(&row.environment),
                WordField::Name => vec![row.name.clone()],
                WordField::Format => vec![row.format.clone()],
                WordField::Source => vec![row.location.clone()],
                WordField::Conversation => one(&row.conversation),
                WordField::Retried => row.retried.iter().map(|retried| retried.name.clone()).collect(),
                WordField::Note => row.note.clone().into_iter().collect(),
                WordField::Key => vec![row.key.clone()],
            };
            texts.iter().any(|text| patterns.iter().any(|pattern| like(pattern, text)))
        }
        Test::Started(times) => times.iter().any(|time| {
            let ns = |moment: Moment| match moment {
                Moment::At(ns) => ns,
                Moment::Ago(ns) => NOW_NS - ns,
            };
            inside(Interval { from: time.from.map(ns), below: time.below.map(ns) }, row.start_ns)
        }),
        Test::Has(things) => things.iter().any(|thing| match thing {
            Has::Retry => row.retry_count > 0,
            Has::Error => row.error_count > 0,
            Has::Cost => row.cost_usd.is_some(),
            Has::Tokens => row.total_tokens.is_some(),
            Has::Tool => !row.tools.is_empty(),
            Has::Model => row.model.is_some() || !row.models.is_empty(),
            Has::Project => row.project.is_some(),
            Has::Environment => row.environment.is_some(),
            Has::Conversation => row.conversation.is_some(),
            Has::Tag => !row.tags.is_empty(),
            Has::Note => row.note.is_some(),
            Has::Alert => row.alert,
        }),
        Test::Is(flags) => flags.iter().any(|flag| match flag {
            Flag::Slow => row.duration_ns.is_some_and(|ns| ns >= SLOW_NS),
            Flag::Starred => row.starred,
            // Nothing is hidden, pinned or tried again here, and these few rows say nothing of what is usual.
            Flag::Hidden | Flag::Outlier | Flag::Pinned | Flag::Rerun => false,
        }),
        Test::Kind(kinds) => kinds.iter().any(|kind| row.kinds.contains(kind)),
        Test::Outcome(outcomes) => row.retried.iter().any(|retried| outcomes.contains(&retried.outcome)),
        Test::Cause(causes) => row
            .retried
            .iter()
            .any(|retried| causes.iter().any(|cause| retried.causes & digest::cause_bit(*cause) != 0)),
        Test::Outlier(_) => false,
    }
}

fn inside<T: PartialOrd + Copy>(interval: Interval<T>, number: Option<T>) -> bool {
    number.is_some_and(|number| {
        interval.from.is_none_or(|from| number >= from) && interval.below.is_none_or(|below| number < below)
    })
}

/// Wildcard match by trying every split.
fn like(pattern: &Pattern, text: &str) -> bool {
    fn rest(pieces: &[String], text: &str) -> bool {
        match pieces {
            [] => text.is_empty(),
            [piece, more @ ..] => (0..=text.len())
                .filter(|at| text.is_char_boundary(*at))
                .any(|at| text[at..].starts_with(piece.as_str()) && rest(more, &text[at + piece.len()..])),
        }
    }
    let pieces: Vec<String> = pattern.pieces.iter().map(|piece| piece.to_ascii_lowercase()).collect();
    let text = text.to_ascii_lowercase();
    text.starts_with(&pieces[0]) && rest(&pieces[1..], &text[pieces[0].len()..])
}

/// A store with these rows, and its catalog.
struct Table {
    _folder: tempfile::TempDir,
    connection: Connection,
    catalog: Catalog,
    rows: Vec<Row>,
}

impl Table {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = store::open(&folder.path().join("traces.db"), NOW_NS).unwrap().writer;
        Self { _folder: folder, connection, catalog: Catalog::default(), rows: Vec::new() }
    }

    /// Puts these rows in the place of what is there.
    fn fill(&mut self, rows: Vec<Row>) {
        self.connection
            .execute_batch("BEGIN; DELETE FROM trace; DELETE FROM trace_digest; DELETE FROM source")
            .unwrap();
        for (id, row) in (0_i64..).zip(&rows) {
            self.insert(id, row);
        }
        self.connection.execute_batch("COMMIT").unwrap();
        self.catalog = Catalog::default();
        self.rows = rows;
    }

    fn insert(&self, id: i64, row: &Row) {
        let tags = (!row.tags.is_empty()).then(|| serde_json::to_string(&row.tags).unwrap());
        let execute = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            self.connection.prepare_cached(sql).unwrap().execute(values).unwrap();
        };
        execute(
            "INSERT INTO source (id, kind, location, format, first_seen_ns) VALUES (?, 'file', ?, ?, 0)",
            params![id, row.location, id.to_string()],
        );
        execute(
            "INSERT INTO trace (id, identity, key, format, source_id, status, duration_ns, retry_count, error_count,
               span_count, total_tokens, cost_usd, model, project, environment, name, preview, conversation, start_ns,
               retry_waste_ns, failure_reason, tags, starred, note, alert, change)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            params![
                id,
                id.to_string(),
                row.key,
                row.format,
                id,
                row.status,
                row.duration_ns,
                row.retry_count,
                row.error_count,
                row.span_count,
                row.total_tokens,
                row.cost_usd,
                row.model,
                row.project,
                row.environment,
                row.name,
                row.preview,
                row.conversation,
                row.start_ns,
                row.waste_ns,
                row.failure,
                tags,
                row.starred,
                row.note,
                row.alert,
            ],
        );
        let calls = |names: &[String]| {
            names.iter().map(|name| Calls { name: name.clone(), count: 1, ..Calls::default() }).collect()
        };
        let digest = Digest {
            kinds: row.kinds.iter().fold(0, |kinds, kind| kinds | digest::kind_bit(*kind)),
            tools: calls(&row.tools),
            models: calls(&row.models),
            errors: row.errors.iter().map(|error| (error.clone(), 1)).collect(),
            retried: row.retried.clone(),
            ..Digest::default()
        };
        digest::put(&self.connection, id, &digest).unwrap();
    }

    /// The places of the rows that the filter selects.
    fn selected(&self, filter: &Filter) -> Vec<usize> {
        let columns = self.catalog.read(&self.connection).unwrap();
        let texts = Texts::new(filter.texts(), |text| {
            let found = (0_i64..).zip(&self.rows).filter(|(_, row)| text_stands(text, row));
            (Arc::new(found.map(|(id, _)| (id, 1)).collect()), SearchState::default())
        });
        let from = Selecting { columns: &columns, texts: &texts, now_ns: NOW_NS, slow_ns: SLOW_NS };
        let mut rows: Vec<usize> =
            filter.select(from).iter().map(|row| usize::try_from(columns.runs[row].id).unwrap()).collect();
        rows.sort_unstable();
        rows
    }
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::new(Table::new());
}

/// What the filter selects of these rows.
fn selected(rows: &[Row], filter: &Filter) -> Vec<usize> {
    TABLE.with_borrow_mut(|table| {
        table.fill(rows.to_vec());
        table.selected(filter)
    })
}

/// Whether a trace that differs from an empty one by `change` matches `text`, by the catalog and by the conditions alike.
fn accepts(text: &str, change: impl FnOnce(&mut Row)) -> bool {
    let mut row = Row::default();
    change(&mut row);
    let filter = parse(text).unwrap_or_else(|error| panic!("{text}: {} at {}", error, error.at));
    let is_selected = !selected(std::slice::from_ref(&row), &filter).is_empty();
    assert_eq!(is_selected, matches(&filter, &row), "{text}: catalog and conditions disagree on {row:?}");
    is_selected
}

fn refused(text: &str) -> (usize, String) {
    match parse(text) {
        Ok(filter) => panic!("{text} was taken as {filter:?}"),
        Err(error) => (error.at, error.message),
    }
}

#[test]
fn nothing_matches_everything() {
    for text in ["", "   ", "\t\n\u{3000}"] {
        assert_eq!(parse(text).unwrap(), Filter::default(), "{text:?} has no terms");
        assert!(accepts(text, |_| ()), "{text:?} matches everything");
    }
}

#[test]
fn status_is_one_of_four_words() {
    for status in TraceStatus::ALL {
        let set = |row: &mut Row| row.status = status.code().into();
        assert!(accepts(&format!("status:{}", status.word()), set));
        assert!(accepts(&format!("STATUS:{}", status.word().to_uppercase()), set));
        assert!(!accepts(&format!("-status:{}", status.word()), set));
        assert_eq!(accepts("status:failed,warning", set), matches!(status.code(), 1 | 2));
    }
}

#[test]
fn durations_have_units_and_default_to_milliseconds() {
    let lasting = |text: &str, duration_ns: i64| accepts(text, |row| row.duration_ns = Some(duration_ns));
    for (text, boundary_ns) in [
        ("duration:>=1500", 1_500_000_000),
        ("duration:>=1500ms", 1_500_000_000),
        ("duration:>=1.5s", 1_500_000_000),
        ("duration>=1.1s", 1_100_000_000),
        ("duration:>=7ns", 7),
        ("duration:>=0.5us", 500),
        ("duration:>=3µs", 3_000),
        ("duration:>=2min", 120_000_000_000),
        ("duration:>=2m", 120_000_000_000),
        ("duration:>=0.5h", 1_800_000_000_000),
    ] {
        assert!(lasting(text, boundary_ns), "{text} takes {boundary_ns} ns");
        assert!(!lasting(text, boundary_ns - 1), "{text} leaves out {} ns", boundary_ns - 1);
        let above = text.replace(">=", ">");
        assert!(!lasting(&above, boundary_ns), "{above} leaves out {boundary_ns} ns");
        assert!(lasting(&above, boundary_ns + 1), "{above} takes {} ns", boundary_ns + 1);
        let at_most = text.replace(">=", "<=");
        assert!(lasting(&at_most, boundary_ns) && !lasting(&at_most, boundary_ns + 1), "{at_most}");
        let below = text.replace(">=", "<");
        assert!(!lasting(&below, boundary_ns) && lasting(&below, boundary_ns - 1), "{below}");
    }
    assert!(!accepts("duration:>=0", |_| ()), "an unknown duration is not known to be long");
    assert!(accepts("-duration:>=0", |_| ()), "an unknown duration is not known to be long");
}

#[test]
fn a_number_without_operator_is_what_rounds_to_it() {
    let lasting = |text: &str, duration_ns: i64| accepts(text, |row| row.duration_ns = Some(duration_ns));
    assert!(lasting("duration:1.5s", 1_450_000_000));
    assert!(lasting("duration:=1.5s", 1_549_999_999));
    assert!(lasting("duration=1.5s", 1_500_000_000));
    assert!(!lasting("duration:1.5s", 1_550_000_000));
    assert!(!lasting("duration:1.5s", 1_449_999_999));
    assert!(lasting("duration:5ns", 5) && !lasting("duration:5ns", 4) && !lasting("duration:5ns", 6));
    for count in 0..5 {
        assert_eq!(accepts("retries:2", |row| row.retry_count = count), count == 2);
        assert_eq!(accepts("retries:0,>3", |row| row.retry_count = count), matches!(count, 0 | 4));
    }
}

#[test]
fn counts_take_thousands_and_millions() {
    let tokens = |text: &str, count: i64| accepts(text, |row| row.total_tokens = Some(count));
    assert!(tokens("tokens:>=10k", 10_000) && !tokens("tokens:>=10k", 9_999));
    assert!(tokens("tokens:>1.5M", 1_500_001) && !tokens("tokens:>1.5M", 1_500_000));
    assert!(tokens("tokens:1.2k", 1_249) && !tokens("tokens:1.2k", 1_250));
    assert!(accepts("retries:>0", |row| row.retry_count = 1) && !accepts("retries:>0", |_| ()));
    assert!(accepts("errors:>=2", |row| row.error_count = 2) && !accepts("errors:>=2", |_| ()));
    assert!(
        accepts("steps:<10", |row| row.span_count = 9) && !accepts("steps:<10", |row| row.span_count = 10)
    );
}

#[test]
fn cost_is_in_dollars() {
    let cost = |text: &str, cost_usd: f64| accepts(text, |row| row.cost_usd = Some(cost_usd));
    assert!(cost("cost:>0.01", 0.0101) && !cost("cost:>0.01", 0.01));
    assert!(cost("cost:>=$0.01", 0.01) && !cost("cost:>=$0.01", 0.0099));
    assert!(cost("cost:<=.5", 0.5) && !cost("cost:<.5", 0.5));
    assert!(cost("cost:0.03", 0.0281) && !cost("cost:0.03", 0.0351));
    assert!(!accepts("cost:0", |_| ()), "an unknown cost is not zero");
}

#[test]
fn words_match_whole_unless_they_have_a_wildcard() {
    let model = |text: &str, model: &str| accepts(text, |row| row.model = Some(model.into()));
    assert!(model("model:gpt-4", "GPT-4") && !model("model:gpt-4", "gpt-4-0613"));
    assert!(model("model:gpt-4*", "gpt-4-0613") && model("model:*0613", "gpt-4-0613"));
    assert!(model("model:g*4*3", "gpt-4-0613") && !model("model:g*5*3", "gpt-4-0613"));
    assert!(model("model:***", "anything") && model("model:o3,gpt-4", "gpt-4"));
    assert!(model("model:\"my model\"", "my model") && model("model:my\" \"model", "my model"));
    assert!(model("model:\"a*,b\"", "a*,b") && !model("model:\"a*,b\"", "axx,b"));
    assert!(model(r#"model:"say \"hi\" \ \\""#, r#"say "hi" \ \"#));
    assert!(!accepts("model:*", |_| ()), "no model at all is no match");
    assert!(accepts("-model:gpt-4", |_| ()), "no model at all is not that model");
    assert!(accepts("project:shop", |row| row.project = Some("shop".into())));
    assert!(accepts("environment:prod", |row| row.environment = Some("prod".into())));
    assert!(accepts("env:prod", |row| row.environment = Some("prod".into())));
    assert!(accepts("key:5b8a*", |row| row.key = "5b8aa5".into()));
    assert!(accepts("format:otlp-json", |row| row.format = "otlp-json".into()));
    assert!(accepts("key:5b8a*", |row| row.key = "5b8aa5".into()));
    assert!(accepts("conversation:c-1", |row| row.conversation = Some("c-1".into())));
}

#[test]
fn long_texts_match_in_part() {
    let name = |text: &str| accepts(text, |row| row.name = "Check the weather".into());
    assert!(name("name:weather") && name("name:check*") && !name("name:weather*") && !name("name:rain"));
    let source = |text: &str| accepts(text, |row| row.location = "/home/me/runs/otel.json".into());
    assert!(
        source("source:otel.json")
            && source("source:/home/*")
            && !source("source:otel*")
            && !source("source:log")
    );
}

#[test]
fn free_text_is_sought_in_name_preview_and_key() {
    let set = |row: &mut Row| {
        row.name = "Refund agent".into();
        row.preview = Some("customer says: 100%_sure \\o/ 天气".into());
        row.key = "5b8aa5a2d2c872e8".into();
    };
    for found in [
        "refund",
        "\"fund ag\"",
        "CUSTOMER says:",
        "5b8aa5",
        "100%_",
        "\\o/",
        "\"says: 100\"",
        "天气",
        "re*nt",
        "fund*",
        "customer*sure",
        "(refund)",
        "nothing or refund",
    ] {
        assert!(accepts(&quoted_colon(found), set), "{found} is found");
    }
    for missing in ["refunds", "\"agent refund\"", "100_", "-refund", "1*00x", "%agent"] {
        assert!(!accepts(missing, set), "{missing} is not found");
    }
    assert!(accepts("refund agent -visa", set), "all terms hold");
    assert!(!accepts("refund visa", set), "one term fails");
    assert!(accepts("a - b", |row| row.name = "a - b".into()), "a lone minus is text");
    assert!(accepts("5>3", |row| row.name = "5>3".into()), "an order without a field is text");
}

/// `says:` is no field; in these tests it is meant as text.
fn quoted_colon(text: &str) -> String {
    text.replace("says:", if text.starts_with('"') { "says:" } else { "\"says:\"" })
}

#[test]
fn starts_are_dates_or_ages() {
    let at = |text: &str, start_ns: i64| accepts(text, |row| row.start_ns = Some(start_ns));
    let day = NOW_NS - DAY_NS / 2;
    for (text, from, below) in [
        ("started:2025-03-31Z", day, day + DAY_NS),
        ("started:2025-03Z", day - 30 * DAY_NS, day + DAY_NS),
        ("started:2025-03-31T12Z", NOW_NS, NOW_NS + 3_600 * SECOND_NS),
        ("started:2025-03-31T12:00Z", NOW_NS, NOW_NS + 60 * SECOND_NS),
        ("started:2025-03-31T14:00:00+02:00", NOW_NS, NOW_NS + SECOND_NS),
        ("started:2025-03-31T12:00:00.000Z", NOW_NS, NOW_NS + 1_000_000),
        ("started:2025-03-31T12:00:00.000000001Z", NOW_NS + 1, NOW_NS + 2),
    ] {
        assert!(at(text, from) && at(text, below - 1), "{text} takes both ends");
        assert!(!at(text, from - 1) && !at(text, below), "{text} leaves out what lies around");
        let with = |operator: &str| text.replacen(':', &format!(":{operator}"), 1);
        assert!(at(&with(">="), from) && !at(&with(">="), from - 1));
        assert!(at(&with(">"), below) && !at(&with(">"), below - 1));
        assert!(at(&with("<"), from - 1) && !at(&with("<"), from));
        assert!(at(&with("<="), below - 1) && !at(&with("<="), below));
    }
    for (text, ago_ns) in [
        ("started:-24h", DAY_NS),
        ("started:>=-1d", DAY_NS),
        ("started:>-1.5d", DAY_NS / 2 * 3),
        ("started:-90min", 5_400 * SECOND_NS),
        ("started:-30s", 30 * SECOND_NS),
        ("started:-2w", 14 * DAY_NS),
    ] {
        assert!(at(text, NOW_NS - ago_ns) && !at(text, NOW_NS - ago_ns - 1), "{text}");
    }
    assert!(at("started:<-7d", NOW_NS - 7 * DAY_NS - 1) && !at("started:<-7d", NOW_NS - 7 * DAY_NS));
    assert!(!accepts("started:>2000", |_| ()), "an unknown start is after nothing");
}

#[test]
fn dates_without_a_zone_are_local() {
    use chrono::{Local, TimeZone};
    let local =
        Local.with_ymd_and_hms(2025, 3, 12, 9, 30, 0).single().unwrap().timestamp_nanos_opt().unwrap();
    let minute = Interval { from: Some(Moment::At(local)), below: Some(Moment::At(local + 60 * SECOND_NS)) };
    assert_eq!(parse("started:2025-03-12T09:30").unwrap().terms()[0].1.test, Test::Started(vec![minute]));
}

#[test]
fn has_asks_for_what_is_there() {
    assert!(accepts("has:retry", |row| row.retry_count = 1) && !accepts("has:retry", |_| ()));
    assert!(accepts("has:error", |row| row.error_count = 1) && !accepts("has:error", |_| ()));
    assert!(accepts("has:cost", |row| row.cost_usd = Some(0.0)) && !accepts("has:cost", |_| ()));
    assert!(accepts("has:tokens", |row| row.total_tokens = Some(0)) && !accepts("has:tokens", |_| ()));
    assert!(accepts("-has:retry,error", |_| ()) && !accepts("-has:retry,error", |row| row.error_count = 1));
}

#[test]
fn errors_say_where_and_what_was_expected() {
    for (text, at, message) in [
        ("modle:gpt", 0, r#"unknown field "modle"; did you mean model?"#),
        ("status:failed -durtaion:>1s", 15, r#"unknown field "durtaion"; did you mean duration?"#),
        ("étape toknes:3", 7, r#"unknown field "toknes"; did you mean tokens?"#),
        ("status:fialed", 7, "status:fialed is not known; did you mean failed?"),
        (
            "status:failed,gone",
            14,
            "status:gone is not known; expected success, warning, failed, running or lost",
        ),
        ("status:f*", 7, "status takes no *"),
        ("status:", 7, "expected a value right after status:, without a space between"),
        ("x status: failed", 9, "expected a value right after status:, without a space between"),
        ("status:failed,", 14, "expected a value right after the comma, without a space between"),
        ("duration:>", 10, "expected a value for duration here"),
        ("duration:>fast", 10, "expected a duration like 250ms, 1.5s or 2min"),
        (
            "duration:>5parsec",
            11,
            r#"unknown unit "parsec"; the units are ms, ns, us, s, sec, m, min, h and d"#,
        ),
        ("tokens:-3", 7, "expected a number like 3, 10k or 1.5M"),
        ("tokens:1.2.3", 7, "expected a number like 3, 10k or 1.5M"),
        ("tokens:12345678901234567890", 7, "expected a number like 3, 10k or 1.5M"),
        ("cost:cheap", 5, "expected a cost in US dollars like 0.05"),
        ("cost:1k", 5, "expected a cost in US dollars like 0.05"),
        ("model:>gpt", 6, "model is text and has no order; write model:value, or quote the value"),
        ("has:retires", 4, "has:retires is not known; did you mean retries?"),
        ("is:fast", 3, "is:fast is not known; expected slow, outlier, starred, pinned, rerun or hidden"),
        ("kind:agnet", 5, "kind:agnet is not known; did you mean agent?"),
        ("(status:failed", 0, "this ( is not closed; add a ) at its end"),
        ("(status:failed))", 15, "this ) closes nothing; take it away, or put it in quotes"),
        ("status:failed or", 16, "expected a condition here"),
        ("or x", 0, "expected a condition before \"or\"; to look for the word, put it in quotes"),
        ("a and and b", 6, "expected a condition before \"and\"; to look for the word, put it in quotes"),
        ("()", 1, "expected a condition here"),
        ("not", 3, "expected a condition here"),
        ("duration:..", 9, "expected a value before or after the .."),
        ("duration:1s..fast", 13, "expected a duration like 250ms, 1.5s or 2min"),
        ("has:tokns", 4, "has:tokns is not known; did you mean tokens?"),
        (
            "started:soon",
            8,
            "expected a date like 2025-03-31 or 2025-03-31T14:05Z, or a time before now like -24h",
        ),
        (
            "started:2025-02-30",
            8,
            "expected a date like 2025-03-31 or 2025-03-31T14:05Z, or a time before now like -24h",
        ),
        ("started:>-3y", 9, "expected a time before now like -30min, -24h, -7d or -2w"),
        ("a \"b c", 2, "the quote opened here is not closed; add a \" at its end"),
        ("name:\"b\\\"", 5, "the quote opened here is not closed; add a \" at its end"),
    ] {
        assert_eq!(refused(text), (at, message.to_owned()), "for {text:?}");
    }
    let (at, message) = refused("https://example.org");
    assert_eq!(at, 0);
    assert!(message.contains("to look for this text, put it in quotes"), "{message}");
}

#[test]
fn long_and_hostile_texts_are_refused_or_bound() {
    assert_eq!(refused(&"a ".repeat(5_000)).1, "a filter has at most 8192 bytes");
    assert_eq!(refused(&"a ".repeat(201)), (400, "a filter has at most 200 conditions".into()));
    assert_eq!(refused(&format!("steps:{}1", "1,".repeat(200))).1, "a filter has at most 200 conditions");
    let (at, message) = refused(&format!("{}:1", "x".repeat(5_000)));
    assert!(at == 0 && message.chars().count() < 400, "a long name is cut in the message: {message}");

    let most = "model:*a*b*c,-x ".repeat(100);
    assert!(selected(&[], &parse(&most).unwrap()).is_empty(), "the most conditions run");
    let wild = format!("name:{}", "*a".repeat(4_000));
    let row = Row { name: "a".repeat(10_000), ..Row::default() };
    assert_eq!(selected(&[row], &parse(&wild).unwrap()), [0], "the longest pattern runs");
    assert_eq!(refused(&"(".repeat(1_000)).1, "parentheses nest at most 32 deep");
    assert_eq!(refused(&"-".repeat(1_000)).0, 32);
    for text in [r#"name:"'; DROP TABLE trace; --""#, r#""x') OR 1=1 --""#, "project:\u{0}\u{1b}[31m"] {
        assert!(selected(&[], &parse(text).unwrap()).is_empty());
    }
}

/// A small generator of repeatable numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }

    fn maybe<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        (self.roll(4) > 0).then(|| self.pick(items).clone())
    }

    fn retried(&mut self, words: &[String]) -> Retried {
        let cause = *self.pick(FailureCause::ALL);
        Retried {
            name: self.pick(words).clone(),
            kind: SpanKind::Tool,
            relation: AttemptRelation::Retry,
            outcome: *self.pick(AttemptOutcome::ALL),
            cause,
            causes: digest::cause_bit(cause) | digest::cause_bit(*self.pick(FailureCause::ALL)),
            operations: 1,
            attempts: 2,
            waste_ns: 0,
            waste_tokens: None,
            waste_cost_usd: None,
        }
    }

    fn row(&mut self) -> Row {
        const WORDS: [&str; 10] = [
            "gpt-4",
            "GPT-4o",
            "gpt_4",
            "100%",
            "a,b",
            "",
            "back\\slash",
            "天气",
            "say \"hi\"",
            "gpt-4-turbo",
        ];
        let words: Vec<String> = WORDS.iter().map(|word| (*word).into()).collect();
        let counts = [0, 1, 2, 3, 10, 999, 1_000, 1_500, 10_000];
        let some = |dice: &mut Self| -> Vec<String> {
            let mut some: Vec<String> = (0..dice.roll(4)).map(|_| dice.pick(&words).clone()).collect();
            some.sort_unstable();
            some.dedup();
            some
        };
        let (tools, models, errors, tags) = (some(self), some(self), some(self), some(self));
        Row {
            status: i64::try_from(self.roll(4)).unwrap(),
            duration_ns: self.maybe(&[
                0,
                1,
                999_999,
                1_000_000,
                1_450_000_000,
                1_500_000_000,
                1_549_999_999,
                i64::MAX,
            ]),
            retry_count: *self.pick(&counts),
            error_count: *self.pick(&counts),
            span_count: *self.pick(&counts),
            total_tokens: self.maybe(&counts),
            cost_usd: self.maybe(&[0.0, 0.005, 0.01, 0.0149, 0.015, 1.0, 12.5]),
            model: self.maybe(&words),
            project: self.maybe(&words),
            environment: self.maybe(&words),
            name: self.pick(&words).clone(),
            preview: self.maybe(&words),
            key: self.pick(&words).clone(),
            format: self.pick(&words).clone(),
            location: format!("/runs/{}.json", self.pick(&words)),
            conversation: self.maybe(&words),
            start_ns: self.maybe(&[
                0,
                NOW_NS,
                NOW_NS - DAY_NS,
                NOW_NS - DAY_NS - 1,
                NOW_NS + DAY_NS,
                i64::MIN,
            ]),
            waste_ns: self.maybe(&[0, 1_500_000_000, 999_999]),
            failure: self.maybe(&words),
            kinds: (0..self.roll(3)).map(|_| *self.pick(SpanKind::ALL)).collect(),
            starred: self.roll(3) == 0,
            note: self.maybe(&words),
            alert: self.roll(3) == 0,
            retried: (0..self.roll(3)).map(|_| self.retried(&words)).collect(),
            tools,
            models,
            errors,
            tags,
        }
    }

    fn term(&mut self) -> String {
        let minus = *self.pick(&["", "", "-"]);
        let words = [
            "gpt-4",
            "gpt*",
            "*4*",
            "\"100%\"",
            "gpt_4",
            "\"a,b\"",
            "*",
            "\"\"",
            "天*",
            "back\\*",
            "\"say \\\"hi\\\"\"",
            "gpt-4,\"\"",
        ];
        let operator = *self.pick(&["", ">", ">=", "<", "<="]);
        let number = *self.pick(&["0", "1", "2", "1.5", "1k", "1.5k", "10k", "0.01M"]);
        let duration = *self.pick(&["0", "1", "1ns", "1.5s", "1ms", "999us", "3h", "100000000000d"]);
        let cost = *self.pick(&["0", "0.01", "$1", "12.5", ".005"]);
        let date = *self.pick(&[
            "2025-03-31Z",
            "2025",
            "1970-01-01T00:00Z",
            "2025-03-31T12:00Z",
            "-24h",
            "-1d",
            "-0s",
        ]);
        let word = *self.pick(&words);
        let body = match self.roll(14) {
            12 => format!("outcome:{}", self.pick(&["recovered", "gaveup,abandoned", "trying"])),
            13 => format!("cause:{}", self.pick(&["ratelimit", "timeout,server", "unknown"])),
            9 => format!("is:{}", self.pick(&["slow", "starred", "slow,starred", "hidden"])),
            10 => format!("kind:{}", self.pick(&["llm", "tool,agent", "embedding"])),
            11 => {
                format!("{}:{duration}..{}", self.pick(&["duration", "waste"]), self.pick(&["2s", "1ms", ""]))
            }
            0 => format!("status:{}", self.pick(&["success", "failed,running", "warning"])),
            1 => format!("duration:{operator}{duration}"),
            2 => format!("{}:{operator}{number}", self.pick(&["retries", "errors", "steps", "tokens"])),
            3 => format!("cost:{operator}{cost}"),
            4 => format!("started:{operator}{date}"),
            5 => format!(
                "has:{}",
                self.pick(&[
                    "retry",
                    "error",
                    "cost",
                    "tokens",
                    "cost,retry",
                    "tool",
                    "model",
                    "tag,note",
                    "conversation",
                    "alert"
                ])
            ),
            6 => word.to_owned(),
            _ => {
                let field = *self.pick(&[
                    "model",
                    "retried",
                    "project",
                    "env",
                    "name",
                    "format",
                    "source",
                    "conversation",
                    "key",
                    "tool",
                    "tool",
                    "error",
                    "tag",
                ]);
                format!("{field}:{word}")
            }
        };
        format!("{minus}{body}")
    }
}

#[test]
fn the_catalog_selects_what_a_scan_of_every_row_does() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let rows: Vec<Row> = (0..300).map(|_| dice.row()).collect();
    let mut table = Table::new();
    table.fill(rows.clone());
    let (mut some, mut none) = (0, 0);
    for _ in 0..6_000 {
        let mut text = dice.term();
        for _ in 0..dice.roll(4) {
            let term = dice.term();
            text = match dice.roll(6) {
                0 => format!("{text} or {term}"),
                1 => format!("({text}) and {term}"),
                2 => format!("{term} -({text})"),
                3 => format!("not ({text} OR {term})"),
                _ => format!("{text} {term}"),
            };
        }
        let filter = parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let expected: Vec<usize> = (0..rows.len()).filter(|row| matches(&filter, &rows[*row])).collect();
        assert_eq!(table.selected(&filter), expected, "for {text:?}");
        if expected.is_empty() { none += 1 } else { some += 1 }
    }
    assert!(some > 2_000 && none > 200, "the dice try filters that match ({some}) and that don't ({none})");
}

#[test]
fn conditions_combine() {
    let row = |text: &str| {
        accepts(text, |row| (row.retry_count, row.status) = (2, TraceStatus::Failed.code().into()))
    };
    for (text, holds) in [
        ("status:failed retries:0 or retries:2", true),
        ("status:failed (retries:0 or retries:1)", false),
        ("status:failed and (retries:0 or retries:2)", true),
        ("not status:failed", false),
        ("not (status:failed retries:0)", true),
        ("-(status:failed retries:2)", false),
        ("- (status:failed)", false),
        ("NOT status:success AND retries:>1 OR steps:>5", true),
        ("((status:failed))", true),
    ] {
        assert_eq!(row(text), holds, "{text}");
    }
    assert!(
        accepts("\"or\"", |row| row.name = "this or that".into()),
        "in quotes a word of the language is text"
    );
    assert!(accepts("f(x) (g(y))", |row| row.name = "f(x) g(y)".into()), "parentheses in words pair up");
}

#[test]
fn ranges_run_up_to_their_end() {
    let lasting = |text: &str, duration_ns: i64| accepts(text, |row| row.duration_ns = Some(duration_ns));
    assert!(lasting("duration:1s..2s", SECOND_NS) && lasting("duration:1s..2s", 2 * SECOND_NS - 1));
    assert!(!lasting("duration:1s..2s", SECOND_NS - 1) && !lasting("duration:1s..2s", 2 * SECOND_NS));
    assert!(lasting("duration:..2s", 0) && lasting("duration:2s..", i64::MAX));
    assert!(accepts("cost:0.1..0.2", |row| row.cost_usd = Some(0.1)));
    let at = |text: &str, start_ns: i64| accepts(text, |row| row.start_ns = Some(start_ns));
    let day = NOW_NS - DAY_NS / 2;
    assert!(at("started:2025-03-30Z..2025-03-31Z", day - 1) && !at("started:2025-03-30Z..2025-03-31Z", day));
    assert!(at("started:-2d..-1d", NOW_NS - DAY_NS - 1) && !at("started:-2d..-1d", NOW_NS - DAY_NS));
}

#[test]
fn of_several_one_has_to_match() {
    let set = |row: &mut Row| {
        row.tools = vec!["search".into(), "fetch_page".into()];
        row.models = vec!["gpt-4o".into()];
        row.model = Some("o3".into());
        row.errors = vec!["Timeout after 30 s".into()];
        row.failure = Some("gave up".into());
        row.kinds = vec![SpanKind::Tool];
        row.tags = vec!["look at".into()];
    };
    for text in [
        "tool:search",
        "tool:fetch*",
        "model:gpt-4*",
        "model:o3",
        "error:timeout",
        "error:gave",
        "error:=\"gave up\"",
        "error:\"Timeout after \"*\" s\"",
        "kind:tool",
        "tag:\"look at\"",
        "-tool:mail",
    ] {
        assert!(accepts(text, set), "{text}");
    }
    for text in ["tool:sea", "model:gpt", "error:=gave", "-tool:search", "kind:llm", "tag:look"] {
        assert!(!accepts(text, set), "{text}");
    }
}

#[test]
fn any_text_is_read_or_refused_at_a_character() {
    let mut dice = Dice(42);
    let alphabet: Vec<char> = "ab:<>=()|or \"\\*,- \t.0159kms天\u{300}started:-has".chars().collect();
    for _ in 0..20_000 {
        let text: String = (0..dice.roll(24)).map(|_| *dice.pick(&alphabet)).collect();
        if let Err(error) = parse(&text) {
            assert!(text.is_char_boundary(error.at), "{text:?}: {error:?}");
            assert!(text.is_char_boundary(error.end) && error.end >= error.at, "{text:?}: {error:?}");
            assert!(!error.message.is_empty());
        }
        let length = text.encode_utf16().count() as u32;
        let reading = read(&text);
        assert!(
            reading.terms.iter().all(|term| term.from < term.to && term.to <= length),
            "{text:?}: {reading:?}"
        );
        let cursor = u32::try_from(dice.roll(26)).unwrap();
        let completions = complete(&Columns::default(), &text, cursor);
        assert!(
            completions.from <= completions.to && completions.to <= length,
            "{text:?} {cursor}: {completions:?}"
        );
    }
}
