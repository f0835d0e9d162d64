"use strict";
// The cases on a picture of the output: shape tells the part, colour what is true. Shared by map and curve.
(() => {
  const { canvas: shared } = window.explorer;
  const PALE = 50; // bytes from the middle of the palette; a point in such a colour needs a darker casing

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

  // -> (label) -> {colour, second (of a case with two labels), casing}
  function colouring({ reading, output_range: range, output_names: names = [] }, { palette, styles }) {
    const known = (code) => palette.classes[code % palette.classes.length];
    const plain = { casing: palette.surface };
    if (reading === "classes") return (label) => ({ ...plain, colour: known(label) });
    if (reading === "labels")
      return (label) => {
        const codes = names.map((_, code) => code).filter((code) => label & (1 << code));
        return { ...plain, colour: codes.length ? known(codes[0]) : palette.muted, second: codes.length > 1 ? known(codes[1]) : null };
      };
    return (label) => {
      const byte = shared.byteIn(label, range);
      return { colour: styles[byte] ?? palette.ink, casing: Math.abs(byte - 127.5) < PALE ? palette.muted : palette.surface };
    };
  }

  function draw(context, { part, x, y, radius }, { colour, second, casing }) {
    mark(context, part, x, y, radius, colour, casing);
    if (!second) return;
    context.save();
    context.beginPath();
    context.rect(x, y - 2 * radius, 2 * radius, 4 * radius);
    context.clip();
    mark(context, part, x, y, radius, second, casing);
    context.restore();
  }

  window.explorer.outputCases = { mark, radiusOf, colouring, draw };
})();
