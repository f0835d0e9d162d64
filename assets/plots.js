"use strict";
// Plotly charts drawn from the page: the server names colours by token, here they get those of scheme and palette.
(() => {
  const TOKEN = "token:";
  const RETRY = 25; // ms between two looks for plotly.js, which Dash loads after the page

  const drawn = new Map(); // element -> {figure, painted, waiting}

  // ---- pure: tokens --------------------------------------------------------------------------------------------

  const scaleOf = (stops) => stops.map((colour, i) => [i / (stops.length - 1), colour]);

  function transparent(hex, alpha) {
    const [red, green, blue] = [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
    return `rgba(${red},${green},${blue},${alpha})`;
  }

  // look: {tokens, error, diverging}; "ink", "ink/0.4", "adam", "positive", "diverging", "error-scale"
  function colourOf(look, name) {
    if (name === "diverging") return scaleOf(look.diverging);
    if (name === "error-scale") return scaleOf(look.error);
    const [plain, alpha] = name.split("/");
    const ends = { negative: look.diverging[0], positive: look.diverging[look.diverging.length - 1] };
    const colour = look.tokens[plain] ?? ends[plain];
    if (!colour) throw new Error(`no colour is named ${plain}`);
    return alpha ? transparent(colour, alpha) : colour;
  }

  const mayHoldTokens = (values) => typeof values[0] === "string" || (typeof values[0] === "object" && values[0] !== null);

  // A copy with colours for tokens. A deep one: Plotly writes the user's zoom into the arrays that it was given.
  function resolve(value, look) {
    if (typeof value === "string") return value.startsWith(TOKEN) ? colourOf(look, value.slice(TOKEN.length)) : value;
    if (Array.isArray(value)) return mayHoldTokens(value) ? value.map((each) => resolve(each, look)) : value.slice();
    if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each, look)]));
  }

  // figure -> what Plotly gets. A figure may name its own uirevision: then zoom and camera begin anew.
  function compose(figure, look) {
    const data = resolve(figure.data, look);
    const layout = { uirevision: "kept", autosize: true, ...resolve(figure.layout || {}, look), template: resolve(look.template, look) };
    return { data, layout };
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // Plotly reads its 3-D letters back from one large canvas; Chromium asks for this flag, in the console of each user.
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, attributes) {
    const letters = kind === "2d" && this.width === 8192 && this.height === 1024;
    return getContext.call(this, kind, letters ? { ...attributes, willReadFrequently: true } : attributes);
  };

  const elementOf = (target) => (typeof target === "string" ? document.getElementById(target) : target);
  const theme = () => window.explorer.theme?.data();
  const hasSize = (element) => element.clientWidth > 0 && element.clientHeight > 0;

  const fits = ({ _fullLayout: drawnLast, clientWidth, clientHeight }) =>
    Math.abs(drawnLast.width - clientWidth) < 1 && Math.abs(drawnLast.height - clientHeight) < 1;

  function look() {
    const { schemes } = theme();
    const { diverging, ...rest } = schemes[window.explorer.theme.scheme()];
    return { ...rest, diverging: diverging[window.explorer.theme.palette()] };
  }

  function whenPlotly(callback) {
    if (window.Plotly && theme()) callback(window.Plotly);
    else setTimeout(() => whenPlotly(callback), RETRY);
  }

  // Plotly keeps the user's zoom itself, but forgets a turned scene once its element has changed its size.
  function keepCameras(element, layout) {
    const before = element._fullLayout;
    if (before?.uirevision !== layout.uirevision) return;
    for (const id of before._subplots?.gl3d ?? []) {
      const camera = before[id]?._scene?.getCamera();
      if (camera) layout[id] = { ...layout[id], camera };
    }
  }

  // Plotly.react, unlike relayout, measures a new view of equal scales by the range of the old one, and stretches it.
  function forgetRanges(element, layout) {
    const before = element._fullLayout;
    if (!before || before.uirevision === layout.uirevision) return;
    for (const axis of Object.values(before)) if (axis?._inputRange) delete axis._inputRange;
  }

  // Hidden elements are painted when they get a size: Plotly would draw them at a size of its own.
  async function paint(element) {
    const entry = drawn.get(element);
    if (!entry || !hasSize(element)) return;
    const { data, layout } = compose(entry.figure, look());
    keepCameras(element, layout);
    forgetRanges(element, layout);
    entry.painted = true;
    const { waiting } = entry;
    entry.waiting = [];
    await window.Plotly.react(element, data, layout, { ...theme().config, ...entry.figure.config, responsive: false });
    waiting.forEach((done) => done(element));
  }

  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const entry = drawn.get(target);
      if (!entry || !hasSize(target) || !window.Plotly || !theme()) continue;
      if (!entry.painted) paint(target);
      // by what Plotly drew last: it gives up on an element that was hidden before it came to it
      else if (!fits(target)) window.Plotly.Plots.resize(target).catch(() => undefined);
    }
  });

  // figure: {data, layout} with tokens and base64 arrays. Resolves with the element once it is painted.
  function draw(target, figure) {
    const element = elementOf(target);
    const entry = drawn.get(element) || { waiting: [] };
    Object.assign(entry, { figure, painted: false });
    if (!drawn.has(element)) observer.observe(element);
    drawn.set(element, entry);
    return new Promise((done) => {
      entry.waiting.push(done);
      whenPlotly(() => paint(element));
    });
  }

  // For pictures drawn by hand: the stops from -1 to +1, the colours of classes and the inks of the present scheme.
  function palette() {
    const { tokens, diverging, classes } = look();
    return { stops: diverging, classes, ink: tokens.ink, muted: tokens["ink-quiet"], surface: tokens.panel, line: tokens.line };
  }

  const errorStops = () => look().error;
  const basinColours = () => look().basins;

  window.addEventListener("explorer:theme", () => {
    if (!theme()) return;
    for (const [element, entry] of drawn) {
      entry.painted = false;
      if (window.Plotly) paint(element);
    }
  });

  window.explorer = Object.assign(window.explorer || {}, {
    plots: {
      draw, palette, errorStops, basinColours,
      colour: (name) => colourOf(look(), name),
      pure: { resolve, compose, colourOf },
    },
  });
})();
