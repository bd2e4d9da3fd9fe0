//! Parquet tables: their rows as JSON lines, so that every format that is exported as JSON opens as a table too.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::data_type::Decimal;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use serde_json::{Map, Value};

use crate::error::{Code, Error, Result};

/// How every Parquet file begins.
pub const MAGIC: &[u8] = b"PAR1";

/// The rows of a table, read as text with one JSON object a line.
pub struct Rows {
    rows: RowIter<'static>,
    line: Vec<u8>,
    given: usize,
}

/// Opens the table at `path`.
///
/// Errors: `Io` if it is damaged, encrypted or cut short (a table's directory is at its end).
pub fn open(path: &Path) -> Result<Rows> {
    let unreadable =
        |reason: String| Error::new(Code::Io, format!("the Parquet file can't be read: {reason}"));
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    guarded(|| SerializedFileReader::new(file))
        .and_then(|reader| {
            let reader: Box<dyn FileReader> = Box::new(reader);
            guarded(|| Ok(RowIter::from_file_into(reader)))
        })
        .map(|rows| Rows { rows, line: Vec::new(), given: 0 })
        .map_err(unreadable)
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.line.len() {
            self.line.clear();
            self.given = 0;
            let row = guarded(|| self.rows.next().transpose()).map_err(io::Error::other)?;
            let Some(row) = row else { return Ok(0) };
            serde_json::to_writer(&mut self.line, &object(row))?;
            self.line.push(b'\n');
        }
        let rest = self.line.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

/// Damage that the reader of tables did not expect is damage like any other.
fn guarded<T>(
    read: impl FnOnce() -> std::result::Result<T, parquet::errors::ParquetError>,
) -> std::result::Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(_) => Err("its content is damaged".into()),
    }
}

fn object(row: Row) -> Map<String, Value> {
    row.into_columns().into_iter().map(|(name, field)| (name, value(field))).collect()
}

fn value(field: Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(flag) => flag.into(),
        Field::Byte(number) => number.into(),
        Field::Short(number) => number.into(),
        Field::Int(number) | Field::TimeMillis(number) => number.into(),
        Field::Long(number) | Field::TimeMicros(number) => number.into(),
        Field::UByte(number) => number.into(),
        Field::UShort(number) => number.into(),
        Field::UInt(number) => number.into(),
        Field::ULong(number) => number.into(),
        Field::Float16(number) => f64::from(number).into(),
        Field::Float(number) => number.into(),
        Field::Double(number) => number.into(),
        Field::Decimal(number) => decimal(&number),
        Field::Str(text) => text.into(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into(),
        Field::Date(days) => timestamp(i64::from(days).checked_mul(86_400_000_000)),
        Field::TimestampMillis(ms) => timestamp(ms.checked_mul(1_000)),
        Field::TimestampMicros(us) => timestamp(Some(us)),
        Field::Group(row) => object(row).into(),
        Field::ListInternal(list) => list.elements().iter().cloned().map(value).collect(),
        Field::MapInternal(map) => {
            let entry = |(key, field): &(Field, Field)| {
                let key = match value(key.clone()) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                (key, value(field.clone()))
            };
            map.entries().iter().map(entry).collect::<Map<String, Value>>().into()
        }
    }
}

/// A date and time as text; what is no date as nothing.
fn timestamp(us: Option<i64>) -> Value {
    let moment = us.and_then(chrono::DateTime::from_timestamp_micros);
    moment.map_or(Value::Null, |moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Micros, true).into())
}

/// A decimal number as text, all its digits kept; one too long for 128 bits as nothing.
fn decimal(number: &Decimal) -> Value {
    let bytes = number.data();
    if bytes.len() > 16 {
        return Value::Null;
    }
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start: i128 = if negative { -1 } else { 0 };
    let unscaled = bytes.iter().fold(start, |sum, byte| (sum << 8) | i128::from(*byte));
    let scale = usize::try_from(number.scale()).unwrap_or(0).min(64);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if negative { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}").into() } else { format!("{sign}{whole}.{part}").into() }
}
