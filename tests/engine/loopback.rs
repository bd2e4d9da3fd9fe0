//! Which requests listeners answer, by host and origin.

use engine::loopback;
use http::{Request, Version};

fn request(uri: &str, version: Version, headers: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().uri(uri).version(version);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

fn is_answered(uri: &str, version: Version, headers: &[(&str, &str)]) -> bool {
    loopback::check(&request(uri, version, headers), 4318).is_ok()
}

#[test]
fn only_this_machines_own_names_with_the_own_port_are_answered() {
    for host in ["localhost:4318", "127.0.0.1:4318", "[::1]:4318"] {
        assert!(is_answered("/", Version::HTTP_11, &[("host", host)]), "{host}");
        assert!(is_answered(&format!("http://{host}/"), Version::HTTP_2, &[]), "{host}");
    }
    let foreign = [
        "localhost",
        "localhost:4317",
        "127.0.0.1",
        "evil.example:4318",
        "localhost.evil.example:4318",
        "localhost:4318.evil.example",
        "127.0.0.2:4318",
        "user@localhost:4318",
        "",
    ];
    for host in foreign {
        assert!(!is_answered("/", Version::HTTP_11, &[("host", host)]), "{host}");
        if !host.is_empty() {
            assert!(!is_answered(&format!("http://{host}/"), Version::HTTP_2, &[]), "{host}");
        }
    }
    assert!(!is_answered("/", Version::HTTP_11, &[]), "no host");
    assert!(!is_answered("http://localhost:4318/", Version::HTTP_11, &[]), "HTTP/1 has a header for it");
    let two = [("host", "localhost:4318"), ("host", "localhost:4318")];
    assert!(!is_answered("/", Version::HTTP_11, &two), "two hosts");
    let host = [("host", "localhost:4318")];
    assert!(!is_answered("http://evil.example:4318/", Version::HTTP_11, &host), "another in the address");
    assert!(!is_answered("http://evil.example:4318/", Version::HTTP_2, &host), "another in the address");
}

#[test]
fn the_default_port_need_not_be_named() {
    let named = |host| request("/", Version::HTTP_11, &[("host", host)]);
    assert!(loopback::check(&named("localhost"), 80).is_ok());
    assert!(loopback::check(&named("localhost:80"), 80).is_ok());
}

#[test]
fn only_the_listeners_own_pages_are_answered() {
    let from =
        |origin: &str| is_answered("/", Version::HTTP_11, &[("host", "localhost:4318"), ("origin", origin)]);
    assert!(from("http://localhost:4318"));
    for origin in [
        "http://127.0.0.1:4318",
        "https://localhost:4318",
        "http://localhost:3000",
        "http://evil.example",
        "null",
        "",
    ] {
        assert!(!from(origin), "{origin}");
    }
    for (site, is_foreign) in
        [("same-origin", false), ("none", false), ("same-site", true), ("cross-site", true)]
    {
        let request = request("/", Version::HTTP_11, &[("sec-fetch-site", site)]);
        assert_eq!(loopback::is_cross_site(request.headers()), is_foreign, "{site}");
    }
}
