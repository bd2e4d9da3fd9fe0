//! `tracex serve` against those who mean harm or are slow: foreign requests in every form, and more of everything than there
//! is room for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::program::trace;
use crate::serve::{Server, upload_of};

/// What is waited for comes within this, or never.
const DEADLINE: Duration = Duration::from_secs(60);

fn until<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = answer() {
            return found;
        }
        assert!(begun.elapsed() < DEADLINE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// A server that waits for slow clients so long.
fn patient(ms: u64) -> Server {
    Server::start_with(&["--patience", &ms.to_string()])
}

const HOUR_MS: u64 = 3_600_000;

/// The first line of what is answered to bytes that are sent as they are.
fn say(server: &Server, bytes: &[u8]) -> String {
    let mut stream = server.stream();
    let _ = stream.write_all(bytes);
    let mut line = String::new();
    let _ = BufReader::new(stream).read_line(&mut line);
    line
}

fn is_served(server: &Server) -> bool {
    let (status, _) = server.call("index_state", &json!({}));
    status == 200
}

#[test]
fn no_form_of_a_foreign_request_gets_an_answer() {
    let server = Server::start();
    let port = server.port;
    let own = server.own_host();
    let call = |target: &str, headers: &str| {
        say(&server, format!("POST {target} HTTP/1.1\r\n{headers}Content-Length: 2\r\n\r\n{{}}").as_bytes())
    };
    let api = "/api/call/app_info";
    let own_header = format!("Host: {own}\r\n");
    for host in [
        format!("127.0.0.1.:{port}"),
        format!("127.0.0.1:0{port}"),
        format!("127.0.0.1:+{port}"),
        format!("0x7f.1:{port}"),
        format!("127.1:{port}"),
        format!("LOCALHOST:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        format!("{own}@evil.example"),
        format!("{own},evil.example"),
        format!("evil.example:80@{own}"),
        "0.0.0.0".to_owned(),
    ] {
        let headers = format!("Host: {host}\r\nX-Forwarded-Host: {own}\r\n");
        let said = call(api, &headers);
        assert!(said.contains(" 403 ") || said.contains(" 400 "), "{host}: {said}");
    }
    assert!(call(&format!("http://evil.example:{port}{api}"), &own_header).contains(" 403 "));
    assert!(call(&format!("http://{own}{api}"), &own_header).contains(" 200 "));
    assert!(call(api, &format!("{own_header}Host: evil.example\r\n")).contains(" 403 "));
    assert!(call(api, "").contains(" 403 "), "no host at all");
    for foreign in [
        "Origin: null",
        "Origin: http://evil.example",
        &format!("Origin: http://{own}.evil.example"),
        &format!("Origin: http://evil.example/{own}"),
        &format!("Origin: http://{own}\r\nOrigin: http://evil.example"),
        "Origin: ",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin: http://evil.example\r\nContent-Type: text/plain",
    ] {
        for target in [api, "/api/import", "/api/export", "/api/save", "/api/comparison"] {
            let said = call(target, &format!("{own_header}{foreign}\r\n"));
            assert!(said.contains(" 403 "), "{target} {foreign}: {said}");
        }
        for target in ["/api/notices", "/api/download/1"] {
            let get = format!("GET {target} HTTP/1.1\r\n{own_header}{foreign}\r\n\r\n");
            assert!(say(&server, get.as_bytes()).contains(" 403 "), "{target} {foreign}");
        }
        let preflight = format!(
            "OPTIONS {api} HTTP/1.1\r\n{own_header}{foreign}\r\nAccess-Control-Request-Method: POST\r\n\r\n"
        );
        assert!(say(&server, preflight.as_bytes()).contains(" 403 "), "{foreign}");
    }
    // Neither a socket nor another protocol.
    let upgrade = format!(
        "GET /api/notices HTTP/1.1\r\n{own_header}Origin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    );
    assert!(say(&server, upgrade.as_bytes()).contains(" 403 "));
    assert!(!say(&server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").contains(" 200 "));
    assert_eq!(server.call("import_list", &json!({})).1, json!([]), "nothing was imported");
}

#[test]
fn slow_clients_are_not_waited_for() {
    let server = patient(100);
    let own = format!("Host: {}\r\n", server.own_host());
    for begun in ["", "POST /api/call/app_info HT", "POST /api/call/app_info HTTP/1.1\r\nHost:"] {
        let mut stream = server.stream();
        stream.write_all(begun.as_bytes()).unwrap();
        assert_eq!(stream.read_to_end(&mut Vec::new()).unwrap_or(0), 0, "it is closed: {begun}");
    }
    for (target, body) in [("call/app_info", "{"), ("import", "[{"), ("export", "{\"filter\"")] {
        let mut stream = server.stream();
        let head = format!("POST /api/{target} HTTP/1.1\r\n{own}Content-Type: application/json\r\n");
        stream.write_all(format!("{head}Content-Length: 100\r\n\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 4"), "{target}: {answer}");
    }
    assert!(is_served(&server));
}

#[test]
fn a_connection_too_many_is_told_to_come_back() {
    let server = patient(HOUR_MS);
    let mut silent: Vec<TcpStream> = (0..128).map(|_| server.stream()).collect();
    // Nothing is said: it is turned away as it comes.
    let told = say(&server, b"");
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    silent.pop();
    until("a seat is free", || {
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.own_host());
        say(&server, request.as_bytes()).contains(" 200 ").then_some(())
    });
}

#[test]
fn connections_that_bring_nothing_keep_no_page_out() {
    let server = Server::start();
    let silent: Vec<TcpStream> = (0..200)
        .map(|number| {
            let mut stream = server.stream();
            let _ = stream.write_all(if number % 2 == 0 {
                b""
            } else {
                b"POST /api/call/app_info HTTP/1.1\r\nHo"
            });
            stream
        })
        .collect();
    until("a page is served", || {
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.own_host());
        say(&server, request.as_bytes()).contains(" 200 ").then_some(())
    });
    drop(silent);
}

#[test]
fn uploads_that_stall_let_the_next_ones_in() {
    let begin = |server: &Server| {
        let mut stream = server.stream();
        let head = format!(
            "POST /api/import HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000\r\n\r\n",
            server.own_host()
        );
        stream.write_all(format!("{head}[{{\"name\":\"a.json\",\"size_bytes\":900}}]\n").as_bytes()).unwrap();
        stream
    };
    let folders =
        |server: &Server| server.program.folder.path().join("temporary").read_dir().unwrap().count();
    let whole = upload_of(&[("a.json", json!([trace("t-1", "hello")]).to_string().as_bytes())]);

    let server = patient(HOUR_MS);
    let host = server.own_host();
    let mut stalled = vec![begin(&server), begin(&server)];
    until("both have a place", || (folders(&server) == 2).then_some(()));
    std::thread::scope(|scope| {
        let third = scope.spawn(|| server.send("POST /api/import", &[("Host", &host)], &whole));
        assert!(is_served(&server), "only uploads wait");
        assert_eq!(folders(&server), 2);
        stalled.pop();
        assert_eq!(third.join().unwrap().status, 200, "it has waited for a place");
    });

    let server = patient(100);
    let _stalled = [begin(&server), begin(&server), begin(&server)];
    let host = server.own_host();
    assert_eq!(server.send("POST /api/import", &[("Host", &host)], &whole).status, 200);
}

#[test]
fn a_page_too_many_is_told_to_close_some() {
    let server = Server::start();
    let mut pages: Vec<_> = (0..32)
        .map(|_| {
            let mut page = server.listen();
            assert!(page.next().is_some(), "the first notice comes at once");
            page
        })
        .collect();
    let more = server.get("/api/notices");
    assert!(more.status == 503 && more.body.contains("32 pages listen already"), "{more:?}");
    pages.pop();
    until("its place is free", || {
        let mut answer = String::new();
        let request = format!("GET /api/notices HTTP/1.1\r\nHost: {}\r\n\r\n", server.own_host());
        let mut stream = server.stream();
        stream.write_all(request.as_bytes()).unwrap();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer.contains(" 200 ").then_some(())
    });
}

fn ticket(server: &Server) -> u64 {
    let headers = [("Host", &*server.own_host()), ("Content-Type", "application/json")];
    let body = json!({ "trace_ids": [], "filter": "" }).to_string();
    let answer = server.send("POST /api/export", &headers, body.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.parse().unwrap()
}

#[test]
fn the_oldest_of_many_downloads_can_not_be_had_any_more() {
    let server = Server::start();
    server.program.import(&json!([trace("t-1", "hello")]));
    let tickets: Vec<u64> = (0..17).map(|_| ticket(&server)).collect();
    assert_eq!(server.get(&format!("/api/download/{}", tickets[0])).status, 404);
    assert_eq!(server.get(&format!("/api/download/{}", tickets[1])).status, 200);
    assert_eq!(server.get(&format!("/api/download/{}", tickets[1])).status, 404, "once");
    for odd in ["-1", "99999999999999999999999", "1.0", "x"] {
        assert!([400, 404].contains(&server.get(&format!("/api/download/{odd}")).status), "{odd}");
    }
}

#[test]
fn what_became_of_a_download_is_told_by_its_ticket() {
    let server = Server::start();
    server.program.import(&json!([trace("t-1", "send it to someone@example.org")]));
    let mut settings = server.call("settings_get", &json!({})).1;
    settings["masking"]["masks_emails"] = json!(true);
    assert_eq!(server.call("settings_set", &settings).0, 200);
    let ticket = ticket(&server);
    let outcome = || {
        let answer = server.get(&format!("/api/download/{ticket}/outcome"));
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()
    };
    let fetched = server.get(&format!("/api/download/{ticket}"));
    assert!(fetched.body.contains("[masked:email]"), "{fetched:?}");
    let written = outcome();
    assert_eq!(written["state"], "written", "{written}");
    assert_eq!(written["written"]["traces"], 1);
    assert!(written["written"]["masked"].as_array().unwrap().iter().any(|each| each["kind"] == "email"));
    assert_eq!(outcome(), written, "as often as it is asked");
    assert_eq!(server.get("/api/download/99/outcome").status, 404);
}

#[test]
fn a_browser_that_does_not_read_its_file_holds_nothing_else_up() {
    let server = patient(HOUR_MS);
    let noise: String = (0..24u32 << 20)
        .scan(1u32, |seed, _| {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 17;
            *seed ^= *seed << 5;
            Some(char::from(b'a' + (*seed % 26) as u8))
        })
        .collect();
    let large = json!([trace("t-1", &noise)]).to_string();
    let mut notices = server.listen();
    let host = server.own_host();
    let upload = upload_of(&[("a.json", large.as_bytes())]);
    assert_eq!(server.send("POST /api/import", &[("Host", &host)], &upload).status, 200);
    server.wait_for_import(&mut notices);
    let begin = || {
        let request = format!("GET /api/download/{}", ticket(&server));
        let mut reader = BufReader::new(server.connect(&request, &[("Host", &host)], None));
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.contains(" 200 "), "{line}");
        reader
    };
    let mut stalled: Vec<_> = (0..2).map(|_| begin()).collect();
    for _ in 0..10 {
        assert!(is_served(&server), "commands have threads of their own");
    }
    let more = server.get(&format!("/api/download/{}", ticket(&server)));
    assert!(more.status == 503 && more.body.contains("2 files are being saved"), "{more:?}");
    stalled.pop();
    let waiting = ticket(&server);
    until("its place is free", || {
        (server.get(&format!("/api/download/{waiting}")).status == 200).then_some(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn commands_past_the_limit_wait_for_a_thread() {
    let server = Server::start();
    let host = server.own_host();
    let theirs = rusqlite::Connection::open(server.program.folder.path().join("traces.db")).unwrap();
    theirs.execute_batch("BEGIN IMMEDIATE").unwrap();
    let settings = server.call("settings_get", &json!({})).1.to_string();
    let head = [("Host", host.as_str())];
    let ask = || server.send("POST /api/call/settings_set", &head, settings.as_bytes()).status;
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..40).map(|_| scope.spawn(ask)).collect();
        theirs.execute_batch("ROLLBACK").unwrap();
        for one in asked {
            assert_eq!(one.join().unwrap(), 200, "each is answered in its turn");
        }
    });
    // Threads stay for some seconds after their work: those there ever were are those there are.
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.child.id())).unwrap();
    let name =
        |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
    let threads = tasks.flatten().map(name).filter(|name| name.starts_with("tokio-")).count();
    assert!((3..=2 + 8).contains(&threads), "{threads} threads");
}
