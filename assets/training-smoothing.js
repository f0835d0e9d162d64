"use strict";
// Curves without their noise, for the eye: means over a window of epochs. Pure: no page.
(() => {
  // The mean of all values whose epoch is at most half a window away; null stays where nothing was measured.
  function smoothed(epochs, values, width) {
    if (!(width > 0)) return values;
    const half = width / 2;
    let from = 0;
    return values.map((value, i) => {
      while (epochs[from] < epochs[i] - half) from++;
      let [sum, count] = [0, 0];
      for (let at = from; at < epochs.length && epochs[at] <= epochs[i] + half; at++) {
        if (values[at] === null) continue;
        sum += values[at];
        count++;
      }
      return value === null ? null : sum / count;
    });
  }

  window.explorer = Object.assign(window.explorer || {}, { smoothed });
})();
