// Measures a chart of the page beside uPlot: the same points in the same place, in turns, on one page.
// Two times each: until the drawing code returns, which is how long the page stands still, and until the pixels are there.
// For the latter a pixel is read back, which makes the browser finish what was drawn, or a width asked for, which makes it
// finish its layout.

import start from './charts-bench.js';
import uPlot from './uPlot.esm.js';

const WIDTH = 1200;
const HEIGHT = 400;
const SERIES = 6;
const COLOURS = ['#c4320f', '#0a66b0', '#08724f', '#8f5700', '#7a3fb0', '#b8347a'];
// The width that the page's charts draw lines with.
const LINE_PX = 1.75;
const WINDOW_MS = 150 * 60_000;
const ROUNDS = { 9_000: 60, 100_000: 40 };
const WARM_UP = 12;
const POINTING_ROUNDS = 60;
// One move is shorter than the clock is fine.
const MOVES = 25;

/** Noise around slow waves, the same every time. */
function data(points) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const xs = Float64Array.from({ length: points }, (_, index) => (index * WINDOW_MS) / (points - 1));
  const lines = Array.from({ length: SERIES }, (_, series) => Float64Array.from(xs, (x) => (
    50 + 30 * Math.sin(x / WINDOW_MS * 9 + series) + (random() - 0.5) * 20)));
  return { xs, lines };
}

function ours({ xs, lines }) {
  const place = document.createElement('div');
  place.className = 'ours';
  const [plot, overlay] = [document.createElement('canvas'), document.createElement('canvas')];
  place.append(plot, overlay);
  document.getElementById('charts').append(place);
  const chart = globalThis.incidentReplayChart(plot, overlay, xs, lines);
  const [plotContext, overlayContext] = [plot, overlay].map((canvas) => canvas.getContext('2d'));
  return {
    draw: () => chart.draw(),
    drawn: () => plotContext.getImageData(0, 0, 1, 1),
    pointAt: (ratio) => chart.pointAt(ratio * WINDOW_MS),
    pointed: () => overlayContext.getImageData(0, 0, 1, 1),
  };
}

function theirs({ xs, lines }) {
  let drawn;
  const plot = new uPlot({
    width: WIDTH,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: { y: { range: [0, 100] } },
    // As the page's charts: no lines down, no legend on the chart, a crosshair with a dot on every line.
    axes: [{ grid: { show: false } }, {}],
    legend: { show: false },
    cursor: { y: false },
    series: [{}, ...COLOURS.map((stroke) => ({ stroke, width: LINE_PX, points: { show: false } }))],
    hooks: { draw: [() => drawn?.()] },
  }, [Array.from(xs, (x) => x / 1000), ...lines], document.getElementById('charts'));
  return {
    draw() {
      // It draws in a microtask.
      const done = new Promise((resolve) => { drawn = resolve; });
      plot.redraw(true, true);
      return done;
    },
    drawn: () => plot.ctx.getImageData(0, 0, 1, 1),
    pointAt: (ratio) => plot.setCursor({ left: ratio * plot.over.clientWidth, top: 100 }),
    pointed: () => plot.root.offsetWidth,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

const frame = () => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });

/** Medians for both, in turns, each first every other time; `measured` gives the times of a round. */
async function inTurns(rounds, charts, measured) {
  const times = { ours: [], theirs: [] };
  for (let round = 0; round < rounds + WARM_UP; round += 1) {
    const turn = Object.keys(times);
    if (round % 2) turn.reverse();
    for (const name of turn) {
      const took = await measured(charts[name], round);
      if (round >= WARM_UP) times[name].push(took);
    }
    if (round % 8 === 0) await frame();
  }
  const medians = (name, kind) => median(times[name].map((took) => took[kind]));
  return ['code', 'pixels'].map((kind) => ({ kind, ours: medians('ours', kind), theirs: medians('theirs', kind) }));
}

async function redraw(chart) {
  const start = performance.now();
  await chart.draw();
  const code = performance.now() - start;
  chart.drawn();
  return { code, pixels: performance.now() - start };
}

function hover(chart, round) {
  // Steps that are no whole fraction of the width: each move is one to a new place.
  const places = Array.from({ length: MOVES }, (_, move) => ((round * MOVES + move) * 0.377) % 1);
  let start = performance.now();
  for (const place of places) chart.pointAt(place);
  const code = (performance.now() - start) / MOVES;
  chart.pointed();
  start = performance.now();
  for (const place of places) {
    chart.pointAt(place);
    chart.pointed();
  }
  return { code, pixels: (performance.now() - start) / MOVES };
}

async function measure(points) {
  const set = data(points);
  document.getElementById('charts').replaceChildren();
  const charts = { ours: ours(set), theirs: theirs(set) };
  await frame();
  return {
    points,
    redraw: await inTurns(ROUNDS[points], charts, redraw),
    hover: await inTurns(POINTING_ROUNDS, charts, hover),
  };
}

async function run() {
  await start();
  const results = [];
  for (const points of [9_000, 100_000]) results.push(await measure(points));
  return results;
}

const report = document.getElementById('report');
try {
  globalThis.benchResult = { results: await run() };
  report.textContent = JSON.stringify(globalThis.benchResult.results, null, 2);
} catch (error) {
  globalThis.benchResult = { error: String(error.stack ?? error) };
  report.textContent = globalThis.benchResult.error;
}
