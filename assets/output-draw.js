"use strict";
// Draws the output map. Every function gets a view:
// { context, font, measure, palette, styles, scene, frame, legend, picture, bar, segments, points, cursor }
(() => {
  const { canvas: shared, outputData: data } = window.explorer;
  const { number, name, write, writeUp, panel } = shared;

  const PALE = 50; // bytes from the middle of the palette; a point in such a colour needs a darker casing
  const RIM = 8; // px, points on the edge of the plane are drawn in full

  // Filled circle, ring, diamond: told apart without colour; the casing keeps each visible on its own colour.
  function mark(context, part, x, y, radius, colour, casing) {
    context.beginPath();
    if (part === 2) {
      const r = radius * 1.25;
      [[0, -r], [r, 0], [0, r], [-r, 0]].forEach(([dx, dy]) => context.lineTo(x + dx, y + dy));
      context.closePath();
    } else context.arc(x, y, radius, 0, 2 * Math.PI);
    const ring = Math.max(1.25, 0.42 * radius);
    context.strokeStyle = casing;
    context.lineWidth = part === 1 ? ring + 1.5 : 2;
    context.stroke();
    context.fillStyle = part === 1 ? casing : colour;
    context.fill();
    if (part !== 1) return;
    context.strokeStyle = colour;
    context.lineWidth = ring;
    context.stroke();
  }

  // Smaller on a small map, and where there are many.
  const radiusOf = (side, total) => Math.max(1.8, Math.min(4.2, side / 95)) * Math.sqrt(600 / Math.min(Math.max(total, 600), 2400));

  // All cases on a layer of their own, drawn once per scene, size and palette.
  function pointLayer(view, ratio) {
    const { frame, scene, palette, styles } = view;
    const layer = document.createElement("canvas");
    const { context } = shared.fit(layer, frame.side + 2 * RIM, frame.side + 2 * RIM);
    const plane = { left: RIM, top: RIM, side: frame.side };
    const all = data.cases(scene, scene.domain);
    const radius = radiusOf(frame.side, all.length);
    all.sort((p, q) => q.part - p.part); // training on top
    for (const { x, y, label, part } of all) {
      const byte = shared.byteIn(label, scene.output_range);
      const casing = Math.abs(byte - 127.5) < PALE ? palette.muted : palette.surface;
      const [across, down] = [data.toX(plane, scene.domain, x), data.toY(plane, scene.domain, y)];
      mark(context, part, across, down, radius, styles[byte] ?? palette.ink, casing);
    }
    return { layer, size: layer.width / ratio };
  }

  function drawAxes(view) {
    const { context, frame, scene, palette } = view;
    const { left, top, side } = frame;
    context.strokeStyle = palette.muted;
    context.lineWidth = 1;
    context.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
    const marks = shared.ticks(...scene.domain, side < 180 ? 4 : 8);
    context.beginPath();
    for (const tick of marks) {
      const x = Math.round(data.toX(frame, scene.domain, tick)) + 0.5;
      const y = Math.round(data.toY(frame, scene.domain, tick)) - 0.5;
      context.moveTo(x, top + side + 1);
      context.lineTo(x, top + side + 5);
      context.moveTo(left - 1, y);
      context.lineTo(left - 5, y);
      write(view, shared.tickText(tick), x, top + side + 14);
      write(view, shared.tickText(tick), left - 8, y, { align: "right" });
    }
    context.stroke();
    const [first, second] = [0, 1].map((i) => name(scene.input_names?.[i] ?? `x${i + 1}`));
    write(view, first, left + side / 2, top + side + data.BELOW.ticks + 12, { colour: palette.ink });
    writeUp(view, second, left - 32, top + side / 2, { colour: palette.ink });
  }

  const rowY = ({ top, side }, row) => top + side + data.BELOW.ticks + data.BELOW.title + 8 + (row + 0.5) * data.BELOW.row;

  function drawLegend(view) {
    const { context, frame, scene, palette, legend } = view;
    let x = frame.left;
    const y = rowY(frame, 0) - 3;
    for (const { part, text, width } of legend) {
      mark(context, part, x + 5, y, 4, palette.muted, palette.surface);
      write(view, text, x + 14, y, { align: "left", colour: palette.ink });
      x += width;
    }
    const barX = frame.rows > 1 ? frame.left + Math.ceil(view.measure("output")) + 10 : frame.left + frame.side - data.BAR;
    const barY = rowY(frame, frame.rows - 1) - 8;
    write(view, "output", barX - 10, barY + 5, { align: "right", colour: palette.ink });
    context.drawImage(view.bar, barX, barY, data.BAR, 9);
    const [low, high] = scene.output_range;
    [context.strokeStyle, context.lineWidth] = [palette.muted, 1];
    context.strokeRect(barX - 0.5, barY - 0.5, data.BAR + 1, 10);
    const small = { size: 11 };
    [low, (low + high) / 2, high].forEach((value, i) => {
      const text = (low < 0 && value > 0 ? "+" : "") + shared.tickText(Number(value.toPrecision(2)));
      write(view, text, barX + (i * data.BAR) / 2, barY + 18, small);
    });
  }

  function drawBoundary(view) {
    const { context, frame, scene, segments, palette } = view;
    const step = frame.side / (scene.map_side - 1);
    const [left, bottom] = [frame.left, frame.top + frame.side];
    context.beginPath();
    for (let i = 0; i < segments.length; i += 4) {
      context.moveTo(left + step * segments[i], bottom - step * segments[i + 1]);
      context.lineTo(left + step * segments[i + 2], bottom - step * segments[i + 3]);
    }
    [context.strokeStyle, context.lineWidth, context.lineCap, context.globalAlpha] = [palette.ink, 1.25, "round", 0.75];
    context.stroke();
    [context.lineCap, context.globalAlpha] = ["butt", 1];
  }

  function drawCrosshair(view) {
    const { context, frame, scene, cursor, palette } = view;
    const { left, top, side } = frame;
    const x = Math.round(data.toX(frame, scene.domain, cursor.x1)) + 0.5;
    const y = Math.round(data.toY(frame, scene.domain, cursor.x2)) + 0.5;
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.globalAlpha = 0.6;
    context.beginPath();
    const across = [[left, y, x - 6, y], [x + 6, y, left + side, y]];
    const down = [[x, top, x, y - 6], [x, y + 6, x, top + side]];
    for (const [x0, y0, x1, y1] of across.concat(down)) {
      if (x1 <= x0 && y1 <= y0) continue;
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
    context.globalAlpha = 1;
    if (cursor.output === null) return;
    const text = number(cursor.output);
    const width = Math.ceil(view.measure("−0.00")) + 14;
    const [boxX, boxY] = [x + 10 + width > left + side ? x - 10 - width : x + 10, y - 34 < top ? y + 10 : y - 32];
    panel(view, boxX, boxY, width, 22);
    write(view, text, boxX + width / 2, boxY + 11, { colour: palette.ink });
  }

  function paint(view) {
    const { context, frame } = view;
    const { left, top, side } = frame;
    context.clearRect(0, 0, frame.width, frame.height);
    context.imageSmoothingQuality = "high";
    if (view.segments) {
      view.picture.draw(context, 0, left, top, side);
      context.save();
      context.beginPath();
      context.rect(left, top, side, side);
      context.clip();
      drawBoundary(view);
      context.restore();
    } else {
      context.fillStyle = view.styles[view.styles.length / 2];
      context.fillRect(left, top, side, side);
    }
    context.drawImage(view.points.layer, left - RIM, top - RIM, view.points.size, view.points.size);
    drawAxes(view);
    drawLegend(view);
    if (view.cursor) drawCrosshair(view);
  }

  window.explorer.outputDraw = { paint, pointLayer };
})();
