"use strict";
// From strokes to the pixels that a network gets, and its outputs in words. Pure: no page.
(() => {
  const { canvas: shared } = window.explorer;
  const BLOCK = 4; // a pixel of the image counts what is drawn on so many by so many points
  const PEN = 2; // points, half the width of a stroke as it is drawn
  // What scikit-learn's digits have in common: from edge to edge upright, narrower than that, and so much of them ink.
  const WIDEST = 0.7;
  const INK = 0.305;
  const [THIN, THICK] = [1, 5]; // points, half the width of a stroke that is fitted
  const STRETCH = 2; // a drawing is drawn taller than wide by that at most: a dash stays a dash

  // ---- pure: from strokes to pixels ----------------------------------------------------------------------------

  function distance(x, y, [x0, y0], [x1, y1]) {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const along = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
  }

  // Strokes [[[x, y], …], …] -> which points of the bitmap, row by row from the top, are on.
  function bitmap(strokes, radius, { rows, columns }) {
    const [tall, wide] = [BLOCK * rows, BLOCK * columns];
    const bits = new Uint8Array(tall * wide);
    const span = (a, b, last) => [Math.max(0, Math.floor(Math.min(a, b) - radius)), Math.min(last, Math.ceil(Math.max(a, b) + radius))];
    for (const stroke of strokes)
      stroke.forEach((point, i) => {
        const next = stroke[i + 1] ?? point;
        const [[left, right], [top, bottom]] = [span(point[0], next[0], wide - 1), span(point[1], next[1], tall - 1)];
        for (let y = top; y <= bottom; y++)
          for (let x = left; x <= right; x++) if (distance(x + 0.5, y + 0.5, point, next) <= radius) bits[y * wide + x] = 1;
      });
    return bits;
  }

  // As scikit-learn's digits were made: of every block of 4 x 4 points the share that is on.
  function pixelsOf(bits, { rows, columns }) {
    const pixels = new Array(rows * columns).fill(0);
    bits.forEach((bit, at) => {
      const [y, x] = [Math.floor(at / (BLOCK * columns)), at % (BLOCK * columns)];
      pixels[Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK)] += bit / BLOCK ** 2;
    });
    return pixels;
  }

  // The strokes in the middle of the bitmap, as large as the data's digits are.
  function centred(strokes, radius, { rows, columns }) {
    const points = strokes.flat();
    const [[left, right], [top, bottom]] = [0, 1].map((axis) => [Math.min(...points.map((p) => p[axis])), Math.max(...points.map((p) => p[axis]))]);
    const [tall, wide] = [BLOCK * rows, BLOCK * columns];
    let down = (tall - 2 * radius) / (bottom - top);
    const across = Math.min(down, (WIDEST * wide - 2 * radius) / (right - left));
    down = Math.min(down, STRETCH * across);
    const scaled = (value, scale, middle) => (Number.isFinite(scale) ? scale * (value - middle) : 0);
    const place = ([x, y]) => [wide / 2 + scaled(x, across, (left + right) / 2), tall / 2 + scaled(y, down, (top + bottom) / 2)];
    return strokes.map((stroke) => stroke.map(place));
  }

  // -> {strokes, radius} with the ink that the data has.
  function fitted(strokes, size) {
    let [low, high] = [THIN, THICK];
    for (let pass = 0; pass < 6; pass++) {
      const radius = (low + high) / 2;
      const bits = bitmap(centred(strokes, radius, size), radius, size);
      if (bits.reduce((sum, bit) => sum + bit, 0) < INK * bits.length) low = radius;
      else high = radius;
    }
    return { strokes: centred(strokes, low, size), radius: low };
  }

  // What the network gets to see, numbers from 0 to 1 row by row.
  function seen(strokes, size, fit) {
    const { strokes: placed, radius } = fit ? fitted(strokes, size) : { strokes, radius: PEN };
    return pixelsOf(bitmap(placed, radius, size), size);
  }

  // ---- pure: words ---------------------------------------------------------------------------------------------

  function percent(share) {
    if (share > 0.995 && share < 1) return "more than 99 %";
    if (share > 0 && share < 0.005) return "less than 1 %";
    return `${Math.round(100 * share)} %`;
  }

  const narrow = (share) => (share > 0.9995 && share < 1 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`);

  // The outputs in words; shares: they divide a whole among them.
  function reading(outputs, names, shares) {
    if (outputs.length < 2) return `The output is ${shared.number(outputs[0])}.`;
    const [first, second] = [...outputs.keys()].sort((a, b) => outputs[b] - outputs[a]);
    if (shares) return `Read as ${names[first]}, ${percent(outputs[first])} sure; next ${names[second]} with ${percent(outputs[second])}.`;
    return `Read as ${names[first]}, the largest output, ${shared.number(outputs[first])}; next ${names[second]} with ${shared.number(outputs[second])}.`;
  }

  window.explorer.padData = { BLOCK, PEN, bitmap, pixelsOf, centred, fitted, seen, percent, narrow, reading };
})();
