"use strict";
// The canvas that is drawn on, by mouse, finger, pen or the keyboard.
// create({changed(), said(text)}) -> {canvas, clear, strokes, scene(size), palette}; strokes in points of the bitmap
(() => {
  const { canvas: shared } = window.explorer;
  const { BLOCK, PEN } = window.explorer.padData;
  const NEAR = 0.4; // points; a stroke has no two places nearer than that
  const STEP = 2; // points that an arrow key moves the cross-hair
  const LABEL = "Pad to draw on: the arrow keys move the pen, the space bar puts it down and lifts it, Delete clears";

  function create(lab) {
    const canvas = Object.assign(document.createElement("canvas"), { className: "pad-canvas", tabIndex: 0, role: "application", ariaLabel: LABEL });
    let [size, palette, strokes, stroke, cross, keyed, pending] = [null, null, [], null, null, false, 0];
    const wide = () => BLOCK * size.columns;
    const tall = () => BLOCK * size.rows;

    function redraw() {
      pending ||= requestAnimationFrame(() => ((pending = 0), draw()));
    }

    function draw() {
      if (!size || !palette || !canvas.clientWidth) return;
      const { context, width, height } = shared.fit(canvas);
      const scale = width / wide();
      context.clearRect(0, 0, width, height);
      lines(context, scale);
      Object.assign(context, { strokeStyle: palette.ink, fillStyle: palette.ink, lineWidth: 2 * PEN * scale, lineCap: "round", lineJoin: "round" });
      for (const points of strokes) {
        context.beginPath();
        for (const [x, y] of [...points, points.at(-1)]) context.lineTo(x * scale, y * scale);
        context.stroke();
      }
      if (keyed && cross) drawCross(context, scale);
    }

    function lines(context, scale) {
      Object.assign(context, { strokeStyle: palette.line, lineWidth: 1 });
      context.beginPath();
      for (let i = 1; i < size.columns; i++) {
        const x = Math.round(i * BLOCK * scale) + 0.5;
        context.moveTo(x, 0);
        context.lineTo(x, tall() * scale);
      }
      for (let i = 1; i < size.rows; i++) {
        const y = Math.round(i * BLOCK * scale) + 0.5;
        context.moveTo(0, y);
        context.lineTo(wide() * scale, y);
      }
      context.stroke();
    }

    function drawCross(context, scale) {
      const [x, y] = cross.map((value) => value * scale);
      for (const [colour, width] of [[palette.surface, 4], [stroke ? palette.stops.at(-1) : palette.muted, 2]]) {
        Object.assign(context, { strokeStyle: colour, lineWidth: width });
        context.beginPath();
        for (const [x0, y0, x1, y1] of [[x - 12, y, x - 4, y], [x + 4, y, x + 12, y], [x, y - 12, x, y - 4], [x, y + 4, x, y + 12]]) {
          context.moveTo(x0, y0);
          context.lineTo(x1, y1);
        }
        context.stroke();
      }
    }

    function begin(point) {
      stroke = [point];
      strokes.push(stroke);
      changed();
    }

    function changed() {
      lab.changed();
      redraw();
    }

    function clear() {
      [strokes, stroke] = [[], null];
      changed();
    }

    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      const within = (share, most) => Math.max(0, Math.min(1, share)) * most;
      return [within((event.clientX - box.left) / box.width, wide()), within((event.clientY - box.top) / box.height, tall())];
    };
    const far = ([x, y]) => Math.hypot(x - stroke.at(-1)[0], y - stroke.at(-1)[1]) > NEAR;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !size) return;
      keyed = false;
      canvas.setPointerCapture(event.pointerId);
      begin(at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!stroke || keyed || !canvas.hasPointerCapture(event.pointerId)) return;
      const events = event.getCoalescedEvents?.() ?? [];
      for (const point of (events.length ? events : [event]).map(at)) if (far(point)) stroke.push(point);
      changed();
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => keyed || (stroke = null));
    canvas.addEventListener("blur", () => {
      [stroke, keyed] = [null, false];
      redraw();
    });

    function pressed(name) {
      if (name === "Escape" || name === "Delete" || name === "Backspace") {
        if (!strokes.length) return false;
        clear();
        lab.said("Cleared.");
        return true;
      }
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[name];
      if (!move && name !== " " && name !== "Enter") return false;
      if (!keyed) [keyed, stroke] = [true, null];
      cross ||= [wide() / 2, tall() / 2];
      if (move) go(move);
      else penChange();
      redraw();
      return true;
    }

    function go(move) {
      cross = cross.map((value, axis) => Math.max(STEP, Math.min((axis ? tall() : wide()) - STEP, value + STEP * move[axis])));
      if (!stroke) return;
      stroke.push(cross);
      changed();
    }

    function penChange() {
      if (stroke) stroke = null;
      else begin(cross);
      lab.said(stroke ? "Pen down." : "Pen lifted.");
    }

    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !size) return;
      if (pressed(event.key)) event.preventDefault();
    });
    new ResizeObserver(draw).observe(canvas);

    return {
      canvas,
      clear,
      strokes: () => strokes,
      scene(next) {
        const same = size && size.rows === next.rows && size.columns === next.columns;
        size = next;
        canvas.style.aspectRatio = `${next.columns} / ${next.rows}`;
        if (!same && strokes.length) clear();
        redraw();
      },
      palette(next) {
        palette = next;
        redraw();
      },
    };
  }

  window.explorer.padSheet = { create };
})();
