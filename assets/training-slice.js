"use strict";
// The panel "The error surface of this network": a cut through it as a map or in space, with the path of the run.
// create(element, {palette, ask(wish) -> Promise(answer | null), moments() -> {weights, steps}, weights() -> [{index, title}]})
// -> {scene(scene), moved(frame), palette(p), open(bool)}
(() => {
  const { sliceData: data, sliceWishes: asking } = window.explorer;
  const REACH = 14; // px from a moment within which it is pointed at
  const STEPS = 6; // of a window, by 2 each, closer or wider
  const SPACE = "\u00a0"; // keeps the line of a text that is not there yet
  const NARROW = 420; // px of a panel, below which the legend has fewer numbers

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const put = (element, words) => void (element.textContent === words || (element.textContent = words));
  const press = (text, label, action) => {
    const button = make("button", { type: "button", className: "slice-button", textContent: text, ariaLabel: label });
    button.dataset.tip = label;
    button.addEventListener("click", action);
    return button;
  };

  // ---- the page ------------------------------------------------------------------------------------------------

  function views(show) {
    const element = make("div", { className: "slice-views", role: "group", ariaLabel: "View" });
    const buttons = [["map", "Map"], ["space", "3-D"]].map(([view, textContent]) => {
      const button = make("button", { type: "button", className: "slice-view", textContent, ariaPressed: String(view === "map") });
      button.addEventListener("click", () => {
        buttons.forEach((each) => (each.ariaPressed = String(each === button)));
        show(view);
      });
      return button;
    });
    element.append(...buttons);
    return element;
  }

  // What the colours mean.
  function legend() {
    const [scale, ticks] = [make("span", { className: "slice-scale" }), make("span", { className: "slice-ticks" })];
    return {
      element: make("div", { className: "slice-legend" }, [make("span", { className: "slice-unit", textContent: "Error" }), scale, ticks]),
      palette: () => (scale.style.background = `linear-gradient(90deg, ${window.explorer.plots.errorStops().join(", ")})`),
      show: (labels) => ticks.replaceChildren(...labels.map((textContent) => make("span", { textContent }))),
    };
  }

  function create(container, { ask, moments, weights }) {
    const { plots } = window.explorer;
    let [count, generation, told, view, zoom, spot, place, heat, listening] = [0, 0, null, "map", 0, null, null, null, false];
    const map = make("div", { className: "slice-plot slice-map", tabIndex: 0, role: "img" });
    const space = make("div", { className: "slice-plot slice-space", tabIndex: 0, role: "img", hidden: true });
    const ring = make("div", { className: "slice-ring", hidden: true });
    const read = make("p", { className: "readout slice-read", textContent: SPACE });
    const sentence = make("p", { className: "sentence quiet slice-sentence", textContent: SPACE });
    const spoken = make("span", { className: "spoken" });
    spoken.setAttribute("aria-live", "polite");
    const when = asking.pace(question);
    const far = () => data.movement(moments(), count);
    const plane = asking.chooser({ weights, far, changed: () => scale(-zoom) });
    const closer = press("+", "Closer", () => scale(-1));
    const wider = press("−", "Wider", () => scale(1));
    const colours = legend();
    const hand = make("div", { className: "slice-hand" }, [wider, closer, views(look)]);
    container.classList.add("slice");
    const tools = make("div", { className: "slice-tools" }, [plane.kinds, hand, plane.which]);
    container.append(tools, make("div", { className: "slice-box" }, [map, space, ring]), colours.element, read, sentence, spoken);
    colours.palette();
    tell();

    function scale(by) {
      generation += 1; // what is on its way is an answer to something else
      zoom = Math.max(-STEPS, Math.min(STEPS, zoom + by));
      [closer.disabled, wider.disabled] = [zoom === -STEPS, zoom === STEPS];
      when.now();
    }

    // ---- asking

    // Whether something was heard.
    async function question(quick) {
      const wished = plane.plane();
      if (!wished || !count) return true;
      const mine = generation;
      const answer = await ask({ plane: wished, ...data.pathOf(moments(), count, quick), window: zoom ? 2 ** zoom : null, quick });
      if (answer && mine === generation) hear(answer);
      return answer !== null;
    }

    function hear(answer) {
      if (answer.error) return put(sentence, answer.error);
      const next = data.decoded(answer);
      if (!next) return;
      if (told) spot = data.followed(told, next, spot);
      told = next;
      put(sentence, told.sentence);
      colours.show(data.legend(told.levels, container.clientWidth < NARROW ? 4 : 6));
      tell();
      draw();
    }

    // ---- drawing

    function draw() {
      if (!told) return;
      for (const each of [map, space]) each.setAttribute("aria-label", `The error over ${told.axis_titles.join(" and ")}. ${told.sentence}`);
      if (view === "map") drawMap();
      else drawSpace();
    }

    async function drawMap() {
      const drawn = told;
      await plots.draw(map, data.mapFigure(drawn));
      if (!heat) {
        heat = window.explorer.heatLayer.create(map);
        map.on("plotly_afterplot", () => (heat.redraw(), mark()));
      }
      heat.draw(data.heat(drawn));
      mark();
    }

    async function drawSpace() {
      await plots.draw(space, data.reliefFigure(told));
      if (!listening) listen();
    }

    function look(next) {
      [view, place] = [next, null];
      [map.hidden, space.hidden] = [view !== "map", view !== "space"];
      mark();
      tell();
      draw();
    }

    function listen() {
      listening = true;
      const moment = ({ points: [point] }) => select(point.data.mode === "lines+markers" ? point.pointNumber : null);
      space.on("plotly_hover", moment);
      space.on("plotly_unhover", () => select(null));
    }

    // The axes of the map as it was painted last.
    const painted = () => {
      const { xaxis, yaxis } = map._fullLayout ?? {};
      return xaxis && told ? { xaxis, yaxis, pixel: ([x, y]) => [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)] } : null;
    };

    function mark() {
      const drawn = painted();
      const shown = view === "map" && spot !== null && drawn && data.isWithin(told, told.path[spot]);
      ring.hidden = !shown;
      if (!shown) return;
      const [left, top] = drawn.pixel(told.path[spot]);
      Object.assign(ring.style, { left: `${left}px`, top: `${top}px` });
    }

    // ---- reading

    function tell() {
      if (told && spot !== null) put(read, data.momentWords(told, spot));
      else if (told && place && data.isWithin(told, place)) put(read, data.placeWords(told, ...place));
      else put(read, data.hint(view, told));
    }

    // A moment of the path, or a place of the map.
    function select(moment, at = null) {
      [spot, place] = [moment, at];
      mark();
      tell();
    }

    function pointed(event) {
      const drawn = painted();
      if (!drawn) return;
      const box = map.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const { xaxis, yaxis, pixel } = drawn;
      select(data.nearest(told.path.map(pixel), x, y, REACH), [xaxis.p2l(x - xaxis._offset), yaxis.p2l(y - yaxis._offset)]);
    }

    function keyed(event) {
      if (!told || event.ctrlKey || event.metaKey || event.altKey) return;
      const last = told.path.length - 1;
      const [back, on] = [(spot ?? last + 1) - 1, (spot ?? -1) + 1];
      const to = { ArrowLeft: back, ArrowDown: back, ArrowRight: on, ArrowUp: on, Home: 0, End: last, Escape: null }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select(to === null ? null : Math.max(0, Math.min(last, to)));
      put(spoken, spot === null ? "" : read.textContent);
    }

    map.addEventListener("pointermove", (event) => event.pointerType !== "touch" && pointed(event));
    map.addEventListener("pointerdown", pointed);
    map.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && select(null));
    for (const each of [map, space]) {
      each.addEventListener("keydown", keyed);
      each.addEventListener("blur", () => select(null));
    }

    return {
      scene(scene) {
        [count, spot, place] = [data.countWeights(scene), null, null];
        plane.renew();
        scale(-zoom);
        mark();
        tell();
      },
      moved: () => when.moved(),
      open: (value) => when.open(value),
      palette: colours.palette, // explorer.plots paints its charts anew by itself
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { sliceSurface: { create } });
})();
