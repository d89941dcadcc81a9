//! Colours by name, the same here as in `static/css/tokens.css`. The page draws with the style sheet's values; SVG and tests
//! use these.
//!
//! Invariant: on the card, every drawing token has a contrast of at least 3:1 and text at least 4.5:1, in both themes.

/// The name of a colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColourToken {
    Bg,
    /// Background of charts.
    Card,
    /// Text.
    Ink,
    /// Muted text.
    Ink2,
    /// Thin decorative lines.
    Line,
    /// The playhead, and neutral highlights.
    Accent,
    /// Harm: failed, leaked.
    Bad,
    /// Warning: slow, pending.
    Warn,
    /// Good: fast, young.
    Good,
    /// Further series, 1 to 8, without a meaning of their own.
    Series(u8),
}

impl ColourToken {
    /// Every token, in the order of [`Palette`].
    pub const ALL: [Self; 17] = [
        Self::Bg,
        Self::Card,
        Self::Ink,
        Self::Ink2,
        Self::Line,
        Self::Accent,
        Self::Bad,
        Self::Warn,
        Self::Good,
        Self::Series(1),
        Self::Series(2),
        Self::Series(3),
        Self::Series(4),
        Self::Series(5),
        Self::Series(6),
        Self::Series(7),
        Self::Series(8),
    ];

    /// The name in custom properties (`--bad`) and class names, without hyphens.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Bg => "bg",
            Self::Card => "card",
            Self::Ink => "ink",
            Self::Ink2 => "ink-2",
            Self::Line => "line",
            Self::Accent => "accent",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Good => "good",
            Self::Series(1) => "series-1",
            Self::Series(2) => "series-2",
            Self::Series(3) => "series-3",
            Self::Series(4) => "series-4",
            Self::Series(5) => "series-5",
            Self::Series(6) => "series-6",
            Self::Series(7) => "series-7",
            Self::Series(_) => "series-8",
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Series(number) => 8 + usize::from(number.clamp(1, 8)),
            other => Self::ALL.iter().position(|token| *token == other).unwrap_or(0),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    const fn hex(code: u32) -> Self {
        Self((code >> 16) as u8, (code >> 8) as u8, code as u8)
    }

    /// Reads `#rrggbb`, `#rgb`, `rgb(r, g, b)` or `rgb(r g b)`.
    #[must_use]
    pub fn parse(css: &str) -> Option<Self> {
        let css = css.trim();
        if let Some(digits) = css.strip_prefix('#') {
            let code = u32::from_str_radix(digits, 16).ok()?;
            return match digits.len() {
                6 => Some(Self::hex(code)),
                3 => Some(Self::hex((code >> 8 & 15) * 0x11_0000 + (code >> 4 & 15) * 0x1100 + (code & 15) * 0x11)),
                _ => None,
            };
        }
        let inner = css.strip_prefix("rgb(")?.strip_suffix(')')?;
        let mut parts = inner.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse::<u8>().ok());
        match (parts.next()??, parts.next()??, parts.next()??, parts.next()) {
            (red, green, blue, None) => Some(Self(red, green, blue)),
            _ => None,
        }
    }

    /// Relative luminance as WCAG 2 defines it, 0 to 1.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast ratio as WCAG 2 defines it, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// A colour for every token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Palette([Rgb; ColourToken::ALL.len()]);

impl Palette {
    pub const LIGHT: Self = Self([
        Rgb::hex(0xf4f6f8),
        Rgb::hex(0xffffff),
        Rgb::hex(0x16202b),
        Rgb::hex(0x556372),
        Rgb::hex(0xe1e6eb),
        Rgb::hex(0x0a66b0),
        Rgb::hex(0xc4320f),
        Rgb::hex(0x8f5700),
        Rgb::hex(0x08724f),
        Rgb::hex(0xc4320f),
        Rgb::hex(0x0a66b0),
        Rgb::hex(0x08724f),
        Rgb::hex(0x8f5700),
        Rgb::hex(0x7a3fb0),
        Rgb::hex(0xb8347a),
        Rgb::hex(0x4a6272),
        Rgb::hex(0x6b6a00),
    ]);

    pub const DARK: Self = Self([
        Rgb::hex(0x0d1218),
        Rgb::hex(0x161d25),
        Rgb::hex(0xe8edf2),
        Rgb::hex(0x98a5b3),
        Rgb::hex(0x29333e),
        Rgb::hex(0x5cb0f2),
        Rgb::hex(0xff7a52),
        Rgb::hex(0xf0a33c),
        Rgb::hex(0x33c79c),
        Rgb::hex(0xff7a52),
        Rgb::hex(0x5cb0f2),
        Rgb::hex(0x33c79c),
        Rgb::hex(0xf0a33c),
        Rgb::hex(0xb794f6),
        Rgb::hex(0xf278b4),
        Rgb::hex(0x93a9ba),
        Rgb::hex(0xc9c44a),
    ]);

    /// The colour of a token.
    #[must_use]
    pub fn get(&self, token: ColourToken) -> Rgb {
        self.0[token.index()]
    }

    /// The palette of a style sheet; `property` returns the value of a custom property such as `--bad`. Missing or invalid
    /// values come from the built-in theme with the same card.
    #[must_use]
    pub fn from_css(property: impl Fn(&str) -> String) -> Self {
        let read = |token: ColourToken| Rgb::parse(&property(&format!("--{}", token.id())));
        let is_dark = read(ColourToken::Card).is_some_and(|card| card.luminance() < 0.2);
        let mut palette = if is_dark { Self::DARK } else { Self::LIGHT };
        for token in ColourToken::ALL {
            if let Some(colour) = read(token) {
                palette.0[token.index()] = colour;
            }
        }
        palette
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_style_sheets_write_them() {
        for text in ["#c4320a", " #C4320A ", "rgb(196, 50, 10)", "rgb(196 50 10)"] {
            assert_eq!(Rgb::parse(text), Some(Rgb(196, 50, 10)), "{text}");
        }
        assert_eq!(Rgb::parse("#fa0"), Some(Rgb(255, 170, 0)));
        for text in ["", "red", "#12", "#gggggg", "rgb(1, 2)", "rgb(1, 2, 300)", "rgb(1 2 3 4)"] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_is_as_wcag_computes_it() {
        assert!((Rgb(0, 0, 0).contrast(Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
        assert!((Rgb(119, 119, 119).contrast(Rgb(255, 255, 255)) - 4.48).abs() < 0.01);
    }

    #[test]
    fn what_draws_stands_out_from_the_card_in_both_themes() {
        for palette in [Palette::LIGHT, Palette::DARK] {
            for token in ColourToken::ALL {
                let least = match token {
                    ColourToken::Bg | ColourToken::Card | ColourToken::Line => continue,
                    ColourToken::Ink | ColourToken::Ink2 => 4.5,
                    _ => 3.0,
                };
                let contrast = palette.get(token).contrast(palette.get(ColourToken::Card));
                assert!(contrast >= least, "{} has only {contrast:.2}", token.id());
            }
        }
    }

    /// Custom properties with a colour in a block of the style sheet.
    fn block(sheet: &str, start: &str) -> std::collections::BTreeMap<String, Rgb> {
        let (_, rest) = sheet.split_once(start).unwrap_or_else(|| panic!("no {start} in tokens.css"));
        let (block, _) = rest.split_once('}').unwrap();
        let lines = block.lines().filter_map(|line| line.trim().strip_suffix(';')?.split_once(':'));
        lines.filter_map(|(name, value)| Some((name.to_owned(), Rgb::parse(value)?))).collect()
    }

    #[test]
    fn the_style_sheet_has_the_same_values() {
        let sheet = include_str!("../../static/css/tokens.css");
        for (start, palette) in [
            ("\n:root {", Palette::LIGHT),
            (":root:not([data-theme=\"light\"]) {", Palette::DARK),
            (":root[data-theme=\"dark\"] {", Palette::DARK),
        ] {
            let values = block(sheet, start);
            for token in ColourToken::ALL {
                let name = format!("--{}", token.id());
                assert_eq!(values.get(&name), Some(&palette.get(token)), "{name} in {start}");
            }
        }
    }

    #[test]
    fn every_token_has_a_place_of_its_own() {
        for (index, token) in ColourToken::ALL.into_iter().enumerate() {
            assert_eq!(token.index(), index);
        }
    }

    #[test]
    fn a_style_sheet_overrides_and_its_card_chooses_the_theme() {
        let palette = Palette::from_css(|name| match name {
            "--card" => "#101010".to_owned(),
            "--bad" => " rgb(255, 0, 0)".to_owned(),
            _ => String::new(),
        });
        assert_eq!(palette.get(ColourToken::Bad), Rgb(255, 0, 0));
        assert_eq!(palette.get(ColourToken::Good), Palette::DARK.get(ColourToken::Good));
        assert_eq!(Palette::from_css(|_| String::new()), Palette::LIGHT);
    }
}
