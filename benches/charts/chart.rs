//! Exposes a chart of the page to JavaScript, where `bench.js` measures it beside uPlot.

use incident_replay::ui::BenchChart;
use js_sys::{Array, Float64Array, Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlCanvasElement;

fn main() {
    let chart = Closure::<dyn Fn(HtmlCanvasElement, HtmlCanvasElement, Float64Array, Array) -> JsValue>::new(chart);
    set(&js_sys::global(), "incidentReplayChart", &chart.into_js_value());
}

/// `{ draw(), pointAt(ms) }` of a chart.
fn chart(plot: HtmlCanvasElement, overlay: HtmlCanvasElement, x_ms: Float64Array, lines: Array) -> JsValue {
    let lines = lines.iter().map(|line| line.unchecked_into::<Float64Array>().to_vec()).collect();
    let chart = std::rc::Rc::new(BenchChart::new(plot, overlay, &x_ms.to_vec(), lines));
    let drawn = std::rc::Rc::clone(&chart);
    let object = Object::new();
    set(&object, "draw", &Closure::<dyn Fn()>::new(move || drawn.draw()).into_js_value());
    set(&object, "pointAt", &Closure::<dyn Fn(f64)>::new(move |at_ms| chart.point_at(at_ms)).into_js_value());
    object.into()
}

fn set(object: &Object, name: &str, function: &JsValue) {
    let function: &Function = function.unchecked_ref();
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(object, &name.into(), function);
}
