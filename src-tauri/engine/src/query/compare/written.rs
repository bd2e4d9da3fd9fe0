//! Values as a person reads them: indented JSON, in which a text of several lines stands line by line.

use serde_json::Value;

/// A text as it is, all else as indented JSON. A text of several lines in it is written between triple quotes, a line a line, so
/// that it can be compared by its lines.
pub(super) fn written(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::String(text) => out.push_str(text),
        _ => write(value, 0, &mut out),
    }
    out
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                begin_line(at > 0, depth + 1, out);
                out.push_str(&Value::String(key.clone()).to_string());
                out.push_str(": ");
                write(value, depth + 1, out);
            }
            begin_line(false, depth, out);
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (at, value) in items.iter().enumerate() {
                begin_line(at > 0, depth + 1, out);
                write(value, depth + 1, out);
            }
            begin_line(false, depth, out);
            out.push(']');
        }
        Value::String(text) if text.trim_end().contains('\n') => {
            out.push_str(QUOTES);
            for line in text.split('\n') {
                begin_line(false, depth + 1, out);
                out.push_str(line);
            }
            begin_line(false, depth, out);
            out.push_str(QUOTES);
        }
        _ => out.push_str(&value.to_string()),
    }
}

const QUOTES: &str = "\"\"\"";

fn begin_line(is_next: bool, depth: usize, out: &mut String) {
    out.push_str(if is_next { ",\n" } else { "\n" });
    out.extend(std::iter::repeat_n("  ", depth));
}
