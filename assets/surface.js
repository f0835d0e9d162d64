"use strict";
// The surface lab in the browser: draws what the server computed, the map first; clicks and keys move the start.
(() => {
  const LAB = "surface";
  const [MAP, RELIEF, ERRORS, FIT] = ["surface-map", "surface-relief", "surface-errors", "surface-fit"];
  const KEY_STEP = 1 / 60; // of the window
  const DIGITS = 4;

  const shown = { base: null, paths: null, listening: false, later: null };

  // ---- pure ----------------------------------------------------------------------------------------------------

  const round = (value) => Number(value.toPrecision(DIGITS));

  const joined = (base, traces) => ({ data: [...base.data, ...traces], layout: base.layout });

  // The start after a key: a step in the direction of the arrow, five with Shift. Null for another key.
  function moved(start, key, wide, ranges) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[key];
    if (!direction) return null;
    const stride = KEY_STEP * (wide ? 5 : 1);
    return start.map((value, axis) => round(value + direction[axis] * stride * (ranges[axis][1] - ranges[axis][0])));
  }

  const somewhere = (ranges, random) => ranges.map(([low, high]) => round(low + (0.04 + 0.92 * random()) * (high - low)));

  // ---- the page ------------------------------------------------------------------------------------------------

  const ranges = () => [shown.base.map.layout.xaxis.range, shown.base.map.layout.yaxis.range];

  function setStart(start) {
    performance.mark("surface-start");
    window.explorer.settings.set(LAB, { start_w1: round(start[0]), start_w2: round(start[1]) });
  }

  function listen(map) {
    shown.listening = true;
    map.on("plotly_click", (event) => event.xvals && setStart([event.xvals[0], event.yvals[0]]));
    map.addEventListener("keydown", (event) => {
      const next = shown.paths && moved(shown.paths.start, event.key, event.shiftKey, ranges());
      if (!next) return;
      event.preventDefault();
      shown.paths.start = next; // keys may come faster than answers
      setStart(next);
    });
    document.getElementById("surface-random-start").addEventListener("click", () => setStart(somewhere(ranges(), Math.random)));
  }

  async function drawMap() {
    const { base, paths } = shown;
    const map = await window.explorer.plots.draw(MAP, joined(base.map, paths.map));
    if (!shown.listening) listen(map);
    requestAnimationFrame(() => setTimeout(painted));
  }

  function painted() {
    if (performance.getEntriesByName("surface-start").length) {
      performance.measure("surface-start-to-path", "surface-start");
      performance.clearMarks("surface-start");
    }
  }

  // The other pictures follow the map, and only the last of several.
  function drawLater() {
    clearTimeout(shown.later);
    shown.later = setTimeout(async () => {
      const { base, paths } = shown;
      await window.explorer.plots.draw(ERRORS, paths.errors);
      if (paths.fit.data.length) await window.explorer.plots.draw(FIT, paths.fit);
      await window.explorer.plots.draw(RELIEF, joined(base.relief, paths.relief));
    }, 30);
  }

  function showRates(settings) {
    for (const row of document.querySelectorAll(".rate-row")) {
      row.hidden = !settings.optimizers.some((name) => row.id === `surface-rate-row-${name}`);
    }
  }

  function draw(base, paths, visible, settings) {
    const { no_update: still } = window.dash_clientside;
    if (settings) showRates(settings);
    if (!base || !paths || !visible) return still;
    if (shown.base === base && shown.paths === paths) return still;
    Object.assign(shown, { base, paths: { ...paths } });
    drawMap().then(drawLater);
    return still;
  }

  window.explorer = Object.assign(window.explorer || {}, { surface: { pure: { moved, somewhere, joined } } });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_surface: { draw } });
})();
