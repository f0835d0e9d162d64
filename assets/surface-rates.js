"use strict";
// Marks of theory on the sliders of the learning rates: where descent becomes unstable, and which rate is best.
(() => {
  // ---- pure ----------------------------------------------------------------------------------------------------

  // A rate's place on a logarithmic slider from low to high, as a share; null where it is off its ends.
  function place(rate, { low, high }) {
    if (rate === null || !(rate >= low && rate <= high)) return null;
    return Math.log(rate / low) / Math.log(high / low);
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  // rates: optimizer -> {limit, best, words}
  function draw(rates) {
    for (const [name, { limit, best, words }] of Object.entries(rates)) {
      const box = document.getElementById(`surface-rate-marks-${name}`);
      const range = window.explorer.settings.range("surface", `rate_${name}`);
      const marks = [["best", best], ["limit", limit]].map(([kind, rate]) => [kind, place(rate, range)]).filter(([, share]) => share !== null);
      box.replaceChildren(...marks.map(([kind, share]) => {
        const mark = make("span", { className: `rate-mark rate-mark-${kind}`, textContent: kind });
        mark.style.left = `${100 * share}%`;
        return mark;
      }));
      document.getElementById(`surface-rate-words-${name}`).textContent = words;
    }
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceRates: { draw, pure: { place } } });
})();
