"use strict";
// The training lab's line to the server: ticks of the live loop, and looks whether it is there.
(() => {
  const EVERY = 1000; // ms between two looks
  const explorer = window.explorer;

  // hear(answer | null, request): what came of a tick; seen(alive): of a look; now() in ms.
  function create({ hear, seen, now }) {
    let [request, looked] = [null, -Infinity];

    async function tick(about, wish) {
      request = new AbortController();
      const answer = await explorer.exchange.ask("/training/tick", wish, request.signal);
      looked = now();
      hear(answer, about);
    }

    async function look() {
      if (now() - looked < EVERY) return;
      looked = Infinity; // no second look while this one is on its way
      const alive = await fetch("/alive", { cache: "no-store" }).then((answer) => answer.ok, () => false);
      looked = now();
      seen(alive);
    }

    return { tick, look, drop: () => request.abort() };
  }

  window.explorer = Object.assign(explorer, { trainingServer: { create } });
})();
