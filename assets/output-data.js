"use strict";
// What the pictures of the output show, as values: cases, places, boundaries. Pure: no page.
(() => {
  const PARTS = ["training", "validation", "test"]; // code 0, 1, 2 in scene.points.part
  const BAR = 96; // px, the colour bar
  const BELOW = { ticks: 18, title: 18, row: 28 }; // px under the plane
  const LEFT = 46; // px, for the ticks and the title of the vertical axis
  const MIDDLE = 127.5; // of a byte's range

  const rising = (range) => range?.[0] < range?.[1];
  const valid = (scene) => scene?.map_side > 1 && scene.domains?.length === 2 && scene.domains.every(rising) && rising(scene.output_range);

  function cases({ points, domains: [across, up] }) {
    const { x = [], y = [], label = [], part = [] } = points || {};
    const all = Array.from(x, (value, i) => ({ x: value, y: y[i], label: label[i], part: part[i] || 0 }));
    return all.filter((p) => p.x >= across[0] && p.x <= across[1] && p.y >= up[0] && p.y <= up[1]);
  }

  const ROWS = 2; // of legends: parts above, colours below; always, so that no point moves when a part joins

  // The largest square plane that leaves room for axes and legends, in the middle of the sheet.
  function arrange({ width, height }) {
    const below = BELOW.ticks + BELOW.title + 8 + ROWS * BELOW.row + 4;
    const side = Math.max(40, Math.floor(Math.min(width - LEFT - 12, height - 10 - below)));
    const left = Math.round((width - side - LEFT - 12) / 2) + LEFT;
    return { left, top: 10, side, width, height };
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

  // Marching squares.
  // -> segments x0, y0, x1, y1 in samples, counted from the lower left one
  function boundary(values, side, level = MIDDLE) {
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

  // Several outputs, one after the other in `bytes` -> each by itself.
  const split = (bytes, area) => Array.from({ length: bytes.length / area }, (_, i) => bytes.subarray(i * area, (i + 1) * area));

  // For each class how far it is ahead of the best of the others: its region ends where that is 0.
  function leads(maps) {
    const ahead = maps.map((map) => new Float32Array(map.length));
    for (let at = 0; at < maps[0].length; at++) {
      let [first, second, winner] = [-1, -1, 0];
      for (let k = 0; k < maps.length; k++) {
        const value = maps[k][at];
        if (value > first) [second, first, winner] = [first, value, k];
        else if (value > second) second = value;
      }
      for (let k = 0; k < maps.length; k++) ahead[k][at] = maps[k][at] - (k === winner ? second : first);
    }
    return ahead;
  }

  const channel = (colour, shift) => (colour >>> shift) & 255;
  const blend = (one, other, share) => Math.round(one + share * (other - one));

  // Colours as little-endian RGBA: a + share (b - a).
  function mix(a, b, share) {
    const [red, green, blue] = [0, 8, 16].map((shift) => blend(channel(a, shift), channel(b, shift), share));
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  }

  // The winner's colour, the paler the less certain. maps: bytes of each class; colours: of the classes; plain: of none.
  function winners(maps, colours, plain, reach) {
    const [area, count] = [maps[0].length, maps.length];
    const shades = colours.slice(0, count).map((colour) => Uint32Array.from({ length: 256 }, (_, byte) => {
      const sure = Math.max(0, (byte / 255 - 1 / count) / (1 - 1 / count));
      return mix(plain, colour, reach * (0.25 + 0.75 * sure));
    }));
    const painted = new Uint32Array(area);
    for (let at = 0; at < area; at++) {
      let winner = 0;
      for (let k = 1; k < count; k++) if (maps[k][at] > maps[winner][at]) winner = k;
      painted[at] = shades[winner][maps[winner][at]];
    }
    return painted;
  }

  // Labels that do not exclude each other: each lays its own colour over the others, as strong as it is certain.
  function overlaid(maps, colours, plain, reach) {
    const painted = new Uint32Array(maps[0].length);
    for (let at = 0; at < painted.length; at++) {
      const total = maps.reduce((sum, map) => sum + map[at], 0);
      const strongest = maps.reduce((most, map) => Math.max(most, map[at]), 0) / 255;
      let [mixed, sum] = [plain, 0];
      maps.forEach((map, k) => {
        sum += map[at];
        if (map[at]) mixed = sum === map[at] ? colours[k] : mix(mixed, colours[k], map[at] / sum);
      });
      painted[at] = total ? mix(plain, mixed, reach * strongest) : plain;
    }
    return painted;
  }

  window.explorer = window.explorer || {};
  window.explorer.outputData = { PARTS, BAR, BELOW, MIDDLE, valid, cases, arrange, toX, toY, unround, boundary, sample, split, leads, mix, winners, overlaid };
})();
