"use strict";
// The pictures of neurons: pixels over the plane, weights as an image, tiles of cases, curves.
(() => {
  const FILLED = 20; // px, from this height a curve's area is filled
  const PADDING = 0.07; // of the height, above and below a curve
  const CRISP = 2; // device pixels of a sample, from which its edges are sharp

  const { canvas: shared, networkColumns: geometry, networkData: data } = window.explorer;

  // ---- pure: the samples of one neuron -------------------------------------------------------------------------------

  const hasSquareImage = ({ image }) => image[0] === image[1];

  // How many samples a side of a layer's pictures has, null where it has no pictures made of pixels.
  function sideOf(scene, layer) {
    const kind = geometry.kindOf(scene, layer);
    if (["plain", "pixels", "curve"].includes(kind)) return null;
    if (layer < scene.sizes.length - 1) return scene.neuron_side;
    if (kind === "plane") return scene.map_side;
    return hasSquareImage(scene) ? scene.image[0] : null;
  }

  const ofBytes = (kind, values, more) => values && { kind, values, low: 0, high: 255, zero: 127.5, ...more };
  const piece = (values, length, at) => (values ? values.subarray(at * length, (at + 1) * length) : null);

  // store: {inputs, neurons, output, weights}, as decoded -> {kind, values, low, high, zero}: what a neuron shows, from
  // its lowest to its highest value; null while there is nothing.
  function samples(scene, store, layer, index) {
    const kind = geometry.kindOf(scene, layer);
    const area = data.areaOf(scene);
    if (layer === 0) return ofBytes(kind, piece(store.inputs, area, index));
    const place = geometry.hiddenBefore(scene.sizes, layer) + index; // among all hidden neurons
    if (layer < scene.sizes.length - 1) return ofBytes(kind, piece(store.neurons, area, place));
    if (kind === "plane") return ofBytes(kind, piece(store.output, scene.map_side ** 2, index));
    if (kind === "curve") return ofOutput(scene, piece(store.output, scene.curve_samples, index));
    if (kind !== "weights" || !store.weights || !hasSquareImage(scene)) return null;
    const { incoming } = data.neuronValues(scene.sizes, store.weights, layer, index);
    return ofBytes(kind, data.weightBytes(incoming), { downwards: true });
  }

  const ofOutput = ({ output_range: [low, high] }, values) =>
    values && { kind: "curve", values, low, high, zero: Math.max(low, Math.min(high, 0)) };

  // Rows of an image of weights come lowest first, like those of the plane; cases are read from the top.
  const upwards = (picture) => picture.kind !== "cases" && !picture.downwards;

  // ---- pixels ------------------------------------------------------------------------------------------------------------

  // An offscreen canvas holding `total` pictures of side x side samples, 64 to a row.
  function album(side, total) {
    const across = Math.max(1, Math.min(total, 64));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [across * side, Math.max(1, Math.ceil(total / across)) * side];
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const corner = (index) => [(index % across) * side, Math.floor(index / across) * side];
    return {
      side,
      write(index, picture, table) {
        const [left, top] = corner(index);
        const { values } = picture;
        const flipped = upwards(picture);
        for (let row = 0; row < side; row++) {
          const from = (flipped ? side - 1 - row : row) * side;
          const to = (top + row) * canvas.width + left;
          for (let i = 0; i < side; i++) pixels[to + i] = table[values[from + i]];
        }
      },
      show: () => context.putImageData(image, 0, 0),
      // Samples of the plane lie on its corners (numpy.linspace): half a sample is cut off on each side.
      draw(target, index, kind, x, y, size) {
        const [left, top] = corner(index);
        const inset = kind === "plane" ? 0.5 : 0;
        target.imageSmoothingEnabled = kind === "plane" || size * target.getTransform().a < CRISP * side;
        target.drawImage(canvas, left + inset, top + inset, side - 2 * inset, side - 2 * inset, x, y, size, size);
        target.imageSmoothingEnabled = true;
      },
    };
  }

  // ---- curves ------------------------------------------------------------------------------------------------------------

  // A path along the values, each first passed through `bound`.
  function trace(context, { values, low, high }, x, y, width, height, bound) {
    const pad = PADDING * height;
    const [step, scale] = [width / (values.length - 1), (height - 2 * pad) / (high - low)];
    for (let i = 0; i < values.length; i++)
      context.lineTo(x + i * step, Math.max(y, Math.min(y + height, y + height - pad - (bound(values[i]) - low) * scale)));
  }

  const heightOf = ({ low, high }, value, y, height) => {
    const pad = PADDING * height;
    return y + height - pad - ((Math.max(low, Math.min(high, value)) - low) * (height - 2 * pad)) / (high - low);
  };

  // What lies above zero and what lies below it in their colours, the line in ink.
  function drawCurve({ context, palette, areas }, picture, x, y, width, height, line = 1.25) {
    const zero = heightOf(picture, picture.zero, y, height);
    context.fillStyle = palette.surface;
    context.fillRect(x, y, width, height);
    if (height >= FILLED) {
      for (const [bound, colour] of [[Math.max, areas[1]], [Math.min, areas[0]]]) {
        context.beginPath();
        context.moveTo(x, zero);
        trace(context, picture, x, y, width, height, (value) => bound(value, picture.zero));
        context.lineTo(x + width, zero);
        context.fillStyle = colour;
        context.fill();
      }
    }
    context.beginPath();
    context.moveTo(x, zero);
    context.lineTo(x + width, zero);
    [context.strokeStyle, context.lineWidth] = [palette.line, 1];
    context.stroke();
    context.beginPath();
    trace(context, picture, x, y, width, height, (value) => value);
    [context.strokeStyle, context.lineWidth, context.lineJoin] = [palette.ink, line, "round"];
    context.stroke();
    context.lineJoin = "miter";
  }

  // palette -> what pictures are drawn with: styles of a byte, pixels of a byte, areas below and above zero, no value
  function colours(palette) {
    const quiet = shared.lookupTable(palette.stops, shared.AREAS);
    const [styles, areas] = [shared.styles(shared.lookupTable(palette.stops)), shared.styles(quiet)];
    return { palette, styles, table: new Uint32Array(quiet.buffer), areas: [areas[0], areas.at(-1)], empty: styles[styles.length / 2] };
  }

  // ---- all neurons of a network ----------------------------------------------------------------------------------------------

  // The inputs, the hidden neurons and the outputs each have an album: pictures are sent to the screen together.
  function albums(scene, columns) {
    const last = columns.length - 1;
    const groups = [columns.slice(0, 1), columns.slice(1, last), columns.slice(last)];
    return groups.flatMap((group) => {
      const side = group.length ? sideOf(scene, group[0].layer) : null;
      const made = side && album(side, group.reduce((total, col) => total + col.shown, 0));
      let first = 0;
      return group.map((col) => ({ album: made, first: (first += col.shown) - col.shown, shown: col.shown }));
    });
  }

  function gallery(scene) {
    const store = { inputs: data.inputsOf(scene), neurons: null, output: null, weights: null };
    let places = []; // of each layer: where its pictures lie
    const samplesOf = (layer, index) => samples(scene, store, layer, index);

    // Pictures of all layers, or from a layer on.
    function paint(table, from = 0) {
      const written = new Set();
      places.forEach(({ album: held, first, shown }, layer) => {
        if (!held || layer < from || !samplesOf(layer, 0)) return;
        for (let index = 0; index < shown; index++) held.write(first + index, samplesOf(layer, index), table);
        written.add(held);
      });
      for (const held of written) [held.filled] = [true, held.show()];
    }

    function draw(view, layer, index, x, y, size) {
      const { album: held, first } = places[layer];
      if (held?.filled) return held.draw(view.context, first + index, geometry.kindOf(scene, layer), x, y, size);
      const picture = scene.view === "curve" && samplesOf(layer, index);
      if (picture) return drawCurve(view, picture, x, y, size, size, size < 28 ? 1 : 1.5);
      view.context.fillStyle = view.empty;
      return view.context.fillRect(x, y, size, size);
    }

    return {
      samples: samplesOf,
      draw,
      paint,
      arrange: (columns) => (places = albums(scene, columns)),
      take: (parts) => Object.keys(store).forEach((name) => (store[name] = parts[name] ?? store[name])),
    };
  }

  window.explorer.networkTiles = { samples, sideOf, colours, album, trace, heightOf, drawCurve, gallery };
})();
