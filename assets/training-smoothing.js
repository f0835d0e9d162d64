"use strict";
// Curves without their noise, for the eye: means over a window of epochs. Pure: no page.
(() => {
  function mean(values) {
    const measured = values.filter((value) => value !== null);
    return measured.reduce((sum, value) => sum + value, 0) / measured.length;
  }

  // The mean of all values whose epoch is at most half a window away; where a long run was measured more rarely than that,
  // of a value and its neighbours. null stays where nothing was measured.
  function smoothed(epochs, values, width) {
    if (!(width > 0)) return values;
    const half = width / 2;
    let [from, to] = [0, 0]; // the window is values[from], ..., values[to - 1]
    return values.map((value, i) => {
      while (epochs[from] < epochs[i] - half) from++;
      while (epochs[to] <= epochs[i] + half) to++;
      if (value === null) return null;
      return mean(to - from > 1 ? values.slice(from, to) : values.slice(Math.max(0, i - 1), i + 2));
    });
  }

  window.explorer = Object.assign(window.explorer || {}, { smoothed });
})();
