"use strict";
// The hand on the contour map: moving the start, moving and scaling what is in sight, by mouse, finger and key.
(() => {
  const KEY_STEP = 1 / 60; // of the window
  const ZOOM_KEY = 1.5; // one press of a key or a button
  const ZOOM_WHEEL = 0.0016; // natural logarithm of the scale a pixel of the wheel
  const FINGER = 30; // px round the start within which a finger takes hold of it
  const DIGITS = 4;
  const MARGIN = 0.12; // round a path that is fitted
  const FARTHEST = 1e6;

  // ---- pure ----------------------------------------------------------------------------------------------------

  const round = (value, digits = DIGITS) => Number(value.toPrecision(digits));

  // A weight with the digits that tell places of this view apart, never fewer than four.
  const fine = (value, [low, high]) => round(value, Math.min(15, Math.max(DIGITS, DIGITS + Math.ceil(Math.log10(Math.abs(value) / (high - low) || 1)))));

  // The start after a key: a step in the direction of the arrow, five with Shift. Null for another key.
  function moved(start, key, wide, view) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[key];
    if (!direction) return null;
    const stride = KEY_STEP * (wide ? 5 : 1);
    return start.map((value, axis) => fine(value + direction[axis] * stride * (view[axis][1] - view[axis][0]), view[axis]));
  }

  const somewhere = (view, random) => view.map(([low, high]) => fine(low + (0.04 + 0.92 * random()) * (high - low), [low, high]));

  // The view with a point staying where it is, by a factor above 1 closer.
  const zoomed = (view, centre, factor) => view.map(([low, high], axis) => [low, high].map((end) => centre[axis] + (end - centre[axis]) / factor));

  const shifted = (view, by) => view.map(([low, high], axis) => [low + by[axis], high + by[axis]]);

  // As many digits as tell the ends of a view apart; null for one that is too narrow or too far out.
  function tidy(view) {
    const [wide, tall] = view.map(([low, high]) => high - low);
    if (!(Math.min(wide, tall) > 0)) return null;
    const decimals = Math.min(15, Math.max(0, 4 - Math.floor(Math.log10(Math.min(wide, tall)))));
    const ends = view.map((pair) => pair.map((end) => Number(end.toFixed(decimals))));
    const sound = ends.every(([low, high]) => high - low > 2e-4 * Math.max(1, Math.abs(low), Math.abs(high)) && Math.max(Math.abs(low), Math.abs(high)) <= FARTHEST);
    return sound ? ends : null;
  }

  // A view round all points [x0, y0, …] that has the shape of the one before.
  function around(points, before) {
    const ends = [[Infinity, -Infinity], [Infinity, -Infinity]];
    points.forEach((value, i) => {
      const pair = ends[i % 2];
      [pair[0], pair[1]] = [Math.min(pair[0], value), Math.max(pair[1], value)];
    });
    if (!Number.isFinite(ends[0][0])) return before;
    const spans = before.map(([low, high]) => high - low);
    const scale = Math.max(...ends.map(([low, high], axis) => ((high - low) * (1 + 2 * MARGIN)) / spans[axis]), 1e-4);
    return ends.map(([low, high], axis) => [-1, 1].map((side) => (low + high) / 2 + (side * scale * spans[axis]) / 2));
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: {view(), start(), paths(), setStart(pair), look(view or null), point(pair or null)}; layer: of path-layer.js
  function create(map, layer, lab) {
    const element = (name) => document.getElementById(`surface-${name}`);
    let [mode, held, pinched] = ["start", null, null];

    const inMap = (event) => !event.target.closest(".modebar");
    const centreOf = (view) => view.map(([low, high]) => (low + high) / 2);

    function look(view) {
      const next = tidy(view);
      if (next) lab.look(next);
    }

    function onStart(event) {
      const [x, y] = layer.startAt();
      return Math.hypot(event.clientX - x, event.clientY - y) <= FINGER;
    }

    const movesMap = (event) => mode === "map" || event.shiftKey || event.button === 1;

    function pressed(event) {
      if (!inMap(event) || event.button > 1) return;
      const place = layer.at(event);
      const touch = event.pointerType === "touch";
      // a finger scrolls the page unless it takes hold of the start; a tap follows as a click
      if (!place.within || (touch && mode === "start" && !onStart(event))) return;
      map.focus({ preventScroll: true });
      held = movesMap(event) ? { view: lab.view(), from: [event.clientX, event.clientY] } : { start: true };
      if (event.button === 1) event.preventDefault();
      if (held.start && !touch) lab.setStart(place.weights);
    }

    function pointed(event) {
      if (!held || pinched) {
        const place = layer.at(event);
        if (event.pointerType !== "touch") lab.point(place.within ? place : null);
      } else if (event.buttons === 0 && event.pointerType === "mouse") {
        held = null; // the button was let go outside the window
      } else if (held.start) {
        lab.setStart(layer.at(event).weights);
      } else {
        const by = layer.weightsFor(held.from[0] - event.clientX, held.from[1] - event.clientY, held.view);
        look(shifted(held.view, by));
      }
    }

    function wheeled(event) {
      if (document.activeElement !== map && !event.ctrlKey && !event.metaKey) return;
      const place = layer.at(event);
      if (!place.within) return;
      event.preventDefault();
      look(zoomed(lab.view(), place.weights, Math.exp(-event.deltaY * ZOOM_WHEEL * (event.deltaMode ? 16 : 1))));
    }

    // ---- two fingers

    function gesture(touches) {
      const [one, two] = touches;
      const middle = { clientX: (one.clientX + two.clientX) / 2, clientY: (one.clientY + two.clientY) / 2 };
      return { ...middle, apart: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY) };
    }

    function touched(event) {
      const [first] = event.touches;
      if (event.touches.length === 2) {
        const start = gesture(event.touches);
        pinched = { ...start, view: lab.view(), weights: layer.at(start).weights };
        held = null;
      }
      if (event.touches.length > 1 || mode === "map" || onStart(first)) event.preventDefault();
    }

    function pinch(event) {
      if (!pinched || event.touches.length !== 2) return;
      event.preventDefault();
      const now = gesture(event.touches);
      const by = layer.weightsFor(pinched.clientX - now.clientX, pinched.clientY - now.clientY, pinched.view);
      look(shifted(zoomed(pinched.view, pinched.weights, Math.max(now.apart, 10) / Math.max(pinched.apart, 10)), by));
    }

    // ---- keys and buttons

    const zoomBy = (factor) => look(zoomed(lab.view(), mode === "start" ? inView(lab.start()) : centreOf(lab.view()), factor));

    // The start if it is in sight, else the middle.
    const inView = (start) => (lab.view().every(([low, high], axis) => start[axis] >= low && start[axis] <= high) ? start : centreOf(lab.view()));

    function fitPath() {
      const whole = lab.paths().filter((path) => !path.diverged);
      const points = (whole.length ? whole : lab.paths()).flatMap((path) => Array.from(path.weights));
      look(around([...points, ...lab.start()], lab.view()));
    }

    const actions = { "+": () => zoomBy(ZOOM_KEY), "=": () => zoomBy(ZOOM_KEY), "-": () => zoomBy(1 / ZOOM_KEY), f: fitPath, 0: () => lab.look(null) };

    function keyed(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = moved(lab.start(), event.key, event.shiftKey, lab.view());
      const action = actions[event.key.toLowerCase()];
      if (!next && !action) return;
      event.preventDefault();
      if (next) lab.setStart(next);
      else action();
    }

    function choose(button) {
      mode = button.dataset.mode;
      for (const each of button.parentElement.children) each.setAttribute("aria-pressed", each === button);
      map.classList.toggle("moves-map", mode === "map");
    }

    map.addEventListener("pointerdown", pressed);
    window.addEventListener("pointermove", (event) => held && pointed(event));
    map.addEventListener("pointermove", (event) => !held && pointed(event));
    map.addEventListener("pointerleave", () => lab.point(null));
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => (held = null));
    map.addEventListener("wheel", wheeled, { passive: false });
    map.addEventListener("touchstart", touched, { passive: false });
    map.addEventListener("touchmove", pinch, { passive: false });
    for (const end of ["touchend", "touchcancel"]) map.addEventListener(end, (event) => event.touches.length < 2 && (pinched = null));
    map.addEventListener("click", (event) => {
      const place = event.pointerType === "touch" && mode === "start" && inMap(event) ? layer.at(event) : { within: false };
      if (place.within) lab.setStart(place.weights);
    });
    map.addEventListener("keydown", keyed);
    element("random-start").addEventListener("click", () => lab.setStart(somewhere(lab.view(), Math.random)));
    for (const [name, action] of [["zoom-in", actions["+"]], ["zoom-out", actions["-"]], ["fit-path", fitPath], ["home", actions[0]]]) element(name).addEventListener("click", action);
    for (const button of document.querySelectorAll("#lab-surface .mode")) button.addEventListener("click", () => choose(button));
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceMap: { create, pure: { round, fine, moved, somewhere, zoomed, shifted, tidy, around } } });
})();
