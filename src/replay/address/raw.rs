//! The parameters in the text of an address, also as mail programs, chats and trackers leave it: encoded as a whole or in
//! part, with `&amp;` for `&`, with the punctuation of the sentence it stood in, with parameters of others.
//!
//! Invariant: an address as the program writes it is split at its `&` and nothing else.

use percent_encoding::percent_decode_str;

/// Most times that an address may have been encoded over again.
const ENCODED_TIMES_MAX: usize = 3;
/// What may be left before the name of a parameter: of `&amp;` and `&#38;`, and of `#!`, `#/`, `#?`.
const LEFT_BEFORE: [&str; 8] = ["amp;", "#38;", "#038;", "#x26;", "!", "/", "?", "#"];
/// What may follow a link in a sentence.
const PUNCTUATION: &[char] =
    &['.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'', '*', '_', '’', '”', '»', '…', ' '];

/// Where a parameter stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Query,
    Hash,
}

/// A parameter, percent-encoded as it was found: `t=12:30`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    pub text: String,
    pub place: Place,
}

/// The parameters of query and hash, both without `?` and `#`. `is_known` says of a name whether it is one of ours.
pub(super) fn parts(query: &str, hash: &str, is_known: &dyn Fn(&str) -> bool) -> Vec<Part> {
    let query = unwrapped(query);
    let hash = unwrapped(hash.split(":~:").next().unwrap_or_default());
    let (query, hash_in_query) = split_hash(&query, is_known);
    let mut parts = Vec::new();
    for (text, place) in [(query, Place::Query), (hash_in_query, Place::Hash), (hash, Place::Hash)] {
        if text.contains('=') {
            text.split('&').for_each(|piece| push(&mut parts, piece, place, is_known, 0));
        }
    }
    parts
}

/// The value without the punctuation of a sentence; `None` where there is none. A bracket that the value opens is its own.
pub(super) fn without_punctuation(value: &str) -> Option<&str> {
    let trimmed = value.trim_end_matches(|c| PUNCTUATION.contains(&c) && !(c == ']' && value.contains('[')));
    (trimmed.len() < value.len() && !trimmed.is_empty()).then_some(trimmed)
}

/// Whether a hash has parameters, rather than the id of a section.
pub(super) fn has_parameters(hash: &str) -> bool {
    unwrapped(hash).contains('=')
}

/// The text, decoded until it has a `=`.
fn unwrapped(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..ENCODED_TIMES_MAX {
        if text.contains('=') || !text.contains('%') {
            break;
        }
        let Ok(decoded) = percent_decode_str(&text).decode_utf8() else { break };
        text = decoded.into_owned();
    }
    text
}

/// A query whose hash was encoded with it: `embed=1%23v=1`. A parameter of others may contain an encoded `#`.
fn split_hash(query: &str, is_known: &dyn Fn(&str) -> bool) -> (String, String) {
    for (at, _) in query.match_indices("%23") {
        let rest = unwrapped(&query[at + 3..]);
        let name = rest.split('=').next().unwrap_or_default();
        if rest.contains('=') && is_known(name) {
            return (query[..at].to_owned(), rest);
        }
    }
    (query.to_owned(), String::new())
}

fn push(parts: &mut Vec<Part>, piece: &str, place: Place, is_known: &dyn Fn(&str) -> bool, depth: usize) {
    let mut piece = piece;
    while let Some(rest) = LEFT_BEFORE.iter().find_map(|left| piece.strip_prefix(left)) {
        piece = rest;
    }
    if piece.is_empty() {
        return;
    }
    let text = unwrapped(piece);
    // Several parameters whose `&` was encoded: `t=12:30%26seed=7`.
    let hidden = ["%26", "&"].iter().find_map(|sign| {
        text.match_indices(sign).find(|(at, _)| {
            let rest = unwrapped(&text[at + sign.len()..]);
            rest.contains('=') && is_known(rest.split('=').next().unwrap_or_default())
        })
    });
    match hidden.filter(|_| depth < 100) {
        Some((at, sign)) => {
            let rest = unwrapped(&text[at + sign.len()..]);
            parts.push(Part { text: text[..at].to_owned(), place });
            push(parts, &rest, place, is_known, depth + 1);
        }
        None => parts.push(Part { text: if text.contains('&') { piece.to_owned() } else { text }, place }),
    }
}
