"use strict";
// Paints the network picture. Every function gets a view:
// { context, width, height, font, measure, palette, styles, scene, columns, named, links, weights, pictures, target }
(() => {
  const HOVER = 120; // px, side of the enlarged picture
  const ROUND = 14; // px, from this size a neuron has round corners, a border and its bias

  const { canvas: shared, networkData: data, networkColumns: geometry } = window.explorer;
  const { number, count, write, writeUp, box, panel } = shared;

  function drawWords(view) {
    const { columns, scene, named, measure } = view;
    for (const col of columns) {
      write(view, col.header, col.headerX, 13);
      const more = col.count - col.shown;
      if (more) write(view, `+ ${count(more)} more`, col.headerX, col.top + col.shown * col.pitch + 11, { size: 11 });
    }
    const [inputs] = columns;
    if (inputs.pitch < 12) return;
    for (let i = 0; i < inputs.shown; i++) {
      const text = shared.shorten(data.inputName(scene, i), named, measure);
      const [x, y] = [inputs.x - inputs.size / 2 - 8, geometry.centre(inputs, i)];
      write(view, text, x, y, { align: "right", colour: view.palette.ink });
    }
  }

  function strokeLink(view, layer, from, to, weight, visible, crowd) {
    const { context, columns, styles } = view;
    const strength = geometry.strength(weight);
    if (Number.isNaN(strength)) return;
    const { x0, y0, x1, y1 } = geometry.link(columns, layer, from, to);
    const middle = (x0 + x1) / 2;
    context.strokeStyle = styles[shared.byteOf(Math.sign(weight) * (0.4 + 0.6 * strength))];
    context.globalAlpha = visible * (0.45 + 0.55 * strength);
    context.lineWidth = geometry.thickness(weight, crowd);
    context.beginPath();
    context.moveTo(x0, y0);
    context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
    context.stroke();
  }

  function drawLinks(view) {
    const { context, columns, weights, links, target } = view;
    if (!weights) return;
    const crowds = columns.map((_, layer) => (layer ? geometry.crowding(columns, layer) : 1));
    const visible = target ? 0.2 : 1;
    for (const { layer, from, to, index } of links) strokeLink(view, layer, from, to, weights[index], visible, crowds[layer]);
    for (const { layer, from, to } of touching(columns, target))
      strokeLink(view, layer, from, to, data.linkValue(view.scene.sizes, weights, { layer, from, to }), 1, crowds[layer]);
    context.globalAlpha = 1;
  }

  // The links that belong to what is under the pointer: all of them, not only the strongest.
  function touching(columns, target) {
    if (!target) return [];
    if (target.kind === "link") return [target];
    const { layer, index } = target;
    const into = layer ? Array.from({ length: columns[layer - 1].shown }, (_, from) => ({ layer, from, to: index })) : [];
    const next = columns[layer + 1];
    const out = next ? Array.from({ length: next.shown }, (_, to) => ({ layer: layer + 1, from: index, to })) : [];
    return into.concat(out);
  }

  // -> the atlas that holds the neuron's picture and its place there, null while there is none
  function pictureOf(view, layer, index) {
    const { inputs, hidden, output } = view.pictures;
    if (layer === 0) return index < 2 ? { atlas: inputs, index } : null;
    const col = view.columns[layer];
    if (layer < view.columns.length - 1) return hidden.filled ? { atlas: hidden, index: col.offset + index } : null;
    return index < output.filled ? { atlas: output, index } : null;
  }

  function drawPicture(view, layer, index, x, y, size) {
    const found = pictureOf(view, layer, index);
    if (found) return found.atlas.draw(view.context, found.index, x, y, size);
    view.context.fillStyle = view.styles[view.styles.length / 2];
    view.context.fillRect(x, y, size, size);
  }

  function drawNeuron(view, col, index) {
    const { context, palette } = view;
    const [x, y] = [col.x - col.size / 2, geometry.centre(col, index) - col.size / 2];
    if (col.size < ROUND) return drawPicture(view, col.layer, index, x, y, col.size);
    context.save();
    box(context, x, y, col.size, col.size, col.size * 0.12);
    context.clip();
    drawPicture(view, col.layer, index, x, y, col.size);
    context.restore();
    context.strokeStyle = palette.muted;
    context.lineWidth = 1;
    context.globalAlpha = 0.7;
    box(context, x, y, col.size, col.size, col.size * 0.12);
    context.stroke();
    context.globalAlpha = 1;
  }

  function drawBias(view, col, index) {
    const { context, palette, styles, weights } = view;
    if (!col.layer || !weights || col.size < ROUND) return;
    const bias = weights[col.matrix.start + index * col.matrix.row + col.matrix.fanIn];
    if (!Number.isFinite(bias)) return;
    const side = Math.max(4, Math.round(col.size * 0.14));
    const [x, y] = [col.x - col.size / 2 - side - 3, geometry.centre(col, index) + col.size / 2 - side];
    box(context, x, y, side, side, 1.5);
    context.fillStyle = styles[shared.byteOf(Math.sign(bias) * geometry.strength(bias))];
    context.fill();
    context.strokeStyle = palette.muted;
    context.lineWidth = 0.75;
    context.stroke();
  }

  function emphasise(view, layer, index) {
    const { context, columns, palette } = view;
    const col = columns[layer];
    context.strokeStyle = palette.ink;
    context.lineWidth = 2;
    const [side, half] = [col.size + 2, col.size / 2 + 1];
    box(context, col.x - half, geometry.centre(col, index) - half, side, side, Math.max(2, col.size * 0.14));
    context.stroke();
  }

  // Beside the neuron if there is room, else above or below: never over the neuron itself.
  function place(view, col, index, width, height) {
    const gap = col.size / 2 + 12;
    const y = geometry.centre(col, index);
    const clamp = (value, room) => Math.round(Math.max(4, Math.min(value, room)));
    const [right, bottom] = [view.width - width - 4, view.height - height - 4];
    if (col.x + gap <= right) return [Math.round(col.x + gap), clamp(y - height / 2, bottom)];
    if (col.x - gap - width >= 4) return [Math.round(col.x - gap - width), clamp(y - height / 2, bottom)];
    return [clamp(col.x - width / 2, right), y + gap <= bottom ? Math.round(y + gap) : clamp(y - gap - height, bottom)];
  }

  function drawEnlarged(view, { layer, index }) {
    const { context, scene, columns, palette } = view;
    const col = columns[layer];
    const size = Math.round(Math.min(HOVER, 0.34 * view.width, view.height - 80));
    if (size < 2 * col.size) return;
    const heading = data.title(scene, layer, index);
    const { bias } = data.neuronValues(scene.sizes, view.weights, layer, index);
    const width = Math.max(size + 44, Math.ceil(view.measure(heading)) + 20);
    const height = size + 48 + (bias === null ? 0 : 18);
    const [left, top] = place(view, col, index, width, height);
    panel(view, left, top, width, height);
    write(view, heading, left + 10, top + 14, { align: "left", colour: palette.ink });
    const [x, y] = [left + 30, top + 26];
    drawPicture(view, layer, index, x, y, size);
    context.strokeStyle = palette.muted;
    context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
    const [low, high] = scene.domain.map(shared.tickText);
    const small = { size: 11 };
    write(view, low, x, y + size + 10, { ...small, align: "left" });
    const across = shared.shorten(data.inputName(scene, 0), size - 30, view.measure);
    write(view, across, x + size / 2, y + size + 10, small);
    write(view, high, x + size, y + size + 10, { ...small, align: "right" });
    write(view, high, x - 5, y + 6, { ...small, align: "right" });
    writeUp(view, shared.shorten(data.inputName(scene, 1), size - 30, view.measure), x - 12, y + size / 2, small);
    write(view, low, x - 5, y + size - 5, { ...small, align: "right" });
    if (bias === null) return;
    write(view, `bias ${number(bias)}`, left + 10, top + height - 13, { align: "left", colour: palette.ink });
  }

  function drawWeight(view, target) {
    const { x0, y0, x1, y1 } = geometry.link(view.columns, target.layer, target.from, target.to);
    const text = number(data.linkValue(view.scene.sizes, view.weights, target));
    const width = Math.ceil(view.measure(text)) + 14;
    const [x, y] = [(x0 + x1) / 2, Math.max(14, (y0 + y1) / 2 - 16)];
    panel(view, x - width / 2, y - 11, width, 22);
    write(view, text, x, y, { colour: view.palette.ink });
  }

  function paint(view) {
    const { context, columns, target } = view;
    context.clearRect(0, 0, view.width, view.height);
    drawWords(view);
    drawLinks(view);
    for (const col of columns)
      for (let index = 0; index < col.shown; index++) {
        drawNeuron(view, col, index);
        drawBias(view, col, index);
      }
    if (target?.kind === "neuron") {
      emphasise(view, target.layer, target.index);
      drawEnlarged(view, target);
    } else if (target && view.weights) {
      emphasise(view, target.layer - 1, target.from);
      emphasise(view, target.layer, target.to);
      drawWeight(view, target);
    }
  }

  window.explorer.networkDraw = { paint };
})();
