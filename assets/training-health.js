"use strict";
// Health panel: what every layer lets through, as bars on logarithmic axes, and what is wrong in sentences.
// create(container, {palette, wish}) -> {scene(scene), report(data), palette(p)}; its colours are those of the page.
(() => {
  const explorer = (window.explorer = window.explorer || {});

  // ---- pure ----------------------------------------------------------------------------------------------------

  const MEASURES = [["gradient", "Gradient"], ["activity", "Activity"]];
  const FEWEST = 4; // decades of an axis: small differences look small
  const MOST = 60; // what lies further below the largest has no length
  const INTERVAL = 100; // ms between two looks

  const isSize = (value) => Number.isFinite(value) && value > 0;

  // [lowest, highest] power of ten, grown by whole decades to hold the values; it never shrinks.
  function grown(axis, values) {
    const powers = values.filter(isSize).map(Math.log10);
    if (!powers.length) return axis;
    const high = Math.max(Math.ceil(Math.max(...powers)), axis ? axis[1] : -Infinity);
    const low = Math.min(Math.floor(Math.min(...powers)), axis ? axis[0] : high - FEWEST);
    return [Math.max(low, high - MOST), high];
  }

  const share = (value, axis) => (axis && isSize(value) ? Math.max(0, Math.min(1, (Math.log10(value) - axis[0]) / (axis[1] - axis[0]))) : 0);

  // Decades between two lines of the axis, so that there are at most ten.
  const spacing = ([low, high]) => [1, 2, 5, 10, 20].find((step) => (high - low) / step <= 10);

  // Two digits, as the sentences have them: 0.012, 340, 3.1e-12.
  function text(value) {
    if (value === null || value === undefined) return "too large";
    if (value === 0) return "0";
    const [mantissa, exponent] = value.toExponential(1).split("e").map(Number);
    if (exponent < -3 || exponent > 4) return `${mantissa.toFixed(1)}e${exponent}`;
    return (mantissa * 10 ** exponent).toFixed(Math.max(0, 1 - exponent));
  }

  const power = (exponent) => (exponent < -3 || exponent > 4 ? `1e${exponent}` : String(Number(`1e${exponent}`)));

  // 0.004 is not nothing, 0.997 is not all.
  const percent = (part) => (part > 0 && part < 0.01 ? "<1" : part < 1 && part > 0.99 ? ">99" : String(Math.round(100 * part)));

  // What its neurons are, [share, words, what narrow panels leave out of these]; null where there is nothing to tell.
  function state({ dead, saturated }) {
    if (typeof dead === "number") return [dead, `${percent(dead)} % dead`, ""];
    return typeof saturated === "number" ? [saturated, `${percent(saturated)} % sat`, "urated"] : null;
  }

  // [words, what narrow panels leave out, words]
  const layerName = (layer, last) => (layer === last ? ["Output", " layer", ""] : ["Hidden ", "layer ", String(layer)]);

  // ---- the page ------------------------------------------------------------------------------------------------

  function make(name, className, children = []) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  const put = (element, words) => element.textContent !== words && (element.textContent = words);

  function axisHead(title) {
    const [low, high] = [make("span"), make("span")];
    const ends = make("span", "health-axis", [make("span", "spoken", [", axis from "]), low, make("span", "spoken", [" to "]), high]);
    const head = make("th", "health-measure", [make("span", "health-title", [title]), ends]);
    head.scope = "col";
    return { head, show: ([from, to]) => (put(low, power(from)), put(high, power(to))) };
  }

  function measureCell() {
    const [number, bar] = [make("span", "health-number"), make("span", "health-bar")];
    const track = make("span", "health-track", [bar]);
    track.setAttribute("aria-hidden", "true");
    const cell = make("td", "health-measure", [make("span", "health-cell", [number, track])]);
    return {
      cell,
      show(value, axis) {
        put(number, text(value));
        bar.style.inlineSize = `${(100 * share(value, axis)).toFixed(2)}%`;
        bar.classList.toggle("health-some", isSize(value)); // too small for a length it is still there
        if (axis) track.style.setProperty("--health-line", `${(100 * spacing(axis)) / (axis[1] - axis[0])}%`);
      },
    };
  }

  const rest = (words) => make("span", "health-rest", [words]);

  function neuronsCell() {
    const [words, more] = [make("span", "health-state"), rest("")];
    const cell = make("td", "health-neurons", [words, more]);
    return {
      cell,
      show(layer) {
        const [part, told, left] = state(layer) ?? [0, "–", ""];
        put(words, told);
        put(more, left);
        cell.classList.toggle("health-some", part > 0);
      },
    };
  }

  function row([first, left, last]) {
    const cells = MEASURES.map(measureCell);
    const [weight, neurons] = [make("td", "health-weight"), neuronsCell()];
    const head = make("th", "health-name", [first, rest(left), last]);
    head.scope = "row";
    return {
      element: make("tr", "", [head, ...cells.map(({ cell }) => cell), weight, neurons.cell]),
      show(layer, axes) {
        MEASURES.forEach(([key], i) => cells[i].show(layer[key], axes[key]));
        put(weight, text(layer.weight));
        neurons.show(layer);
      },
    };
  }

  function column(title, className) {
    const head = make("th", className, [title]);
    head.scope = "col";
    return head;
  }

  function table(layers) {
    const rows = Array.from({ length: layers }, (_, i) => row(layerName(i + 1, layers)));
    const heads = MEASURES.map(([, title]) => axisHead(title));
    const caption = make("caption", "health-caption", ["Root mean squares over training cases, on logarithmic axes, from the first layer to the last."]);
    const titles = [column("Layer", "health-name"), ...heads.map(({ head }) => head), column("Weights", "health-weight"), column("Neurons", "health-neurons")];
    const head = make("thead", "", [make("tr", "", titles)]);
    const element = make("table", "health-table", [caption, head, make("tbody", "", rows.map(({ element: each }) => each))]);
    return { element, rows, heads };
  }

  // Sentences are exchanged one by one: assistive software and a selection keep their place.
  function tell(list, sentences, healthy) {
    while (list.children.length > sentences.length) list.lastChild.remove();
    while (list.children.length < sentences.length) list.append(make("li"));
    sentences.forEach((sentence, i) => put(list.children[i], sentence));
    list.classList.toggle("health-well", healthy);
  }

  function create(container, options = {}) {
    const list = make("ul", "health-findings");
    list.setAttribute("aria-label", "Findings");
    let [shown, axes, latest, layers] = [null, {}, null, 0];
    container.classList.add("health-panel");

    function draw() {
      if (!latest || !shown || latest.layers.length !== layers) return;
      MEASURES.forEach(([key], i) => {
        axes[key] = grown(axes[key], latest.layers.map((layer) => layer[key]));
        if (axes[key]) shown.heads[i].show(axes[key]);
      });
      shown.rows.forEach((each, i) => each.show(latest.layers[i], axes));
      tell(list, latest.findings, latest.healthy);
    }

    const drawSoon = explorer.canvas.throttle(draw, INTERVAL);

    return {
      scene(scene) {
        [axes, latest, layers] = [{}, null, scene.sizes.length - 1];
        shown = table(layers);
        tell(list, [], true);
        container.replaceChildren(shown.element, list);
      },
      report(data) {
        latest = data ?? null;
        drawSoon();
      },
      palette: () => options.palette, // the colours are custom properties, which change by themselves
    };
  }

  explorer.healthBars = { create, pure: { grown, share, spacing, text, power, percent, state, layerName } };
})();
