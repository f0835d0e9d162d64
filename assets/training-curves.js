"use strict";
// The chart of the training lab: the errors or the accuracies of the run so far, the gap between them, and the best epoch.
(() => {
  const explorer = window.explorer;
  const PARTS = ["training", "validation", "test"];

  // ---- pure ----------------------------------------------------------------------------------------------------

  function bestEpoch(frame) {
    if (!frame?.best || frame.step === 0) return {};
    const { epoch: x } = frame.best;
    const line = { color: "token:ink-quiet", width: 1, dash: "dash" };
    const words = { text: `best epoch ${explorer.trainingWords.grouped(x)}`, font: { size: 12, color: "token:ink-quiet" } };
    return {
      shapes: [{ type: "line", xref: "x", yref: "paper", x0: x, x1: x, y0: 0, y1: 1, line }],
      annotations: [{ ...words, x, xref: "x", xanchor: "left", xshift: -4, y: 1, yref: "paper", yanchor: "bottom", showarrow: false }],
    };
  }

  // What is measured: errors on the chosen axis, or shares of cases on an axis of their own.
  function seriesOf(part, measure) {
    return measure === "accuracy" ? `${part}Accuracy` : part;
  }

  // The lines of the present run; as they were measured they stay to be seen, pale, behind smoothed ones.
  function linesOf(line, epoch, measured, smooth) {
    const shown = { ...line, zorder: 1, legendgroup: line.name, x: epoch.slice(), y: smooth.slice() };
    if (smooth === measured) return [shown];
    return [shown, { ...shown, zorder: 0, y: measured.slice(), opacity: 0.3, line: { ...line.line, width: 1 }, showlegend: false, hoverinfo: "skip", hovertemplate: undefined }];
  }

  // What the network does better on the cases it learns from: the area between training and validation.
  function gap(epoch, { training, validation }, measure) {
    const side = measure === "accuracy" ? Math.min : Math.max;
    const worse = training.map((value, i) => (value === null || validation[i] === null ? null : side(value, validation[i])));
    const band = measure === "accuracy" ? { low: worse, high: training } : { low: training, high: worse };
    const outline = explorer.trainingBands.pure.outline(epoch, band, measure);
    if (!outline.x.length) return [];
    return [{ type: "scatter", mode: "lines", name: "Gap", ...outline, fill: "toself", fillcolor: "token:validation/0.12", line: { width: 0, color: "token:validation/0" }, hoverinfo: "skip" }];
  }

  // Runs that were kept, thin, under the present one: what counts of each, validation where there is some.
  function kept({ name, colour, history }, measure, smoothing) {
    const parts = ["validation", "training"].filter((part) => history[seriesOf(part, measure)]?.some((value) => value !== null));
    return parts.map((part, i) => ({
      type: "scatter", mode: "lines", name: i ? `${name}, training` : name, showlegend: i === 0, legendgroup: name, x: history.epoch, y: explorer.smoothed(history.epoch, history[seriesOf(part, measure)], smoothing),
      line: { color: colour, width: 1.25, dash: part === "training" ? "dot" : "solid" }, hovertemplate: "%{y:.4~g}",
    }));
  }

  // Where the past stands that is looked at.
  function pastLine(past) {
    if (!past) return [];
    return [{ type: "line", xref: "x", yref: "paper", x0: past.epoch, x1: past.epoch, y0: 0, y1: 1, line: { color: "token:accent", width: 2 } }];
  }

  // "Mean squared error of a case"
  const titled = (axis, error) => (error ? { ...axis, title: { text: `Mean ${error[0].toLowerCase()}${error.slice(1)} of a case` } } : axis);

  // By this Plotly knows a line again that a person has hidden, wherever it then stands; it takes letters and digits only.
  const known = ({ name, zorder, fill }) => `t${[...`${name} ${zorder} ${fill}`].map((letter) => letter.codePointAt(0).toString(16)).join("-")}`;

  // A name is no markup.
  const plain = (name) => name.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

  // base: the chart without points, as the server made it; axis: which of its error axes; measure: "error" or "accuracy";
  // error: what the error is called; smoothing: over how many epochs; past: the frame of the past that is looked at, or null; runs: kept ones that are laid over; bands: of many seeds.
  function figure({ base, axis, measure, history, frame, past = null, runs = [], bands = null, error = "", smoothing = 0 }) {
    const { epoch } = history;
    const last = epoch.length - 1;
    const measured = (part) => history[seriesOf(part, measure)];
    const smooth = Object.fromEntries(PARTS.map((part) => [part, explorer.smoothed(epoch, measured(part), smoothing)]));
    const data = PARTS.flatMap((part, i) => (measured(part)[last] === null ? [] : linesOf(base.data[i], epoch, measured(part), smooth[part])));
    const yaxis = measure === "accuracy" ? base.accuracy_axis : { ...titled(base.layout.yaxis, error), ...base.axes[axis] };
    const best = bestEpoch(frame);
    const shapes = [...(best.shapes ?? []), ...pastLine(past)];
    const under = bands ? explorer.trainingBands.pure.traces(bands, measure) : [];
    const over = runs.flatMap((run) => kept(run, measure, smoothing));
    const traces = [...data, ...gap(epoch, smooth, measure), ...under, ...over];
    return { data: traces.map((trace) => ({ ...trace, uid: known(trace), name: plain(trace.name) })), layout: { ...base.layout, ...best, shapes, yaxis } };
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // draw(parts): as figure() wants them. One picture at a time, and after it the latest: the last one is never lost.
  function create(id) {
    let [drawing, next] = [false, null];
    async function draw(parts) {
      next = parts;
      if (drawing) return;
      drawing = true;
      try {
        while (next) {
          const present = figure(next);
          next = null;
          await explorer.plots.draw(id, present);
        }
      } finally {
        drawing = false;
      }
    }
    return { draw };
  }

  window.explorer = Object.assign(explorer, { trainingCurves: { create, pure: { figure } } });
})();
