//! Transitions of the player, and properties of every sequence of commands.

use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::replay::{Audience, Theme, TimeZone, Track};
use crate::scenario::Scenario;

/// A player on the bundled timeline (10:30 to 13:45), paused at `clock`.
fn paused_at(clock: &str) -> Player {
    let scenario = Scenario::bundled();
    let track = Track::new(&scenario, None);
    let at = scenario.window.from.same_day_at(clock).expect("a time of day");
    let position_ms = track.position_ms(at);
    Player { position_ms, ..Player::new(Rc::new(track)) }
}

fn playing_at(clock: &str) -> Player {
    after(&paused_at(clock), [Command::Play])
}

fn after(player: &Player, commands: impl IntoIterator<Item = Command>) -> Player {
    commands.into_iter().fold(player.clone(), |player, command| reduce(&player, command).0)
}

fn effects(player: &Player, command: Command) -> Vec<Effect> {
    reduce(player, command).1
}

fn said(player: &Player, command: Command) -> String {
    let said = effects(player, command).into_iter().filter_map(|effect| match effect {
        Effect::Announce(text) => Some(text),
        _ => None,
    });
    said.collect::<Vec<_>>().join(" | ")
}

fn clock(player: &Player) -> String {
    player.at().hh_mm_ss()
}

/// `seconds` of wall-clock time, in animation frames.
fn seconds(seconds: f64) -> Vec<Command> {
    vec![Command::Tick { elapsed_ms: 20.0 }; (seconds * 50.0).round() as usize]
}

#[test]
fn at_1x_a_second_is_an_incident_minute() {
    assert_eq!(clock(&after(&playing_at("11:00"), seconds(1.0))), "11:01:00");
    // The incident lasts 150 s of playback.
    assert_eq!(clock(&after(&playing_at("11:00"), seconds(150.0))), "13:30:00");
}

#[test]
fn playing_stops_once_where_it_was_told_to() {
    let noon = 90.0 * 60_000.0;
    let player = after(&paused_at("11:58"), [Command::PlayUntil(Some(noon)), Command::Play]);
    let stopped = after(&player, seconds(5.0));
    assert_eq!((clock(&stopped).as_str(), stopped.playing), ("12:00:00", false));
    let near = Player { position_ms: noon - 1.0, ..player.clone() };
    assert!(effects(&near, Command::Tick { elapsed_ms: 20.0 }).contains(&Effect::Ended));
    // Playback continues from there, and from behind it.
    assert_eq!(clock(&after(&stopped, [vec![Command::Play], seconds(2.0)].concat())), "12:02:00");
    for nowhere in [f64::NAN, -1.0, 1e12] {
        assert_eq!(after(&player, [Command::PlayUntil(Some(nowhere))]).until_ms, None);
    }
}

#[test]
fn a_tour_tells_the_incident_in_about_a_minute_and_rests_at_each_event() {
    let mut player = after(&paused_at("12:00"), [Command::Tour]);
    assert_eq!((clock(&player).as_str(), player.playing), ("10:30:00", true), "from the start");
    let (mut wall_ms, mut rests) = (0.0, Vec::new());
    while player.playing && wall_ms < 200_000.0 {
        let was_resting = player.is_resting();
        player = after(&player, [Command::Tick { elapsed_ms: 20.0 }]);
        wall_ms += 20.0;
        if player.is_resting() && !was_resting {
            rests.push(player.position_ms);
        }
    }
    let events: Vec<f64> = player.track.events().map(|marker| marker.at_ms).collect();
    assert_eq!(rests, events, "at each event");
    assert!((60_000.0..=75_000.0).contains(&wall_ms), "{wall_ms}");
    assert!(player.is_at_end() && player.tour.is_none());
}

#[test]
fn a_tour_is_left_by_any_hand_and_stepped_through_under_reduced_motion() {
    let touring = after(&paused_at("10:30"), [vec![Command::Tour], seconds(3.0)].concat());
    let by = [Command::Pause, Command::Seek { ms: 1.0 }, Command::NextEvent, Command::SetSpeed(2.0), Command::Home];
    for command in by {
        assert_eq!(after(&touring, [command.clone()]).tour, None, "{command:?}");
    }
    assert!(after(&touring, [Command::ToggleHelp]).tour.is_some(), "looking is not leaving");
    let still = Player { reduced_motion: true, ..paused_at("10:30") };
    let steps = still.track.events().count() + 2;
    let mut player = still;
    let mut clocks = Vec::new();
    for _ in 0..steps {
        player = after(&player, [Command::Tour]);
        assert!(!player.playing);
        clocks.push(clock(&player));
    }
    assert_eq!((clocks[0].as_str(), clocks[steps - 1].as_str()), ("11:00:00", "10:30:00"), "{clocks:?}");
    assert_eq!(clocks[steps - 2], "13:45:00");
}

#[test]
fn speed_multiplies_the_way() {
    let player = after(&playing_at("11:00"), [Command::SetSpeed(4.0)]);
    assert_eq!(clock(&after(&player, seconds(2.0))), "11:08:00");
    let player = after(&playing_at("11:00"), [Command::SetSpeed(0.25)]);
    assert_eq!(clock(&after(&player, seconds(1.0))), "11:00:15");
}

#[test]
fn a_paused_player_does_not_move() {
    assert_eq!(clock(&after(&paused_at("11:00"), seconds(3.0))), "11:00:00");
}

#[test]
fn a_tab_that_slept_advances_by_one_second_at_most() {
    let player = after(&playing_at("11:00"), [Command::Tick { elapsed_ms: 3_600_000.0 }]);
    assert_eq!(clock(&player), "11:01:00");
}

#[test]
fn toggle_plays_and_pauses() {
    let player = after(&paused_at("11:00"), [Command::Toggle]);
    assert!(player.playing);
    assert!(!after(&player, [Command::Toggle]).playing);
    assert_eq!(said(&paused_at("11:42"), Command::Toggle), "Playing, 1×, 1 minute per second");
    assert_eq!(said(&playing_at("11:42"), Command::Toggle), "Paused, 11:42 UTC, 42 minutes in, diagnosis");
}

#[test]
fn the_end_stops_the_playhead_and_says_so() {
    let (player, effects) = reduce(&playing_at("13:44:30"), Command::Tick { elapsed_ms: 1000.0 });
    assert_eq!(clock(&player), "13:45:00");
    assert!(!player.playing);
    assert_eq!(
        effects,
        [Effect::Paused, Effect::AddressChanged, Effect::Ended, Effect::Announce("End of the replay".to_owned())]
    );
}

#[test]
fn playing_from_the_end_restarts() {
    let player = after(&paused_at("13:45"), [Command::Play]);
    assert_eq!((clock(&player).as_str(), player.playing), ("10:30:00", true));
    let looping = after(&paused_at("13:45"), [Command::LoopRange(Some((0.0, 6e5))), Command::End, Command::Play]);
    assert_eq!(clock(&looping), "10:30:00");
}

#[test]
fn arrows_move_by_incident_minutes_and_stay_inside() {
    let by =
        |clock_text: &str, minutes: f64| clock(&after(&paused_at(clock_text), [Command::SeekRelative { minutes }]));
    assert_eq!(by("11:42", -1.0), "11:41:00");
    assert_eq!(by("11:42", 10.0), "11:52:00");
    assert_eq!(by("10:30", -10.0), "10:30:00");
    assert_eq!(by("13:40", 10.0), "13:45:00");
}

#[test]
fn seeking_keeps_playing_and_does_not_touch_the_address() {
    let (player, effects) = reduce(&playing_at("11:00"), Command::Seek { ms: 0.0 });
    assert!(player.playing);
    assert_eq!(effects, [Effect::Seeked]);
    assert!(super::reduce(&paused_at("11:00"), Command::Seek { ms: 0.0 }).1.contains(&Effect::AddressChanged));
}

#[test]
fn tenths_home_and_end() {
    assert_eq!(clock(&after(&paused_at("11:00"), [Command::SeekFraction(0)])), "10:30:00");
    assert_eq!(clock(&after(&paused_at("11:00"), [Command::SeekFraction(4)])), "11:48:00");
    assert_eq!(clock(&after(&paused_at("11:00"), [Command::SeekFraction(200)])), "13:45:00");
    assert_eq!(clock(&after(&paused_at("11:00"), [Command::Home])), "10:30:00");
    assert_eq!(clock(&after(&paused_at("11:00"), [Command::End])), "13:45:00");
}

#[test]
fn ticks_step_along_the_recording_when_paused() {
    let player = paused_at("11:00");
    assert_eq!(clock(&after(&player, [Command::StepTick(1)])), "11:00:05");
    assert_eq!(clock(&after(&player, [Command::StepTick(-1)])), "10:59:55");
    let between = after(&player, [Command::Seek { ms: player.position_ms + 3000.0 }]);
    assert_eq!(clock(&after(&between, [Command::StepTick(1)])), "11:00:05");
    assert_eq!(clock(&after(&between, [Command::StepTick(-1)])), "11:00:00");
    assert_eq!(clock(&after(&playing_at("11:00"), [Command::StepTick(1)])), "11:00:00");
}

#[test]
fn events_are_stepped_through() {
    let next = |clock_text: &str| clock(&after(&paused_at(clock_text), [Command::NextEvent]));
    assert_eq!(next("10:30"), "11:00:00");
    assert_eq!(next("11:00"), "11:05:00");
    assert_eq!(next("13:30"), "13:30:00");
    assert_eq!(said(&paused_at("13:30"), Command::NextEvent), "No later event");
    assert_eq!(said(&paused_at("11:05"), Command::NextEvent), "11:30 UTC, Escalated to the backend team");
}

#[test]
fn events_of_one_moment_are_stepped_through_one_by_one() {
    let mut scenario = Scenario::bundled();
    let twin = crate::scenario::TimelineEvent {
        id: "twin".to_owned(),
        title: "Twin".to_owned(),
        ..scenario.timeline[2].clone()
    };
    scenario.timeline.insert(3, twin);
    let ids: Vec<String> = scenario.timeline.iter().map(|event| event.id.clone()).collect();
    let start = Player::new(Rc::new(Track::new(&scenario, None)));
    let walk = |from: &Player, command: Command, steps: usize| {
        let mut player = from.clone();
        let mut seen = Vec::new();
        for _ in 0..steps {
            player = after(&player, [command.clone()]);
            seen.extend(player.event().map(|event| event.id.clone()));
        }
        (player, seen)
    };
    let (end, forwards) = walk(&start, Command::NextEvent, ids.len());
    assert_eq!(forwards, ids);
    let (_, backwards) = walk(&end, Command::PreviousEvent, ids.len() - 1);
    assert_eq!(backwards, ids[..ids.len() - 1].iter().rev().cloned().collect::<Vec<_>>());
    // A step aside forgets which of them it was.
    let aside = after(&walk(&start, Command::NextEvent, 3).0, [Command::StepTick(1), Command::StepTick(-1)]);
    assert_eq!(aside.event().map(|event| event.id.as_str()), Some("twin"), "the last of the moment");
}

#[test]
fn previous_goes_one_further_within_a_second_of_an_event() {
    let previous = |clock_text: &str| clock(&after(&paused_at(clock_text), [Command::PreviousEvent]));
    assert_eq!(previous("11:42"), "11:30:00");
    assert_eq!(previous("11:31"), "11:05:00");
    assert_eq!(previous("11:31:01"), "11:30:00");
    assert_eq!(previous("11:30"), "11:05:00");
    assert_eq!(previous("11:00"), "10:30:00");
    assert_eq!(previous("10:50"), "10:30:00");
    assert_eq!(said(&paused_at("10:30"), Command::PreviousEvent), "No earlier event");
}

#[test]
fn the_second_after_an_event_is_longer_at_higher_speed() {
    let fast = after(&paused_at("11:36"), [Command::SetSpeed(8.0)]);
    assert_eq!(clock(&after(&fast, [Command::PreviousEvent])), "11:05:00");
}

#[test]
fn a_marker_can_be_gone_to_by_name() {
    assert_eq!(clock(&after(&paused_at("10:30"), [Command::SeekMarker("identified".to_owned())])), "12:30:00");
    assert_eq!(effects(&paused_at("10:30"), Command::SeekMarker("no such".to_owned())), []);
}

#[test]
fn passing_a_marker_is_told_once() {
    let reached = |player: &Player| {
        let told = effects(player, Command::Tick { elapsed_ms: 1000.0 });
        told.into_iter().filter(|effect| matches!(effect, Effect::MarkerReached { .. })).count()
    };
    assert_eq!(reached(&playing_at("11:04:30")), 1);
    assert_eq!(reached(&playing_at("11:05")), 0);
    assert_eq!(reached(&playing_at("11:04")), 1);
}

#[test]
fn playing_pauses_at_events_when_asked_to() {
    let player = after(&playing_at("11:29:30"), [Command::PauseAtMarkers(true)]);
    let (player, effects) = reduce(&player, Command::Tick { elapsed_ms: 1000.0 });
    assert_eq!((clock(&player).as_str(), player.playing), ("11:30:00", false));
    assert_eq!(
        effects,
        [
            Effect::MarkerReached { id: "escalated".to_owned() },
            Effect::ShowEvent { id: "escalated".to_owned() },
            Effect::Paused,
            Effect::AddressChanged,
            Effect::Announce("11:30 UTC, Escalated to the backend team".to_owned()),
        ]
    );
    assert_eq!(clock(&after(&player, [vec![Command::Play], seconds(1.0)].concat())), "11:31:00");
}

#[test]
fn a_selection_is_played_over_and_over() {
    let minutes = |from: f64, until: f64| Command::LoopRange(Some((from * 60_000.0, until * 60_000.0)));
    // 11:00 to 11:10, in the wrong order.
    let player = after(&playing_at("12:00"), [minutes(40.0, 30.0)]);
    assert_eq!(clock(&player), "11:00:00");
    let player = after(&player, seconds(12.0));
    assert_eq!((clock(&player).as_str(), player.playing), ("11:02:00", true));
    let beyond = after(&player, [Command::Seek { ms: 90.0 * 60_000.0 }, Command::Tick { elapsed_ms: 20.0 }]);
    assert_eq!(clock(&beyond), "11:00:00");
    let off = after(&player, [vec![Command::LoopRange(None)], seconds(12.0)].concat());
    assert_eq!(clock(&off), "11:14:00");
    assert_eq!(said(&paused_at("11:00"), minutes(30.0, 60.0)), "Looping 11:00 to 11:30");
}

#[test]
fn speeds_go_up_and_down_the_list() {
    let player = paused_at("11:00");
    assert_eq!(after(&player, [Command::Faster]).speed, 2.0);
    assert_eq!(after(&player, vec![Command::Faster; 20]).speed, 16.0);
    assert_eq!(after(&player, vec![Command::Slower; 20]).speed, 0.25);
    assert_eq!(after(&player, [Command::SetSpeed(7.0)]).speed, 8.0);
    assert_eq!(after(&player, [Command::SetSpeed(-3.0)]).speed, 0.25);
    assert_eq!(said(&player, Command::Slower), "0.5×, 30 seconds per second");
}

#[test]
fn full_screen_is_what_the_browser_says() {
    let player = paused_at("11:00");
    let (asked, effects) = reduce(&player, Command::ToggleFullScreen);
    assert_eq!((asked.full_screen, effects), (false, vec![Effect::FullScreen(true)]));
    let full = after(&asked, [Command::FullScreenChanged(true)]);
    assert_eq!(super::reduce(&full, Command::ToggleFullScreen).1, [Effect::FullScreen(false)]);
}

#[test]
fn escape_closes_the_uppermost() {
    let chart = || Some("memory".to_owned());
    let mut player = after(
        &paused_at("11:00"),
        [
            ViewCommand::SelectInstance(Some(2)).into(),
            Command::FullScreenChanged(true),
            ViewCommand::FocusChart(chart()).into(),
            Command::ToggleTable,
            Command::Help(true),
        ],
    );
    player = after(&player, [Command::Escape]);
    assert!(!player.help_open && !player.view.open_tables.is_empty());
    player = after(&player, [Command::Escape]);
    assert!(player.view.open_tables.is_empty());
    assert_eq!(effects(&player, Command::Escape), [Effect::FullScreen(false)]);
    player = after(&player, [Command::FullScreenChanged(false), Command::Escape]);
    assert_eq!(player.view.instance, None);
    assert_eq!(effects(&player, Command::Escape), []);
}

#[test]
fn the_table_key_needs_a_chart() {
    assert_eq!(said(&paused_at("11:00"), Command::ToggleTable), "Go to a chart first: d opens its data table");
}

#[test]
fn off_screen_or_under_reduced_motion_nothing_plays_by_itself() {
    assert!(!after(&playing_at("11:00"), [Command::SetVisible(false)]).playing);
    assert!(!after(&playing_at("11:00"), [Command::SetVisible(false), Command::SetVisible(true)]).playing);
    assert!(!after(&paused_at("11:00"), [Command::SetReducedMotion(true), Command::Autoplay]).playing);
    assert!(!after(&paused_at("11:00"), [Command::SetVisible(false), Command::Autoplay]).playing);
    assert!(after(&paused_at("11:00"), [Command::Autoplay]).playing);
    assert!(after(&paused_at("11:00"), [Command::SetReducedMotion(true), Command::Play]).playing);
}

#[test]
fn under_reduced_motion_the_playhead_is_drawn_minute_by_minute() {
    let player = after(&paused_at("11:00"), [Command::SetReducedMotion(true), Command::Play]);
    let player = after(&player, seconds(2.5));
    assert_eq!(player.track.at(player.shown_position_ms()).hh_mm_ss(), "11:02:00");
    assert_eq!(clock(&player), "11:02:30");
}

#[test]
fn zoom_is_kept_inside_and_reset() {
    let player = paused_at("11:00");
    let zoom = |from_ms, until_ms| Command::View(ViewCommand::Zoom { from_ms, until_ms });
    let range = |player: &Player| player.view.zoom.map(|zoom| (zoom.from_ms, zoom.until_ms));
    let zoomed = after(&player, [zoom(3e6, 1e6)]);
    assert_eq!(range(&zoomed), Some((1e6, 3e6)));
    assert_eq!(range(&after(&zoomed, [ViewCommand::ZoomOut.into()])), Some((0.0, 4e6)));
    assert_eq!(range(&after(&zoomed, vec![ViewCommand::ZoomOut.into(); 9])), None);
    // One step in and one out lead back, also at the edge.
    let at_edge = after(&zoomed, [ViewCommand::Zoom { from_ms: 0.0, until_ms: 1e6 }.into()]);
    assert_eq!(range(&after(&at_edge, [ViewCommand::ZoomOut.into()])), Some((0.0, 2e6)));
    assert_eq!(range(&after(&player, [zoom(1e6, 1e6)])), Some((970_000.0, 1_030_000.0)));
    assert_eq!(range(&after(&player, [zoom(-1e9, 1e9)])), None);
    assert_eq!(range(&after(&player, [zoom(f64::NAN, 1e6)])), None);
    assert_eq!(range(&after(&zoomed, [Command::ResetZoom])), None);
    assert_eq!(effects(&player, Command::ResetZoom), []);
}

#[test]
fn series_and_instances_are_toggled() {
    let player = paused_at("11:00");
    let toggle = || Command::View(ViewCommand::ToggleSeries("memory/payment-3".to_owned()));
    assert!(!after(&player, [toggle()]).view.is_shown("memory/payment-3"));
    assert!(after(&player, [toggle(), toggle()]).view.is_shown("memory/payment-3"));
    let select = || Command::View(ViewCommand::ToggleInstance(3));
    assert_eq!(after(&player, [select()]).view.instance, Some(3));
    assert_eq!(after(&player, [select(), select()]).view.instance, None);
}

#[test]
fn the_address_does_not_hear_of_focus_and_tables() {
    let player = paused_at("11:00");
    assert_eq!(effects(&player, ViewCommand::FocusChart(Some("cpu".to_owned())).into()), []);
    assert_eq!(effects(&player, ViewCommand::SetTheme(Theme::Dark).into()), [Effect::AddressChanged]);
}

#[test]
fn another_track_keeps_the_place_if_it_can() {
    let player = paused_at("11:42");
    let mut short = (*player.track).clone();
    assert_eq!(clock(&after(&player, [Command::SetTrack(Rc::new(short.clone()))])), "11:42:00");
    short.duration_ms = 600_000.0;
    assert_eq!(clock(&after(&player, [Command::SetTrack(Rc::new(short))])), "10:40:00");
}

#[test]
fn times_are_said_in_the_chosen_zone() {
    let local = ViewCommand::SetTimeZone(TimeZone::fixed(120));
    let player = after(&paused_at("11:42"), [local.into()]);
    assert_eq!(player.value_text(), "13:42 local time, 42 minutes in, diagnosis");
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -1e7..2e7,
        1 => any::<f64>(),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-0.0), Just(f64::MAX)],
    ]
}

fn any_view_command() -> impl Strategy<Value = ViewCommand> {
    let key = || prop_oneof![Just("memory".to_owned()), Just("cpu".to_owned()), ".*"];
    prop_oneof![
        (any_number(), any_number()).prop_map(|(from_ms, until_ms)| ViewCommand::Zoom { from_ms, until_ms }),
        Just(ViewCommand::ZoomOut),
        key().prop_map(ViewCommand::ToggleSeries),
        Just(ViewCommand::ShowAllSeries),
        any::<usize>().prop_map(ViewCommand::ToggleInstance),
        proptest::option::of(any::<usize>()).prop_map(ViewCommand::SelectInstance),
        proptest::option::of(key()).prop_map(ViewCommand::FocusChart),
        (key(), any::<bool>()).prop_map(|(chart, open)| ViewCommand::SetTable { chart, open }),
        (0..3usize).prop_map(|index| ViewCommand::SetAudience(Audience::ALL[index])),
        any::<i32>().prop_map(|offset_min| ViewCommand::SetTimeZone(TimeZone::fixed(offset_min))),
        Just(ViewCommand::SetTheme(Theme::Light)),
    ]
}

fn any_track() -> impl Strategy<Value = Command> {
    (0.0..2e7).prop_map(|duration_ms| {
        let mut track = Track::new(&Scenario::bundled(), None);
        track.duration_ms = duration_ms;
        Command::SetTrack(Rc::new(track))
    })
}

fn any_command() -> impl Strategy<Value = Command> {
    let moves = prop_oneof![
        any_number().prop_map(|ms| Command::Seek { ms }),
        any_number().prop_map(|minutes| Command::SeekRelative { minutes }),
        any::<u8>().prop_map(Command::SeekFraction),
        ".*".prop_map(Command::SeekMarker),
        any::<i32>().prop_map(Command::StepTick),
        any_number().prop_map(Command::SetSpeed),
        proptest::option::of((any_number(), any_number())).prop_map(Command::LoopRange),
        proptest::option::of(any_number()).prop_map(Command::PlayUntil),
    ];
    let switches = (any::<bool>(), 0..6usize).prop_map(|(on, which)| {
        let all: [fn(bool) -> Command; 6] = [
            Command::PauseAtMarkers,
            Command::FullScreenChanged,
            Command::Help,
            Command::SetKeys,
            Command::SetVisible,
            Command::SetReducedMotion,
        ];
        all[which](on)
    });
    let plain = proptest::sample::select(vec![
        Command::Play,
        Command::Autoplay,
        Command::Pause,
        Command::Toggle,
        Command::Home,
        Command::End,
        Command::NextEvent,
        Command::PreviousEvent,
        Command::Faster,
        Command::Slower,
        Command::ToggleFullScreen,
        Command::ToggleHelp,
        Command::Escape,
        Command::ToggleTable,
        Command::ResetZoom,
    ]);
    prop_oneof![
        4 => any_number().prop_map(|elapsed_ms| Command::Tick { elapsed_ms }),
        3 => moves,
        3 => plain,
        1 => switches,
        2 => any_view_command().prop_map(Command::View),
        1 => any_track(),
    ]
}

fn is_sane(player: &Player) {
    let duration_ms = player.duration_ms();
    assert!((0.0..=duration_ms).contains(&player.position_ms), "position {}", player.position_ms);
    assert!(SPEEDS.contains(&player.speed), "speed {}", player.speed);
    for range in [player.loop_range, player.view.zoom].into_iter().flatten() {
        assert!(0.0 <= range.from_ms && range.from_ms < range.until_ms && range.until_ms <= duration_ms, "{range:?}");
    }
}

proptest! {
    #[test]
    fn every_sequence_of_commands_leaves_a_sane_player(commands in proptest::collection::vec(any_command(), 0..60)) {
        let mut player = paused_at("11:00");
        for command in commands {
            let (next, effects) = reduce(&player, command.clone());
            is_sane(&next);
            if next.playing {
                prop_assert!(!effects.contains(&Effect::AddressChanged), "{command:?}");
            }
            prop_assert_eq!(effects.contains(&Effect::Started), !player.playing && next.playing);
            prop_assert_eq!(effects.contains(&Effect::Paused), player.playing && !next.playing);
            // Pure: the same input gives the same output.
            prop_assert_eq!(reduce(&player, command), (next.clone(), effects));
            player = next;
        }
    }

    #[test]
    fn numbers_that_are_not_finite_change_nothing(which in 0..6usize, bad in 0..3usize) {
        let player = playing_at("11:42");
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][bad];
        let command = match which {
            0 => Command::Seek { ms: bad },
            1 => Command::SeekRelative { minutes: bad },
            2 => Command::SetSpeed(bad),
            3 => Command::Tick { elapsed_ms: bad },
            4 => Command::LoopRange(Some((bad, 1e6))),
            _ => Command::View(ViewCommand::Zoom { from_ms: 0.0, until_ms: bad }),
        };
        prop_assert_eq!(reduce(&player, command), (player.clone(), vec![]));
    }

    #[test]
    fn frames_of_any_length_cover_the_same_way(frames in proptest::collection::vec(1.0..100.0f64, 1..100)) {
        let player = playing_at("10:30");
        let whole_ms: f64 = frames.iter().sum();
        let moved = after(&player, frames.into_iter().map(|elapsed_ms| Command::Tick { elapsed_ms }));
        prop_assert!((moved.position_ms - whole_ms * INCIDENT_MS_PER_WALL_MS).abs() < 1e-3);
    }
}
