//! The desktop's notifications: of a followed run that failed or drags on, while the window is not in front.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use engine::api;
use engine::api::dto::StoreSummary;
use engine::deceptive::is_deceptive;
use engine::engine::Engine;
use engine::live::RunAlert;
use engine::model::Alert;
use notify_rust::{Notification, NotificationResponse};
use tauri::{AppHandle, Emitter, Manager};

use crate::current::Current;
use crate::window;

/// Tells the page to show a trace; its id goes with it.
const OPEN_TRACE: &str = "open_trace";
/// Letters of a name and of a reason that are shown.
const SHOWN_LETTERS: usize = 160;
/// Notifications that are waited for to be clicked, a thread each; further ones are shown and forgotten.
const MOST_WAITED_FOR: usize = 8;

/// Passes the engine's alerts on to the desktop until the engine closes. A desktop that shows none is no reason to fail:
/// the list marks these runs as well.
pub(crate) fn start(app: &AppHandle, engine: &Arc<Engine>) {
    let notices = engine.subscribe();
    let engine = Arc::downgrade(engine);
    let app = app.clone();
    let forward = move || {
        let desktop = Arc::new(Desktop::default());
        for notice in notices {
            if notice.alerts.is_empty() || window::is_focused(&app) {
                continue;
            }
            for alert in notice.alerts {
                desktop.show(&app, &engine, alert);
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("alerts".into()).spawn(forward) {
        log::warn!("there will be no notifications: a thread can't be started: {error}");
    }
}

/// Says, before there is a window, that it opens later: a large store of an older version is copied and brought up to date first.
pub(crate) fn tell_of_upgrade(store: &Path) {
    // Smaller ones take a moment.
    const LARGE_BYTES: u64 = 200_000_000;
    let is_large = |found: &StoreSummary| found.is_older && found.bytes > LARGE_BYTES;
    let Some(found) = api::store_summary(store).ok().filter(is_large) else { return };
    let megabytes = found.bytes / 1_000_000;
    log::info!("a store of {megabytes} MB is brought up to date");
    let show = move || {
        let shown = Notification::new()
            .appname("TraceLLM Explorer")
            .summary("The database is brought up to date")
            .body(&format!(
                "It is copied first ({megabytes} MB), so that an older version can be gone back to. The window opens when that is done."
            ))
            .icon("tracellm-explorer")
            .show();
        if let Err(error) = shown {
            log::warn!("the desktop shows no notifications: {error}");
        }
    };
    let _ = std::thread::Builder::new().name("notification".into()).spawn(show);
}

/// Whatever shows notifications here.
#[derive(Default)]
struct Desktop {
    has_refused: AtomicBool,
    waited_for: AtomicUsize,
}

impl Desktop {
    /// Shows a notification without waiting for the desktop; a click on it opens the trace.
    fn show(self: &Arc<Self>, app: &AppHandle, engine: &Weak<Engine>, alert: RunAlert) {
        let desktop = self.clone();
        let (app, engine) = (app.clone(), engine.clone());
        let show = move || match note(&alert).show() {
            Err(error) => desktop.refused(&error),
            Ok(shown) if desktop.waited_for.fetch_add(1, Ordering::AcqRel) < MOST_WAITED_FOR => {
                let waited = shown.wait_for_response(|response: &NotificationResponse| {
                    if !matches!(response, NotificationResponse::Closed(_)) {
                        open(&app, &engine, alert.trace_id);
                    }
                });
                desktop.waited_for.fetch_sub(1, Ordering::AcqRel);
                if let Err(error) = waited {
                    desktop.refused(&error);
                }
            }
            Ok(_) => {
                desktop.waited_for.fetch_sub(1, Ordering::AcqRel);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("notification".into()).spawn(show) {
            log::warn!("a notification could not be shown: a thread can't be started: {error}");
        }
    }

    /// Notes once that the desktop shows nothing; it will not do so the next time either.
    fn refused(&self, error: &notify_rust::error::Error) {
        if !self.has_refused.swap(true, Ordering::AcqRel) {
            log::warn!("the desktop shows no notifications: {error}");
        }
    }
}

fn note(alert: &RunAlert) -> Notification {
    let what = match alert.alert {
        Alert::Failed => "A run failed",
        Alert::Slow => "A run is slow",
    };
    let name = plain(if alert.name.is_empty() { "Unnamed" } else { &alert.name });
    let body = match &alert.reason {
        Some(reason) => format!("{name}\n{}", plain(reason)),
        None => name,
    };
    Notification::new()
        .appname("TraceLLM Explorer")
        .summary(what)
        .body(&body)
        .icon("tracellm-explorer")
        .action("default", "Open")
        .finalize()
}

/// Text of a trace as a desktop may show it: on one line, not too long, and without what some read as markup, or what turns the
/// direction of the text beside it.
fn plain(text: &str) -> String {
    let mut plain: String = text
        .chars()
        .map(|letter| match letter {
            '<' => '‹',
            '>' => '›',
            '&' => '＆',
            letter if is_deceptive(letter) => ' ',
            letter => letter,
        })
        .take(SHOWN_LETTERS + 1)
        .collect();
    if plain.chars().count() > SHOWN_LETTERS {
        plain.pop();
        plain.push('…');
    }
    plain
}

/// Opens a trace of the store that `engine` is on; where another is open by now, it would be another trace.
fn open(app: &AppHandle, engine: &Weak<Engine>, trace_id: i64) {
    window::bring_forward(app);
    if !app.state::<Current>().is(engine) {
        return;
    }
    if let Err(error) = app.emit_to(window::MAIN, OPEN_TRACE, trace_id) {
        log::warn!("the page could not be told to open a trace: {error}");
    }
}
