"use strict";
// Which links of the network are drawn, where they run, and which one lies under the pointer. Pure: no page.
(() => {
  const WIDEST = 7; // px, a very strong link

  const { networkColumns: geometry } = window.explorer;
  const { subOf, centre } = geometry;

  // ---- the mask: one bit for each weight, the highest of a byte first, 1 where the link does not exist -----------------

  const isCut = (cut, index) => cut !== null && ((cut[index >> 3] >> (7 - (index & 7))) & 1) === 1;
  const indexOf = (columns, layer, from, to) => columns[layer].matrix.start + to * columns[layer].matrix.row + from;

  // ---- where they run --------------------------------------------------------------------------------------------------

  // Links leave a block between its rows, each column of neurons at a height of its own.
  const leaves = (source, from) => centre(source, from).y + ((subOf(source, from) + 0.5) / source.subs - 0.5) * 0.6 * source.size;

  // A link enters at a place of its own, in order, so that none cross there.
  function enters(source, target, from, to) {
    const share = (subOf(target, to) + (from + 0.5) / source.shown) / target.subs - 0.5;
    return centre(target, to).y + share * (target.subs > 1 ? 0.8 : 0.6) * target.size;
  }

  // From the source at `start` straight to the edge x0 of its block, curved to x1, straight to the target at `end`.
  function link(columns, layer, from, to) {
    const [source, target] = [columns[layer - 1], columns[layer]];
    return {
      start: centre(source, from).x + source.size / 2, x0: source.right, y0: leaves(source, from),
      end: centre(target, to).x - target.size / 2, x1: target.left, y1: enters(source, target, from, to),
    };
  }

  // Bezier with horizontal tangents and its control points half-way:
  // x(t) = x0 + dx (1.5 t - 1.5 t^2 + t^3), y(t) = y0 + dy (3 t^2 - 2 t^3)
  function parameter(share) {
    let t = share;
    for (let i = 0; i < 6; i++) t -= (1.5 * t - 1.5 * t * t + t ** 3 - share) / (1.5 - 3 * t + 3 * t * t);
    return t;
  }

  const strength = (weight) => Math.tanh(Math.abs(weight) / 2);
  const density = ({ pitch, subs }) => pitch / subs;
  const crowding = (columns, layer) => Math.min(1, Math.sqrt(Math.min(density(columns[layer - 1]), density(columns[layer])) / 56));
  const thickness = (weight, crowd) => 0.5 + WIDEST * strength(weight) * crowd;

  // ---- the strongest ---------------------------------------------------------------------------------------------------

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

  function strongestOf({ layer, start, row }, bits, cut, share, shownIn, shownOut, found) {
    let threshold = 0;
    let ties = share;
    if (share < shownIn * shownOut) {
      BINS.fill(0);
      for (let to = 0; to < shownOut; to++)
        for (let i = start + to * row, end = i + shownIn; i < end; i++) if (!isCut(cut, i)) BINS[bin(bits[i])]++;
      for (threshold = BINS.length - 1; BINS[threshold] < ties; threshold--) ties -= BINS[threshold];
    }
    for (let to = 0; to < shownOut; to++)
      for (let from = 0, i = start + to * row; from < shownIn; from++, i++) {
        const size = bin(bits[i]);
        if ((size > threshold || (size === threshold && ties > 0)) && !isCut(cut, i)) {
          found.push({ layer, from, to, index: i });
          if (size === threshold) ties--;
        }
      }
  }

  // The links of an image are many and say little together: they appear with a neuron.
  const drawn = (columns, layer) => columns[layer - 1].kind !== "pixels";

  // At most about `limit` links {layer, from, to, index}, weakest first: strong ones are drawn on top.
  function strongest(weights, cut, columns, limit) {
    const layers = columns.slice(1).filter((col) => drawn(columns, col.layer));
    const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
    const given = shares(layers.map((col) => columns[col.layer - 1].shown * col.shown), limit);
    const found = [];
    layers.forEach((col, i) => strongestOf(col.matrix, bits, cut, given[i], columns[col.layer - 1].shown, col.shown, found));
    return found.sort((a, b) => (bits[a.index] & 0x7fffffff) - (bits[b.index] & 0x7fffffff));
  }

  // Links that were cut, at most `limit`, so that they can be restored.
  function missing(cut, columns, limit) {
    const found = [];
    if (cut === null) return found;
    for (const col of columns.slice(1)) {
      if (!drawn(columns, col.layer)) continue;
      const { start, row } = col.matrix;
      for (let to = 0; to < col.shown; to++)
        for (let from = 0, i = start + to * row; from < columns[col.layer - 1].shown; from++, i++) {
          if (!isCut(cut, i)) continue;
          found.push({ layer: col.layer, from, to, index: i });
          if (found.length >= limit) return found;
        }
    }
    return found;
  }

  // The links that belong to a target: all of them among the neurons that are shown.
  function touching(columns, target) {
    if (!target) return [];
    const told = (layer, from, to) => ({ layer, from, to, index: indexOf(columns, layer, from, to) });
    if (target.kind === "link") return [told(target.layer, target.from, target.to)];
    const { layer, index } = target;
    const into = layer ? Array.from({ length: columns[layer - 1].shown }, (_, from) => told(layer, from, index)) : [];
    const next = columns[layer + 1];
    return into.concat(next ? Array.from({ length: next.shown }, (_, to) => told(layer + 1, index, to)) : []);
  }

  // ---- what is under the pointer -----------------------------------------------------------------------------------------

  // All links of a layer, one after another, to be looked at without being stored.
  function* every(columns, layer) {
    if (drawn(columns, layer))
      for (let to = 0; to < columns[layer].shown; to++)
        for (let from = 0; from < columns[layer - 1].shown; from++) yield { layer, from, to };
  }

  // The nearest of `links` (iterable), or of all links of the layer that lies there.
  function linkAt(columns, links, x, y, reach = 8) {
    const layer = columns.findIndex((col, i) => i > 0 && x > columns[i - 1].right && x < col.left);
    if (layer < 1) return null;
    const [source, target] = [columns[layer - 1], columns[layer]];
    const t = parameter((x - source.right) / (target.left - source.right));
    const [share, steep] = [t * t * (3 - 2 * t), (6 * t * (1 - t)) / ((target.left - source.right) * (1.5 - 3 * t + 3 * t * t))];
    let best = null;
    for (const candidate of links(layer)) {
      if (candidate.layer !== layer) continue;
      const y0 = leaves(source, candidate.from);
      const rise = enters(source, target, candidate.from, candidate.to) - y0;
      const distance = Math.abs(y0 + rise * share - y) / Math.hypot(1, rise * steep);
      if (distance <= reach) [best, reach] = [candidate, distance];
    }
    return best && { kind: "link", layer, from: best.from, to: best.to };
  }

  // The next link into the neuron that is looked at, 1 forwards, -1 backwards, round and round.
  function walk(columns, target, way) {
    if (!target || target.layer === 0) return target;
    const [to, count] = [target.kind === "link" ? target.to : target.index, columns[target.layer - 1].shown];
    const from = target.kind === "link" ? (target.from + way + count) % count : way > 0 ? 0 : count - 1;
    return { kind: "link", layer: target.layer, from, to };
  }

  window.explorer.networkLinks = {
    isCut, link, strength, crowding, thickness, strongest, missing, touching, every, linkAt, walk,
  };
})();
