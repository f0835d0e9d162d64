"use strict";
// A picture of a canvas as SVG: what draws it gets, in place of the canvas's context, one that writes elements.
// That is the part of CanvasRenderingContext2D which the pictures use; whatever else they ask of it throws.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const XLINK = "http://www.w3.org/1999/xlink"; // for programs that know SVG 1.1 only
  const SCALE = 2; // pixels of an embedded image for one of the page
  const ANCHORS = { left: "start", center: "middle", right: "end" };
  const COLOUR = /^(#[\da-f]{3}|#[\da-f]{6}|rgb\([\d ,]+\))$/i;
  const FONT = /^([\d.]+)px (.+)$/;
  const UNWRITABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g; // in XML
  const LOOK = {
    fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1, lineCap: "butt", lineJoin: "miter", globalAlpha: 1,
    shadowColor: "transparent", shadowBlur: 0, font: "10px sans-serif", textAlign: "left", textBaseline: "alphabetic",
    imageSmoothingEnabled: true, imageSmoothingQuality: "low",
  };

  // ---- pure ----------------------------------------------------------------------------------------------------

  function refuse(what) {
    throw new Error(`${what} cannot be drawn as SVG.`);
  }

  const rounded = (number) => (Number.isFinite(number) ? String(Math.round(100 * number) / 100) : refuse(number));
  const command = (letter, ...numbers) => letter + numbers.map(rounded).join(" ");
  const rectangle = (x, y, width, height) => command("M", x, y) + command("h", width) + command("v", height) + command("h", -width) + "z";
  const colour = (style) => (COLOUR.test(style) ? style : refuse(style));

  function rounding(x, y, width, height, radius) {
    const r = Math.min(radius, width / 2, height / 2);
    const [across, down] = [width - 2 * r, height - 2 * r];
    const corner = (right, below) => command("a", r, r, 0, 0, 1, right, below);
    const there = command("M", x + r, y) + command("h", across) + corner(r, r) + command("v", down) + corner(-r, r);
    return there + command("h", -across) + corner(-r, -r) + command("v", -down) + corner(r, -r) + "z";
  }

  // -> {pen: what builds a path, text(): the path, end(): nothing more can be done with it}
  function trail() {
    let path = null;
    // As on a canvas, a line without a beginning begins here, and a point that is nowhere is left out.
    const to = (letter, ...numbers) => {
      if (numbers.every(Number.isFinite)) path.push(command(letter === "L" && !path.length ? "M" : letter, ...numbers));
    };
    const pen = {
      beginPath: () => (path = []),
      closePath: () => path.push("z"),
      moveTo: (x, y) => to("M", x, y),
      lineTo: (x, y) => to("L", x, y),
      bezierCurveTo: (...numbers) => to("C", ...numbers),
      rect: (...box) => path.push(rectangle(...box)),
      roundRect: (...box) => path.push(rounding(...box)),
      arc(x, y, radius, start, end) {
        if (start !== 0 || end !== 2 * Math.PI) refuse("Less than a circle");
        to("L", x + radius, y);
        for (const across of [-2 * radius, 2 * radius]) to("a", radius, radius, 0, 1, 1, across, 0);
      },
    };
    return { pen, text: () => path.join(""), end: () => (path = null) };
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  function make(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes))
      if (value !== null) element.setAttribute(attribute, typeof value === "number" ? rounded(value) : value);
    return element;
  }

  const ruler = document.createElement("canvas").getContext("2d");
  const ascent = (font, textBaseline) => Object.assign(ruler, { font, textBaseline }).measureText("x").fontBoundingBoxAscent;

  // The piece of an image that is drawn, with a pixel of its own for each of a fine screen.
  function pieceOf(source, from, width, height, smoothing) {
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(SCALE * width), height: Math.ceil(SCALE * height) });
    Object.assign(canvas.getContext("2d"), smoothing).drawImage(source, ...from, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL();
  }

  function context(whole) {
    let [group, clips] = [whole, 0]; // where elements go: what moves or clips them is a group, which restore() leaves
    const [path, saved] = [trail(), []];
    const other = (name) => (look[name] === LOOK[name] ? null : look[name]); // what goes without saying is not written

    function enter(attributes) {
      group = group.appendChild(make("g", attributes));
      path.end();
    }

    function add(name, attributes) {
      const shadow = other("shadowColor") && `filter: drop-shadow(0 0 ${look.shadowBlur / SCALE}px ${look.shadowColor})`;
      return group.appendChild(make(name, { ...attributes, opacity: other("globalAlpha"), style: shadow }));
    }

    function fill(d) {
      if (d) add("path", { d, fill: colour(look.fillStyle) });
    }

    function stroke(d) {
      const ends = { "stroke-dasharray": look.dash.join(" ") || null, "stroke-linecap": other("lineCap"), "stroke-linejoin": other("lineJoin") };
      if (d) add("path", { d, fill: "none", stroke: colour(look.strokeStyle), "stroke-width": look.lineWidth, ...ends });
    }

    const look = Object.seal({
      ...LOOK,
      dash: [],
      ...path.pen,
      setLineDash: (dash) => (look.dash = dash),
      getTransform: () => ({ a: SCALE }), // asked for by what draws pixels
      translate: (x, y) => enter({ transform: `translate(${rounded(x)} ${rounded(y)})` }),
      rotate: (angle) => enter({ transform: `rotate(${rounded((180 * angle) / Math.PI)})` }),
      clip() {
        const id = `clip-${++clips}`;
        group.appendChild(make("clipPath", { id })).append(make("path", { d: path.text() }));
        enter({ "clip-path": `url(#${id})` });
      },
      save: () => saved.push([group, { ...look }]),
      restore() {
        const [outer, before] = saved.pop();
        group = outer;
        path.end();
        Object.assign(look, before);
      },
      clearRect: () => group.hasChildNodes() && refuse("What is cleared"),
      fill: () => fill(path.text()),
      stroke: () => stroke(path.text()),
      fillRect: (...box) => fill(rectangle(...box)),
      strokeRect: (...box) => stroke(rectangle(...box)),
      // Few programs know of other lines to set words on than that of the letters.
      fillText(text, x, y) {
        const { font, textAlign, textBaseline } = look;
        const [, size, family] = FONT.exec(font) ?? refuse(font);
        const place = { x, y: y + ascent(font, "alphabetic") - ascent(font, textBaseline), "text-anchor": ANCHORS[textAlign] ?? refuse(textAlign) };
        const words = add("text", { ...place, fill: colour(look.fillStyle), "font-size": size, "font-family": family });
        words.textContent = text.replace(UNWRITABLE, " ");
      },
      // A canvas that can render itself does; of others the piece that is shown becomes an image.
      drawImage(source, ...boxes) {
        if (boxes.length % 4) refuse("An image without a size");
        const [x, y, width, height] = boxes.slice(-4);
        if (source.render) {
          look.save();
          look.translate(x, y);
          source.render({ context: look, width, height });
          return look.restore();
        }
        const { imageSmoothingEnabled, imageSmoothingQuality } = look;
        const pixels = pieceOf(source, boxes.slice(0, -4), width, height, { imageSmoothingEnabled, imageSmoothingQuality });
        const image = add("image", { x, y, width, height, preserveAspectRatio: "none" });
        return image.setAttributeNS(XLINK, "xlink:href", pixels);
      },
    });
    return look;
  }

  // What a canvas with a function `render` shows, as one element.
  function drawn(canvas) {
    const group = make("g", { "stroke-miterlimit": 10 }); // that of a canvas
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.render({ context: context(group), width, height, ratio: window.devicePixelRatio || 1 });
    return group;
  }

  window.explorer = Object.assign(window.explorer || {}, { canvasSvg: { drawn } });
})();
