"use strict";
// The inputs in the plane of two hidden neurons: the grid over them, bent, the training cases, the cut of the output.
// create(container, {palette, wish}) -> {scene, report, palette}
(() => {
  const { canvas: shared, bentData: values, bentDraw } = window.explorer;
  const REACH = 26; // px within which the pointer finds a crossing
  const WORDS = 1000; // ms between two descriptions for screen readers

  // ---- legend and controls -----------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function dot(colour, text) {
    const mark = make("span", { className: "bent-dot" });
    mark.style.background = colour;
    return make("span", { className: "bent-entry" }, [mark, text]);
  }

  function ramp(text, [low, high], stops) {
    const bar = make("span", { className: "bent-ramp" });
    bar.style.background = `linear-gradient(90deg, ${stops.join(",")})`;
    const [from, to] = [low, high].map((value) => shared.tickText(Number(value.toPrecision(3))));
    return make("span", { className: "bent-entry" }, [`${text} ${from}`, bar, to]);
  }

  function caseEntries({ reading, output_names: names, output_range: range }, { stops, classes, muted }) {
    if (reading === "sign") return [dot(stops[0], names[0] ?? "−1"), dot(stops.at(-1), names[1] ?? "+1")];
    if (reading === "value") return [ramp(names[0] ?? "target", range, stops)];
    const known = names.map((name, k) => dot(classes[k % classes.length], name));
    return reading === "labels" ? [...known, dot(muted, names.length === 2 ? "neither" : "none")] : known;
  }

  function gridEntries({ domains, raw_names: raw }, { stops }) {
    const names = raw.map(shared.name);
    if (domains.length < 2) return domains.map((domain) => ramp(names[0], domain, stops));
    if (String(domains[0]) === String(domains[1])) return [ramp(`lines of ${names.join(" and ")},`, domains[0], stops)];
    return domains.map((domain, axis) => ramp(`lines of ${names[axis]},`, domain, stops));
  }

  // A labelled menu; fill(texts, chosen) puts in what can be chosen.
  function menu(title, choose) {
    const select = make("select");
    select.addEventListener("change", () => choose(select.selectedIndex));
    return {
      element: make("label", { className: "inline-label" }, [`${title} `, select]),
      fill(texts, chosen) {
        if (select.textContent !== texts.join("")) select.replaceChildren(...texts.map((text) => make("option", { textContent: text })));
        if (select.selectedIndex !== chosen) select.selectedIndex = chosen;
      },
    };
  }

  // chosen({layer, x, y}): another plane is to be shown
  function menus(chosen) {
    let [now, awaited] = [{ layer: 0, x: 0, y: 1 }, null];
    const choose = (more) => {
      now = awaited = { ...now, ...more };
      chosen(now);
    };
    const layer = menu("Layer", (i) => choose({ layer: i + 1, x: 0, y: 1 }));
    const across = menu("Across", (x) => choose(x === now.y ? { x, y: now.x } : { x }));
    const up = menu("Up", (y) => choose(y === now.x ? { y, x: now.y } : { y }));
    const element = make("div", { className: "bent-menus", hidden: true }, [layer.element, across.element, up.element]);
    return {
      element,
      // A new network has other neurons: nothing is awaited any more. The place of the menus is kept until they are filled.
      scene({ sizes }) {
        awaited = null;
        element.hidden = sizes.length < 3;
        element.style.visibility = "hidden";
      },
      // Of a report that was under way when something was chosen the menus take no notice.
      show({ layer: number, x, y }, sizes) {
        if (awaited && (awaited.layer !== number || awaited.x !== x || awaited.y !== y)) return;
        [now, awaited] = [{ layer: number, x, y }, null];
        const widths = sizes.slice(1, -1);
        const neurons = Array.from({ length: widths[number - 1] ?? 0 }, (_, i) => `neuron ${i + 1}`);
        layer.fill(widths.map((_, i) => (widths.length === 1 ? "hidden layer" : `hidden layer ${i + 1}`)), number - 1);
        across.fill(neurons, x);
        up.fill(neurons, y);
        element.hidden = !widths.length;
        element.style.visibility = "";
        across.element.hidden = up.element.hidden = neurons.length < 2;
      },
    };
  }

  // From the inputs as they are to what the layer makes of them.
  function bending(moved) {
    const slider = make("input", { type: "range", min: 0, max: 1, step: 0.01, value: 1, ariaLabel: "How far the inputs are bent" });
    const goal = make("span");
    const element = make("label", { className: "bent-slider", hidden: true }, [make("span", { textContent: "Inputs" }), slider, goal]);
    slider.addEventListener("input", moved);
    return {
      element,
      value: () => (element.hidden ? 1 : Number(slider.value)),
      scene({ sizes, domains }) {
        element.hidden = sizes.length < 3 || !domains.length;
        element.style.visibility = "hidden";
      },
      show(data, sizes) {
        element.hidden = !data.grid;
        element.style.visibility = "";
        goal.textContent = sizes.length === 3 ? "Hidden layer" : `Hidden layer ${data.layer}`;
      },
    };
  }

  // ---- the page ----------------------------------------------------------------------------------------------------

  function create(container, { palette: first, wish }) {
    let [palette, styles, scene, data, shown, spot, view] = [null, [], null, null, null, null, null];
    const choosers = menus((bent) => wish({ bent }));
    const bend = bending(() => stage.redraw());
    const box = make("div", { className: "bent-canvas" });
    const legend = make("div", { className: "bent-legend" });
    const told = make("p", { className: "readout bent-told" });
    const sentence = make("p", { className: "sentence quiet bent-sentence" });
    container.classList.add("bent");
    container.append(choosers.element, box, bend.element, legend, told, sentence);

    function draw(sheet) {
      sheet.context.clearRect(0, 0, sheet.width, sheet.height);
      if (!data?.cases || !palette) return;
      const pose = values.posed(shown, data, scene, bend.value(), performance.now());
      view = { ...sheet, ...pose, font: stage.font(), palette, styles, scene, data, spot, plane: bentDraw.planeIn(sheet) };
      bentDraw.paint(view);
      if (view.share < 1) stage.redraw();
    }

    function look(next) {
      if (!next && !spot) return;
      spot = next;
      tell();
      stage.redraw();
    }

    function tell() {
      told.textContent = !data?.cases ? "" : spot ? values.spotWords(spot, data, scene) : values.hint(data);
    }

    function point(x, y) {
      if (x === null || !view || !data?.cases) return look(null);
      const pixels = (view.grid ?? view.cases).map((value, i) => (i % 2 ? bentDraw.toY(view, value) : bentDraw.toX(view, value)));
      const index = values.nearest(pixels, values.candidates(data), x, y, REACH);
      return look(index === null ? null : values.spotAt(index, data));
    }

    function key(name) {
      if (!data?.cases) return false;
      if (name === "Escape") return spot !== null && (look(null), true);
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[name];
      if (!move) return false;
      look(values.moved(spot, move, data));
      stage.say(told.textContent);
      return true;
    }

    const stage = shared.stage(box, { className: "bent-canvas", draw, point, key });
    const describe = shared.throttle(() => stage.label(data?.cases ? `${data.names.join(" and ")}. ${data.sentence}` : ""), WORDS);

    function drawLegend() {
      if (scene && palette) legend.replaceChildren(...caseEntries(scene, palette), ...gridEntries(scene, palette));
    }

    const setPalette = (next) => {
      if (!Array.isArray(next?.stops)) return;
      [palette, styles] = [next, shared.styles(shared.lookupTable(next.stops))];
      drawLegend();
      stage.redraw();
    };

    const setScene = (next) => {
      const key = JSON.stringify([next.sizes, next.domains, next.reading, next.output_names, next.output_range]);
      if (scene?.key !== key) {
        [data, spot] = [null, null];
        choosers.scene(next);
        bend.scene(next);
      }
      scene = { ...next, key };
      drawLegend();
      stage.redraw();
    };

    const report = (next) => {
      if (!scene || !next) return;
      shown = data?.cases && !calm() ? { ...values.between(shown, data, performance.now()), begin: performance.now() } : null;
      data = values.decoded(next, scene);
      if (!data.cases) spot = null;
      box.hidden = legend.hidden = told.hidden = !data.cases;
      choosers.show(data, scene.sizes);
      bend.show(data, scene.sizes);
      sentence.textContent = data.sentence;
      tell();
      describe();
      stage.redraw();
    };

    setPalette(first);
    return { scene: setScene, report, palette: setPalette };
  }

  window.explorer.bentGrid = { create };
})();
