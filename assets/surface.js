"use strict";
// The surface lab in the browser: asks for what the settings name and draws it, the paths first of all.
(() => {
  const LAB = "surface";
  const [MAP, RELIEF, ERRORS, FIT] = ["surface-map", "surface-relief", "surface-errors", "surface-fit"];
  const KEY_STEP = 1 / 60; // of the window
  const FOLLOW = 60; // ms of rest after which the other pictures follow the map
  const REST = 250; // ms of rest after which the fields of the start follow the pointer
  const AGAIN = 1000; // ms until a server that did not answer is asked again
  const DIGITS = 4;

  const lab = {
    settings: null, part: "", base: null, paths: null, layer: null, later: null, told: null, wished: "", dragging: false, complained: false,
  };
  const explorer = window.explorer;
  const element = (name) => document.getElementById(`surface-${name}`);

  const askPaths = explorer.exchange.latest("/surface/paths", hearPaths);
  const askBase = explorer.exchange.latest("/surface/base", hearBase);

  // ---- pure ----------------------------------------------------------------------------------------------------

  const round = (value) => Number(value.toPrecision(DIGITS));

  // The start after a key: a step in the direction of the arrow, five with Shift. Null for another key.
  function moved(start, key, wide, ranges) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[key];
    if (!direction) return null;
    const stride = KEY_STEP * (wide ? 5 : 1);
    return start.map((value, axis) => round(value + direction[axis] * stride * (ranges[axis][1] - ranges[axis][0])));
  }

  const somewhere = (ranges, random) => ranges.map(([low, high]) => round(low + (0.04 + 0.92 * random()) * (high - low)));

  // ---- asking --------------------------------------------------------------------------------------------------

  function wish() {
    const text = JSON.stringify(lab.settings);
    if (text === lab.wished) return;
    lab.wished = text;
    askPaths({ settings: lab.settings });
  }

  function askAll() {
    const part = JSON.stringify(lab.named);
    if (part !== lab.part) askBase({ settings: lab.settings });
    lab.part = part;
    wish();
  }

  function hearBase(answer, { settings }) {
    if (!complain(answer)) return;
    const known = lab.base !== null;
    lab.base = answer;
    for (const [name, hidden] of [["data-controls", !answer.on_data], ["fit-panel", !answer.on_data]]) element(name).hidden = hidden;
    if (known && settings.surface !== lab.surface) explorer.settings.set(LAB, answer.suggestion);
    lab.surface = settings.surface;
    drawBase();
  }

  function hearPaths(answer) {
    if (!complain(answer)) return;
    lab.paths = { ...answer, paths: answer.paths.map((path) => ({ ...path, weights: explorer.canvas.floats(path.weights), errors: explorer.canvas.floats(path.errors) })) };
    lab.layer?.draw(lab.paths);
    requestAnimationFrame(() => setTimeout(painted));
    tell();
    drawLater();
  }

  // How long the path took to come from the hand to the screen: `make bench` reads it.
  function painted() {
    if (!performance.getEntriesByName("surface-start", "mark").length) return;
    performance.measure("surface-start-to-path", "surface-start");
    performance.clearMarks("surface-start");
  }

  function complain(answer) {
    const words = answer === null ? "The server does not answer. The pictures follow by themselves when it is back." : answer.error;
    // only what was said here is taken back: a sentence about the link stays until its reader changes something
    if (words || lab.complained) window.dash_clientside.set_props("surface-notice", { children: words || "" });
    lab.complained = Boolean(words);
    if (words) [lab.wished, lab.part] = ["", ""];
    clearTimeout(lab.again);
    if (answer === null) lab.again = setTimeout(askAll, AGAIN);
    return !words;
  }

  // ---- drawing -------------------------------------------------------------------------------------------------

  async function drawBase() {
    const map = await explorer.plots.draw(MAP, lab.base.map);
    if (!lab.layer) begin(map);
    lab.layer.redraw();
    if (lab.paths) drawLater();
  }

  function begin(map) {
    lab.layer = explorer.pathLayer.create(map);
    map.on("plotly_afterplot", lab.layer.redraw);
    if (lab.paths) lab.layer.draw(lab.paths);
    map.addEventListener("pointerdown", pressed);
    map.addEventListener("pointermove", pointed);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => (lab.dragging = false));
    map.addEventListener("pointerleave", () => tell());
    map.addEventListener("click", (event) => event.pointerType === "touch" && moveTo(lab.layer.at(event)));
    map.addEventListener("keydown", keyed);
    element("random-start").addEventListener("click", () => setStart(somewhere(ranges(), Math.random)));
  }

  // The other pictures follow the map, and only the last of several.
  function drawLater() {
    clearTimeout(lab.later);
    lab.later = setTimeout(async () => {
      const { base, paths } = lab;
      if (!base || !paths) return;
      await explorer.plots.draw(ERRORS, paths.error_figure);
      if (base.on_data) await explorer.plots.draw(FIT, paths.fit_figure);
      await explorer.plots.draw(RELIEF, { data: [...base.relief.data, ...paths.relief], layout: base.relief.layout });
    }, FOLLOW);
  }

  function tell(point = null) {
    if (!lab.paths) return;
    const { sentences, stability, start_sentence: words, paths } = lab.paths;
    const path = point && paths[point.path];
    element("readout").textContent = path ? `${path.title}, step ${point.step}: ${at(path, point.step)}` : words;
    if (lab.told === lab.paths) return;
    lab.told = lab.paths;
    element("sentences").replaceChildren(...sentences.map(({ name, words: text }) => {
      const item = Object.assign(document.createElement("li"), { textContent: text });
      item.style.setProperty("--about", explorer.plots.colour(name));
      return item;
    }));
    element("stability").textContent = stability;
  }

  const at = ({ weights, errors }, step) =>
    `w1 = ${round(weights[2 * step])}, w2 = ${round(weights[2 * step + 1])}, error ${errors[step].toPrecision(DIGITS)}.`;

  // ---- moving the start ----------------------------------------------------------------------------------------

  const ranges = () => [lab.base.map.layout.xaxis.range, lab.base.map.layout.yaxis.range];

  // The path at once, the fields when the hand rests.
  function setStart([first, second]) {
    performance.clearMarks("surface-start");
    performance.mark("surface-start");
    const start = { start_w1: round(first), start_w2: round(second) };
    lab.settings = { ...lab.settings, ...start };
    wish();
    clearTimeout(lab.resting);
    lab.resting = setTimeout(() => explorer.settings.set(LAB, start), REST);
  }

  function moveTo({ within, weights }) {
    if (within) setStart(weights);
    return within;
  }

  function pressed(event) {
    if (event.pointerType === "touch" || event.button !== 0 || event.target.closest(".modebar")) return;
    lab.dragging = moveTo(lab.layer.at(event));
    if (lab.dragging) event.currentTarget.focus({ preventScroll: true });
  }

  function pointed(event) {
    const place = lab.layer.at(event);
    if (lab.dragging && event.buttons === 1) moveTo(place);
    else tell(place.within ? place.point : null);
  }

  function keyed(event) {
    const { start_w1: first, start_w2: second } = lab.settings;
    const next = moved([first, second], event.key, event.shiftKey, ranges());
    if (!next) return;
    event.preventDefault();
    setStart(next);
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  function showRates({ optimizers }) {
    for (const row of document.querySelectorAll(".rate-row")) {
      row.hidden = !optimizers.some((name) => row.id === `surface-rate-row-${name}`);
    }
  }

  function configure(settings, part, visible) {
    const { no_update: still } = window.dash_clientside;
    if (!settings || !visible) return still;
    lab.settings = settings;
    showRates(settings);
    lab.named = part;
    askAll();
    return still;
  }

  // A slider under the finger: the path follows before the page has.
  window.addEventListener("explorer:moved", ({ detail }) => {
    if (detail.lab !== LAB || !lab.settings) return;
    lab.settings = { ...lab.settings, [detail.setting]: detail.value };
    wish();
  });

  window.addEventListener("explorer:theme", () => {
    lab.told = null;
    tell();
  });

  window.explorer = Object.assign(explorer, { surface: { lab, pure: { moved, somewhere } } });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_surface: { configure } });
})();
