use proptest::collection::{btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::replay::{Command, Player, TimeRange, TimeZone, Track, ViewCommand, reduce};
use crate::scenario::{Scenario, WhatIf};

const PANELS: [&str; 3] = ["memory", "latency", "system"];

fn read(address: &str) -> (Address, Vec<String>) {
    let (query, hash) = address.split_once('#').unwrap_or((address, ""));
    Address::read(query, hash, &PANELS)
}

fn any_time() -> impl Strategy<Value = AddressTime> {
    prop_oneof![
        (0..3_600_000_u32).prop_map(|seconds| AddressTime::Clock { seconds }),
        (0..4_102_444_800_000_i64).prop_map(|ms| AddressTime::Instant(crate::units::UtcMs(ms))),
    ]
}

fn any_setting() -> impl Strategy<Value = Setting> {
    // No spaces at the ends: those are trimmed, as for `--set`.
    ("(instances|actions)[.\\[]\\PC{0,12}", "[^\\s](\\PC{0,20}[a-z0-9])?").prop_filter_map(
        "no space at the ends",
        |(path, value)| {
            // No path and no value of a scenario has a `&`; one that is found was encoded with its address.
            let is_kept = path.trim() == path && value.trim() == value && !path.contains('&') && !value.contains('&');
            is_kept.then_some(Setting { path, value })
        },
    )
}

fn any_address() -> impl Strategy<Value = Address> {
    let query = (
        any::<bool>(),
        select(CONTROLS.map(|(_, controls)| controls).to_vec()),
        of(select(THEMES.map(|(_, theme)| theme).to_vec())),
        of(select(CLOCKS.map(|(_, clock)| clock).to_vec())),
        btree_set(select(PANELS.map(str::to_owned).to_vec()), 0..3),
        select(MODES.map(|(_, mode)| mode).to_vec()),
        (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        select(SPEEDS.to_vec()),
        of("[a-z0-9-]{1,20}"),
    );
    let hash = (
        of(any_time()),
        of(any_time()),
        of(any_time()),
        of(any::<u64>()),
        select(AUDIENCES.map(|(_, audience)| audience).to_vec()),
        of(1..usize::MAX),
        of((any_time(), any_time())),
        btree_set("[a-z]{1,8}/[a-z0-9-]{1,8}", 0..4),
        (of("[a-z0-9A-Z._+%-]{1,40}"), vec(any_setting(), 0..6), vec(vec(any_setting(), 1..4), 0..4)),
    );
    (query, hash).prop_map(|(query, hash)| {
        let (embed, controls, theme, clock, panels, mode, (compare, autoplay, tour, looping), speed, scenario) = query;
        let (at, from, end, seed, audience, instance, zoom, hidden, (drill, mut changes, mut kept)) = hash;
        kept.sort();
        kept.dedup();
        let panels = panels.into_iter().collect();
        changes.sort();
        changes.dedup_by(|one, other| one.path == other.path);
        Address {
            embed,
            controls,
            theme,
            clock,
            panels,
            mode,
            compare,
            autoplay,
            tour,
            looping,
            speed,
            scenario,
            at,
            from,
            end,
            seed,
            audience,
            instance,
            zoom,
            hidden,
            drill,
            changes,
            kept,
            foreign: Default::default(),
        }
    })
}

fn track() -> Track {
    Track::new(&Scenario::bundled(), None)
}

/// A player in any state, its times in whole seconds, as in addresses.
fn any_player() -> impl Strategy<Value = Player> {
    // Even seconds: a range that is too short is widened by half of the missing length on each side.
    let second = || (0..=5_850_u32).prop_map(|half| half * 2);
    let piece = || of((second(), second()));
    (second(), piece(), of(second()), piece(), select(SPEEDS.to_vec()), of(0..8_usize), any::<bool>()).prop_map(
        |(at, looped, until, zoom, speed, instance, is_dark)| {
            let ms = |seconds: u32| f64::from(seconds) * 1000.0;
            let range = |(one, other)| {
                TimeRange::within(ms(one), ms(other), track().duration_ms, 60_000.0)
                    .map(|range| (range.from_ms, range.until_ms))
            };
            let mut commands = vec![
                Command::SetSpeed(speed),
                Command::LoopRange(looped.and_then(range)),
                Command::Seek { ms: ms(at) },
                Command::PlayUntil(until.map(ms).filter(|until_ms| looped.is_none() && *until_ms > ms(at))),
                ViewCommand::SelectInstance(instance).into(),
                ViewCommand::ToggleSeries("latency/p50".to_owned()).into(),
                ViewCommand::SetTheme(if is_dark { Theme::Dark } else { Theme::Light }).into(),
            ];
            commands
                .extend(zoom.and_then(range).map(|(from_ms, until_ms)| ViewCommand::Zoom { from_ms, until_ms }.into()));
            commanded(Player::new(track().into()), commands)
        },
    )
}

fn commanded(player: Player, commands: Vec<Command>) -> Player {
    commands.into_iter().fold(player, |player, command| reduce(&player, command).0)
}

#[test]
fn kept_comparisons_lose_only_what_is_bad() {
    let hash = "v=1&kept=actions.patch.at%3D11:30&kept=nonsense&kept=tires.at%3D1&kept=&kept=session.idle%3D5%3Bactions.patch.at%3D12:00";
    let (address, notes) = Address::read("", hash, &PANELS);
    let setting = |path: &str, value: &str| Setting::new(path, value);
    // An empty one forgets those before it.
    assert_eq!(address.kept, [vec![setting("session.idle", "5"), setting("actions.patch.at", "12:00")]]);
    assert_eq!(notes.len(), 2, "{notes:?}");
    let many: Vec<String> = (0..=KEPT_MAX).map(|minute| format!("kept=actions.patch.at%3D11:{minute:02}")).collect();
    let (address, notes) = Address::read("", &many.join("&"), &PANELS);
    assert_eq!((address.kept.len(), notes.len()), (KEPT_MAX, 1));
}

#[test]
fn what_browsers_cut_off_is_encoded() {
    let changes = vec![Setting { path: "instances[:~:".to_owned(), value: "a:~:b".to_owned() }];
    let address = Address { changes, ..Address::default() };
    let (query, hash) = address.parts();
    assert!(!hash.contains(":~:"), "{hash}");
    assert_eq!(Address::read(&query, &hash, &PANELS).0, address);
}

proptest! {
    #[test]
    fn every_address_reads_back_as_it_was_written(address in any_address()) {
        let text = address.to_string();
        let (found, notes) = read(&text);
        prop_assert_eq!(found, address, "{}", text);
        prop_assert!(notes.is_empty(), "{:?}", notes);
    }

    #[test]
    fn an_address_is_one_word_that_survives_markdown_and_html(address in any_address()) {
        let text = address.to_string();
        let ends_a_link = |letter: char| !letter.is_ascii_graphic() || "\"'<>()[]{}|\\^`*".contains(letter);
        prop_assert!(!text.contains(ends_a_link), "{}", text);
    }

    #[test]
    fn no_text_is_too_strange(query in "\\PC{0,60}", hash in "\\PC{0,60}", bytes in "(%[0-9a-f]{0,2}|&|=|\\.|t){0,40}") {
        for text in [format!("?{query}#{hash}"), format!("#{bytes}"), format!("?{bytes}#v=1")] {
            let (address, notes) = read(&text);
            prop_assert!(notes.len() <= NOTES_MAX + 1);
            // Whatever was read is still there after writing and reading it again.
            let own = Address { foreign: Default::default(), ..address };
            prop_assert_eq!(read(&own.to_string()).0, own);
        }
    }

    #[test]
    fn the_address_of_a_player_brings_another_one_there(player in any_player()) {
        let address = Address { theme: Some(Theme::System), ..Address::default() }.with_player(&player);
        let (read_back, notes) = read(&address.to_string());
        prop_assert!(notes.is_empty(), "{:?}", notes);
        let (moment, notes) = read_back.moment(&player.track);
        prop_assert!(notes.is_empty(), "{:?}", notes);
        let other = commanded(Player::new(track().into()), [read_back.configuration(TimeZone::Utc), moment].concat());
        prop_assert_eq!(other, player, "{}", address);
    }
}

#[test]
fn the_addresses_of_the_specification_are_understood() {
    let (address, notes) = read(
        "?embed=1&controls=auto&theme=dark&tz=utc&panel=memory,latency&mode=replay&autoplay=0&loop=0&speed=8\
         &scenario=checkout-outage-2024-08-15#v=1&t=12:30&end=12:45&seed=7&actions.patch.at=12:15",
    );
    assert_eq!(notes, [""; 0]);
    assert_eq!(
        address.to_string(),
        "?embed=1&theme=dark&tz=utc&panel=memory,latency&speed=8&scenario=checkout-outage-2024-08-15\
         #v=1&t=12:30&end=12:45&seed=7&actions.patch.at=12:15"
    );
    // The query alone works too, for hosts that strip the hash.
    assert_eq!(read("?embed=1&t=12:30").0, Address { embed: true, at: "12:30".parse().ok(), ..Address::default() });
    assert_eq!(read("?t=11:00#t=12:30").0.to_string(), "#v=1&t=12:30");
}

#[test]
fn the_bare_address_and_anchors_say_nothing() {
    for text in ["", "?", "#", "?#", "#claims", "#player", "?embed=0&speed=1#v=1"] {
        let (address, notes) = read(text);
        assert_eq!((address.to_string(), notes), (String::new(), Vec::new()), "{text}");
    }
}

#[test]
fn what_is_unknown_or_bad_is_left_out_alone_with_a_note() {
    let (address, notes) = read("?speed=3&sped=2&panel=memory,disk&embed=yes#v=2&t=25:99&end=12:45&seed=-1");
    assert_eq!(address.to_string(), "?panel=memory#v=1&end=12:45");
    expect_test::expect![[r#"
        speed=3: takes 0.25, 0.5, 1, 2, 4, 8, 16.
        sped: not known. Is speed meant?
        panel=disk: takes memory, latency, system.
        embed=yes: takes 1 or 0.
        The link is of version 2, this page reads version 1: it may show something else.
        t=25:99: takes a time such as 12:30, 12:30:15, 2:03 or 2024-08-15T12:30:00Z.
        … and 1 more.
    "#]]
    .assert_eq(&(notes.join("\n") + "\n"));
}

/// As mail programs, chats, trackers and people leave them.
#[test]
fn a_mangled_link_leads_to_its_moment() {
    for (text, meant) in [
        ("#v%3D1%26t%3D12%3A30", "#v=1&t=12:30"),
        ("#v%253D1%2526t%253D12%253A30", "#v=1&t=12:30"),
        ("#v=1%26t=12:30", "#v=1&t=12:30"),
        ("#v=1&amp;t=12:30", "#v=1&t=12:30"),
        ("#v=1&amp;amp;t=12:30&amp;seed=7", "#v=1&t=12:30&seed=7"),
        ("#v=1&#38;t=12:30", "#v=1&t=12:30"),
        ("#!v=1&t=12:30", "#v=1&t=12:30"),
        ("#/?t=12:30", "#v=1&t=12:30"),
        ("#v=1&t=12:30.", "#v=1&t=12:30"),
        ("#v=1&t=12:30)", "#v=1&t=12:30"),
        ("#v=1&t=12:30).", "#v=1&t=12:30"),
        ("#v=1&t=12:30%29", "#v=1&t=12:30"),
        ("#v=1&t=12:30>", "#v=1&t=12:30"),
        ("#v=1&t=12:30”", "#v=1&t=12:30"),
        ("#v=1&t=12:30&actions.patch.at=12:00.", "#v=1&t=12:30&actions.patch.at=12:00"),
        ("#actions.patch.waves=[1,2]", "#v=1&actions.patch.waves=%5B1,2%5D"),
        ("#responses.patch.at=12:00", "#v=1&actions.patch.at=12:00"),
        ("#responses.scale_out.count=4&actions.scale_out.by=5", "#v=1&actions.scale_out.by=5"),
        ("?t=12:30.", "#v=1&t=12:30"),
        ("?embed=1%23v=1", "?embed=1"),
        ("?embed=1%23v=1&t=12:30", "?embed=1#v=1&t=12:30"),
        ("?embed=1%23v%3D1%26t%3D12%3A30", "?embed=1#v=1&t=12:30"),
        ("?embed%3D1#t=12:30", "?embed=1#v=1&t=12:30"),
        ("#t=12:30:~:text=leak", "#v=1&t=12:30"),
    ] {
        let (address, notes) = read(text);
        assert_eq!((address.to_string().as_str(), notes), (meant, Vec::new()), "{text}");
    }
}

#[test]
fn parameters_of_others_are_kept_for_the_bar_alone() {
    let text = "?utm_source=mail&theme=dark&fbclid=x%20y&mc.eid=1#v=1&t=12:30&mtm_campaign=a";
    let (address, notes) = read(text);
    assert_eq!(notes, [""; 0]);
    assert_eq!(address.to_string(), "?theme=dark#v=1&t=12:30");
    let (query, hash) = address.bar_parts();
    assert_eq!(query, "theme=dark&utm_source=mail&fbclid=x%20y&mc.eid=1");
    assert_eq!(hash, "v=1&t=12:30&mtm_campaign=a");
    assert_eq!(read(&format!("?{query}#{hash}")).0, address);
}

#[test]
fn a_misspelt_parameter_is_told() {
    for (text, meant) in
        [("thme", "theme"), ("Theme", "theme"), ("T", "t"), ("sede", "seed"), ("scenrio", "scenario"), ("zom", "zoom")]
    {
        let (_, notes) = read(&format!("?{text}=1"));
        assert_eq!(notes, [format!("{text}: not known. Is {meant} meant?")]);
    }
    for foreign in ["ref", "source", "gclid", "id", "q", "lang", "page", "share", "si", "hl", "x.y"] {
        assert_eq!(read(&format!("?{foreign}=1")).1, [""; 0], "{foreign}");
    }
}

/// A crafted link may say nothing in the name of the report.
#[test]
fn a_link_changes_assumptions_and_actions_only() {
    let (address, notes) = read(
        "#v=1&t=12:30&incident.service=customer%20card%20vault&timeline[3].title=Breach&claims[1].reported=0.95\
         &actions.patch.at=11:10&seed=7",
    );
    assert_eq!(notes, [""; 0]);
    let (scenario, kept, notes) = address.scenario(&Scenario::bundled());
    assert_eq!(kept.len(), 1);
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes.iter().all(|note| note.contains("cannot be changed")), "{notes:?}");
    assert_eq!(
        scenario.what_if.line().as_deref(),
        Some("What if: patch at 11:10 instead of 12:45; seed 7 instead of 20")
    );
    let mut changed = scenario;
    (changed.actions, changed.seed, changed.what_if) = (Scenario::bundled().actions, 20, WhatIf::default());
    assert_eq!(changed, Scenario::bundled());
}

#[test]
fn hostile_parameters_are_inert() {
    let long = "9".repeat(100_000);
    for text in [
        format!("#t={long}&seed={long}&speed={long}"),
        "#t=NaN&speed=NaN&seed=NaN&instance=NaN&zoom=NaN,NaN".to_owned(),
        "?speed=inf&speed=-1&instance=0&instance=18446744073709551616".to_owned(),
        "?scenario=../../etc/passwd%00&theme=%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
        "?theme=%ff%fe&%ff=1".to_owned(),
        "&tt=1&thme=1".repeat(50_000),
    ] {
        let (address, notes) = read(&text);
        assert_eq!(address.to_string(), "", "{}", &text[..40]);
        assert!(!notes.is_empty() && notes.concat().len() < 3000, "{}", &text[..40]);
        assert!(!notes.concat().contains(char::is_control));
    }
}

#[test]
fn times_outside_of_the_window_are_left_out_with_a_note() {
    let (commands, notes) = read("#t=14:00&end=12:45").0.moment(&track());
    assert_eq!(notes, ["t=14:00: lies outside of 10:30 to 13:45 UTC."]);
    assert!(commands.contains(&Command::Seek { ms: 0.0 }) && commands.contains(&Command::PlayUntil(Some(8_100_000.0))));
}

#[test]
fn a_time_in_the_address_does_not_play() {
    assert!(read("?autoplay=1").0.plays());
    assert!(!read("?autoplay=1#t=12:30").0.plays());
    assert!(!read("").0.plays());
}

#[test]
fn bad_differences_are_left_out_alone_with_a_note() {
    let base = Scenario::bundled();
    let (address, notes) = read(
        "#seed=21&instances.count=12&instances.colour=red&traffic.nothing=1&heap.limit_mib=-5&actions.patch.at=12:15",
    );
    assert_eq!(notes, [""; 0]);
    let (scenario, kept, notes) = address.scenario(&base);
    assert_eq!((scenario.seed, scenario.instances.count.value), (21, 12));
    assert_eq!(
        kept.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(),
        ["instances.count", "actions.patch.at"]
    );
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes.iter().any(|note| note.starts_with("heap.limit_mib=-5: ")), "{notes:?}");
    assert_eq!(Address::default().scenario(&base), (base, Vec::new(), Vec::new()));
}

/// Names that lead nowhere yet are not documented.
#[test]
fn the_documents_tell_every_parameter() {
    let table = include_str!("../../../docs/embedding.md");
    for name in super::NAMES.iter().filter(|name| **name != "mode") {
        assert!(table.contains(&format!("`{name}=")), "docs/embedding.md lacks {name}");
    }
}
