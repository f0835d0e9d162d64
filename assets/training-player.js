"use strict";
// Playing a run: what to ask for, when, and which frame is due. Knows nothing of the page, the server or the pictures.
(() => {
  const FRAME = 1000 / 60; // ms
  const AHEAD = 5; // frames a tick brings when they follow each other without a pause
  const FEW = 2; // the same where a run is so large that each of its frames takes long
  const LOW = 6; // frames left when the next tick is asked for: one is always on its way while these are shown
  const PATIENT = 40; // ms between frames above which each is asked for when it is due, so that a pause is exact
  const LATE = 1000; // ms after which an unanswered tick makes one look whether the server is there
  const LOST = 60000; // ms after which a tick that a living server has not answered is given up; then twice as long

  // updates a second, or "fastest" -> how many updates before a frame, frames in a tick, and ms between frames
  function pace(speed) {
    const wanted = Number(speed);
    if (!Number.isFinite(wanted)) return { updates: null, frames: AHEAD, interval: 0 };
    const updates = Math.max(1, Math.ceil((wanted * FRAME) / 1000));
    const interval = (1000 * updates) / wanted;
    return { updates, frames: interval > PATIENT ? 1 : AHEAD, interval };
  }

  // send(request), drop(): the request on its way is given up; show(frame); settled(): the queue has run dry and
  // nothing is on its way; now() in ms; most: updates of one frame that the server takes.
  function create({ send, drop, show, settled, now, most = 1000 }) {
    // queue: [{frame, interval: ms after the frame before it}]; shown: when the last frame was due; away: no server
    // heavy: ms that a frame of this run takes at full speed; changes: what a hand did to the run and the server has not heard of; looking: the present moment is wanted anew
    const state = {
      generation: 0, run: null, step: 0, playing: false, single: null, until: null, speed: "fastest", changes: [], looking: false, heavy: 0,
      queue: [], flight: null, serial: 0, shown: -Infinity, away: false, patience: LOST, refused: false,
    };

    function paced() {
      const told = pace(state.until === null ? state.speed : "fastest");
      return told.interval === 0 && state.heavy > PATIENT ? { ...told, frames: FEW } : told;
    }

    const waiting = () => state.changes.length > 0 || state.looking;
    const wanting = () => (state.run === null ? !state.refused : state.playing || state.single !== null || waiting());

    function wish() {
      if (state.run === null) return { frames: 0, updates: null, until: null, interval: 0 };
      if (state.single) return { frames: 1, updates: Math.min(state.single, most), until: null, interval: 0 };
      if (!state.playing) return { frames: 0, updates: null, until: null, interval: 0 };
      return { ...paced(), until: state.until };
    }

    function ask() {
      const { interval, ...rest } = wish();
      const { run, single, changes, looking } = state;
      const nothing = { single: null, changes: [], looking: false };
      const told = run === null ? nothing : { single, changes, looking }; // a run that is not there yet cannot be told
      state.serial += 1;
      state.flight = { id: state.serial, generation: state.generation, at: now(), interval, ...told };
      if (run !== null) Object.assign(state, nothing);
      send({ id: state.serial, generation: state.generation, run, changes: told.changes, ...rest });
    }

    function dueToAsk() {
      if (state.flight || state.away || !wanting()) return false;
      if (state.run === null || state.single || waiting()) return true;
      const { interval } = paced();
      if (state.heavy > PATIENT && !interval) return state.queue.length < FEW;
      return interval > PATIENT ? state.queue.length === 0 && now() >= state.shown + interval : state.queue.length <= LOW;
    }

    function rest() {
      if (!state.queue.length && !state.flight && !wanting()) settled();
    }

    // Once for every animation frame.
    function turn() {
      showDue(now());
      if (dueToAsk()) ask();
    }

    function showDue(at) {
      const due = state.queue.length ? state.shown + state.queue[0].interval : Infinity;
      if (at < due) return;
      const { frame, interval } = state.queue.shift();
      // a little late is caught up with, so that the mean is right; after a longer rest it starts anew
      state.shown = at - due > 2 * interval + FRAME ? at : due;
      show(frame);
      rest();
    }

    // True if the answer was the one waited for.
    function answer(data) {
      if (!data || data.id !== state.flight?.id) return false;
      const { interval, single } = state.flight;
      Object.assign(state, { flight: null, away: false });
      if (data.generation !== state.generation) return false;
      if (data.error) refuse();
      else take(data, interval, single);
      return true;
    }

    function refuse() {
      Object.assign(state, { playing: false, single: null, until: null, refused: true });
      if (state.run !== null) rest();
    }

    function take({ run, frames, interval: heavy }, paced, single) {
      const interval = paced || (heavy > FRAME ? heavy : 0);
      Object.assign(state, { run, heavy });
      state.queue.push(...frames.map((frame) => ({ frame, interval })));
      const last = frames[frames.length - 1];
      const arrived = state.until !== null && last.step >= state.until;
      if (single) goOn(single, last.step - state.step, last);
      state.step = last.step;
      if (last.diverged_at !== null || last.stopped || arrived) Object.assign(state, { playing: false, until: null });
    }

    // A single epoch of a slow network takes several ticks.
    function goOn(updates, done, { diverged_at: diverged, stopped }) {
      if (done > 0 && done < updates && diverged === null && !stopped) more(updates - done);
    }

    // What was pressed meanwhile comes after it.
    function more(updates) {
      if (updates) state.single = (state.single ?? 0) + updates;
    }

    // What the lost tick had to do is still to be done; the run is where it was before.
    function lose() {
      const { generation, single, changes, looking } = state.flight;
      state.flight = null;
      if (generation === state.generation) {
        more(single);
        Object.assign(state, { changes: [...changes, ...state.changes], looking: looking || state.looking });
      }
      drop();
    }

    return {
      state, turn, answer,
      play() {
        Object.assign(state, { playing: true, refused: false, shown: -Infinity });
      },
      pause() {
        Object.assign(state, { playing: false, until: null });
        rest();
      },
      single(updates) {
        Object.assign(state, { playing: false, until: null, refused: false });
        more(updates);
      },
      // What a hand did to the run: [setting, value], told to the server at once.
      change(setting, value) {
        Object.assign(state, { changes: [...state.changes, [setting, value]], refused: false });
      },
      // The present moment anew: a panel was opened, or wants to know something else.
      look() {
        state.looking = true;
      },
      // What was computed for another speed follows at once, so that the new one holds from now on.
      speed(speed) {
        if (speed === state.speed) return;
        Object.assign(state, { speed, shown: -Infinity });
        for (const waiting of [...state.queue, state.flight]) if (waiting) waiting.interval = 0;
      },
      // A new run, or a kept one; answers that belong to the former are thrown away.
      begin(run = null, until = null, step = 0) {
        const anew = { queue: [], shown: -Infinity, single: null, refused: false, changes: [], looking: false };
        Object.assign(state, anew, { generation: state.generation + 1, run, step, until, playing: until !== null });
      },
      late: () => state.away || (state.flight !== null && now() - state.flight.at > LATE),
      // The request came to nothing: no server was there.
      unanswered(id) {
        if (id !== state.flight?.id) return;
        state.away = true;
        lose();
        rest();
      },
      // alive: the server answered a look. A slow answer is waited for; one that went down with its server is not.
      looked(alive) {
        const overdue = state.flight !== null && now() - state.flight.at > state.patience;
        if (alive && overdue) state.patience *= 2;
        if (alive && state.flight && (state.away || overdue)) lose();
        state.away = !alive;
        if (alive) rest();
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { player: { create } });
})();
