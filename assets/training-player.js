"use strict";
// Playing a run: what to ask for, when, and which frame is due. Knows nothing of the page, the server or the pictures.
(() => {
  const FRAME = 1000 / 60; // ms
  const AHEAD = 5; // frames a tick brings when they follow each other without a pause
  const LOW = 6; // frames left when the next tick is asked for: one is always on its way while these are shown
  const PATIENT = 40; // ms between frames above which each is asked for when it is due, so that a pause is exact
  const LATE = 1000; // ms after which an unanswered tick makes one look whether the server is there
  const LOST = 8000; // ms after which a living server is asked again

  // updates a second, or "fastest" -> how many updates before a frame, frames in a tick, and ms between frames
  function pace(speed) {
    const wanted = Number(speed);
    if (!Number.isFinite(wanted)) return { updates: null, frames: AHEAD, interval: 0 };
    const updates = Math.max(1, Math.ceil((wanted * FRAME) / 1000));
    const interval = (1000 * updates) / wanted;
    return { updates, frames: interval > PATIENT ? 1 : AHEAD, interval };
  }

  // send(request), show(frame), settled(): the queue has run dry and nothing is on its way; now() in ms.
  function create({ send, show, settled, now }) {
    const state = {
      generation: 0, run: null, playing: false, single: null, until: null, speed: "fastest",
      queue: [], flight: null, serial: 0, due: 0, silent: false, refused: false,
    };

    function ask() {
      const { single } = state;
      const { updates, frames } = single ? { updates: single, frames: 1 } : pace(state.until === null ? state.speed : "fastest");
      const first = state.run === null;
      state.serial += 1;
      state.flight = { id: state.serial, generation: state.generation, at: now(), single };
      if (!first) state.single = null;
      send({ id: state.serial, generation: state.generation, run: state.run, frames: first ? 0 : frames, updates, until: first ? null : state.until });
    }

    const wanting = () => (state.run === null && !state.refused) || state.playing || state.single !== null;

    function dueToAsk() {
      if (state.flight || !wanting()) return false;
      if (state.run === null || state.single) return true;
      const { interval } = pace(state.until === null ? state.speed : "fastest");
      return interval > PATIENT ? state.queue.length === 0 && now() >= state.due : state.queue.length <= LOW;
    }

    // Once for every animation frame.
    function turn() {
      const at = now();
      if (state.queue.length && at >= state.due) {
        const { interval } = pace(state.speed);
        // a little late is caught up with, so that the mean is right; after a longer rest it starts anew
        state.due = at - state.due > 2 * interval + FRAME ? at + interval : state.due + interval;
        show(state.queue.shift());
        if (!state.queue.length && !state.flight && !wanting()) settled();
      }
      if (dueToAsk()) ask();
    }

    // True if the answer was the one waited for.
    function answer(data) {
      if (!data || data.id !== state.flight?.id) return false;
      state.flight = null;
      state.silent = false;
      if (data.generation !== state.generation) return false;
      if (data.error) {
        Object.assign(state, { playing: false, single: null, until: null, refused: true });
        return true;
      }
      state.run = data.run;
      state.queue.push(...data.frames);
      const last = data.frames[data.frames.length - 1];
      if (last.diverged_at !== null || (state.until !== null && last.step >= state.until)) {
        state.playing = false;
        state.until = null;
      }
      return true;
    }

    return {
      state, turn, answer,
      play() {
        Object.assign(state, { playing: true, refused: false, due: now() });
      },
      pause() {
        state.playing = false;
        state.until = null;
      },
      single: (updates) => {
        Object.assign(state, { playing: false, until: null, refused: false, single: updates });
      },
      // A new run, or a kept one; answers that belong to the former are thrown away.
      begin(run = null, until = null) {
        Object.assign(state, { generation: state.generation + 1, run, until, playing: until !== null, single: null, queue: [], due: 0, refused: false });
      },
      late: () => state.flight !== null && now() - state.flight.at > LATE,
      // alive: the server answered a look. A tick lost with the server that had it is asked for again.
      looked(alive) {
        if (!state.flight) return;
        const lost = alive && (state.silent || now() - state.flight.at > LOST);
        state.silent = !alive;
        if (!lost) return;
        if (state.run !== null) state.single ??= state.flight.single;
        state.flight = null;
        if (!state.queue.length && !wanting()) settled();
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { player: { create, pace } });
})();
