"use strict";
// The errors of a run so far, for the curves: bounded, so that the ten-thousandth epoch costs what the tenth does.
(() => {
  const MOST = 1500; // points; beyond that every other one goes

  const create = () => ({ step: [], epoch: [], training: [], validation: [], spacing: 0 });

  // Frames come as fast as the machine goes; where they lie denser than the spacing, the last one moves on.
  function add(history, frame) {
    const last = history.step.length - 1;
    if (last >= 0 && frame.step <= history.step[last]) return;
    const replaced = last > 0 && history.epoch[last] - history.epoch[last - 1] < history.spacing;
    if (replaced) for (const key of ["step", "epoch", "training", "validation"]) history[key].pop();
    history.step.push(frame.step);
    history.epoch.push(frame.epoch);
    history.training.push(frame.training_error);
    history.validation.push(frame.validation_error);
    if (history.step.length > MOST) thin(history);
  }

  function thin(history) {
    for (const key of ["step", "epoch", "training", "validation"]) {
      const values = history[key];
      history[key] = values.filter((_, i) => i % 2 === 0 || i === values.length - 1);
    }
    const { epoch } = history;
    history.spacing = (epoch[epoch.length - 1] - epoch[0]) / MOST;
  }

  window.explorer = Object.assign(window.explorer || {}, { history: { create, add } });
})();
