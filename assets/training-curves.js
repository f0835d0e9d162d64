"use strict";
// The chart of the training lab: the errors of the run so far, and where the best epoch was.
(() => {
  const explorer = window.explorer;

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

  // base: the chart without points, as the server made it; axis: which of its error axes.
  function figure({ base, axis, history, frame }) {
    const { epoch, training, validation } = history;
    const [first, second] = base.data;
    const data = [{ ...first, x: epoch.slice(), y: training.slice() }, { ...second, x: epoch.slice(), y: validation.slice() }];
    return { data, layout: { ...base.layout, ...bestEpoch(frame), yaxis: { ...base.layout.yaxis, ...base.axes[axis] } } };
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
