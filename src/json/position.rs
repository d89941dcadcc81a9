//! Finds where in a text the value of a path begins.

use serde_json::Value;

use super::{Step, tree};

/// Line and column (from 1) at which the value at the end of `path` begins in a JSON text that is known to be well-formed;
/// of the nearest enclosing value when the path itself is not written down.
pub(crate) fn position_of(text: &str, path: &[Step]) -> (usize, usize) {
    let mut cursor = Cursor { text: text.as_bytes(), at: 0 };
    cursor.blank();
    let mut found = cursor.at;
    for step in path {
        if !cursor.descend(step) {
            break;
        }
        found = cursor.at;
    }
    let before = &text[..found];
    let line = before.matches('\n').count() + 1;
    (line, before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1)
}

/// A reader that walks over well-formed JSON without building it.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn blank(&mut self) {
        while self.peek().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        while self.at < self.text.len() && self.peek() != b'"' {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        match tree::parse(std::str::from_utf8(self.text.get(start..self.at)?).ok()?) {
            Ok(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn skip(&mut self) {
        let mut depth = 0;
        while self.at < self.text.len() {
            match self.peek() {
                b'"' => {
                    self.string();
                    if depth == 0 {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                }
                b',' if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Goes to the start of the value below; false, with the cursor anywhere, when it is not there.
    fn descend(&mut self, step: &Step) -> bool {
        let is_object = self.peek() == b'{';
        if !is_object && self.peek() != b'[' {
            return false;
        }
        self.at += 1;
        let mut index = 0;
        loop {
            self.blank();
            if matches!(self.peek(), b'}' | b']' | 0) {
                return false;
            }
            let key = if is_object { self.string().map(Step::Key) } else { Some(Step::Index(index)) };
            if is_object {
                self.blank();
                self.at += 1;
                self.blank();
            }
            if key.as_ref() == Some(step) {
                return true;
            }
            self.skip();
            self.blank();
            if self.peek() == b',' {
                self.at += 1;
            }
            index += 1;
        }
    }
}
