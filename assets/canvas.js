"use strict";
// What every picture drawn by hand on a canvas shares: colours, decoding, numbers in words, one responsive canvas.
(() => {
  // ---- pure: colours -------------------------------------------------------------------------------------------

  const COLOURS = 256; // a picture travels as one byte per sample
  const AREAS = 0.64; // areas leave the ends of the palette to lines and points: these stay visible on their own colour

  const toLinear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const toGamma = (v) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);

  function channels(hex) {
    const digits = hex.length === 4 ? [...hex.slice(1)].map((d) => d + d).join("") : hex.slice(1);
    return [0, 2, 4].map((start) => parseInt(digits.slice(start, start + 2), 16) / 255);
  }

  // OKLab (Ottosson 2020): equal steps look equally large, so a ramp has no bands that are not in the data.
  function toOklab(hex) {
    const [r, g, b] = channels(hex).map(toLinear);
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  }

  function fromOklab([lightness, a, b]) {
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ].map((v) => 255 * toGamma(Math.max(v, 0)));
  }

  // Byte -> RGBA, from evenly spaced stops; `reach` is the share of the palette, around its middle, that is used.
  function lookupTable(stops, reach = 1) {
    const table = new Uint8ClampedArray(4 * COLOURS);
    const labs = stops.map(toOklab);
    for (let byte = 0; byte < COLOURS; byte++) {
      const place = (0.5 + reach * (byte / (COLOURS - 1) - 0.5)) * (labs.length - 1);
      const low = Math.min(Math.floor(place), Math.max(labs.length - 2, 0));
      const high = labs[Math.min(low + 1, labs.length - 1)];
      table.set(fromOklab(labs[low].map((v, axis) => v + (place - low) * (high[axis] - v))), 4 * byte);
      table[4 * byte + 3] = 255;
    }
    return table;
  }

  const styles = (table) =>
    Array.from({ length: COLOURS }, (_, i) => `rgb(${table[4 * i]},${table[4 * i + 1]},${table[4 * i + 2]})`);

  // A value in [-1, 1] -> byte, 0 in the middle of the palette; the opposite for a range of real values.
  const byteOf = (value) => Math.max(0, Math.min(COLOURS - 1, Math.round((COLOURS - 1) * 0.5 * (1 + value))));
  const byteIn = (value, [low, high]) => byteOf((2 * (value - low)) / (high - low) - 1);
  const valueIn = (byte, [low, high]) => low + (byte / (COLOURS - 1)) * (high - low);

  // ---- pure: decoding ------------------------------------------------------------------------------------------

  // Base64 -> bytes, null if it is not base64.
  function bytes(base64) {
    if (typeof base64 !== "string") return null;
    try {
      const text = atob(base64);
      const values = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) values[i] = text.charCodeAt(i);
      return values;
    } catch {
      return null;
    }
  }

  // Base64 of little-endian float32 -> Float32Array, null if it is not that.
  function floats(base64) {
    const raw = bytes(base64);
    if (!raw || raw.length % 4) return null;
    if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return new Float32Array(raw.buffer);
    const view = new DataView(raw.buffer);
    return Float32Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }

  // ---- pure: words ---------------------------------------------------------------------------------------------

  // A number as a person writes it: few digits, a true minus sign.
  function number(value, digits = 2) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
    const size = Math.abs(value);
    const text = size >= 1e5 ? value.toExponential(1) : value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  }

  const count = (value) => value.toLocaleString("en");
  const plural = (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

  // "x1" -> "x₁"
  const lowered = (digits) => digits.replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);
  const name = (text) => String(text).replace(/^([A-Za-z])(\d{1,2})$/, (_, letter, index) => letter + lowered(index));

  // Round numbers inside [low, high], at most `most` of them.
  function ticks(low, high, most) {
    const size = 10 ** Math.floor(Math.log10((high - low) / Math.max(most, 1)));
    const steps = [1, 2, 5, 10, 20].map((factor) => factor * size);
    const step = steps.find((s) => Math.floor(high / s) - Math.ceil(low / s) < most);
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  }

  const tickText = (value) => String(value).replace("-", "−");

  // The text, shortened until `measure(text)` fits into the width.
  function shorten(text, width, measure) {
    if (measure(text) <= width) return text;
    let keep = text.length - 1;
    while (keep > 1 && measure(text.slice(0, keep) + "…") > width) keep--;
    return text.slice(0, keep) + "…";
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // Backing store in device pixels, drawing in CSS pixels. Sets the size only when it changed: that clears the canvas.
  function fit(canvas, width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1) {
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { context, width, height, ratio };
  }

  function write({ context, font, palette }, text, x, y, { align = "center", colour = palette.muted, size = 12 } = {}) {
    context.font = `${size}px ${font}`;
    [context.textAlign, context.textBaseline, context.fillStyle] = [align, "middle", colour];
    context.fillText(text, x, y);
  }

  // The title of a vertical axis: a short name upright, a long one along the axis.
  function writeUp(view, text, x, y, look) {
    view.context.save();
    view.context.translate(x, y);
    if (text.length > 2) view.context.rotate(-Math.PI / 2);
    write(view, text, 0, 0, look);
    view.context.restore();
  }

  function box(context, x, y, width, height, radius) {
    context.beginPath();
    context.roundRect(x, y, width, height, radius);
  }

  // A plate for words that lie over the picture.
  function panel({ context, palette }, x, y, width, height) {
    box(context, x, y, width, height, 6);
    [context.fillStyle, context.strokeStyle, context.lineWidth] = [palette.surface, palette.line, 1];
    [context.shadowColor, context.shadowBlur] = ["rgba(0, 0, 0, 0.25)", 10 * context.getTransform().a];
    context.fill();
    context.shadowColor = "transparent";
    context.stroke();
  }

  // An offscreen canvas holding `total` square pictures of side x side samples, 64 to a row.
  function atlas(side, total) {
    const across = Math.min(total, 64);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [across * side, Math.ceil(total / across) * side];
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const corner = (index) => [(index % across) * side, Math.floor(index / across) * side];
    return {
      // Data starts with the lowest row, a canvas with the highest.
      write(index, data, start, table) {
        const [left, top] = corner(index);
        for (let row = 0; row < side; row++) {
          const from = start + (side - 1 - row) * side;
          const to = (top + row) * canvas.width + left;
          for (let i = 0; i < side; i++) pixels[to + i] = table[data[from + i]];
        }
      },
      // The same with a colour for every sample instead of a byte.
      paint(index, colours) {
        const [left, top] = corner(index);
        for (let row = 0; row < side; row++)
          pixels.set(colours.subarray((side - 1 - row) * side, (side - row) * side), (top + row) * canvas.width + left);
      },
      show: () => context.putImageData(image, 0, 0),
      // Samples lie on the corners of the plane (numpy.linspace), so half a sample is cut off on each side.
      draw(target, index, x, y, size) {
        const [left, top] = corner(index);
        target.drawImage(canvas, left + 0.5, top + 0.5, side - 1, side - 1, x, y, size, size);
      },
    };
  }

  // The palette as one row of pixels, to be stretched into a colour bar.
  function strip(table) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [COLOURS, 1];
    canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(table), COLOURS, 1), 0, 0);
    return canvas;
  }

  // Calls at most once per `interval` ms, the last call never lost.
  function throttle(action, interval) {
    let timer = null;
    let due = 0;
    const fire = () => {
      timer = null;
      due = performance.now() + interval;
      action();
    };
    return () => {
      if (timer === null) timer = setTimeout(fire, Math.max(0, due - performance.now()));
    };
  }

  // One canvas that fills its container, with pointer, touch and keyboard.
  // parts: className, draw(sheet), point(x, y | null), key(name) -> handled
  function stage(container, parts) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { className: "explorer-canvas", tabIndex: 0 });
    canvas.setAttribute("role", "img");
    const spoken = document.createElement("span");
    spoken.className = "explorer-spoken";
    spoken.setAttribute("aria-live", "polite");
    container.classList.add(parts.className);
    container.append(canvas, spoken);

    let [width, height, pending] = [container.clientWidth, container.clientHeight, 0];
    const draw = () => {
      if (pending) cancelAnimationFrame(pending);
      pending = 0;
      if (width > 0 && height > 0) parts.draw(fit(canvas, width, height));
    };
    // Once in another resolution, for a file.
    canvas.drawAt = (ratio) => width > 0 && height > 0 && parts.draw(fit(canvas, width, height, ratio));
    const redraw = () => {
      pending ||= requestAnimationFrame(() => ((pending = 0), draw()));
    };
    new ResizeObserver(() => {
      [width, height] = [container.clientWidth, container.clientHeight];
      draw();
    }).observe(container);

    const at = (event) => parts.point(event.offsetX, event.offsetY);
    const leave = () => parts.point(null, null);
    canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && at(event));
    canvas.addEventListener("pointerdown", at);
    canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && leave());
    canvas.addEventListener("blur", leave);
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (parts.key(event.key, event.shiftKey)) event.preventDefault();
    });

    return {
      draw,
      redraw,
      font: () => getComputedStyle(container).fontFamily,
      label: (text) => canvas.setAttribute("aria-label", text),
      say: (text) => (spoken.textContent = text),
    };
  }

  window.explorer = window.explorer || {};
  window.explorer.canvas = {
    AREAS, lookupTable, styles, byteOf, byteIn, valueIn, bytes, floats, number, count, plural, name, ticks, tickText, shorten,
    fit, write, writeUp, box, panel, atlas, strip, throttle, stage,
  };
})();
