//! `tracex serve` over real sockets: who gets an answer, and what.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::program::{Program, real_files, trace};

pub struct Server {
    pub program: Program,
    pub child: Child,
    pub port: u16,
}

/// An answer, its body taken apart from its head.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With these arguments beside the usual ones.
    pub fn start_with(arguments: &[&str]) -> Self {
        let program = Program::new();
        let pages = program.folder.path().join("pages");
        std::fs::create_dir_all(pages.join("assets")).unwrap();
        std::fs::write(pages.join("index.html"), "<!doctype html><title>pages</title>").unwrap();
        std::fs::write(pages.join("assets/app-1a2b.js"), "start()").unwrap();
        std::fs::create_dir(program.folder.path().join("temporary")).unwrap();
        program.file("secret.txt", "secret");
        let mut command = program.command();
        command.env("TMPDIR", program.folder.path().join("temporary"));
        command
            .args(["serve", "--port", "0", "--ui", "pages"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("http://127.0.0.1:").and_then(|rest| rest.strip_suffix('/'));
        let port = port.unwrap_or_else(|| panic!("an address is printed, not {line:?}")).parse().unwrap();
        Self { program, child, port }
    }

    pub fn own_host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends a request with these header lines (and none added but for its length) and reads the answer to its end.
    pub fn send(&self, request_line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut connection = self.connect(request_line, headers, Some(body));
        let mut text = Vec::new();
        connection.read_to_end(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// A connection over which nothing has been said.
    pub fn stream(&self) -> TcpStream {
        let connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        // An answer that never comes should fail, not hang.
        connection.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        connection
    }

    pub fn connect(&self, request_line: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> TcpStream {
        let mut connection = self.stream();
        let mut head = format!("{request_line} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = body {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        connection.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        connection.write_all(body.unwrap_or_default()).unwrap();
        connection
    }

    pub fn call(&self, name: &str, request: &Value) -> (u16, Value) {
        let host = self.own_host();
        let body = request.to_string();
        let answer = self.send(&format!("POST /api/call/{name}"), &[("Host", &host)], body.as_bytes());
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), &[("Host", &self.own_host())], b"")
    }

    pub fn listen(&self) -> Notices {
        let host = self.own_host();
        let mut lines = BufReader::new(self.connect("GET /api/notices", &[("Host", &host)], None));
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 2 {
            line.clear();
        }
        Notices(lines)
    }

    /// Waits until the newest import has ended.
    pub fn wait_for_import(&self, notices: &mut Notices) -> Value {
        loop {
            let (status, imports) = self.call("import_list", &json!({}));
            assert_eq!(status, 200, "{imports}");
            if ["done", "failed", "cancelled"].contains(&imports[0]["state"].as_str().unwrap_or_default()) {
                return imports[0].clone();
            }
            assert!(notices.next().is_some(), "an import that goes on is told of: {imports}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stream of notices.
pub struct Notices(BufReader<TcpStream>);

impl Notices {
    /// The next notice; `None` at the end of the stream.
    pub fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        while self.0.read_line(&mut line).ok()? > 0 {
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
            line.clear();
        }
        None
    }
}

#[test]
fn only_its_own_pages_get_an_answer() {
    let server = Server::start();
    let port = server.port;
    let host = server.own_host();
    let localhost = format!("localhost:{port}");
    let own = format!("http://{host}");
    let other_own = format!("http://{localhost}");
    let (https, six, wrong_port) = (format!("https://{host}"), format!("[::1]:{port}"), "127.0.0.1:1");
    let prefixed = format!("{host}.evil.example");
    let rebound = format!("evil.example:{port}");
    let call = "POST /api/call/app_info";
    let page = "GET /";
    for (line, headers) in [
        (call, vec![("Host", host.as_str())]),
        (call, vec![("Host", &host), ("Origin", &own)]),
        (call, vec![("Host", &localhost), ("Origin", &other_own)]),
        (call, vec![("Host", &six)]),
        (call, vec![("Host", &host), ("Sec-Fetch-Site", "same-origin")]),
        (page, vec![("Host", &host), ("Sec-Fetch-Site", "cross-site")]),
    ] {
        let answer = server.send(line, &headers, b"{}");
        assert_eq!(answer.status, 200, "{line} {headers:?}: {answer:?}");
    }
    for (line, headers) in [
        (call, vec![("Host", rebound.as_str())]),
        (page, vec![("Host", &rebound)]),
        (call, vec![("Host", "evil.example")]),
        (call, vec![("Host", wrong_port)]),
        (call, vec![("Host", "localhost")]),
        (call, vec![("Host", &prefixed)]),
        (call, vec![("Host", &host), ("Host", "evil.example")]),
        (call, vec![("Host", &host), ("Origin", "http://evil.example")]),
        (call, vec![("Host", &host), ("Origin", "null")]),
        (call, vec![("Host", &host), ("Origin", &https)]),
        (call, vec![("Host", &host), ("Origin", &other_own)]),
        (call, vec![("Host", &host), ("Sec-Fetch-Site", "cross-site")]),
        (call, vec![("Host", &host), ("Sec-Fetch-Site", "same-site")]),
        ("GET /api/notices", vec![("Host", &host), ("Origin", "http://evil.example")]),
        ("GET /assets/app-1a2b.js", vec![("Host", &rebound)]),
        ("POST /api/import", vec![("Host", &host), ("Origin", "http://evil.example")]),
    ] {
        let answer = server.send(line, &headers, b"{}");
        assert_eq!(answer.status, 403, "{line} {headers:?}: {answer:?}");
        assert!(
            answer.body.ends_with('.') && !answer.body.contains("version"),
            "a sentence: {}",
            answer.body
        );
    }
    assert_eq!(server.call("import_list", &json!({})).1, json!([]), "nothing was imported");
}

#[test]
fn pages_come_with_headers_that_keep_them_to_themselves() {
    let server = Server::start();
    let index = server.get("/");
    assert_eq!((index.status, index.body.as_str()), (200, "<!doctype html><title>pages</title>"));
    for header in [
        "content-type: text/html",
        "content-security-policy: default-src 'none'; script-src 'self';",
        "frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
    ] {
        assert!(index.head.contains(header), "{header} in {}", index.head);
    }
    let script = server.get("/assets/app-1a2b.js");
    assert_eq!((script.status, script.body.as_str()), (200, "start()"));
    assert!(script.head.contains("content-type: text/javascript"), "{}", script.head);
    assert_eq!(server.get("/trace/12?step=a").body, index.body, "a place inside the app is the app");
    for path in [
        "/missing.js",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//etc/hostname.txt",
        "/assets/..\\..\\secret.txt",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert!(!answer.body.contains("secret"));
    }
    assert_eq!(server.send("DELETE /", &[("Host", &server.own_host())], b"").status, 405);
}

#[test]
fn commands_answer_with_their_json_or_their_error() {
    let server = Server::start();
    let (status, info) = server.call("app_info", &json!({}));
    assert_eq!((status, &info["version"]), (200, &json!(env!("CARGO_PKG_VERSION"))));
    assert!(
        info["store_path"].as_str().unwrap().starts_with(&*server.program.folder.path().to_string_lossy())
    );
    let (status, error) = server.call("trace_get", &json!({ "trace_id": 7 }));
    assert_eq!((status, &error["code"]), (404, &json!("not_found")));
    let filter =
        json!({ "filter": "modle:x", "sort": "started", "descending": true, "offset": 0, "limit": 5 });
    let (status, error) = server.call("trace_list", &filter);
    assert_eq!((status, &error["code"]), (400, &json!("invalid")));
    assert!(error["message"].as_str().unwrap().contains("did you mean model?"), "{error}");
    for (name, request) in [("trace_list", json!([])), ("no_such_command", json!({}))] {
        let (status, error) = server.call(name, &request);
        assert_eq!((status, &error["code"]), (400, &json!("invalid")), "{name}: {error}");
    }
    let host = server.own_host();
    let text = server.send("POST /api/call/app_info", &[("Host", &host)], b"\xff{}");
    assert_eq!(text.status, 400, "{text:?}");
    assert_eq!(server.get("/api/call/app_info").status, 405);
    assert_eq!(server.get("/api/elsewhere").status, 404);
}

#[test]
fn an_upload_is_imported_and_told_of() {
    let server = Server::start();
    let mut notices = server.listen();
    let host = server.own_host();
    let upload = |name: &str, bytes: &[u8]| {
        let headers = [("Host", host.as_str()), ("Content-Type", "application/octet-stream")];
        server.send("POST /api/import", &headers, &upload_of(&[(name, bytes)]))
    };
    let answer = upload("../../run é.json", json!([trace("t-1", "hello")]).to_string().as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    let started: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(started["title"], "run é.json");
    assert!(notices.next().is_some_and(|notice| notice["revision"].is_u64()), "an open page is told");
    let done = server.wait_for_import(&mut notices);
    assert_eq!((&done["state"], &done["counts"]["traces_added"]), (&json!("done"), &json!(1)), "{done}");

    for name in ["", "..", "\0", "a\nb"] {
        let answer = upload(name, b"no trace");
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let done = server.wait_for_import(&mut notices);
        assert_eq!(done["state"], "failed", "{done}");
    }
    let list = json!({ "filter": "", "sort": "started", "descending": true, "offset": 0, "limit": 5 });
    assert_eq!(server.call("trace_list", &list).1["total"], 1);
}

/// A body with these files.
pub fn upload_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let list: Vec<Value> =
        files.iter().map(|(name, bytes)| json!({ "name": name, "size_bytes": bytes.len() })).collect();
    let mut body = format!("{}\n", json!(list)).into_bytes();
    for (_, bytes) in files {
        body.extend_from_slice(bytes);
    }
    body
}

#[test]
fn files_sent_together_are_one_import() {
    let server = Server::start();
    let mut notices = server.listen();
    let host = server.own_host();
    let traces: Vec<String> =
        (0..300).map(|index| json!([trace(&format!("t-{index}"), "hello")]).to_string()).collect();
    let names: Vec<String> = (0..300).map(|index| format!("runs/{index}.json")).collect();
    let mut files: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(traces.iter().map(String::as_bytes)).collect();
    files.push(("runs/readme.md", b"how these came about"));
    let answer = server.send("POST /api/import", &[("Host", &host)], &upload_of(&files));
    assert_eq!(answer.status, 200, "{answer:?}");
    let done = server.wait_for_import(&mut notices);
    assert_eq!(done["title"], "0.json and 300 more");
    assert_eq!((&done["state"], &done["files_done"]), (&json!("done"), &json!(301)), "{done}");
    assert_eq!((&done["counts"]["traces"], &done["problems"]), (&json!(300), &json!(0)), "{done}");
    assert_eq!(server.call("import_list", &json!({})).1.as_array().map(Vec::len), Some(1));
}

#[test]
fn an_upload_that_is_not_what_it_says_is_refused() {
    let server = Server::start();
    let host = server.own_host();
    let whole = upload_of(&[("a.json", b"[]"), ("b.json", b"[]")]);
    let cases: [(&[u8], &str); 4] = [
        (b"[{\"name\":\"a.json\"}]\n[]", "a list of files"),
        (b"no list at all", "did not arrive whole"),
        (&whole[..whole.len() - 1], "did not arrive whole"),
        (b"[]\n", "no files"),
    ];
    for (body, reason) in cases {
        let answer = server.send("POST /api/import", &[("Host", &host)], body);
        assert!(answer.status == 400 && answer.body.contains(reason), "{reason}: {answer:?}");
    }
    assert_eq!(server.call("import_list", &json!({})).1, json!([]), "nothing was imported");
}

#[test]
fn a_real_file_goes_through_whole() {
    let Some(data) = real_files() else { return };
    let server = Server::start();
    let mut notices = server.listen();
    let bytes = std::fs::read(data.join("tracellm-json/generated/D-full200.json")).unwrap();
    let body = upload_of(&[("full.json", &bytes)]);
    server.send("POST /api/import", &[("Host", &server.own_host())], &body);
    let done = server.wait_for_import(&mut notices);
    assert_eq!((&done["counts"]["traces"], &done["counts"]["spans"]), (&json!(200), &json!(1540)), "{done}");
}

#[test]
fn too_large_a_request_is_refused_with_a_hint() {
    let server = Server::start();
    let host = server.own_host();
    let head = [("Host", host.as_str()), ("Content-Length", "99999999999")];
    for (path, hint) in [("call/import_text", "import a file instead"), ("import", "`tracex import`")] {
        let mut connection = server.connect(&format!("POST /api/{path}"), &head, None);
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains(hint), "{answer}");
    }
}

#[cfg(unix)]
#[test]
fn a_stop_ends_open_streams_and_leaves_no_files() {
    let mut server = Server::start();
    let mut notices = server.listen();
    let one = trace("t-0", &"a long prompt ".repeat(40)).to_string();
    let many: Vec<String> = (0..20_000).map(|number| one.replace("t-0", &format!("t-{number}"))).collect();
    let host = server.own_host();
    let body = upload_of(&[("many.jsonl", many.join("\n").as_bytes())]);
    let answer = server.send("POST /api/import", &[("Host", &host)], &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let files = || server.program.folder.path().join("temporary").read_dir().unwrap().count();
    assert_eq!(files(), 1, "the upload is kept while it is read");
    let pid = server.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(server.child.wait().unwrap().success(), "it ends well");
    while notices.next().is_some() {}
    assert_eq!(files(), 0, "and is gone afterwards");
    let kept = server.program.stdout(&["list", "--json", "--limit", "0"]).lines().count();
    assert!(kept < 20_000, "the import was stopped, not waited for");
}

#[test]
fn a_taken_port_and_a_folder_without_pages_are_said() {
    let server = Server::start();
    let taken =
        server.program.run(["serve", "--db", "x.db", "--port", &server.port.to_string(), "--ui", "pages"]);
    assert_eq!(taken.code, Some(1));
    assert!(taken.stderr.contains("is taken") && taken.stderr.contains("--port 0"), "{}", taken.stderr);
    let empty = server.program.run(["serve", "--ui", "nowhere"]);
    assert_eq!(empty.code, Some(2));
    assert!(empty.stderr.contains("no index.html in nowhere"), "{}", empty.stderr);
}

#[cfg(unix)]
#[test]
fn agents_that_tell_of_their_runs_are_received() {
    let server = Server::start();
    let mut notices = server.listen();
    let is_listening = || {
        let (_, sources) = server.call("source_list", &json!({}));
        sources
            .as_array()
            .unwrap()
            .iter()
            .any(|source| source["config"]["id"] == "feed-socket" && source["state"] == "listening")
    };
    while !is_listening() {
        assert!(notices.next().is_some(), "a source that starts is told of");
    }
    server.program.stdout(&["demo", "--runs", "1", "--speed", "100", "--mode", "steady"]);
    let list = json!({ "filter": "", "sort": "started", "descending": true, "offset": 0, "limit": 5 });
    let (_, traces) = server.call("trace_list", &list);
    assert_eq!((&traces["total"], &traces["items"][0]["status"]), (&json!(1), &json!("success")), "{traces}");
}
