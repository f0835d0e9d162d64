"use strict";
// What is told of each case against what is true, for targets that are numbers: on the diagonal all is right.
// create(container, {palette, wish(more)}) -> {scene, report, palette}
(() => {
  const { canvas: shared } = window.explorer;
  const SIDES = { left: 62, right: 14, top: 12, bottom: 46 }; // px around the square
  const REACH = 24; // px within which the pointer finds a case
  const SPACE = "\u00a0"; // keeps the line of a text that is not there yet
  const CODES = { training: 0, validation: 1, test: 2 }; // of the marks of explorer.outputCases

  // ---- pure --------------------------------------------------------------------------------------------------------

  // The square that fits: both axes have one scale, so that the diagonal is one.
  function squareIn({ width, height }) {
    const side = Math.max(60, Math.floor(Math.min(width - SIDES.left - SIDES.right, height - SIDES.top - SIDES.bottom)));
    return { left: SIDES.left + Math.floor((width - side - SIDES.left - SIDES.right) / 2), top: SIDES.top, side };
  }

  const clamp = (value, [low, high]) => Math.max(low, Math.min(high, value));
  const toX = ({ left, side }, [low, high], value) => left + (side * (value - low)) / (high - low);
  const toY = ({ top, side }, [low, high], value) => top + side - (side * (value - low)) / (high - low);

  // The case nearest to a place, null beyond the reach.
  function nearest({ true: own, told }, square, range, x, y) {
    let [found, least] = [null, REACH ** 2];
    own.forEach((value, i) => {
      const distance = (toX(square, range, value) - x) ** 2 + (toY(square, range, clamp(told[i], range)) - y) ** 2;
      if (distance < least) [found, least] = [i, distance];
    });
    return found;
  }

  // A number with as many digits as the range asks for.
  function inRange(value, [low, high]) {
    const digits = Math.max(0, 3 - Math.floor(Math.log10(high - low)));
    if (Math.abs(value) >= 1e6 || digits > 6) return shared.tickText(Number(value.toPrecision(5)));
    return value.toFixed(digits).replace("-", "−");
  }

  function summary({ r_squared: r, root_mean_square: error, cases, read }, range) {
    if (!read) return "This part has no cases.";
    const all = `${shared.count(cases)} ${cases === 1 ? "case" : "cases"}`;
    const over = read < cases ? `over ${shared.count(read)} evenly chosen of ${all}` : `over ${all}`;
    if (error === null) return `What is predicted is too far off to be measured, ${over}.`;
    return `R² = ${r === null ? "–" : shared.number(r)}, root mean square error ${inRange(error, range)}, ${over}.`;
  }

  function meaning({ r_squared: r, outside }) {
    const many = outside === 1 ? "One case stands" : `${shared.count(outside)} cases stand`;
    const beyond = outside ? `${many} at the edge, predicted beyond the picture. ` : "";
    if (r === null) return beyond || SPACE;
    return `${beyond}${r <= 0 ? "Telling the mean every time would be no worse." : `${Math.round(100 * r)} % of the variance is explained.`}`;
  }

  function caseWords({ true: own, told }, i, range) {
    const [is, as, off] = [own[i], told[i], told[i] - own[i]].map((value) => inRange(value, range));
    return `True ${is}, predicted ${as}: ${off.startsWith("−") ? off : `+${off}`}`;
  }

  // ---- drawing: every function gets a view {context, palette, square, range, data, colour, code, spot, name} ---------

  function line({ context }, x0, y0, x1, y1, colour, width = 1) {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    [context.strokeStyle, context.lineWidth] = [colour, width];
    context.stroke();
  }

  function drawDiagonal(view) {
    const { context, square: { left, top, side }, palette } = view;
    line(view, left, top + side, left + side, top, palette.muted, 1.5);
    context.save();
    context.translate(left + side - 14, top + 14);
    context.rotate(-Math.PI / 4);
    shared.write(view, "predicted = true", -4, 10, { align: "right", size: 11 });
    context.restore();
  }

  function drawAxes(view) {
    const { context, square, square: { left, top, side }, range, palette, name } = view;
    for (const tick of shared.ticks(...range, side < 240 ? 4 : 6)) {
      const [x, y] = [Math.round(toX(square, range, tick)) + 0.5, Math.round(toY(square, range, tick)) + 0.5];
      line(view, x, top, x, top + side, palette.line);
      line(view, left, y, left + side, y, palette.line);
      shared.write(view, shared.tickText(tick), x, top + side + 13, { size: 11 });
      shared.write(view, shared.tickText(tick), left - 7, y, { align: "right", size: 11 });
    }
    [context.strokeStyle, context.lineWidth] = [palette.muted, 1];
    context.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
    drawDiagonal(view);
    const measure = (text) => ((context.font = `12px ${view.font}`), context.measureText(text).width);
    const title = (word) => shared.shorten(`${word} ${name}`, side, measure);
    shared.write(view, title("true"), left + side / 2, top + side + 33, { colour: palette.ink });
    shared.writeUp(view, title("predicted"), left - 49, top + side / 2, { colour: palette.ink });
  }

  // A case told beyond the picture: an arrow at its edge that points on.
  function arrow({ context, palette, colour }, x, y, up) {
    const way = up ? 1 : -1;
    context.beginPath();
    [[0, 1], [-4.5, 8], [4.5, 8]].forEach(([across, along]) => context.lineTo(x + across, y + way * along));
    context.closePath();
    [context.strokeStyle, context.lineWidth, context.fillStyle] = [palette.surface, 2, colour];
    context.stroke();
    context.fill();
  }

  function drawCases(view) {
    const { context, data, square, range, code, palette, colour } = view;
    const radius = Math.max(2, Math.min(3.6, square.side / 95)) * (data.true.length > 200 ? 0.85 : 1);
    data.true.forEach((own, i) => {
      const told = clamp(data.told[i], range);
      const [x, y] = [toX(square, range, own), toY(square, range, told)];
      if (told === data.told[i]) window.explorer.outputCases.mark(context, code, x, y, radius, colour, palette.surface);
      else arrow(view, x, y, told === range[1]);
    });
  }

  // The case under the pointer, with the way that it is off.
  function drawSpot(view) {
    const { context, data, square, range, spot, palette } = view;
    if (spot === null) return;
    const [own, told] = [data.true[spot], clamp(data.told[spot], range)];
    const [x, y] = [toX(square, range, own), toY(square, range, told)];
    line(view, x, y, x, toY(square, range, own), palette.ink, 1.5);
    context.beginPath();
    context.arc(x, y, 6.5, 0, 2 * Math.PI);
    [context.strokeStyle, context.lineWidth] = [palette.ink, 2];
    context.stroke();
  }

  // ---- the page ----------------------------------------------------------------------------------------------------

  const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);
  const put = (element, text) => void (element.textContent === text || (element.textContent = text));

  function create(container, { palette: first, wish }) {
    let [palette, scene, told, data, spot, square] = [first ?? null, null, null, null, null, null];
    const parts = window.explorer.trainingParts.create((part) => wish({ part }));
    const box = make("div");
    const read = make("p", { className: "readout scatter-read" });
    const line = make("p", { className: "scatter-summary", textContent: SPACE });
    const means = make("p", { className: "scatter-meaning", textContent: SPACE });
    container.classList.add("scatter");
    container.append(parts.element, line, means, box, read);

    function draw(sheet) {
      sheet.context.clearRect(0, 0, sheet.width, sheet.height);
      if (!data || !palette || !scene) return;
      square = squareIn(sheet);
      const colour = window.explorer.plots.colour(told.part);
      const name = shared.name(scene.output_names[0]);
      const view = { ...sheet, font: stage.font(), palette, square, range: told.range, data, spot, colour, code: CODES[told.part], name };
      drawAxes(view);
      drawCases(view);
      drawSpot(view);
    }

    function tell() {
      const hint = "How far a case is above or below the line is its error: point at it to read it.";
      put(read, spot === null ? hint : caseWords(data, spot, told.range));
    }

    function look(next) {
      if (next === spot) return;
      spot = next;
      tell();
      stage.redraw();
    }

    function pressed(name) {
      if (!data?.true.length) return false;
      if (name === "Escape") return spot !== null && (look(null), true);
      const move = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[name];
      if (!move) return false;
      const order = [...data.true.keys()].sort((one, other) => data.true[one] - data.true[other]);
      const place = spot === null ? -1 : order.indexOf(spot);
      look(order[Math.max(0, Math.min(order.length - 1, place + move))]);
      stage.say(read.textContent);
      return true;
    }

    const point = (x, y) => data && square && look(x === null ? null : nearest(data, square, told.range, x, y));
    const stage = shared.stage(box, { className: "scatter-canvas", draw, point, key: pressed });

    function setReport(next) {
      const [own, other] = [shared.floats(next?.true), shared.floats(next?.told)];
      if (!own || own.length !== other?.length) return;
      if (told?.part !== next.part || data?.true.length !== own.length) spot = null;
      [told, data] = [next, { true: own, told: other }];
      parts.show(told.part);
      put(line, summary(told, told.range));
      put(means, meaning(told));
      stage.label(`Predicted against true. ${line.textContent}`);
      tell();
      stage.redraw();
    }

    return {
      report: setReport,
      palette(next) {
        palette = next;
        stage.redraw();
      },
      scene(next) {
        scene = next;
        parts.scene(next.cases);
        [told, data, spot] = [null, null, null];
        stage.redraw();
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, {
    scatterPicture: { create, pure: { squareIn, nearest, inRange, summary, meaning, caseWords } },
  });
})();
