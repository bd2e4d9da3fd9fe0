//! Addresses in traces are hostile: what may be opened is short to say.

use engine::links::may_open;

#[test]
fn web_pages_and_mail_may_be_opened_and_nothing_else() {
    for address in [
        "https://example.com/a?b=c#d",
        "HTTP://127.0.0.1:8080/",
        "https://xn--bcher-kva.example/%20",
        "mailto:a@b.example",
    ] {
        assert!(may_open(address), "{address}");
    }
    let long = format!("https://example.com/{}", "a".repeat(10_000));
    for address in [
        "",
        "https:",
        "https://",
        "http:///etc",
        "//example.com",
        "example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "smb://host/share",
        "ms-settings:",
        "-https://example.com",
        "https ://example.com",
        "https://exa mple.com",
        "https://example.com/\n",
        "https://example.com/\"&calc&\"",
        "https://b\u{fc}cher.example/",
        "mailto:",
        "vbscript:x",
        "tracellm://trace/1",
        &long,
    ] {
        assert!(!may_open(address), "{address}");
    }
}
