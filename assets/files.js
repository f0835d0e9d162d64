"use strict";
// Files that a person takes along: what the server made, and pictures as they stand on the page.
(() => {
  const SCALE = 2; // pixels of a PNG for one of the page
  const SVG = "http://www.w3.org/2000/svg";

  // ---- pure ----------------------------------------------------------------------------------------------------

  // The box around boxes {left, top, width, height}.
  function around(boxes) {
    const [left, top] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
    const width = Math.max(...boxes.map((box) => box.left + box.width)) - left;
    const height = Math.max(...boxes.map((box) => box.top + box.height)) - top;
    return { left, top, width, height };
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  function save(name, blob) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // What the server made: {type, text}, or {type, base64} for bytes.
  function blob({ type, text, base64 }) {
    if (base64 === undefined) return new Blob([text], { type: `${type};charset=utf-8` });
    return new Blob([window.explorer.canvas.bytes(base64)], { type });
  }

  function made(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    return element;
  }

  // What a canvas shows; one that can draw itself finer does so for the moment.
  function pixels(canvas) {
    canvas.drawAt?.(SCALE);
    const href = canvas.toDataURL();
    canvas.drawAt?.();
    return href;
  }

  // A canvas as an image at its place in a box of the page.
  function image(canvas, box) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return made("image", { href: pixels(canvas), x: left - box.left, y: top - box.top, width, height });
  }

  // A Plotly chart as an element of SVG.
  async function chart(plot) {
    const { clientWidth: width, clientHeight: height } = plot;
    const address = await window.Plotly.toImage(plot, { format: "svg", width, height });
    const text = decodeURIComponent(address.slice(address.indexOf(",") + 1));
    return new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  }

  // Elements one upon the other, on the colour of a panel, as the text of an SVG.
  function svg({ width, height }, layers) {
    const whole = made("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    whole.append(made("rect", { width: "100%", height: "100%", fill: window.explorer.plots.colour("panel") }), ...layers);
    return new XMLSerializer().serializeToString(whole);
  }

  // The text of an SVG of this size as a PNG.
  async function png(text, { width, height }) {
    const drawn = new Image();
    drawn.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await drawn.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * SCALE), height: Math.round(height * SCALE) });
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  // An SVG or a PNG as a blob: format "svg" or "png".
  const pictureBlob = async (format, text, size) => (format === "svg" ? new Blob([text], { type: "image/svg+xml" }) : png(text, size));

  // The chart or the canvases in an element, also what is scrolled out of sight, as a blob; null where none is shown.
  async function picture(element, format) {
    if (!element.clientWidth || !element.clientHeight) return null;
    if (element._fullLayout) {
      const size = { width: element.clientWidth, height: element.clientHeight };
      return pictureBlob(format, svg(size, [await chart(element)]), size);
    }
    const canvases = [...element.querySelectorAll("canvas")].filter(({ clientWidth, clientHeight }) => clientWidth && clientHeight);
    if (!canvases.length) return null;
    const box = around(canvases.map((canvas) => canvas.getBoundingClientRect()));
    return pictureBlob(format, svg(box, canvases.map((canvas) => image(canvas, box))), box);
  }

  window.explorer = Object.assign(window.explorer || {}, { files: { save, blob, image, chart, svg, pictureBlob, picture, pure: { around } } });
})();
