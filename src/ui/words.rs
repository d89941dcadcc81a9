//! Words and signs that several parts of the page share.

use yew::prelude::*;

use crate::recording::ClaimVerdict;
use crate::replay::Source;

/// Seconds of playback as words: "3 min 15 s".
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.round() as i64;
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// A whole number with separators of thousands: "48,210".
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A whole number with a sign where it is negative: "−1,200".
pub fn whole(number: i64) -> String {
    format!("{}{}", if number < 0 { "\u{2212}" } else { "" }, thousands(number.unsigned_abs()))
}

/// A share in whole percent: "98 %". Shares close to 0 or 1 are not rounded to them.
pub fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent > 99.0 && percent < 99.95 {
        return format!("{:.1} %", (percent * 10.0).floor() / 10.0);
    }
    format!("{percent:.0} %")
}

/// The sign of a verdict; always shown with its word.
pub fn verdict_sign(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Holds => "✓",
        ClaimVerdict::Fails => "✗",
        ClaimVerdict::NotRun | ClaimVerdict::Pending => "…",
    }
}

pub fn verdict_word(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Holds => "holds",
        ClaimVerdict::Fails => "does not hold",
        ClaimVerdict::NotRun => "being checked",
        ClaimVerdict::Pending => "not decided yet",
    }
}

pub fn verdict_class(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Holds => "is-holding",
        ClaimVerdict::Fails => "is-failing",
        ClaimVerdict::NotRun | ClaimVerdict::Pending => "is-open",
    }
}

/// A text in which pieces between backticks are code.
pub fn with_code(text: &str) -> Html {
    // Every second piece stands between two of them; a single one stays what it is.
    let pieces: Vec<&str> = text.split('`').collect();
    let is_paired = pieces.len() % 2 == 1;
    html! {
        { for pieces.into_iter().enumerate().map(|(index, piece)| match index % 2 == 1 && is_paired {
            true => html! { <code>{ piece.to_owned() }</code> },
            false => html! { { piece.to_owned() } },
        }) }
    }
}

/// A text for a live region: different from what was said before, since what does not change is not said.
pub fn again(before: &str, text: String) -> String {
    if before == text && !text.is_empty() { format!("{text}\u{a0}") } else { text }
}

/// A badge: reported, simulated or assumed.
pub fn badge(source: Source) -> Html {
    html! { <span class={classes!("badge", format!("badge-{}", source.word()))}>{ source.word() }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_leave_out_what_is_nothing() {
        assert_eq!([duration(12.4), duration(180.0), duration(195.0)], ["12 s", "3 min", "3 min 15 s"]);
    }

    #[test]
    fn what_is_said_again_is_new() {
        let twice = again("Copied", "Copied".to_owned());
        assert_ne!(twice, "Copied");
        assert_eq!(twice.trim(), "Copied");
        assert_eq!(again(&twice, "Copied".to_owned()), "Copied");
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1000, 48_210, 1_234_567].map(thousands), ["0", "999", "1,000", "48,210", "1,234,567"]);
    }

    #[test]
    fn nearly_full_is_not_full() {
        assert_eq!([0.0, 0.994, 0.997, 0.9999, 1.0].map(percent), ["0 %", "99.4 %", "99.7 %", "100 %", "100 %"]);
    }
}
