//! Short traces with the retries in them marked by hand.
//!
//! A line is a step: `kind | name, or name@model | input | start-end ms | error | marks`. Two spaces a level. Marks are letters for
//! the groups of tries a step belongs to (a small letter: it has none, but says what it looks like) and `#2` for the number of a try
//! where formats can say it.

/// Retries.
pub const TRUE: &[(&str, &str)] = &[
    (
        "a model is rate limited twice",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | Summarise the report | 1-5 | 429 Too Many Requests | A
           llm | chat@gpt-4o | Summarise the report | 15-19 | Rate limit reached for gpt-4o | A
           llm | chat@gpt-4o | Summarise the report | 39-60 | | A",
    ),
    (
        "a tool times out once",
        "agent | run | go | 0-100 | |
           tool | search | {\"q\":\"weather\"} | 1-30 | Timeout: no answer after 29 s | A
           tool | search | {\"q\":\"weather\"} | 31-40 | | A
           tool | format | {\"x\":1} | 41-50 | |",
    ),
    (
        "a server fails, the run waits",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | Hello | 1-5 | 503 Service Unavailable | A
           wait | backoff | | 5-25 | |
           llm | chat@gpt-4o | Hello | 25-40 | | A",
    ),
    (
        "all tries fail, and the run with them",
        "agent | run | go | 0-100 | gave up after 3 attempts |
           llm | chat@gpt-4o | Hello | 1-5 | Connection error. | A
           llm | chat@gpt-4o | Hello | 10-15 | Connection error. | A
           llm | chat@gpt-4o | Hello | 30-35 | Connection error. | A",
    ),
    (
        "a tool is given up, the run goes on",
        "agent | run | go | 0-100 | |
           tool | fetch | {\"url\":\"https://a.example\"} | 1-5 | 502 Bad Gateway | A
           tool | fetch | {\"url\":\"https://a.example\"} | 6-10 | 502 Bad Gateway | A
           tool | answer | {\"text\":\"not found\"} | 11-20 | |",
    ),
    (
        "ids, times and counters differ from try to try",
        "agent | run | go | 0-100 | |
           tool | order | {\"id\":\"6f1c2d3e-4b5a-4c6d-8e7f-901234567890\",\"at\":\"2026-03-01T12:00:01Z\",\"attempt\":1,\"sku\":\"k9\"} | 1-5 | ConnectionResetError | A
           tool | order | {\"id\":\"0a9b8c7d-6e5f-4a3b-9c2d-112233445566\",\"at\":\"2026-03-01T12:00:02Z\",\"attempt\":2,\"sku\":\"k9\"} | 6-10 | | A",
    ),
    (
        "tries are numbered",
        "agent | run | go | 0-100 | |
           tool | lookup | {\"k\":\"v\"} | 1-5 | not ready | A #1
           tool | lookup | {\"k\":\"v\"} | 8-10 | not ready | A #2
           tool | lookup | {\"k\":\"v\"} | 20-22 | | A #3",
    ),
    (
        "tries inside a try",
        "agent | run | go | 0-100 | |
           tool | book | {\"room\":7} | 1-30 | booking failed | A
             tool | http_post | {\"path\":\"/book\"} | 2-10 | 500 Internal Server Error | B
             tool | http_post | {\"path\":\"/book\"} | 12-29 | 500 Internal Server Error | B
           tool | book | {\"room\":7} | 31-60 | | A
             tool | http_post | {\"path\":\"/book\"} | 32-59 | |",
    ),
    (
        "the agent asks again",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | one | 1-5 | |
           tool | query_db | {\"sql\":\"select 1\"} | 6-10 | database is locked | A
           llm | chat@gpt-4o | one two | 11-15 | |
           tool | query_db | {\"sql\":\"select 1\"} | 16-20 | | A
           llm | chat@gpt-4o | one two three | 21-25 | |",
    ),
    (
        "one of two calls side by side is made again",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | one | 1-5 | |
           tool | query_db | {\"sql\":\"select 1\"} | 6-10 | database is locked | A
           tool | read_file | {\"path\":\"a.txt\"} | 7-9 | |
           llm | chat@gpt-4o | one two | 11-15 | |
           tool | query_db | {\"sql\":\"select 1\"} | 16-20 | | A",
    ),
    (
        "turns have a step each",
        "agent | run | go | 0-100 | |
           chain | turn 1 | t1 | 1-20 | |
             llm | chat@gpt-4o | one | 2-5 | |
             tool | query_db | {\"sql\":\"select 1\"} | 6-10 | database is locked | A
           chain | turn 2 | t2 | 21-40 | |
             llm | chat@gpt-4o | one two | 22-25 | |
             tool | query_db | {\"sql\":\"select 1\"} | 26-30 | | A",
    ),
    (
        "another model takes over",
        "agent | run | go | 0-100 | |
           llm | chat@claude-sonnet-4-5 | Hello there | 1-5 | Overloaded | A
           llm | chat@gpt-4o | Hello there | 6-20 | | A",
    ),
    (
        "a model is tried again, then another takes over",
        "agent | run | go | 0-100 | |
           llm | chat@claude-sonnet-4-5 | Hello there | 1-5 | Overloaded | A
           llm | chat@claude-sonnet-4-5 | Hello there | 10-15 | Overloaded | A
           llm | chat@gpt-4o | Hello there | 16-30 | | A",
    ),
    (
        "another tool takes over",
        "agent | run | go | 0-100 | |
           tool | search_primary | {\"q\":\"oslo\"} | 1-5 | 503 Service Unavailable | A
           tool | search_backup | {\"q\":\"oslo\"} | 6-20 | | A",
    ),
    (
        "a call is sent again while it is under way",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | Hello there | 1-30 | CancelledError: another request answered first | A
           llm | chat@gpt-4o | Hello there | 10-29 | | A",
    ),
    (
        "documents are looked for again",
        "agent | run | go | 0-100 | |
           retrieval | vector_store | {\"q\":\"tax\"} | 1-5 | index is rebuilding | A
           retrieval | vector_store | {\"q\":\"tax\"} | 9-20 | | A",
    ),
    (
        "two operations are tried again, in turns",
        "agent | run | go | 0-100 | |
           tool | fetch | {\"url\":\"https://a.example\"} | 1-5 | 503 | A
           tool | fetch | {\"url\":\"https://b.example\"} | 2-6 | 503 | B
           tool | fetch | {\"url\":\"https://a.example\"} | 11-15 | | A
           tool | fetch | {\"url\":\"https://b.example\"} | 12-16 | | B",
    ),
    (
        "a whole task is run again",
        "chain | job | go | 0-100 | |
           chain | research | {\"topic\":\"bees\"} | 1-40 | the plan was not valid JSON | A
             llm | chat@gpt-4o | Plan | 2-20 | |
             tool | search | {\"q\":\"bees\"} | 21-39 | |
           chain | research | {\"topic\":\"bees\"} | 41-90 | | A
             llm | chat@gpt-4o | Plan | 42-60 | |
             tool | search | {\"q\":\"bees\"} | 61-89 | |",
    ),
];

/// What looks like it and is none.
pub const LOOK_ALIKES: &[(&str, &str)] = &[
    (
        "a loop over items, one of which fails",
        "agent | run | go | 0-100 | |
           tool | convert | {\"file\":\"a.png\"} | 1-5 | |
           tool | convert | {\"file\":\"b.png\"} | 6-10 | unreadable file |
           tool | convert | {\"file\":\"c.png\"} | 11-15 | |",
    ),
    (
        "polling",
        "agent | run | go | 0-100 | |
           tool | job_status | {\"job\":\"j-7\"} | 1-2 | |
           tool | job_status | {\"job\":\"j-7\"} | 11-12 | |
           tool | job_status | {\"job\":\"j-7\"} | 21-22 | |
           tool | job_status | {\"job\":\"j-7\"} | 31-32 | |",
    ),
    (
        "pages, one of which fails",
        "agent | run | go | 0-100 | |
           tool | list_issues | {\"page\":1} | 1-5 | |
           tool | list_issues | {\"page\":2} | 6-10 | 500 Internal Server Error |
           tool | list_issues | {\"page\":3} | 11-15 | |",
    ),
    (
        "the same call side by side, one of which fails",
        "agent | run | go | 0-100 | |
           tool | vote | {\"q\":\"which\"} | 1-20 | |
           tool | vote | {\"q\":\"which\"} | 2-10 | timed out |
           tool | vote | {\"q\":\"which\"} | 3-21 | |",
    ),
    (
        "several answers to one prompt",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | Name a colour | 1-10 | |
           llm | chat@gpt-4o | Name a colour | 2-11 | |
           llm | chat@gpt-4o | Name a colour | 3-12 | |",
    ),
    (
        "tests run again after an edit",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | one | 1-5 | |
           tool | bash | {\"command\":\"pytest -q\"} | 6-10 | Exit code 1: 2 failed |
           llm | chat@gpt-4o | one two | 11-15 | |
           tool | edit | {\"path\":\"cart.py\",\"new\":\"total\"} | 16-20 | |
           llm | chat@gpt-4o | one two three | 21-25 | |
           tool | bash | {\"command\":\"pytest -q\"} | 26-40 | |",
    ),
    (
        "the same call twice, both well",
        "agent | run | go | 0-100 | |
           tool | now | {\"zone\":\"UTC\"} | 1-5 | |
           tool | now | {\"zone\":\"UTC\"} | 50-55 | |",
    ),
    (
        "the agent corrects its arguments",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | one | 1-5 | |
           tool | read_file | {\"path\":\"src/mian.rs\"} | 6-10 | no such file |
           llm | chat@gpt-4o | one two | 11-15 | |
           tool | read_file | {\"path\":\"src/main.rs\"} | 16-20 | |",
    ),
    (
        "two agents make the same call",
        "chain | crew | go | 0-100 | |
           agent | writer | {\"role\":\"w\"} | 1-40 | |
             tool | search | {\"q\":\"bees\"} | 2-10 | timed out |
           agent | editor | {\"role\":\"e\"} | 41-90 | |
             tool | search | {\"q\":\"bees\"} | 42-50 | |",
    ),
    (
        "a failed model and another with another prompt",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | Draw a plan | 1-5 | 500 Internal Server Error |
           llm | chat@claude-sonnet-4-5 | Write a title | 6-20 | |",
    ),
    (
        "a failed tool and another with another input",
        "agent | run | go | 0-100 | |
           tool | search | {\"q\":\"oslo\"} | 1-5 | timed out |
           tool | calculator | {\"expression\":\"2+2\"} | 6-20 | |",
    ),
    (
        "the same call side by side, all of which fail",
        "agent | run | go | 0-100 | |
           tool | ping | {\"host\":\"a\"} | 1-20 | unreachable |
           tool | ping | {\"host\":\"a\"} | 2-21 | unreachable |",
    ),
    (
        "the same question in the next turn",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | continue | 1-5 | |
           llm | chat@gpt-4o | continue | 50-55 | |",
    ),
    (
        "the same call after a failure and much other work",
        "agent | run | go | 0-100 | |
           llm | chat@gpt-4o | one | 1-2 | |
           tool | bash | {\"command\":\"cargo build\"} | 3-5 | Exit code 101 |
           llm | chat@gpt-4o | one two | 6-7 | |
           tool | read_file | {\"path\":\"a.rs\"} | 8-9 | |
           llm | chat@gpt-4o | one two three | 10-11 | |
           tool | edit | {\"path\":\"a.rs\"} | 12-13 | |
           llm | chat@gpt-4o | one two three four | 14-15 | |
           tool | bash | {\"command\":\"cargo build\"} | 16-20 | |",
    ),
];

/// One step of a case.
#[derive(Clone, Debug)]
pub struct Step {
    /// Index of its parent.
    pub parent: Option<usize>,
    pub kind: String,
    pub name: String,
    pub model: Option<String>,
    pub input: String,
    pub start_ms: i64,
    pub end_ms: i64,
    pub error: Option<String>,
    /// Groups it is a try of.
    pub groups: Vec<char>,
    pub attempt: Option<u32>,
}

/// The steps of a case.
pub fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [kind, name, input, time, error, marks] = cells[..] else { panic!("not a step: {line}") };
        open.retain(|(depth, _)| *depth < indent);
        let (start, end) = time.split_once('-').unwrap();
        let (name, model) = name.split_once('@').map_or((name, None), |(name, model)| (name, Some(model)));
        steps.push(Step {
            parent: open.last().map(|(_, step)| *step),
            kind: kind.into(),
            name: name.into(),
            model: model.map(str::to_owned),
            input: input.into(),
            start_ms: start.parse().unwrap(),
            end_ms: end.parse().unwrap(),
            error: (!error.is_empty()).then(|| error.to_owned()),
            groups: marks.chars().filter(char::is_ascii_uppercase).collect(),
            attempt: marks.split('#').nth(1).map(|number| number.parse().unwrap()),
        });
        open.push((indent, steps.len() - 1));
    }
    steps
}
