"use strict";
// What the training lab says in the browser: numbers, what lies under the pointer, how things stand. Pure: no page.
(() => {
  const DIGITS = 4; // of an error
  const FEW = 3; // of a weight
  const MOST_WEIGHTS = 8; // told of a neuron

  const grouped = (value) => window.explorer.canvas.count(Math.floor(value));
  const error = (value) => (value === null ? "–" : value === 0 ? "0" : value >= 1e-3 ? value.toPrecision(DIGITS) : value.toExponential(DIGITS - 2));
  const short = (value) => (value === null || value === undefined ? "–" : value.toPrecision(FEW).replace("-", "−"));
  const share = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);

  const last = ({ sizes }, layer) => layer === sizes.length - 1;
  const inputName = ({ input_names: names }, index) => (names?.[index] === undefined ? `input ${index + 1}` : window.explorer.canvas.name(names[index]));

  // "Hidden layer 1, neuron 2", "Output", "Output dog"
  function neuronName(scene, layer, index) {
    if (!last(scene, layer)) return `Hidden layer ${layer}, neuron ${index + 1}`;
    return scene.sizes[layer] === 1 ? "Output" : `Output ${scene.output_names?.[index] ?? index + 1}`;
  }

  function neuron({ layer, index, bias, incoming }, scene) {
    if (bias === null) return `Input ${inputName(scene, index)}.`;
    const weights = incoming.slice(0, MOST_WEIGHTS).map(short).join(", ");
    return `${neuronName(scene, layer, index)}: bias ${short(bias)}, incoming weights ${weights}${incoming.length > MOST_WEIGHTS ? ", …" : ""}.`;
  }

  function link({ layer, from, to, weight, cut }, scene) {
    const source = layer === 1 ? inputName(scene, from) : `neuron ${from + 1}`;
    const aim = neuronName(scene, layer, to);
    const place = `Link from ${source} to ${aim[0].toLowerCase()}${aim.slice(1)}`;
    return cut ? `${place}: cut.` : `${place}: weight ${short(weight)}.`;
  }

  const target = (pointed, scene) => (pointed.kind === "neuron" ? neuron(pointed, scene) : link(pointed, scene));

  // place: {x1, x2, outputs} on the plane, {x, outputs} on a curve
  function place({ x1, x2, x, outputs }, { raw_names: raw, output_names: names, reading }) {
    const where = x === undefined ? `${raw[0]} ${short(x1)}, ${raw[1]} ${short(x2)}` : `${raw[0]} ${short(x)}`;
    if (!outputs) return where;
    const told = outputs.map((value, i) => (reading === "sign" || outputs.length === 1 ? value.toFixed(3) : `${names[i]} ${value.toFixed(3)}`));
    return `${where}: output ${told.join(", ").replaceAll("-", "−")}`;
  }

  function away(epoch) {
    if (epoch === null) return "The server does not answer. A run begins by itself when it is back.";
    const kept = `The run is kept here at epoch ${grouped(epoch)}`;
    return `The server does not answer. ${kept}; it goes on by itself when the server is back.`;
  }

  // The one sentence of state: of all that could be said, what matters most. away: no server; epoch: where the run
  // stands, null without one; until: the step that a replay goes to; refusal: the server's; untold: what no link holds.
  function state(record) {
    if (record.away) return away(record.epoch);
    if (record.until !== null) return `Replaying the run of this link to update ${grouped(record.until)} …`;
    return record.refusal || record.untold;
  }

  // For ears, in one sentence, what the eyes have in several places; digits in one piece, or they are read as two numbers.
  function spoken({ epoch, training_error: training, validation_error: validation, diverged_at: diverged, accuracy }, sentence) {
    if (diverged !== null) return sentence;
    const seen = validation === null ? "" : `, validation error ${error(validation)}`;
    const read = accuracy?.training === null || !accuracy ? "" : `, ${share(accuracy.training)} classified correctly`;
    return `Epoch ${Math.floor(epoch)}: training error ${error(training)}${seen}${read}.`;
  }

  window.explorer = Object.assign(window.explorer || {}, { trainingWords: { grouped, error, share, target, place, state, spoken } });
})();
