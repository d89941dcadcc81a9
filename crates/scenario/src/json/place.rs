//! Converts between places in a JSON text: the path at an offset, and the offset of a path. serde_json reports only lines
//! and columns.
//!
//! Invariant: a malformed text gives some place in it, never a panic.

use super::Step;

/// The byte offset of a line and column; both from 1 and in bytes, as serde_json counts them.
pub(super) fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column).min(text.len())
}

/// Line and column (from 1, in bytes) of an offset.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    (line, offset - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1) + 1)
}

/// The path to the value or field name in which the first `offset` bytes end, and the offset at which it begins.
pub(super) fn place_at(text: &str, offset: usize) -> (Vec<Step>, usize) {
    let mut walk = Walk::new(text);
    let mut last = walk.place();
    while let Some(token) = walk.next_token() {
        if walk.start >= offset.max(1) {
            break;
        }
        // The end of a list or an object is a place inside it.
        if !(token == Token::Close && walk.at >= offset) {
            last = walk.place();
        }
    }
    last
}

/// Line and column (from 1) at which the value at `path` begins; where the text does not contain it, those of the nearest
/// enclosing value.
pub(crate) fn position_of(text: &str, path: &[Step]) -> (usize, usize) {
    let mut walk = Walk::new(text);
    let (mut deepest, mut found) = (0, 0);
    let mut is_first = true;
    while let Some(token) = walk.next_token() {
        let (at, start) = walk.place();
        let is_value = matches!(token, Token::Open | Token::Scalar);
        if is_value && path.starts_with(&at) && (is_first || at.len() > deepest) {
            (deepest, found, is_first) = (at.len(), start, false);
        }
    }
    line_and_column(text, found)
}

/// An object or list whose end has not been reached.
struct Level {
    start: usize,
    is_object: bool,
    /// The name of the field that was read last, or the number of the entry.
    step: Option<Step>,
    expects_name: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    /// The beginning of an object or a list.
    Open,
    Close,
    Name,
    Scalar,
    Comma,
}

/// Goes over a text token by token.
struct Walk<'a> {
    text: &'a str,
    levels: Vec<Level>,
    /// Where the token begins, and where it ends.
    start: usize,
    at: usize,
    token: Token,
    /// Where the list or object began that the token closes.
    closed_start: usize,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, levels: Vec::new(), start: 0, at: 0, token: Token::Comma, closed_start: 0 }
    }

    /// The path to the token, and where its value begins.
    fn place(&self) -> (Vec<Step>, usize) {
        let is_open = self.token == Token::Open;
        let levels = self.levels.len() - usize::from(is_open);
        let path = self.levels[..levels].iter().filter_map(|level| level.step.clone()).collect();
        (path, if self.token == Token::Close { self.closed_start } else { self.start })
    }

    fn next_token(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        let blank = bytes[self.at..].iter().take_while(|byte| b" \t\r\n:".contains(byte)).count();
        self.start = self.at + blank;
        let byte = *bytes.get(self.start)?;
        self.at = self.start + 1;
        self.token = match byte {
            b',' => {
                if let Some(level) = self.levels.last_mut() {
                    level.expects_name = level.is_object;
                    level.step = match level.step.take() {
                        Some(Step::Index(index)) => Some(Step::Index(index + 1)),
                        _ => None,
                    };
                }
                Token::Comma
            }
            b'{' | b'[' => {
                let is_object = byte == b'{';
                let step = (!is_object).then_some(Step::Index(0));
                self.levels.push(Level { start: self.start, is_object, step, expects_name: is_object });
                Token::Open
            }
            b'}' | b']' => {
                self.closed_start = self.levels.pop().map_or(self.start, |level| level.start);
                Token::Close
            }
            b'"' => self.string(),
            _ => {
                let rest = &bytes[self.at..];
                let length = rest.iter().position(|byte| b" \t\r\n,:]}[{\"".contains(byte));
                self.at += length.unwrap_or(rest.len());
                Token::Scalar
            }
        };
        Some(self.token)
    }

    fn string(&mut self) -> Token {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(bytes.len());
        let Some(level) = self.levels.last_mut().filter(|level| level.expects_name) else {
            return Token::Scalar;
        };
        let name = self.text.get(self.start..self.at).and_then(|name| serde_json::from_str(name).ok());
        level.step = Some(Step::Key(name.unwrap_or_default()));
        level.expects_name = false;
        Token::Name
    }
}
