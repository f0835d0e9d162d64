"use strict";
// Asking the server for what must move at once; see explorer/exchange.py.
(() => {
  // Resolves with the answer, {error: sentence} for what the server refuses, or null where no server answers.
  async function ask(path, wish, signal) {
    try {
      const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish), signal });
      return await answer.json();
    } catch {
      return null;
    }
  }

  // One question on its way, and after it only the latest of those that came meanwhile: a drag never lags behind.
  function latest(path, hear) {
    let [flying, next] = [false, null];
    async function send(wish) {
      flying = true;
      hear(await ask(path, wish), wish);
      flying = false;
      if (next === null) return;
      const wished = next;
      next = null;
      send(wished);
    }
    return (wish) => {
      if (flying) next = wish;
      else send(wish);
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { exchange: { ask, latest } });
})();
