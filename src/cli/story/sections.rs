//! The sections of the story, with the same class names as the app.

use super::RunRef;
use super::charts::Chart;
use super::markup::Markup;
use crate::export::{CHART_HEIGHT_PX, CHART_WIDTH_PX};
use crate::recording::{ClaimVerdict, LedgerRow};
use crate::replay::{self, Detail, EvidenceValue, HeapHistogram, Standing, evidence};
use crate::scenario::{Hypothesis, HypothesisVerdict, TimelineEvent};

/// The title of the incident, for the header.
pub(super) fn title(html: &mut Markup, run: &RunRef<'_>) {
    html.raw("<strong>").text(&run.scenario.title);
    if let Some(line) = run.scenario.what_if.line() {
        html.raw("</strong>\n<strong class=\"top-what-if\">").text(&line);
    }
    html.raw("</strong>\n<span class=\"top-service\">").text(&run.scenario.incident.service);
    html.raw("</span>\n<span class=\"top-date\">").text(run.scenario.incident.start.date()).raw("</span>");
}

/// The tiles with simulated and reported values.
pub(super) fn tiles(html: &mut Markup, run: &RunRef<'_>) {
    html.raw("<ul class=\"tiles\" aria-label=\"Simulated beside reported\">\n");
    for tile in replay::tiles(run.ledger) {
        html.raw("<li class=\"tile ").raw(verdict_class(tile.verdict)).raw("\" title=\"").text(&tile.detail);
        html.raw("\"><a href=\"#claim-").text(&tile.claim).raw("\"><span class=\"tile-value\">").text(&tile.simulated);
        html.raw("</span><span class=\"tile-label\">").text(&tile.label);
        html.raw("</span><span class=\"tile-reported\">reported ").text(&tile.reported);
        html.raw(" <span class=\"verdict\"><span aria-hidden=\"true\">").raw(verdict_sign(tile.verdict));
        html.raw("</span><span class=\"visually-hidden\">").raw(verdict_word(tile.verdict));
        html.raw("</span></span></span></a></li>\n");
    }
    html.raw("</ul>");
}

/// Everything below the tiles.
pub(super) fn story(html: &mut Markup, run: &RunRef<'_>, charts: &[Chart]) {
    html.raw("<div class=\"static-stage\">\n");
    timeline(html, run);
    pictures(html, charts);
    html.raw("</div>\n");
    ending(html, run);
    claims(html, run);
    facts(html, run);
    made_from(html, run);
}

fn pictures(html: &mut Markup, charts: &[Chart]) {
    html.raw("<section aria-labelledby=\"static-charts\">\n<h2 class=\"visually-hidden\" id=\"static-charts\">");
    html.raw("What could be measured</h2>\n<div class=\"static-charts\">\n");
    for chart in charts {
        html.raw("<picture class=\"card\">");
        if let Some(dark) = &chart.dark {
            html.raw("<source media=\"(prefers-color-scheme: dark)\" srcset=\"").text(dark).raw("\">");
        }
        html.raw("<img src=\"").text(&chart.light).raw("\" width=\"").text(CHART_WIDTH_PX);
        html.raw("\" height=\"").text(CHART_HEIGHT_PX).raw("\" loading=\"lazy\" decoding=\"async\" alt=\"");
        html.text(&chart.summary).raw("\"></picture>\n");
    }
    html.raw("</div>\n</section>\n");
}

/// What is left to say, as on the page's end card.
fn ending(html: &mut Markup, run: &RunRef<'_>) {
    let ending = replay::Ending::new(run.scenario, run.recording);
    html.raw("<section class=\"card static-ending\" aria-labelledby=\"static-ending\">\n<h2 id=\"static-ending\">In the end</h2>\n");
    for sentence in [Some(&ending.cause), Some(&ending.harm), ending.known.as_ref()].into_iter().flatten() {
        html.raw("<p>").text(sentence).raw("</p>\n");
    }
    html.raw("</section>\n");
}

fn timeline(html: &mut Markup, run: &RunRef<'_>) {
    html.raw("<section class=\"card static-timeline\" aria-labelledby=\"static-timeline\">\n");
    html.raw("<h2 id=\"static-timeline\">What happened</h2>\n<ol class=\"events\">\n");
    for each in &run.scenario.timeline {
        event(html, run, each);
    }
    html.raw("</ol>\n</section>\n");
}

fn event(html: &mut Markup, run: &RunRef<'_>, event: &TimelineEvent) {
    html.raw("<li class=\"event\" id=\"event-").text(&event.id).raw("\"><h3 class=\"event-head\"><time datetime=\"");
    html.text(event.at).raw("\">").text(event.at.hh_mm()).raw("</time> <span class=\"event-title\">");
    html.text(&event.title).raw("</span></h3>\n<div class=\"event-body\"><p>").text(&event.text).raw("</p>\n");
    let values = evidence(run.scenario, run.recording, event);
    if values.iter().any(|value| value.detail == Detail::Value) {
        html.raw("<ul class=\"chips\" aria-label=\"What could be seen at that minute\">");
        for value in values.iter().filter(|value| value.detail == Detail::Value) {
            chip(html, value);
        }
        html.raw("</ul>\n");
    }
    for value in &values {
        if let Detail::HeapHistogram(found) = &value.detail {
            histogram(html, found);
        }
    }
    if !event.hypotheses.is_empty() {
        html.raw("<ul class=\"hypotheses\" aria-label=\"Suspicions\">");
        for each in &event.hypotheses {
            hypothesis(html, each);
        }
        html.raw("</ul>\n");
    }
    html.raw("</div></li>\n");
}

fn chip(html: &mut Markup, value: &EvidenceValue) {
    let class = match value.standing {
        Standing::Bad => "is-bad",
        Standing::Raised => "is-raised",
        Standing::Flat => "is-flat",
        Standing::Good => "is-good",
        Standing::Unknown => "is-unknown",
    };
    html.raw("<li class=\"chip ").raw(class).raw("\" title=\"").text(&value.note);
    html.raw("\"><span class=\"chip-label\">").text(&value.label).raw("</span> <strong>").text(&value.shown);
    html.raw("</strong><span class=\"visually-hidden\"> (").raw(value.standing.word()).raw(")</span></li>");
}

fn histogram(html: &mut Markup, histogram: &HeapHistogram) {
    html.raw("<figure class=\"histogram\"><figcaption>").text(&histogram.summary).raw("</figcaption>\n");
    html.raw("<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Sessions by age\">");
    html.raw("<table class=\"table\"><thead><tr><th scope=\"col\">Sessions per instance</th>");
    for class in &histogram.classes {
        html.raw("<th scope=\"col\">").text(class).raw("</th>");
    }
    html.raw("</tr></thead><tbody>");
    for group in &histogram.groups {
        html.raw("<tr><th scope=\"row\">").text(&group.name).raw("</th>");
        for sessions in group.sessions {
            html.raw("<td>").text(format_args!("{sessions:.0}")).raw("</td>");
        }
        html.raw("</tr>");
    }
    html.raw("</tbody></table></div></figure>\n");
}

fn hypothesis(html: &mut Markup, hypothesis: &Hypothesis) {
    let (class, sign, word) = match hypothesis.verdict {
        HypothesisVerdict::Opened => ("is-opened", "?", "suspected"),
        HypothesisVerdict::RuledOut => ("is-ruled-out", "✗", "ruled out"),
        HypothesisVerdict::Confirmed => ("is-confirmed", "✓", "confirmed"),
    };
    html.raw("<li class=\"hypothesis ").raw(class).raw("\"><span class=\"hypothesis-sign\" aria-hidden=\"true\">");
    html.raw(sign).raw("</span><p><strong>").text(&hypothesis.suspect);
    html.raw("</strong> <span class=\"hypothesis-verdict\">").raw(word);
    html.raw("</span><span class=\"hypothesis-because\">").text(&hypothesis.because).raw("</span></p></li>");
}

fn claims(html: &mut Markup, run: &RunRef<'_>) {
    let rows = &run.ledger.rows;
    let holding = rows.iter().filter(|row| row.verdict == ClaimVerdict::Holds).count();
    html.raw("<section class=\"section\" aria-labelledby=\"static-claims\">\n<h2 id=\"static-claims\">Claims, checked</h2>\n");
    html.raw("<p class=\"section-lead\">").text(holding).raw(" of ").text(rows.len()).raw(
        " claims hold in this run. A claim is a statement of the report, or a property the model must have, with the \
         bounds inside which the simulation must land.</p>\n\
         <div class=\"table-scroll card\" tabindex=\"0\" role=\"region\" aria-label=\"Table of claims\"><table class=\"table\">\
         <thead><tr><th scope=\"col\">Claim</th>\
         <th scope=\"col\"><span class=\"badge badge-reported\">reported</span></th>\
         <th scope=\"col\"><span class=\"badge badge-simulated\">simulated</span></th>\
         <th scope=\"col\">Expected</th><th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n",
    );
    for row in rows {
        claim(html, row);
    }
    html.raw("</tbody></table></div>\n</section>\n");
}

fn claim(html: &mut Markup, row: &LedgerRow) {
    let claim = &row.claim;
    let show = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| claim.show(value));
    html.raw("<tr id=\"claim-").text(&claim.id).raw("\"><th scope=\"row\">").text(&claim.text);
    html.raw("<span class=\"refs\"><span>").text(&claim.id).raw("</span>");
    for fact in &claim.facts {
        html.raw("<a href=\"#fact-").text(fact).raw("\">").text(fact).raw("</a>");
    }
    html.raw("</span></th><td>").text(show(claim.reported.map(|value| value.as_f64())));
    html.raw("</td><td><strong>")
        .text(show(row.value))
        .raw("</strong></td><td>")
        .text(claim.show_bounds(&claim.each_seed));
    html.raw("</td><td class=\"").raw(verdict_class(row.verdict)).raw("\"><span class=\"verdict\">");
    html.raw(verdict_sign(row.verdict)).raw(" ").raw(verdict_word(row.verdict)).raw("</span></td></tr>\n");
}

fn facts(html: &mut Markup, run: &RunRef<'_>) {
    html.raw(
        "<section class=\"section\" aria-labelledby=\"static-facts\">\n<h2 id=\"static-facts\">Facts of the report ",
    );
    html.raw("<span class=\"badge badge-reported\">reported</span></h2>\n<ol class=\"facts card trust-card\">\n");
    for fact in &run.scenario.facts {
        html.raw("<li id=\"fact-").text(&fact.id).raw("\"><span class=\"ref\">").text(&fact.id).raw("</span><p>");
        html.text(&fact.text).raw("</p></li>\n");
    }
    html.raw("</ol>\n</section>\n");
}

/// Identity of the run, so that anyone can reproduce it.
fn made_from(html: &mut Markup, run: &RunRef<'_>) {
    let meta = &run.recording.meta;
    html.raw("<p class=\"static-run\">All figures but the reported ones are from one simulated run: scenario ");
    html.text(&meta.scenario).raw(", seed ").text(meta.seed).raw(", ").text(meta.events);
    html.raw(" events, digest <code>").text(run.recording.digest()).raw("</code>. Times are in UTC.</p>");
}

fn verdict_class(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Holds => "is-holding",
        ClaimVerdict::Fails => "is-failing",
        ClaimVerdict::NotRun | ClaimVerdict::Pending => "is-open",
    }
}

fn verdict_sign(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Holds => "✓",
        ClaimVerdict::Fails => "✗",
        ClaimVerdict::NotRun | ClaimVerdict::Pending => "–",
    }
}

fn verdict_word(verdict: ClaimVerdict) -> &'static str {
    match verdict {
        ClaimVerdict::Holds => "holds",
        ClaimVerdict::Fails => "does not hold",
        ClaimVerdict::NotRun => "not checked",
        ClaimVerdict::Pending => "not decided yet",
    }
}
