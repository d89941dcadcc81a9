//! Formats values for axes and readouts.

/// The unit of a chart's values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A share of one, shown in percent.
    Percent,
    /// Seconds, shown in milliseconds below one.
    Seconds,
    /// A count.
    Count,
    /// Counts per second.
    PerSecond,
}

impl Unit {
    /// A value in a readout: `43.2 %`, `350 ms`, `9.2 s`, `93.4 k`, `8.6 /s`.
    #[must_use]
    pub fn value(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{} %", trimmed(value * 100.0, 1)),
            Self::Seconds if value.abs() < 0.0995 => format!("{} ms", trimmed(value * 1000.0, 1)),
            Self::Seconds if value.abs() < 0.9995 => format!("{:.0} ms", value * 1000.0),
            Self::Seconds => format!("{value:.1} s"),
            Self::Count => count(value, 1),
            Self::PerSecond => format!("{value:.1} /s"),
        }
    }

    /// A value as an axis label: as short as possible without rounding, always with its unit.
    #[must_use]
    pub fn tick(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{} %", shortest(value * 100.0)),
            Self::Seconds if value.abs() < 0.9995 && value != 0.0 => format!("{} ms", shortest(value * 1000.0)),
            Self::Seconds => format!("{} s", shortest(value)),
            Self::Count if value.abs() >= 1000.0 => format!("{} k", shortest(value / 1000.0)),
            Self::Count => shortest(value),
            Self::PerSecond => format!("{} /s", shortest(value)),
        }
    }

    /// The bare number for a table or an export, in the unit of [`Unit::heading`].
    #[must_use]
    pub fn number(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{:.1}", value * 100.0),
            Self::Seconds => format!("{value:.3}"),
            Self::Count => format!("{value:.0}"),
            Self::PerSecond => format!("{value:.1}"),
        }
    }

    /// The unit of [`Unit::number`]; empty for counts.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::Seconds => "s",
            Self::Count => "",
            Self::PerSecond => "/s",
        }
    }
}

/// A count: `7`, `1,204`, `93.4 k`, `1.62 M`.
#[must_use]
pub fn count(value: f64, decimals: usize) -> String {
    let size = value.abs();
    if size >= 999_950.0 {
        format!("{:.2} M", value / 1e6)
    } else if size >= 9_999.5 {
        format!("{} k", trimmed(value / 1000.0, decimals))
    } else if size >= 999.5 {
        format!("{},{:03.0}", (value.round() / 1000.0).trunc(), value.round().abs() % 1000.0)
    } else {
        trimmed(value, if value.fract().abs() < 0.05 { 0 } else { decimals })
    }
}

/// With a number of decimals, never `-0`.
fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    if is_zero { text.trim_start_matches('-').to_owned() } else { text }
}

/// As many decimals (at most three) as the value needs.
fn shortest(value: f64) -> String {
    let text = trimmed(value, 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readouts_keep_what_readers_need() {
        for (unit, value, text) in [
            (Unit::Percent, 0.4321, "43.2 %"),
            (Unit::Percent, -0.00001, "0.0 %"),
            (Unit::Percent, 1.0, "100.0 %"),
            (Unit::Seconds, 0.0123, "12.3 ms"),
            (Unit::Seconds, 0.35, "350 ms"),
            (Unit::Seconds, 0.9996, "1.0 s"),
            (Unit::Seconds, 28.44, "28.4 s"),
            (Unit::Count, 7.0, "7"),
            (Unit::Count, 0.5, "0.5"),
            (Unit::Count, 1204.4, "1,204"),
            (Unit::Count, 9999.0, "9,999"),
            (Unit::Count, 93_412.0, "93.4 k"),
            (Unit::Count, 1_620_000.0, "1.62 M"),
            (Unit::PerSecond, 8.64, "8.6 /s"),
        ] {
            assert_eq!(unit.value(value), text);
        }
    }

    #[test]
    fn axis_labels_are_short_and_carry_their_unit() {
        for (unit, value, text) in [
            (Unit::Percent, 0.25, "25 %"),
            (Unit::Percent, 0.025, "2.5 %"),
            (Unit::Seconds, 0.1, "100 ms"),
            (Unit::Seconds, 0.0, "0 s"),
            (Unit::Seconds, 10.0, "10 s"),
            (Unit::Count, 0.0, "0"),
            (Unit::Count, 20_000.0, "20 k"),
            (Unit::Count, 2_500.0, "2.5 k"),
            (Unit::PerSecond, 5.0, "5 /s"),
        ] {
            assert_eq!(unit.tick(value), text);
        }
    }
}
