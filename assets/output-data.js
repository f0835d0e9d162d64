"use strict";
// What the output map shows, as values: its cases, its places, its boundary. Pure: no page.
(() => {
  const PARTS = ["training", "validation", "test"]; // code 0, 1, 2 in scene.points.part
  const BAR = 96; // px, the colour bar
  const BELOW = { ticks: 18, title: 18, row: 26 }; // px under the plane
  const LEFT = 40; // px, for the ticks and the title of x2

  const rising = (range) => range?.[0] < range?.[1];
  const valid = (scene) => scene?.map_side > 1 && rising(scene.domain) && rising(scene.output_range);

  const partOf = (code) => (typeof code === "string" ? Math.max(0, PARTS.indexOf(code)) : code || 0);

  function cases({ points }, [low, high]) {
    const { x = [], y = [], label = [], part = [] } = points || {};
    const all = Array.from(x, (value, i) => ({ x: value, y: y[i], label: label[i], part: partOf(part[i]) }));
    return all.filter((p) => p.x >= low && p.x <= high && p.y >= low && p.y <= high);
  }

  // The largest square plane that leaves room for axes and legends, in the middle of the sheet.
  function arrange({ width, height }, legendWidth) {
    const rows = legendWidth + 24 + BAR + 60 <= width - LEFT - 12 ? 1 : 2;
    const below = BELOW.ticks + BELOW.title + 8 + rows * BELOW.row;
    const side = Math.max(40, Math.floor(Math.min(width - LEFT - 12, height - 10 - below)));
    const left = Math.round((width - side - LEFT - 12) / 2) + LEFT;
    return { left, top: 10, side, rows, width, height };
  }

  const toX = ({ left, side }, [low, high], x) => left + (side * (x - low)) / (high - low);
  const toY = ({ top, side }, [low, high], y) => top + side - (side * (y - low)) / (high - low);

  // [1 2 1] / 4 along rows (step 1) or columns (step side), edges repeated.
  function blur(values, side, step) {
    const blurred = new Float32Array(values.length);
    for (let line = 0; line < side; line++)
      for (let i = 0, at = line * (step === 1 ? side : 1); i < side; i++, at += step) {
        const [before, after] = [values[i > 0 ? at - step : at], values[i < side - 1 ? at + step : at]];
        blurred[at] = (before + 2 * values[at] + after) / 4;
      }
    return blurred;
  }

  // The smoothest surface that rounds to the bytes that came: without it the boundary of a flat output is a staircase.
  function unround(bytes, side) {
    let values = Float32Array.from(bytes);
    for (let pass = 0; pass < 4; pass++) {
      values = blur(blur(values, side, 1), side, side);
      for (let at = 0; at < values.length; at++) values[at] = Math.max(bytes[at] - 0.5, Math.min(values[at], bytes[at] + 0.5));
    }
    return values;
  }

  // Marching squares at the middle of the palette.
  // -> segments x0, y0, x1, y1 in samples, counted from the lower left one
  function boundary(values, side) {
    const level = 127.5;
    const segments = [];
    for (let row = 0; row < side - 1; row++)
      for (let i = 0, at = row * side; i < side - 1; i++, at++) {
        const [a, b, c, d] = [values[at], values[at + 1], values[at + side + 1], values[at + side]];
        const kind = (a > level) | ((b > level) << 1) | ((c > level) << 2) | ((d > level) << 3);
        if (kind === 0 || kind === 15) continue;
        const bottom = () => segments.push(i + (level - a) / (b - a), row);
        const right = () => segments.push(i + 1, row + (level - b) / (c - b));
        const top = () => segments.push(i + (level - d) / (c - d), row + 1);
        const left = () => segments.push(i, row + (level - a) / (d - a));
        const bend = kind > 7 ? 15 - kind : kind; // the same line from either side
        if (bend === 1) left(), bottom();
        else if (bend === 2) bottom(), right();
        else if (bend === 3) left(), right();
        else if (bend === 4) right(), top();
        else if (bend === 6) bottom(), top();
        else if (bend === 7) left(), top();
        else if ((a + b + c + d) / 4 > level === (kind === 5)) left(), top(), bottom(), right(); // a saddle: its middle decides
        else left(), bottom(), right(), top();
      }
    return segments;
  }

  // Output at a place, between the four samples around it.
  function sample(values, side, across, up) {
    const [i, row] = [across, up].map((share) => Math.min(side - 2, Math.floor(share * (side - 1))));
    const [u, v] = [across * (side - 1) - i, up * (side - 1) - row];
    const at = row * side + i;
    const low = values[at] * (1 - u) + values[at + 1] * u;
    const high = values[at + side] * (1 - u) + values[at + side + 1] * u;
    return low * (1 - v) + high * v;
  }

  window.explorer = window.explorer || {};
  window.explorer.outputData = { PARTS, BAR, BELOW, valid, partOf, cases, arrange, toX, toY, unround, boundary, sample };
})();
