//! Preferences that are stored in this browser: theme and time zone. Nothing else is stored, and nothing is sent anywhere.

use super::browser;
use crate::replay::{Theme, TimeZone};
use crate::scenario::Window;
use crate::units::UtcMs;

const THEME: &str = "theme";
const TIME_ZONE: &str = "time-zone";

pub fn theme() -> Theme {
    match browser::stored(THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Shows and stores a theme.
pub fn apply_theme(theme: Theme) {
    show_theme(theme);
    browser::store(THEME, name(theme).unwrap_or("system"));
}

/// Shows a theme.
pub fn show_theme(theme: Theme) {
    browser::set_root_attribute("data-theme", name(theme));
}

fn name(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    }
}

/// Whether a theme is dark, given the system's colour scheme.
pub fn is_dark(theme: Theme) -> bool {
    match theme {
        Theme::System => browser::media(browser::DARK),
        Theme::Light => false,
        Theme::Dark => true,
    }
}

/// The next theme in the button's cycle.
pub fn next_theme(theme: Theme) -> Theme {
    match theme {
        Theme::System => Theme::Light,
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::System,
    }
}

/// The stored time zone, with its offsets in the window.
pub fn time_zone(window: &Window) -> TimeZone {
    match browser::stored(TIME_ZONE).as_deref() {
        Some("local") => local(window),
        _ => TimeZone::Utc,
    }
}

pub fn remember_time_zone(time_zone: TimeZone) {
    let name = match time_zone {
        TimeZone::Utc => "utc",
        TimeZone::Local { .. } => "local",
    };
    browser::store(TIME_ZONE, name);
}

/// The reader's own time zone in the window, in which clocks may be changed once.
pub fn local(window: &Window) -> TimeZone {
    let offset_min = browser::local_offset_min(window.from);
    let later_min = browser::local_offset_min(window.until);
    let (mut before, mut after) = (window.from.0, window.until.0);
    // To the minute, on which clocks are changed.
    while offset_min != later_min && after - before > 60_000 {
        let middle = before + (after - before) / 120_000 * 60_000;
        if browser::local_offset_min(UtcMs(middle)) == offset_min { before = middle } else { after = middle }
    }
    TimeZone::Local { offset_min, change: (offset_min != later_min).then_some((UtcMs(after), later_min)) }
}
