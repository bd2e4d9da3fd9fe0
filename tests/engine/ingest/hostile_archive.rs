//! Packed files that lie or mean harm: archives whose names are paths, whose sizes and places are wrong, whose files lie over
//! each other; streams with more behind their end; tables with a false directory. What can be read is read, the rest is
//! named, and nothing is written outside of the store.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;

use engine::dto::*;
use engine::testing::Harness;
use parquet::basic::Compression;

use super::parquet::{Column, table};

fn run(id: &str) -> Vec<u8> {
    format!(
        r#"{{"trace_id":"{id}","prompt":"p","response":"r","latency":50.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[]}}"#
    )
    .into_bytes()
}

/// A file of a made-up archive; what is not said is as it should be.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    content: Vec<u8>,
    crc: Option<u32>,
    /// The size that is said of it, unpacked.
    size: Option<u32>,
    /// The size that is said of it, packed.
    packed: Option<u32>,
    /// Where it is said to begin.
    offset: Option<u32>,
    /// Type and rights, as Unix has them.
    mode: u32,
}

impl Entry {
    fn new(name: impl AsRef<[u8]>, content: Vec<u8>) -> Self {
        let name = name.as_ref().to_vec();
        Self { name, content, crc: None, size: None, packed: None, offset: None, mode: 0o100_644 }
    }

    /// Size, checksum and the rest, as both headers have them.
    fn figures(&self) -> Vec<u8> {
        let mut crc = flate2::Crc::new();
        crc.update(&self.content);
        let length = self.content.len() as u32;
        let figures =
            [self.crc.unwrap_or(crc.sum()), self.packed.unwrap_or(length), self.size.unwrap_or(length)];
        [figures.map(u32::to_le_bytes).concat(), (self.name.len() as u16).to_le_bytes().to_vec(), vec![0, 0]]
            .concat()
    }
}

/// An archive of entries that are not packed.
fn archive(entries: &[Entry]) -> Vec<u8> {
    // Version, flags (UTF-8), stored, time, date.
    let common = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0x5c];
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = entry.offset.unwrap_or(body.len() as u32);
        body.extend([&b"PK\x03\x04"[..], &common, &entry.figures(), &entry.name, &entry.content].concat());
        let (comment, disk, internal) = ([0; 2], [0; 2], [0; 2]);
        let mode = (entry.mode << 16).to_le_bytes();
        let made_by = [20, 3];
        directory.extend([&b"PK\x01\x02"[..], &made_by, &common, &entry.figures()].concat());
        directory
            .extend([&comment[..], &disk, &internal, &mode, &offset.to_le_bytes(), &entry.name].concat());
    }
    let end = end_of_archive(entries.len() as u16, directory.len() as u32, body.len() as u32);
    [body, directory, end].concat()
}

fn end_of_archive(count: u16, size: u32, offset: u32) -> Vec<u8> {
    let counts = [[0, 0], [0, 0], count.to_le_bytes(), count.to_le_bytes()].concat();
    [&b"PK\x05\x06"[..], &counts, &size.to_le_bytes(), &offset.to_le_bytes(), &[0, 0]].concat()
}

/// What an import of a file with this content comes to. It lies deep in a folder in which nothing but the store may change.
fn import(name: &str, content: &[u8]) -> ImportStatus {
    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("a/b/c");
    std::fs::create_dir_all(&inner).unwrap();
    let file = inner.join(name);
    std::fs::write(&file, content).unwrap();
    let status = Harness::open(inner.join("store.db")).import(&[&file]);
    let mut there = BTreeSet::new();
    list(root.path(), &mut there);
    there.retain(|path| !path.starts_with("a/b/c/store.db"));
    let own = ["a", "a/b", "a/b/c", &format!("a/b/c/{name}")].map(str::to_owned);
    assert_eq!(there, BTreeSet::from(own), "nothing was written beside the store");
    status
}

fn list(folder: &Path, there: &mut BTreeSet<String>) {
    fn walk(root: &Path, folder: &Path, there: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            there.insert(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
            if path.is_dir() {
                walk(root, &path, there);
            }
        }
    }
    walk(folder, folder, there);
}

fn message(status: &ImportStatus, end: &str) -> String {
    let file = status.files.iter().find(|file| file.path.ends_with(end));
    let file = file.unwrap_or_else(|| panic!("{end} is listed: {status:?}"));
    file.message.clone().unwrap_or_else(|| panic!("something is said of {end}: {file:?}"))
}

#[test]
fn names_are_shown_and_are_never_paths() {
    let names: Vec<Vec<u8>> = [
        "../../evil.json",
        "/etc/evil.json",
        "../../../../../../../../tmp/evil.json",
        "C:\\evil.json",
        "..\\..\\evil.json",
        "\\\\server\\share\\evil.json",
        "a\0b.json",
        "a\nb\x1b[31m.json",
        "\u{202e}nosj.live",
        "CON",
        "NUL.json",
        "store.db",
        "store.db-wal",
        "Same.json",
        "same.json",
        "a//b.json",
        "./a.json",
        " ",
        "file:///evil.json",
        "~/evil.json",
        "$HOME/evil.json",
    ]
    .iter()
    .map(|name| name.as_bytes().to_vec())
    .chain([b"\xff\xfe.json".to_vec(), vec![b'x'; 60_000]])
    .collect();
    let entries: Vec<Entry> = names
        .iter()
        .enumerate()
        .map(|(index, name)| Entry::new(name, run(&format!("run-{index}"))))
        .collect();
    let status = import("names.zip", &archive(&entries));
    assert_eq!((status.state, status.counts.traces as usize), (ImportState::Done, names.len()), "{status:?}");
    let texts = names.iter().filter_map(|name| std::str::from_utf8(name).ok());
    for name in texts.filter(|name| !name.contains('\0')) {
        let shown = format!("names.zip › {name}");
        assert!(status.files.iter().any(|file| file.path.ends_with(&shown)), "{name:?}: {:?}", status.files);
    }
}

#[test]
fn files_of_one_name_and_links_are_named() {
    let mut link = Entry::new("link.json", b"/etc/passwd".to_vec());
    link.mode = 0o120_777;
    let entries = [
        Entry::new("a.json", run("first")),
        Entry::new("a.json", run("second")),
        link,
        Entry::new("b.json", run("b")),
    ];
    let status = import("same.zip", &archive(&entries));
    assert_eq!((status.state, status.counts.traces), (ImportState::Done, 2), "{status:?}");
    assert!(message(&status, "further files of the same names").contains("have one name"), "{status:?}");
    assert!(message(&status, "link.json").contains("a link, which is not followed"), "{status:?}");
}

#[test]
fn what_an_archive_says_falsely_of_a_file_is_that_files_trouble_alone() {
    let lie = |change: fn(&mut Entry)| {
        let mut entry = Entry::new("lie.json", run("lie"));
        change(&mut entry);
        let status = import("lies.zip", &archive(&[entry, Entry::new("b.json", run("b"))]));
        assert!(status.counts.traces >= 1, "the other is read: {status:?}");
        assert_eq!(status.files.len(), 2, "{status:?}");
        status
    };
    let status = lie(|entry| entry.crc = Some(7));
    assert!(status.problems > 0 || status.files[0].message.is_some(), "{status:?}");
    lie(|entry| entry.size = Some(u32::MAX - 1));
    lie(|entry| entry.size = Some(0));
    lie(|entry| entry.packed = Some(10));
    for offset in [1, 7, u32::MAX - 1] {
        let mut entry = Entry::new("lie.json", run("lie"));
        entry.offset = Some(offset);
        let status = import("lies.zip", &archive(&[entry, Entry::new("b.json", run("b"))]));
        assert!(status.counts.traces <= 1 && status.state != ImportState::Running, "{status:?}");
    }
}

#[test]
fn files_that_lie_over_each_other_are_a_bomb_and_not_read() {
    // One content that a thousand names stand for.
    let mut entries = vec![Entry::new("0", run("r"))];
    for number in 1..1_000 {
        let mut entry = entries[0].clone();
        (entry.name, entry.offset) = (number.to_string().into_bytes(), Some(0));
        entries.push(entry);
    }
    let status = import("bomb.zip", &archive(&entries));
    assert_eq!((status.state, status.counts.traces), (ImportState::Failed, 0), "{status:?}");
    assert!(message(&status, "bomb.zip").contains("lie over each other"), "{status:?}");
}

/// The end of an archive of more than 65,535 files, which says these things of its directory.
fn end_of_large_archive(count: u64, size: u64, offset: u64, at: u64) -> Vec<u8> {
    let versions = [45, 0, 45, 0];
    let record = [
        &b"PK\x06\x06"[..],
        &44u64.to_le_bytes(),
        &versions,
        &[0; 8],
        &count.to_le_bytes(),
        &count.to_le_bytes(),
        &size.to_le_bytes(),
        &offset.to_le_bytes(),
    ]
    .concat();
    let locator = [&b"PK\x06\x07"[..], &[0; 4], &at.to_le_bytes(), &1u32.to_le_bytes()].concat();
    [record, locator, end_of_archive(u16::MAX, u32::MAX, u32::MAX)].concat()
}

#[test]
fn an_archive_of_too_many_files_is_refused() {
    const COUNT: u64 = 200_001;
    let one = archive(&[Entry::new("000000", Vec::new())]);
    let local = 30 + 6;
    let entry = &one[local..local + 46 + 6];
    let mut bytes = one[..local].to_vec();
    for number in 0..COUNT {
        bytes.extend_from_slice(&entry[..46]);
        bytes.extend_from_slice(format!("{number:06}").as_bytes());
    }
    let end = bytes.len() as u64;
    bytes.extend(end_of_large_archive(COUNT, end - local as u64, local as u64, end));
    let status = import("many.zip", &bytes);
    assert_eq!((status.state, status.counts.traces), (ImportState::Failed, 0));
    assert!(message(&status, "many.zip").contains("at most 200000 are read"), "{:?}", status.files);
}

#[test]
fn false_directories_of_archives_are_damage() {
    let good = archive(&[Entry::new("a.json", run("a"))]);
    let directory = (30 + 6 + run("a").len()) as u64;
    for (count, size, offset) in [
        (u64::MAX, 52, directory),
        (1 << 40, 52, directory),
        (1, u64::MAX, directory),
        (1, 52, u64::MAX),
        (2, 52, directory),
        (100_000, 1 << 50, 0),
    ] {
        let mut bytes = good[..good.len() - 22].to_vec();
        let end = bytes.len() as u64;
        bytes.extend(end_of_large_archive(count, size, offset, end));
        let status = import("false.zip", &bytes);
        // What is said of its size alone may be passed over.
        let is_refused = status.state == ImportState::Failed && status.files[0].message.is_some();
        assert!(is_refused || status.counts.traces == 1, "{count} {size} {offset}: {status:?}");
    }
}

#[test]
fn more_than_a_thousand_files_of_an_import_are_counted_and_not_listed() {
    let entries: Vec<Entry> =
        (0..1_200).map(|number| Entry::new(number.to_string(), b"no trace".to_vec())).collect();
    let status = import("many.zip", &archive(&entries));
    assert_eq!((status.files_total, status.files.len()), (1_200, 1_000), "{:?}", status.state);
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

#[test]
fn what_stands_behind_the_end_of_a_packed_stream_is_said() {
    let two = [run("a"), b"\n".to_vec(), run("b"), b"\n".to_vec()].concat();
    for (packed, name) in [(gzip(&two), "a.gz"), (zstd::encode_all(&two[..], 1).unwrap(), "a.zst")] {
        let status = import(name, &[packed.clone(), b"no packed data at all".repeat(100)].concat());
        assert_eq!((status.state, status.counts.traces), (ImportState::Done, 2), "{status:?}");
        assert!(status.problems > 0, "it is said that there is more: {status:?}");
        let status = import(name, &packed[..packed.len() - 6]);
        assert!(
            status.counts.traces <= 2 && (status.problems > 0 || status.state == ImportState::Failed),
            "{status:?}"
        );
    }
}

#[test]
fn a_stream_of_very_many_parts_is_one() {
    let parts: Vec<u8> =
        (0..20_000).flat_map(|number| gzip(if number % 2 == 0 { b"\n" } else { b"" })).collect();
    let bytes = [gzip(&[run("a"), b"\n".to_vec()].concat()), parts, gzip(&run("b"))].concat();
    assert_eq!(import("parts.gz", &bytes).counts.traces, 2);
    let skippable = [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7].repeat(20_000);
    let line = zstd::encode_all(&[run("a"), b"\n".to_vec()].concat()[..], 1).unwrap();
    let bytes = [line, skippable, zstd::encode_all(&run("b")[..], 1).unwrap()].concat();
    assert_eq!(import("parts.zst", &bytes).counts.traces, 2);
}

#[test]
fn tables_with_a_false_directory_are_damage() {
    let texts = [Some("run-1"), Some("run-2"), None];
    let bytes = table(
        "message schema { optional binary trace_id (UTF8); required int64 latency; }",
        &[Column::Texts(&texts), Column::Numbers(&[1, 2, 3])],
        Compression::SNAPPY,
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let read = |bytes: &[u8]| -> Result<usize, String> {
        std::fs::write(&path, bytes).unwrap();
        let mut rows = engine::container::parquet::open(&path).map_err(|error| error.message)?;
        let mut text = String::new();
        rows.by_ref().take(1 << 20).read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text.lines().count())
    };
    assert_eq!(read(&bytes), Ok(3));
    let mut refused = 0;
    for at in 4..bytes.len() {
        for value in [0x00, 0x7f, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            refused += usize::from(read(&damaged).is_err());
        }
    }
    assert!(refused > 100, "{refused}");
    for length in [0u32, 1, 7, u32::MAX, i32::MAX as u32] {
        let mut damaged = bytes.clone();
        let end = damaged.len();
        damaged[end - 8..end - 4].copy_from_slice(&length.to_le_bytes());
        assert!(read(&damaged).is_err(), "a directory of {length} bytes");
    }
    for cut in 1..bytes.len() {
        assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}
