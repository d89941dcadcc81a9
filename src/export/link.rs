//! Links into the replay.

use std::fmt;
use std::str::FromStr;

use crate::replay::{Address, AddressTime};
use crate::scenario::{Scenario, WhatIf};
use crate::units::UtcMs;

/// Longest address that browsers and tools accept.
const LENGTH_MAX: usize = 2000;

/// The address at which the replay is published.
///
/// Invariant: it begins with `http://` or `https://`, has no fragment, and contains only characters that need no escaping in
/// Markdown, HTML, CSV and YAML.
#[derive(Clone, PartialEq, Debug)]
pub struct BaseUrl(String);

/// Error: the text is not the address of a replay.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "\"{}\" is not an address of a replay: write http:// or https://, a host and a path, without quotes, brackets, spaces or #, and no full stop at its end",
    crate::plain::quoted(.0)
)]
pub struct NotABaseUrl(pub String);

impl FromStr for BaseUrl {
    type Err = NotABaseUrl;

    fn from_str(text: &str) -> Result<Self, NotABaseUrl> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?@!$&*+,;=%".contains(c);
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let has_host = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        // Of the sentence it was copied from.
        let ends_well = !text.ends_with(['.', ',', ';', ':', '!', '?']);
        if !has_host || !ends_well || text.len() > LENGTH_MAX || !text.chars().all(allowed) {
            return Err(NotABaseUrl(text.to_owned()));
        }
        // A folder's address gets a trailing slash; that of a page or with a query is complete.
        let path = rest.unwrap_or_default();
        let is_complete = path.ends_with('/') || path.contains('?') || (path.contains('/') && path.ends_with(".html"));
        let page = if is_complete { text.to_owned() } else { format!("{text}/") };
        Ok(Self(page))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl BaseUrl {
    /// The address of a moment of the scenario's run, with what a what-if changes; `None` outside the window.
    pub(super) fn at(&self, scenario: &Scenario, at: UtcMs) -> Option<String> {
        let window = [scenario.window.from, scenario.window.until];
        let is_inside = window[0] <= at && at <= window[1];
        let WhatIf { settings, seed, .. } = scenario.what_if.clone();
        let address = Address { at: Some(AddressTime::of(at, window)), seed, changes: settings, ..Address::default() };
        is_inside.then(|| format!("{}#{}", self.0, address.parts().1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed_to_a_folder() {
        for (text, base) in [
            ("https://example.org", "https://example.org/"),
            ("https://example.org/replay", "https://example.org/replay/"),
            ("http://localhost:8080/", "http://localhost:8080/"),
            ("https://example.org/a/index.html", "https://example.org/a/index.html"),
            ("https://example.org/?theme=dark", "https://example.org/?theme=dark"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().map(|base| base.to_string()), Ok(base.to_owned()));
        }
    }

    #[test]
    fn what_could_break_out_of_a_link_is_no_address() {
        let long = format!("https://example.org/{}", "a".repeat(LENGTH_MAX));
        for text in [
            "javascript:alert(1)",
            "//example.org",
            "https://",
            "https://a b",
            "https://a/)",
            "https://a/\"",
            "https://a.example/replay.",
            &long,
        ] {
            assert_eq!(text.parse::<BaseUrl>(), Err(NotABaseUrl(text.to_owned())));
        }
        for text in ["https://a/<b>", "https://a/#v=1", "https://a/'", "https://a/|", "https://a/\n", ""] {
            assert!(text.parse::<BaseUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_the_time_of_day_and_further_days_are_written_out() {
        let mut scenario = Scenario::bundled();
        let base: BaseUrl = "https://example.org/r".parse().expect("an address");
        let at = |text: &str| text.parse::<UtcMs>().expect("a time");
        let link = |scenario: &Scenario, text| base.at(scenario, at(text));
        let some = |fragment: &str| Some(format!("https://example.org/r/{fragment}"));
        assert_eq!(link(&scenario, "2024-08-15T12:30:00Z"), some("#v=1&t=12:30"));
        assert_eq!(link(&scenario, "2024-08-15T10:59:45Z"), some("#v=1&t=10:59:45"));
        assert_eq!(link(&scenario, "2024-08-14T12:30:00Z"), None);
        // The first half past midnight in the window; on a further day the time alone would mean the first.
        scenario.window.until = at("2024-08-16T14:00:00Z");
        assert_eq!(link(&scenario, "2024-08-16T00:30:00Z"), some("#v=1&t=00:30"));
        assert_eq!(link(&scenario, "2024-08-16T12:30:00Z"), some("#v=1&t=2024-08-16T12:30:00Z"));
    }

    #[test]
    fn links_lead_to_the_run_they_were_made_from() {
        let base = "https://example.org/".parse::<BaseUrl>().expect("an address");
        let at = "2024-08-15T12:30:00Z".parse().expect("a time");
        let setting = "actions.patch.at=12:00".parse().expect("a setting");
        let scenario = Scenario::bundled().with(&[setting]).expect("valid").with_seed(21);
        let link = base.at(&scenario, at);
        assert_eq!(link.as_deref(), Some("https://example.org/#v=1&t=12:30&seed=21&actions.patch.at=12:00"));
    }
}
