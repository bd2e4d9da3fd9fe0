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
        "localhost:4318@evil.example",
        "LOCALHOST:4318",
        "localhost.:4318",
        "localhost:+4318",
        "localhost:04318",
        "localhost: 4318",
        "localhost:4318 ",
        "127.1:4318",
        "0.0.0.0:4318",
        "2130706433:4318",
        "::1:4318",
        "[::1%lo]:4318",
        "[0:0:0:0:0:0:0:1]:4318",
        "[::ffff:127.0.0.1]:4318",
        "localhost:4318,evil.example",
        "",
    ];
    for host in foreign {
        assert!(!is_answered("/", Version::HTTP_11, &[("host", host)]), "{host}");
        // What is no address at all is refused before.
        let uri = format!("http://{host}/");
        if uri.parse::<http::Uri>().is_ok() {
            assert!(!is_answered(&uri, Version::HTTP_2, &[]), "{host}");
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
        "http://localhost:4318.evil.example",
        "http://evil.example/http://localhost:4318",
        "http://localhost:4318/",
        "http://user@localhost:4318",
        "HTTP://localhost:4318",
        "localhost:4318",
        "null",
        "",
    ] {
        assert!(!from(origin), "{origin}");
    }
    // Two of them, of which one is ours.
    let two =
        [("host", "localhost:4318"), ("origin", "http://localhost:4318"), ("origin", "http://evil.example")];
    assert!(!is_answered("/", Version::HTTP_11, &two));
    for (site, is_foreign) in
        [("same-origin", false), ("none", false), ("same-site", true), ("cross-site", true)]
    {
        let request = request("/", Version::HTTP_11, &[("sec-fetch-site", site)]);
        assert_eq!(loopback::is_cross_site(request.headers()), is_foreign, "{site}");
    }
}

#[test]
fn a_seat_is_given_up_by_who_has_nothing_to_do_and_kept_by_who_has() {
    use engine::loopback::Seats;
    use std::time::Duration;

    let seats = Seats::new(3, Duration::ZERO);
    let [first, second, third] = [(); 3].map(|()| seats.take().unwrap());
    let is_lost = |seat: &engine::loopback::Seat| {
        let mut lost = std::pin::pin!(seat.lost());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        lost.as_mut().poll(&mut context).is_ready()
    };
    let work = first.work();
    let fourth = seats.take().unwrap();
    assert!(is_lost(&second) && !is_lost(&first), "the one that has had nothing to do for longest");
    drop(second);
    drop(work);
    let fifth = seats.take().unwrap();
    assert!(is_lost(&third) && !is_lost(&first), "one that was at something has sat idle for less long");
    let works = [first.work(), fourth.work(), fifth.work()];
    assert!(seats.take().is_none(), "all have something to do");
    drop(works);
    drop((first, fourth, fifth));
    let patient = Seats::new(1, Duration::from_secs(3_600));
    let only = patient.take().unwrap();
    assert!(patient.take().is_none() && !is_lost(&only), "it has only just come");
    drop(only);
    assert!(patient.take().is_some(), "a seat that was left is free");
}
