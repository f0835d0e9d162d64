"use strict";
// What the training lab's experiments share: cells asked for one after another, progress, cancel, numbers in words.
(() => {
  const MOST_LOOKS = 40;
  const PARTS = ["training", "validation", "test"];
  const PATIENT = 30; // times that a server that does not answer is asked again
  const AGAIN = 1000; // ms between two of them
  const SPOKEN_EVERY = 10000; // ms
  const SETTLING = 400; // ms, before which nothing is told of the time left

  // ---- pure ----------------------------------------------------------------------------------------------------

  // As numpy.quantile: linear between the two values around the place.
  function quantile(sorted, share) {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const high = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (place - below) * (high - sorted[below]);
  }

  // Median and quartiles of those that are numbers; null without any.
  function quartiles(values) {
    const sorted = values.filter((value) => value !== null && value !== undefined).sort((one, other) => one - other);
    if (!sorted.length) return { low: null, median: null, high: null };
    return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
  }

  // The epochs to look at, from 0 to the last: the denser the earlier, for there errors change most.
  function looks(epochs, most = MOST_LOOKS) {
    const count = Math.min(epochs, most);
    return Array.from({ length: count + 1 }, (_, i) => Math.max(i, Math.round(epochs * (i / count) ** 2)));
  }

  function timeLeft(elapsed, share) {
    if (elapsed < SETTLING || !(share > 0)) return "";
    const seconds = (elapsed / 1000 / share) * (1 - share);
    return seconds < 90 ? `about ${Math.max(1, Math.ceil(seconds))} s left` : `about ${Math.ceil(seconds / 60)} min left`;
  }

  // Three digits, a true minus sign, no exponent where none is needed.
  function short(value, digits = 3) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(digits - 1).replace("e+", "e") : String(Number(value.toPrecision(digits)));
    return text.replace("-", "−");
  }

  const { plural } = window.explorer.canvas;

  // What has come of a row of cells so far: epochs, curves by name (looks x seeds), and where the runs stand.
  const nothing = (seeds) => ({ seeds, states: null, epochs: [], curves: {}, epoch: 0, updates: 1, diverged: seeds.map(() => false), best: seeds.map(() => null), done: false, stopped: false });

  function joined(before, answer) {
    const curves = Object.fromEntries(Object.entries(answer.curves).map(([name, rows]) => [name, [...(before.curves[name] ?? []), ...rows]]));
    const { states, epoch, updates_per_epoch: updates, diverged, best, done, stopped } = answer;
    return { ...before, states, epochs: [...before.epochs, ...answer.epochs], curves, epoch, updates, diverged, best, done, stopped };
  }

  // The last number of a curve of one seed; null where it diverged.
  const last = ({ curves, diverged }, name, seed) => (diverged[seed] ? null : (curves[name]?.at(-1)?.[seed] ?? null));

  const camel = (part) => `${part}Accuracy`;

  // A replica as the lab keeps its runs: its curves as a history, where it stands as a slim frame.
  function recordOf(grown, seed) {
    const { epochs, curves, updates } = grown;
    const of = (name) => epochs.map((_, i) => curves[name][i][seed]);
    const history = { step: epochs.map((epoch) => Math.round(epoch * updates)), epoch: epochs };
    for (const part of PARTS) [history[part], history[camel(part)]] = [of(`${part}_error`), of(`${part}_accuracy`)];
    // what a diverged run told no more
    const sound = epochs.map((_, i) => history.training[i] !== null);
    for (const [key, values] of Object.entries(history)) history[key] = values.filter((_, i) => sound[i]);
    return { history, frame: frameOf(grown, seed, history) };
  }

  function frameOf({ states, updates, best }, seed, history) {
    const { step } = states[seed];
    const [training, validation, test] = PARTS.map((part) => history[part].at(-1) ?? null);
    const shares = PARTS.map((part) => history[camel(part)].at(-1) ?? null);
    const accuracy = shares[0] === null ? null : { training: shares[0], validation: shares[1], test: shares[2] };
    const found = best[seed] && { step: Math.round(best[seed].epoch * updates), epoch: best[seed].epoch, error: best[seed].validation_error };
    return { step, epoch: step / updates, training_error: training, validation_error: validation, test_error: test, accuracy, best: found };
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const { data = {}, aria = {}, ...rest } = properties;
    const made = Object.assign(document.createElement(name), rest);
    Object.assign(made.dataset, data);
    for (const [key, value] of Object.entries(aria)) made.setAttribute(`aria-${key}`, value);
    made.append(...children);
    return made;
  };

  const CANCELLED = "cancelled";
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));

  // A number that a person may choose, with its label before it; follow(value) fills it until somebody has.
  function field(label, value, [low, high], tip) {
    const input = make("input", { type: "number", className: "experiment-number", min: low, max: high, step: 1, value, inputMode: "numeric" });
    const box = make("label", { className: "experiment-field", data: { tip } }, [make("span", { textContent: label }), input]);
    let own = false;
    input.addEventListener("change", () => {
      own = input.value.trim() !== "";
      input.value = read();
    });
    const read = () => Math.max(low, Math.min(high, Math.round(Number(input.value)) || value));
    return {
      box, read,
      follow(next) {
        if (!own && document.activeElement !== input) input.value = Math.max(low, Math.min(high, Math.round(next)));
      },
    };
  }

  // One button that starts work(turn) and cancels it. turn: {ask(path, wish), progress(share, words)}; what work returns
  // is said at its end; cancelled(): what is said of work that was broken off.
  function create(box, { label, tip, fields = [], ask, cancelled = () => "Cancelled." }, work) {
    const button = make("button", { type: "button", className: "button button-default experiment-run", textContent: label, data: { tip } });
    const bar = make("div", { className: "experiment-bar", role: "progressbar", hidden: true, aria: { label, valuemin: 0, valuemax: 100, valuenow: 0 } });
    const words = make("p", { className: "experiment-words", aria: { live: "off" } });
    const spoken = make("p", { className: "spoken", role: "status", aria: { live: "polite" } });
    box.append(make("div", { className: "experiment-tools" }, [button, ...fields.map((each) => each.box), bar]), words, spoken);
    let [turn, running] = [0, false];

    function reflect() {
      button.textContent = running ? "Cancel" : label;
      bar.hidden = !running;
      for (const { box: each } of fields) each.querySelector("input").disabled = running;
    }

    function say(text, aloud = true) {
      words.textContent = text;
      if (aloud) spoken.textContent = text;
    }

    function end(text) {
      turn += 1;
      running = false;
      reflect();
      say(text);
    }

    // Retries where no server answers: what there is lies here, and nothing is lost.
    async function answered(mine, path, wish) {
      for (let i = 0; ; i++) {
        const answer = await ask(path, wish);
        if (mine !== turn) throw new Error(CANCELLED);
        if (answer?.error) throw new Error(answer.error);
        if (answer) return answer;
        if (i === PATIENT) throw new Error("The server does not answer.");
        say("The server does not answer; this goes on when it is back.", i === 0);
        await rest(AGAIN);
        if (mine !== turn) throw new Error(CANCELLED);
      }
    }

    async function run() {
      const mine = ++turn;
      const begun = performance.now();
      let spokenAt = begun;
      running = true;
      reflect();
      say("");
      function progress(share, what) {
        bar.style.setProperty("--share", share);
        bar.setAttribute("aria-valuenow", Math.round(100 * share));
        const now = performance.now();
        const aloud = now - spokenAt > SPOKEN_EVERY;
        if (aloud) spokenAt = now;
        say([what, timeLeft(now - begun, share)].filter(Boolean).join(", "), aloud);
      }
      progress(0, "");
      try {
        const text = await work({ ask: (path, wish) => answered(mine, path, wish), progress });
        if (mine === turn) end(text);
      } catch (reason) {
        if (reason.message === CANCELLED) return;
        if (mine === turn) end(reason.message);
      }
    }

    button.addEventListener("click", () => (running ? end(cancelled()) : void run()));
    return { say, running: () => running, stop: () => running && end(""), button };
  }

  // Cell after cell of one group until it is done; hear(grown) after each.
  async function grow(ask, wish, epochs, hear) {
    let [grown, left] = [nothing(wish.seeds), epochs];
    while (!grown.done) {
      const answer = await ask("/training/cell", { ...wish, states: grown.states, looks: left });
      left = left.slice(answer.epochs.length);
      grown = joined(grown, answer);
      hear(grown);
    }
    return grown;
  }

  // One replica, as a run of the lab. wish: that of its cells; seed: its place among them.
  async function open(lab, wish, grown, seed, name) {
    const answer = await lab.ask("/training/whole", { ...wish, seeds: [grown.seeds[seed]], states: [grown.states[seed]] });
    if (!answer || answer.error) return answer?.error ?? "The server does not answer.";
    lab.openRun({ name, settings: answer.settings, run: answer.run, own: wish.own ?? null, ...recordOf(grown, seed) });
    return "";
  }

  window.explorer = Object.assign(window.explorer || {}, {
    trainingExperiments: { create, field, grow, open, make, pure: { quantile, quartiles, looks, timeLeft, short, plural, nothing, joined, last, recordOf } },
  });
})();
