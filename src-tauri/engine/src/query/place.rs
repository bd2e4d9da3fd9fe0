//! A value in JSON text by its pointer, without making anything of the rest of it.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The JSON at `pointer` (RFC 6901; the empty one is all) in `json`, as it stands there. Of keys that come twice the last counts.
pub(super) fn json_at<'a>(json: &'a str, pointer: &str) -> Option<&'a str> {
    let mut tokens = pointer.split('/');
    if tokens.next() != Some("") {
        return None;
    }
    let tokens: Vec<String> = tokens.map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let mut reader = serde_json::Deserializer::from_str(json);
    Step(&tokens).deserialize(&mut reader).ok().flatten()
}

/// What is left of the way to the value.
struct Step<'t>(&'t [String]);

impl<'de> DeserializeSeed<'de> for Step<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.0.is_empty() {
            return <&RawValue>::deserialize(deserializer).map(|value| Some(value.get()));
        }
        deserializer.deserialize_any(self)
    }
}

/// What is no list or object has nothing further down.
macro_rules! nothing_below {
    ($($name:ident($type:ty)),+) => {
        $(fn $name<E>(self, _value: $type) -> Result<Self::Value, E> {
            Ok(None)
        })+
    };
}

impl<'de> Visitor<'de> for Step<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    nothing_below!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let (token, rest) = self.0.split_first().unzip();
        let wanted = token.and_then(|token| token.parse::<usize>().ok());
        let mut found = None;
        for index in 0.. {
            if wanted == Some(index) {
                let Some(item) = list.next_element_seed(Step(rest.unwrap_or_default()))? else { break };
                found = item;
            } else if list.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (token, rest) = self.0.split_first().unzip();
        let mut found = None;
        while let Some(key) = members.next_key::<String>()? {
            if token == Some(&key) {
                found = members.next_value_seed(Step(rest.unwrap_or_default()))?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}
