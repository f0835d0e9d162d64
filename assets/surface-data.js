"use strict";
// The training cases over their chart: drawn on a canvas, moved, added and removed by mouse, finger and key.
(() => {
  const REACH = 14; // px from a case within which it is meant
  const FINGER = 24;
  const STILL = 4; // px that a click may stray
  const KEY_STEP = 1 / 60; // of an axis
  const RADIUS = 5;

  // ---- pure ----------------------------------------------------------------------------------------------------

  // The nearest of some points in pixels, or -1 where none is within reach.
  function nearest(points, x, y, reach) {
    let [best, found] = [reach * reach, -1];
    points.forEach(([left, top], i) => {
      const distance = (left - x) ** 2 + (top - y) ** 2;
      if (distance <= best) [best, found] = [distance, i];
    });
    return found;
  }

  // A value with the digits that an axis of this width can show.
  function rounded(value, width) {
    const decimals = Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(width))));
    return Number(value.toFixed(decimals));
  }

  // A case at a place of the chart: over one input its target, over two its inputs; the rest from another case.
  function placed([x, y], like, { classes }) {
    if (like.inputs.length === 2) return { inputs: [x, y], target: like.target };
    return { inputs: [x], target: classes ? Math.min(Math.max(y, 0), 1) : y };
  }

  const at = ({ inputs, target }) => (inputs.length === 1 ? [inputs[0], target] : inputs.slice(0, 2));

  // cases: {inputs: [[…]], targets: […]} -> another one; the given one stays.
  const changed = (cases, index, { inputs, target }) => ({ ...cases, inputs: cases.inputs.with(index, inputs), targets: cases.targets.with(index, target) });

  const added = (cases, { inputs, target }) => ({ ...cases, inputs: [...cases.inputs, inputs], targets: [...cases.targets, target] });

  const removed = (cases, index) => ({ ...cases, inputs: cases.inputs.toSpliced(index, 1), targets: cases.targets.toSpliced(index, 1) });

  const one = (cases, index) => ({ inputs: cases.inputs[index], target: cases.targets[index] });

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: {cases(): {inputs, targets, names, target, range, classes} or null, touch(cases, final), say(words)}
  function create(plot, lab) {
    const canvas = Object.assign(document.createElement("canvas"), { className: "cases-layer" });
    plot.append(canvas);
    const element = (name) => document.getElementById(`surface-${name}`);
    let [chosen, dragged, pressedAt] = [-1, null, null];

    function frame() {
      const { xaxis, yaxis } = plot._fullLayout;
      return { xaxis, yaxis, left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
    }

    const ready = () => Boolean(plot._fullLayout?.xaxis && lab.cases() && lab.cases().inputs[0].length < 3);

    function points() {
      const { xaxis, yaxis, left, top } = frame();
      const { inputs, targets } = lab.cases();
      return inputs.map((input, i) => {
        const [x, y] = at({ inputs: input, target: targets[i] });
        return [left + xaxis.l2p(x), top + yaxis.l2p(y)];
      });
    }

    function redraw() {
      const [width, height, ratio] = [plot.clientWidth, plot.clientHeight, window.devicePixelRatio || 1];
      Object.assign(canvas, { width: width * ratio, height: height * ratio });
      canvas.hidden = !ready();
      if (canvas.hidden) return;
      const context = canvas.getContext("2d");
      context.scale(ratio, ratio);
      const view = frame();
      context.beginPath();
      context.rect(view.left - RADIUS, view.top - RADIUS, view.width + 2 * RADIUS, view.height + 2 * RADIUS);
      context.clip();
      paint(context, points());
    }

    function paint(context, places) {
      const { plots, canvas: shades } = window.explorer;
      const { inputs, targets, range } = lab.cases();
      const flat = inputs[0].length === 1;
      const colours = flat ? [] : shades.styles(shades.lookupTable(plots.palette().stops));
      const many = inputs.length > 300;
      const [ink, panel] = [plots.colour("ink"), plots.colour("panel")];
      places.forEach(([x, y], i) => {
        context.beginPath();
        context.arc(x, y, i === chosen ? RADIUS + 2 : many ? 2.5 : RADIUS - (flat ? 1 : 0), 0, 2 * Math.PI);
        context.globalAlpha = flat && many ? 0.5 : 1;
        context.fillStyle = flat ? ink : colours[shades.byteIn(targets[i], range)];
        context.fill();
        context.lineWidth = i === chosen ? 2.5 : 1;
        context.strokeStyle = i === chosen ? plots.colour("accent") : flat ? panel : ink;
        context.stroke();
      });
    }

    // ---- words

    function tell() {
      const cases = lab.cases();
      if (!cases) return;
      if (chosen >= cases.inputs.length) chosen = -1;
      element("remove-case").disabled = chosen < 0 || cases.inputs.length <= 2;
      const flat = cases.inputs[0].length < 3;
      element("remove-case").hidden = !flat;
      const how = flat ? "Drag one, or click beside them to add one." : "Their numbers can be changed in the table.";
      element("case-readout").textContent = chosen < 0 ? `${cases.inputs.length.toLocaleString("en")} cases. ${how}` : `Case ${chosen + 1}: ${described(cases, chosen)}`;
    }

    function described(cases, index) {
      const { inputs, target } = one(cases, index);
      const names = cases.names.length ? cases.names : inputs.length === 1 ? ["input"] : ["x1", "x2", "x3"];
      const minus = (value) => String(Number(value.toPrecision(5))).replace("-", "−");
      return `${inputs.map((value, i) => `${names[i]} = ${minus(value)}`).join(", ")}, ${cases.target || "target"} = ${minus(target)}.`;
    }

    // ---- what the hand does

    function place(event) {
      const { xaxis, yaxis, left, top, width, height } = frame();
      const box = plot.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const within = x >= left && y >= top && x <= left + width && y <= top + height;
      const spans = [xaxis.range[1] - xaxis.range[0], yaxis.range[1] - yaxis.range[0]];
      const values = [xaxis.p2l(x - left), yaxis.p2l(y - top)].map((value, axis) => rounded(value, spans[axis]));
      return { x, y, within, values };
    }

    const meant = (event) => {
      const { x, y } = place(event);
      return nearest(points(), x, y, event.pointerType === "touch" || event.touches ? FINGER : REACH);
    };

    function choose(index) {
      chosen = index;
      redraw();
      tell();
    }

    function pressed(event) {
      if (!ready() || event.button !== 0 || event.target.closest(".modebar") || !place(event).within) return;
      plot.focus({ preventScroll: true });
      const index = meant(event);
      pressedAt = [event.clientX, event.clientY];
      if (index >= 0) {
        choose(index);
        dragged = index;
      }
    }

    function pointed(event) {
      if (dragged === null || !ready()) return;
      if (event.buttons === 0 && event.pointerType === "mouse") return void released(event);
      const strayed = Math.hypot(event.clientX - pressedAt[0], event.clientY - pressedAt[1]) > STILL;
      if (!strayed && !lab.touching()) return;
      const cases = lab.cases();
      lab.touch(changed(cases, dragged, placed(place(event).values, one(cases, dragged), cases)), false);
    }

    function released() {
      if (dragged !== null && lab.touching()) lab.touch(lab.cases(), true);
      dragged = null;
    }

    // A click beside all cases adds one; a drag that began there is no click.
    function clicked(event) {
      if (!ready() || !pressedAt || meant(event) >= 0 || event.target.closest(".modebar")) return;
      const still = Math.hypot(event.clientX - pressedAt[0], event.clientY - pressedAt[1]) <= STILL;
      const { within, values } = place(event);
      if (within && still) add(values);
    }

    function add(values) {
      const cases = lab.cases();
      const like = one(cases, Math.min(Math.max(chosen, 0), cases.inputs.length - 1));
      lab.touch(added(cases, placed(values, like, cases)), true);
      choose(lab.cases().inputs.length - 1);
    }

    function addInTheMiddle() {
      if (!lab.cases()) return;
      if (ready()) {
        const { xaxis, yaxis } = frame();
        add([xaxis.range, yaxis.range].map(([low, high]) => rounded((low + high) / 2, high - low)));
      } else {
        const cases = lab.cases();
        lab.touch(added(cases, one(cases, cases.inputs.length - 1)), true);
      }
    }

    function remove() {
      const cases = lab.cases();
      if (!cases || chosen < 0 || cases.inputs.length <= 2) return;
      lab.touch(removed(cases, chosen), true);
      choose(Math.min(chosen, lab.cases().inputs.length - 1));
    }

    function keyed(event) {
      const cases = lab.cases();
      if (!ready() || event.ctrlKey || event.metaKey || event.altKey) return;
      const count = cases.inputs.length;
      const turn = { PageDown: 1, PageUp: -1 }[event.key];
      const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      if (turn) choose((Math.max(chosen, turn < 0 ? 0 : -1) + turn + count) % count);
      else if (event.key === "Delete" || event.key === "Backspace") remove();
      else if (event.key === "Insert") addInTheMiddle();
      else if (direction && chosen >= 0) nudge(cases, direction, event.shiftKey ? 5 : 1);
      else return;
      event.preventDefault();
    }

    function nudge(cases, direction, times) {
      const { xaxis, yaxis } = frame();
      const spans = [xaxis, yaxis].map(({ range }) => range[1] - range[0]);
      const now = one(cases, chosen);
      const next = at(now).map((value, axis) => rounded(value + direction[axis] * times * KEY_STEP * spans[axis], spans[axis]));
      lab.touch(changed(cases, chosen, placed(next, now, cases)), true);
    }

    plot.addEventListener("pointerdown", pressed);
    window.addEventListener("pointermove", pointed);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, released);
    plot.addEventListener("click", clicked);
    plot.addEventListener("keydown", keyed);
    // a finger scrolls the page unless it takes hold of a case
    plot.addEventListener("touchstart", (event) => ready() && meant(Object.assign(event.touches[0], { touches: true })) >= 0 && event.preventDefault(), { passive: false });
    element("add-case").addEventListener("click", addInTheMiddle);
    element("remove-case").addEventListener("click", remove);
    plot.on("plotly_afterplot", redraw);

    return {
      redraw() {
        redraw();
        tell();
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceData: { create, pure: { nearest, rounded, placed, changed, added, removed } } });
})();
