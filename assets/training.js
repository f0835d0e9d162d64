"use strict";
// The training lab in the browser: the player's hands and eyes. It holds the run, the server keeps nothing.
(() => {
  const LAB = "training";
  const CURVES_EVERY = 200; // ms; a chart takes as long to draw as ten pictures
  const WORDS_EVERY = 300; // ms
  const REPORTS_EVERY = 120; // ms; panels beside the pictures
  const SPOKEN_EVERY = 10000; // ms; who listens to the page wants to hear something else too
  const SAVE_EVERY = 2000; // ms
  const COMPARED_EVERY = 1000; // ms; the present run in the table of the kept ones
  const SETTING_RESTS = 200; // ms that a setting of the running run must stand still before it counts: a drag is one change

  const explorer = window.explorer;
  const lab = {
    settings: null, part: "", live: null, liveLater: null, link: null, limits: null, // what is wished
    scene: null, frame: null, history: null, log: {}, first: null, sentence: "", remarks: [], refusal: "", untold: "", // what is known of the run
    asked: {}, view: null, layers: null, amplified: null, curves: null, visible: false, own: null, stroke: false,
    moments: explorer.trainingMoments.create(), time: null, runs: null, below: null, bands: null, brief: null, unseen: false, liveThen: null,
    drawn: -Infinity, said: -Infinity, reported: -Infinity, spoken: -Infinity, saved: -Infinity, compared: -Infinity, // when, last
  };
  const { trainingLink, trainingKept } = explorer;
  const now = () => performance.now();
  const BROUGHT = ["own", "drawn"]; // data sets that a person brings

  const server = explorer.trainingServer.create({ hear, seen, now });
  const player = explorer.player.create({ send, drop: server.drop, show, settled, now });
  const records = explorer.trainingRecords.create(lab, player, { takeUp, wish: (settings) => wish(settings, null, false), own: () => (brought() ? told(false) : null), changed: () => lab.time?.follow() });
  const past = explorer.trainingPast.create(lab, player, records, { told: () => (brought() ? told(false) : null), drawCurves, reflect });
  const hands = explorer.trainingHands.create(lab, player, records, { startOver, sketch, sayHow, reflect });

  const brought = () => BROUGHT.includes(lab.settings.dataset);
  const pick = (settings, part) => Object.fromEntries(explorer.settings.parts(LAB)[part].map((field) => [field, settings[field]]));

  // What makes a run: another value there is a new run.
  const partOf = (settings) => JSON.stringify([pick(settings, "run"), BROUGHT.includes(settings.dataset) ? lab.own?.stamp : null]);

  // ---- talking with the server ---------------------------------------------------------------------------------

  function send({ id, generation, ...wish }) {
    const settings = { ...lab.settings, ...lab.live };
    const panels = reportsDue() ? lab.view.open() : [];
    if (wish.run === null) lab.brief = explorer.trainingOwn.told(false);
    const own = brought() ? told(wish.run === null) : null;
    server.tick({ id, generation, panels }, { ...lab.asked, ...wish, settings, own, panels, link: wish.run === null ? lab.link : null, scene: lab.unseen });
  }

  // What the server must know of brought data: all of it for a new run, else what the run that is there began with.
  const told = (full) => (full ? explorer.trainingOwn.told(true) : lab.brief);

  // While it plays not each tick need tell everything; at rest it does.
  const reportsDue = () => !player.state.playing || now() - lab.reported > REPORTS_EVERY;

  function hear(answer, { id, generation, panels }) {
    if (answer === null) player.unanswered(id);
    else if (player.answer({ ...answer, id, generation })) (answer.error ? refused : accepted)(answer, panels);
    reflect();
  }

  function seen(alive) {
    player.looked(alive);
    reflect();
  }

  function accepted({ run, scene, points, frames, remarks, sentence, log, report }, panels) {
    lab.remarks = remarks;
    if (scene) {
      lab.unseen = false;
      adopt(scene);
      present(scene);
    } else if (points) present({ ...lab.scene, points }, true);
    if (panels.length) lab.reported = now();
    Object.assign(frames.at(-1), { sentence, report }); // told when that frame is shown
    if (frames.at(-1).step === 0 && !(lab.first && log.count)) lab.first = { ...lab.live, ...trainingLink.began(lab.link?.first) };
    lab.log = log;
    const { step, epoch, weights } = frames.at(-1);
    lab.moments.add({ step, epoch, run, weights });
  }

  function refused({ error }) {
    lab.refusal = error;
    if (player.state.run !== null) return; // it can be asked to go on
    if (lab.link) {
      lab.link = null; // what it tells of a run cannot be; its settings can
      player.begin();
    } else {
      linkSettings();
      sketch();
    }
  }

  // ---- showing -------------------------------------------------------------------------------------------------

  // What was made is what the link says from now on.
  function adopt({ texts = {} }) {
    const other = Object.fromEntries(Object.entries(texts).filter(([field, text]) => lab.settings[field] !== text));
    if (Object.keys(other).length) {
      lab.settings = { ...lab.settings, ...other };
      lab.part = partOf(lab.settings);
      explorer.settings.set(LAB, other);
    }
    lab.made = lab.settings;
  }

  function present(scene, onlyPoints = false) {
    lab.scene = scene;
    if (onlyPoints && lab.time.past()) return; // what was is looked at
    if (onlyPoints) lab.view.points(scene.points);
    else {
      lab.view.scene(scene);
      lab.below.scene(scene);
    }
    explorer.trainingWhen.apply(scene, lab.settings);
  }

  function show(frame) {
    const before = lab.frame;
    // who only looks at a run that has stopped by itself is told so once more
    if (before?.stopped && frame.step === before.step && frame.weights === before.weights) Object.assign(frame, { stopped: before.stopped, sentence: lab.sentence });
    lab.frame = frame;
    if (frame.sentence) lab.sentence = frame.sentence;
    for (const point of frame.curve) explorer.history.add(lab.history, point);
    if (lab.time.past()) return; // what was is looked at
    lab.view.frame(frame);
    lab.below.frame(frame);
    if (frame.report) lab.view.report(frame.report);
  }

  function settled() {
    drawCurves();
    sayHow();
    speak();
    compare();
    link();
    save();
    reflect();
    // the last tick of a play told the panels nothing of its end
    if (!player.state.refused && lab.view.open().some((name) => !(name in (lab.frame.report ?? {})) && reportable(name))) player.look();
  }

  // The pad has nothing to tell before something is drawn.
  const reportable = (name) => name !== "pad" || Boolean(lab.asked.pad);

  function sayHow() {
    lab.said = now();
    lab.view.sentence((lab.time.past() ?? lab).sentence);
    lab.time.follow();
  }

  function speak() {
    lab.spoken = now();
    if (lab.frame && !lab.time.past()) lab.view.speak(lab.frame, lab.sentence);
  }

  // The present run beside the kept ones; without results while there is none.
  const compared = () => lab.settings && { settings: records.settings(), frame: player.state.run === null ? null : lab.frame };

  function compare() {
    lab.compared = now();
    lab.runs.follow();
  }

  function drawCurves() {
    if (!lab.history) return;
    lab.drawn = now();
    const { error_axis: axis, measure, smoothing } = lab.settings;
    const shown = lab.frame?.accuracy ? measure : "error";
    lab.view.curves({ base: lab.curves, axis, smoothing: Number(smoothing), measure: shown, history: lab.history, frame: lab.frame, past: lab.time.past()?.frame ?? null, runs: lab.runs.shown().filter(({ settings: { dataset } }) => dataset === lab.settings.dataset), bands: lab.bands });
  }

  // Median and quartiles of many seeds, under the curves of this run.
  function bands(next) {
    lab.bands = next;
    drawCurves();
  }

  // What the page says of where things stand, from nothing but where they stand.
  function reflect() {
    const { playing, until, away, run, queue } = player.state;
    const epoch = run === null ? null : (queue.at(-1)?.frame ?? lab.frame).epoch;
    const refusal = lab.refusal || lab.remarks[0] || "";
    lab.view?.state({ playing, away, epoch, until, refusal: lab.refusal, untold: lab.untold });
    explorer.trainingWhen?.remark(lab.refusal ? "" : refusal);
  }

  // ---- the link and the browser's storage ----------------------------------------------------------------------

  // told: whether a person asked for the link, who wants to know what it does not hold.
  function link(told = false) {
    if (!lab.frame || !lab.first || player.state.until !== null) return; // a replay has its link already
    const { extra, untold } = trainingLink.story({ ...lab, settings: { ...lab.settings, ...lab.live }, brought: brought() });
    lab.untold = told ? untold : "";
    explorer.address.extra(LAB, extra);
  }

  // Settings that were refused are in no link: the last ones that could be made stand for them.
  function linkSettings() {
    const { run, refused: without } = player.state;
    if (run !== null || !without || !lab.made) return;
    explorer.address.settings(LAB, explorer.settings.pure.link({ ...lab.settings, ...pick(lab.made, "run") }));
  }

  function tellLink() {
    link(true);
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
    Object.assign(lab, { link: told.link, history: explorer.history.create(), log: {}, first: null, refusal: "", untold: "", brief: null, unseen: false });
    Object.assign(lab, { moments: explorer.trainingMoments.create(), liveThen: null });
    records.abandon();
    player.begin(null, told.until);
    lab.time.forget();
    if (told.until === null) explorer.address.extra(LAB, {});
    reflect();
  }

  // Another run; the one that was there can be brought back.
  function startOver(words) {
    if (lab.frame?.step > 0) records.remember(words);
    begin();
  }

  // A record that was kept. Where its pictures are not in it the server makes them anew.
  function takeUp({ scene, frame, history, log, first, sentence, run, until, own, drawn, moments }) {
    if (drawn) lab.own = explorer.trainingOwn.hold(drawn);
    clearTimeout(lab.liveLater); // the run meets the settings that it was kept with, not those before them
    lab.live = pick(lab.settings, "live");
    Object.assign(lab, { link: null, history: structuredClone(history), log: log ?? {}, first: first ?? lab.live, sentence, made: lab.settings, brief: own ?? null, unseen: !scene, part: partOf(lab.settings), refusal: "", liveThen: null });
    lab.moments = moments ?? explorer.trainingMoments.create();
    player.begin(run, until ?? null, frame.step); // a replay goes on; else it rests
    lab.time.forget();
    if (!scene) return player.look();
    present(scene);
    lab.moments.add({ step: frame.step, epoch: frame.epoch, run, weights: frame.weights });
    show(frame);
    return settled();
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

  // address: of a link that was opened or gone back to, else null
  function wish(settings, address, first) {
    if (records.settling(settings)) return;
    const before = lab.settings ?? settings;
    const former = lab.frame?.step > 0 ? records.record() : null;
    lab.own = explorer.trainingOwn.dataset(settings.dataset);
    const part = partOf(settings);
    const other = part !== lab.part;
    Object.assign(lab, { settings, part });
    player.speed(settings.speed);
    follow(pick(settings, "live"), other, address !== null);
    explorer.trainingWhen.settings(settings);
    lab.layers.show(settings);
    const stored = first && trainingKept.load(part);
    if (stored) takeUp(stored);
    else if (!records.arrive() && (other || address?.step || address?.changes)) {
      if (former) records.remember("the new run", former);
      begin(address);
    }
    if (other) preview();
    if (explorer.settings.parts(LAB).view.some((field) => before[field] !== settings[field])) drawCurves();
    linkSettings();
  }

  // A setting of the running run counts when it has come to rest; before the first update it is simply the run's.
  // fromAddress: no hand chose it.
  function follow(live, atOnce, fromAddress = false) {
    clearTimeout(lab.liveLater);
    if (explorer.settings.pure.same(live, lab.live)) return;
    const take = () => {
      lab.live = live;
      if (player.state.run !== null && !player.state.playing && !lab.time.past()) player.look();
    };
    const takeFromHand = () => {
      if (!lab.time.past()) records.rememberSettings(live); // in the past they are those of a fork to come
      take();
    };
    if (atOnce || lab.live === null) lab.live = live;
    else if (fromAddress) take();
    else lab.liveLater = setTimeout(takeFromHand, SETTING_RESTS);
  }

  // Data that a person brought is another: a new run, where it is the data that counts. A stroke joins the run there is.
  function brings(own) {
    lab.own = own;
    if (!lab.settings || !brought()) return undefined;
    if (partOf(lab.settings) === lab.part) return sketch();
    lab.part = partOf(lab.settings);
    if (lab.stroke && lab.frame?.step > 0 && player.state.run !== null) return undefined; // before it the split deals all anew
    return startOver("the other data");
  }

  // Points on an empty plane: there is no run yet, and something to draw on all the same.
  function sketch() {
    if (lab.settings.dataset === "drawn" && player.state.run === null) lab.view.sketch(explorer.trainingOwn.blank());
  }

  // The training cases beside their altered copies.
  async function preview() {
    if (!(Number(lab.settings.amplify_copies) > 0)) return;
    const [part, own] = [lab.part, brought() ? explorer.trainingOwn.told(true) : null];
    const answer = await explorer.exchange.ask("/training/amplified", { settings: lab.settings, own });
    if (answer && !answer.error && part === lab.part) lab.amplified.show(answer);
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
    if (at - lab.compared > COMPARED_EVERY) compare();
    if (at - lab.saved > SAVE_EVERY) save();
  }

  // A panel wants to know something else from now on.
  function ask(more) {
    Object.assign(lab.asked, more);
    if (lab.time?.past()) lab.time.again();
    else if (!player.state.playing && player.state.run !== null) player.look();
  }

  function start() {
    lab.view = explorer.trainingView.create({ touch: hands.touch, wish: ask, mode: hands.linkMode });
    lab.runs = explorer.trainingRuns.create(document.getElementById("training-runs"), { record: records.record, present: compared, restore: past.restore, removed: records.rememberRemoved, changed: () => lab.history && lab.time && drawCurves() });
    lab.time = explorer.trainingTime.create({ moments: () => lab.moments, run: () => player.state.run, present: () => lab.frame, ask: past.ask, show: past.show, failed: past.failed, fork: past.fork, undo: records.undo, undoable: records.undoable });
    lab.below = explorer.trainingBelow.create(lab, player, records, past, { told: (full) => (brought() ? told(full) : null), bands });
    lab.layers = explorer.trainingLayers.create(document.getElementById("training-layers"), lab.limits);
    lab.amplified = explorer.amplifiedPicture.create(document.getElementById("training-amplified"), { palette: explorer.plots.palette() });
    window.addEventListener("explorer:theme", () => lab.amplified.palette(explorer.plots.palette()));
    explorer.trainingOwn.create({ changed: brings });
    explorer.trainingWhen.create();
    hands.bind();
    window.addEventListener("explorer:link", tellLink);
    window.addEventListener("pagehide", save);
    requestAnimationFrame(turn);
  }

  window.addEventListener("explorer:moved", ({ detail }) => {
    if (detail.lab !== LAB || !lab.view || !explorer.settings.parts(LAB).live.includes(detail.setting)) return;
    follow({ ...pick(lab.settings, "live"), [detail.setting]: detail.value }, false);
  });

  // Back and forward, and links that are opened later.
  window.addEventListener("explorer:restored", ({ detail }) => {
    if (detail.lab === LAB && lab.view) wish(detail.settings, detail.extra, false);
  });

  Object.assign(explorer, { training: { player, lab } });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_training: { configure, preset: hands.preset } });
})();
