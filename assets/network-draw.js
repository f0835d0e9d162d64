"use strict";
// Paints the network picture. Every function gets a view: { context, width, height, font, measure, palette, styles,
// table, areas, empty, accent, scene, columns, named, outputNamed, links, missing, weights, cut, gallery, target, pinned,
// cutting: whether a click cuts, sight: [left, right] of what is scrolled into view }
(() => {
  const PAPER = 11; // px from one neuron to the next, from which names stand beside them
  const PALE = 0.2; // of the links while some are looked at
  const PALER = 0.45; // the same while some are pinned, and while links are cut

  const { explorer } = window; // links and enlarged pictures are loaded later
  const { canvas: shared, networkData: data, networkColumns: geometry } = explorer;
  const { ROUND } = geometry;
  const { count, write, box } = shared;

  const focusOf = ({ target, pinned }) => target ?? pinned;

  // ---- words -------------------------------------------------------------------------------------------------------------

  function drawHeaders(view) {
    const { columns } = view;
    const narrow = columns.some((col, i) => i > 0 && col.x - columns[i - 1].x < 74);
    for (const col of columns) {
      write(view, col.header, col.headerX, 13);
      const more = col.count - col.shown;
      const x = Math.max(34, Math.min(col.x, view.width - 34));
      const text = narrow ? `+${count(more)}` : `+ ${count(more)} more`;
      if (more) write(view, text, x, col.top + col.rows * col.pitch + 11, { size: narrow ? 10 : 11 });
    }
  }

  function drawNames(view, col, nameOf, side, room) {
    if (col.pitch < PAPER || col.subs > 1 || !room) return;
    const look = { align: side < 0 ? "right" : "left", colour: view.palette.ink, size: col.pitch < 15 ? 11 : 12 };
    const x = side < 0 ? col.left - 8 : col.right + 8;
    for (let i = 0; i < col.shown; i++)
      write(view, shared.shorten(nameOf(view.scene, i), room, view.measure), x, geometry.centre(col, i).y, look);
  }

  // ---- links -------------------------------------------------------------------------------------------------------------

  function tracePath(context, { start, x0, y0, end, x1, y1 }) {
    const middle = (x0 + x1) / 2;
    context.moveTo(start, y0);
    if (x0 > start) context.lineTo(x0, y0);
    context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
    if (end > x1) context.lineTo(end, y1);
  }

  function strokeLink(view, { layer, from, to, index }, visible, crowd) {
    const { context, columns, styles, weights } = view;
    const weight = weights[index];
    const strength = explorer.networkLinks.strength(weight);
    if (Number.isNaN(strength)) return;
    context.strokeStyle = styles[shared.byteOf(Math.sign(weight) * (0.4 + 0.6 * strength))];
    context.globalAlpha = visible * (0.45 + 0.55 * strength);
    context.lineWidth = explorer.networkLinks.thickness(weight, crowd);
    context.beginPath();
    tracePath(context, explorer.networkLinks.link(columns, layer, from, to));
    context.stroke();
  }

  // What does not exist: thin and dashed, all in one stroke.
  function strokeMissing(view, links, visible) {
    if (!links.length) return;
    const { context, columns, palette } = view;
    context.beginPath();
    for (const { layer, from, to } of links) tracePath(context, explorer.networkLinks.link(columns, layer, from, to));
    [context.strokeStyle, context.lineWidth, context.globalAlpha] = [palette.muted, 1, visible];
    context.setLineDash([3, 4]);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  // An image reaches all neurons of the first layer: a quiet fan, the single links come with a neuron.
  function drawFan(view) {
    const { context, columns: [inputs, first], palette } = view;
    if (inputs.kind !== "pixels") return;
    const y0 = inputs.top + (inputs.rows * inputs.pitch) / 2;
    context.beginPath();
    for (let row = 0; row < first.rows; row++) {
      const y1 = first.top + (row + 0.5) * first.pitch;
      tracePath(context, { start: inputs.right, x0: inputs.right, y0, end: first.left, x1: first.left, y1 });
    }
    [context.strokeStyle, context.lineWidth] = [palette.line, 1.5];
    context.stroke();
  }

  function drawLinks(view) {
    const { context, columns, weights, links, missing, target, pinned, cut } = view;
    drawFan(view);
    if (!weights) return;
    const { touching, crowding, isCut } = explorer.networkLinks;
    const crowds = columns.map((_, layer) => (layer ? crowding(columns, layer) : 1));
    const visible = target && !view.cutting ? PALE : target || pinned ? PALER : 1;
    for (const link of links) strokeLink(view, link, visible, crowds[link.layer]);
    const near = touching(columns, focusOf(view));
    const held = target && pinned?.kind === "link" ? touching(columns, pinned) : [];
    context.globalAlpha = 1;
    strokeMissing(view, missing, 0.5 * visible + 0.2);
    strokeMissing(view, [...near, ...held].filter(({ index }) => isCut(cut, index)), 0.9);
    for (const link of near.concat(held)) if (!isCut(cut, link.index)) strokeLink(view, link, 1, crowds[link.layer]);
    context.globalAlpha = 1;
  }

  // ---- neurons -----------------------------------------------------------------------------------------------------------

  function drawPlain(view, col, index, x, y) {
    const { context, palette, scene } = view;
    const last = col.layer === scene.sizes.length - 1;
    const colour = last && ["classes", "labels"].includes(scene.reading) ? palette.classes?.[index % 10] : null;
    context.fillStyle = view.empty;
    box(context, x, y, col.size, col.size, Math.min(4, col.size * 0.2));
    context.fill();
    [context.strokeStyle, context.lineWidth, context.globalAlpha] = [palette.muted, 1, 0.7];
    context.stroke();
    context.globalAlpha = 1;
    if (!colour || col.size < 10) return;
    const inner = Math.round(col.size * 0.44);
    context.fillStyle = colour;
    box(context, x + (col.size - inner) / 2, y + (col.size - inner) / 2, inner, inner, 2);
    context.fill();
  }

  function drawNeuron(view, col, index) {
    const { context, palette } = view;
    const middle = geometry.centre(col, index);
    const [x, y] = [middle.x - col.size / 2, middle.y - col.size / 2];
    if (col.kind === "plain") return drawPlain(view, col, index, x, y);
    if (col.size < ROUND) {
      view.gallery.draw(view, col.layer, index, x, y, col.size);
    } else {
      context.save();
      box(context, x, y, col.size, col.size, col.size * 0.12);
      context.clip();
      view.gallery.draw(view, col.layer, index, x, y, col.size);
      context.restore();
    }
    [context.strokeStyle, context.lineWidth, context.globalAlpha] = [palette.muted, 1, col.size < ROUND ? 0.5 : 0.7];
    box(context, x, y, col.size, col.size, col.size < ROUND ? 1 : col.size * 0.12);
    context.stroke();
    context.globalAlpha = 1;
  }

  // The inputs of an image: one cell each, in the colours of the weights of the first layer's neuron that is looked at.
  function drawPixelInputs(view, col) {
    const { context, palette, styles, weights, scene, empty } = view;
    const focus = [view.target, view.pinned].find((each) => each?.kind === "neuron" && each.layer === 1);
    const bytes = focus && weights ? data.weightBytes(data.neuronValues(scene.sizes, weights, 1, focus.index).incoming) : null;
    for (let i = 0; i < col.shown; i++) {
      const { x, y } = geometry.centre(col, i);
      context.fillStyle = bytes ? styles[bytes[i]] : empty;
      context.fillRect(x - col.size / 2, y - col.size / 2, col.size, col.size);
    }
    const [width, height] = [col.subs * col.pitch, col.rows * col.pitch];
    context.beginPath();
    for (let i = 1; i < col.subs; i++) context.rect(col.left + i * col.pitch - 0.25, col.top, 0.5, height);
    for (let i = 1; i < col.rows; i++) context.rect(col.left, col.top + i * col.pitch - 0.25, width, 0.5);
    [context.fillStyle, context.globalAlpha] = [palette.muted, 0.5];
    context.fill();
    context.globalAlpha = 1;
    [context.strokeStyle, context.lineWidth] = [palette.muted, 1];
    context.strokeRect(col.left - 0.5, col.top - 0.5, width + 1, height + 1);
  }

  function drawBiases(view, col) {
    const { context, palette, styles, weights } = view;
    if (!col.layer || !weights || col.subs > 1 || col.size < ROUND) return;
    const side = Math.max(4, Math.round(col.size * 0.14));
    for (let index = 0; index < col.shown; index++) {
      const bias = weights[col.matrix.start + index * col.matrix.row + col.matrix.fanIn];
      if (!Number.isFinite(bias)) continue;
      const [x, y] = [col.left - side - 3, geometry.centre(col, index).y + col.size / 2 - side];
      box(context, x, y, side, side, 1.5);
      context.fillStyle = styles[shared.byteOf(Math.sign(bias) * explorer.networkLinks.strength(bias))];
      context.fill();
      [context.strokeStyle, context.lineWidth] = [palette.muted, 0.75];
      context.stroke();
    }
  }

  function drawColumn(view, col) {
    if (col.kind === "pixels") return drawPixelInputs(view, col);
    for (let index = 0; index < col.shown; index++) drawNeuron(view, col, index);
    return drawBiases(view, col);
  }

  // ---- everything -------------------------------------------------------------------------------------------------------

  function paint(view) {
    const { context, columns, scene } = view;
    context.clearRect(0, 0, view.width, view.height);
    drawHeaders(view);
    drawLinks(view);
    for (const col of columns) drawColumn(view, col);
    drawNames(view, columns[0], data.inputName, -1, view.named);
    drawNames(view, columns.at(-1), data.outputName, 1, view.outputNamed);
    explorer.networkPlate.drawFocus(view);
  }

  window.explorer.networkDraw = { paint };
})();
