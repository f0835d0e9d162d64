"use strict";
// The training lab in the browser: the player's hands and eyes. It holds the run, the server keeps nothing.
(() => {
  const LAB = "training";
  const KEY = "explorer-training"; // in sessionStorage: a reload goes on, another tab does not see it
  const CURVES_EVERY = 160; // ms; a chart takes as long to draw as ten pictures
  const WORDS_EVERY = 300; // ms
  const SAVE_EVERY = 2000; // ms
  const LOOK_EVERY = 1000; // ms between two looks for a server that does not answer
  const RATE_RESTS = 200; // ms that the rate must stand still before it counts, so that a drag is one change
  const MOST_CHANGES = 200; // that a link tells
  const DIGITS = 4;

  const lab = {
    settings: null, part: "", rate: null, rateSince: 0, link: null, scene: null, frame: null, history: null, log: {},
    network: null, output: null, curves: null, started: false, visible: false, waiting: false, drawn: -Infinity, drawing: false,
    said: -Infinity, saved: -Infinity, looked: -Infinity, sentence: "",
  };
  const explorer = window.explorer;
  const now = () => performance.now();
  const element = (name) => document.getElementById(`training-${name}`);

  const player = explorer.player.create({ send, show, settled, now });

  // ---- pure ----------------------------------------------------------------------------------------------------

  const grouped = (value) => String(Math.floor(value)).replace(/\B(?=(\d{3})+$)/g, "\u2009");
  const errorText = (value) => (value === null ? "–" : value >= 1e-3 ? value.toPrecision(DIGITS) : value.toExponential(DIGITS - 2));

  // Settings that make a run: a change in one of them is a new run.
  const LIVE = ["learning_rate", "speed", "error_axis"];
  const partOf = (settings) => JSON.stringify(Object.keys(settings).filter((field) => !LIVE.includes(field)).map((field) => settings[field]));

  const describeNeuron = ({ layer, index, bias, incoming }) => {
    if (bias === undefined || bias === null) return `Input ${index + 1}.`;
    const weights = Array.from(incoming, (weight) => weight.toPrecision(3)).slice(0, 8).join(", ");
    return `Layer ${layer}, neuron ${index + 1}: bias ${bias.toPrecision(3)}, incoming weights ${weights}${incoming.length > 8 ? ", …" : ""}.`;
  };

  const describeLink = ({ layer, from, to, weight }) =>
    `Link to layer ${layer}, from neuron ${from + 1} to neuron ${to + 1}: weight ${weight === null ? "–" : weight.toPrecision(3)}.`;

  // ---- talking with the server ---------------------------------------------------------------------------------

  async function send(request) {
    const { id, generation, ...wish } = request;
    const answer = await explorer.exchange.ask("/training/tick", {
      ...wish,
      settings: { ...lab.settings, learning_rate: lab.rate },
      link: request.run === null ? lab.link : null,
    });
    if (answer === null) return unanswered();
    return hear({ ...answer, id, generation });
  }

  function hear(data) {
    if (!player.answer(data)) return;
    wait(false);
    if (data.error) {
      lab.replaying = false;
      say(data.error);
      if (lab.link) {
        lab.link = null; // what it tells of a run cannot be; its settings can
        player.begin();
      }
    } else {
      if (data.scene) {
        adopt(data.scene);
        present(data.scene);
      }
      data.frames.at(-1).sentence = data.sentence; // said when that frame is shown
      Object.assign(lab, { log: { first_rate: data.first_rate, changes: data.changes } });
    }
    buttons();
  }

  function unanswered() {
    player.looked(false);
    wait(true);
    lab.looked = now();
  }

  async function look() {
    lab.looked = now();
    const alive = await fetch("/alive", { cache: "no-store" }).then((answer) => answer.ok, () => false);
    player.looked(alive);
    wait(!alive);
  }

  function wait(waiting) {
    if (waiting === lab.waiting) return;
    lab.waiting = waiting;
    const { epoch = 0 } = player.state.queue.at(-1) ?? lab.frame ?? {}; // frames that have come are still shown
    say(waiting ? `The server does not answer. The run is kept here at epoch ${grouped(epoch)}; it goes on by itself when the server is back.` : "");
  }

  const say = (words) => {
    element("state").textContent = words;
  };

  // ---- showing -------------------------------------------------------------------------------------------------

  // What was typed as "4,3" is "4, 3" from now on, in the field and in the link.
  function adopt({ hidden_layers }) {
    if (hidden_layers === lab.settings.hidden_layers) return;
    lab.settings = { ...lab.settings, hidden_layers };
    lab.part = partOf(lab.settings);
    explorer.settings.set(LAB, { hidden_layers });
  }

  function present(scene) {
    lab.scene = scene;
    lab.network.scene(scene);
    lab.output.scene(scene);
  }

  function show(frame) {
    lab.frame = frame;
    if (frame.sentence) lab.sentence = frame.sentence;
    for (const point of frame.curve) explorer.history.add(lab.history, point);
    lab.network.frame(frame);
    lab.output.frame(frame);
    element("epoch").textContent = grouped(frame.epoch);
    element("step").textContent = grouped(frame.step);
    element("training-error").textContent = errorText(frame.training_error);
    element("validation-error").textContent = errorText(frame.validation_error);
  }

  function settled() {
    drawCurves();
    sayHow();
    link();
    save();
    buttons();
  }

  function sayHow() {
    lab.said = now();
    element("sentence").textContent = lab.sentence;
    const caption = lab.network.caption();
    if (!lab.pointed) element("network-said").textContent = caption;
  }

  async function drawCurves() {
    if (lab.drawing || !lab.curves || !lab.history) return;
    lab.drawn = now();
    lab.drawing = true;
    const { epoch, training, validation } = lab.history;
    const [first, second] = lab.curves.data;
    const data = [{ ...first, x: epoch.slice(), y: training.slice() }, { ...second, x: epoch.slice(), y: validation.slice() }];
    await explorer.plots.draw("training-curves", { data, layout: { ...lab.curves.layout, ...bestEpoch(), yaxis: { ...lab.curves.layout.yaxis, ...lab.curves.axes[lab.settings.error_axis] } } });
    lab.drawing = false;
  }

  function bestEpoch() {
    const best = lab.frame?.best;
    if (!best || lab.frame.step === 0) return {};
    const line = { color: "token:ink-quiet", width: 1, dash: "dash" };
    return {
      shapes: [{ type: "line", xref: "x", yref: "paper", x0: best.epoch, x1: best.epoch, y0: 0, y1: 1, line }],
      annotations: [
        { x: best.epoch, xref: "x", y: 1, yref: "paper", yanchor: "bottom", xanchor: "left", xshift: -4, showarrow: false, text: `best epoch ${grouped(best.epoch)}`, font: { size: 12, color: "token:ink-quiet" } },
      ],
    };
  }

  function buttons() {
    const { playing, until } = player.state;
    const play = element("play");
    play.textContent = playing ? "Pause" : "Play";
    play.setAttribute("aria-pressed", String(playing));
    play.classList.toggle("symbol-pause", playing);
    play.classList.toggle("symbol-play", !playing);
    if (until !== null) say(`Replaying the run of this link to update ${grouped(until)} …`);
    else if (lab.replaying) say("");
    lab.replaying = until !== null;
  }

  // ---- the link and the browser's storage ----------------------------------------------------------------------

  function link() {
    if (!lab.frame || !lab.log.first_rate || player.state.until !== null) return; // a replay has its link already
    const { first_rate, changes } = lab.log;
    const tellable = changes.split(",").length <= MOST_CHANGES;
    if (!tellable) say(`The learning rate was changed more than ${MOST_CHANGES} times: a link holds the settings, not this run.`);
    const moved = lab.frame.step > 0 && tellable;
    explorer.address.extra(LAB, moved ? { step: lab.frame.step, first_rate, ...(changes ? { changes } : {}) } : {});
  }

  // The run is ahead of what is shown by the frames that wait for their turn.
  function arrived() {
    const { queue } = player.state;
    const history = structuredClone(lab.history);
    for (const { curve } of queue) for (const point of curve) explorer.history.add(history, point);
    return { history, frame: queue.at(-1) ?? lab.frame };
  }

  function save() {
    if (!lab.frame || player.state.run === null) return;
    lab.saved = now();
    const { part, scene, log, sentence } = lab;
    const { frame, history } = arrived();
    try {
      const { run, until } = player.state;
      sessionStorage.setItem(KEY, JSON.stringify({ part, scene, frame, history, log, sentence, run, until }));
    } catch {
      // full or forbidden: the link still replays
    }
  }

  function kept() {
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    if (type === "navigate") return null; // somebody's link decides
    try {
      const stored = JSON.parse(sessionStorage.getItem(KEY));
      return stored?.part === lab.part ? stored : null;
    } catch {
      return null;
    }
  }

  // ---- runs ----------------------------------------------------------------------------------------------------

  function begin(address) {
    const until = Number(address?.step);
    const replay = Number.isSafeInteger(until) && until > 0;
    const { step, first_rate, changes } = address ?? {};
    lab.link = step || changes ? { step, first_rate, changes } : null;
    lab.history = explorer.history.create();
    lab.log = {};
    player.begin(null, replay ? until : null);
    if (!replay) explorer.address.extra(LAB, {});
    if (!lab.waiting) say("");
    buttons();
  }

  function takeUp(stored) {
    const { scene, frame, history, log, sentence, run, until } = stored;
    Object.assign(lab, { history, log, sentence });
    player.begin(run, until); // a replay goes on; else it rests
    present(scene);
    show(frame);
    settled();
  }

  function configure(settings, visible, address, curves) {
    const { no_update: still } = window.dash_clientside;
    lab.visible = Boolean(visible);
    if (!settings || !visible) return still;
    lab.curves = curves;
    const first = !lab.started;
    if (first) start();
    const axis = lab.settings?.error_axis;
    lab.settings = settings;
    player.state.speed = settings.speed;
    const part = partOf(settings);
    if (settings.learning_rate !== lab.rate) follow(settings.learning_rate, first || part !== lab.part);
    if (part !== lab.part) {
      lab.part = part;
      const stored = first && kept();
      if (stored) takeUp(stored);
      else begin(first ? address : null);
    }
    if (axis && axis !== settings.error_axis) drawCurves();
    return still;
  }

  // The rate counts when it has come to rest; before the first update it is simply the run's.
  function follow(rate, atOnce) {
    clearTimeout(lab.rateLater);
    const take = () => {
      lab.rate = rate;
      if (player.state.run !== null && lab.frame?.step === 0 && !player.state.playing) begin();
    };
    if (atOnce) lab.rate = rate;
    else lab.rateLater = setTimeout(take, RATE_RESTS);
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  function turn() {
    requestAnimationFrame(turn);
    if (!lab.visible || !lab.settings) return;
    player.turn();
    const at = now();
    const { playing } = player.state;
    if (player.late() && at - lab.looked > LOOK_EVERY) look();
    if (!playing) return;
    if (at - lab.drawn > CURVES_EVERY) drawCurves();
    if (at - lab.said > WORDS_EVERY) {
      sayHow();
      link();
    }
    if (at - lab.saved > SAVE_EVERY) save();
  }

  // A preset's button -> the values of all controls, in their order.
  function preset(clicks, presets) {
    const { triggered_id: pressed, outputs_list: outputs } = window.dash_clientside.callback_context;
    begin(); // from the beginning also where the settings are those already
    return outputs.map(({ id }) => presets[pressed.preset][id.setting]);
  }

  function press(name, action) {
    element(name).addEventListener("click", () => {
      action();
      buttons();
    });
  }

  function start() {
    lab.started = true;
    const palette = explorer.plots.palette();
    lab.network = explorer.networkPicture.create(element("network"), { palette, onHover: hovered });
    lab.output = explorer.outputMap.create(element("output"), { palette, onHover: read });
    press("play", () => (player.state.playing ? player.pause() : player.play()));
    press("step-update", () => player.single(1));
    press("step-epoch", () => player.single(lab.scene?.updates_per_epoch ?? 1));
    press("reset", () => begin());
    press("new-seed", () => explorer.settings.set(LAB, { seed: Math.floor(Math.random() * 1e6) }));
    window.addEventListener("explorer:theme", recolour);
    window.addEventListener("explorer:link", () => link());
    window.addEventListener("pagehide", save);
    requestAnimationFrame(turn);
  }

  function recolour() {
    const palette = explorer.plots.palette();
    lab.network.palette(palette);
    lab.output.palette(palette);
  }

  function hovered(target) {
    lab.pointed = target !== null;
    const words = !target ? lab.network.caption() : target.kind === "neuron" ? describeNeuron(target) : describeLink(target);
    element("network-said").textContent = words;
  }

  function read(place) {
    const words = place && `x1 ${place.x1.toPrecision(3)}, x2 ${place.x2.toPrecision(3)}: output ${place.output === null ? "–" : place.output.toFixed(3)}`;
    element("output-said").textContent = words || "";
  }

  window.addEventListener("explorer:moved", ({ detail }) => {
    if (detail.lab === LAB && detail.setting === "learning_rate" && lab.started) follow(detail.value, false);
  });

  Object.assign(explorer, { training: { player, lab, pure: { grouped, errorText, partOf } } });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_training: { configure, preset } });
})();
