"use strict";
// Where neurons and links of the network picture lie, which links are drawn, and what it says in words. Pure: no page.
(() => {
  const HEADER = 28; // px above the columns, for "4 neurons"
  const MARGIN = 6;
  const LARGEST = 56; // px, side of a neuron
  const SPREAD = 1.75; // from one neuron to the next, in sides, where there is room
  const SMALLEST = 6; // px from one neuron to the next
  const MORE = 20; // px for "+ 40 more" below a cut column
  const WIDEST = 7; // px, a very strong link
  const NAMES = 0.18; // share of the width that the names of the inputs may take

  // ---- weights: per layer a (fan_out, fan_in + 1) matrix, row-major, the last column the bias ---------------------

  function matrices(sizes) {
    let start = 0;
    return sizes.slice(1).map((fanOut, i) => {
      const matrix = { layer: i + 1, start, fanIn: sizes[i], fanOut, row: sizes[i] + 1 };
      start += fanOut * matrix.row;
      return matrix;
    });
  }

  const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);
  const hiddenBefore = (sizes, layer) => sum(sizes.slice(1, layer));
  const weightCount = (sizes) => sum(matrices(sizes).map((m) => m.fanOut * m.row));
  const linkCount = (sizes) => sum(matrices(sizes).map((m) => m.fanOut * m.fanIn));

  // ---- columns ---------------------------------------------------------------------------------------------------

  function column(layer, count, x, room, largest, ratio) {
    const whole = count * SMALLEST <= room;
    const shown = whole ? count : Math.max(1, Math.floor((room - MORE) / SMALLEST));
    let pitch = whole ? Math.min(room / count, SPREAD * largest) : SMALLEST;
    if (pitch < 16) pitch = Math.floor(pitch * ratio) / ratio; // equal gaps need whole device pixels
    const size = Math.min(largest, Math.floor(pitch - Math.max(1, (pitch < 24 ? 0.18 : 0.28) * pitch)));
    const top = HEADER + Math.round((room - shown * pitch - (whole ? 0 : MORE)) / 2);
    return { layer, count, shown, x: Math.round(x), top, pitch, size };
  }

  const centre = (col, index) => col.top + (index + 0.5) * col.pitch;

  // measure(text) -> px in the font of the headers
  function layout({ sizes, names, width, height, ratio = 1, measure }) {
    const last = sizes.length - 1;
    const named = Math.min(NAMES * width, Math.max(0, ...names.map(measure)));
    const left = 10 + named + (named ? 8 : 0);
    const room = Math.max(height - HEADER - MARGIN, SMALLEST + MORE);
    const largest = Math.max(8, Math.min(LARGEST, Math.floor((0.44 * (width - left)) / sizes.length)));
    const [first, end] = [left + largest / 2, width - 18 - largest / 2];
    const across = (layer) => first + ((end - first) * layer) / last;
    const columns = sizes.map((count, layer) => column(layer, count, across(layer), room, largest, ratio));
    for (const matrix of matrices(sizes))
      Object.assign(columns[matrix.layer], { matrix, offset: hiddenBefore(sizes, matrix.layer) });
    headers(columns, width, measure);
    return { columns, named, width, height };
  }

  // The longest wording that leaves a gap between any two headers; each stays inside the picture.
  function headers(columns, width, measure) {
    const last = columns.length - 1;
    const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
    const wordings = [
      (c) => (last > c.layer ? plural(c.count, c.layer ? "neuron" : "input") : c.count > 1 ? plural(c.count, "output") : "output"),
      (c) => (last > c.layer ? (c.layer ? String(c.count) : "in") : "out"),
      (c) => String(c.count),
    ];
    for (const wording of wordings) {
      columns.forEach((c) => {
        c.header = wording(c);
        const half = measure(c.header) / 2;
        c.headerX = Math.max(half + 2, Math.min(c.x, width - half - 2));
      });
      const ends = columns.map((c) => [c.headerX - measure(c.header) / 2, c.headerX + measure(c.header) / 2]);
      if (ends.every(([start], i) => i === 0 || start - ends[i - 1][1] >= 8)) return;
    }
  }

  // ---- links -----------------------------------------------------------------------------------------------------

  // A link leaves the middle of a neuron and enters its target at a place of its own, in order, so that none cross there.
  function link(columns, layer, from, to) {
    const [source, target] = [columns[layer - 1], columns[layer]];
    const offset = ((from + 0.5) / source.shown - 0.5) * 0.6 * target.size;
    const [x0, x1] = [source.x + source.size / 2, target.x - target.size / 2];
    return { x0, y0: centre(source, from), x1, y1: centre(target, to) + offset };
  }

  // Bezier with horizontal tangents and its control points half-way:
  // x(t) = x0 + dx (1.5 t - 1.5 t^2 + t^3), y(t) = y0 + dy (3 t^2 - 2 t^3)
  function parameter(share) {
    let t = share;
    for (let i = 0; i < 6; i++) t -= (1.5 * t - 1.5 * t * t + t ** 3 - share) / (1.5 - 3 * t + 3 * t * t);
    return t;
  }

  const strength = (weight) => Math.tanh(Math.abs(weight) / 2);
  const crowding = (columns, layer) => Math.min(1, Math.sqrt(Math.min(columns[layer - 1].pitch, columns[layer].pitch) / 56));
  const thickness = (weight, crowd) => 0.5 + WIDEST * strength(weight) * crowd;

  // ---- the strongest links ---------------------------------------------------------------------------------------

  // Each layer's share of `limit`; what a small layer does not need goes to the larger ones.
  function shares(needs, limit) {
    const order = needs.map((_, i) => i).sort((a, b) => needs[a] - needs[b]);
    const given = [];
    order.forEach((i, done) => {
      given[i] = Math.min(needs[i], Math.floor(limit / (order.length - done)));
      limit -= given[i];
    });
    return given;
  }

  // Sizes are compared by the upper 16 bits of a float32 (1/128 relative): one pass to count, one to collect.
  const BINS = new Uint32Array(0x8000);
  const bin = (bits) => (bits & 0x7fffffff) >>> 16;

  function strongestOf(matrix, bits, share, shownIn, shownOut, found) {
    let threshold = 0;
    let ties = share;
    if (share < shownIn * shownOut) {
      BINS.fill(0);
      for (let to = 0; to < shownOut; to++)
        for (let i = matrix.start + to * matrix.row, end = i + shownIn; i < end; i++) BINS[bin(bits[i])]++;
      for (threshold = BINS.length - 1; BINS[threshold] < ties; threshold--) ties -= BINS[threshold];
    }
    for (let to = 0; to < shownOut; to++)
      for (let from = 0, i = matrix.start + to * matrix.row; from < shownIn; from++, i++) {
        const size = bin(bits[i]);
        if (size > threshold || (size === threshold && ties-- > 0)) found.push({ layer: matrix.layer, from, to, index: i });
      }
  }

  // At most about `limit` links {layer, from, to, index}, weakest first: strong ones are drawn on top.
  function strongest(weights, sizes, columns, limit) {
    const layers = matrices(sizes);
    const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
    const given = shares(layers.map((m) => columns[m.layer - 1].shown * columns[m.layer].shown), limit);
    const found = [];
    layers.forEach((m, i) => strongestOf(m, bits, given[i], columns[m.layer - 1].shown, columns[m.layer].shown, found));
    return found.sort((a, b) => (bits[a.index] & 0x7fffffff) - (bits[b.index] & 0x7fffffff));
  }

  // ---- what is under the pointer ---------------------------------------------------------------------------------

  function neuronAt(columns, x, y) {
    for (const col of columns) {
      const index = Math.floor((y - col.top) / col.pitch);
      const near = Math.abs(x - col.x) <= col.size / 2 + 4 && index >= 0 && index < col.shown;
      if (near && Math.abs(y - centre(col, index)) <= col.size / 2 + 4) return { kind: "neuron", layer: col.layer, index };
    }
    return null;
  }

  function linkAt(columns, links, x, y, reach = 8) {
    const [right, left] = [(col) => col.x + col.size / 2, (col) => col.x - col.size / 2];
    const layer = columns.findIndex((col, i) => i > 0 && x > right(columns[i - 1]) && x < left(col));
    if (layer < 1) return null;
    let best = null;
    for (const candidate of links) {
      if (candidate.layer !== layer) continue;
      const { x0, y0, x1, y1 } = link(columns, layer, candidate.from, candidate.to);
      const t = parameter((x - x0) / (x1 - x0));
      const slope = ((y1 - y0) * 6 * t * (1 - t)) / ((x1 - x0) * (1.5 - 3 * t + 3 * t * t));
      const distance = Math.abs(y0 + (y1 - y0) * t * t * (3 - 2 * t) - y) / Math.hypot(1, slope);
      if (distance <= reach) [best, reach] = [candidate, distance];
    }
    return best && { kind: "link", layer, from: best.from, to: best.to };
  }

  const hit = (columns, links, x, y) => neuronAt(columns, x, y) || linkAt(columns, links, x, y);

  // The neuron that an arrow key leads to: up and down inside a layer, left and right to the one at about the same height.
  function step(columns, from, key) {
    if (!from) return { kind: "neuron", layer: 0, index: 0 };
    const col = columns[from.layer];
    const index = from.kind === "neuron" ? from.index : from.to;
    const inside = (c, i) => Math.max(0, Math.min(c.shown - 1, i));
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const target = columns[from.layer + across] || col;
    const level = Math.floor((centre(col, index) - target.top) / target.pitch);
    return { kind: "neuron", layer: target.layer, index: inside(target, target === col ? index + down : level) };
  }

  window.explorer = window.explorer || {};
  window.explorer.networkColumns = {
    matrices, weightCount, linkCount, hiddenBefore, layout, centre, link, strength, crowding, thickness, strongest, hit, step,
  };
})();
