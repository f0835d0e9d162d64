"use strict";
// What is looked at in the network picture, and what is pinned: a frame around it and a plate beside it.
// The view is that of network-draw.js.
(() => {
  const HOVER = 120; // px, side of the enlarged picture

  const { explorer } = window; // tiles are loaded later
  const { canvas: shared, networkData: data, networkColumns: geometry } = explorer;
  const { number, write, box, panel } = shared;
  const { ROUND } = geometry;

  function emphasise(view, { layer, index }, colour, width) {
    const { context, columns } = view;
    const col = columns[layer];
    const { x, y } = geometry.centre(col, index);
    [context.strokeStyle, context.lineWidth] = [colour, width];
    const [side, half] = [col.size + width, (col.size + width) / 2];
    box(context, x - half, y - half, side, side, col.size < ROUND ? 2 : col.size * 0.14);
    context.stroke();
  }

  // A neuron, or both ends of a link.
  function frame(view, target, colour, width) {
    if (target.kind === "neuron") return emphasise(view, target, colour, width);
    emphasise(view, { layer: target.layer - 1, index: target.from }, colour, width);
    return emphasise(view, { layer: target.layer, index: target.to }, colour, width);
  }

  // Beside the neuron if there is room, else above or below: never over the neuron itself.
  function place(view, { layer, index }, width, height) {
    const col = view.columns[layer];
    const { x, y } = geometry.centre(col, index);
    const gap = col.size / 2 + 12;
    const clamp = (value, low, high) => Math.round(Math.max(low, Math.min(value, high)));
    const [left, right, bottom] = [view.sight[0] + 4, view.sight[1] - width - 4, view.height - height - 4];
    if (x + gap <= right) return [Math.round(x + gap), clamp(y - height / 2, 4, bottom)];
    if (x - gap - width >= left) return [Math.round(x - gap - width), clamp(y - height / 2, 4, bottom)];
    return [clamp(x - width / 2, left, right), y + gap <= bottom ? Math.round(y + gap) : clamp(y - gap - height, 4, bottom)];
  }

  // The heading, the picture if there is one that is larger than that of the neuron, the bias.
  function drawPlate(view, target) {
    const { scene, columns, palette } = view;
    const { layer, index } = target;
    const picture = view.gallery.samples(layer, index);
    const size = Math.round(Math.min(HOVER, 0.34 * (view.sight[1] - view.sight[0]), view.height - 90));
    const large = picture && size >= 1.6 * columns[layer].size;
    const { left, below, least } = large ? explorer.networkEnlarged.margins(scene, layer) : { left: 0, below: 0, least: 0 };
    const heading = data.capital(data.title(scene, layer, index));
    const { bias } = data.neuronValues(scene.sizes, view.weights, layer, index);
    const width = Math.max(large ? size + left + 24 : 0, least, Math.ceil(view.measure(heading)) + 20);
    const height = 28 + (large ? size + below + 6 : 0) + (bias === null ? 0 : 18);
    const [x, y] = place(view, target, width, height);
    panel(view, x, y, width, height);
    write(view, heading, x + 10, y + 15, { align: "left", colour: palette.ink });
    if (large) explorer.networkEnlarged.drawEnlarged(view, layer, picture, x + Math.max(10, left), y + 27, size);
    if (bias !== null) write(view, `bias ${number(bias)}`, x + 10, y + height - 13, { align: "left", colour: palette.ink });
  }

  function drawWeight(view, { layer, from, to }) {
    const { x0, y0, x1, y1 } = explorer.networkLinks.link(view.columns, layer, from, to);
    const index = data.linkIndex(view.scene.sizes, { layer, from, to });
    const text = explorer.networkLinks.isCut(view.cut, index) ? "cut" : number(view.weights[index]);
    const width = Math.ceil(view.measure(text)) + 14;
    const [x, y] = [(x0 + x1) / 2, Math.max(14, (y0 + y1) / 2 - 16)];
    panel(view, x - width / 2, y - 11, width, 22);
    write(view, text, x, y, { colour: view.palette.ink });
  }

  const same = (one, other) => one && other && ["kind", "layer", "index", "from", "to"].every((field) => one[field] === other[field]);

  function drawFocus(view) {
    const { target, pinned, palette, accent, weights } = view;
    if (pinned) frame(view, pinned, accent, 2.5);
    if (!target) return;
    if (!same(target, pinned)) frame(view, target, palette.ink, 2);
    if (target.kind === "link") {
      if (weights) drawWeight(view, target);
    } else if (!same(target, pinned)) drawPlate(view, target);
  }

  explorer.networkPlate = { drawFocus };
})();
