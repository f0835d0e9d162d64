"use strict";
// Where the neurons of the network picture lie: a column for each layer, a wide layer as a block. Pure: no page.
(() => {
  const HEADER = 28; // px above the columns, for "4 neurons"
  const MARGIN = 6;
  const ROUND = 22; // px, from this side a neuron has round corners and its bias
  const LARGEST = 56; // px, side of a neuron
  const SPREAD = 1.75; // from one neuron to the next, in sides, where there is room
  const WRAP = 30; // px from one picture to the next: where a column would be denser it becomes a block
  const BLOCK = 36; // px from one picture to the next in a block, at most
  const SMALLEST = 20; // px from one picture to the next, at least
  const SMALLEST_SIDE = 16; // px
  const PLAIN = 11; // px from one neuron without a picture to the next, at least: a line of small print
  const LARGEST_PLAIN = 18; // px
  const LARGEST_PIXEL = 12; // px, an input that is a pixel
  const MORE = 20; // px for "+ 40 more" below a cut column
  const LINKS = 0.44; // share of the width that belongs to links
  const FEWEST = 0.28; // the same where neurons had to be left out otherwise
  const GAP = 8; // px between two layers, at least
  const NAMES = 0.18; // share of the width that names may take on either side

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

  // ---- what stands in a layer --------------------------------------------------------------------------------------

  const isImage = ({ view, image, sizes }) => view === "images" && image?.[0] * image?.[1] === sizes[0];

  // "plane", "curve", "cases" and "weights" are pictures; "pixels": all inputs as one image; "plain": nothing to show
  function kindOf(scene, layer) {
    const { view, sizes } = scene;
    if (view === "plane" || view === "curve") return view;
    if (layer === 0) return isImage(scene) ? "pixels" : "plain";
    if (layer === 1 && isImage(scene)) return "weights";
    return layer === sizes.length - 1 ? "plain" : "cases";
  }

  // ---- columns -----------------------------------------------------------------------------------------------------

  function pixels(layer, count, [rows, subs], room, across) {
    const pitch = Math.max(4, Math.min(LARGEST_PIXEL, Math.floor(Math.min(room / rows, (0.3 * across) / subs))));
    return { layer, count, kind: "pixels", shown: count, subs, rows, pitch, size: pitch };
  }

  const sideIn = (pitch) => pitch - (pitch < 24 ? 2 : 3);
  const alone = (count, room, plain) => room / count >= (plain ? PLAIN : WRAP);

  // So many columns that none is longer than `holds`; one or two more where the last row would be fuller then.
  function split(count, holds) {
    const fewest = Math.ceil(count / holds);
    const empty = (n) => n * Math.ceil(count / n) - count;
    return [fewest, fewest + 1, fewest + 2].reduce((best, n) => (empty(n) < empty(best) ? n : best));
  }

  // A layer as `subs` columns of pictures, as many as `count` needs or `most`; what does not fit is left out.
  function block(layer, count, kind, room, pitch, most = Infinity) {
    const plain = kind === "plain";
    const step = plain ? PLAIN : pitch;
    const holds = Math.max(1, Math.floor(room / step));
    const subs = alone(count, room, plain) ? 1 : Math.min(split(count, holds), most);
    const all = alone(count, room, plain) || subs * holds >= count;
    const shown = all ? count : subs * Math.max(1, Math.floor((room - MORE) / step));
    return { layer, count, kind, shown, subs, rows: Math.ceil(shown / subs), pitch: step, size: sideIn(step) };
  }

  const widthOf = ({ subs, pitch, size }) => (subs - 1) * pitch + size;

  // The largest pictures with which all layers fit beside each other; where none do, wide layers lose neurons.
  function plan(scene, room, across) {
    const make = (pitch, most) =>
      scene.sizes.map((count, layer) => {
        const kind = kindOf(scene, layer);
        if (kind === "pixels") return pixels(layer, count, scene.image, room, across);
        return block(layer, count, kind, room, pitch, most);
      });
    const fits = (columns, links) => sum(columns.map(widthOf)) <= (1 - links) * across;
    for (let pitch = BLOCK; pitch >= SMALLEST; pitch--) {
      const columns = make(pitch);
      if (fits(columns, LINKS)) return columns;
    }
    const most = Math.max(...make(SMALLEST).map(({ kind, subs }) => (kind === "pixels" ? 1 : subs)));
    const narrower = Array.from({ length: most }, (_, i) => make(SMALLEST, most - i));
    return narrower.find((columns) => fits(columns, FEWEST)) ?? narrower.at(-1);
  }

  // Layers that stand in one column share the width that blocks leave.
  function enlarge(columns, room, across, ratio) {
    const single = (col) => col.subs === 1 && col.kind !== "pixels";
    const left = (1 - LINKS) * across - sum(columns.filter((col) => !single(col)).map(widthOf));
    const widest = left + LINKS * across - GAP * (columns.length - 1);
    const singles = columns.filter(single);
    const share = Math.floor(Math.min(Math.max(SMALLEST_SIDE, left / singles.length), widest / singles.length));
    for (const col of singles) {
      const largest = Math.max(6, Math.min(share, col.kind === "plain" ? LARGEST_PLAIN : LARGEST));
      const free = room - (col.shown < col.count ? MORE : 0);
      col.pitch = Math.min(free / col.shown, SPREAD * largest);
      if (col.pitch < SMALLEST) col.pitch = Math.floor(col.pitch * ratio) / ratio; // equal gaps need whole device pixels
      const gap = col.pitch < 24 ? 0.12 : col.pitch < 44 ? 0.2 : 0.28; // share of the way to the next
      col.size = Math.max(3, Math.min(largest, Math.floor(col.pitch - Math.max(1, gap * col.pitch))));
    }
  }

  // A place for each column: {left, right, x: its middle, top}; all gaps between layers are equal.
  function arrange(columns, left, across, room) {
    const gap = (across - sum(columns.map(widthOf))) / (columns.length - 1);
    let x = left;
    for (const col of columns) {
      const width = widthOf(col);
      col.left = Math.round(x);
      col.right = col.left + width;
      col.x = col.left + width / 2;
      const more = col.shown < col.count ? MORE : 0;
      col.top = HEADER + Math.round((room - col.rows * col.pitch - more) / 2);
      x += width + gap;
    }
  }

  // measure(text) -> px in the font of the headers; names beside the inputs and the outputs, [] for none
  function layout({ scene, names, outputNames, width, height, ratio = 1, measure }) {
    const { sizes } = scene;
    const widest = (texts) => Math.ceil(Math.min(NAMES * width, Math.max(0, ...texts.map(measure))));
    const room = Math.max(height - HEADER - MARGIN, SMALLEST + MORE);
    const readable = alone(sizes[0], room, kindOf(scene, 0) === "plain");
    const [named, outputNamed] = [readable ? widest(names) : 0, widest(outputNames)];
    const left = 10 + (named ? named + 8 : 0);
    const across = width - left - (outputNamed ? outputNamed + 18 : 18);
    const columns = plan(scene, room, across);
    enlarge(columns, room, across, ratio);
    arrange(columns, left, across, room);
    for (const matrix of matrices(sizes))
      Object.assign(columns[matrix.layer], { matrix, offset: hiddenBefore(sizes, matrix.layer) });
    headers(columns, scene, width, measure);
    return { columns, named, outputNamed, width, height };
  }

  // So narrow that a neuron and its links can still be told apart; a narrower page scrolls.
  function leastWidth(scene, { names, outputNames }) {
    const widest = (texts) => Math.min(80, 7 * Math.max(0, ...texts.map((text) => text.length)));
    const image = isImage(scene) ? (scene.image[1] - 1) * LARGEST_PIXEL : 0;
    return 40 + widest(names) + widest(outputNames) + image + scene.sizes.length * (SMALLEST_SIDE + GAP);
  }

  // The longest wording that leaves a gap between any two headers; each stays inside the picture.
  function headers(columns, { image }, width, measure) {
    const last = columns.length - 1;
    const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
    const pixelsText = (long) => `${image.join(" × ")}${long ? " pixels" : ""}`;
    const inputs = (c, long) => (c.kind === "pixels" ? pixelsText(long) : long ? plural(c.count, "input") : "in");
    const outputs = (c, long) => (long && c.count > 1 ? plural(c.count, "output") : long ? "output" : "out");
    const hidden = (c, long) => (long ? plural(c.count, "neuron") : String(c.count));
    const wording = (c, long) => (c.layer === 0 ? inputs : c.layer === last ? outputs : hidden)(c, long);
    for (const word of [(c) => wording(c, true), (c) => wording(c, false), (c) => String(c.count)]) {
      columns.forEach((c) => {
        c.header = word(c);
        const half = measure(c.header) / 2;
        c.headerX = Math.max(half + 2, Math.min(c.x, width - half - 2));
      });
      const ends = columns.map((c) => [c.headerX - measure(c.header) / 2, c.headerX + measure(c.header) / 2]);
      if (ends.every(([start], i) => i === 0 || start - ends[i - 1][1] >= 8)) return;
    }
  }

  // ---- one neuron --------------------------------------------------------------------------------------------------

  const rowOf = (col, index) => Math.floor(index / col.subs);
  const subOf = (col, index) => index % col.subs;

  // The middle of a neuron; a block is read row by row.
  const centre = (col, index) => ({
    x: col.left + col.size / 2 + subOf(col, index) * col.pitch,
    y: col.top + (rowOf(col, index) + 0.5) * col.pitch,
  });

  function neuronAt(columns, x, y) {
    for (const col of columns) {
      const [row, sub] = [Math.floor((y - col.top) / col.pitch), Math.round((x - col.left - col.size / 2) / col.pitch)];
      const index = row * col.subs + sub;
      if (row < 0 || sub < 0 || sub >= col.subs || index >= col.shown) continue;
      const middle = centre(col, index);
      const near = col.size / 2 + (col.subs > 1 ? 2 : 4);
      if (Math.abs(x - middle.x) <= near && Math.abs(y - middle.y) <= near) return { kind: "neuron", layer: col.layer, index };
    }
    return null;
  }

  // The neuron that an arrow key leads to: inside a layer, and beyond it to the one at about the same height.
  function step(columns, from, key) {
    if (!from) return { kind: "neuron", layer: 0, index: 0 };
    const col = columns[from.layer];
    const index = from.kind === "neuron" ? from.index : from.to;
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const [sub, below] = [subOf(col, index) + across, index + down * col.subs];
    const inside = (c, i) => ({ kind: "neuron", layer: c.layer, index: Math.max(0, Math.min(c.shown - 1, i)) });
    if (down) return inside(col, below < 0 || below >= col.shown ? index : below);
    if (sub >= 0 && sub < col.subs && index + across < col.shown) return inside(col, index + across);
    const next = columns[from.layer + across];
    if (!next) return inside(col, index);
    const row = Math.max(0, Math.min(next.rows - 1, Math.floor((centre(col, index).y - next.top) / next.pitch)));
    return inside(next, row * next.subs + (across > 0 ? 0 : next.subs - 1));
  }

  window.explorer = window.explorer || {};
  window.explorer.networkColumns = {
    ROUND, matrices, weightCount, linkCount, hiddenBefore, isImage, kindOf, layout, leastWidth, subOf, centre, neuronAt, step,
  };
})();
