"use strict";
// A cut through the error surface of a network, as numbers and figures: what is asked, what is drawn. Pure: no page.
(() => {
  const { canvas: shared } = window.explorer;
  const MOST_MOMENTS = 120;
  const MOST_LETTERS = 10_000_000; // of a path in a question at rest
  const FEW_LETTERS = 1_500_000; // while the network learns
  const RUN_LETTERS = 64; // that a run takes for every weight, at most; both must fit into one request
  const CONTOURS = 16;
  const MOST_LISTED = 1000; // weights in a menu
  const PIECE = 0x8000; // bytes that become letters at once

  // ---- what is asked -------------------------------------------------------------------------------------------

  const lettersOf = (weights) => 4 * Math.ceil((4 * weights) / 3);
  const countWeights = ({ sizes }) => sizes.slice(1).reduce((sum, width, i) => sum + width * (sizes[i] + 1), 0);

  // How many moments of so many weights a question may hold.
  function room(weights, quick) {
    const letters = quick ? FEW_LETTERS : MOST_LETTERS - RUN_LETTERS * weights;
    return Math.max(0, Math.min(MOST_MOMENTS, Math.floor(letters / lettersOf(weights))));
  }

  // Places of at most `most` of `count`, evenly, the first and the last among them.
  function evenly(count, most) {
    if (count <= most) return Array.from({ length: count }, (_, i) => i);
    if (most < 2) return most ? [count - 1] : [];
    return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
  }

  function base64(bytes) {
    let text = "";
    for (let i = 0; i < bytes.length; i += PIECE) text += String.fromCharCode(...bytes.subarray(i, i + PIECE));
    return btoa(text);
  }

  // Texts of float32, one a moment -> one text; null where one of them is not as long as the others.
  function joined(texts, weights) {
    const whole = new Uint8Array(4 * weights * texts.length);
    for (const [i, text] of texts.entries()) {
      const bytes = shared.bytes(text);
      if (bytes?.length !== 4 * weights) return null;
      whole.set(bytes, 4 * weights * i);
    }
    return base64(whole);
  }

  // The path of a question: moments {weights: [text, …], steps} of this many weights.
  function pathOf({ weights: texts, steps }, weights, quick) {
    const own = texts.map((_, i) => i).filter((i) => texts[i]?.length === lettersOf(weights));
    const places = evenly(own.length, room(weights, quick)).map((i) => own[i]);
    const path = joined(places.map((i) => texts[i]), weights);
    return path === null ? { path: "", steps: [] } : { path, steps: places.map((i) => steps[i]) };
  }

  // How far each weight is from where it was: {indices, the farthest first}.
  function movement({ weights: texts }, weights) {
    const ends = [texts[0], texts.at(-1)].map(shared.floats);
    const far = new Float32Array(weights);
    if (ends.every((end) => end?.length === weights)) for (let i = 0; i < weights; i++) far[i] = Math.abs(ends[1][i] - ends[0][i]);
    return far;
  }

  // What a menu lists, and the two that are chosen at first: those that have moved farthest.
  function menu(list, far) {
    const order = [...list].sort((one, other) => (far[other.index] ?? 0) - (far[one.index] ?? 0) || one.index - other.index);
    const listed = order.length > MOST_LISTED ? order.slice(0, MOST_LISTED).sort((one, other) => one.index - other.index) : list;
    return { listed, pair: order.slice(0, 2).map(({ index }) => index).sort((one, other) => one - other) };
  }

  // ---- what is drawn -------------------------------------------------------------------------------------------

  // An error -> its height on the scale of the map, as explorer.maps.Levels has it.
  function scaled(error, { logarithmic, floor, offset }) {
    if (error === null) return null;
    return logarithmic ? Math.log10(Math.max(error - floor, 0) + offset) : error;
  }

  // An answer with its heights as rows from below, in errors and on the scale.
  function decoded(answer) {
    const flat = shared.floats(answer.heights);
    const { side } = answer;
    if (flat?.length !== side * side) return null;
    const rows = Array.from({ length: side }, (_, row) => flat.subarray(row * side, (row + 1) * side));
    return { ...answer, rows, scaledRows: rows.map((row) => Float32Array.from(row, (error) => scaled(error, answer.levels))) };
  }

  // The drawn error at a place, between the points of the grid; null outside.
  function errorAt({ x, y, rows, side }, first, second) {
    const place = (axis, value) => ((value - axis[0]) / (axis[side - 1] - axis[0])) * (side - 1);
    const [column, row] = [place(x, first), place(y, second)];
    if (!(column >= 0 && column <= side - 1 && row >= 0 && row <= side - 1)) return null;
    const [left, low] = [Math.min(Math.floor(column), side - 2), Math.min(Math.floor(row), side - 2)];
    const [right, up] = [column - left, row - low];
    const along = (values) => values[left] * (1 - right) + values[left + 1] * right;
    return along(rows[low]) * (1 - up) + along(rows[low + 1]) * up;
  }

  // The colours of the map, as explorer.heatLayer wants them.
  function heat({ side, scaledRows, levels: { low, high } }) {
    const flat = new Float32Array(side * side);
    scaledRows.forEach((row, i) => flat.set(row, i * side));
    return { z: { shape: `${side}, ${side}`, bdata: base64(new Uint8Array(flat.buffer)) }, zmin: low, zmax: high };
  }

  // What the colours stand for, in so many evenly spaced errors.
  function legend({ low, high, logarithmic, floor, offset }, count) {
    const heights = Array.from({ length: count }, (_, i) => low + (i / (count - 1)) * (high - low));
    const errors = heights.map((height) => (logarithmic ? 10 ** height - offset + floor : height));
    const dust = 1e-9 * (errors.at(-1) - errors[0]); // what rounding left of a zero is a zero
    return errors.map((error) => number(Math.abs(error) < dust ? 0 : error));
  }

  const isWithin = ({ x, y, side }, [first, second]) => first >= x[0] && first <= x[side - 1] && second >= y[0] && second <= y[side - 1];

  const column = (path, axis) => path.map((point) => point[axis]);

  function contours(told) {
    const { low, high } = told.levels;
    const size = (high - low) / CONTOURS;
    return {
      type: "contour", x: told.x, y: told.y, z: told.scaledRows, zmin: low, zmax: high,
      contours: { coloring: "none", start: low + size / 2, end: high, size }, // the colours are painted behind it, faster
      line: { width: 0.75, color: "token:contour", smoothing: 0.6 },
      showscale: false, hoverinfo: "skip",
    };
  }

  // A halo of the panel's colour keeps the path visible on every height; where it is but a shadow on the plane, it is dotted.
  function pathLines({ path, kind }) {
    const line = { type: "scatter", x: column(path, 0), y: column(path, 1), hoverinfo: "skip" };
    const shadow = kind !== "path";
    const dots = path.length <= 60 && !shadow ? "lines+markers" : "lines";
    return [
      { ...line, mode: "lines", line: { color: "token:panel", width: 5 }, opacity: 0.75 },
      { ...line, mode: dots, line: { color: "token:ink", width: 2, dash: shadow ? "2px,3px" : "solid" }, marker: { color: "token:ink", size: 4 } },
    ];
  }

  function ends({ path }) {
    const at = ([x, y], marker) => ({ type: "scatter", mode: "markers", x: [x], y: [y], marker, hoverinfo: "skip" });
    const start = { symbol: "circle", size: 11, color: "token:panel", line: { color: "token:ink", width: 2.5 } };
    const present = { symbol: "circle", size: 13, color: "token:accent", line: { color: "token:panel", width: 2 } };
    return path.length > 1 ? [at(path[0], start), at(path.at(-1), present)] : [at(path[0], present)];
  }

  function mapFigure(told) {
    const axis = (place, values) => ({
      title: { text: told.axis_titles[place], font: { size: 12 }, standoff: 8 }, range: [values[0], values.at(-1)],
      constrain: "domain", showgrid: false, zeroline: false, nticks: 7,
    });
    return {
      data: [contours(told), ...pathLines(told), ...ends(told)],
      layout: {
        dragmode: false, hovermode: false, showlegend: false, margin: { l: 58, r: 8, t: 8, b: 46 },
        uirevision: String([told.x[0], told.x.at(-1), told.y[0], told.y.at(-1)]),
        xaxis: axis(0, told.x),
        yaxis: { ...axis(1, told.y), scaleanchor: "x" }, // equal scales: a circle is a circle
      },
      config: { displayModeBar: false, doubleClick: false },
    };
  }

  // The path in space lies at its true errors; where it is not over the map it is left out.
  function pathInSpace(told) {
    const seen = (values) => told.path.map((point, i) => (isWithin(told, point) ? scaled(values[i], told.levels) : null));
    return { x: column(told.path, 0), y: column(told.path, 1), true: seen(told.errors), drawn: seen(told.heights_at) };
  }

  // From each true error to the height that is drawn there, one line after the other.
  function gaps({ x, y, true: real, drawn }) {
    const each = (values) => values.flatMap((value) => [value, value, null]);
    const z = real.flatMap((value, i) => (value === null || drawn[i] === null ? [null, null, null] : [value, drawn[i], null]));
    return { x: each(x), y: each(y), z };
  }

  function reliefFigure(told) {
    const { low, high, ticks, labels } = told.levels;
    const space = pathInSpace(told);
    const line = { type: "scatter3d", hoverinfo: "skip" };
    const last = told.path.length - 1;
    const surface = {
      type: "surface", x: told.x, y: told.y, z: told.scaledRows, cmin: low, cmax: high, colorscale: "token:error-scale",
      showscale: false, opacity: 0.86, hoverinfo: "skip", lighting: { ambient: 0.85, diffuse: 0.35, specular: 0.04, roughness: 0.9 },
    };
    const path = {
      ...line, mode: "lines+markers", x: space.x, y: space.y, z: space.true, hoverinfo: "none",
      line: { color: "token:ink", width: 5 }, marker: { color: "token:ink", size: 2.5 },
    };
    const present = {
      ...line, mode: "markers", x: [space.x[last]], y: [space.y[last]], z: [space.true[last]],
      marker: { color: "token:accent", size: 7, line: { color: "token:panel", width: 1 } },
    };
    const axis = (place, values) => ({
      title: { text: short(told.axis_titles[place]), font: { size: 11 } }, range: [values[0], values.at(-1)], nticks: 5,
    });
    return {
      data: [surface, { ...line, mode: "lines", ...gaps(space), line: { color: "token:ink-quiet", width: 3 } }, path, present],
      layout: {
        showlegend: false, margin: { l: 0, r: 0, t: 0, b: 0 },
        scene: {
          xaxis: axis(0, told.x), yaxis: axis(1, told.y),
          zaxis: { title: { text: "Error", font: { size: 11 } }, range: [low - 0.02 * (high - low), high], tickvals: ticks, ticktext: labels },
          aspectmode: "manual", aspectratio: { x: 1, y: 1, z: 0.75 },
          camera: { eye: { x: 1.03, y: -1.41, z: 1.79 }, center: { x: 0, y: 0, z: -0.12 } },
        },
      },
      config: { displayModeBar: false },
    };
  }

  // Without its share; in space there is less room.
  const short = (title) => (title.startsWith("Weight") || title.startsWith("Bias") ? title : title.split(",")[0]);

  // ---- words ---------------------------------------------------------------------------------------------------

  // Three digits, as the sentences have them.
  function number(value) {
    if (value === null || !Number.isFinite(value)) return "beyond all numbers";
    const size = Math.abs(value);
    const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
    return text.replace("-", "−").replace("e+", "e");
  }

  function momentWords({ steps, errors, heights_at: drawn, distances, path }, i) {
    const which = i === path.length - 1 ? `Now, update ${shared.count(steps[i])}` : `Update ${shared.count(steps[i])}`;
    const far = distances[i] <= 1e-6 * (1 + Math.max(...distances)) ? "in this plane" : `${number(distances[i])} away from this plane`;
    return `${which}: true error ${number(errors[i])}, drawn ${number(drawn[i])}, ${far}.`;
  }

  const placeWords = (told, first, second) => `At ${number(first)}, ${number(second)} the error ${number(errorAt(told, first, second))} is drawn.`;

  // The moment of another answer that this one of the answer before is; the present stays the present. Null for none.
  function followed(before, after, spot) {
    if (spot === null || spot === before.path.length - 1) return spot === null ? null : after.path.length - 1;
    const place = after.steps.indexOf(before.steps[spot]);
    return place < 0 ? null : place;
  }

  // What is said while nothing is pointed at.
  function hint(view, told) {
    if (view === "space") return "The path at its true errors; lines lead to what is drawn.";
    if (told && told.kind !== "path" && told.path.length > 1) return "Dotted: the path's shadow on this plane. Point at it to read it.";
    return "Point at the map or the path to read it, or use the arrow keys.";
  }

  // The moment nearest to a place in pixels, null beyond the reach. points: [[x, y], …]
  function nearest(points, x, y, reach) {
    let [found, least] = [null, reach * reach];
    points.forEach(([left, top], i) => {
      const distance = (left - x) ** 2 + (top - y) ** 2;
      if (distance <= least) [found, least] = [i, distance];
    });
    return found;
  }

  window.explorer = Object.assign(window.explorer || {}, {
    sliceData: {
      countWeights, room, evenly, joined, pathOf, movement, menu, scaled, decoded, errorAt, isWithin, heat, legend, mapFigure, reliefFigure,
      gaps, number, momentWords, placeWords, hint, followed, nearest,
    },
  });
})();
