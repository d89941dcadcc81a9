//! Text from others: read whatever its encoding, and quoted so that it can neither flood nor rewrite a terminal or a page.

/// Most characters that a message repeats of a value.
const QUOTE_CHARS_MAX: usize = 80;
/// Most characters of a message, of which the first and the last are kept.
const MESSAGE_CHARS_MAX: usize = 4000;

/// Why bytes are no text.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotText {
    /// Neither UTF-8 nor UTF-16 with its mark.
    #[error("byte {position} is not UTF-8, as if it were saved in Latin-1 or Windows-1252: save it as UTF-8")]
    OtherEncoding {
        /// Position of the first such byte, from 1.
        position: usize,
    },
    /// UTF-16 that ends or is paired wrongly.
    #[error("it begins like UTF-16, but is not: save it as UTF-8")]
    BrokenUtf16,
}

/// The text of a file in UTF-8, or in UTF-16 with its mark, without the mark.
///
/// # Errors
/// It is in another encoding.
pub fn decoded(bytes: &[u8]) -> Result<String, NotText> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, odd) = rest.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        let text = odd.is_empty().then(|| String::from_utf16(&units).ok()).flatten();
        text.ok_or(NotText::BrokenUtf16)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => match std::str::from_utf8(rest) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let position = bytes.len() - rest.len() + error.valid_up_to() + 1;
                Err(NotText::OtherEncoding { position })
            }
        },
    }
}

/// A value as a message may repeat it: its beginning, with control characters, and marks that change the direction of writing
/// or cannot be seen, written out.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quote = String::new();
    for (index, letter) in text.chars().enumerate() {
        if index == QUOTE_CHARS_MAX {
            quote.push('…');
            break;
        }
        push_safe(&mut quote, letter);
    }
    quote
}

/// A message that repeats text of others: the same characters are written out, and the middle of a long one is left out.
#[must_use]
pub fn harmless(message: &str) -> String {
    let length = message.chars().count();
    let kept = MESSAGE_CHARS_MAX / 2;
    let mut safe = String::new();
    for (index, letter) in message.chars().enumerate() {
        if length <= MESSAGE_CHARS_MAX || index < kept || index >= length - kept {
            push_safe(&mut safe, letter);
        } else if index == kept {
            safe.push_str(" … ");
        }
    }
    safe
}

fn push_safe(text: &mut String, letter: char) {
    if is_unsafe(letter) { text.extend(letter.escape_unicode()) } else { text.push(letter) }
}

fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_is_read_or_named() {
        let text = "Größe \u{1f600}";
        let utf16 = |unit: fn(u16) -> [u8; 2], mark: u16| -> Vec<u8> {
            std::iter::once(mark).chain(text.encode_utf16()).flat_map(unit).collect()
        };
        let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in
            [text.as_bytes().to_vec(), with_mark, utf16(u16::to_le_bytes, 0xfeff), utf16(u16::to_be_bytes, 0xfeff)]
        {
            assert_eq!(decoded(&bytes).as_deref(), Ok(text));
        }
        assert_eq!(decoded(b"Gr\xf6\xdfe"), Err(NotText::OtherEncoding { position: 3 }));
        assert_eq!(decoded(b"\xff\xfea"), Err(NotText::BrokenUtf16));
        assert_eq!(decoded(b""), Ok(String::new()));
    }

    #[test]
    fn a_quote_can_neither_rewrite_nor_flood() {
        let quote = quoted("a\u{1b}[2Jb\u{202e}c\u{0}\r\u{200b}\u{2066}d\u{9b}");
        assert_eq!(quote, "a\\u{1b}[2Jb\\u{202e}c\\u{0}\\u{d}\\u{200b}\\u{2066}d\\u{9b}");
        assert_eq!(quoted(&"x".repeat(100_000)).chars().count(), QUOTE_CHARS_MAX + 1);
        assert_eq!(quoted("Größe 漢字 🙂"), "Größe 漢字 🙂");
        let message = harmless(&format!("unknown field `{}\u{1b}`, expected `a`", "x".repeat(100_000)));
        assert!(
            message.starts_with("unknown field `xxx") && message.ends_with("xxx\\u{1b}`, expected `a`"),
            "{message}"
        );
        assert!(message.chars().count() < MESSAGE_CHARS_MAX + 20);
    }
}
