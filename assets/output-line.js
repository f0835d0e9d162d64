"use strict";
// One input: cases, the law behind them, what the network tells, and what each neuron adds to it.
// create(container, options) -> curve; options: palette, onHover({x, outputs} | null), onDraw(rows x, t).
(() => {
  const WORDS = 1000; // ms between two descriptions for screen readers
  const LIVE = 250;
  const STEPS = 60; // key presses across
  const [LEFT, RIGHT, TOP, BELOW] = [56, 14, 10, 84]; // px around the chart
  const GROW = 0.25; // of the range of the targets, that a curve may leave it before the axis gives way

  const { canvas: shared, outputData: data, outputDraw, outputCases: marks, outputBrush } = window.explorer;

  // ---- pure ----------------------------------------------------------------------------------------------------

  // The window of the vertical axis: that of the targets, wider in whole quarters where the curve leaves it, up to three times.
  function windowOf([low, high], values) {
    const quarter = GROW * (high - low);
    const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [low, high]);
    const quarters = (excess) => Math.min(4, Math.ceil(Math.max(0, excess) / quarter - 1e-9));
    return [low - quarter * quarters(low - least), high + quarter * quarters(most - high)];
  }

  // -> value at a share of the axis, between two samples
  function valueAt(values, across) {
    const place = across * (values.length - 1);
    const i = Math.min(values.length - 2, Math.floor(place));
    return values[i] + (place - i) * (values[i + 1] - values[i]);
  }

  const split = (values, length) => Array.from({ length: values.length / length }, (_, i) => values.subarray(i * length, (i + 1) * length));

  // ---- the page ------------------------------------------------------------------------------------------------

  function create(container, options = {}) {
    let [scene, values, truth, shares, place, palette, styles, font, parted] = [null, null, null, [], null, null, [], "", false];
    let [frame, upright, straight] = [null, [0, 1], null];
    const ruler = document.createElement("canvas").getContext("2d");
    const measure = (text) => ruler.measureText(text).width;

    const domain = () => scene.domains[0];
    const toX = (x) => data.toX(frame, domain(), x);
    const toY = (y) => data.toY({ top: frame.top, side: frame.tall }, upright, y);

    function line(context, samples, colour, width, { alpha = 1, dash = [] } = {}) {
      context.beginPath();
      samples.forEach((value, i) => context.lineTo(frame.left + (frame.side * i) / (samples.length - 1), toY(value)));
      Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha, lineJoin: "round" });
      context.setLineDash(dash);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
    }

    function points(context) {
      const { x = [], y = [], part = [] } = scene.points ?? {};
      const radius = marks.radiusOf(380, x.length);
      for (let code = 2; code >= 0; code--)
        x.forEach((value, i) => {
          const colour = palette[data.PARTS[part[i]]] ?? palette.muted;
          if (part[i] === code) marks.draw(context, { part: code, radius, x: toX(value), y: toY(y[i]) }, { colour, casing: palette.surface });
        });
    }

    function legend(view) {
      const entries = [...new Set(scene.points?.part ?? [])].sort().map((part) => ({ text: data.PARTS[part], part }));
      const lines = [["network", "ink", 2.5, []], ...(truth ? [["law", "muted", 1.5, [5, 4]]] : []), ...(straight ? [["line", "muted", 1.5, [9, 4, 2, 4]]] : []), ...(parted ? [["each neuron", "muted", 1, []]] : [])];
      let [x, y] = [frame.left, frame.top + frame.tall + 52];
      for (const { text, part } of entries) {
        marks.mark(view.context, part, x + 5, y, 4, palette[text] ?? palette.muted, palette.surface);
        shared.write(view, text, x + 14, y, { align: "left", colour: palette.ink });
        x += measure(text) + 28;
      }
      [x, y] = [frame.left, y + 20];
      for (const [text, colour, width, dash] of lines) {
        Object.assign(view.context, { strokeStyle: palette[colour], lineWidth: width });
        view.context.setLineDash(dash);
        view.context.beginPath();
        view.context.moveTo(x, y);
        view.context.lineTo(x + 18, y);
        view.context.stroke();
        view.context.setLineDash([]);
        shared.write(view, text, x + 24, y, { align: "left", colour: palette.ink });
        x += measure(text) + 38;
      }
    }

    function cursorLine(view) {
      const { x, outputs } = cursorAt(place);
      const at = Math.round(toX(x)) + 0.5;
      Object.assign(view.context, { strokeStyle: palette.ink, lineWidth: 1, globalAlpha: 0.5 });
      view.context.beginPath();
      view.context.moveTo(at, frame.top);
      view.context.lineTo(at, frame.top + frame.tall);
      view.context.stroke();
      view.context.globalAlpha = 1;
      if (!outputs) return;
      marks.mark(view.context, 0, at, toY(outputs[0]), 4, palette.ink, palette.surface);
      const text = shared.number(outputs[0]);
      const width = Math.ceil(measure(text)) + 14;
      const left = at + 12 + width > frame.left + frame.side ? at - 12 - width : at + 12;
      shared.panel(view, left, Math.max(frame.top, toY(outputs[0]) - 30), width, 22);
      shared.write(view, text, left + width / 2, Math.max(frame.top, toY(outputs[0]) - 30) + 11, { colour: palette.ink });
    }

    function draw({ context, width, height }) {
      if (!scene || !palette) return;
      font = stage.font();
      ruler.font = `12px ${font}`;
      frame = { left: LEFT, top: TOP, side: width - LEFT - RIGHT, tall: height - TOP - BELOW };
      upright = windowOf(scene.output_range, values ?? []);
      const view = { context, font, palette, frame, measure };
      context.clearRect(0, 0, width, height);
      context.save();
      context.beginPath();
      context.rect(frame.left, frame.top, frame.side, frame.tall);
      context.clip();
      if (upright[0] < 0 && upright[1] > 0) line(context, [0, 0], palette.line, 1);
      if (truth) line(context, truth, palette.muted, 1.5, { dash: [5, 4] });
      if (straight) line(context, domain().map((x) => straight.intercept + straight.slope * x), palette.muted, 1.5, { dash: [9, 4, 2, 4] });
      if (parted) for (const share of shares) line(context, share, palette.muted, 1, { alpha: 0.6 });
      points(context);
      if (values) line(context, values, palette.ink, 2.5);
      if (place) cursorLine(view);
      context.restore();
      outputDraw.drawAxes(view, [domain(), upright], [shared.name(scene.raw_names[0]), scene.output_names[0] ?? "t"]);
      legend(view);
    }

    // ---- reading and drawing points ------------------------------------------------------------------------------

    const xAt = (across) => domain()[0] + across * (domain()[1] - domain()[0]);
    const cursorAt = (across) => ({ x: xAt(across), outputs: values ? [valueAt(values, across)] : null });

    function point(across) {
      if (across === null && place === null) return;
      place = across;
      stage.redraw();
      options.onHover?.(place === null ? null : cursorAt(place));
    }

    function inside(x, y) {
      if (x === null || !frame || !scene) return null;
      const [across, up] = [(x - frame.left) / frame.side, 1 - (y - frame.top) / frame.tall];
      return across >= 0 && across <= 1 && up >= 0 && up <= 1 ? { across, up } : null;
    }

    function pressed(key) {
      if (!scene) return false;
      if (key === "Escape") return place !== null && (point(null), true);
      if ((key === " " || key === "Enter") && place !== null && brush.isOn() && values) {
        options.onDraw?.([[xAt(place), valueAt(values, place)]]);
        stage.say("A point was drawn on the curve.");
        return true;
      }
      const move = { ArrowLeft: -1, ArrowRight: 1 }[key];
      if (!move) return false;
      point(place === null ? 0.5 : Math.max(0, Math.min(1, place + move / STEPS)));
      const { x, outputs } = cursorAt(place);
      stage.say(`${shared.number(x)}${outputs ? `; output ${shared.number(outputs[0])}` : ""}`);
      return true;
    }

    const stage = shared.stage(container, { className: "explorer-output-curve", draw, key: pressed, point: (x, y) => point(inside(x, y)?.across ?? null) });
    const canvas = container.querySelector("canvas");
    canvas.render = draw;
    const brush = outputBrush.create(canvas, {
      at: (x, y) => {
        const where = inside(x, y);
        return where && [xAt(where.across), upright[0] + where.up * (upright[1] - upright[0])];
      },
      done: (rows) => options.onDraw?.(rows),
    });
    const describe = shared.throttle(() => {
      const [least, most] = values ? [Math.min(...values), Math.max(...values)].map((v) => shared.number(v)) : [];
      stage.label(`Output over ${scene?.raw_names?.[0] ?? "x"}${values ? `, from ${least} to ${most}` : ""}`);
    }, WORDS);
    const live = shared.throttle(() => place !== null && options.onHover?.(cursorAt(place)), LIVE);

    function setPalette(next) {
      if (!Array.isArray(next?.stops)) return;
      [palette, styles] = [{ ...next, training: explorerColour("training"), validation: explorerColour("validation"), test: explorerColour("test") }, shared.styles(shared.lookupTable(next.stops))];
      stage.redraw();
    }

    const explorerColour = (name) => window.explorer.plots?.colour(name);

    function setScene(next) {
      if (next?.domains?.length !== 1) return false;
      const same = scene && JSON.stringify([scene.sizes, scene.domains, scene.output_range]) === JSON.stringify([next.sizes, next.domains, next.output_range]);
      scene = next;
      truth = next.truth ? shared.floats(next.truth) : null;
      if (!same) [values, shares, straight] = [null, [], null];
      describe();
      stage.redraw();
      return true;
    }

    // False if the frame does not fit the scene.
    function show(next) {
      const told = scene && shared.floats(next?.output);
      if (!told || told.length < scene.curve_samples) return false;
      values = told.subarray(0, scene.curve_samples);
      const parts = shared.floats(next.contributions);
      shares = parts ? split(parts, scene.curve_samples) : [];
      stage.draw();
      describe();
      if (place !== null) live();
      return true;
    }

    if (options.palette) setPalette(options.palette);
    return {
      scene: setScene, frame: show, palette: setPalette,
      brush: (next) => brush.on(next !== null),
      // The straight line through the same cases, {slope, intercept}.
      line(next) {
        straight = next;
        stage.redraw();
      },
      // Whether what each neuron adds is shown.
      parts(shown) {
        parted = shown;
        stage.redraw();
      },
    };
  }

  window.explorer.curvePicture = { create, pure: { windowOf, valueAt } };
})();
