//! Formats of the family "platforms".

use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// The folders of real files whose formats are read.
pub const FOLDERS: &[&str] = &[
    "langfuse-trace-json",
    "langsmith-batch-json",
    "openai-agents-json",
    "mlflow-trace-json",
    "litellm-log-json",
    "openai-responses-stream",
    "trulens",
];

/// Where their counts differ from the independent ones.
pub const EXPLAINED: &[Explained] = &[];

/// Files made by hand from descriptions of the formats.
pub const HANDMADE: &[Handmade] = &[];

#[test]
fn scratch() {
    use crate::wire::collected::{payload, read, real_file};
    for folder in FOLDERS {
        let root = crate::shared::folder().unwrap().join(folder);
        for sub in std::fs::read_dir(&root).unwrap().flatten() {
            for file in std::fs::read_dir(sub.path()).unwrap().flatten() {
                let path = format!("{folder}/{}/{}", sub.file_name().to_string_lossy(), file.file_name().to_string_lossy());
                let Some(bytes) = real_file(&path) else { continue };
                let got = read(&bytes).unwrap();
                println!("\n==== {path} {} problems {:?} skipped {:?}", got.format, got.problems, got.skipped);
                for t in got.traces.iter().take(2) {
                    println!("TRACE {} {:?} pv={:?} st={:?} conv={:?} env={:?} proj={:?} cost={:?} payload={}", t.trace, t.name, t.preview.as_deref().map(|s| s.chars().take(60).collect::<String>()), t.status, t.conversation, t.environment, t.project, t.cost_usd, String::from_utf8_lossy(t.payload.as_deref().unwrap_or_default()).chars().take(200).collect::<String>());
                }
                for s in got.spans.iter().take(12) {
                    let c = engine::semantics::content(&payload(s));
                    let p = payload(s);
                    println!("SPAN {} <- {:?} {:?} {:?} {:?} m={:?} tok={:?} cost={:?} dur={:?} pv={:?} err={:?} proj={:?} flags={:?}", s.id, s.parent, s.name, s.kind, s.status, s.model, (s.tokens.input, s.tokens.output, s.tokens.cache_read, s.tokens.total), s.cost_usd, s.start_ns.zip(s.end_ns).map(|(a, b)| b - a), s.preview.as_deref().map(|s| s.chars().take(60).collect::<String>()), s.error, s.project, s.flags);
                    let cut = |v: String| v.chars().take(230).collect::<String>();
                    println!("     attrs {:?} other {:?}", p.attributes.keys().collect::<Vec<_>>(), p.other.keys().collect::<Vec<_>>());
                    println!("     in {} | out {}", cut(c.input.map(|v| v.to_string()).unwrap_or_default()), cut(c.output.map(|v| v.to_string()).unwrap_or_default()));
                    println!("     inm {} | outm {}", cut(format!("{:?}", c.input_messages)), cut(format!("{:?}", c.output_messages)));
                    println!("     tools {:?} params {} errors {}", c.tools.iter().map(|t| t.name.clone()).collect::<Vec<_>>(), cut(format!("{:?}", c.parameters.iter().map(|p| &p.name).collect::<Vec<_>>())), cut(format!("{:?}", c.errors)));
                }
            }
        }
    }
}
