"use strict";
// The output of the network over the input plane: picture, decision boundary, cases of each part, axes, legends.
// create(container, options) -> map; options: palette, onHover({x1, x2, output} | null).
(() => {
  const WORDS = 1000; // ms between two descriptions for screen readers
  const LIVE = 250; // ms between two reports on a place that stays under the pointer while the network learns
  const STEPS = 40; // key presses across the plane

  const { canvas: shared, outputData: data, outputDraw } = window.explorer;

  function description(scene, values) {
    const names = [0, 1].map((i) => scene.input_names?.[i] ?? `x${i + 1}`).join(" and ");
    const text = `Output over ${names}, ${scene.domain.map(shared.tickText).join(" to ")}`;
    if (!values) return text;
    const share = values.reduce((total, byte) => total + (byte > 127), 0) / values.length;
    const middle = shared.tickText(Number(shared.valueIn(127.5, scene.output_range).toPrecision(2)));
    return `${text}; above ${middle} on ${Math.round(100 * share)} % of the plane`;
  }

  function create(container, options = {}) {
    let [scene, values, smooth, segments, picture, cursor, place] = [null, null, null, null, null, null, null];
    let [palette, styles, table, bar, key, arranged] = [null, [], null, null, "", null];
    const ruler = document.createElement("canvas").getContext("2d");
    const measure = (text) => ruler.measureText(text).width;

    function arrange(sheet) {
      const font = stage.font();
      const now = [sheet.width, sheet.height, sheet.ratio, font].join();
      if (now === key) return;
      key = now;
      ruler.font = `12px ${font}`;
      const codes = new Set(Array.from(scene.points?.part ?? [], data.partOf));
      const used = data.PARTS.filter((_, code) => codes.has(code));
      const legend = used.map((text) => ({ text, part: data.partOf(text), width: measure(text) + 28 }));
      const frame = data.arrange(sheet, legend.reduce((total, entry) => total + entry.width, 0));
      arranged = { font, legend, frame };
      arranged.points = outputDraw.pointLayer({ frame, scene, palette, styles }, sheet.ratio);
    }

    function draw(sheet) {
      if (!scene || !palette) return;
      arrange(sheet);
      outputDraw.paint({ ...arranged, context: sheet.context, measure, palette, styles, scene, picture, bar, segments, cursor });
    }

    function fill() {
      if (!values || !table) return;
      picture.write(0, values, 0, table);
      picture.show();
    }

    function outputAt({ across, up }) {
      return values ? shared.valueIn(data.sample(smooth, scene.map_side, across, up), scene.output_range) : null;
    }

    // next: {across, up}, shares of the plane from the lower left corner, or null
    function point(next) {
      if (!next && !place) return;
      place = next;
      follow();
      stage.redraw();
      options.onHover?.(cursor);
    }

    function follow() {
      const [low, high] = scene?.domain ?? [0, 0];
      cursor = place && { x1: low + place.across * (high - low), x2: low + place.up * (high - low), output: outputAt(place) };
    }

    function toPlace(x, y) {
      if (x === null || !arranged) return null;
      const { left, top, side } = arranged.frame;
      const [across, up] = [(x - left) / side, 1 - (y - top) / side];
      return across >= 0 && across <= 1 && up >= 0 && up <= 1 ? { across, up } : null;
    }

    function pressed(name) {
      if (!scene) return false;
      if (name === "Escape") return place !== null && (point(null), true);
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[name];
      if (!move) return false;
      const clamp = (share) => Math.max(0, Math.min(1, share));
      const moved = place && { across: clamp(place.across + move[0] / STEPS), up: clamp(place.up + move[1] / STEPS) };
      point(moved ?? { across: 0.5, up: 0.5 });
      const output = cursor.output === null ? "" : `; output ${shared.number(cursor.output)}`;
      stage.say(`${shared.number(cursor.x1)}, ${shared.number(cursor.x2)}${output}`);
      return true;
    }

    const at = (x, y) => point(toPlace(x, y));
    const stage = shared.stage(container, { className: "explorer-output-map", draw, key: pressed, point: at });
    const describe = shared.throttle(() => stage.label(description(scene, values)), WORDS);
    const live = shared.throttle(() => cursor && options.onHover?.(cursor), LIVE);

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
      const alike = (field) => String(scene[field]) === String(next[field]);
      const same = scene && ["sizes", "map_side", "domain", "output_range"].every(alike);
      [scene, key] = [next, ""];
      if (!same) [values, segments, picture] = [null, null, shared.atlas(next.map_side, 1)];
      follow();
      describe();
      stage.redraw();
      return true;
    };

    // Draws at once: the caller plays frames on requestAnimationFrame. False if the frame does not fit the scene.
    const frame = (next) => {
      const area = scene ? scene.map_side ** 2 : 0;
      const bytes = scene && shared.bytes(next?.output);
      if (!bytes || bytes.length < area || bytes.length % area) return false;
      values = bytes.subarray(0, area);
      smooth = data.unround(values, scene.map_side);
      segments = data.boundary(smooth, scene.map_side);
      fill();
      follow();
      stage.draw();
      describe();
      if (cursor) live();
      return true;
    };

    if (options.palette) setPalette(options.palette);
    return { scene: setScene, frame, palette: setPalette };
  }

  window.explorer.outputMap = { create };
})();
