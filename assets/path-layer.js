"use strict";
// Paths over a Plotly map, drawn by hand: a path of every optimizer in under a millisecond, where a redraw of the map
// takes fifty. The layer follows the map's axes and takes no pointer from it.
(() => {
  const NS = "http://www.w3.org/2000/svg";
  const DOTS = 60; // points of a path that get a dot, the first ones: later they lie too dense to be told apart
  const LONGEST_ARROW = 2000; // px
  const REACH = 12; // px from a point within which it is pointed at
  const PATTERNS = { solid: "", dash: "9 5", longdash: "15 6", dot: "2 4", dashdot: "9 4 2 4", longdashdot: "15 5 2 5" };

  const svg = (name, attributes = {}) => {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // ---- pure ----------------------------------------------------------------------------------------------------

  const pattern = (dash) => PATTERNS[dash] ?? dash.replace(/px/g, "").replace(/,/g, " ");

  // [x0, y0, x1, y1, …] in weights -> in pixels
  function pixels(weights, { x, y }) {
    const at = new Float32Array(weights.length);
    for (let i = 0; i < weights.length; i += 2) {
      at[i] = x(weights[i]);
      at[i + 1] = y(weights[i + 1]);
    }
    return at;
  }

  function line(at) {
    let text = "";
    for (let i = 0; i < at.length; i += 2) text += `${i ? "L" : "M"}${at[i].toFixed(1)} ${at[i + 1].toFixed(1)}`;
    return text;
  }

  // A stroke of no length with a round cap is a dot.
  function dots(at) {
    let text = "";
    for (let i = 2; i < at.length && i <= 2 * DOTS; i += 2) text += `M${at[i].toFixed(1)} ${at[i + 1].toFixed(1)}h0`;
    return text;
  }

  const rings = (at) => Array.from({ length: at.length / 2 }, (_, i) => `M${(at[2 * i] - 2.5).toFixed(1)} ${at[2 * i + 1].toFixed(1)}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0`).join("");

  // A shaft with a head of at most 9 px; cut where it would leave the screen by far.
  function arrow(x, y, right, down) {
    const length = Math.hypot(right, down);
    const shrink = Math.min(1, LONGEST_ARROW / (length || 1));
    const [tipX, tipY] = [x + right * shrink, y + down * shrink];
    const head = Math.min(9, (length * shrink) / 2) / (length || 1);
    const barb = (side) => `M${(tipX - head * (right - side * 0.6 * down)).toFixed(1)} ${(tipY - head * (down + side * 0.6 * right)).toFixed(1)}L${tipX.toFixed(1)} ${tipY.toFixed(1)}`;
    return `M${x.toFixed(1)} ${y.toFixed(1)}L${tipX.toFixed(1)} ${tipY.toFixed(1)}${barb(1)}${barb(-1)}`;
  }

  // The nearest point of any path within reach: {path, step} or null.
  function nearest(placed, x, y) {
    let [best, found] = [REACH * REACH, null];
    placed.forEach((at, path) => {
      for (let i = 0; i < at.length; i += 2) {
        const distance = (at[i] - x) ** 2 + (at[i + 1] - y) ** 2;
        if (distance < best) [best, found] = [distance, { path, step: i / 2 }];
      }
    });
    return found;
  }

  // ---- the layer -----------------------------------------------------------------------------------------------

  // map: an element with a Plotly chart. draw({paths: [{name, dash, weights, fan, tried}], start}); weights is
  // [x0, y0, …]; a fan holds other walks, tried the points at which a line search looked.
  function create(map) {
    const layer = svg("svg", { class: "path-layer", "aria-hidden": "true" });
    map.append(layer);
    let [content, placed, shown, arrows] = [null, [], null, []];

    function scale() {
      const { xaxis, yaxis } = map._fullLayout;
      return {
        x: (weight) => xaxis.l2p(weight), y: (weight) => yaxis.l2p(weight),
        left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length,
      };
    }

    function redraw() {
      if (!content || !map._fullLayout?.xaxis) return;
      const view = scale();
      Object.assign(layer.style, { left: `${view.left}px`, top: `${view.top}px` });
      layer.setAttribute("width", view.width);
      layer.setAttribute("height", view.height);
      placed = content.paths.map(({ weights }) => pixels(weights, view));
      const others = content.paths.flatMap((path) => [...fan(path, view), ...tried(path, view)]);
      const walked = placed.map((at) => (shown === null ? at : at.subarray(0, 2 * (shown + 1))));
      const ahead = shown === null ? [] : content.paths.map(({ name, dash }, i) => thin(placed[i], name, dash, 0.35));
      layer.replaceChildren(...others, ...ahead, ...content.paths.flatMap((path, i) => strokes(path, walked[i])), startMark(view), ...content.paths.map((path, i) => endMark(path, walked[i])), ...arrows.map((arrow) => arrowMark(arrow, view)));
    }

    function thin(at, name, dash, opacity) {
      return svg("path", { d: line(at), stroke: window.explorer.plots.colour(name), "stroke-width": 1.25, "stroke-dasharray": pattern(dash), opacity, fill: "none" });
    }

    const fan = ({ name, fan: walks = [] }, view) => walks.map((weights) => thin(pixels(weights, view), name, "solid", 0.4));

    function tried({ name, tried: points }, view) {
      if (!points) return [];
      const stroke = window.explorer.plots.colour(name);
      return [svg("path", { d: rings(pixels(points, view)), stroke, "stroke-width": 1, opacity: 0.75, fill: "none" })];
    }

    // from and by: weights; from the point to where it leads.
    function arrowMark({ from, by, name, dash = "solid" }, view) {
      const [x, y] = [view.x(from[0]), view.y(from[1])];
      const [right, down] = [view.x(from[0] + by[0]) - x, view.y(from[1] + by[1]) - y];
      const stroke = window.explorer.plots.colour(name);
      return svg("path", { d: arrow(x, y, right, down), stroke, "stroke-width": 2.5, "stroke-dasharray": pattern(dash), "stroke-linecap": "round", fill: "none", class: "arrow" });
    }

    function strokes({ name, dash }, at) {
      const stroke = window.explorer.plots.colour(name);
      return [
        svg("path", { d: line(at), stroke, "stroke-width": 2.25, "stroke-dasharray": pattern(dash), "stroke-linejoin": "round", fill: "none" }),
        svg("path", { d: dots(at), stroke, "stroke-width": 5.5, "stroke-linecap": "round", fill: "none" }),
      ];
    }

    function endMark({ name }, at) {
      const { plots } = window.explorer;
      const [cx, cy] = at.subarray(-2);
      return svg("circle", { cx, cy, r: 5, fill: plots.colour(name), stroke: plots.colour("panel"), "stroke-width": 1.5 });
    }

    function startMark(view) {
      const { plots } = window.explorer;
      const [cx, cy] = [view.x(content.start[0]), view.y(content.start[1])];
      return svg("circle", { cx, cy, r: 7, fill: plots.colour("panel"), stroke: plots.colour("ink"), "stroke-width": 3, class: "path-start" });
    }

    return {
      redraw,
      // Where the start is in the window.
      startAt() {
        const [view, box] = [scale(), map.getBoundingClientRect()];
        if (!content) return [-Infinity, -Infinity];
        return [box.left + view.left + view.x(content.start[0]), box.top + view.top + view.y(content.start[1])];
      },
      // The weights that so many pixels to the right and downwards stand for, where a view fills the map.
      weightsFor(right, down, [across, up]) {
        const { width, height } = scale();
        return [(right / width) * (across[1] - across[0]), (-down / height) * (up[1] - up[0])];
      },
      draw(next) {
        content = next;
        redraw();
      },
      // Only the first so many steps, or all of them for null; and arrows {from, by, name, dash} in weights.
      show(step, pointers = []) {
        [shown, arrows] = [step, pointers];
        redraw();
      },
      // A position of the pointer in the window -> weights, and the point of a path there.
      at(event) {
        const view = scale();
        const box = map.getBoundingClientRect();
        const [x, y] = [event.clientX - box.left - view.left, event.clientY - box.top - view.top];
        const { xaxis, yaxis } = map._fullLayout;
        const within = x >= 0 && y >= 0 && x <= view.width && y <= view.height;
        return { within, weights: [xaxis.p2l(x), yaxis.p2l(y)], point: nearest(placed, x, y) };
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { pathLayer: { create, pure: { pattern, pixels, line, dots, nearest, arrow } } });
})();
