"use strict";
// What a scene and a frame of the network say, as values and in words. Pure: no page, no pixels.
(() => {
  const { canvas: shared, networkColumns } = window.explorer;
  const { matrices, weightCount, linkCount, hiddenBefore } = networkColumns;
  const hiddenCount = (sizes) => hiddenBefore(sizes, sizes.length - 1);
  const { number, count, name } = shared;
  const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

  const natural = (n) => Number.isInteger(n) && n > 0;
  const valid = (scene) =>
    Array.isArray(scene?.sizes) && scene.sizes.length > 1 && scene.sizes.every(natural) &&
    scene.neuron_side > 1 && scene.map_side > 1 && scene.domain?.[0] < scene.domain?.[1];

  // undefined: not sent, the last one stays; null: broken.
  const part = (text, decode, fits) => {
    if (text === undefined || text === null) return undefined;
    const values = decode(text);
    return values && fits(values.length) ? values : null;
  };

  // The parts of a frame, null if one of them is broken: half a frame would show what never was.
  function decode(frame, { sizes, neuron_side, map_side }) {
    if (!frame) return null;
    const outputs = sizes[sizes.length - 1];
    const parts = {
      weights: part(frame.weights, shared.floats, (n) => n === weightCount(sizes)),
      neurons: part(frame.neurons, shared.bytes, (n) => n === hiddenCount(sizes) * neuron_side ** 2),
      output: part(frame.output, shared.bytes, (n) => n === map_side ** 2 || n === outputs * map_side ** 2),
    };
    return Object.values(parts).includes(null) ? null : parts;
  }

  // x1 rises to the right, x2 upwards; inputs beyond the plane have no picture.
  function ramps(side, [low, high]) {
    const values = new Uint8Array(2 * side * side);
    const largest = Math.max(Math.abs(low), Math.abs(high));
    const ramp = (i) => shared.byteOf((low + ((high - low) * i) / (side - 1)) / largest);
    for (let row = 0; row < side; row++)
      for (let i = 0; i < side; i++) {
        values[row * side + i] = ramp(i);
        values[(side + row) * side + i] = ramp(row);
      }
    return values;
  }

  function neuronValues(sizes, weights, layer, index) {
    if (!layer || !weights) return { bias: null, incoming: [] };
    const { start, row, fanIn } = matrices(sizes)[layer - 1];
    const first = start + index * row;
    return { bias: weights[first + fanIn], incoming: Array.from(weights.subarray(first, first + fanIn)) };
  }

  function linkValue(sizes, weights, { layer, from, to }) {
    const { start, row } = matrices(sizes)[layer - 1];
    return weights[start + to * row + from];
  }

  const inputName = (scene, index) => name(scene.input_names?.[index] ?? `x${index + 1}`);

  function place({ sizes }, layer) {
    if (layer === 0) return "the inputs";
    return layer === sizes.length - 1 ? "the output" : `hidden layer ${layer}`;
  }

  function title(scene, layer, index) {
    const last = scene.sizes.length - 1;
    if (layer === 0) return `input ${inputName(scene, index)}`;
    if (layer === last) return scene.sizes[last] > 1 ? `output ${index + 1}` : "output";
    return `${place(scene, layer)}, neuron ${index + 1}`;
  }

  function description(scene, weights) {
    const kind = scene.activation ? `, ${scene.activation}` : "";
    const text = `Network ${scene.sizes.join("-")}${kind}`;
    if (!weights) return text;
    let strongest = 0;
    for (const { start, row, fanIn, fanOut } of matrices(scene.sizes))
      for (let to = 0; to < fanOut; to++)
        for (let i = start + to * row; i < start + to * row + fanIn; i++)
          if (Math.abs(weights[i]) > Math.abs(strongest)) strongest = weights[i];
    return `${text}; strongest weight ${number(strongest, 1)}`;
  }

  function spoken(scene, { layer, index, bias, incoming }) {
    const from = (i) => (layer === 1 ? inputName(scene, i) : `neuron ${i + 1}`);
    const some = incoming.slice(0, 6).map((weight, i) => `${from(i)} ${number(weight)}`);
    const rest = incoming.length > 6 ? ` and ${incoming.length - 6} more` : "";
    const weights = some.length ? `; weights: ${some.join(", ")}${rest}` : "";
    return title(scene, layer, index) + (Number.isFinite(bias) && layer ? `; bias ${number(bias)}` : "") + weights;
  }

  // What is left out of the picture, "" if nothing is.
  function caption(scene, columns, limit) {
    const links = sum(columns.slice(1).map((c, i) => c.shown * columns[i].shown));
    const all = linkCount(scene.sizes);
    const notes = [];
    if (links > limit) notes.push(`${count(limit)} of ${count(all)} links, the strongest of each layer`);
    else if (links < all) notes.push(`${count(links)} of ${count(all)} links`);
    const cut = {};
    for (const c of columns.filter((col) => col.shown < col.count))
      (cut[`the first ${c.shown} of ${count(c.count)} neurons`] ||= []).push(place(scene, c.layer));
    for (const [first, places] of Object.entries(cut)) notes.push(`${first} in ${places.join(", ")}`);
    return notes.join("; ");
  }

  window.explorer.networkData = {
    hiddenCount, valid, decode, ramps, neuronValues, linkValue, inputName, title, description,
    spoken, caption,
  };
})();
