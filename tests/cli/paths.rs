//! Through `tracex serve` a page has files of the server's machine opened by their paths only where that was allowed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::program::{Program, trace};

struct Server {
    child: Child,
    host: String,
}

impl Server {
    fn start(program: &Program, allow: &[&str]) -> Self {
        let mut command = program.command();
        command.args(["serve", "--port", "0"]).args(allow.iter().flat_map(|path| ["--allow", path]));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let host = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, host }
    }

    fn call(&self, name: &str, request: &Value) -> (u16, Value) {
        let mut connection = TcpStream::connect(&self.host).unwrap();
        let body = request.to_string();
        let (host, length) = (&self.host, body.len());
        let head = format!(
            "POST /api/call/{name} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        connection.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_paths_that_were_allowed_are_opened_for_a_page() {
    let program = Program::new();
    std::fs::create_dir(program.folder.path().join("allowed")).unwrap();
    program.file("allowed/run.json", json!([trace("t-1", "hello")]).to_string());
    program.file("other.json", json!([trace("t-2", "hello")]).to_string());
    let path = |name: &str| program.folder.path().join(name).to_string_lossy().into_owned();
    // Relative to where it is started.
    let server = Server::start(&program, &["allowed"]);
    let follow =
        |path: String| json!({ "id": "", "enabled": false, "kind": { "type": "file", "path": path } });
    for (name, request) in [
        ("import_start", json!({ "paths": [path("other.json")] })),
        ("import_start", json!({ "paths": ["/etc/passwd"] })),
        ("import_start", json!({ "paths": [path("allowed/../other.json")] })),
        ("source_set", follow(path("other.json"))),
        ("source_set", follow("/etc/passwd".into())),
    ] {
        let (status, error) = server.call(name, &request);
        assert_eq!((status, &error["code"]), (400, &json!("invalid")), "{request}");
        assert!(error["message"].as_str().unwrap().contains("--allow"), "it says what to do: {error}");
    }
    assert_eq!(server.call("import_list", &json!({})).1, json!([]), "nothing was imported");
    for (name, request) in [
        ("import_start", json!({ "paths": [path("allowed/run.json")] })),
        ("source_set", follow(path("allowed/run.json"))),
    ] {
        assert_eq!(server.call(name, &request).0, 200, "{request}");
    }
}
