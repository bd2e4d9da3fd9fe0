//! The made-up agent: what it does to answer a question, stage by stage.

use std::ops::Range;

use fastrand::Rng;
use serde_json::{Value, json};

use super::script::{Cue, Script, Step};
use super::topics::{TOPICS, Topic};
use super::{Course, topics::Document};

const MODEL: &str = "gpt-4.1-mini";
const SMALL_MODEL: &str = "gpt-4.1-nano";
const EMBEDDING_MODEL: &str = "text-embedding-3-large";
const CONTEXT_TOKENS: u64 = 128_000;
const SYSTEM: &str = "You are the handbook assistant of Parcelline, a parcel service. Answer from the pages you are given and \
    cite them as [id]. Say what you do not know. Colleagues read you between two calls: be short.";

/// A run of the made-up agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub trace_id: String,
    /// What it is asked.
    pub prompt: &'static str,
    /// What happens in it.
    pub course: Course,
    /// How it ends; `None` where nobody tells.
    pub status: Option<&'static str>,
    /// What is told of it, in order.
    pub cues: Vec<Cue>,
}

/// How a stage ended that may end the run.
type Stage<T> = Result<T, String>;

struct Agent {
    script: Script,
    rng: Rng,
    topic: &'static Topic,
    course: Course,
    root: Step,
}

/// The run with this number, from 1, of those that `seed` decides.
pub(super) fn run(seed: u64, number: u32, course: Course) -> Run {
    let mut rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number.into()));
    // Topics in turn, from one that the seed decides.
    let first = Rng::with_seed(seed).usize(..TOPICS.len());
    let topic = &TOPICS[(first + number as usize) % TOPICS.len()];
    // Another course is another run: they must not be taken for tellings of one.
    let trace_id = format!("demo-{:08x}-{}-{number}", Rng::with_seed(seed).u32(..), course.word());
    let session = format!("{:08x}-{}", rng.u32(..), course.word());
    let mut script = Script::new(trace_id.clone());
    script.trace(
        "trace.start",
        json!({
            "prompt": topic.question, "model_name": MODEL, "project_id": "parcelline",
            "environment": "demo", "conversation_id": session, "demo.course": course.word(),
        }),
    );
    script.pass_ms(2.0);
    let root =
        script.start(None, "answer_question", "agent", json!({ "input": { "question": topic.question } }));
    let mut agent = Agent { script, rng, topic, course, root };
    let answered = agent.answer();
    let Agent { mut script, root, .. } = agent;
    let status = match answered {
        _ if course == Course::Vanish => None,
        Ok(answer) => {
            script.end(&root, json!({ "output": { "answer": answer }, "success": true }));
            script.pass_ms(3.0);
            // TraceLLM's word for a run that had retries.
            let status = match course {
                Course::Retries | Course::RateLimit => "warning",
                _ => "success",
            };
            script.trace(
                "trace.complete",
                json!({ "response": answer, "status": status, "latency": script.at_ns() as f64 / 1e6 }),
            );
            Some(status)
        }
        Err(reason) => {
            script.end(&root, json!({ "output": { "error": reason }, "success": false }));
            script.pass_ms(3.0);
            script.trace(
                "trace.complete",
                json!({
                    "response": "", "status": "failed", "failure_reason": reason,
                    "latency": script.at_ns() as f64 / 1e6,
                }),
            );
            Some("failed")
        }
    };
    Run { trace_id, prompt: topic.question, course, status, cues: script.finish() }
}

impl Agent {
    fn answer(&mut self) -> Stage<String> {
        self.embed();
        self.retrieve();
        let kept = self.rerank();
        self.plan();
        self.allot_context();
        self.look_up_tool()?;
        self.cite(&kept);
        let answer = self.generate(&kept)?;
        self.check(&answer)?;
        Ok(answer)
    }

    fn embed(&mut self) {
        let step = self.start(
            "query_embedding",
            "embedding",
            json!({ "model": EMBEDDING_MODEL, "input": { "query": self.topic.question } }),
        );
        self.pass(80..220);
        let norm = f64::from(self.rng.u32(980..1_040)) / 1e3;
        let tokens = json!({ "input": tokens_of(self.topic.question), "output": 0 });
        let output = json!({ "vector_dimensions": 3_072, "embedding_norm": norm });
        self.end(&step, json!({ "output": output, "success": true, "tokens": tokens }));
    }

    fn retrieve(&mut self) {
        let found = self.rng.u32(14..25);
        let input = json!({ "query": self.topic.question, "index": "handbook_v3", "top_k": 8 });
        let step = self.start("vector_retrieval", "retrieval", json!({ "input": input }));
        self.pass(180..420);
        let mut score = 0.93;
        let documents: Vec<Value> = self
            .topic
            .documents
            .iter()
            .map(|document| {
                score -= f64::from(self.rng.u32(8..60)) / 1e3;
                json!({
                    "id": document.id, "title": document.title, "score": (score * 1e3).round() / 1e3,
                    "text": document.text,
                })
            })
            .collect();
        self.end(
            &step,
            json!({ "output": { "documents_found": found, "documents": documents }, "success": true }),
        );
    }

    /// Gives the pages that are kept.
    fn rerank(&mut self) -> Vec<&'static Document> {
        let kept = self.rng.usize(3..=4);
        let input = json!({ "query": self.topic.question, "strategy": "cross-encoder", "candidates": 8 });
        let step = self.start("rerank_context", "rerank", json!({ "input": input }));
        self.pass(90..240);
        let documents: Vec<&Document> = self.topic.documents.iter().take(kept).collect();
        let ids: Vec<&str> = documents.iter().map(|document| document.id).collect();
        self.end(&step, json!({ "output": { "kept": ids, "dropped": 8 - kept }, "success": true }));
        documents
    }

    fn plan(&mut self) {
        let ask = format!("Plan in three steps how to answer: {}", self.topic.question);
        let input = json!({
            "messages": [{ "role": "system", "content": SYSTEM }, { "role": "user", "content": ask }], "temperature": 0,
        });
        let step = self.start("agent_planner", "llm", json!({ "model": SMALL_MODEL, "input": input }));
        self.pass(420..900);
        let plan: Vec<String> =
            self.topic.plan.iter().enumerate().map(|(at, what)| format!("{}. {what}", at + 1)).collect();
        let plan = plan.join("\n");
        let tokens = json!({ "input": tokens_of(SYSTEM) + tokens_of(&ask), "output": tokens_of(&plan) });
        let output = json!({ "role": "assistant", "content": plan });
        self.end(&step, json!({ "output": output, "success": true, "tokens": tokens }));
    }

    fn allot_context(&mut self) {
        let is_overfull = self.course == Course::ContextOverflow;
        let pages = if is_overfull { "whole handbook chapters" } else { "excerpts" };
        let input =
            json!({ "window_tokens": CONTEXT_TOKENS, "reserved_for_answer": 1_400, "pages_as": pages });
        let step = self.start("context_window_allocator", "chain", json!({ "input": input }));
        self.pass(50..180);
        let allotted = if is_overfull { self.rng.u32(128_400..141_000) } else { self.rng.u32(3_000..5_200) };
        let output = json!({
            "context_tokens": allotted, "reserved_for_tools": self.rng.u32(500..900), "compressed": !is_overfull,
            "slots": ["system", "pages", "tools", "answer"],
        });
        self.end(&step, json!({ "output": output, "success": true }));
    }

    /// The tool that sets citations is looked up in a registry that is not always there.
    fn look_up_tool(&mut self) -> Stage<()> {
        const MOST_TRIES: u32 = 4;
        let failures = match self.course {
            Course::Retries => self.rng.u32(1..=2),
            Course::ToolTimeout => MOST_TRIES,
            _ => 0,
        };
        for attempt in 1..=MOST_TRIES {
            let input = json!({ "requested_tool": "citation_builder", "attempt": attempt });
            let start = json!({ "input": input, "attempt": attempt });
            let step = self.start("tool_schema_lookup", "tool", start);
            if attempt > failures {
                self.pass(90..210);
                let output = json!({ "contract_version": "2026.05.17", "arguments_validated": true });
                self.end(&step, json!({ "output": output, "success": true }));
                return Ok(());
            }
            let error = if self.course == Course::ToolTimeout {
                self.pass(880..960);
                json!({ "type": "TimeoutError", "message": "the tool registry did not answer within 900 ms" })
            } else {
                self.pass(110..280);
                let messages = [
                    "schema registry: 503 service unavailable",
                    "the tool's contract is older than its cache entry",
                    "the registry gave half of the schema",
                ];
                json!({ "type": "RegistryError", "message": messages[self.rng.usize(..messages.len())] })
            };
            if attempt == MOST_TRIES {
                let output = json!({ "error": error, "retryable": false });
                self.end(&step, json!({ "output": output, "success": false }));
                break;
            }
            let backoff_ms = f64::from(200 << (attempt - 1)) * (0.75 + 0.5 * self.rng.f64());
            let output = json!({ "error": error, "retryable": true });
            self.end(&step, json!({ "output": output, "success": false, "backoff_ms": backoff_ms.round() }));
            self.wait(attempt, "exponential, with jitter", backoff_ms);
        }
        Err(format!("tool_schema_lookup gave up after {MOST_TRIES} tries: the tool registry did not answer"))
    }

    /// The pause before the next try.
    fn wait(&mut self, attempt: u32, policy: &str, backoff_ms: f64) {
        let input = json!({ "after_attempt": attempt, "policy": policy });
        let step = self.start("retry_guard", "wait", json!({ "input": input }));
        self.script.pass_ms(backoff_ms);
        let output = json!({ "backoff_ms": backoff_ms.round(), "next_attempt": attempt + 1 });
        self.end(&step, json!({ "output": output, "success": true }));
    }

    /// Fetches what is cited, all pages at once.
    fn cite(&mut self, kept: &[&Document]) {
        let ids: Vec<&str> = kept.iter().map(|document| document.id).collect();
        let citing =
            self.start("citation_builder", "tool", json!({ "input": { "sources": ids, "form": "[id]" } }));
        self.script.pass_ms(4.0);
        let together_ns = self.script.at_ns();
        let mut last_ns = together_ns;
        for document in kept {
            self.script.go_to(together_ns);
            self.pass(1..9);
            let step = self.script.start(
                Some(&citing),
                "fetch_source",
                "tool",
                json!({ "input": { "id": document.id, "url": format!("handbook://{}", document.id) } }),
            );
            self.pass(60..260);
            let output = json!({ "title": document.title, "bytes": document.text.len() });
            self.script.end(&step, json!({ "output": output, "success": true }));
            last_ns = last_ns.max(self.script.at_ns());
        }
        self.script.go_to(last_ns);
        self.pass(5..15);
        self.end(&citing, json!({ "output": { "citations": kept.len() }, "success": true }));
    }

    /// Asks the model, again if it is told to.
    fn generate(&mut self, kept: &[&Document]) -> Stage<String> {
        let pages: Vec<String> = kept
            .iter()
            .map(|document| format!("[{}] {}\n{}", document.id, document.title, document.text))
            .collect();
        let ask = format!("{}\n\nPages:\n{}", self.topic.question, pages.join("\n\n"));
        let input = json!({
            "messages": [{ "role": "system", "content": SYSTEM }, { "role": "user", "content": ask }],
            "temperature": 0.4, "max_output_tokens": 1_400, "stream": true,
        });
        let asked_tokens = tokens_of(SYSTEM) + tokens_of(&ask);
        if self.course == Course::ContextOverflow {
            let sent = self.rng.u32(129_000..142_000);
            let step = self.start("response_generation", "llm", json!({ "model": MODEL, "input": input }));
            self.pass(240..420);
            let message = format!("this model takes {CONTEXT_TOKENS} tokens at most; {sent} were sent");
            let error = json!({ "type": "context_length_exceeded", "message": message });
            self.end(&step, json!({ "output": { "error": error }, "success": false }));
            return Err(format!("context_length_exceeded: {message}"));
        }
        let mut attempt = 1;
        if self.course == Course::RateLimit {
            let start = json!({ "model": MODEL, "input": input, "attempt": attempt });
            let step = self.start("response_generation", "llm", start);
            self.pass(120..260);
            let retry_after_ms = f64::from(self.rng.u32(2_400..3_600));
            let error =
                json!({ "type": "rate_limit_exceeded", "message": "429: too many requests a minute" });
            let output = json!({ "error": error, "retry_after_ms": retry_after_ms });
            self.end(&step, json!({ "output": output, "success": false, "backoff_ms": retry_after_ms }));
            self.wait(attempt, "as the provider says (retry-after)", retry_after_ms);
            attempt += 1;
        }
        let mut start = json!({ "model": MODEL, "input": input });
        if let (Value::Object(start), Course::RateLimit) = (&mut start, self.course) {
            start.insert("attempt".into(), attempt.into());
        }
        let step = self.start("response_generation", "llm", start);
        let answer = self.topic.answer;
        self.stream(&step, answer);
        if self.course == Course::Vanish {
            return Err("nobody is left to tell of it".to_owned());
        }
        let tokens = json!({ "input": asked_tokens, "output": tokens_of(answer) });
        let output = json!({ "role": "assistant", "content": answer, "finish_reason": "stop" });
        self.end(&step, json!({ "output": output, "success": true, "tokens": tokens }));
        Ok(answer.to_owned())
    }

    /// The answer comes in pieces.
    fn stream(&mut self, step: &Step, answer: &str) {
        const WORDS_A_PIECE: usize = 12;
        let is_slow = self.course == Course::Slow;
        self.pass(if is_slow { 2_200..3_000 } else { 250..520 });
        self.script.event(step, "first_token", json!({}));
        let words: Vec<&str> = answer.split(' ').collect();
        let pieces = words.chunks(WORDS_A_PIECE);
        let told = if self.course == Course::Vanish { pieces.len() / 2 } else { pieces.len() };
        for piece in pieces.take(told) {
            self.pass(if is_slow { 250..420 } else { 70..170 });
            self.script.event(step, "piece", json!({ "text": piece.join(" ") }));
        }
    }

    /// Looks the answer over before it is given.
    fn check(&mut self, answer: &str) -> Stage<()> {
        let step = self.start("output_guardrail", "guardrail", json!({ "input": { "text": answer } }));
        self.pass(40..120);
        if self.course == Course::Guardrail {
            let rule = "promises a refund without a scan of the depot";
            let error = json!({ "type": "blocked", "message": format!("the draft {rule} (rule R-12)") });
            self.end(&step, json!({ "output": { "verdict": "block", "error": error }, "success": false }));
            return Err(format!("output_guardrail blocked the answer: it {rule}"));
        }
        self.end(&step, json!({ "output": { "verdict": "pass", "rules": 14 }, "success": true }));
        Ok(())
    }

    /// A step right below the agent.
    fn start(&mut self, name: &str, kind: &str, members: Value) -> Step {
        self.script.start(Some(&self.root), name, kind, members)
    }

    /// Ends it; the agent itself takes a moment before what comes next.
    fn end(&mut self, step: &Step, members: Value) {
        self.script.end(step, members);
        self.pass(3..14);
    }

    fn pass(&mut self, ms: Range<u32>) {
        let ms = f64::from(ms.start) + self.rng.f64() * f64::from(ms.end - ms.start);
        self.script.pass_ms(ms);
    }
}

/// About as many tokens as a text has.
fn tokens_of(text: &str) -> u64 {
    (text.len() as u64).div_ceil(4)
}
