"use strict";
// What the surface lab shows: the map and what stands under it, and the charts that follow.
(() => {
  const [MAP, RELIEF, ERRORS, FIT, WEIGHTS] = ["map", "relief", "errors", "fit", "weights"].map((name) => `surface-${name}`);
  const FOLLOW = 60; // ms of rest after which the other pictures follow the map
  const FIT_EVERY = 120; // ms between two pictures of the fit while a hand moves the cases: the map goes first
  const DIGITS = 4;
  const GLYPHS = { "lowest minimum": "+", "local minimum": "○", "eigen-direction": "—", downhill: "→" };

  // ---- pure ----------------------------------------------------------------------------------------------------

  const round = (value) => Number(value.toPrecision(DIGITS));

  // All weights of a path at a step, in their order; shown: the indices on the map, left: the one that it leaves out.
  function weightsAt({ weights, held }, step, shown, left) {
    const values = shown.map((index, axis) => [index, weights[2 * step + axis]]);
    if (held) values.push([left, held[step]]);
    return values.sort(([one], [other]) => one - other).map(([, value]) => value);
  }

  const sentenceAt = (weights, error) => `${weights.map((value, i) => `w${i + 1} = ${round(value)}`).join(", ")}, error ${error.toPrecision(DIGITS)}.`.replace(/-/g, "−");

  // The bars of one path at another step than its last.
  const atStep = ({ data, layout }, title, weights) => ({ data: data.map((trace) => (trace.type === "bar" && trace.name === title ? { ...trace, y: weights } : trace)), layout });

  // ---- the page ------------------------------------------------------------------------------------------------

  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const element = (name) => document.getElementById(`surface-${name}`);

  // lab: the state of surface.js; hands: for the map; touch: for the cases; cut(value): moves the third weight
  function create(lab, { hands, touch, cut, askStep }) {
    let player = null;
    let [layer, heat, cases, table, fitted, told, later, pointedAt, fittedAt] = [null, null, null, null, null, null, null, null, 0];
    const { plots } = window.explorer;

    async function base() {
      const map = await plots.draw(MAP, lab.base.map);
      if (!layer) begin(map);
      layer.redraw();
      heat.draw(lab.base.heat ? lab.base.map.data[0] : null);
      showScale(lab.base);
      element("facts").replaceChildren(...lab.base.facts.map((textContent) => make("li", { textContent })));
      showCut(lab.base);
      if (lab.paths) drawLater();
    }

    function begin(map) {
      layer = window.explorer.pathLayer.create(map);
      heat = window.explorer.heatLayer.create(map);
      for (const each of [layer, heat]) map.on("plotly_afterplot", each.redraw);
      player = window.explorer.surfacePlayer.create({ paths: () => lab.paths?.paths ?? [], show: layer.show, ask: (step, follow) => askStep({ step, follow }) });
      if (lab.paths) {
        layer.draw(lab.paths);
        player.renew();
      }
      window.explorer.surfaceMap.create(map, layer, hands);
      element("best-cut").addEventListener("click", () => lab.paths?.best_cut != null && cut(lab.paths.best_cut));
    }

    function paths() {
      layer?.draw(lab.paths);
      player?.renew();
      window.explorer.surfaceRates.draw(lab.paths.rates, lab.settings);
      window.explorer.surfaceTable.results(element("progress"), lab.paths.table);
      tell();
      drawLater();
    }

    // The other pictures follow the map, and only the last of several; that of the cases while a hand moves them.
    function drawLater() {
      clearTimeout(later);
      if (lab.touching && performance.now() > fittedAt + FIT_EVERY) drawFit();
      later = setTimeout(drawAll, FOLLOW);
    }

    async function drawAll() {
      const { base: ground, paths: found } = lab;
      if (!ground || !found) return;
      await drawFit();
      await plots.draw(ERRORS, found.error_figure);
      if (ground.held !== null) await drawWeights(found.weights_figure);
      await plots.draw(RELIEF, { data: [...ground.relief.data, ...found.relief], layout: { uirevision: "turned", ...ground.relief.layout } });
    }

    async function drawFit() {
      if (!lab.cases || !lab.paths) return;
      const { data, layout, config } = lab.paths.fit_figure;
      if (!layout.xaxis.range) return; // the paths still belong to a surface without cases
      // under the hand the axes stay
      const ranges = lab.touching && fitted ? fitted : [layout.xaxis.range, layout.yaxis.range];
      [fitted, fittedAt] = [ranges, performance.now()];
      const [xaxis, yaxis] = [layout.xaxis, layout.yaxis].map((axis, i) => ({ ...axis, range: ranges[i] }));
      const plot = await plots.draw(FIT, { data, config, layout: { ...layout, xaxis, yaxis, uirevision: JSON.stringify(ranges) } });
      cases ||= window.explorer.surfaceData.create(plot, { cases: () => lab.cases, touch, touching: () => lab.touching });
      table ||= window.explorer.surfaceTable.create(element("table-details"), element("table"), { cases: () => lab.cases, touch });
      cases.redraw();
      if (!lab.touching) table.redraw();
    }

    async function drawWeights(figure) {
      const names = figure.data.filter(({ type }) => type !== "bar").map(({ name }) => ({ "True price": "line: the true price", Law: "line: the law that made the targets", "Least squares": "diamond: least squares" })[name]);
      element("weights-words").textContent = `Grey: the start; colour: where a path has come to; ${names.join("; ")}.`.replace("; .", ".");
      await plots.draw(WEIGHTS, figure);
    }

    function showScale({ scale, map }) {
      element("scale").replaceChildren(...scale.labels.map((textContent, i) => make("span", { textContent, style: `left: ${100 * scale.heights[i]}%` })));
      const shown = new Set(map.data.filter(({ name, x }) => name && x.bdata).map(({ name }) => name));
      element("marks").replaceChildren(...Object.keys(GLYPHS).filter((name) => shown.has(name)).map((name) => make("span", { textContent: `${GLYPHS[name]} ${name}` })));
    }

    function showCut({ held, names }) {
      element("cut").hidden = held === null;
      element("weights-panel").hidden = held === null;
      if (held !== null) element("held-name").textContent = `The map shows two of three weights; the slider holds ${names[held]}. The descent walks in all three, and the map shows its shadow.`;
    }

    function tell(point = null) {
      if (!lab.paths) return;
      const { sentences, stability, start_sentence: words } = lab.paths;
      const path = point && lab.paths.paths[point.path];
      const weights = path && weightsAt(path, point.step, lab.base.shown, lab.base.held);
      element("readout").textContent = path ? `${path.title}, step ${point.step}: ${sentenceAt(weights, path.errors[point.step])}` : words;
      showStep(path?.held ? { title: path.title, weights } : null);
      if (told === lab.paths) return;
      told = lab.paths;
      element("sentences").replaceChildren(...sentences.map(({ name, words: textContent }) => {
        const item = make("li", { textContent });
        item.style.setProperty("--about", plots.colour(name));
        return item;
      }));
      element("stability").textContent = stability;
    }

    // The three weights at the step of a path that is pointed at.
    function showStep(step) {
      if (!lab.base || lab.base.held === null || (!step && !pointedAt)) return;
      pointedAt = step;
      const { weights_figure: figure } = lab.paths;
      plots.draw(WEIGHTS, step ? atStep(figure, step.title, step.weights) : figure);
    }

    return {
      base, paths, tell,
      cases: () => cases?.redraw(),
      step: (answer) => player?.hear(answer),
      recolour() {
        told = null;
        tell();
        cases?.redraw();
        heat?.redraw();
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { surfacePictures: { create, pure: { weightsAt, sentenceAt, atStep } } });
})();
