"use strict";
// Draws the output map. Every function gets a view:
// { context, font, measure, palette, styles, scene, frame, legend, key, picture, bar, boundaries, points, cursor }
(() => {
  const { canvas: shared, outputData: data, outputCases: marks } = window.explorer;
  const { name, write, writeUp, panel } = shared;

  const RIM = 8; // px, points on the edge of the plane are drawn in full

  // Training on top.
  function drawPoints(view, context) {
    const { frame, scene } = view;
    const plane = { left: RIM, top: RIM, side: frame.side };
    const all = data.cases(scene);
    const radius = marks.radiusOf(frame.side, all.length);
    const colours = marks.colouring(scene, view);
    all.sort((p, q) => q.part - p.part);
    for (const { x, y, label, part } of all) {
      const place = { part, radius, x: data.toX(plane, scene.domains[0], x), y: data.toY(plane, scene.domains[1], y) };
      marks.draw(context, place, colours(label));
    }
  }

  // All cases on a layer of their own, drawn once per scene, size and palette.
  function pointLayer(view, ratio) {
    const layer = document.createElement("canvas");
    const side = view.frame.side + 2 * RIM;
    layer.render = ({ context }) => drawPoints(view, context);
    layer.render(shared.fit(layer, side, side, ratio));
    return { layer, size: layer.width / ratio };
  }

  // Ticks and titles of both axes around a frame {left, top, side, height?}.
  function drawAxes(view, [across, up], [first, second]) {
    const { context, frame, palette } = view;
    const { left, top, side } = frame;
    const height = frame.tall ?? side;
    context.strokeStyle = palette.muted;
    context.lineWidth = 1;
    context.strokeRect(left - 0.5, top - 0.5, side + 1, height + 1);
    context.beginPath();
    for (const tick of shared.ticks(...across, side < 180 ? 4 : 8)) {
      const x = Math.round(data.toX(frame, across, tick)) + 0.5;
      context.moveTo(x, top + height + 1);
      context.lineTo(x, top + height + 5);
      write(view, shared.tickText(tick), x, top + height + 14);
    }
    for (const tick of shared.ticks(...up, height < 180 ? 4 : 8)) {
      const y = Math.round(data.toY({ top, side: height }, up, tick)) - 0.5;
      context.moveTo(left - 1, y);
      context.lineTo(left - 5, y);
      write(view, shared.tickText(tick), left - 8, y, { align: "right" });
    }
    context.stroke();
    write(view, first, left + side / 2, top + height + data.BELOW.ticks + 12, { colour: palette.ink });
    writeUp(view, second, left - 38, top + height / 2, { colour: palette.ink });
  }

  const rowY = ({ top, side }, row) => top + side + data.BELOW.ticks + data.BELOW.title + 8 + (row + 0.5) * data.BELOW.row;

  function drawLegend(view) {
    const { context, frame, palette, legend } = view;
    let x = frame.left;
    const y = rowY(frame, 0) - 3;
    for (const { part, text, width } of legend) {
      marks.mark(context, part, x + 5, y, 4, palette.muted, palette.surface);
      write(view, text, x + 14, y, { align: "left", colour: palette.ink });
      x += width;
    }
    if (view.key) drawKey(view);
    else drawBar(view);
  }

  // The colours of the classes by name, as many as fit.
  function drawKey(view) {
    const { context, frame, key, measure } = view;
    const end = frame.left + frame.side;
    let x = frame.left;
    const y = rowY(frame, 1) - 3;
    for (const { text, colour } of key) {
      if (x + measure(text) + 12 > end + 10) return write(view, "…", x + 4, y);
      context.fillStyle = colour;
      shared.box(context, x, y - 5, 10, 10, 2);
      context.fill();
      write(view, text, x + 14, y, { align: "left", colour: view.palette.ink });
      x += measure(text) + 24;
    }
    return undefined;
  }

  function drawBar(view) {
    const { context, frame, scene, palette } = view;
    const barX = frame.left + Math.ceil(view.measure(view.title)) + 10;
    const barY = rowY(frame, 1) - 8;
    write(view, view.title, barX - 10, barY + 5, { align: "right", colour: palette.ink });
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

  function drawBoundaries(view) {
    const { context, frame, scene, palette } = view;
    const step = frame.side / (scene.map_side - 1);
    const [left, bottom] = [frame.left, frame.top + frame.side];
    [context.strokeStyle, context.lineCap] = [palette.ink, "round"];
    for (const { segments, width, alpha } of view.boundaries) {
      context.beginPath();
      for (let i = 0; i < segments.length; i += 4) {
        context.moveTo(left + step * segments[i], bottom - step * segments[i + 1]);
        context.lineTo(left + step * segments[i + 2], bottom - step * segments[i + 3]);
      }
      [context.lineWidth, context.globalAlpha] = [width, alpha];
      context.stroke();
    }
    [context.lineCap, context.globalAlpha] = ["butt", 1];
  }

  function drawCrosshair(view) {
    const { context, frame, scene, cursor, palette } = view;
    const { left, top, side } = frame;
    const x = Math.round(data.toX(frame, scene.domains[0], cursor.x1)) + 0.5;
    const y = Math.round(data.toY(frame, scene.domains[1], cursor.x2)) + 0.5;
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
    if (!cursor.text) return;
    const width = Math.ceil(Math.max(view.measure(cursor.text), view.measure("−0.00"))) + 14;
    const [boxX, boxY] = [x + 10 + width > left + side ? x - 10 - width : x + 10, y - 34 < top ? y + 10 : y - 32];
    panel(view, boxX, boxY, width, 22);
    write(view, cursor.text, boxX + width / 2, boxY + 11, { colour: palette.ink });
  }

  function paint(view) {
    const { context, frame, scene } = view;
    const { left, top, side } = frame;
    context.clearRect(0, 0, frame.width, frame.height);
    context.imageSmoothingQuality = "high";
    if (view.boundaries) {
      view.picture.draw(context, 0, left, top, side);
      context.save();
      context.beginPath();
      context.rect(left, top, side, side);
      context.clip();
      drawBoundaries(view);
      context.restore();
    } else {
      context.fillStyle = view.styles[view.styles.length / 2];
      context.fillRect(left, top, side, side);
    }
    context.drawImage(view.points.layer, left - RIM, top - RIM, view.points.size, view.points.size);
    drawAxes(view, scene.domains, [0, 1].map((i) => name(scene.raw_names?.[i] ?? `x${i + 1}`)));
    drawLegend(view);
    if (view.cursor) drawCrosshair(view);
  }

  window.explorer.outputDraw = { paint, pointLayer, drawAxes };
})();
