//! Markdown in the making.
//!
//! Invariant: markup is a literal of this program; everything else is escaped text.

use std::fmt::{Display, Write as _};

use super::super::text::markdown;

/// A piece of Markdown.
#[derive(Default)]
pub(super) struct Document(String);

impl Document {
    /// Writes markup.
    pub fn raw(&mut self, literal: &'static str) -> &mut Self {
        self.0.push_str(literal);
        self
    }

    /// Writes text.
    pub fn text(&mut self, text: impl Display) -> &mut Self {
        self.0.push_str(&markdown(&text.to_string()));
        self
    }

    /// Writes text as code.
    pub fn code(&mut self, text: impl Display) -> &mut Self {
        // Nothing can be escaped within code, so what would end it is left out.
        let text = super::super::text::plain(&text.to_string()).replace(['`', '|'], "");
        // Writing into a string does not fail.
        let _ = write!(self.0, "`{text}`");
        self
    }

    /// Writes text that leads to `target`, an address without brackets and spaces; without a target plain text.
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

    /// A picture that lies beside the document.
    pub fn picture(&mut self, description: impl Display, path: &str) -> &mut Self {
        self.raw("!").link(description, Some(path)).raw("\n\n")
    }

    /// The head of a table.
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

    /// A row of text.
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
