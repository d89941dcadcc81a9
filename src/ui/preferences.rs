//! Preferences that are stored in this browser: theme and time zone. Nothing else is stored, and nothing is sent anywhere.

use super::browser;
use crate::replay::{Theme, TimeZone};
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

/// The stored time zone, with its offset on the incident's day.
pub fn time_zone(at: UtcMs) -> TimeZone {
    match browser::stored(TIME_ZONE).as_deref() {
        Some("local") => local(at),
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

/// The reader's own time zone on the incident's day.
pub fn local(at: UtcMs) -> TimeZone {
    TimeZone::Local { offset_min: browser::local_offset_min(at) }
}
