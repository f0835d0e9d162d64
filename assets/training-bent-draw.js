"use strict";
// Draws the bent grid. Every function gets a view:
// { context, width, height, font, palette, styles, scene, data, spot, plane, bend, range, grid, cases, firm }
(() => {
  const { canvas: shared, bentData } = window.explorer;
  const { MARGIN, boxOf, clip, areas, cut, widen, along, sampleOf } = bentData;
  const SIDES = { left: 52, right: 12, top: 10, bottom: 40 }; // px around the plane

  function planeIn({ width, height: tall }) {
    const side = Math.max(60, Math.min(width - SIDES.left - SIDES.right, tall - SIDES.top - SIDES.bottom));
    return { left: Math.round((width - side - SIDES.left - SIDES.right) / 2) + SIDES.left, top: SIDES.top, side };
  }

  const toX = ({ plane, range: [low, high] }, x) => plane.left + (plane.side * (x - low)) / (high - low);
  const toY = ({ plane, range: [low, high] }, y) => plane.top + plane.side - (plane.side * (y - low)) / (high - low);

  function polyline(view, places, begin, count) {
    const { context } = view;
    context.beginPath();
    for (let i = begin; i < begin + count; i++) context.lineTo(toX(view, places[2 * i]), toY(view, places[2 * i + 1]));
  }

  function stroke({ context }, colour, width, alpha = 1) {
    [context.strokeStyle, context.lineWidth, context.globalAlpha] = [colour, width, alpha];
    context.stroke();
    context.globalAlpha = 1;
  }

  // A thread of ink under the colour: in the middle of the palette a line would be none.
  function gridLine(view, line, strong) {
    const { palette, styles, grid, data: { lines, samples } } = view;
    const byte = Math.round((255 * (line % lines)) / (lines - 1));
    polyline(view, grid, line * samples, samples);
    const hem = line % lines === 0 || line % lines === lines - 1;
    stroke(view, palette.muted, 1, strong ? 0.9 : 0.4);
    stroke(view, styles[byte], strong ? 2.5 : hem ? 2 : 1.25, strong ? 1 : 0.75);
  }

  function drawGrid(view) {
    const { grid, data: { lines, samples }, styles, palette, context } = view;
    if (!grid) return;
    [context.lineJoin, context.lineCap] = ["round", "round"];
    if (lines > 1) for (let line = 0; line < 2 * lines; line++) gridLine(view, line, false);
    else {
      polyline(view, grid, 0, samples);
      stroke(view, palette.muted, 5, 0.35);
      for (let i = 0; i < samples - 1; i++) {
        polyline(view, grid, i, 2);
        stroke(view, styles[Math.round((255 * i) / (samples - 2))], 3);
      }
    }
    [context.lineJoin, context.lineCap] = ["miter", "butt"];
  }

  function areaColours({ scene, palette }) {
    const [negative, positive] = [palette.stops[0], palette.stops.at(-1)];
    return scene.reading === "classes" ? palette.classes : scene.reading === "labels" ? null : [positive, negative];
  }

  function fillArea(view, polygon, colour, alpha) {
    const { context } = view;
    if (polygon.length < 3) return;
    context.beginPath();
    for (const [x, y] of polygon) context.lineTo(toX(view, x), toY(view, y));
    [context.fillStyle, context.globalAlpha] = [colour, alpha];
    context.fill();
    context.globalAlpha = 1;
  }

  // Both sides of the cut in the colours of what is told there.
  function drawSides(view) {
    const { data: { separator }, range, firm, scene } = view;
    const [alpha, colours] = [0.13 * firm, areaColours(view)];
    if (!separator || !alpha || !colours) return;
    const polygons = areas(separator, range);
    if (scene.reading !== "classes") polygons.push(clip(boxOf(range), separator.rows[0].map((value) => -value)));
    polygons.forEach((polygon, i) => fillArea(view, polygon, colours[i % colours.length], alpha));
  }

  function drawCuts(view) {
    const { context, data: { separator }, range, firm: alpha, palette, scene } = view;
    if (!separator || !alpha) return;
    if (separator.kind === "regions") {
      for (const polygon of areas(separator, widen(range, 0.01))) {
        context.beginPath();
        for (const [x, y] of polygon) context.lineTo(toX(view, x), toY(view, y));
        context.closePath();
        stroke(view, palette.ink, 1.25, alpha);
      }
      return;
    }
    separator.rows.forEach((row, k) => {
      const ends = cut(row, range);
      if (!ends) return;
      context.beginPath();
      for (const [x, y] of ends) context.lineTo(toX(view, x), toY(view, y));
      stroke(view, scene.reading === "labels" ? palette.classes[k % palette.classes.length] : palette.ink, 2, alpha);
    });
  }

  function drawCases(view) {
    const { context, cases, data: { labels }, plane, spot, scene, palette, styles } = view;
    const { colouring, radiusOf, draw } = window.explorer.outputCases;
    const [look, radius] = [colouring(scene, { palette, styles }), radiusOf(plane.side, labels.length)];
    labels.forEach((label, i) => {
      const larger = spot?.kind === "case" && spot.index === i ? 2 : 1;
      draw(context, { part: 0, x: toX(view, cases[2 * i]), y: toY(view, cases[2 * i + 1]), radius: larger * radius }, look(label));
    });
  }

  // The neurons where all is bent, the inputs where nothing is; between them there is no scale.
  function axesOf({ bend, data, scene, range }) {
    if (bend === 1) return data.names.map((title) => ({ title, span: range, place: (value) => value }));
    if (bend > 0 || data.lines === 1) return [];
    const inner = widen(range, -MARGIN / (1 + 2 * MARGIN));
    return scene.domains.map((span, axis) => ({ title: shared.name(scene.raw_names[axis]), span, place: (value) => along(inner, (value - span[0]) / (span[1] - span[0])) }));
  }

  function drawAxes(view) {
    const { context, plane: { left, top, side }, palette } = view;
    [context.strokeStyle, context.lineWidth] = [palette.muted, 1];
    context.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
    axesOf(view).forEach(({ title, span, place }, axis) => {
      for (const tick of shared.ticks(...span, side < 260 ? 4 : 6)) drawTick(view, axis, place(tick), shared.tickText(tick));
      if (axis) shared.writeUp(view, title, left - 42, top + side / 2, { colour: palette.ink });
      else shared.write(view, title, left + side / 2, top + side + 31, { colour: palette.ink });
    });
  }

  function drawTick(view, axis, value, text) {
    const { context, plane: { left, top, side } } = view;
    const [x, y] = [Math.round(toX(view, value)) + 0.5, Math.round(toY(view, value)) + 0.5];
    context.beginPath();
    context.moveTo(axis ? left : x, axis ? y : top + side);
    context.lineTo(axis ? left - 4 : x, axis ? y : top + side + 4);
    context.stroke();
    if (axis) shared.write(view, text, left - 7, y, { align: "right", size: 11 });
    else shared.write(view, text, x, top + side + 14, { size: 11 });
  }

  function drawSpot(view) {
    const { spot, grid, context, palette, data } = view;
    if (!spot || spot.kind === "case" || !grid) return;
    if (spot.kind === "crossing") [spot.i, data.lines + spot.j].forEach((line) => gridLine(view, line, true));
    const at = 2 * sampleOf(spot, data);
    context.beginPath();
    context.arc(toX(view, grid[at]), toY(view, grid[at + 1]), 4.5, 0, 2 * Math.PI);
    [context.fillStyle, context.strokeStyle, context.lineWidth] = [palette.ink, palette.surface, 2];
    context.stroke();
    context.fill();
  }

  function paint(view) {
    const { context, width, height: tall, plane: { left, top, side } } = view;
    context.clearRect(0, 0, width, tall);
    context.save();
    context.beginPath();
    context.rect(left, top, side, side);
    context.clip();
    drawSides(view);
    drawGrid(view);
    drawCuts(view);
    drawCases(view);
    drawSpot(view);
    context.restore();
    drawAxes(view);
  }

  window.explorer.bentDraw = { planeIn, toX, toY, paint };
})();
