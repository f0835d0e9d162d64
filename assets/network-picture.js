"use strict";
// The network as columns of neurons, each a picture of its own activity over the input plane, joined by its weights.
// create(container, options) -> picture; options: palette, onHover(target | null).
(() => {
  const LIMIT = 600; // links drawn in one frame
  const WORDS = 1000; // ms between two descriptions for screen readers
  const LIVE = 250; // ms between two reports on a neuron that stays under the pointer while it learns

  const { canvas: shared, networkData: data, networkColumns: geometry, networkDraw } = window.explorer;

  // ---- the pictures of the neurons: bytes as they came, and as pixels ----------------------------------------------

  function gallery(scene) {
    const { sizes, neuron_side: side, map_side: mapSide } = scene;
    const hidden = data.hiddenCount(sizes);
    const outputs = sizes[sizes.length - 1];
    return {
      inputs: { ...shared.atlas(side, 2), values: data.ramps(side, scene.domain), side },
      hidden: { ...shared.atlas(side, Math.max(hidden, 1)), values: null, side },
      output: { ...shared.atlas(mapSide, outputs), values: null, side: mapSide },
    };
  }

  // wanted(index): neurons that are not drawn need no pixels
  function fill(album, table, wanted = () => true) {
    const area = album.side ** 2;
    album.filled = album.values ? album.values.length / area : 0;
    for (let index = 0; index < album.filled; index++)
      if (wanted(index)) album.write(index, album.values, index * area, table);
    if (album.filled) album.show();
  }

  function drawnHidden(columns) {
    return columns.slice(1, -1).flatMap((c) => Array.from({ length: c.count }, (_, i) => i < c.shown));
  }

  // ---- state -----------------------------------------------------------------------------------------------------

  function create(container, options = {}) {
    let [scene, columns, drawn, weights, links, pictures, target] = [null, null, [], null, [], null, null];
    let [palette, styles, table, layoutKey, arranged] = [null, [], null, "", null];
    const ruler = document.createElement("canvas").getContext("2d");
    const measure = (text) => ruler.measureText(text).width;

    function arrange({ width, height, ratio }) {
      const font = stage.font();
      const key = [width, height, ratio, font].join();
      if (key === layoutKey) return;
      layoutKey = key;
      ruler.font = `12px ${font}`;
      const names = Array.from({ length: Math.min(scene.sizes[0], 64) }, (_, i) => data.inputName(scene, i));
      arranged = { font, ...geometry.layout({ sizes: scene.sizes, names, width, height, ratio, measure }) };
      ({ columns } = arranged);
      drawn = drawnHidden(columns);
      repaintPictures();
      select();
      if (target && !shown(target)) point(null);
    }

    function draw(sheet) {
      if (!scene || !palette) return;
      arrange(sheet);
      const { context } = sheet;
      networkDraw.paint({ ...arranged, context, measure, palette, styles, scene, links, weights, pictures, target });
    }

    function select() {
      links = weights && columns ? geometry.strongest(weights, scene.sizes, columns, LIMIT) : [];
    }

    function repaintPictures() {
      if (!pictures || !table) return;
      fill(pictures.inputs, table);
      fill(pictures.hidden, table, (index) => drawn[index]);
      fill(pictures.output, table);
    }

    const shown = ({ kind, layer, index, from, to }) =>
      kind === "neuron" ? index < columns[layer]?.shown : from < columns[layer - 1]?.shown && to < columns[layer]?.shown;

    const report = (hit) => {
      if (!hit) return null;
      if (hit.kind === "neuron") return { ...hit, ...data.neuronValues(scene.sizes, weights, hit.layer, hit.index) };
      return { ...hit, weight: weights ? data.linkValue(scene.sizes, weights, hit) : null };
    };

    function point(hit) {
      if (JSON.stringify(hit) === JSON.stringify(target)) return;
      target = hit;
      stage.redraw();
      options.onHover?.(report(target));
    }

    function key(pressed) {
      if (!columns) return false;
      if (pressed === "Escape") return target && (point(null), true);
      if (!pressed.startsWith("Arrow")) return false;
      point(geometry.step(columns, target, pressed));
      stage.say(data.spoken(scene, report(target)));
      return true;
    }

    const stage = shared.stage(container, {
      className: "explorer-network-picture",
      draw,
      key,
      point: (x, y) => columns && point(x === null ? null : geometry.hit(columns, links, x, y)),
    });
    const describe = shared.throttle(() => stage.label(data.description(scene, weights)), WORDS);
    const live = shared.throttle(() => target && options.onHover?.(report(target)), LIVE);

    const setPalette = (next) => {
      if (!Array.isArray(next?.stops)) return;
      const colours = shared.lookupTable(next.stops);
      const areas = shared.lookupTable(next.stops, shared.AREAS);
      [palette, styles, table] = [next, shared.styles(colours), new Uint32Array(areas.buffer)];
      repaintPictures();
      stage.redraw();
    };

    const setScene = (next) => {
      if (!data.valid(next)) return false;
      const alike = (field) => String(scene[field]) === String(next[field]);
      const same = scene && ["sizes", "neuron_side", "map_side", "domain"].every(alike);
      scene = next;
      layoutKey = "";
      if (!same) {
        [columns, weights, links, pictures] = [null, null, [], gallery(next)];
        point(null);
      }
      describe();
      stage.redraw();
      return true;
    };

    // Draws at once: the caller plays frames on requestAnimationFrame. False if the frame does not fit the scene.
    const frame = (next) => {
      const parts = scene && data.decode(next, scene);
      if (!parts) return false;
      if (parts.weights) weights = parts.weights;
      if (parts.neurons) pictures.hidden.values = parts.neurons;
      if (parts.output) pictures.output.values = parts.output;
      if (columns && table) {
        if (parts.neurons) fill(pictures.hidden, table, (index) => drawn[index]);
        if (parts.output) fill(pictures.output, table);
        if (parts.weights) select();
      }
      stage.draw();
      describe();
      if (target) live();
      return true;
    };

    if (options.palette) setPalette(options.palette);
    return {
      scene: setScene,
      frame,
      palette: setPalette,
      caption: () => (scene && columns ? data.caption(scene, columns, LIMIT) : ""),
    };
  }

  window.explorer.networkPicture = { create };
})();
