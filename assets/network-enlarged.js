"use strict";
// A neuron's picture in large, with its axes and what its parts mean: beside the pointer and in the card.
// view: { context, font, measure, palette, table, areas, empty, scene }
(() => {
  const LEFT = 30; // px, for the numbers of the vertical axis
  const AXIS = 18; // px, for those of the horizontal one
  const LINE = 15; // px, of small print

  const SMALL = { size: 11 };
  const BOUNDED = { tanh: 1, sigmoid: 1, sine: 1, softmax: 1 }; // functions whose activity lies within -1 and 1

  const { explorer } = window; // tiles are loaded later
  const { canvas: shared, networkColumns: geometry, networkData: data } = explorer;
  const { write, writeUp, tickText } = shared;

  // px that are needed around a picture, and at least across all
  function margins(scene, layer) {
    const kind = geometry.kindOf(scene, layer);
    if (kind === "plane" || kind === "curve") return { left: LEFT, below: AXIS, least: 0 };
    return kind === "cases" ? { left: 0, below: 2 * LINE, least: 200 } : { left: 0, below: LINE, least: 186 };
  }

  const rounded = (value) => tickText(Number(value.toPrecision(2)));

  function drawBottom(view, [low, high], name, x, y, width) {
    write(view, rounded(low), x, y, { ...SMALL, align: "left" });
    write(view, shared.shorten(shared.name(name), width - 60, view.measure), x + width / 2, y, SMALL);
    write(view, rounded(high), x + width, y, { ...SMALL, align: "right" });
  }

  function drawPlaneAxes(view, x, y, size) {
    const { domains, raw_names: names } = view.scene;
    drawBottom(view, domains[0], names[0], x, y + size + 11, size);
    const [low, high] = domains[1].map(rounded);
    write(view, high, x - 5, y + 6, { ...SMALL, align: "right" });
    writeUp(view, shared.shorten(shared.name(names[1]), size - 40, view.measure), x - 12, y + size / 2, SMALL);
    write(view, low, x - 5, y + size - 5, { ...SMALL, align: "right" });
  }

  // What the height of a curve means; how far a layer without bounds reaches is not told.
  function heights({ functions, output_range: range, sizes }, layer) {
    if (layer === sizes.length - 1) return range;
    return layer > 0 && BOUNDED[functions[layer - 1]] ? [-1, 0, 1] : [0];
  }

  function drawCurveAxes(view, layer, picture, x, y, width, height) {
    const { scene } = view;
    drawBottom(view, scene.domains[0], scene.raw_names[0], x, y + height + 11, width);
    const last = layer === scene.sizes.length - 1;
    for (const value of heights(scene, layer)) {
      const at = explorer.networkTiles.heightOf(picture, last ? value : picture.zero + value * (picture.high - picture.zero), y, height);
      write(view, rounded(value), x - 5, at, { ...SMALL, align: "right" });
    }
  }

  // Two squares in the colours of the palette's ends, with words.
  function drawLegend(view, words, x, y) {
    words.forEach((word, i) => {
      view.context.fillStyle = view.areas[i];
      view.context.fillRect(x, y - 4, 9, 9);
      write(view, word, x + 13, y + 1, { ...SMALL, align: "left" });
      x += 13 + view.measure(word) + 12;
    });
  }

  function drawFrame({ context, palette }, x, y, width, height) {
    [context.strokeStyle, context.lineWidth] = [palette.muted, 1];
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  }

  const albums = new Map(); // side -> an album of one picture

  function drawPixels(view, picture, x, y, size) {
    const side = Math.sqrt(picture.values.length);
    if (!albums.has(side)) albums.set(side, explorer.networkTiles.album(side, 1));
    const held = albums.get(side);
    held.write(0, picture, view.table);
    held.show();
    held.draw(view.context, 0, picture.kind, x, y, size);
  }

  function drawPicture(view, picture, x, y, size) {
    if (picture.kind === "curve") explorer.networkTiles.drawCurve(view, picture, x, y, size, size, 2);
    else drawPixels(view, picture, x, y, size);
  }

  // The picture and all around it; (x, y) is the corner of the picture itself.
  function drawEnlarged(view, layer, picture, x, y, size) {
    drawPicture(view, picture, x, y, size);
    drawFrame(view, x, y, size, size);
    if (picture.kind === "curve") drawCurveAxes(view, layer, picture, x, y, size, size);
    if (picture.kind === "plane") drawPlaneAxes(view, x, y, size);
    if (picture.kind === "weights") drawLegend(view, ["speaks against it", "for it"], x, y + size + 9);
    if (picture.kind === "cases") {
      write(view, "Training cases, row by row;", x, y + size + 10, { ...SMALL, align: "left" });
      write(view, shared.shorten(data.order(view.scene), size + 30, view.measure), x, y + size + 10 + LINE, { ...SMALL, align: "left" });
    }
  }

  window.explorer.networkEnlarged = { margins, drawBottom, drawFrame, drawPicture, drawEnlarged };
})();
