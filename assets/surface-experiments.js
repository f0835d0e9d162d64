"use strict";
// Experiments that take a while: asked for in cells one after another, with progress; cancelled by not asking on.
(() => {
  const CELL = 80; // ms that one answer should take
  const FIRST_ROWS = 10;
  const LEVELS = [0.1, 0.2, 0.35, 0.6, 1, 1.7, 3, 6]; // times the chosen noise
  const [DIVERGED, MOVING] = [-1, -2];

  // ---- pure ----------------------------------------------------------------------------------------------------

  // The order of a race: who arrived with fewer gradients, then who came lower.
  const ranked = (racers) => [...racers].sort((one, other) => (one.arrived ?? Infinity) - (other.arrived ?? Infinity) || (one.final ?? Infinity) - (other.final ?? Infinity));

  // With how many gradients each had lost all but 1 % of what can be lost, above the lowest error that is known or seen.
  function arrivals(racers) {
    const curves = racers.map(({ errors }) => (errors instanceof Float64Array ? errors : new Float64Array(window.explorer.canvas.bytes(errors).buffer)));
    const known = racers.map(({ lowest }) => lowest).filter((value) => value !== null);
    const lowest = Math.min(...known, ...racers.map(({ final }) => final ?? Infinity));
    return racers.map((racer, i) => {
      const allowed = lowest + 0.01 * (curves[i][0] - lowest);
      const update = curves[i].findLastIndex((error) => !(error <= allowed)) + 1;
      return { ...racer, errors: curves[i], arrived: racer.final !== null && update < curves[i].length ? update * racer.cost : null };
    });
  }

  function verdict(racers) {
    const [first, second] = ranked(racers);
    if (!first) return "";
    if (first.arrived === null) return `Nobody lost 99 % of the error; ${first.title} came lowest.`;
    if (!second || second.arrived === null) return `${first.title} won with ${first.arrived.toLocaleString("en")} gradients; nobody else lost 99 % of the error.`;
    const times = second.arrived / first.arrived;
    const lead = times < 1.005 ? "as many" : `${times.toPrecision(2)} times as many`;
    return `${first.title} won with ${first.arrived.toLocaleString("en")} gradients; ${second.title} needed ${lead}.`;
  }

  const channels = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));

  // Labels and steps -> RGBA, rows from above.
  function painted({ labels, steps, side }, colours, most) {
    const image = new Uint8ClampedArray(4 * labels.length);
    const table = colours.map(channels);
    for (let i = 0; i < labels.length; i++) {
      const place = 4 * ((labels.length / side - 1 - Math.floor(i / side)) * side + (i % side));
      const plain = labels[i] >= 0 ? table[labels[i] % table.length] : labels[i] === MOVING ? [150, 150, 150] : [0, 0, 0];
      const shade = labels[i] >= 0 ? 1 - 0.45 * Math.sqrt(Math.min(1, steps[i] / most)) : 1;
      image.set([...plain.map((value) => value * shade), labels[i] === DIVERGED ? 40 : 255], place);
    }
    return image;
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  const element = (name) => document.getElementById(`surface-${name}`);
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  // A picture has no place before there is one.
  function shown(id, figure) {
    document.getElementById(id).classList.add("ready");
    return window.explorer.plots.draw(id, figure);
  }

  // One button that starts an experiment and cancels it; work(ask, progress) throws where it was cancelled.
  function experiment(name, work) {
    const [button, bar] = [element(`${name}-run`), element(`${name}-bar`)];
    const label = button.textContent;
    const say = (words) => (element(`${name}-words`).textContent = words);
    let turn = 0;

    function progress(share) {
      bar.style.setProperty("--share", share);
      bar.setAttribute("aria-valuenow", Math.round(100 * share));
    }

    function stop() {
      turn += 1;
      button.textContent = label;
      progress(0);
    }

    async function run() {
      const mine = ++turn;
      const begun = performance.now();
      button.textContent = "Cancel";
      say("");
      const ask = async (path, wish) => {
        const answer = await window.explorer.exchange.ask(path, wish);
        if (mine !== turn) throw new Error("cancelled");
        if (!answer || answer.error) throw new Error(answer?.error ?? "The server does not answer.");
        return answer;
      };
      const told = (share) => {
        progress(share);
        const left = ((performance.now() - begun) / share) * (1 - share);
        if (left > 1500) say(`About ${Math.ceil(left / 1000)} s left.`);
      };
      try {
        const words = await work(ask, told);
        say(words);
      } catch (reason) {
        if (reason.message === "cancelled") return;
        say(reason.message);
      }
      if (mine === turn) stop();
    }

    button.addEventListener("click", () => {
      if (button.textContent === label) return void run();
      stop();
      say("Cancelled.");
      return undefined;
    });
  }

  // lab: {wish(more), settings(), set(values), setStart(pair), preview(pair or null)}
  function create(lab) {
    let [racers, map, drawn] = [[], null, null];

    // ---- the race

    async function race(ask, progress) {
      racers = [];
      const wish = lab.wish();
      const names = element("race-table").dataset.racers.split(",");
      for (const [i, name] of names.entries()) {
        racers.push(await ask("/surface/race", { ...wish, name }));
        racers = arrivals(racers);
        window.explorer.surfaceTable.race(element("race-table"), ranked(racers));
        progress((i + 1) / names.length);
      }
      element("race-take").disabled = false;
      return verdict(racers);
    }

    function takeRates() {
      const rates = Object.fromEntries(racers.map(({ name, rate }) => [`rate_${name}`, rate]));
      lab.set({ ...rates, optimizers: racers.map(({ name }) => name), steps: lab.settings().budget });
    }

    // ---- basins

    async function basins(ask, progress) {
      const wish = lab.wish();
      const { side } = await ask("/surface/basins", { ...wish, rows: [0, 1] });
      const whole = { ends: new Float32Array(2 * side * side), steps: new Uint16Array(side * side), states: new Int8Array(side * side), side };
      let [row, rows] = [0, FIRST_ROWS];
      while (row < side) {
        const until = Math.min(side, row + rows);
        const begun = performance.now();
        const cell = await ask("/surface/basins", { ...wish, rows: [row, until] });
        fill(whole, cell, row * side);
        rows = Math.max(1, Math.min(side, Math.round((rows * CELL) / Math.max(1, performance.now() - begun))));
        row = until;
        progress(row / side);
      }
      const answer = await ask("/surface/basin-labels", { ...wish, ends: base64(whole.ends), states: base64(whole.states) });
      drawn = { ...whole, labels: new Int8Array(window.explorer.canvas.bytes(answer.labels).buffer), window: answer.window, places: answer.places };
      await paintBasins(answer);
      return answer.words;
    }

    function fill(whole, cell, from) {
      const { bytes, floats } = window.explorer.canvas;
      whole.ends.set(floats(cell.ends), 2 * from);
      whole.steps.set(new Uint16Array(bytes(cell.steps).buffer), from);
      whole.states.set(new Int8Array(bytes(cell.states).buffer), from);
    }

    function base64(array) {
      const raw = new Uint8Array(array.buffer);
      let text = "";
      for (let i = 0; i < raw.length; i += 32768) text += String.fromCharCode(...raw.subarray(i, i + 32768));
      return btoa(text);
    }

    async function paintBasins({ figure, places }) {
      const plot = await shown("surface-basins", figure);
      map ||= beginBasins(plot);
      map.redraw();
      const colours = window.explorer.plots.basinColours();
      const key = (colour, words) => {
        const mark = make("span", { className: "dot" });
        mark.style.setProperty("--about", colour);
        const item = make("span", { className: "key" });
        item.append(mark, words);
        return item;
      };
      element("basin-legend").replaceChildren(...places.map(({ words }, i) => key(colours[i % colours.length], words)));
    }

    function beginBasins(plot) {
      const canvas = make("canvas", { className: "heat-layer" });
      plot.prepend(canvas);
      function redraw() {
        const { xaxis, yaxis } = plot._fullLayout ?? {};
        if (!drawn || !xaxis) return;
        const { side } = drawn;
        const most = Math.max(1, [...drawn.steps].sort((one, other) => one - other)[Math.floor(0.95 * drawn.steps.length)]);
        const small = make("canvas", { width: side, height: side });
        small.getContext("2d").putImageData(new ImageData(painted(drawn, window.explorer.plots.basinColours(), most), side, side), 0, 0);
        Object.assign(canvas, { width: Math.round(xaxis._length), height: Math.round(yaxis._length) });
        Object.assign(canvas.style, { left: `${xaxis._offset}px`, top: `${yaxis._offset}px` });
        const context = canvas.getContext("2d");
        context.imageSmoothingEnabled = false;
        context.drawImage(small, 0, 0, canvas.width, canvas.height);
      }
      plot.on("plotly_afterplot", redraw);
      plot.addEventListener("pointermove", (event) => point(plot, event));
      plot.addEventListener("pointerleave", () => lab.preview(null));
      plot.addEventListener("click", (event) => {
        const place = at(plot, event);
        if (place) lab.setStart(place.weights);
      });
      window.addEventListener("explorer:theme", redraw);
      return { redraw };
    }

    function at(plot, event) {
      const { xaxis, yaxis } = plot._fullLayout;
      const box = plot.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left - xaxis._offset, event.clientY - box.top - yaxis._offset];
      if (!drawn || x < 0 || y < 0 || x >= xaxis._length || y >= yaxis._length) return null;
      const [column, row] = [Math.floor((x / xaxis._length) * drawn.side), drawn.side - 1 - Math.floor((y / yaxis._length) * drawn.side)];
      const weights = drawn.window.map(([low, high], axis) => low + ((axis ? row : column) * (high - low)) / (drawn.side - 1));
      return { index: row * drawn.side + column, weights };
    }

    function point(plot, event) {
      const place = at(plot, event);
      if (!place) return;
      const { labels, steps, places } = drawn;
      const label = labels[place.index];
      const fate = label === DIVERGED ? "diverges" : label === MOVING ? "is still on its way" : `ends at ${places[label].words} after ${steps[place.index]} steps`;
      element("basin-readout").textContent = `From (${place.weights.map((value) => Number(value.toPrecision(3))).join(", ")}) it ${fate}.`.replace(/-/g, "−");
      lab.preview(place.weights);
    }

    // ---- escape

    async function escape(ask, progress) {
      const wish = lab.wish();
      const found = [];
      for (const [i, level] of LEVELS.entries()) {
        found.push(await ask("/surface/escape", { ...wish, level }));
        progress((i + 1) / (LEVELS.length + 1));
      }
      const chosen = await ask("/surface/escape", { ...wish, level: 1 });
      await shown("surface-escape", figureOf(found, chosen));
      return chosen.words;
    }

    function figureOf(found, chosen) {
      const curve = { type: "scatter", mode: "lines+markers", x: found.map(({ noise }) => noise), y: found.map(({ share }) => 100 * share), line: { color: "token:accent", width: 2 }, hovertemplate: "noise %{x:.3~g}<br>%{y:.0f} %<extra></extra>" };
      const mark = { type: "scatter", mode: "markers", x: [chosen.noise], y: [100 * chosen.share], marker: { color: "token:ink", size: 11, symbol: "diamond" }, hovertemplate: "chosen: %{y:.1f} %<extra></extra>" };
      return { data: [curve, mark], layout: { xaxis: { type: "log", title: { text: "Noise" } }, yaxis: { title: { text: "Got out, %" }, range: [-4, 104] }, showlegend: false } };
    }

    // What was found on another surface is not shown beside this one.
    function forget() {
      [drawn, racers] = [null, []];
      for (const id of ["surface-basins", "surface-escape"]) document.getElementById(id).classList.remove("ready");
      for (const name of ["basin-legend", "race-table"]) element(name).replaceChildren();
      for (const name of ["race-words", "basins-words", "escape-words", "basin-readout"]) element(name).textContent = "";
      element("race-take").disabled = true;
    }

    experiment("race", race);
    experiment("basins", basins);
    experiment("escape", escape);
    element("race-take").addEventListener("click", takeRates);
    return { forget };
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceExperiments: { create, pure: { ranked, arrivals, verdict, painted } } });
})();
