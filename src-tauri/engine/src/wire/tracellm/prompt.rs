//! What a prompt is called in a list: the person's last words in it. The OpenAI wrapper stores the whole conversation as
//! Python writes it (`[{'role': 'user', 'content': '…'}]`); others store it as JSON, or a text alone.

use serde_json::Value;

/// The text that a person would know the run by.
pub fn headline(prompt: &Value) -> Option<String> {
    let said = match prompt {
        Value::Null => None,
        Value::String(text) => last_in_python(text).or_else(|| {
            let looks_like_json = text.trim_start().starts_with(['{', '[']);
            let value = looks_like_json.then(|| serde_json::from_str::<Value>(text).ok()).flatten()?;
            last_in_json(&value)
        }),
        value => last_in_json(value),
    };
    said.or_else(|| match prompt {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    })
}

fn last_in_json(value: &Value) -> Option<String> {
    let messages = value.get("messages").unwrap_or(value).as_array()?;
    let of_user = |message: &&Value| message.get("role").and_then(Value::as_str) == Some("user");
    let message = messages.iter().rev().find(of_user).or_else(|| messages.last())?;
    match message.get("content")? {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => parts.iter().find_map(|part| part.get("text")?.as_str().map(str::to_owned)),
        _ => None,
    }
}

/// The last message of role `user` in a Python list of messages.
fn last_in_python(text: &str) -> Option<String> {
    const ROLE: &str = "'role': 'user'";
    const CONTENT: &str = "'content': ";
    text.starts_with("[{'").then_some(())?;
    let from = text.rfind(ROLE)? + ROLE.len();
    let after = text.get(from..)?;
    let literal = after.get(after.find(CONTENT)? + CONTENT.len()..)?;
    let mut letters = literal.chars();
    let quote = letters.next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let mut said = String::new();
    loop {
        match letters.next()? {
            letter if letter == quote => return (!said.trim().is_empty()).then_some(said),
            '\\' => match letters.next()? {
                'n' | 'r' | 't' => said.push(' '),
                letter @ ('\\' | '\'' | '"') => said.push(letter),
                // Rarer escapes (`\x1b`, `\u200b`) are left as written.
                letter => said.extend(['\\', letter]),
            },
            letter => said.push(letter),
        }
    }
}
