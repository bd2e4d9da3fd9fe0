//! Parquet tables of what formats export as JSON too.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::dto::*;
use engine::testing::Harness;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// A column's values; texts may be missing where the column is optional.
pub enum Column<'a> {
    Texts(&'a [Option<&'a str>]),
    Numbers(&'a [i64]),
    /// Keys (or values) of a map in the second row of two, with the levels that say so.
    Keys(&'a [&'a str]),
    Counts(&'a [i64]),
}

pub fn table(schema: &str, columns: &[Column<'_>], compression: Compression) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in columns {
        let mut out = group.next_column().unwrap().expect("a column for each");
        match column {
            Column::Texts(texts) => {
                let levels: Vec<i16> = texts.iter().map(|text| i16::from(text.is_some())).collect();
                let texts: Vec<ByteArray> =
                    texts.iter().flatten().map(|text| ByteArray::from(*text)).collect();
                out.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).unwrap();
            }
            Column::Numbers(numbers) => {
                out.typed::<Int64Type>().write_batch(numbers, None, None).unwrap();
            }
            Column::Keys(keys) => {
                let texts: Vec<ByteArray> = keys.iter().map(|key| ByteArray::from(*key)).collect();
                let (levels, repeats) = map_levels(keys.len(), 2);
                out.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), Some(&repeats)).unwrap();
            }
            Column::Counts(counts) => {
                let (levels, repeats) = map_levels(counts.len(), 3);
                out.typed::<Int64Type>().write_batch(counts, Some(&levels), Some(&repeats)).unwrap();
            }
        }
        out.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

/// No map in the first row, `count` entries in the second.
fn map_levels(count: usize, full: i16) -> (Vec<i16>, Vec<i16>) {
    let levels = [0].into_iter().chain(std::iter::repeat_n(full, count)).collect();
    let repeats = [0, 0].into_iter().chain(std::iter::repeat_n(1, count - 1)).collect();
    (levels, repeats)
}

/// Two observations as Langfuse's blob export has them.
fn observations(compression: Compression) -> Vec<u8> {
    let schema = "message observations {
        OPTIONAL BINARY id (UTF8); OPTIONAL BINARY trace_id (UTF8); OPTIONAL BINARY parent_observation_id (UTF8);
        OPTIONAL BINARY type (UTF8); OPTIONAL BINARY name (UTF8); OPTIONAL BINARY level (UTF8);
        REQUIRED INT64 start_time (TIMESTAMP_MILLIS); REQUIRED INT64 end_time (TIMESTAMP_MICROS);
        OPTIONAL BINARY provided_model_name (UTF8); OPTIONAL BINARY input (UTF8);
        OPTIONAL GROUP usage_details (MAP) { REPEATED GROUP key_value { REQUIRED BINARY key (UTF8); OPTIONAL INT64 value; } }
    }";
    let columns = [
        Column::Texts(&[Some("a"), Some("b")]),
        Column::Texts(&[Some("t"), Some("t")]),
        Column::Texts(&[None, Some("a")]),
        Column::Texts(&[Some("CHAIN"), Some("GENERATION")]),
        Column::Texts(&[Some("pipeline"), Some("draft")]),
        Column::Texts(&[Some("DEFAULT"), Some("ERROR")]),
        Column::Numbers(&[1_772_359_200_000, 1_772_359_200_100]),
        Column::Numbers(&[1_772_359_202_000_000, 1_772_359_201_600_000]),
        Column::Texts(&[None, Some("gpt-4o-mini")]),
        Column::Texts(&[Some("{\"topic\":\"bees\"}"), Some("[{\"role\":\"user\",\"content\":\"bees\"}]")]),
        Column::Keys(&["input", "output", "total"]),
        Column::Counts(&[12, 8, 20]),
    ];
    table(schema, &columns, compression)
}

fn import(folder: &Path, content: &[u8]) -> (Harness, ImportStatus) {
    let file = folder.join("table.parquet");
    std::fs::write(&file, content).unwrap();
    let harness = Harness::open(folder.join("traces.db"));
    let status = harness.import(&[&file]);
    (harness, status)
}

#[test]
fn observations_of_langfuse_open_from_a_table() {
    let gzip = Compression::GZIP(GzipLevel::default());
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, gzip, zstd, Compression::LZ4_RAW] {
        let folder = tempfile::tempdir().unwrap();
        let (harness, status) = import(folder.path(), &observations(compression));
        let file = &status.files[0];
        assert_eq!(
            (status.state, file.format.as_deref(), status.counts.traces, status.counts.spans),
            (ImportState::Done, Some("langfuse"), 1, 2),
            "{compression:?}: {status:?}"
        );
        assert_eq!((file.errors, file.tokens, file.problems), (1, Some(20), 0), "{status:?}");
        let tree: SpanTree =
            harness.call("span_tree", &TraceRef { trace_id: status.trace_id.expect("one trace") });
        assert_eq!(tree.span_id, ["a", "b"]);
        let again = harness.import(&[&folder.path().join("table.parquet")]).counts;
        assert_eq!((again.spans_added, again.spans_updated), (0, 0));
    }
}

#[test]
fn a_frame_of_phoenix_opens_from_a_table_and_packed() {
    let schema = "message spans {
        OPTIONAL BINARY context.span_id (UTF8); OPTIONAL BINARY context.trace_id (UTF8); OPTIONAL BINARY parent_id (UTF8);
        OPTIONAL BINARY name (UTF8); OPTIONAL BINARY span_kind (UTF8); OPTIONAL BINARY status_code (UTF8);
        REQUIRED INT64 start_time; REQUIRED INT64 end_time; REQUIRED INT64 attributes.llm.token_count.prompt;
    }";
    let columns = [
        Column::Texts(&[Some("b1"), Some("b2")]),
        Column::Texts(&[Some("bb"), Some("bb")]),
        Column::Texts(&[None, Some("b1")]),
        Column::Texts(&[Some("agent"), Some("llm")]),
        Column::Texts(&[Some("AGENT"), Some("LLM")]),
        Column::Texts(&[Some("OK"), Some("ERROR")]),
        Column::Numbers(&[1_772_359_200_000_000_000, 1_772_359_200_100_000_000]),
        Column::Numbers(&[1_772_359_202_000_000_000, 1_772_359_201_600_000_000]),
        Column::Numbers(&[0, 11]),
    ];
    let packed = zstd::encode_all(&table(schema, &columns, Compression::SNAPPY)[..], 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (_, status) = import(folder.path(), &packed);
    assert_eq!(
        (status.files[0].format.as_deref(), status.counts.traces, status.counts.spans),
        (Some("otel-sdk-json"), 1, 2),
        "{status:?}"
    );
    assert_eq!(status.files[0].errors, 1);
}

#[test]
fn a_table_that_is_cut_or_damaged_says_so_and_does_no_harm() {
    let whole = observations(Compression::SNAPPY);
    let folder = tempfile::tempdir().unwrap();
    let (_, status) = import(folder.path(), &whole[..whole.len() - 20]);
    assert_eq!(status.state, ImportState::Failed);
    assert!(status.files[0].message.as_deref().unwrap().contains("Parquet"), "{status:?}");

    let files: Vec<PathBuf> = (0..whole.len())
        .step_by(7)
        .map(|at| {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            let path = folder.path().join(format!("damaged-{at}.parquet"));
            std::fs::write(&path, damaged).unwrap();
            path
        })
        .collect();
    let harness = Harness::open(folder.path().join("damaged.db"));
    let status = harness.import(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    assert_eq!(status.files_done as usize, files.len());
    for file in &status.files {
        let message = file.message.as_deref().unwrap_or_default();
        assert!(!message.contains("a defect of this program"), "{file:?}");
    }
}
