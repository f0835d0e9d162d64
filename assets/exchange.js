"use strict";
// Asking the server for what must move at once; see explorer/exchange.py.
(() => {
  const GONE = [502, 503, 504]; // what a proxy says of a server that is away
  const LONGEST = 400; // letters of a sentence

  const kindOf = (answer) => answer.headers.get("Content-Type") ?? "";

  // Where the server itself says no, it does so in one sentence of plain text.
  async function sentenceOf(answer) {
    const words = kindOf(answer).startsWith("text/plain") ? (await answer.text()).trim() : "";
    return words && words.length <= LONGEST ? words : `The server refused the request (status ${answer.status}).`;
  }

  async function read(answer) {
    if (kindOf(answer).startsWith("application/json")) return answer.json();
    return GONE.includes(answer.status) ? null : { error: await sentenceOf(answer) };
  }

  // Resolves with the answer, {error: sentence} for what the server refuses, or null where no server answers.
  async function ask(path, wish, signal) {
    try {
      const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish), signal });
      return await read(answer);
    } catch {
      return null;
    }
  }

  // One question on its way, and after it only the latest of those that came meanwhile: a drag never lags behind.
  function latest(path, hear) {
    let [flying, next] = [false, null];
    async function send(wish) {
      flying = true;
      try {
        hear(await ask(path, wish), wish);
      } finally {
        flying = false; // also where hearing failed: the next question is asked all the same
        if (next !== null) follow();
      }
    }
    function follow() {
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
