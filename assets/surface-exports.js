"use strict";
// Files: the paths as text from the server, the pictures as they stand on the page.
(() => {
  const { files } = window.explorer;

  // ---- the page ------------------------------------------------------------------------------------------------

  const element = (name) => document.getElementById(`surface-${name}`);

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
  async function picture(plot, size) {
    const box = plot.getBoundingClientRect();
    const inner = await files.chart(plot);
    const [under, over] = ["heat-layer", "cases-layer"].map((kind) => [...plot.querySelectorAll(`canvas.${kind}:not([hidden])`)]);
    const images = (canvases) => canvases.map((each) => files.image(each, box));
    const paths = [...plot.querySelectorAll("svg.path-layer")].map((each) => layer(each, box));
    return files.svg(size, [...images(under), inner, ...paths, ...images(over)]);
  }

  // lab: {wish(more)}
  function create(lab) {
    const say = (words) => (element("export-notice").textContent = words);

    async function file(kind) {
      const answer = await window.explorer.exchange.ask("/surface/export", lab.wish({ kind }));
      if (!answer || answer.error) return say(answer?.error ?? "The server does not answer.");
      files.save(answer.name, files.blob({ type: "text/plain", text: answer.text }));
      return say(`${answer.name} was saved.`);
    }

    async function shot(format) {
      const name = element("picture").value;
      const plot = document.getElementById(name);
      if (!plot.clientWidth || !plot._fullLayout) return say("This picture is not shown now.");
      const size = { width: plot.clientWidth, height: plot.clientHeight };
      files.save(`${name}.${format}`, await files.pictureBlob(format, await picture(plot, size), size));
      return say(`${name}.${format} was saved.`);
    }

    for (const kind of ["csv", "script", "json"]) element(`export-${kind}`).addEventListener("click", () => file(kind));
    for (const format of ["png", "svg"]) element(`export-${format}`).addEventListener("click", () => shot(format));
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceExports: { create } });
})();
