//! The keys that a focused chart handles; all others are the player's.

/// What a key does on a chart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ChartKey {
    /// The cursor moves by steps; negative values go back.
    Steps(i32),
    /// The cursor goes to the start of the visible range.
    Start,
    /// The cursor goes to the end of the visible range.
    End,
    /// The playhead goes to the cursor.
    Seek,
    /// Half as much time is shown.
    ZoomIn,
    /// Twice as much time is shown.
    ZoomOut,
    /// The cursor is hidden.
    Clear,
}

/// Steps with shift or by page.
const FAR: i32 = 10;

/// The meaning of a key (`KeyboardEvent.key`); `None` leaves it to the player.
pub fn chart_key(key: &str, shift: bool, has_cursor: bool) -> Option<ChartKey> {
    let steps = if shift { FAR } else { 1 };
    Some(match key {
        "ArrowLeft" => ChartKey::Steps(-steps),
        "ArrowRight" => ChartKey::Steps(steps),
        "PageUp" => ChartKey::Steps(-FAR),
        "PageDown" => ChartKey::Steps(FAR),
        "Home" => ChartKey::Start,
        "End" => ChartKey::End,
        "+" | "=" => ChartKey::ZoomIn,
        "-" | "_" => ChartKey::ZoomOut,
        "Enter" if has_cursor => ChartKey::Seek,
        "Escape" if has_cursor => ChartKey::Clear,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_takes_what_moves_its_cursor_and_leaves_the_rest() {
        assert_eq!(chart_key("ArrowLeft", false, false), Some(ChartKey::Steps(-1)));
        assert_eq!(chart_key("ArrowRight", true, true), Some(ChartKey::Steps(10)));
        assert_eq!(chart_key("Escape", false, true), Some(ChartKey::Clear));
        for key in ["Escape", "Enter", " ", "k", "d", "r", "["] {
            assert_eq!(chart_key(key, false, false), None, "{key}");
        }
    }
}
