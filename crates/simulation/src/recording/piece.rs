//! A recording that grows, piece by piece: what has been added since the piece before, as bytes, and how a reader puts the
//! pieces together.
//!
//! Invariant: a reader that has taken every piece has the recording as it stands. Most columns only grow. Outcomes are filled
//! in later in the row of the second in which a user started, and in that of a sampled attempt: of these columns a piece holds
//! everything from the first value that has changed. Where instances are added, rows become longer, and everything is sent anew.

use serde::{Deserialize, Serialize};

use super::encode::ByteReader;
use super::{DecodeError, LogEntry, Meta, Recording};
use crate::json;

const MAGIC: &[u8; 8] = b"IRPIECE1";

/// Names of the columns of which values change after they were written.
const CHANGING: [&str; 8] =
    ["started_fast", "started_slow", "started_failed", "admitted_ms", "gateway_ms", "reply_ms", "ended_ms", "outcome"];

/// What a reader has of a recording.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    instances: u32,
    log: usize,
    /// Values of each column.
    lengths: Vec<usize>,
    /// The columns that change, as they were sent; empty for the others.
    copies: Vec<Vec<u32>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    meta: Meta,
    /// The entries that are new.
    log: Vec<LogEntry>,
    /// Whether it takes the place of everything before.
    whole: bool,
}

impl Recording {
    /// What has been added since `sent`, which is brought up to date.
    ///
    /// # Panics
    /// Never: the header has only string keys.
    #[must_use]
    pub fn piece(&self, sent: &mut Sent) -> Vec<u8> {
        let named = self.named_columns();
        let whole = sent.lengths.len() != named.len() || sent.instances != self.meta.instances;
        if whole {
            *sent = Sent { lengths: vec![0; named.len()], copies: vec![Vec::new(); named.len()], ..Sent::default() };
            sent.instances = self.meta.instances;
        }
        let header = json::to_string(&Header { meta: self.meta.clone(), log: self.log[sent.log..].to_vec(), whole });
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + header.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        for (index, (name, column)) in named.into_iter().enumerate() {
            let from = match CHANGING.contains(&name) {
                true => unchanged(&sent.copies[index], column),
                false => sent.lengths[index],
            };
            bytes.extend_from_slice(&(from as u32).to_le_bytes());
            bytes.extend_from_slice(&((column.len() - from) as u32).to_le_bytes());
            bytes.extend(column[from..].iter().flat_map(|value| value.to_le_bytes()));
            if CHANGING.contains(&name) {
                sent.copies[index].truncate(from);
                sent.copies[index].extend_from_slice(&column[from..]);
            }
            sent.lengths[index] = column.len();
        }
        sent.log = self.log.len();
        bytes
    }

    /// Adds a piece. The first makes the recording.
    ///
    /// # Errors
    /// The bytes are no piece, are cut off, or do not follow what is here.
    pub fn add_piece(recording: Option<Self>, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = ByteReader::new(bytes);
        if reader.take(MAGIC.len()).ok() != Some(MAGIC.as_slice()) {
            return Err(DecodeError::Magic);
        }
        let length = reader.length()?;
        let header = std::str::from_utf8(reader.take(length)?);
        let header = header.map_err(|error| DecodeError::Header(error.to_string()))?;
        let header: Header = json::from_str(header).map_err(|refusal| DecodeError::Header(refusal.to_string()))?;
        let mut grown = match recording {
            Some(recording) if !header.whole => recording,
            None if !header.whole => return Err(DecodeError::Shape),
            _ => Self::empty(header.meta.clone()),
        };
        grown.meta = header.meta;
        grown.log.extend(header.log);
        for column in grown.columns_mut() {
            let (from, length) = (reader.length()?, reader.length()?);
            if from > column.len() {
                return Err(DecodeError::Shape);
            }
            let values = reader.take(length.checked_mul(4).ok_or(DecodeError::CutOff(0))?)?;
            column.truncate(from);
            column.extend(values.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])));
        }
        if !reader.is_at_end() || !grown.has_shape() {
            return Err(DecodeError::Shape);
        }
        Ok(grown)
    }
}

/// How many values at the beginning are those that were sent.
fn unchanged(sent: &[u32], column: &[u32]) -> usize {
    sent.iter().zip(column).position(|(sent, now)| sent != now).unwrap_or(sent.len().min(column.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;
    use crate::scenario::{Action, Deed, Scale, Scenario, When};

    #[test]
    fn pieces_come_to_the_whole() {
        let mut scenario = Scenario::bundled();
        scenario.actions.push(Action {
            id: "more".to_owned(),
            at: When::At(scenario.window.from.plus_s(4000.0)),
            deed: Deed::Scale(Scale { by: 2 }),
            reason: String::new(),
        });
        let mut world = World::new(&scenario, 1).expect("valid");
        let (mut sent, mut grown, mut most) = (Sent::default(), None, 0);
        let mut at_s = 0.0;
        while !world.is_done() {
            at_s += 337.0;
            world.advance_to(scenario.window.from.plus_s(at_s));
            let piece = world.recording().piece(&mut sent);
            // The first is large, and the one after the scale-out.
            most = most.max(if at_s > 400.0 && !(4000.0..4400.0).contains(&at_s) { piece.len() } else { 0 });
            grown = Some(Recording::add_piece(grown.take(), &piece).expect("it follows"));
            assert!(grown.as_ref() == Some(world.recording()), "{at_s}");
        }
        let whole = world.into_recording();
        assert!(most < whole.encode().len() / 10, "{most}");
        let again = whole.piece(&mut sent);
        assert!(again.len() < 3000, "nothing is new: {}", again.len());
        assert_eq!(grown.map(|grown| grown.digest()), Some(whole.digest()));
    }

    #[test]
    fn what_does_not_follow_is_refused() {
        let scenario = Scenario::bundled();
        let mut world = World::new(&scenario, 1).expect("valid");
        let mut sent = Sent::default();
        let first = world.recording().piece(&mut sent);
        world.advance_to(scenario.window.from.plus_s(600.0));
        let second = world.recording().piece(&mut sent);
        world.advance_to(scenario.window.from.plus_s(1200.0));
        let third = world.recording().piece(&mut sent);
        let begun = Recording::add_piece(None, &first).expect("the first");
        assert_eq!(Recording::add_piece(None, &second), Err(DecodeError::Shape));
        assert_eq!(Recording::add_piece(Some(begun.clone()), &third), Err(DecodeError::Shape));
        assert_eq!(Recording::add_piece(None, b"nothing"), Err(DecodeError::Magic));
        for length in [8, 11, 40, second.len() - 1] {
            assert!(Recording::add_piece(Some(begun.clone()), &second[..length]).is_err(), "{length}");
        }
    }
}
