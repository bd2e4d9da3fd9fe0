//! Secrets are masked, and nothing else is.

use engine::masking::{mask_json, mask_text};
use serde_json::{Value, json};

use crate::shared;

mod asked_for;
mod plain_text;
mod planted;
mod stored;

fn masked(text: &str) -> String {
    let masked = mask_text(text).unwrap_or_else(|| text.to_owned());
    assert_eq!(mask_text(&masked), None, "masking twice changes nothing more");
    masked
}

fn masked_json(value: &Value) -> Value {
    let bytes = value.to_string().into_bytes();
    let Some(masked) = mask_json(&bytes) else { return value.clone() };
    let shown = String::from_utf8_lossy(&masked).into_owned();
    assert_eq!(mask_json(&masked), None, "masking twice changes nothing more: {shown}");
    serde_json::from_slice(&masked).unwrap_or_else(|error| panic!("{error}: {shown}"))
}

/// A random-looking word of `length` letters and digits, put together here so that no scanner takes it for a real one.
fn word(length: usize) -> String {
    (0..length).map(|at| char::from(b"a7Kq2ZmX9bT4"[(at * 5 + at / 7) % 12])).collect()
}

#[test]
fn a_terminals_colours_hide_no_secret() {
    for colour in ["\x1b[33m", "\x1b[1;38;5;208m", "\x1b[K", "\\u001b[0m", "\\x1b[31m", "\\033[36m", "\\e[1m"]
    {
        for secret in
            [format!("sk-proj-{}", word(48)), format!("ghp_{}", word(36)), format!("AKIA{}", "Q7".repeat(8))]
        {
            let shown = masked(&format!("key {colour}{secret}"));
            assert!(
                shown.starts_with(&format!("key {colour}[masked:")) && !shown.contains(&secret[8..]),
                "{shown}"
            );
        }
    }
    // What only looks like one: the end of a word, an index.
    let text = format!("item[3m{} x[12msk-{}", word(4), word(48));
    assert_eq!(masked(&text), text);
}

#[test]
fn known_shapes_are_masked_wherever_they_stand() {
    let jwt = format!("eyJ{}.eyJ{}.{}", word(20), word(40), word(43));
    let shapes = [
        (format!("sk-{}", word(48)), "openai-key"),
        (format!("sk-proj-{}_{}-x", word(40), word(20)), "openai-key"),
        (format!("sk-ant-api03-{}", word(60)), "anthropic-key"),
        (format!("ghp_{}", word(36)), "github-token"),
        (format!("gho_{}", word(36)), "github-token"),
        (format!("ghs_{}", word(36)), "github-token"),
        (format!("github_pat_{}_{}", word(22), word(59)), "github-token"),
        (format!("xoxb-{}-{}", 1234567890, word(24)), "slack-token"),
        (format!("xoxp-{}-{}", 1234567890, word(24)), "slack-token"),
        (format!("AKIA{}", "Q7".repeat(8)), "aws-access-key"),
        (format!("ASIA{}", "Z2".repeat(8)), "aws-access-key"),
        (format!("AIza{}", word(35)), "google-api-key"),
        (format!("glpat-{}", word(20)), "gitlab-token"),
        (format!("sk-lf-{}", word(36)), "langfuse-key"),
        (format!("pk-lf-{}", word(36)), "langfuse-key"),
        (format!("sk-or-v1-{}", word(64)), "openrouter-key"),
        (format!("gsk_{}", word(52)), "groq-key"),
        (format!("xai-{}", word(80)), "xai-key"),
        (format!("pplx-{}", word(48)), "perplexity-key"),
        (format!("r8_{}", word(37)), "replicate-token"),
        (format!("tvly-{}", word(32)), "tavily-key"),
        (format!("lsv2_pt_{}_{}", "0a1b".repeat(8), "0a1b2c3d4e"), "langsmith-key"),
        (format!("npm_{}", word(36)), "npm-token"),
        (format!("pypi-AgEIcHlwaS5vcmc{}", word(60)), "pypi-token"),
        (format!("dapi{}", "0a1b".repeat(8)), "databricks-token"),
        (format!("SG.{}.{}", word(22), word(43)), "sendgrid-key"),
        (format!("ya29.{}", word(60)), "google-token"),
        (format!("GOCSPX-{}", word(28)), "google-client-secret"),
        (format!("whsec_{}", word(32)), "webhook-secret"),
        (format!("shpat_{}", "0a1b".repeat(8)), "shopify-token"),
        (format!("nvapi-{}", word(64)), "nvidia-key"),
        (format!("pcsk_{}_{}", word(6), word(60)), "pinecone-key"),
        (format!("glsa_{}_{}", word(32), "0a1b2c3d"), "grafana-token"),
        (format!("hvs.{}", word(90)), "vault-token"),
        (format!("dop_v1_{}", "0a1b".repeat(16)), "digitalocean-token"),
        (format!("xapp-1-A0{}-{}", word(9), word(64)), "slack-token"),
        (format!("123456789:AA{}", word(33)), "telegram-token"),
        (format!("QXV0aG9yaXphdGlvbjogQmVhcmVyI{}", word(40)), "authorization"),
        (format!("YmVhcmVyI{}", word(40)), "authorization"),
        (format!("hf_{}", word(34)), "huggingface-token"),
        (format!("sk_live_{}", word(24)), "stripe-key"),
        (format!("pk_live_{}", word(24)), "stripe-key"),
        (format!("rk_live_{}", word(24)), "stripe-key"),
        (jwt, "jwt"),
        (format!("ntn_{}", word(46)), "notion-token"),
        (format!("secret_{}", word(43)), "notion-token"),
        (format!("lin_api_{}", word(40)), "linear-key"),
        (format!("figd_{}", word(40)), "figma-token"),
        (format!("dckr_pat_{}", word(27)), "docker-token"),
        (format!("ATATT3xFfGF0{}=7Q2Z81A6", word(120)), "atlassian-token"),
        (format!("sbp_{}", "0a1b".repeat(10)), "supabase-key"),
        (format!("sb_secret_{}", word(31)), "supabase-key"),
        (format!("AGE-SECRET-KEY-1{}", word(58).to_uppercase()), "age-key"),
        (format!("vcp_{}", word(56)), "vercel-token"),
        (format!("vck_{}", word(56)), "vercel-token"),
        (format!("fw_{}", word(24)), "fireworks-key"),
        (format!("123456789%3AAA{}", word(33)), "telegram-token"),
    ];
    for (secret, kind) in shapes {
        let mask = format!("[masked:{kind}]");
        assert_eq!(masked(&secret), mask);
        assert_eq!(masked(&format!("use {secret}, please")), format!("use {mask}, please"));
        assert_eq!(masked(&format!("KEY={secret}\n")), format!("KEY={mask}\n"));
        assert_eq!(masked(&format!("MY_KEY_{secret}")), format!("MY_KEY_{mask}"), "under a name in capitals");
        assert_eq!(masked(&format!("x{secret}")), format!("x{secret}"), "not inside a word");
        // However long the text is, and wherever a look at a part of it ends.
        for before in [21, 64, 8_155, 8_160, 8_170, 8_180, 8_192] {
            let around =
                |middle: &str| format!("{} {middle} {}", "-".repeat(before), "so it was. ".repeat(40));
            assert_eq!(masked(&around(&secret)), around(&mask), "{before} bytes before");
        }
        // In a string of JSON, after escapes, and in JSON inside strings of JSON.
        let inner = json!({ "text": format!("a\n{secret}\"'\u{1}{secret}") });
        let expected = json!({ "text": format!("a\n{mask}\"'\u{1}{mask}") });
        assert_eq!(masked_json(&inner), expected);
        let (twice, thrice) =
            (json!([inner.to_string()]), json!({ "a": json!([inner.to_string()]).to_string() }));
        assert_eq!(masked_json(&twice), json!([expected.to_string()]));
        assert_eq!(masked_json(&thrice), json!({ "a": json!([expected.to_string()]).to_string() }));
    }
}

#[test]
fn credentials_of_headers_urls_and_keys_keep_what_is_around_them() {
    let token = word(40);
    assert_eq!(
        masked(&format!("authorization: Bearer {token}")),
        "authorization: Bearer [masked:bearer-token]"
    );
    assert_eq!(
        masked("Authorization: Basic dXNlcjpwYXNzd29yZA=="),
        "Authorization: Basic [masked:basic-credentials]"
    );
    assert_eq!(
        masked("postgres://app:hunter2@db:5432/x?y=z"),
        "postgres://app:[masked:url-password]@db:5432/x?y=z"
    );
    assert_eq!(masked("redis://:p4ss@host"), "redis://:[masked:url-password]@host");
    let body = format!("MIIEvQIBADAN{}\nBgkqhkiG9w0B{}\n", word(48), word(48));
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        let pem = format!("-----BEGIN {label}-----\n{body}-----END {label}-----\n");
        assert_eq!(masked(&format!("key:\n{pem}end")), "key:\n[masked:private-key]\nend");
        assert_eq!(masked_json(&json!([pem, "x"])), json!(["[masked:private-key]\n", "x"]));
        let cut_off = json!({"a": json!({"b": pem[..100]}).to_string(), "c": 1});
        assert_eq!(
            masked_json(&cut_off),
            json!({"a": json!({"b": "[masked:private-key]"}).to_string(), "c": 1})
        );
    }
    let folded = format!("a name -----BEGIN PRIVATE KEY----- {} {} {}", word(64), word(64), word(20));
    for cut in [80, 120, 170, folded.len()] {
        assert_eq!(masked(&folded[..cut]), "a name [masked:private-key]", "{cut}");
    }
    let public = format!("-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----");
    assert_eq!(mask_text(&public), None);
}

#[test]
fn values_of_secret_keys_are_masked_in_every_spelling() {
    let names = [
        ("api_key", "api-key"),
        ("apikey", "api-key"),
        ("apiKey", "api-key"),
        ("API-KEY", "api-key"),
        ("X-Api-Key", "api-key"),
        ("OPENAI_API_KEY", "api-key"),
        ("authorization", "authorization"),
        ("Proxy-Authorization", "authorization"),
        ("cookie", "cookie"),
        ("Set-Cookie", "cookie"),
        ("setCookie", "cookie"),
        ("password", "password"),
        ("db_password", "password"),
        ("passwd", "password"),
        ("secret", "secret"),
        ("client_secret", "secret"),
        ("clientSecret", "secret"),
        ("aws_secret_access_key", "secret"),
        ("access_token", "token"),
        ("accessToken", "token"),
        ("refresh-token", "token"),
        ("private_key", "private-key"),
        ("privateKey", "private-key"),
        ("http.request.header.authorization", "authorization"),
        ("http.response.header.set-cookie", "cookie"),
    ];
    for (name, kind) in names {
        let mask = format!("[masked:{kind}]");
        let secret = "h\"u\\n\nter2é\\";
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        for (given, expected) in [
            (json!({name: secret, "then": 1}), json!({name: mask, "then": 1})),
            (json!({name: [secret, "other"], "then": 1}), json!({name: [mask, mask], "then": 1})),
            (json!([{"key": name, "value": secret}]), json!([{"key": name, "value": mask}])),
            (json!({"name": name, "value": secret}), json!({"name": name, "value": mask})),
            (
                json!({"key": name, "value": {"stringValue": secret}}),
                json!({"key": name, "value": {"stringValue": mask}}),
            ),
            (json!([["host", "x"], [name, secret]]), json!([["host", "x"], [name, mask]])),
            (json!([[name, secret], ["host", "x"]]), json!([[name, mask], ["host", "x"]])),
            (json!({name: 12345}), json!({name: mask})),
        ] {
            assert_eq!(masked_json(&given), expected);
            // As text inside JSON, twice nested, compact and pretty.
            assert_eq!(masked_json(&json!(given.to_string())), json!(expected.to_string()));
            assert_eq!(masked_json(&json!([pretty(&given)])), json!([pretty(&expected)]));
            let (given, expected) = (json!({"a": given.to_string()}), json!({"a": expected.to_string()}));
            assert_eq!(masked_json(&json!({"b": pretty(&given)})), json!({"b": pretty(&expected)}));
        }
    }
    let repr = json!("[{'api_key': 'abc', 'password': \"it's\", 'n': 1}]");
    assert_eq!(
        masked_json(&repr),
        json!("[{'api_key': '[masked:api-key]', 'password': \"[masked:password]\", 'n': 1}]")
    );
}

#[test]
fn what_is_no_secret_is_left() {
    let base64: String = (0..20_000_u32)
        .map(|at| {
            char::from(b"eyJhbGciOiJIAKIAasiaxoxhf_ghp_bBearer"[(at as usize * 7) % 37]).to_ascii_uppercase()
        })
        .collect();
    for text in [
        "pip install scikit-learn sk-learn task-scheduler-with-a-very-long-name-2024 risk-0123456789abcdef",
        "Basic training for the bearer of the cookie; the secret: be kind. Authorization is required.",
        "Basic usage and Basic auth. Bearer token, Bearer {token}, Bearer <token>, Bearer authentication",
        "sk-learn-0-24-release-notes sk-... sk-XXXX sk-*** xoxo xoxo-hugs AKIA ASIA PACIFIC hf_hub_download",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "550e8400-e29b-41d4-a716-446655440000 trace-5-sk-9 desk-01234567890123456789",
        "https://example.com:8080/a@b?c=d http://localhost:8000 git@github.com:a/b.git https://user@host/ s3://bucket/key@v1",
        "postgres://user:$PASSWORD@host ${SCHEME}://${USER}:${PASSWORD}@{HOST}",
        "-----BEGIN PRIVATE KEY----- is how such a file begins, and then come many lines of base64.",
        "let password = read(); if password == secret { api_key = env(\"API_KEY\"); }",
        "eyJhbGciOiJIUzI1NiJ9 eyJ.eyJ.x",
        "ntn_count lin_api_version figd_x dckr_pat_ ATATT3 sbp_total vcp_flag vck_init fw_configurationOfTheFirewallRules",
        "secret_name_of_a_field sb_secret_key secret_manager_client_for_the_production_environment_v2 AGE-SECRET-KEY-1",
        "https://x.example/api/webhooks/2024/list discord.com/api/webhooks/ 12%3AAB 2026-01-01T10%3AAA",
        "gAAAAABoZ_sk-Lq0vT8wYc1Nf9Rm2Jp7Hs4Kd6Xb gAAAAA_ghp_Lq0vT8wYc1Nf9Rm2Jp7Hs4Kd6XbLq0vT8wYc1Nf",
        base64.as_str(),
    ] {
        assert_eq!(mask_text(text), None, "{}", &text[..text.len().min(200)]);
    }
    for value in [
        json!({"token_count": 12345, "max_tokens": 4096, "total_tokens": 99999, "completion_tokens": 1000, "tokens": "many"}),
        json!({"usage": {"input_tokens": 12345}, "next_page_token": "x", "tokenizer": "cl100k"}),
        json!({"properties": {"password": {"type": "string", "description": "The password"}, "api_key": {"type": "string"}}}),
        json!({"required": ["api_key", "password", "username-of-account"], "title": "secret"}),
        json!({"api_key": null, "password": "", "secret": true, "cookie": 3, "authorization": [], "client_secret": {}}),
        json!({"api_key": "${API_KEY}", "password": "********", "authorization": "[masked:authorization]"}),
        json!({"a": "password", "b": "api_key", "c": ["secret"], "password_hint": "first pet", "secret_name": "db"}),
        json!("{\"password"),
        json!({"a": "\"api_key\": \"", "b": "not its value"}),
        json!({"a": "\\\"api_key\\\": \\\"cut", "b": "not its value"}),
    ] {
        assert_eq!(masked_json(&value), value);
    }
}

#[test]
fn hostile_text_takes_no_longer_than_it_is_long() {
    let bits = [
        "eyJ",
        "eyJ.",
        "\"api_key\":",
        "\"api_key\":\"",
        "'secret':'",
        "\\\"secret\\\":\\\"",
        "://a:",
        "-----BEGIN PRIVATE KEY-----",
        "sk-",
        "Bearer ",
        "[[\"cookie\",",
        "\\",
        "\"api_key\":[\"$\",",
    ];
    let started = std::time::Instant::now();
    for bit in bits {
        let text = bit.repeat(2_000_000 / bit.len());
        let masked = mask_text(&text).unwrap_or(text);
        assert!(!masked.is_empty());
    }
    assert!(started.elapsed().as_secs() < 60, "{:?} for 26 MB", started.elapsed());
}

/// Both have the same shape: the same keys and lists, and the same values but for strings, and numbers that became a mask.
fn same_but_for_masks(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_but_for_masks(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|((ka, a), (kb, b))| {
                    (ka == kb || kb.contains("[masked:")) && same_but_for_masks(a, b)
                })
        }
        (Value::Number(_) | Value::String(_), Value::String(b)) => {
            a == &Value::String(b.clone()) || b.contains("[masked:")
        }
        _ => a == b,
    }
}

#[test]
fn real_files_stay_what_they_are_but_for_their_secrets() {
    let Some(folder) = shared::folder() else { return };
    let mut pending = vec![folder.clone()];
    let mut files = 0;
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let Some(masked) = mask_json(&bytes) else { continue };
        files += 1;
        let mut kinds = std::collections::BTreeMap::new();
        let text = String::from_utf8_lossy(&masked);
        for part in text.split("[masked:").skip(1) {
            *kinds.entry(part.split(']').next().unwrap_or_default().to_owned()).or_insert(0) += 1;
        }
        eprintln!("{}: {kinds:?}", path.strip_prefix(&folder).unwrap().display());
        if let Ok(value) = serde_json::from_slice::<Value>(&bytes) {
            let masked: Value =
                serde_json::from_slice(&masked).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(
                same_but_for_masks(&value, &masked),
                "{} is the same but for its secrets",
                path.display()
            );
        }
        for (line, masked) in bytes.split(|byte| *byte == b'\n').zip(masked.split(|byte| *byte == b'\n')) {
            if serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok() {
                assert!(
                    serde_json::from_slice::<serde::de::IgnoredAny>(masked).is_ok(),
                    "{}",
                    path.display()
                );
            }
        }
    }
    eprintln!("{files} files with masks");
}

/// A document of every kind of value, secrets and what looks like them among it, some of it as JSON in strings.
fn document(next: &mut impl FnMut(usize) -> usize, depth: usize) -> Value {
    let names = [
        "api_key",
        "a.b.authorization",
        "key",
        "value",
        "name",
        "text",
        "Cookie",
        "password",
        "x\"y",
        "client-secret",
        "\\",
    ];
    let texts = [
        "",
        "plain",
        "a\\",
        "\"",
        "\\\"",
        "'",
        "sk-",
        "api_key",
        "password",
        "Bearer abcdefghij0123456789",
        "\n\t",
        "é☕",
        "postgres://u:p@h",
        "{'api_key': 'x\"y'}",
        "\"secret\": \"a\\\"",
        "-----BEGIN PRIVATE KEY-----\\n",
        "[[\"cookie\",\"123456789\"]]",
    ];
    match next(if depth > 5 { 4 } else { 9 }) {
        0 => json!(texts[next(texts.len())]),
        1 => json!(format!("{}{}", texts[next(texts.len())], texts[next(texts.len())])),
        2 => json!(next(100_000)),
        3 => [Value::Null, json!(true)][next(2)].clone(),
        4 | 5 => Value::Array((0..next(4)).map(|_| document(next, depth + 1)).collect()),
        6 => json!(document(next, depth + 1).to_string()),
        7 => json!(serde_json::to_string_pretty(&document(next, depth + 1)).unwrap_or_default()),
        _ => Value::Object(
            (0..next(5)).map(|_| (names[next(names.len())].to_owned(), document(next, depth + 1))).collect(),
        ),
    }
}

#[test]
fn masks_never_break_the_structure_they_are_in() {
    let mut state = 42_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut masks = 0;
    for _ in 0..30_000 {
        let value = document(&mut next, 0);
        for bytes in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let Some(masked) = mask_json(bytes.as_bytes()) else { continue };
            masks += 1;
            let masked = String::from_utf8(masked).unwrap();
            let after: Value =
                serde_json::from_str(&masked).unwrap_or_else(|error| panic!("{error}\n{bytes}\n{masked}"));
            assert!(same_but_for_masks(&value, &after), "the same but for its secrets:\n{bytes}\n{masked}");
        }
    }
    assert!(masks > 10_000, "most documents have something to mask: {masks}");
}

#[test]
fn clean_text_passes_quickly() {
    let words = [
        "the agent ",
        "called a tool with ",
        "{\"query\": \"weather in Zürich\", \"limit\": 3}",
        ", then it waited. ",
        "9f86d081884c7d65 ",
    ];
    let text: String = words.iter().cycle().take(500_000).copied().collect();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let started = std::time::Instant::now();
        assert_eq!(mask_text(&text), None);
        best = best.min(started.elapsed().as_secs_f64());
    }
    eprintln!("{:.0} MB/s on {} MB", text.len() as f64 / best / 1e6, text.len() / 1_000_000);
    assert!(best < 5.0, "far below what it should be: {best} s");
}

#[test]
fn a_password_may_begin_with_a_dollar_but_a_variable_is_no_secret() {
    for secret in ["$ecret!23", "$2b$12$abcdefghijklmnopqrstuv", "${open"] {
        let json = format!(r#"{{"password":"{secret}"}}"#);
        let masked = engine::masking::mask_json(json.as_bytes()).expect("it is masked");
        assert!(!String::from_utf8(masked).unwrap().contains(secret), "{secret}");
    }
    for reference in ["$API_KEY", "${API_KEY}", "{{ api_key }}"] {
        let json = format!(r#"{{"password":"{reference}"}}"#);
        assert_eq!(engine::masking::mask_json(json.as_bytes()), None, "{reference}");
    }
}
