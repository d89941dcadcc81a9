//! Escapes text of a scenario for each kind of output.
//!
//! Invariant: escaped text is displayed as the original text, and nothing in it acts as markup, formula, template or link.

/// The text on one line, without control and bidirectional formatting characters.
pub(super) fn plain(text: &str) -> String {
    let visible = |c: &char| !is_steering(*c) || c.is_whitespace();
    let text: String = text.chars().filter(visible).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is invisible and may be interpreted or rejected by programs.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Appends text, escaped for HTML content and quoted attributes.
pub(crate) fn push_html(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

/// Escapes for HTML content and quoted attributes.
#[must_use]
pub fn html(text: &str) -> String {
    let mut html = String::new();
    push_html(&mut html, &plain(text));
    html
}

/// Escapes for a table cell: spreadsheets interpret a cell that begins like a formula, however it is quoted.
pub(super) fn cell(text: &str) -> String {
    let begins_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠');
    // Some programs ignore leading spaces.
    let acts = text.starts_with(begins_formula) || text.trim_start().starts_with(begins_formula);
    if acts { format!("'{text}") } else { text.to_owned() }
}

/// Escapes for Prometheus annotations, which are Go templates.
pub(super) fn template(text: &str) -> String {
    plain(text).replace("{{", "{{ \"{{\" }}")
}

/// Escapes for Markdown: CommonMark, and the extensions of GitHub and Jekyll (tables, mathematics, bare addresses, Liquid).
pub(super) fn markdown(text: &str) -> String {
    let text = plain(text);
    let mut markdown = String::with_capacity(text.len() + 8);
    // At the start of a line, a sign or number followed by a space begins a list or underlines a heading.
    let opens = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (at, letter) in text.char_indices() {
        match letter {
            '&' => markdown.push_str("&amp;"),
            '<' => markdown.push_str("&lt;"),
            '>' => markdown.push_str("&gt;"),
            '{' => markdown.push_str("&#123;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '^' => {
                markdown.push('\\');
                markdown.push(letter);
            }
            '+' | '-' | '=' | ':' if at == 0 && opens(&text[1..]) => {
                markdown.push('\\');
                markdown.push(letter);
            }
            '.' | ')' if at == digits && at > 0 && opens(&text[at + 1..]) => {
                markdown.push('\\');
                markdown.push(letter);
            }
            // Many hosts turn bare addresses into links.
            '/' if text[..at].ends_with(':') => markdown.push_str("\\/"),
            '.' if text[..at].to_ascii_lowercase().ends_with("www") => markdown.push_str("\\."),
            other => markdown.push(other),
        }
    }
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_one_line_of_what_can_be_seen() {
        assert_eq!(plain(" a\r\n\tb\u{0}c \u{202e}d\u{7f}\u{2028} e "), "a bc d e");
        assert_eq!(plain("60 % of users"), "60 % of users");
    }

    #[test]
    fn formulas_become_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("a = b"), "a = b");
    }

    #[test]
    fn templates_do_not_run() {
        assert_eq!(template("{{ query \"up\" }}"), "{{ \"{{\" }} query \"up\" }}");
        assert_eq!(template("plain {x}"), "plain {x}");
    }

    #[test]
    fn sentences_stay_readable_in_markdown() {
        for text in
            ["11:05: the investigation starts, looking at CPU (and memory).", "59.8 % of users.", "-5.0 %", "a - b = c"]
        {
            assert_eq!(markdown(text), text);
        }
        assert_eq!(
            markdown("12. [x](javascript:1) <b> | {{ y }}"),
            "12\\. \\[x\\](javascript:1) &lt;b&gt; \\| &#123;&#123; y }}"
        );
        assert_eq!(markdown("https://a.b www.c.d"), "https:\\//a.b www\\.c.d");
    }
}
