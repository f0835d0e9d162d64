"use strict";
// What a scene and a frame of the network say, as values and in words. Pure: no page, no pixels.
(() => {
  const { canvas: shared, networkColumns } = window.explorer;
  const { matrices, weightCount, linkCount, hiddenBefore, kindOf, isImage } = networkColumns;
  const hiddenCount = (sizes) => hiddenBefore(sizes, sizes.length - 1);
  const { number, count, name } = shared;
  const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

  const MOST_NAMES = 64; // beside a column
  const VIEWS = { plane: 2, curve: 1, images: 0, table: 0 }; // and how many windows the inputs have

  // ---- the scene -------------------------------------------------------------------------------------------------------

  const natural = (n) => Number.isInteger(n) && n > 0;
  const valid = (scene) =>
    Array.isArray(scene?.sizes) && scene.sizes.length > 1 && scene.sizes.every(natural) && scene.view in VIEWS &&
    scene.neuron_side > 1 && scene.map_side > 1 && scene.curve_samples > 1 && Array.isArray(scene.domains) &&
    scene.domains.length >= VIEWS[scene.view] && scene.domains.every(([low, high]) => low < high);

  // All that decides what a frame has to hold and where it is drawn.
  const SHAPE = [
    "view", "sizes", "neuron_side", "map_side", "curve_samples", "domains", "output_range", "image", "input_pictures", "input_names",
  ];
  const alike = (one, other) => SHAPE.every((field) => String(one[field]) === String(other[field]));

  const last = ({ sizes }) => sizes.length - 1;
  const outputsOf = ({ sizes }) => sizes[sizes.length - 1];
  const areaOf = ({ view, neuron_side: side }) => (view === "curve" ? side : side ** 2); // samples of a neuron's picture

  // ---- the frame -------------------------------------------------------------------------------------------------------

  // undefined: not sent, the last one stays; null: broken.
  const part = (text, decode, fits) => {
    if (text === undefined || text === null) return undefined;
    const values = decode(text);
    return values && fits(values.length) ? values : null;
  };

  function parts(frame, scene) {
    const { sizes, view, map_side: side, curve_samples: samples } = scene;
    const curve = view === "curve";
    return {
      weights: part(frame.weights, shared.floats, (n) => n === weightCount(sizes)),
      neurons: part(frame.neurons, shared.bytes, (n) => n === hiddenCount(sizes) * areaOf(scene)),
      output: part(frame.output, curve ? shared.floats : shared.bytes, (n) => n === outputsOf(scene) * (curve ? samples : side ** 2)),
      contributions: part(frame.contributions, shared.floats, (n) => n === (sizes[last(scene) - 1] + 1) * samples),
      cut: part(frame.cut, shared.bytes, (n) => n === Math.ceil(weightCount(sizes) / 8)),
    };
  }

  // The parts of a frame, null if one of them is broken: half a frame would show what never was. Picture and card show
  // the same frame one after the other.
  let decoded = {};
  function decode(frame, scene) {
    if (!frame) return null;
    if (decoded.frame !== frame || decoded.scene !== scene) {
      const values = parts(frame, scene);
      decoded = { frame, scene, values: Object.values(values).includes(null) ? null : { ...values, cut: values.cut ?? null } };
    }
    return decoded.values;
  }

  // The pictures of the inputs, null where they have none.
  const inputsOf = (scene) => part(scene.input_pictures || null, shared.bytes, (n) => n === scene.sizes[0] * areaOf(scene)) ?? null;

  // ---- numbers of a neuron and a link ------------------------------------------------------------------------------------

  function neuronValues(sizes, weights, layer, index) {
    if (!layer || !weights) return { bias: null, incoming: [] };
    const { start, row, fanIn } = matrices(sizes)[layer - 1];
    const first = start + index * row;
    return { bias: weights[first + fanIn], incoming: Array.from(weights.subarray(first, first + fanIn)) };
  }

  function linkIndex(sizes, { layer, from, to }) {
    const { start, row } = matrices(sizes)[layer - 1];
    return start + to * row + from;
  }

  // The weights of a neuron as bytes, as strong as its strongest, the first input first.
  function weightBytes(incoming) {
    const most = Math.max(1e-30, ...incoming.map(Math.abs));
    return Uint8Array.from(incoming, (weight) => shared.byteOf(weight / most));
  }

  // ---- words -----------------------------------------------------------------------------------------------------------

  const inputName = (scene, index) => name(scene.input_names?.[index] ?? `x${index + 1}`);
  const outputName = (scene, index) => name(scene.output_names?.[index] ?? `output ${index + 1}`);

  // Names beside the first column and the last one: a single output needs none.
  const names = (scene) => ({
    names: scene.sizes[0] <= MOST_NAMES && !isImage(scene) ? Array.from({ length: scene.sizes[0] }, (_, i) => inputName(scene, i)) : [],
    outputNames: outputsOf(scene) > 1 ? Array.from({ length: outputsOf(scene) }, (_, i) => outputName(scene, i)) : [],
  });

  function place({ sizes }, layer) {
    if (layer === 0) return "the inputs";
    return layer === sizes.length - 1 ? "the output" : `hidden layer ${layer}`;
  }

  function title(scene, layer, index) {
    if (layer === 0) return `input ${inputName(scene, index)}`;
    if (layer === last(scene)) return outputsOf(scene) > 1 ? `output ${outputName(scene, index)}` : "output";
    return `${place(scene, layer)}, neuron ${index + 1}`;
  }

  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const heading = (scene, layer, index) =>
    capital(title(scene, layer, index)) + (kindOf(scene, layer) === "weights" ? ": what it looks for" : "");

  const sourceTitle = (scene, { layer, from }) => (layer === 1 ? inputName(scene, from) : title(scene, layer - 1, from));
  const linkTitle = (scene, hit) => `Link from ${sourceTitle(scene, hit)} to ${title(scene, hit.layer, hit.to)}`;

  // What the pictures of cases show.
  function order({ reading, output_names: names }) {
    if (reading === "value") return "on top: smallest target";
    return names?.length > 1 ? `top: ${names[0]}, bottom: ${names.at(-1)}` : "sorted by class";
  }

  function description(scene, weights) {
    const kinds = [...new Set(scene.titles?.slice(0, -1) ?? [])];
    const text = `Network ${scene.sizes.join("-")}${kinds.length ? `, ${kinds.join(" and ")}` : ""}`;
    if (!weights) return text;
    let strongest = 0;
    for (const { start, row, fanIn, fanOut } of matrices(scene.sizes))
      for (let to = 0; to < fanOut; to++)
        for (let i = start + to * row; i < start + to * row + fanIn; i++)
          if (Math.abs(weights[i]) > Math.abs(strongest)) strongest = weights[i];
    return `${text}; strongest weight ${number(strongest, 1)}`;
  }

  function spokenNeuron(scene, { layer, index, bias, incoming }) {
    const from = (i) => (layer === 1 ? inputName(scene, i) : `neuron ${i + 1}`);
    const some = incoming.slice(0, 6).map((weight, i) => `${from(i)} ${number(weight)}`);
    const rest = incoming.length > 6 ? ` and ${incoming.length - 6} more` : "";
    const weights = some.length ? `; weights: ${some.join(", ")}${rest}` : "";
    return title(scene, layer, index) + (Number.isFinite(bias) && layer ? `; bias ${number(bias)}` : "") + weights;
  }

  const spokenLink = (scene, hit) => `${linkTitle(scene, hit)}; ${hit.cut ? "cut" : `weight ${number(hit.weight ?? NaN)}`}`;
  const spoken = (scene, hit) => (hit.kind === "neuron" ? spokenNeuron : spokenLink)(scene, hit);

  // [1, 2, 3, 5] -> "hidden layers 1 to 3 and 5"
  function layersText(layers) {
    const runs = [];
    for (const layer of layers) {
      if (runs.at(-1)?.[1] === layer - 1) runs.at(-1)[1] = layer;
      else runs.push([layer, layer]);
    }
    const texts = runs.map(([from, to]) => (from === to ? `${from}` : `${from} ${to === from + 1 ? "and" : "to"} ${to}`));
    return `hidden layer${layers.length > 1 ? "s" : ""} ${texts.join(", ").replace(/, ([^,]*)$/, " and $1")}`;
  }

  function leftOut(scene, columns) {
    const left = new Map(); // words -> layers
    for (const { layer, shown, count: all } of columns.filter((col) => col.shown < col.count)) {
      const words = `the first ${shown} of ${count(all)} ${layer ? "neurons" : "inputs"}`;
      left.set(words, [...(left.get(words) ?? []), layer]);
    }
    const where = (layers) => (layers.every((layer) => layer > 0 && layer < last(scene)) ? ` of ${layersText(layers)}` : "");
    return [...left].map(([words, layers]) => words + where(layers));
  }

  // What is left out of the picture, "" if nothing is.
  function caption(scene, columns, limit) {
    const links = sum(columns.slice(1).map((c) => (columns[c.layer - 1].kind === "pixels" ? 0 : c.shown * columns[c.layer - 1].shown)));
    const all = linkCount(scene.sizes);
    const notes = [];
    if (links > limit) notes.push(`${count(limit)} of ${count(all)} links, the strongest of each layer`);
    else if (links < all && !isImage(scene)) notes.push(`${count(links)} of ${count(all)} links`);
    if (isImage(scene)) notes.push("links of the pixels only under the pointer");
    notes.push(...leftOut(scene, columns));
    return notes.length ? `${capital(notes.join("; "))}.` : "";
  }

  window.explorer.networkData = {
    hiddenCount, valid, alike, areaOf, decode, inputsOf, neuronValues, linkIndex, weightBytes, inputName, outputName, names,
    title, capital, heading, sourceTitle, linkTitle, order, description, spoken, caption,
  };
})();
