"use strict";
// The chart of the training lab: the errors or the accuracies of the run so far, and where the best epoch was.
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

  // Runs that were kept, thin, under the present one: what counts of each, validation where there is some.
  function kept({ name, colour, history }, measure) {
    const parts = ["validation", "training"].filter((part) => history[seriesOf(part, measure)]?.some((value) => value !== null));
    return parts.map((part, i) => ({
      type: "scatter", mode: "lines", name: i ? `${name}, training` : name, showlegend: i === 0, legendgroup: name, x: history.epoch, y: history[seriesOf(part, measure)],
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

  // base: the chart without points, as the server made it; axis: which of its error axes; measure: "error" or "accuracy";
  // error: what the error is called; past: the frame of the past that is looked at, or null; runs: kept ones that are laid over; bands: of many seeds.
  function figure({ base, axis, measure, history, frame, past = null, runs = [], bands = null, error = "" }) {
    const { epoch } = history;
    const last = epoch.length - 1;
    const shown = PARTS.map((part, i) => [base.data[i], history[seriesOf(part, measure)]]).filter(([, values]) => values[last] !== null);
    const data = shown.map(([line, values]) => ({ ...line, zorder: 1, x: epoch.slice(), y: values.slice() }));
    const yaxis = measure === "accuracy" ? base.accuracy_axis : { ...titled(base.layout.yaxis, error), ...base.axes[axis] };
    const best = bestEpoch(frame);
    const shapes = [...(best.shapes ?? []), ...pastLine(past)];
    const under = bands ? explorer.trainingBands.pure.traces(bands, measure) : [];
    return { data: [...data, ...under, ...runs.flatMap((run) => kept(run, measure))], layout: { ...base.layout, ...best, shapes, yaxis } };
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

  window.explorer = Object.assign(explorer, { trainingCurves: { create } });
})();
