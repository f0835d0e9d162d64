"use strict";
// A run as a record that can be kept, gone back to and taken up again; and what was there before, for undo.
(() => {
  const MOST_UNDONE = 20;
  const PATIENCE = 4000; // ms that the controls may take to say what a record says
  const explorer = window.explorer;

  // ---- pure ----------------------------------------------------------------------------------------------------

  // What of a frame tells how good it was; its pictures are made anew.
  const slim = ({ step, epoch, training_error, validation_error, test_error, accuracy, best }) => ({ step, epoch, training_error, validation_error, test_error, accuracy, best });

  // The history of everything up to a step.
  function until(history, step) {
    const count = history.step.filter((each) => each <= step).length;
    return Object.fromEntries(Object.entries(history).map(([key, values]) => [key, values.slice(0, count)]));
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: the lab's own record; player; acts: {takeUp(record), own() -> what is told of brought data, changed()}
  function create(lab, player, acts) {
    const stack = [];
    let [awaited, since] = [null, 0];

    // What is chosen while the past is looked at belongs to the fork to come.
    const settings = () => explorer.settings.pure.link({ ...lab.settings, ...(lab.liveThen ?? lab.live) });

    function record() {
      const { run, queue } = player.state;
      if (run === null || !lab.frame) return null;
      const history = structuredClone(lab.history);
      for (const { frame } of queue) for (const point of frame.curve) explorer.history.add(history, point);
      const frame = slim(queue.at(-1)?.frame ?? lab.frame);
      return { settings: settings(), sizes: lab.scene.sizes, own: acts.own(), run, frame, history, first: lab.first, sentence: lab.sentence };
    }

    // Before something is done that cannot be taken back otherwise.
    function remember(words, before = record()) {
      if (!before) return;
      stack.push({ words, record: before, moments: lab.moments });
      if (stack.length > MOST_UNDONE) stack.shift();
      acts.changed();
    }

    // The controls say what the record says, and then its run is taken up.
    function restore(wanted, moments = null) {
      const now = settings();
      const other = Object.entries(wanted.settings).filter(([field, value]) => now[field] !== undefined && String(now[field]) !== String(value));
      [awaited, since] = [{ ...wanted, moments }, performance.now()];
      if (other.length) explorer.settings.set("training", Object.fromEntries(other.map(([field, value]) => [field, Array.isArray(lab.settings[field]) ? String(value).split(",").filter(Boolean) : value])));
      else arrive();
    }

    function arrive() {
      const wanted = awaited;
      awaited = null;
      acts.takeUp(wanted);
    }

    return {
      record, remember, restore,
      // True while the controls are on their way to what a record says: no other run is begun then.
      settling(next) {
        if (!awaited) return false;
        const told = explorer.settings.pure.link(next);
        const there = Object.entries(awaited.settings).every(([field, value]) => told[field] === undefined || told[field] === String(value));
        if (there) arrive();
        else if (performance.now() - since > PATIENCE) awaited = null;
        return there || awaited !== null;
      },
      undo() {
        const last = stack.pop();
        if (last) restore(last.record, last.moments);
        acts.changed();
      },
      undoable: () => stack.at(-1)?.words ?? "",
    };
  }

  window.explorer = Object.assign(explorer, { trainingRecords: { create, pure: { slim, until } } });
})();
