//! One instance in the system diagram: a button with its heap, collector, threads and queue.

use yew::prelude::*;

use crate::recording::{AGE_CLASSES, InstanceState};
use crate::replay::{Health, InstanceMoment, Scarce};
use crate::ui::words::percent;

/// Height of the heap's drawing; its width is 10.
const HEAP_HEIGHT: f64 = 100.0;
/// Most cells drawn for a queue; a longer one is drawn to scale.
const QUEUE_CELLS_MAX: u32 = 12;

/// An instance, in a column and a row (from 1) where it has a group. Flags that would flicker are hidden while playing.
pub fn instance_tile(
    status: &InstanceMoment,
    place: Option<[usize; 2]>,
    playing: bool,
    selected: bool,
    on_select: &Callback<usize>,
) -> Html {
    let place = place.map(|[column, row]| format!("column-{column} row-{row}"));
    let index = status.index;
    let on_click = on_select.reform(move |_: MouseEvent| index);
    let health = match status.health() {
        Health::Good => "is-good",
        Health::Tight => "is-tight",
        Health::Stalled => "is-stalled",
        Health::Out => "is-out",
    };
    // While playing, the share of time says more than a flickering flag.
    let stands_still = status.in_gc && !playing;
    html! {
        <li key={index} class={classes!("instance-place", place)}>
            <button type="button" class={classes!("instance", health)} data-box="instance" data-instance={index.to_string()}
                aria-pressed={selected.to_string()} onclick={on_click}>
                <span class="instance-head">
                    { name(&status.name) }
                    if let Some(release) = &status.release {
                        <span class={classes!("release", status.fixed.then_some("is-fixed"))}>
                            { release }<span class="visually-hidden">{ " release, " }</span>
                        </span>
                    }
                </span>
                <span class="instance-body">
                    { bar(status) }
                    if status.is_up() {
                        { gauges(status) }
                    } else {
                        <span class="instance-gauges"><span class="instance-state">{ status.state_words() }</span></span>
                    }
                </span>
                <span class="instance-foot">
                    if matches!(status.state, InstanceState::OutOfRotation | InstanceState::Draining) {
                        <span class="instance-state">{ status.state_words() }</span>
                    } else if stands_still {
                        <span class="instance-state is-stopped">{ "GC pause" }</span>
                    } else {
                        <span>{ "up " }{ status.age_words() }</span>
                    }
                    if status.restarts > 0 {
                        <span title="restarts since the window began">{ format!("↻{}", status.restarts) }</span>
                    }
                </span>
            </button>
        </li>
    }
}

/// Its name, in two parts: where there is no room, its number alone is shown.
fn name(name: &str) -> Html {
    let (front, number) = name.rsplit_once('-').map_or(("", name), |(front, number)| (front, number));
    html! {
        <span class="instance-name" title={name.to_owned()}>
            if !front.is_empty() {
                <span class="instance-front">{ front }{ "-" }</span>
            }
            { number }{ " " }
        </span>
    }
}

/// A separator for screen readers.
fn comma() -> Html {
    html! { <span class="visually-hidden">{ ", " }</span> }
}

fn gauges(status: &InstanceMoment) -> Html {
    html! {
        <span class="instance-gauges">
            { for scarce_gauges(status) }
            <span class="gauge gauge-threads">
                <strong>{ format!("{}/{}", status.threads[0], status.threads[1]) }</strong>
                <span>{ " threads" }{ comma() }</span>
            </span>
            { queue_cells(status.queue) }
        </span>
    }
}

/// The gauges of what runs out.
fn scarce_gauges(status: &InstanceMoment) -> [Html; 2] {
    let gauge = |value: String, words: &str| {
        html! {
            <span class="gauge"><strong>{ value }</strong><span>{ format!(" {words}") }{ comma() }</span></span>
        }
    };
    let share = |ratio: f64, words: &str| {
        html! {
            <span class="gauge gauge-gc">
                <strong>{ percent(ratio) }</strong>
                <span>{ format!(" {words}") }{ comma() }</span>
                { share_bar(ratio) }
            </span>
        }
    };
    match (status.scarce, status.fullest_pool()) {
        (Scarce::Heap, _) => [gauge(percent(status.heap_ratio), "heap"), share(status.gc_ratio, "in GC")],
        (Scarce::Slots, Some(pool)) => {
            [gauge(format!("{}/{}", pool.taken, pool.capacity), "slots"), share(status.cpu_ratio, "CPU")]
        }
        _ if status.uses_heap => [share(status.cpu_ratio, "CPU"), gauge(percent(status.heap_ratio), "heap")],
        _ => [share(status.cpu_ratio, "CPU"), Html::default()],
    }
}

/// What runs out, from the bottom.
pub fn bar(status: &InstanceMoment) -> Html {
    match (status.scarce, status.fullest_pool()) {
        (Scarce::Heap, _) => heap_bar(status),
        (Scarce::Slots, Some(pool)) => {
            let share = |slots: u32| f64::from(slots) / f64::from(pool.capacity.max(1));
            let lost = share(pool.lost);
            stack(status, vec![("heap-leaked age-6", lost), ("heap-open", share(pool.taken) - lost)])
        }
        _ => stack(status, vec![("heap-open", status.cpu_ratio)]),
    }
}

fn stack(status: &InstanceMoment, shares: Vec<(&'static str, f64)>) -> Html {
    let mut bottom = 0.0;
    let parts = shares.into_iter().filter(|_| status.is_up()).map(|(class, ratio)| {
        let height = (ratio * HEAP_HEIGHT).clamp(0.0, (HEAP_HEIGHT - bottom).max(0.0));
        let y = HEAP_HEIGHT - bottom - height;
        bottom += height;
        html! { <rect {class} y={format!("{y:.2}")} width="10" height={format!("{height:.2}")} /> }
    });
    let parts: Vec<Html> = parts.collect();
    html! {
        <svg class="heap" viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
            <rect class="heap-room" width="10" height="100" />
            { for parts }
        </svg>
    }
}

fn share_bar(ratio: f64) -> Html {
    html! {
        <svg class="share-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="share-rest" width="100" height="6" />
            <rect class="share-part" width={format!("{:.1}", ratio.clamp(0.0, 1.0) * 100.0)} height="6" />
        </svg>
    }
}

/// The heap from the bottom: base, open sessions, leaked sessions (older ones darker), garbage.
fn heap_bar(status: &InstanceMoment) -> Html {
    const LEAKED: [&str; AGE_CLASSES] = [
        "heap-leaked age-0",
        "heap-leaked age-1",
        "heap-leaked age-2",
        "heap-leaked age-3",
        "heap-leaked age-4",
        "heap-leaked age-5",
        "heap-leaked age-6",
    ];
    let mut shares = vec![("heap-base", status.base_ratio), ("heap-open", status.open_ratio)];
    shares.extend(LEAKED.into_iter().zip(status.leaked_ratios).rev());
    shares.push(("heap-garbage", status.garbage_ratio));
    stack(status, shares)
}

fn queue_cells([waiting, places]: [u32; 2]) -> Html {
    let cells = places.min(QUEUE_CELLS_MAX);
    let filled = if places == 0 { 0 } else { (waiting * cells).div_ceil(places.max(1)).min(cells) };
    html! {
        <span class="queue">
            { for (0..cells).map(|cell| html! { <i class={classes!((cell < filled).then_some("is-taken"))}></i> }) }
            <span>{ "queue" }<span class="visually-hidden">{ format!(" {waiting} of {places}, ") }</span></span>
        </span>
    }
}
