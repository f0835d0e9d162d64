"use strict";
// What the bent grid shows, as values: places, cuts, spots, words, poses between two reports. Pure: no page.
(() => {
  const { canvas: shared } = window.explorer;
  const GLIDE = 160; // ms from one report to the next: what moves can be followed
  const MARGIN = 0.05; // of the range, around the plane
  const FIRM = 0.75; // how far the inputs are bent when the cuts appear: they belong to the bent plane alone
  const LARGE_STEP = 5; // samples of a curve that an arrow key passes

  // ---- pure: numbers ---------------------------------------------------------------------------------------------

  const mixed = (from, to, share) => (share >= 1 || from?.length !== to.length ? to : to.map((value, i) => from[i] + share * (value - from[i])));

  // Raw places as the plane shows them when nothing is bent: each window over the whole range.
  function flat(raw, domains, [low, high]) {
    return raw.map((value, i) => {
      const [left, right] = domains[i % domains.length];
      return low + ((value - left) / (right - left)) * (high - low);
    });
  }

  // The lines over the raw inputs as the server lays them: those along the second input, then those along the first.
  function lattice([[left, right], [low, high]], lines, samples) {
    const places = new Float32Array(4 * lines * samples);
    const at = (from, to, i, count) => from + (i / (count - 1)) * (to - from);
    for (let line = 0; line < lines; line++)
      for (let i = 0; i < samples; i++) {
        places.set([at(left, right, line, lines), at(low, high, i, samples)], 2 * (line * samples + i));
        places.set([at(left, right, i, samples), at(low, high, line, lines)], 2 * ((lines + line) * samples + i));
      }
    return places;
  }

  // Of a curve: its places over a straight line in the middle.
  const straight = (samples, [low, high]) =>
    Float32Array.from({ length: 2 * samples }, (_, i) => (i % 2 ? (low + high) / 2 : low + ((i >> 1) / (samples - 1)) * (high - low)));

  const height = ([a, b, c], [x, y]) => a * x + b * y + c;

  // What is left of a polygon [[x, y], …] where the row is not negative.
  function clip(polygon, row) {
    return polygon.flatMap((point, i) => {
      const next = polygon[(i + 1) % polygon.length];
      const [here, there] = [height(row, point), height(row, next)];
      const kept = here >= 0 ? [point] : [];
      if (here >= 0 === there >= 0) return kept;
      const share = here / (here - there);
      return [...kept, point.map((value, axis) => value + share * (next[axis] - value))];
    });
  }

  const widen = ([low, high], share) => [low - share * (high - low), high + share * (high - low)];

  const boxOf = ([low, high]) => [[low, low], [high, low], [high, high], [low, high]];
  const minus = (one, other) => one.map((value, i) => value - other[i]);

  // Polygons within the range in which each class leads, or in which each output is above its middle.
  function areas({ kind, rows }, range) {
    if (kind === "lines") return rows.map((row) => clip(boxOf(range), row));
    return rows.map((row, k) => rows.reduce((polygon, other, j) => (j === k ? polygon : clip(polygon, minus(row, other))), boxOf(range)));
  }

  // Where a x + b y + c = 0 crosses the square, [[x, y], [x, y]] or null.
  function cut(row, range) {
    const corners = boxOf(range);
    const ends = corners.flatMap((point, i) => {
      const next = corners[(i + 1) % 4];
      const [here, there] = [height(row, point), height(row, next)];
      if (here >= 0 === there >= 0) return [];
      return [point.map((value, axis) => value + (here / (here - there)) * (next[axis] - value))];
    });
    return ends.length === 2 ? ends : null;
  }

  function nearest(places, indices, x, y, reach) {
    let [found, least] = [null, reach ** 2];
    for (const index of indices) {
      const distance = (places[2 * index] - x) ** 2 + (places[2 * index + 1] - y) ** 2;
      if (distance < least) [found, least] = [index, distance];
    }
    return found;
  }

  // ---- pure: a spot, which is a crossing of two lines, a place on the curve, or a case ------------------------------

  function spotAt(index, { grid, lines, samples }) {
    if (!grid) return { kind: "case", index };
    if (lines === 1) return { kind: "curve", index };
    return { kind: "crossing", i: Math.floor(index / samples), j: ((index % samples) * (lines - 1)) / (samples - 1) };
  }

  // The sample of the grid at which a spot lies.
  const sampleOf = (spot, { lines, samples }) => (spot.kind === "crossing" ? spot.i * samples + (spot.j * (samples - 1)) / (lines - 1) : spot.index);

  // What the pointer can find.
  function candidates(data) {
    const { grid, lines, samples, labels } = data;
    if (!grid || lines === 1) return Array.from({ length: grid ? samples : labels.length }, (_, i) => i);
    return Array.from({ length: lines ** 2 }, (_, k) => sampleOf({ kind: "crossing", i: Math.floor(k / lines), j: k % lines }, data));
  }

  // The spot after an arrow key, [right, up].
  function moved(spot, [right, up], { grid, lines, samples, labels }) {
    const within = (value, last) => Math.max(0, Math.min(last, value));
    const step = right || up;
    if (!grid) return { kind: "case", index: within((spot?.index ?? -1) + step, labels.length - 1) };
    if (lines === 1) return { kind: "curve", index: within((spot?.index ?? samples >> 1) + LARGE_STEP * step, samples - 1) };
    const [i, j] = [spot?.i ?? lines >> 1, spot?.j ?? lines >> 1];
    return { kind: "crossing", i: within(i + right, lines - 1), j: within(j + up, lines - 1) };
  }

  // ---- pure: words -------------------------------------------------------------------------------------------------

  function labelWords(label, { reading, output_names: names }) {
    if (reading === "classes") return names[label];
    if (reading === "sign") return label > 0 ? (names[1] ?? "+1") : (names[0] ?? "−1");
    if (reading === "labels") return names.filter((_, i) => (label >> i) & 1).join(" and ") || (names.length === 2 ? "neither" : "none");
    return `${names[0] ?? "target"} ${shared.number(label)}`;
  }

  function spotWords(spot, data, scene) {
    const places = spot.kind === "case" ? data.cases : data.grid;
    const [x, y] = [0, 1].map((axis) => shared.number(places[2 * sampleOf(spot, data) + axis]));
    if (spot.kind === "case") return `Case ${spot.index + 1}, ${labelWords(data.labels[spot.index], scene)}, lands at ${x}, ${y}.`;
    const shares = spot.kind === "curve" ? [spot.index / (data.samples - 1)] : [spot.i, spot.j].map((line) => line / (data.lines - 1));
    const told = shares.map((share, axis) => `${shared.name(scene.raw_names[axis])} = ${shared.number(along(scene.domains[axis], share))}`);
    return `${told.join(", ")} lands at ${x}, ${y}.`;
  }

  const along = ([low, high], share) => low + share * (high - low);

  function hint({ grid, lines }) {
    if (!grid) return "Point at a case to learn what it is.";
    return `Point at the ${lines > 1 ? "grid" : "curve"}, or use the arrow keys: where does a place of the inputs land?`;
  }

  // ---- poses -------------------------------------------------------------------------------------------------------

  // The report with its numbers, and the same places before anything is bent.
  function decoded(report, { domains }) {
    const [grid, cases, raw, labels] = ["grid", "cases", "raw", "labels"].map((name) => (report[name] ? shared.floats(report[name]) : null));
    if (!grid) return { ...report, grid, cases, raw, labels, samples: 0 };
    const samples = report.lines > 1 ? grid.length / (4 * report.lines) : grid.length / 2;
    return { ...report, grid, cases, raw, labels, samples, rawGrid: report.lines > 1 ? lattice(domains, report.lines, samples) : null };
  }

  // The places of grid and cases that nothing has bent, in a plane that reaches from range to range.
  function unbent({ lines, samples, rawGrid, raw }, { domains }, range) {
    if (lines > 1) return { grid: flat(rawGrid, domains, range), cases: flat(raw, domains, range) };
    const [middle, places] = [(range[0] + range[1]) / 2, flat(raw, domains, range)];
    return { grid: straight(samples, range), cases: Float32Array.from({ length: 2 * raw.length }, (_, i) => (i % 2 ? middle : places[i >> 1])) };
  }

  // As all stands a moment after the report, on its way from where it was shown before.
  function between(shown, data, now) {
    const share = shown ? Math.min(1, (now - shown.begin) / GLIDE) : 1;
    const eased = share * (2 - share);
    const [range, grid, cases] = ["range", "grid", "cases"].map((key) => data[key] && mixed(shown?.[key], data[key], eased));
    return { share, range, grid, cases };
  }

  // The same as far bent as is wished, from 0 to 1, in a plane with a margin.
  function posed(shown, data, scene, bend, time) {
    const now = between(shown, data, time);
    const whole = { ...now, bend, range: widen(now.range, MARGIN), firm: Math.max(0, (bend - FIRM) / (1 - FIRM)) };
    if (bend === 1 || !now.grid) return whole;
    const before = unbent(data, scene, now.range);
    return { ...whole, grid: mixed(before.grid, now.grid, bend), cases: mixed(before.cases, now.cases, bend) };
  }

  window.explorer.bentData = {
    MARGIN, mixed, flat, lattice, straight, boxOf, clip, areas, cut, nearest, widen, along,
    spotAt, sampleOf, candidates, moved, labelWords, spotWords, hint, decoded, between, posed,
  };
})();
