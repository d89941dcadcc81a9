//! Source code as HTML, line by line, with highlighted differences between two versions and simple syntax colours.
//!
//! Invariant: the text itself is unchanged.

use yew::prelude::*;

/// A line of code and whether it differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Number, from 1.
    pub number: usize,
    pub text: String,
    /// Whether the line is missing in the other version.
    pub changed: bool,
}

/// Both versions, line by line. Comments and names paired by `renames` do not count as differences.
pub fn compare(left: &str, right: &str, renames: &[(&str, &str)]) -> (Vec<Line>, Vec<Line>) {
    let renamed = |text: &str| renames.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let left_lines: Vec<String> = left.lines().map(renamed).collect();
    let right_lines: Vec<String> = right.lines().map(str::to_owned).collect();
    let kept = common(&left_lines, &right_lines);
    let lines = |source: &str, is_kept: &dyn Fn(usize) -> bool| {
        let line = |(index, text): (usize, &str)| Line {
            number: index + 1,
            text: text.to_owned(),
            changed: !is_kept(index) && !text.trim_start().starts_with("//") && !text.trim().is_empty(),
        };
        source.lines().enumerate().map(line).collect()
    };
    (
        lines(left, &|index| kept.iter().any(|(left, _)| *left == index)),
        lines(right, &|index| kept.iter().any(|(_, right)| *right == index)),
    )
}

/// Indexes of a longest common subsequence.
fn common(left: &[String], right: &[String]) -> Vec<(usize, usize)> {
    let mut length = vec![vec![0_usize; right.len() + 1]; left.len() + 1];
    for l in (0..left.len()).rev() {
        for r in (0..right.len()).rev() {
            length[l][r] =
                if left[l] == right[r] { length[l + 1][r + 1] + 1 } else { length[l + 1][r].max(length[l][r + 1]) };
        }
    }
    let (mut l, mut r, mut pairs) = (0, 0, Vec::new());
    while l < left.len() && r < right.len() {
        if left[l] == right[r] {
            pairs.push((l, r));
            (l, r) = (l + 1, r + 1);
        } else if length[l + 1][r] >= length[l][r + 1] {
            l += 1;
        } else {
            r += 1;
        }
    }
    pairs
}

const KEYWORDS: &[&str] = &["fn", "for", "impl", "let", "match", "mut", "pub", "self", "struct", "super", "use"];

/// A line of Rust with its comments and keywords marked.
pub fn highlight(text: &str) -> Html {
    if text.trim_start().starts_with("//") {
        return html! { <span class="code-comment">{ text.to_owned() }</span> };
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let in_word = is_word(first);
        let end = rest.find(|c: char| is_word(c) != in_word).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let class = if KEYWORDS.contains(&part) {
            Some("code-keyword")
        } else if in_word && first.is_ascii_uppercase() {
            Some("code-type")
        } else {
            None
        };
        parts.push(match class {
            Some(class) => html! { <span {class}>{ part.to_owned() }</span> },
            None => html! { { part.to_owned() } },
        });
        rest = after;
    }
    html! { <>{ for parts }</> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(lines: &[Line]) -> Vec<&str> {
        lines.iter().filter(|line| line.changed).map(|line| line.text.trim()).collect()
    }

    #[test]
    fn names_and_comments_are_no_difference() {
        let (left, right) = compare(
            "// old\nimpl Faulty {\n    keep();\n}\n",
            "// new\nimpl Fixed {\n    end();\n    keep();\n}\n",
            &[("Faulty", "Fixed")],
        );
        assert_eq!(changed(&left), Vec::<&str>::new());
        assert_eq!(changed(&right), ["end();"]);
    }

    #[test]
    fn the_releases_differ_where_the_session_ends() {
        use crate::model::session::{FAULTY_SOURCE, FIXED_SOURCE};
        let (faulty, fixed) = compare(FAULTY_SOURCE, FIXED_SOURCE, &[("Faulty", "Fixed")]);
        assert!(changed(&faulty).iter().any(|line| line.contains("return")), "{faulty:?}");
        assert!(changed(&fixed).iter().all(|line| !line.contains("return")), "{fixed:?}");
        let ends = |lines: &[Line]| lines.iter().filter(|line| line.text.contains("store.terminate")).count();
        assert_eq!((ends(&faulty), ends(&fixed)), (1, 1), "both terminate, one of them on every path");
    }
}
