"use strict";
// What the training lab says in the browser: numbers, what lies under the pointer, how things stand. Pure: no page.
(() => {
  const DIGITS = 4; // of an error
  const FEW = 3; // of a weight
  const MOST_WEIGHTS = 8; // told of a neuron

  const grouped = (value) => String(Math.floor(value)).replace(/\B(?=(\d{3})+$)/g, "\u2009");
  const error = (value) => (value === null ? "–" : value >= 1e-3 ? value.toPrecision(DIGITS) : value.toExponential(DIGITS - 2));
  const short = (value) => (value === null ? "–" : value.toPrecision(FEW));

  function neuron({ layer, index, bias, incoming }) {
    if (bias === null) return `Input ${index + 1}.`;
    const weights = incoming.slice(0, MOST_WEIGHTS).map(short).join(", ");
    return `Layer ${layer}, neuron ${index + 1}: bias ${short(bias)}, incoming weights ${weights}${incoming.length > MOST_WEIGHTS ? ", …" : ""}.`;
  }

  const link = ({ layer, from, to, weight }) => `Link to layer ${layer}, from neuron ${from + 1} to neuron ${to + 1}: weight ${short(weight)}.`;

  const target = (pointed) => (pointed.kind === "neuron" ? neuron(pointed) : link(pointed));

  const place = ({ x1, x2, output }) => `x1 ${short(x1)}, x2 ${short(x2)}: output ${output === null ? "–" : output.toFixed(3)}`;

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
  function spoken({ epoch, training_error: training, validation_error: validation, diverged_at: diverged }, sentence) {
    if (diverged !== null) return sentence;
    return `Epoch ${Math.floor(epoch)}: training error ${error(training)}, validation error ${error(validation)}.`;
  }

  window.explorer = Object.assign(window.explorer || {}, { trainingWords: { grouped, error, target, place, state, spoken } });
})();
