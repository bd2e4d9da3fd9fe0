//! Damaged files of every format of the family: what is whole is kept, what is not is a problem with its place.

use super::{HANDMADE, fixture, real_file};
use crate::wire::collected::read;

/// A file of each format and how many of its spans are left at least when a step in its middle is broken.
const FILES: [(&str, usize); 11] = [
    ("swe-agent-traj/SWE-agent__SWE-agent/warmup.traj", 12),
    ("openhands-events-json/OpenHands__OpenHands/basic_gui_mode.json", 8),
    ("openhands-output-jsonl/OpenHands__OpenHands/mock_output__output.jsonl", 8),
    ("openhands-sdk-events/OpenHands__software-agent-sdk/events.jsonl", 4),
    ("atif-json/Arize-ai__phoenix/multi_tool_trajectory.json", 4),
    ("autogen-json/microsoft__autogen/session.json", 11),
    ("agentbench-runs-jsonl/THUDM__AgentBench/runs.jsonl", 80),
    ("whoandwhen-json/mingyin1__Agents_Failure_Attribution/2.json", 84),
    ("browser-use-json/browser-use__browser-use/AgentHistoryList.json", 9),
    ("mini-swe-agent-traj/SWE-agent__mini-swe-agent/local.traj.json", 2),
    ("tau2-bench-json/sierra-research__tau2-bench/results.json", 0),
];

#[test]
fn a_broken_step_costs_itself() {
    for (path, at_least) in FILES {
        let Some(mut bytes) = real_file(path) else { return };
        if at_least == 0 {
            continue;
        }
        // A bare word after a key: no JSON, whatever stands around it.
        let key = |from: usize| {
            let mut ends = bytes.windows(3).enumerate().skip(from);
            ends.find(|(_, three)| three[0] != b'\\' && three[1..] == *b"\":").map(|(at, _)| at + 3)
        };
        let middle = key(bytes.len() / 2).or_else(|| key(bytes.len() / 4)).unwrap();
        bytes.splice(middle..middle, *b"@@ ");
        let read = read(&bytes).unwrap_or_else(|| panic!("{path} is not known any more"));
        assert!(!read.problems.is_empty(), "{path} says nothing of the damage");
        assert!(read.problems.iter().all(|problem| problem.at.line.is_some_and(|line| line > 0)), "{path}");
        assert!(read.spans.len() >= at_least, "{path}: {} spans left; {:?}", read.spans.len(), read.problems);
    }
}

#[test]
fn files_cut_short_are_read_as_far_as_they_go() {
    for (path, _) in FILES {
        let Some(bytes) = real_file(path) else { return };
        for tenth in 1..10 {
            let Some(read) = read(&bytes[..bytes.len() * tenth / 10]) else { continue };
            assert!(read.problems.iter().all(|problem| problem.at.line.is_some()), "{path}");
        }
        let cut = read(&bytes[..bytes.len() - bytes.len() / 5])
            .unwrap_or_else(|| panic!("{path} is not known any more"));
        assert!(!cut.problems.is_empty(), "{path} says nothing of its missing end");
    }
}

#[test]
fn wrong_types_everywhere_do_no_harm() {
    for file in HANDMADE {
        fixture(file.file);
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/fixtures/formats")
            .join(file.file);
        let text = std::fs::read_to_string(path).unwrap();
        for (from, to) in [
            ("\"content\":", "\"content\": 7, \"c\":"),
            ("[", "[null,"),
            ("\"id\":", "\"id\": {}, \"i\":"),
            ("{\"", "{\"x\":[],\""),
        ] {
            read(text.replace(from, to).as_bytes());
        }
    }
}
