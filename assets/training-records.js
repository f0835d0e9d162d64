"use strict";
// A run as a record that can be kept, gone back to and taken up again; and what was there before, for undo.
(() => {
  const MOST_UNDONE = 20;
  const MOST_TEXT = 80e6; // characters of all that can be undone
  const STROKE = 300; // ms in which the next piece of a stroke comes: they are undone together
  const LOOK = 500; // ms between two looks whether the controls say what a record says
  const PATIENCE = 4000; // ms that they may take
  const NAMES = { l1: "L1", l2: "L2", schedule_epochs: "schedule", clip_norm: "clipping", stop_epochs: "stop rule", stop_error: "stop rule", patience: "early stopping" };
  const SEVERAL = "the changed settings";
  const explorer = window.explorer;

  // ---- pure ----------------------------------------------------------------------------------------------------

  // What of a frame tells how good it was; its pictures are made anew.
  const slim = ({ step, epoch, training_error, validation_error, test_error, accuracy, best }) => ({ step, epoch, training_error, validation_error, test_error, accuracy, best });

  // The history of everything up to a step.
  function until(history, step) {
    const count = history.step.filter((each) => each <= step).length;
    return Object.fromEntries(Object.entries(history).map(([key, values]) => [key, values.slice(0, count)]));
  }

  // Whether two texts of a link say the same: 4e-3 is 0.004.
  const alike = (one, other) => String(one) === String(other) || (String(one).trim() !== "" && Number(one) === Number(other));

  // The fields that are told otherwise, of those that are known.
  const differing = (wanted, told) => Object.keys(wanted).filter((field) => field in told && !alike(told[field], wanted[field]));

  // What undo would take back; empty where two settings are the same.
  function changeOf(settings, former) {
    const fields = Object.keys(settings).filter((field) => !alike(settings[field], former[field]));
    const names = new Set(fields.map((field) => NAMES[field] ?? field.replaceAll("_", " ")));
    return names.size > 1 ? SEVERAL : [...names].map((name) => `the changed ${name}`).join("");
  }

  // Characters of the runs of records and of their moments; those of one way are shared.
  function sizeOf(records) {
    const moments = new Set(records.flatMap((record) => record.moments.all()));
    return [...records, ...moments].reduce((sum, { run }) => sum + run.length, 0);
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: the lab's own record; player; acts: {takeUp(record), wish(settings), own() -> what is told of brought data, changed()}
  function create(lab, player, acts) {
    const stack = []; // of {words, record: what is held for it, back(done): the way back}
    let touched = { kind: "", entry: null, at: -Infinity };
    let pressed = -Infinity; // when the last key or button went down
    let awaited = null; // {record, then: what is done when it is there, said: what the controls said, latest: what they say, since}
    const { link } = explorer.settings.pure;

    // What is chosen while the past is looked at belongs to the fork to come.
    const settings = () => link({ ...lab.settings, ...(lab.liveThen ?? lab.live) });

    function record() {
      const { run, queue } = player.state;
      if (run === null || !lab.frame) return null;
      const history = structuredClone(lab.history);
      for (const { frame } of queue) for (const point of frame.curve) explorer.history.add(history, point);
      const frame = slim(queue.at(-1)?.frame ?? lab.frame);
      return { settings: settings(), sizes: lab.scene.sizes, own: acts.own(), drawn: explorer.trainingOwn.held(), run, frame, history, first: lab.first, sentence: lab.sentence };
    }

    function push(entry) {
      stack.push(entry);
      while (stack.length > MOST_UNDONE || (stack.length > 1 && sizeOf(stack.map((each) => each.record)) > MOST_TEXT)) stack.shift();
      acts.changed();
      return entry;
    }

    // Before something is done that cannot be taken back otherwise.
    function remember(words, before = record()) {
      if (!before) return null;
      const held = { ...before, moments: lab.moments.until(before.frame.step) };
      return push({ words, record: held, back: (done) => restore(held, done) });
    }

    // A kept run is gone from its table; back() brings it there again.
    function rememberRemoved(kept, back) {
      push({
        words: "the removed run",
        record: { ...kept, moments: explorer.trainingMoments.create() },
        back(done) {
          back();
          done();
        },
      });
    }

    // What a hand does again and again is one thing, and so is all that it does before it lets go.
    function rememberTouch(words, before, kind = words) {
      const { entry, at } = touched;
      const goesOn = entry !== null && kind === touched.kind && entry === stack.at(-1) && (performance.now() - at < STROKE || at > pressed);
      touched = { kind, entry: goesOn ? entry : remember(words, before), at: performance.now() };
      if (!goesOn || entry.words === words) return;
      entry.words = SEVERAL;
      acts.changed();
    }

    // Before the run under way meets other settings. A replay meets none, and those of a record come with it.
    function rememberSettings(live, former = lab.live) {
      const { step, until } = player.state;
      const words = changeOf(live, former);
      if (words && step > 0 && until === null && !awaited) rememberTouch(words, record(), "settings");
    }

    for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, () => (pressed = performance.now()), true);

    // ---- the controls on their way to a record -------------------------------------------------------------------

    // The controls say what the record says, and then its run is taken up.
    function restore(wanted, then = () => undefined) {
      const said = [lab.settings, ...(awaited ? [awaited.latest, awaited.record.settings] : [])].map(link);
      const other = [...new Set(said.flatMap((told) => differing(wanted.settings, told)))];
      abandon();
      if (!other.length) return taken({ record: wanted, then });
      awaited = { record: wanted, then, said, latest: lab.settings, since: performance.now() };
      look(awaited);
      const several = (field) => Array.isArray(lab.settings[field]);
      return explorer.settings.set("training", Object.fromEntries(other.map((field) => [field, several(field) ? String(wanted.settings[field]).split(",").filter(Boolean) : wanted.settings[field]])));
    }

    function taken({ record: wanted, then }) {
      then();
      acts.takeUp(wanted);
    }

    const isThere = ({ record: { settings: wanted }, latest }) => !differing(wanted, link(latest)).length;

    // Where the last settings told nothing new nobody hears of them.
    function look(mine) {
      setTimeout(() => {
        if (mine !== awaited) return;
        if (!isThere(mine) && performance.now() - mine.since > PATIENCE) abandon(); // they cannot say it
        if (!awaited || isThere(mine)) acts.wish(mine.latest);
        else look(mine);
      }, LOOK);
    }

    function abandon() {
      awaited = null;
    }

    return {
      record, remember, rememberTouch, rememberSettings, rememberRemoved, restore, abandon, settings,
      // True while the controls are on their way to what a record says: no other run is begun then.
      settling(next) {
        if (!awaited) return false;
        awaited.latest = next;
        const { record: { settings: wanted }, said } = awaited;
        const told = link(next);
        // somebody has chosen something else meanwhile
        if (differing(wanted, told).some((field) => said.every((each) => !alike(each[field], told[field])))) abandon();
        return awaited !== null && !isThere(awaited);
      },
      // Takes up the record that the controls have come to; false where there is none.
      arrive() {
        if (!awaited || !isThere(awaited)) return false;
        const there = awaited;
        abandon();
        taken(there);
        return true;
      },
      undo() {
        const last = stack.at(-1);
        if (!last || awaited?.record === last.record) return;
        last.back(() => {
          stack.splice(stack.indexOf(last), 1);
          acts.changed();
        });
      },
      undoable: () => stack.at(-1)?.words ?? "",
    };
  }

  window.explorer = Object.assign(explorer, { trainingRecords: { create, pure: { slim, until, alike, differing, changeOf, sizeOf } } });
})();
