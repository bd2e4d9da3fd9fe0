//! Made-up runs of a research agent, in bulk: for benchmarks, and for tests that need many.
//!
//! Each run is a tree of about 20 spans (an agent, its model calls, its tool calls, sometimes a failed try and its retry) with
//! about 2 KB of text a span, as OpenTelemetry GenAI spans. Words follow Zipf's law over a vocabulary of made-up words, so
//! that compression fares as with prose rather than with noise.

use std::io::{self, Write};

use fastrand::Rng;
use serde_json::{Value, json};

/// How many, and how to vary them.
#[derive(Clone, Copy, Debug)]
pub struct AgentRuns {
    /// Runs.
    pub traces: usize,
    /// Spans in each, at least 4.
    pub spans_per_trace: usize,
    /// Bytes of text in each span, about.
    pub text_bytes: usize,
    /// Whether a model call sends the end of the conversation so far, as agents do; else all of its text is new.
    pub sends_history: bool,
    /// Of 100 runs, about how many are in Chinese, 3 bytes a character and no spaces.
    pub chinese_percent: u8,
    /// Equal seeds give equal bytes.
    pub seed: u64,
}

/// Writes the runs as OTLP JSON lines, one request with one trace a line.
pub fn write_otlp_json_lines(runs: AgentRuns, out: &mut impl Write) -> io::Result<()> {
    let mut rng = Rng::with_seed(runs.seed);
    let vocabulary = Vocabulary::new(&mut rng);
    let chinese = (runs.chinese_percent > 0).then(|| Vocabulary::chinese(&mut rng));
    let mut start_ns: i64 = 1_767_000_000_000_000_000;
    for _ in 0..runs.traces {
        let spoken = match &chinese {
            Some(chinese) if rng.u8(..100) < runs.chinese_percent => chinese,
            _ => &vocabulary,
        };
        let request = trace(&mut rng, spoken, runs, start_ns);
        serde_json::to_writer(&mut *out, &request)?;
        out.write_all(b"\n")?;
        start_ns += rng.i64(1_000_000_000..60_000_000_000);
    }
    Ok(())
}

struct Vocabulary {
    words: Vec<String>,
    between_words: &'static str,
    between_sentences: &'static str,
}

impl Vocabulary {
    const WORDS: usize = 6_000;

    fn new(rng: &mut Rng) -> Self {
        const SYLLABLES: [&str; 24] = [
            "ta", "re", "in", "so", "mi", "con", "ver", "al", "pro", "de", "ment", "er", "ci", "lo", "ne",
            "tion", "ar", "bu", "ke", "sta", "un", "le", "qui", "ra",
        ];
        let mut word = || {
            let count = rng.usize(1..4);
            (0..count).map(|_| SYLLABLES[rng.usize(..SYLLABLES.len())]).collect()
        };
        Self {
            words: (0..Self::WORDS).map(|_| word()).collect(),
            between_words: " ",
            between_sentences: ". ",
        }
    }

    /// Words of one to three of some 3,000 characters, the frequent ones more often.
    fn chinese(rng: &mut Rng) -> Self {
        const CHARACTERS: f64 = 3_000.0;
        let mut word = || {
            let count = rng.usize(1..4);
            let character = |rng: &mut Rng| {
                char::from_u32(0x4e00 + 5 * (rng.f64().powi(2) * CHARACTERS) as u32).unwrap_or('一')
            };
            (0..count).map(|_| character(rng)).collect()
        };
        Self {
            words: (0..Self::WORDS).map(|_| word()).collect(), between_words: "", between_sentences: "。"
        }
    }

    /// About `bytes` of text.
    fn text(&self, rng: &mut Rng, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 16);
        let top = (Self::WORDS as f64).ln();
        while text.len() < bytes {
            // The inverse of Zipf's distribution function, near enough.
            let rank = (rng.f64() * top).exp() as usize - 1;
            if !text.is_empty() {
                text.push_str(if rng.u8(..) < 20 { self.between_sentences } else { self.between_words });
            }
            text.push_str(&self.words[rank.min(Self::WORDS - 1)]);
        }
        text
    }
}

/// The last `bytes` of the text, or a little less.
fn tail(text: &str, bytes: usize) -> &str {
    let mut start = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or(text)
}

fn attribute(key: &str, value: impl Into<Value>) -> Value {
    let value = match value.into() {
        Value::String(text) => json!({ "stringValue": text }),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            json!({ "intValue": number.to_string() })
        }
        Value::Number(number) => json!({ "doubleValue": number }),
        Value::Bool(flag) => json!({ "boolValue": flag }),
        other => json!({ "stringValue": other.to_string() }),
    };
    json!({ "key": key, "value": value })
}

fn trace(rng: &mut Rng, vocabulary: &Vocabulary, runs: AgentRuns, start_ns: i64) -> Value {
    const TOOLS: [&str; 6] = ["search", "fetch_page", "run_query", "read_file", "calculator", "send_mail"];
    const MODELS: [&str; 4] = ["gpt-4o-mini", "gpt-4.1", "claude-sonnet-4", "gemini-2.5-pro"];
    let trace_id = format!("{:032x}", rng.u128(..));
    let root_id = format!("{:016x}", rng.u64(..));
    let model = MODELS[rng.usize(..MODELS.len())];
    let fails = rng.u8(..100) < 8;
    let mut spans = Vec::with_capacity(runs.spans_per_trace);
    let mut now_ns = start_ns + 1_000_000;
    let mut retry_of: Option<(String, String)> = None;
    let mut conversation = String::new();
    for index in 1..runs.spans_per_trace {
        let span_id = format!("{:016x}", rng.u64(..));
        let took_ns = rng.i64(2_000_000..900_000_000);
        let is_last = index + 1 == runs.spans_per_trace;
        let is_llm = retry_of.is_none() && index % 2 == 1;
        let mut failed = is_last && fails;
        let (name, attributes) = if is_llm {
            let prompt = if runs.sends_history && !conversation.is_empty() {
                tail(&conversation, runs.text_bytes * 3 / 4).to_owned()
            } else {
                vocabulary.text(rng, runs.text_bytes * 3 / 4)
            };
            let answer = vocabulary.text(rng, runs.text_bytes / 4);
            conversation.push_str(&answer);
            (
                format!("chat {model}"),
                vec![
                    attribute("gen_ai.operation.name", "chat"),
                    attribute("gen_ai.provider.name", "openai"),
                    attribute("gen_ai.request.model", model),
                    attribute("gen_ai.response.model", model),
                    attribute("gen_ai.usage.input_tokens", prompt.len() / 4),
                    attribute("gen_ai.usage.output_tokens", answer.len() / 4),
                    attribute(
                        "gen_ai.input.messages",
                        json!([{ "role": "user", "parts": [{ "type": "text", "content": prompt }] }])
                            .to_string(),
                    ),
                    attribute(
                        "gen_ai.output.messages",
                        json!([{ "role": "assistant", "parts": [{ "type": "text", "content": answer }] }])
                            .to_string(),
                    ),
                ],
            )
        } else {
            let (tool, arguments) = retry_of.take().unwrap_or_else(|| {
                let tool = TOOLS[rng.usize(..TOOLS.len())].to_owned();
                let arguments =
                    json!({ "query": vocabulary.text(rng, 60), "limit": rng.u8(1..50) }).to_string();
                (tool, arguments)
            });
            if !is_last && rng.u8(..100) < 6 {
                failed = true;
                retry_of = Some((tool.clone(), arguments.clone()));
            }
            let result =
                if failed { "503 Service Unavailable".into() } else { vocabulary.text(rng, runs.text_bytes) };
            conversation.push_str(&result);
            (
                format!("execute_tool {tool}"),
                vec![
                    attribute("gen_ai.operation.name", "execute_tool"),
                    attribute("gen_ai.tool.name", tool.as_str()),
                    attribute("gen_ai.tool.call.id", format!("call_{:012x}", rng.u64(..1 << 48))),
                    attribute("gen_ai.tool.call.arguments", arguments),
                    attribute("gen_ai.tool.call.result", result),
                ],
            )
        };
        let status =
            if failed { json!({ "code": 2, "message": "503 Service Unavailable" }) } else { json!({}) };
        spans.push(json!({
            "traceId": trace_id, "spanId": span_id, "parentSpanId": root_id, "name": name, "kind": 3,
            "startTimeUnixNano": now_ns.to_string(), "endTimeUnixNano": (now_ns + took_ns).to_string(),
            "attributes": attributes, "status": status,
        }));
        now_ns += took_ns + rng.i64(100_000..5_000_000);
    }
    let question = vocabulary.text(rng, 120);
    spans.insert(0, json!({
        "traceId": trace_id, "spanId": root_id, "name": "invoke_agent researcher", "kind": 1,
        "startTimeUnixNano": start_ns.to_string(), "endTimeUnixNano": (now_ns + 500_000).to_string(),
        "attributes": [
            attribute("gen_ai.operation.name", "invoke_agent"),
            attribute("gen_ai.agent.name", "researcher"),
            attribute("gen_ai.conversation.id", format!("conversation-{}", rng.u32(..5_000))),
            attribute(
                "gen_ai.input.messages",
                json!([{ "role": "user", "parts": [{ "type": "text", "content": question }] }]).to_string(),
            ),
        ],
        "status": if fails { json!({ "code": 2, "message": "the last step failed" }) } else { json!({ "code": 1 }) },
    }));
    json!({ "resourceSpans": [{
        "resource": { "attributes": [
            attribute("service.name", format!("agent-{}", rng.u8(..12))),
            attribute("deployment.environment.name", if rng.bool() { "production" } else { "staging" }),
        ] },
        "scopeSpans": [{ "scope": { "name": "agent", "version": "1.4.0" }, "spans": spans }],
    }] })
}
