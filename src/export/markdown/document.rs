//! A Markdown writer.
//!
//! Invariant: markup comes from literals of this program; all other text is escaped.

use std::fmt::{Display, Write as _};

use super::super::text::markdown;

/// The Markdown written so far.
#[derive(Default)]
pub(super) struct Document(String);

impl Document {
    pub fn raw(&mut self, literal: &'static str) -> &mut Self {
        self.0.push_str(literal);
        self
    }

    pub fn text(&mut self, text: impl Display) -> &mut Self {
        self.0.push_str(&markdown(&text.to_string()));
        self
    }

    /// Writes inline code.
    pub fn code(&mut self, text: impl Display) -> &mut Self {
        // Code cannot contain escapes, so characters that would end it are removed.
        let text = super::super::text::plain(&text.to_string()).replace(['`', '|'], "");
        // Writing to a string cannot fail.
        let _ = write!(self.0, "`{text}`");
        self
    }

    /// Writes text as a link to `target`, an address without brackets and spaces; without a target, plain text.
    pub fn link(&mut self, text: impl Display, target: Option<&str>) -> &mut Self {
        match target {
            None => self.text(text),
            Some(target) => {
                self.raw("[").text(text);
                let _ = write!(self.0, "]({target})");
                self
            }
        }
    }

    /// An image file beside the document.
    pub fn picture(&mut self, description: impl Display, path: &str) -> &mut Self {
        self.raw("!").link(description, Some(path)).raw("\n\n")
    }

    pub fn table<const N: usize>(&mut self, columns: [&'static str; N]) -> &mut Self {
        self.raw("|");
        for column in columns {
            self.raw(" ").raw(column).raw(" |");
        }
        self.raw("\n|");
        for _ in columns {
            self.raw(" --- |");
        }
        self.raw("\n")
    }

    pub fn row<const N: usize>(&mut self, cells: [&dyn Display; N]) -> &mut Self {
        self.raw("|");
        for cell in cells {
            self.raw(" ").text(cell).raw(" |");
        }
        self.raw("\n")
    }

    pub fn into_string(self) -> String {
        self.0
    }
}
