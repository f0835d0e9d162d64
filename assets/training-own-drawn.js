"use strict";
// The data set that a person draws: points on an empty plane, of two classes or of any height.
(() => {
  const explorer = window.explorer;
  const KEY = "explorer-training-drawn";
  const LEAST = 4; // as in explorer/training/own_tables.py
  const MOST = 2000; // points
  const LARGEST = 1e6; // of a number
  const PLANE = [[-6, 6], [-6, 6]];
  const NAMES = ["x1", "x2"];
  const KINDS = {
    signs: { title: "Two classes", choice: "a class", reading: "sign", targets: ["class −1", "class +1"] },
    regression: { title: "Numbers", choice: "a value", reading: "value", targets: ["t"] },
  };

  // ---- pure ----------------------------------------------------------------------------------------------------

  // Little-endian float64 as base64, as the server reads it.
  function packed(numbers) {
    const view = new DataView(new ArrayBuffer(8 * numbers.length));
    numbers.forEach((value, i) => view.setFloat64(8 * i, value, true));
    return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(""));
  }

  // rows: [x1, x2, label]; of two classes the second has a positive label -> the data as the server takes it, null for too few
  function dataOf(rows, kind) {
    if (rows.length < LEAST) return null;
    const target = kind === "signs" ? (label) => Number(label > 0) : (label) => label;
    return {
      kind,
      names: NAMES,
      target_names: KINDS[kind].targets,
      inputs: packed(rows.flatMap(([x1, x2]) => [x1, x2])),
      targets: packed(rows.map(([, , label]) => target(label))),
    };
  }

  // What can be kept of rows that somebody drew, at most `room`.
  function taken(rows, room) {
    const sound = rows.filter((row) => row.length === 3 && row.every((value) => typeof value === "number" && Math.abs(value) <= LARGEST));
    return sound.slice(0, Math.max(room, 0)).map(([x1, x2, label]) => [Number(x1.toFixed(4)), Number(x2.toFixed(4)), label]);
  }

  // What was kept, {rows, kind}, as far as it can be read.
  function read(told) {
    const rows = Array.isArray(told?.rows) ? told.rows.filter(Array.isArray) : [];
    return { rows: taken(rows, MOST), kind: Object.hasOwn(KINDS, told?.kind) ? told.kind : "signs" };
  }

  const grouped = (count) => window.explorer.canvas.count(count);

  // What has been drawn, and what is still needed.
  function words(rows, kind) {
    if (!rows.length) return `Draw at least ${LEAST} points first: choose ${KINDS[kind].choice} and click or drag in the picture.`;
    const above = rows.filter(([, , label]) => label > 0).length;
    const parts = kind === "signs" ? `, ${grouped(rows.length - above)} of class −1 and ${grouped(above)} of class +1` : "";
    const missing = LEAST - rows.length;
    const needed = missing > 0 ? ` ${missing} more ${missing === 1 ? "is" : "are"} needed.` : "";
    const full = rows.length >= MOST ? " No more can be drawn." : "";
    return `${grouped(rows.length)} ${rows.length === 1 ? "point" : "points"}${parts}.${needed}${full}`;
  }

  // In the shape of a scene's points; the parts are not known yet.
  function pointsOf(rows, kind) {
    const label = kind === "signs" ? ([, , told]) => (told > 0 ? 1 : -1) : ([, , told]) => told;
    return { x: rows.map(([x]) => x), y: rows.map(([, y]) => y), label: rows.map(label), part: rows.map(() => 0) };
  }

  // The plane without a network, in the shape of a run's scene.
  function blank(rows, kind) {
    return {
      view: "plane", reading: KINDS[kind].reading, sizes: [2, 1], map_side: 2, output_range: [-1, 1], domains: PLANE,
      raw_names: NAMES, input_names: NAMES, output_names: KINDS[kind].targets, points: pointsOf(rows, kind),
    };
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: {changed(): other points or another kind}
  function create(box, lab) {
    const { make, radios, keep, recall } = explorer.ownForm;
    const drawn = read(recall(KEY));
    let data = null;
    const said = make("p", { className: "hint strong", role: "status" });
    const clearing = make("button", { type: "button", className: "button button-default own-clear", textContent: "Clear" });
    const titles = Object.entries(KINDS).map(([kind, { title }]) => [kind, title]);
    const kinds = radios("training-drawn-kind", "What you draw", titles, (kind) => become({ kind }));

    function show() {
      data = dataOf(drawn.rows, drawn.kind);
      const lost = keep(KEY, drawn) ? "" : " They do not fit into the browser's storage and are not kept over a reload.";
      said.textContent = words(drawn.rows, drawn.kind) + lost;
      clearing.disabled = !drawn.rows.length;
      kinds.choose(drawn.kind);
    }

    function become(next) {
      Object.assign(drawn, next);
      show();
      lab.changed();
    }

    clearing.addEventListener("click", () => become({ rows: [] }));
    box.append(kinds.element, said, clearing);
    show();
    return {
      data: () => data,
      blank: () => blank(drawn.rows, drawn.kind),
      add: (rows) => become({ rows: [...drawn.rows, ...taken(rows, MOST - drawn.rows.length)] }),
      held: () => ({ ...drawn }),
      hold(next) {
        Object.assign(drawn, read(next));
        show();
      },
    };
  }

  explorer.ownDrawn = { create, pure: { packed, dataOf, taken, words, pointsOf, blank } };
})();
