//! Numbers in words, for sentences.
//!
//! Invariant: a figure is rounded to the nearest share or time that has a name.

/// A number in words up to twelve, then in digits.
pub(super) fn count(number: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(number).map_or_else(|| thousands(number as u64), |word| (*word).to_owned())
}

/// "six of eight instances", "all eight instances", "none of the eight instances", "the only instance".
pub(super) fn part_of(part: usize, whole: usize, noun: &str) -> String {
    match (part, whole) {
        (1, 1) => format!("the only {noun}"),
        (0, _) => format!("none of the {} {}", count(whole), nouns(whole, noun)),
        (part, whole) if part == whole => format!("all {} {}", count(whole), nouns(whole, noun)),
        _ => format!("{} of {} {}", count(part), count(whole), nouns(whole, noun)),
    }
}

/// "one instance", "two instances".
pub(super) fn counted(number: usize, noun: &str) -> String {
    format!("{} {}", count(number), nouns(number, noun))
}

/// The noun in the singular or plural.
pub(crate) fn nouns(number: usize, noun: &str) -> String {
    if number == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// With a capital first letter.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| std::iter::once(first.to_ascii_uppercase()).chain(letters).collect())
}

/// A share of some people, which a verb may follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct People {
    text: String,
    /// The text without the noun, for use after another share.
    again: String,
    plural: bool,
}

impl People {
    /// The share followed by its verb: "one user in three waits", "two users in five wait".
    pub fn who(&self, one: &str, many: &str) -> String {
        format!("{} {}", self.text, if self.plural { many } else { one })
    }

    /// The same after `first`, without its noun: "two in five wait", "as many wait".
    pub fn who_else(&self, first: &Self, one: &str, many: &str) -> String {
        let again = if self == first { "as many" } else { &self.again };
        format!("{again} {}", if self.plural || self == first { many } else { one })
    }
}

/// Shares of people that have a name, ascending: numerator and denominator.
const PEOPLE: [(usize, usize); 15] = [
    (1, 10),
    (1, 8),
    (1, 6),
    (1, 5),
    (1, 4),
    (3, 10),
    (1, 3),
    (2, 5),
    (1, 2),
    (3, 5),
    (2, 3),
    (7, 10),
    (3, 4),
    (4, 5),
    (9, 10),
];

/// A share of people: "one user in three", "two users in five", "one user in 20", "nearly every user". `None` below one in
/// 300.
pub(super) fn people(ratio: f64, noun: &str) -> Option<People> {
    if ratio.is_nan() || ratio < 1.0 / 300.0 {
        return None;
    }
    if ratio > 0.95 {
        let text = format!("nearly every {noun}");
        return Some(People { again: text.clone(), text, plural: false });
    }
    if ratio < 0.09 {
        const WHOLES: [f64; 11] = [12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 75.0, 100.0, 150.0, 250.0];
        let whole = nearest(WHOLES.into_iter(), |whole| 1.0 / whole, ratio).unwrap_or(100.0);
        let whole = count(whole as usize);
        return Some(People {
            text: format!("one {noun} in {whole}"),
            again: format!("one in {whole}"),
            plural: false,
        });
    }
    let (part, whole) = nearest(PEOPLE.into_iter(), |(part, whole)| part as f64 / whole as f64, ratio)?;
    Some(match (part, whole) {
        (1, 2) => People { text: format!("half of the {}", nouns(2, noun)), again: "half".to_owned(), plural: true },
        _ => People {
            text: format!("{} in {}", counted(part, noun), count(whole)),
            again: format!("{} in {}", count(part), count(whole)),
            plural: part > 1,
        },
    })
}

/// A share of a time or a whole: "a third", "two thirds", "nearly all". `None` below a twentieth.
pub(super) fn portion(ratio: f64) -> Option<&'static str> {
    const PORTIONS: [(f64, &str); 11] = [
        (0.1, "a tenth"),
        (0.2, "a fifth"),
        (0.25, "a quarter"),
        (1.0 / 3.0, "a third"),
        (0.4, "two fifths"),
        (0.5, "half"),
        (0.6, "three fifths"),
        (2.0 / 3.0, "two thirds"),
        (0.75, "three quarters"),
        (0.8, "four fifths"),
        (0.9, "nine tenths"),
    ];
    if ratio.is_nan() || ratio < 0.05 {
        return None;
    }
    if ratio > 0.95 {
        return Some("nearly all");
    }
    nearest(PORTIONS.into_iter(), |(value, _)| value, ratio).map(|(_, name)| name)
}

fn nearest<T: Copy>(all: impl Iterator<Item = T>, value: impl Fn(T) -> f64, wanted: f64) -> Option<T> {
    all.min_by(|one, other| (value(*one) - wanted).abs().total_cmp(&(value(*other) - wanted).abs()))
}

/// A duration in prose, rounded to five minutes above twenty minutes and to a quarter of an hour above one hour: "an hour
/// and a half", "twelve minutes".
pub(super) fn time_in_prose(minutes: f64) -> String {
    if minutes < 20.0 {
        return counted(minutes.round().max(0.0) as usize, "minute");
    }
    let fives = (minutes / 5.0).round() as usize;
    if fives < 12 {
        return match fives {
            4 => "twenty minutes".to_owned(),
            6 => "half an hour".to_owned(),
            9 => "three quarters of an hour".to_owned(),
            _ => format!("{} minutes", fives * 5),
        };
    }
    let quarters = (minutes / 15.0).round() as usize;
    let (hours, rest) = (quarters / 4, quarters % 4);
    match (hours, rest) {
        (1, 0) => "an hour".to_owned(),
        (1, _) => format!("an hour and {}", ["", "a quarter", "a half", "three quarters"][rest]),
        (hours, 0) => format!("{} hours", count(hours)),
        (hours, _) => format!("{} and {} hours", count(hours), ["", "a quarter", "a half", "three quarter"][rest]),
    }
}

/// A duration in digits: "45 s", "25 min", "2 h 30 min".
pub(crate) fn time_in_figures(minutes: f64) -> String {
    let seconds = (minutes * 60.0).round().max(0.0) as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) if seconds > 0 => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) if minutes < 10 => format!("{minutes} min {seconds} s"),
        (0, minutes, seconds) => format!("{} min", minutes + u64::from(seconds >= 30)),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// Rounded to three digits; more would suggest false precision.
pub(crate) fn rounded(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 1000 {
        unit *= 10;
    }
    (number + unit / 2) / unit * unit
}

/// Whole numbers with commas: "48,210".
pub(crate) fn thousands(number: u64) -> String {
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

/// "43 %"; "0 %" only for nothing.
pub(super) fn percent(ratio: f64) -> String {
    let whole = (ratio * 100.0).round();
    if whole == 0.0 && ratio > 0.0 { "under 1 %".to_owned() } else { format!("{whole} %") }
}

/// "98.9 %".
pub(crate) fn percent_fine(ratio: f64) -> String {
    format!("{:.1} %", ratio * 100.0)
}

/// Seconds in a fitting unit: "12 ms", "0.35 s", "9.2 s", "28 s".
pub(super) fn seconds(seconds: f64) -> String {
    if seconds < 0.0995 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 0.995 {
        format!("{seconds:.2} s")
    } else if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else {
        format!("{seconds:.0} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_words_up_to_twelve() {
        assert_eq!(count(0), "no");
        assert_eq!(count(8), "eight");
        assert_eq!(count(1234), "1,234");
        assert_eq!(part_of(6, 8, "instance"), "six of eight instances");
        assert_eq!(part_of(8, 8, "instance"), "all eight instances");
        assert_eq!(part_of(0, 8, "instance"), "none of the eight instances");
        assert_eq!(part_of(1, 1, "instance"), "the only instance");
    }

    #[test]
    fn shares_of_people_have_names() {
        let waits = |ratio| people(ratio, "user").map(|share| share.who("waits", "wait")).unwrap_or_default();
        assert_eq!(waits(0.001), "");
        assert_eq!(waits(0.01), "one user in 100 waits");
        assert_eq!(waits(0.051), "one user in 20 waits");
        assert_eq!(waits(0.34), "one user in three waits");
        assert_eq!(waits(0.43), "two users in five wait");
        assert_eq!(waits(0.52), "half of the users wait");
        assert_eq!(waits(0.97), "nearly every user waits");
        assert_eq!(waits(f64::NAN), "");
        let first = people(0.33, "user").expect("a share");
        let too =
            |ratio| people(ratio, "user").map(|share| share.who_else(&first, "waits", "wait")).unwrap_or_default();
        assert_eq!(
            [0.2, 0.34, 0.4, 0.5].map(too),
            ["one in five waits", "as many wait", "two in five wait", "half wait"]
        );
    }

    #[test]
    fn times_read_well() {
        let prose = [0.4, 1.2, 12.0, 24.0, 31.0, 44.0, 58.0, 91.0, 104.0, 122.0, 150.0];
        let prose = prose.map(time_in_prose);
        assert_eq!(
            prose,
            [
                "no minutes",
                "one minute",
                "twelve minutes",
                "25 minutes",
                "half an hour",
                "three quarters of an hour",
                "an hour",
                "an hour and a half",
                "an hour and three quarters",
                "two hours",
                "two and a half hours"
            ]
        );
        let figures = [0.0, 0.25, 3.5, 25.0, 60.0, 105.0].map(time_in_figures);
        assert_eq!(figures, ["0 min", "15 s", "3 min 30 s", "25 min", "1 h", "1 h 45 min"]);
    }

    #[test]
    fn figures_read_well() {
        assert_eq!([0, 999, 1000, 48_210, 1_000_000].map(thousands), ["0", "999", "1,000", "48,210", "1,000,000"]);
        assert_eq!([0.0, 0.001, 0.434].map(percent), ["0 %", "under 1 %", "43 %"]);
        assert_eq!([0.012, 0.354, 0.999, 9.22, 28.4].map(seconds), ["12 ms", "0.35 s", "1.0 s", "9.2 s", "28 s"]);
    }
}
