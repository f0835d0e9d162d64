"use strict";
// The training lab in the browser: the player's hands and eyes. It holds the run, the server keeps nothing.
(() => {
  const LAB = "training";
  const CURVES_EVERY = 160; // ms; a chart takes as long to draw as ten pictures
  const WORDS_EVERY = 300; // ms
  const SPOKEN_EVERY = 10000; // ms; who listens to the page wants to hear something else too
  const SAVE_EVERY = 2000; // ms
  const RATE_RESTS = 200; // ms that the rate must stand still before it counts, so that a drag is one change

  const lab = {
    settings: null, part: "", rate: null, rateLater: null, link: null, limits: null, // what is wished
    scene: null, frame: null, history: null, log: {}, sentence: "", refusal: "", untold: "", // what is known of the run
    view: null, curves: null, visible: false,
    drawn: -Infinity, said: -Infinity, spoken: -Infinity, saved: -Infinity, // when, last
  };
  const explorer = window.explorer;
  const { trainingLink, trainingKept } = explorer;
  const now = () => performance.now();

  const server = explorer.trainingServer.create({ hear, seen, now });
  const player = explorer.player.create({ send, drop: server.drop, show, settled, now });

  // Settings that make a run: a change in one of them is a new run.
  const LIVE = ["learning_rate", "speed", "error_axis"];
  const partOf = (settings) => JSON.stringify(Object.keys(settings).filter((field) => !LIVE.includes(field)).map((field) => settings[field]));

  // ---- talking with the server ---------------------------------------------------------------------------------

  function send({ id, generation, ...wish }) {
    const settings = { ...lab.settings, learning_rate: lab.rate };
    server.tick({ id, generation }, { ...wish, settings, link: wish.run === null ? lab.link : null });
  }

  function hear(answer, { id, generation }) {
    if (answer === null) player.unanswered(id);
    else if (player.answer({ ...answer, id, generation })) (answer.error ? refused : accepted)(answer);
    reflect();
  }

  function seen(alive) {
    player.looked(alive);
    reflect();
  }

  function accepted({ scene, frames, sentence, first_rate, changes }) {
    if (scene) {
      adopt(scene);
      present(scene);
    }
    frames.at(-1).sentence = sentence; // said when that frame is shown
    lab.log = { first_rate, changes };
  }

  function refused({ error }) {
    lab.refusal = error;
    if (player.state.run !== null) return; // it can be asked to go on
    if (lab.link) {
      lab.link = null; // what it tells of a run cannot be; its settings can
      player.begin();
    } else linkSettings();
  }

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
    lab.view.scene(scene);
  }

  function show(frame) {
    lab.frame = frame;
    if (frame.sentence) lab.sentence = frame.sentence;
    for (const point of frame.curve) explorer.history.add(lab.history, point);
    lab.view.frame(frame);
  }

  function settled() {
    drawCurves();
    sayHow();
    speak();
    link();
    save();
    reflect();
  }

  function sayHow() {
    lab.said = now();
    lab.view.sentence(lab.sentence);
  }

  function speak() {
    lab.spoken = now();
    if (lab.frame) lab.view.speak(lab.frame, lab.sentence);
  }

  function drawCurves() {
    if (!lab.history) return;
    lab.drawn = now();
    lab.view.curves({ base: lab.curves, axis: lab.settings.error_axis, history: lab.history, frame: lab.frame });
  }

  // What the page says of where things stand, from nothing but where they stand.
  function reflect() {
    const { playing, until, away, run, queue } = player.state;
    const epoch = run === null ? null : (queue.at(-1)?.frame ?? lab.frame).epoch;
    lab.view?.state({ playing, away, epoch, until, refusal: lab.refusal, untold: lab.untold });
  }

  // ---- the link and the browser's storage ----------------------------------------------------------------------

  function link() {
    if (!lab.frame || !lab.log.first_rate || player.state.until !== null) return; // a replay has its link already
    const { extra, untold } = trainingLink.story(lab);
    lab.untold = untold;
    explorer.address.extra(LAB, extra);
  }

  // The layers that were refused are in no link: the last ones that could be made stand for them.
  function linkSettings() {
    const { run, refused: without } = player.state;
    if (run !== null || !without || !lab.scene) return;
    const { hidden_layers } = lab.scene;
    explorer.address.settings(LAB, explorer.settings.pure.link({ ...lab.settings, hidden_layers }));
  }

  function tellLink() {
    link();
    linkSettings();
    reflect();
  }

  function save() {
    if (!lab.frame || player.state.run === null) return;
    lab.saved = now();
    trainingKept.save(lab, player.state);
  }

  // ---- runs ----------------------------------------------------------------------------------------------------

  function begin(address) {
    const told = trainingLink.read(address);
    Object.assign(lab, { link: told.link, history: explorer.history.create(), log: {}, refusal: "", untold: "" });
    player.begin(null, told.until);
    if (told.until === null) explorer.address.extra(LAB, {});
    reflect();
  }

  function takeUp(stored) {
    const { scene, frame, history, log, sentence, run, until } = stored;
    Object.assign(lab, { history, log, sentence });
    player.begin(run, until); // a replay goes on; else it rests
    present(scene);
    show(frame);
    settled();
  }

  function configure(settings, visible, address, curves, limits) {
    const { no_update: still } = window.dash_clientside;
    lab.visible = Boolean(visible);
    if (!settings || !visible) return still;
    Object.assign(lab, { curves, limits });
    const first = lab.view === null;
    if (first) start();
    wish(settings, first ? address : null, first);
    return still;
  }

  function wish(settings, address, first) {
    const { error_axis: axis } = lab.settings ?? settings;
    const part = partOf(settings);
    const other = part !== lab.part;
    Object.assign(lab, { settings, part });
    player.speed(settings.speed);
    if (settings.learning_rate !== lab.rate) follow(settings.learning_rate, other);
    const stored = first && trainingKept.load(part);
    if (stored) takeUp(stored);
    else if (other) begin(address);
    if (axis !== settings.error_axis) drawCurves();
    linkSettings();
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
    if (player.late()) server.look();
    if (!player.state.playing) return;
    if (at - lab.drawn > CURVES_EVERY) drawCurves();
    if (at - lab.said > WORDS_EVERY) {
      sayHow();
      link();
    }
    if (at - lab.spoken > SPOKEN_EVERY) speak();
    if (at - lab.saved > SAVE_EVERY) save();
  }

  // A preset's button -> the values of all controls, in their order.
  function preset(clicks, presets) {
    const { triggered_id: pressed, outputs_list: outputs } = window.dash_clientside.callback_context;
    begin(); // from the beginning also where the settings are those already
    return outputs.map(({ id }) => presets[pressed.preset][id.setting]);
  }

  function press(name, action) {
    document.getElementById(`training-${name}`).addEventListener("click", () => {
      lab.refusal = ""; // its reader goes on
      action();
      reflect();
    });
  }

  function playOrPause() {
    if (player.state.playing) return player.pause();
    lab.spoken = now();
    return player.play();
  }

  function start() {
    lab.view = explorer.trainingView.create();
    press("play", playOrPause);
    press("step-update", () => player.single(1));
    press("step-epoch", () => player.single(lab.scene?.updates_per_epoch ?? 1));
    press("reset", () => begin());
    press("new-seed", () => explorer.settings.set(LAB, { seed: Math.floor(Math.random() * 1e6) }));
    window.addEventListener("explorer:link", tellLink);
    window.addEventListener("pagehide", save);
    requestAnimationFrame(turn);
  }

  window.addEventListener("explorer:moved", ({ detail }) => {
    if (detail.lab === LAB && detail.setting === "learning_rate" && lab.view) follow(detail.value, false);
  });

  Object.assign(explorer, { training: { player, lab } });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_training: { configure, preset } });
})();
