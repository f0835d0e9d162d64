"use strict";
// The output of the network over the input plane: picture, decision boundaries, cases of each part, axes, legends.
// create(container, options) -> map; options: palette, onHover({x1, x2, outputs} | null), onDraw(rows x1, x2, label).
(() => {
  const WORDS = 1000; // ms between two descriptions for screen readers
  const LIVE = 250; // ms between two reports on a place that stays under the pointer while the network learns
  const STEPS = 40; // key presses across the plane
  const SMOOTHED = 4; // outputs: of more the boundaries are drawn as they came

  const { canvas: shared, outputData: data, outputDraw, outputBrush } = window.explorer;

  const packed = (hex) => (0xff000000 | (parseInt(hex.slice(5, 7), 16) << 16) | (parseInt(hex.slice(3, 5), 16) << 8) | parseInt(hex.slice(1, 3), 16)) >>> 0;

  // How outputs are read now: one at a time is read as a height.
  const readingOf = ({ reading }, chosen) => (chosen === null && (reading === "classes" || reading === "labels") ? reading : "height");

  function description(scene, maps, chosen) {
    const text = `Output over ${[0, 1].map((i) => scene.raw_names?.[i] ?? `x${i + 1}`).join(" and ")}`;
    if (!maps) return text;
    const percent = (count) => `${Math.round((100 * count) / maps[0].length)} %`;
    if (readingOf(scene, chosen) === "height") {
      const middle = shared.tickText(Number(shared.valueIn(data.MIDDLE, scene.output_range).toPrecision(2)));
      return `${text}; above ${middle} on ${percent(maps[chosen ?? 0].reduce((total, byte) => total + (byte > data.MIDDLE), 0))} of the plane`;
    }
    if (scene.reading === "labels") return `${text}; ${maps.map((map, k) => `${scene.output_names[k]} on ${percent(map.reduce((total, byte) => total + (byte > data.MIDDLE), 0))}`).join(", ")}`;
    const counts = maps.map(() => 0);
    for (let at = 0; at < maps[0].length; at++) counts[maps.reduce((best, map, k) => (map[at] > maps[best][at] ? k : best), 0)]++;
    return `${text}; ${counts.map((count, k) => `${scene.output_names[k]} on ${percent(count)}`).join(", ")}`;
  }

  // Where one region ends and the next begins: {segments, width, alpha} each.
  function boundariesOf(scene, smooth, chosen) {
    const side = scene.map_side;
    const line = (values, level) => ({ segments: data.boundary(values, side, level), width: 1.25, alpha: 0.75 });
    if (readingOf(scene, chosen) === "classes") return data.leads(smooth).map((lead) => line(lead, 0));
    if (readingOf(scene, chosen) === "labels") return smooth.map((values) => line(values));
    const values = smooth[chosen ?? 0];
    if (scene.reading !== "value") return [line(values)];
    return [1, 2, 3, 4, 5, 6, 7].map((eighth) => ({ ...line(values, (255 * eighth) / 8), width: eighth === 4 ? 1.25 : 0.75, alpha: 0.45 }));
  }

  function create(container, options = {}) {
    let [scene, maps, smooth, boundaries, picture, place, chosen] = [null, null, null, null, null, null, null];
    let [palette, styles, table, bar, key, arranged, label] = [null, [], null, null, "", null, null];
    const ruler = document.createElement("canvas").getContext("2d");
    const measure = (text) => ruler.measureText(text).width;

    // ---- drawing -------------------------------------------------------------------------------------------------

    function keyOf() {
      if (readingOf(scene, chosen) === "height") return null;
      return scene.output_names.map((text, code) => ({ text, colour: palette.classes[code % palette.classes.length] }));
    }

    const title = () => (chosen === null ? "output" : scene.output_names[chosen]);

    function arrange(sheet) {
      const font = stage.font();
      const now = [sheet.width, sheet.height, sheet.ratio, font, chosen].join();
      if (now === key) return;
      key = now;
      ruler.font = `12px ${font}`;
      const codes = new Set(scene.points?.part ?? []);
      const legend = data.PARTS.map((text, part) => ({ text, part, width: measure(text) + 28 })).filter(({ part }) => codes.has(part));
      const names = keyOf();
      const frame = data.arrange(sheet);
      arranged = { font, legend, frame, key: names, title: title() };
      arranged.points = outputDraw.pointLayer({ frame, scene, palette, styles }, sheet.ratio);
    }

    function draw(sheet) {
      if (!scene || !palette) return;
      arrange(sheet);
      const cursor = place && cursorAt(place);
      outputDraw.paint({ ...arranged, context: sheet.context, measure, palette, styles, scene, picture, bar, boundaries, cursor });
    }

    function fill() {
      if (!maps || !table) return;
      const reading = readingOf(scene, chosen);
      const colours = palette.classes.map(packed);
      const repeated = maps.map((_, k) => colours[k % colours.length]);
      if (reading === "height") picture.write(0, maps[chosen ?? 0], 0, table);
      else picture.paint(0, data[reading === "classes" ? "winners" : "overlaid"](maps, repeated, packed(palette.surface), shared.AREAS));
      picture.show();
    }

    function understand() {
      if (!maps) return;
      smooth = maps.length > SMOOTHED ? maps.map((map) => Float32Array.from(map)) : maps.map((map) => data.unround(map, scene.map_side));
      boundaries = boundariesOf(scene, smooth, chosen);
      fill();
    }

    // ---- reading and drawing points ------------------------------------------------------------------------------

    const pointOf = ({ across, up }) => {
      const [[left, right], [low, high]] = scene.domains;
      return { x1: left + across * (right - left), x2: low + up * (high - low) };
    };

    const outputsAt = ({ across, up }) => smooth?.map((values) => shared.valueIn(data.sample(values, scene.map_side, across, up), scene.output_range)) ?? null;

    function textOf(outputs) {
      if (!outputs) return "";
      if (readingOf(scene, chosen) === "height") return shared.number(outputs[chosen ?? 0]);
      const best = outputs.indexOf(Math.max(...outputs));
      if (scene.reading === "classes") return `${scene.output_names[best]} ${Math.round(100 * outputs[best])} %`;
      return outputs.map((value, k) => `${scene.output_names[k]} ${Math.round(100 * value)} %`).slice(0, 3).join(", ");
    }

    function cursorAt(where) {
      const outputs = outputsAt(where);
      return { ...pointOf(where), outputs, text: textOf(outputs) };
    }

    // next: {across, up}, shares of the plane from the lower left corner, or null
    function point(next) {
      if (!next && !place) return;
      place = next;
      stage.redraw();
      options.onHover?.(place && cursorAt(place));
    }

    function toPlace(x, y) {
      if (x === null || !arranged || !scene) return null;
      const { left, top, side } = arranged.frame;
      const [across, up] = [(x - left) / side, 1 - (y - top) / side];
      return across >= 0 && across <= 1 && up >= 0 && up <= 1 ? { across, up } : null;
    }

    const rowOf = (where) => {
      const { x1, x2 } = pointOf(where);
      return [x1, x2, label];
    };

    function pressed(name) {
      if (!scene) return false;
      if (name === "Escape") return place !== null && (point(null), true);
      if ((name === " " || name === "Enter") && place && brush.isOn()) {
        options.onDraw?.([rowOf(place)]);
        stage.say("A point was drawn.");
        return true;
      }
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[name];
      if (!move) return false;
      const clamp = (share) => Math.max(0, Math.min(1, share));
      const moved = place && { across: clamp(place.across + move[0] / STEPS), up: clamp(place.up + move[1] / STEPS) };
      point(moved ?? { across: 0.5, up: 0.5 });
      const { x1, x2, text } = cursorAt(place);
      stage.say(`${shared.number(x1)}, ${shared.number(x2)}${text ? `; output ${text}` : ""}`);
      return true;
    }

    const at = (x, y) => point(toPlace(x, y));
    const stage = shared.stage(container, { className: "explorer-output-map", draw, key: pressed, point: at });
    const canvas = container.querySelector("canvas");
    canvas.render = draw;
    const brush = outputBrush.create(canvas, {
      at: (x, y) => {
        const where = toPlace(x, y);
        return where && rowOf(where);
      },
      done: (rows) => options.onDraw?.(rows),
    });
    const describe = shared.throttle(() => stage.label(description(scene, maps, chosen)), WORDS);
    const live = shared.throttle(() => place && options.onHover?.(cursorAt(place)), LIVE);

    const setPalette = (next) => {
      if (!Array.isArray(next?.stops)) return;
      const colours = shared.lookupTable(next.stops);
      const areas = shared.lookupTable(next.stops, shared.AREAS);
      [palette, styles, table, key] = [next, shared.styles(colours), new Uint32Array(areas.buffer), ""];
      bar = shared.strip(areas);
      fill();
      stage.redraw();
    };

    const setScene = (next) => {
      if (!data.valid(next)) return false;
      const alike = (field) => JSON.stringify(scene[field]) === JSON.stringify(next[field]);
      const same = scene && ["sizes", "map_side", "domains", "output_range", "reading"].every(alike);
      [scene, key] = [next, ""];
      if (!same) [maps, smooth, boundaries, chosen, picture] = [null, null, null, null, shared.atlas(next.map_side, 1)];
      describe();
      stage.redraw();
      return true;
    };

    // Draws at once: the caller plays frames on requestAnimationFrame. False if the frame does not fit the scene.
    const frame = (next) => {
      const area = scene ? scene.map_side ** 2 : 0;
      const bytes = scene && shared.bytes(next?.output);
      if (!bytes || bytes.length < area || bytes.length % area) return false;
      maps = data.split(bytes, area);
      understand();
      stage.draw();
      describe();
      if (place) live();
      return true;
    };

    if (options.palette) setPalette(options.palette);
    return {
      scene: setScene, frame, palette: setPalette,
      // What is painted from now on, {label}; null: nothing.
      brush(next) {
        label = next?.label ?? null;
        brush.on(next !== null);
      },
      // One output alone, or null for all of them together.
      output(index) {
        if (index === chosen) return;
        chosen = index;
        understand();
        describe();
        stage.redraw();
      },
    };
  }

  window.explorer.outputMap = { create };
})();
