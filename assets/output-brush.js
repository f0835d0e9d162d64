"use strict";
// A brush over a picture: a click or a stroke becomes points. It knows of pixels; the picture says what they mean.
(() => {
  const GAP = 12; // px from one point of a stroke to the next
  const SEND = 120; // ms between two messages of a stroke that goes on

  // at(x, y) -> row or null; done(rows): what was painted since the last time
  function create(canvas, { at, done }) {
    let [on, last, rows, timer] = [false, null, [], 0];

    function flush() {
      clearTimeout(timer);
      timer = 0;
      if (rows.length) done(rows.splice(0));
    }

    function put(x, y) {
      const row = at(x, y);
      if (!row) return;
      rows.push(row);
      last = [x, y];
      timer ||= setTimeout(flush, SEND);
    }

    function down(event) {
      if (!on || event.button > 0) return;
      canvas.setPointerCapture(event.pointerId);
      put(event.offsetX, event.offsetY);
    }

    function move(event) {
      if (!on || !last || !canvas.hasPointerCapture(event.pointerId)) return;
      if (Math.hypot(event.offsetX - last[0], event.offsetY - last[1]) >= GAP) put(event.offsetX, event.offsetY);
    }

    function up() {
      last = null;
      flush();
    }

    canvas.addEventListener("pointerdown", down);
    canvas.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, up);

    return {
      // While it is on, a finger paints instead of moving the page.
      on(next) {
        on = next;
        canvas.style.touchAction = on ? "none" : "";
        canvas.style.cursor = on ? "crosshair" : "";
        if (!on) up();
      },
      isOn: () => on,
    };
  }

  window.explorer.outputBrush = { create };
})();
