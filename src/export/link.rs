//! Links into the replay.

use std::fmt;
use std::str::FromStr;

use crate::scenario::Scenario;
use crate::units::UtcMs;

/// Longest address that browsers and tools agree on.
const LENGTH_MAX: usize = 2000;

/// The address at which the replay is published.
///
/// Invariant: it begins with `http://` or `https://` and has only characters that need no quoting in Markdown, HTML, CSV
/// and YAML, and no fragment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaseUrl(String);

/// Why a text is no address of a replay.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{0:?} is not an address of a replay: write http:// or https://, a host and a path, without quotes, brackets, spaces or #"
)]
pub struct NotABaseUrl(pub String);

impl FromStr for BaseUrl {
    type Err = NotABaseUrl;

    fn from_str(text: &str) -> Result<Self, NotABaseUrl> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?@!$&*+,;=%".contains(c);
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let has_host = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        if !has_host || text.len() > LENGTH_MAX || !text.chars().all(allowed) {
            return Err(NotABaseUrl(text.to_owned()));
        }
        // A folder's address ends with a slash; that of a page or with a query is complete.
        let path = rest.unwrap_or_default();
        let is_complete = path.ends_with('/') || path.contains('?') || (path.contains('/') && path.ends_with(".html"));
        Ok(Self(if is_complete { text.to_owned() } else { format!("{text}/") }))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl BaseUrl {
    /// The replay at a moment; `None` outside of its window.
    pub(super) fn at(&self, scenario: &Scenario, at: UtcMs) -> Option<String> {
        let window = &scenario.window;
        (window.from <= at && at <= window.until).then(|| format!("{self}{}", fragment(window.from, at)))
    }
}

/// The state of the replay at a moment, as it stands in an address.
fn fragment(from: UtcMs, at: UtcMs) -> String {
    let clock = if at.ms_of_day() % 60_000 == 0 { at.hh_mm() } else { at.hh_mm_ss() };
    // A time of day means the day on which the window begins.
    let is_first_day = from.same_day_at(&at.hh_mm()).is_some_and(|same| (at.0 - same.0).abs() < 60_000);
    if is_first_day { format!("#v=1&t={clock}") } else { format!("#v=1&t={at}") }
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
        for text in
            ["javascript:alert(1)", "//example.org", "https://", "https://a b", "https://a/)", "https://a/\"", &long]
        {
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
        scenario.window.until = at("2024-08-16T02:00:00Z");
        assert_eq!(link(&scenario, "2024-08-16T00:30:00Z"), some("#v=1&t=2024-08-16T00:30:00Z"));
    }
}
