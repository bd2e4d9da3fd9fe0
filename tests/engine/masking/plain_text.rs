//! Secrets under a name in plain text: shells, files of settings, addresses of the web, headers.

use serde_json::json;

use super::{masked, masked_json, word};
use engine::masking::mask_text;

/// Masks the text, the text in JSON and in JSON in JSON, and wants `secret` to be gone and all around it to be there.
fn gone(text: &str, secret: &str, kind: &str) {
    let expected = text.replace(secret, &format!("[masked:{kind}]"));
    assert_eq!(masked(text), expected);
    assert_eq!(masked_json(&json!({ "text": text })), json!({ "text": expected }));
    let (inner, clean) = (json!([text, 1]).to_string(), json!([expected, 1]).to_string());
    assert_eq!(masked_json(&json!([inner])), json!([clean]));
}

#[test]
fn settings_of_programs_are_masked() {
    let key = word(32);
    for name in ["API_KEY", "FOO_API_KEY", "MISTRAL_API_KEY", "CO_API_KEY"] {
        gone(&format!("export {name}={key}"), &key, "api-key");
        gone(&format!("A=1\n{name}={key}\nB=2"), &key, "api-key");
        gone(&format!("{name}=\"{key}\" python run.py"), &key, "api-key");
        gone(&format!("set {name}='{key}'"), &key, "api-key");
    }
    gone(&format!("TWILIO_AUTH_TOKEN={}", "0a1b".repeat(8)), &"0a1b".repeat(8), "token");
    gone(&format!("GITHUB_TOKEN={key}"), &key, "token");
    gone(&format!("MY_VERY_OWN_TOKEN={key}"), &key, "token");
    gone(&format!("AWS_SECRET_ACCESS_KEY={key}/abc+d"), &format!("{key}/abc+d"), "secret");
    gone("DB_PASSWORD=hunter2", "hunter2", "password");
    gone("DB_PASSWORD=correct-horse", "correct-horse", "password");
    // YAML, TOML, INI.
    gone(&format!("llm:\n  api_key: {key}\n  model: x"), &key, "api-key");
    gone(&format!("api_key = \"{key}\"\n"), &key, "api-key");
    gone("[db]\nuser = jo\npassword = hunter22\n", "hunter22", "password");
    gone(&format!("run 1 api_key: {key}: it was refused"), &key, "api-key");
    gone(&format!("the call had --api-key {key}… and api_key: {key}."), &key, "api-key");
    gone("password: \"correct-horse\"", "correct-horse", "password");
    gone(&format!("aws_secret_access_key = {key}"), &key, "secret");
    // Code that has one in it.
    gone(&format!("client = Client(api_key=\"{key}\", timeout=3)"), &key, "api-key");
    gone("connect(user='jo', password='hunter2')", "hunter2", "password");
    gone(&format!("{{api_key: '{key}', n: 1}}"), &key, "api-key");
    gone(&format!("tracex --api-key {key} run"), &key, "api-key");
    gone("mysql --password=hunter2 -u jo", "hunter2", "password");
    // Connection strings.
    gone("Server=db;User Id=jo;Password=a-b c", "a-b", "password");
    gone("Server=db;Uid=jo;Pwd=swordfish;Port=1", "swordfish", "password");
    let account = format!("{}==", word(86));
    gone(
        &format!("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={account};EndpointSuffix=x"),
        &account,
        "api-key",
    );
    // XML, .netrc, and what a terminal colours.
    gone("<user>jo</user><password>hunter2</password>", "hunter2", "password");
    gone("<server><id>a</id>\n  <password>correct-horse</password>", "correct-horse", "password");
    gone("machine api.example.com login jo password hunter2", "hunter2", "password");
    gone("machine api.example.com\n  login jo@a.example\n  password hunter2\n", "hunter2", "password");
    for colour in ["\u{1b}[33m", "\\033[1;33m", "\\u001b[33m"] {
        gone(&format!("password: {colour}hunter22"), "hunter22", "password");
        gone(&format!("DB_PASSWORD={colour}hunter22\u{1b}[0m and more"), "hunter22", "password");
        gone(&format!("API_KEY={colour}{key}"), &key, "api-key");
    }
    gone(&format!("LIN_API_KEY={key}"), &key, "api-key");
    gone(&format!("SB_SECRET_KEY={key}"), &key, "secret");
    let webhook = format!("https://discord.com/api/webhooks/123456789012345678/{}", word(68));
    gone(&webhook, &format!("123456789012345678/{}", word(68)), "discord-webhook");
}

#[test]
fn secrets_that_code_and_clusters_hold_are_masked() {
    let key = word(32);
    let hex = "0a1b2c3d".repeat(8);
    // A name in brackets and quotes.
    gone(&format!("os.environ[\"API_KEY\"] = \"{key}\"\nrun()"), &key, "api-key");
    gone(&format!("os.environ['OPENAI_API_KEY']='{key}'"), &key, "api-key");
    gone(&format!("headers[\"Authorization\"] = \"{key}\""), &key, "authorization");
    gone("cfg[\"password\"]=\"hunter22\"", "hunter22", "password");
    gone(&format!("process.env['API_KEY'] = '{key}';"), &key, "api-key");
    gone(&format!("os.environ[\"STRIPE_KEY\"] = \"{key}\""), &key, "key");
    gone("'password' => 'correct-horse',", "correct-horse", "password");
    // Quotes around several words, and three of them.
    gone(&format!("password='a b {key}'"), &format!("a b {key}"), "password");
    gone(&format!("password: \"correct horse {key}\""), &format!("correct horse {key}"), "password");
    gone("export DB_PASSWORD='correct horse battery staple'", "correct horse battery staple", "password");
    gone(&format!("api_key = \"a b {key}\""), &format!("a b {key}"), "api-key");
    gone(&format!("secret=\"\"\"{key}\"\"\""), &key, "secret");
    // Names that end with a key.
    for name in ["AZURE_OPENAI_KEY", "AZURE_KEY", "ENCRYPTION_KEY"] {
        gone(&format!("{name}={}", &hex[..32]), &hex[..32], "key");
    }
    let json = json!({"env": {"STRIPE_KEY": key, "CACHE_KEY": key, "sort_key": key}});
    let clean = json!({"env": {"STRIPE_KEY": "[masked:key]", "CACHE_KEY": key, "sort_key": key}});
    assert_eq!(masked_json(&json), clean);
    // YAML of clusters, and lists of settings in XML.
    gone("  - name: DB_PASSWORD\n    value: hunter22\n", "hunter22", "password");
    gone("password: |\n  hunter22\n", "hunter22", "password");
    gone("password: >-\n  hunter22\n", "hunter22", "password");
    gone("password: &p hunter22\nother: 1", "hunter22", "password");
    gone("password: !!str hunter22\n", "hunter22", "password");
    gone("<add key=\"Password\" value=\"hunter22\"/>", "hunter22", "password");
    gone("<key>password</key><string>hunter22</string>", "hunter22", "password");
    let certificate = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUMvakNDQWVhZ0F3SUJBZ0lC";
    let private = format!("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo{}", word(200));
    gone(
        &format!("client-certificate-data: {certificate}\nclient-key-data: {private}\n"),
        &private,
        "private-key",
    );
    let block = format!(
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{}\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----",
        word(64)
    );
    gone(&format!("key:\n{block}\nend"), &block, "private-key");
    // Headers that are signed.
    gone(
        &format!("Authorization: AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=host, Signature={hex}"),
        &hex,
        "signature",
    );
    gone(&format!("Authorization: Digest username=\"a\", response=\"{key}\""), &key, "authorization");
    // Behind what addresses and programs write, and between colours.
    let aws = format!("AKIA{}", "Q7".repeat(8));
    for before in ["a%3a", "a%3A", "\\x20", "\\x22", "[31m", "^[[31m", "x [1;33m"] {
        gone(&format!("{before}{aws}"), &aws, "aws-access-key");
    }
    for (on, off) in [("\u{1b}[1m", "\u{1b}[0m"), ("[1m", "[0m"), ("\u{1b}[1;32m", "\u{1b}[m")] {
        gone(&format!("{on}password{off}: hunter22"), "hunter22", "password");
        gone(&format!("{on}API_KEY{off}=\u{1b}[33m{key}{off}"), &key, "api-key");
    }
}

#[test]
fn headers_and_addresses_are_masked() {
    let key = word(24);
    gone(&format!("curl -H 'x-api-key: {key}' https://a.example/v1"), &key, "api-key");
    gone(&format!("curl -H \"Authorization: Token {key}\" https://a.example"), &key, "authorization");
    gone(&format!("Authorization: {key}\r\nHost: x"), &key, "authorization");
    gone(&format!("Ocp-Apim-Subscription-Key: {key}"), &key, "api-key");
    gone("Cookie: sid=abc123; theme=dark\r\nHost: x", "sid=abc123; theme=dark", "cookie");
    gone("set-cookie: sid=s%3Aabc.def; Path=/; HttpOnly\nx", "sid=s%3Aabc.def; Path=/; HttpOnly", "cookie");
    for name in ["api_key", "apikey", "access_token", "token", "client_secret"] {
        let kind = match name {
            "client_secret" => "secret",
            name if name.ends_with("token") => "token",
            _ => "api-key",
        };
        gone(&format!("GET https://a.example/v1?q=x&{name}={key}&n=1"), &key, kind);
        gone(&format!("https://a.example/v1?{name}={key}#top"), &key, kind);
        gone(&format!("to=https%3A%2F%2Fa.example%3F{name}%3D{key}%26n%3D1"), &key, kind);
    }
    let signature = format!("{}%3D", word(46));
    gone(&format!("https://a.blob.example/x?se=2026&sig={signature}&sp=r"), &signature, "signature");
    gone(
        &format!("https://a.s3.example/x?X-Amz-Expires=9&X-Amz-Signature={}", "0a1b".repeat(16)),
        &"0a1b".repeat(16),
        "signature",
    );
    gone(&format!("Authorization%3A%20Bearer%20{key}"), &key, "bearer-token");
    gone(&format!("h=x-api-key%3A%20{key}"), &key, "api-key");
    gone(
        &format!("https://hooks.slack.com/services/T0{key}/B0{key}/{key}"),
        &format!("hooks.slack.com/services/T0{key}/B0{key}/{key}"),
        "slack-webhook",
    );
    gone(
        &format!("https://api.telegram.org/bot123456789:AA{}/getMe", word(33)),
        &format!("123456789:AA{}", word(33)),
        "telegram-token",
    );
    // Lists of headers in other shapes.
    gone(&format!("[(b'host', b'x'), (b'x-api-key', b'{key}')]"), &key, "api-key");
    let headers = json!({"raw": ["host", "x", "x-api-key", key], "one": ["x-api-key", key], "h": [{"k": "x-api-key", "v": key}]});
    let mask = "[masked:api-key]";
    assert_eq!(
        masked_json(&headers),
        json!({"raw": ["host", "x", "x-api-key", mask], "one": ["x-api-key", mask], "h": [{"k": "x-api-key", "v": mask}]})
    );
    let otlp = json!({"key": "http.request.header.x-api-key", "value": {"arrayValue": {"values": [{"stringValue": "ab"}]}}});
    assert_eq!(masked_json(&otlp)["value"]["arrayValue"]["values"][0]["stringValue"], json!(mask));
    assert_eq!(
        masked_json(&json!({"token": key, "session_token": "ab"})),
        json!({"token": "[masked:token]", "session_token": "[masked:token]"})
    );
}

#[test]
fn text_and_code_that_speak_of_secrets_are_left() {
    for text in [
        "api_key = os.environ[\"API_KEY\"]; api_key=api_key; client(api_key=settings.openai_api_key_2024)",
        "api_key=os.getenv('OPENAI_API_KEY'), token = get_token(user1), token=tokens[12345678]",
        "password: str\npassword: Optional[str] = None\npassword: String,\npassword: i32;\nsecret: string;",
        "password = hashed_password_v2\npassword == other_password1\npassword: \"string\", password='password'",
        "api_key=YOUR_API_KEY api_key=your-api-key-123 API_KEY=<key> API_KEY=${KEY} API_KEY=$KEY export API_KEY=...",
        "export ANTHROPIC_API_KEY=sk-ant-...\nGROQ_API_KEY=gsk_…\nAPI_KEY=xxxxxxxxxxxx\nPASSWORD=********\nTOKEN=\n",
        "The password: choose one of 8 letters. The secret: be kind. Cookie: yes please. Authorization: required for all.",
        "Authorization: Bearer token. Authorization: Bearer <token>. authorization: admin-only",
        "?token=abc &sig=12 ?page_token=none https://x.example/?api_key=demo&token=KEY",
        "max_tokens: 4096, total_tokens=12345, next_token = tokenize(text2), eos_token: 50256, tokenizer=cl100k_base1",
        "use --password to set it, --api-key when asked; --token-limit 4096",
        "pub const InheritPrivateKey: X509RequestInheritOptions = 1; BadPassword => \"BadPassword\"",
        "for(pToken=pBest->pNext; pToken; pToken=pToken->pNext){",
        "msg.append(x) SG.x hvs.y npm_config_cache npm_lifecycle_event dapi r8_x xai-org gsk_ whsec_ pypi-agent :AAA 12:AA",
        "git@github.com:a/b.git",
        "<password> is asked for, <password>string</password>, <token></token>, <Password>${PASSWORD}</Password>",
        "login with your password please; the machine says login jo, and a password is wanted",
        "<Input type=\"password\" name=\"password\" token=\"x\"/>",
        "os.environ[\"API_KEY\"] = os.getenv(\"OTHER\"); os.environ[\"API_KEY\"] = \"your-key-1234\"; x = d[\"password\"] == \"hunter22\"",
        "if config[\"password\"]: print(\"a password was given\")\nheaders[\"Authorization\"] = f\"Bearer {token}\"",
        "password=\"Enter the password of 8 letters\", password: \"at least abc12345678 or longer\", secret = \"two words\"",
        "$_POST['password'] => $password, 'token' => 'string', 'password' => 'required|min:8', \"api_key\" => env(\"API_KEY\")",
        "sort_key=0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d CACHE_KEY=0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d SSH_KEY=id_ed25519 PRIMARY_KEY=id",
        "ROUTING_KEY=550e8400-e29b-41d4-a716-446655440000 FOREIGN_KEY=user_id MY_KEY=./keys/2024/production-settings-file.json",
        "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: db, key: password}\npassword: |\n  read it from the vault\n",
        "<label key=\"password\" value=\"Password\"/><key>password</key><string>string</string>",
        "client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUMvakNDQWVhZ0F3SUJBZ0lC",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----",
        "signature=abc123 response=\"ok\" signature = sign(key, message2)",
    ] {
        assert_eq!(mask_text(text), None, "{text}");
        let json = json!({"text": text, "inner": json!({"text": text}).to_string()});
        assert_eq!(masked_json(&json), json);
    }
    for value in [
        json!({"text": "the api_key: ", "then": "not-its-value-0123456789"}),
        json!({"text": "api_key=", "then": "not-its-value-0123456789"}),
        json!(["password: ", "not-its-value-0123456789", "token = ", "abcdef0123456789abcdef"]),
        json!({"logprobs": [{"token": "Hello", "bytes": [72]}], "next_page_token": word(40), "stop_token": "<|im_end|>"}),
        json!({"required": ["api_key", "password"], "enum": ["token", "session_token", "other"]}),
    ] {
        assert_eq!(masked_json(&value), value);
    }
}
