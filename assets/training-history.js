"use strict";
// The errors of a run so far, for the curves: bounded, so that the ten-thousandth epoch costs what the tenth does.
(() => {
  const MOST = 1600; // points; beyond that the history is thinned
  const KEYS = ["step", "epoch", "training", "validation", "test", "trainingAccuracy", "validationAccuracy", "testAccuracy"];
  const FINE = 0.004; // of the way so far: points that lie closer to the one before are the first to go

  const create = () => Object.fromEntries(KEYS.map((key) => [key, []]));

  // point: step, epoch, then the errors and the accuracies of training, validation and test
  function add(history, point) {
    const { step } = history;
    if (step.length && point[0] <= step[step.length - 1]) return;
    KEYS.forEach((key, i) => history[key].push(point[i] ?? null));
    if (step.length > MOST) thin(history);
  }

  // Every other point of what lies densely goes; a young run's beginning, dense in epochs but not in the ratio, stays.
  function thin(history) {
    const { epoch } = history;
    const end = epoch[epoch.length - 1];
    let last = -Infinity;
    const keep = epoch.map((at, i) => {
      const wanted = i === epoch.length - 1 || at - last >= Math.max(FINE * at, end / MOST / 2);
      if (wanted) last = at;
      return wanted;
    });
    const sparse = keep.filter(Boolean).length > MOST / 2;
    for (const key of KEYS) history[key] = history[key].filter((_, i) => (sparse ? i % 2 === 0 || i === epoch.length - 1 : keep[i]));
  }

  window.explorer = Object.assign(window.explorer || {}, { history: { create, add } });
})();
