//! An HTML writer.
//!
//! Invariant: markup comes from literals of this program; all other text is escaped for content and quoted attributes.

use std::fmt::{Display, Write as _};

use crate::export::push_html;

/// The HTML written so far.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Writes markup.
    pub fn raw(&mut self, literal: &'static str) -> &mut Self {
        self.0.push_str(literal);
        self
    }

    /// Writes text or the value of a quoted attribute, escaped.
    pub fn text(&mut self, text: impl Display) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(Escaping(&mut self.0), "{text}");
        self
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

struct Escaping<'a>(&'a mut String);

impl std::fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        push_html(self.0, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_literals_are_markup() {
        let mut html = Markup::default();
        html.raw("<b title=\"").text("a \"b\" & 'c'").raw("\">").text(format_args!("1 < {}", 2)).raw("</b>");
        assert_eq!(html.into_string(), "<b title=\"a &quot;b&quot; &amp; &#39;c&#39;\">1 &lt; 2</b>");
    }
}
