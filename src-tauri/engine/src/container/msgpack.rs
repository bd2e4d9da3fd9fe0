//! MessagePack as JSON, with the extension types in which LangGraph keeps Python's objects.

use rmpv::Value as Packed;
use rmpv::decode::read_value_with_max_depth;
use serde_json::{Map, Number, Value, json};

/// How deep values may lie in each other; JSON much deeper is not read back.
const DEPTH: usize = 60;

/// The value in `bytes`, or why there is none.
///
/// Objects of Python are told as LangChain's JSON has them (`{"lc": 2, "type": "constructor", "id": [module…, name],
/// "kwargs": …}`), those of one plain argument (identifiers, moments, sets) as that argument. Nothing is ever constructed.
pub fn json(bytes: &[u8]) -> Result<Value, String> {
    within(bytes, DEPTH)
}

fn within(mut bytes: &[u8], depth: usize) -> Result<Value, String> {
    let packed = read_value_with_max_depth(&mut bytes, depth.max(1)).map_err(|error| error.to_string())?;
    Ok(value(packed, depth))
}

fn value(packed: Packed, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return "nested too deeply, not shown".into() };
    match packed {
        Packed::Nil => Value::Null,
        Packed::Boolean(boolean) => boolean.into(),
        Packed::Integer(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => Value::Null,
        },
        Packed::F32(number) => float(f64::from(number)),
        Packed::F64(number) => float(number),
        Packed::String(text) => bytes(text.as_bytes()),
        Packed::Binary(data) => bytes(&data),
        Packed::Array(items) => items.into_iter().map(|item| value(item, depth)).collect(),
        Packed::Map(entries) => {
            let entry = |(key, item): (Packed, Packed)| {
                let key = match value(key, depth) {
                    Value::String(key) => key,
                    other => other.to_string(),
                };
                (key, value(item, depth))
            };
            Value::Object(entries.into_iter().map(entry).collect())
        }
        Packed::Ext(code, data) => extension(code, &data, depth),
    }
}

/// What LangGraph writes: the code says how a Python object is made again, the data are its module, its name, what it is
/// made of, and the method that makes it.
fn extension(code: i8, data: &[u8], depth: usize) -> Value {
    const SINGLE_ARGUMENT: i8 = 0;
    const METHOD_OF_SINGLE_ARGUMENT: i8 = 3;
    let parts = match within(data, depth) {
        Ok(Value::Array(parts)) if (0..=6).contains(&code) => parts,
        _ => return json!({ "ext": code, "data": bytes(data) }),
    };
    let mut parts = parts.into_iter();
    let (Some(Value::String(module)), Some(Value::String(name)), Some(made_of)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return json!({ "ext": code, "data": bytes(data) });
    };
    if matches!(code, SINGLE_ARGUMENT | METHOD_OF_SINGLE_ARGUMENT) && !made_of.is_object() {
        return made_of;
    }
    let argument = if made_of.is_object() { "kwargs" } else { "args" };
    let id: Vec<&str> = module.split('.').chain([&*name]).collect();
    json!({ "lc": 2, "type": "constructor", "id": id, argument: made_of })
}

fn float(number: f64) -> Value {
    // What JSON has no number for.
    Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
}

/// Bytes as text, if that is what they are.
pub(super) fn bytes(data: &[u8]) -> Value {
    match std::str::from_utf8(data) {
        Ok(text) => text.into(),
        Err(_) => {
            let hex = data.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            Value::Object(Map::from_iter([("bytes".to_owned(), hex.into())]))
        }
    }
}
