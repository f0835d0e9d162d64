"use strict";
// Files: the paths as text from the server, the pictures as they stand on the page.
(() => {
  const SCALE = 2; // pixels of a PNG for one of the page
  const SVG = "http://www.w3.org/2000/svg";

  // ---- the page ------------------------------------------------------------------------------------------------

  const element = (name) => document.getElementById(`surface-${name}`);

  function save(name, blob) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // A canvas over or under a chart as an image of the picture.
  function image(canvas, box) {
    const place = canvas.getBoundingClientRect();
    const made = document.createElementNS(SVG, "image");
    const attributes = { href: canvas.toDataURL(), x: place.left - box.left, y: place.top - box.top, width: place.width, height: place.height };
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  // What lies over the chart in SVG, at its place.
  function layer(drawn, box) {
    const copy = drawn.cloneNode(true);
    const place = drawn.getBoundingClientRect();
    copy.setAttribute("x", place.left - box.left);
    copy.setAttribute("y", place.top - box.top);
    copy.removeAttribute("style");
    copy.querySelectorAll(".path-handle").forEach((each) => each.remove());
    return copy;
  }

  // The whole picture as one SVG: colours, chart, paths and cases one upon the other.
  async function picture(plot) {
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    const box = plot.getBoundingClientRect();
    const chart = await window.Plotly.toImage(plot, { format: "svg", width, height });
    const text = decodeURIComponent(chart.slice(chart.indexOf(",") + 1));
    const inner = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const whole = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) whole.setAttribute(name, value);
    const ground = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: window.explorer.plots.colour("panel") })) ground.setAttribute(name, value);
    const under = [...plot.querySelectorAll("canvas.heat-layer:not([hidden])")].map((each) => image(each, box));
    const over = [...plot.querySelectorAll("canvas.cases-layer:not([hidden])")].map((each) => image(each, box));
    const paths = [...plot.querySelectorAll("svg.path-layer")].map((each) => layer(each, box));
    whole.append(ground, ...under, inner, ...paths, ...over);
    return new XMLSerializer().serializeToString(whole);
  }

  async function asPng(text, { clientWidth: width, clientHeight: height }) {
    const drawn = new Image();
    drawn.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await drawn.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  // lab: {wish(more)}
  function create(lab) {
    const say = (words) => (element("export-notice").textContent = words);

    async function file(kind) {
      const answer = await window.explorer.exchange.ask("/surface/export", lab.wish({ kind }));
      if (!answer || answer.error) return say(answer?.error ?? "The server does not answer.");
      save(answer.name, new Blob([answer.text], { type: "text/plain;charset=utf-8" }));
      return say(`${answer.name} was saved.`);
    }

    async function shot(format) {
      const name = element("picture").value;
      const plot = document.getElementById(name);
      if (!plot.clientWidth || !plot._fullLayout) return say("This picture is not shown now.");
      const text = await picture(plot);
      const blob = format === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await asPng(text, plot);
      save(`${name}.${format}`, blob);
      return say(`${name}.${format} was saved.`);
    }

    for (const kind of ["csv", "script", "json"]) element(`export-${kind}`).addEventListener("click", () => file(kind));
    for (const format of ["png", "svg"]) element(`export-${format}`).addEventListener("click", () => shot(format));
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceExports: { create } });
})();
