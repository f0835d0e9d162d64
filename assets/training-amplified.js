"use strict";
// Training cases beside their altered copies, before anything is trained. create(container, {palette}) -> {show, palette}
(() => {
  const { canvas: shared } = window.explorer;
  const SIDES = { left: 30, right: 8, top: 8, bottom: 24 }; // px around a picture of points
  const FAINT = 0.55; // of a copy

  // ---- pure ------------------------------------------------------------------------------------------------------

  // Bytes of (cases, 1 + copies, area) -> for each case a list of images, itself first.
  function rowsOf(bytes, cases, area) {
    const each = bytes.length / cases / area;
    const image = (row, i) => bytes.subarray((row * each + i) * area, (row * each + i + 1) * area);
    return Array.from({ length: cases }, (_, row) => Array.from({ length: each }, (_, i) => image(row, i)));
  }

  // The windows of both axes; of a curve the second is that of its targets.
  const windows = ({ view, domains, range }) => (view === "curve" ? [domains[0], range] : domains);

  const inside = ([low, high], value) => value >= low && value <= high;

  // How many of the places (x, y pairs) the windows do not show.
  function outside(places, [across, up]) {
    let count = 0;
    for (let i = 0; i < places.length; i += 2) count += !inside(across, places[i]) || !inside(up, places[i + 1]);
    return count;
  }

  const copiesWords = (shown, all) => (all === 1 ? "its copy" : shown === all ? `its ${all} copies` : `${shown} of its ${all} copies`);

  // ---- the page --------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  function picture(bytes, [rows, columns], { surface, ink }, className) {
    const canvas = make("canvas", { className, width: columns, height: rows });
    const context = canvas.getContext("2d");
    const [table, image] = [shared.lookupTable([surface, ink]), context.createImageData(columns, rows)];
    bytes.forEach((byte, i) => image.data.set(table.subarray(4 * byte, 4 * byte + 4), 4 * i));
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function images({ image, names, pictures, count }, palette) {
    const rows = rowsOf(shared.bytes(pictures), names.length, image[0] * image[1]);
    const lines = rows.map(([own, ...copies], row) => {
      const drawn = copies.map((bytes) => picture(bytes, image, palette, "amplified-copy"));
      return make("div", { className: "amplified-row", role: "img", ariaLabel: `A training image of class ${names[row]} and ${copies.length} altered copies` },
        [make("span", { className: "amplified-name", textContent: names[row] }), picture(own, image, palette, "amplified-own"), ...drawn]);
    });
    const head = make("div", { className: "amplified-head" }, [make("span", { textContent: "as it is" }), make("span", { textContent: copiesWords(rows[0].length - 1, count) })]);
    return make("div", { className: "amplified-images" }, [head, ...lines]);
  }

  function axes(view, plane, [across, up]) {
    const { context, palette } = view;
    Object.assign(context, { strokeStyle: palette.line, lineWidth: 1 });
    context.strokeRect(plane.left + 0.5, plane.top + 0.5, plane.width - 1, plane.height - 1);
    for (const tick of shared.ticks(...across, 5)) shared.write(view, shared.tickText(tick), plane.toX(tick), plane.top + plane.height + 11, { size: 10 });
    for (const tick of shared.ticks(...up, 5)) shared.write(view, shared.tickText(tick), plane.left - 5, plane.toY(tick), { size: 10, align: "right" });
  }

  function place(width, height, [across, up]) {
    const plane = { left: SIDES.left, top: SIDES.top, width: width - SIDES.left - SIDES.right, height: height - SIDES.top - SIDES.bottom };
    const share = (value, [low, high]) => (value - low) / (high - low);
    return {
      ...plane,
      toX: (x) => plane.left + plane.width * share(x, across),
      toY: (y) => plane.top + plane.height * (1 - share(y, up)),
    };
  }

  function drawPoints(canvas, told, palette) {
    const { context, width, height } = shared.fit(canvas);
    const view = { context, palette, font: getComputedStyle(canvas).fontFamily };
    const [plane, styles] = [place(width, height, windows(told)), shared.styles(shared.lookupTable(palette.stops))];
    const { colouring, draw: mark } = window.explorer.outputCases;
    const plain = () => ({ colour: palette.ink, casing: palette.surface }); // of a curve, whose height is the target
    const colour = told.view === "curve" ? plain : colouring({ reading: told.about, output_range: told.range, output_names: told.names }, { palette, styles });
    context.clearRect(0, 0, width, height);
    context.save();
    context.beginPath();
    context.rect(plane.left, plane.top, plane.width, plane.height);
    context.clip();
    const each = (places, draw) => {
      for (let i = 0; i < places.length / 2; i++) draw(plane.toX(places[2 * i]), plane.toY(places[2 * i + 1]), colour(told.labels[i % told.labels.length]));
    };
    context.globalAlpha = FAINT;
    each(told.copies, (x, y, { colour: own, casing }) => {
      context.beginPath();
      context.arc(x, y, 2, 0, 2 * Math.PI);
      Object.assign(context, { strokeStyle: casing === palette.muted ? casing : own, lineWidth: 1 });
      context.stroke();
    });
    context.globalAlpha = 1;
    each(told.cases, (x, y, look) => mark(context, { part: 0, x, y, radius: 2.6 }, look));
    context.restore();
    axes(view, plane, windows(told));
  }

  // The numbers of an answer about points.
  function decoded(answer) {
    const [cases, copies, labels] = [answer.cases, answer.copies, answer.labels].map(shared.floats);
    return { ...answer, cases, copies, labels };
  }

  function points(answer, palette) {
    const [told, each] = [decoded(answer), `${answer.count} altered ${answer.count === 1 ? "copy" : "copies"}`];
    const canvas = make("canvas", { className: `amplified-points amplified-${told.view}`, role: "img", ariaLabel: `${told.labels.length} training cases and ${each} of each` });
    new ResizeObserver(() => canvas.clientWidth && drawPoints(canvas, told, palette)).observe(canvas);
    const legend = make("div", { className: "amplified-legend" }, [make("span", { className: "amplified-dot" }), "case", make("span", { className: "amplified-ring" }), "copy"]);
    return make("div", {}, [canvas, legend]);
  }

  function words(answer) {
    const gone = answer.kind === "points" ? outside(shared.floats(answer.copies), windows(answer)) : 0;
    return gone ? `${answer.sentence} ${gone} ${gone === 1 ? "copy lies" : "copies lie"} outside of the picture.` : answer.sentence ?? "";
  }

  function create(container, { palette: first } = {}) {
    let [palette, answer] = [first, null];
    const box = make("div", { className: "amplified-picture" });
    const sentence = make("p", { className: "amplified-sentence", ariaLive: "polite" });
    container.classList.add("amplified");
    container.append(box, sentence);

    function draw() {
      if (!palette || !answer) return;
      const drawn = { images, points }[answer.kind]?.(answer, palette);
      box.replaceChildren(...(drawn ? [drawn] : []));
      const text = words(answer);
      if (sentence.textContent !== text) sentence.textContent = text;
    }

    return {
      // The server's answer, or null while there is none.
      show(next) {
        answer = next?.error ? { kind: "none", sentence: next.error } : (next ?? { kind: "none" });
        draw();
      },
      palette(next) {
        palette = next;
        draw();
      },
    };
  }

  window.explorer.amplifiedPicture = { create, pure: { rowsOf, windows, outside } };
})();
