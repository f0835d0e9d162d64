"use strict";
// One weight in the card of a neuron or link: its name, a bar, a field to type in, a button that cuts or restores it.
(() => {
  const DIGITS = 4; // of a weight in its field
  const MOST_TOLD = 24; // characters of what was typed

  const { explorer } = window;

  // ---- pure: what stands in a field --------------------------------------------------------------------------------------

  // As it can be typed: the typographic minus stands at the front only.
  function fieldText(value) {
    if (!Number.isFinite(value)) return "";
    const tiny = value !== 0 && Math.abs(value) < 1e-3;
    return (tiny ? value.toExponential(DIGITS - 2) : String(Number(value.toPrecision(DIGITS)))).replace(/^-/, "−");
  }

  // What was typed: {value}, or the sentence that says why it is no weight.
  function typed(text) {
    const value = explorer.settings.pure.parse(text);
    if (Number.isFinite(value)) return { value };
    const told = text.trim();
    if (told === "") return { refusal: "A number is needed, like −0.25." };
    const short = told.length > MOST_TOLD ? `${told.slice(0, MOST_TOLD)}…` : told;
    return { refusal: `“${short}” is not a number; write one like −0.25.` };
  }

  // ---- the page ----------------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Only what is new: an unchanged text costs nothing.
  const put = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  // wish: {name, index: in the weight vector, cuttable, place: among the contributions};
  // lab: {change(setting, value), say(sentence), mark(place | null)}
  function weightRow({ name, index, cuttable, place }, lab) {
    const bar = make("span", { className: "card-bar", ariaHidden: "true" }, [make("span")]);
    const label = make("span", { className: "card-name", textContent: name, title: name });
    const typing = { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false };
    const field = make("input", { ...typing, className: "card-field", ariaLabel: name });
    const button = make("button", { type: "button", className: "card-cut" });
    const row = make("li", { className: "card-row" }, [label, bar, field, ...(cuttable ? [button] : [])]);
    let [value, cut, edited, text, fresh] = [NaN, false, false, null, false];

    const settle = (next) => {
      edited = false;
      field.removeAttribute("aria-invalid");
      lab.say("");
      field.value = text = next;
    };
    const restore = () => settle(cut ? "" : fieldText(value));
    const commit = () => {
      const { value: number, refusal } = typed(field.value);
      if (refusal) {
        field.setAttribute("aria-invalid", "true");
        return lab.say(refusal);
      }
      settle(fieldText(number));
      return lab.change("weight", [index, number]);
    };
    // What a hand is about to alter stands still.
    const write = () => {
      const next = cut ? "" : fieldText(value);
      if (edited || next === text || document.activeElement === field) return;
      field.value = text = next;
    };

    field.addEventListener("focus", () => {
      fresh = true;
      field.select();
    });
    field.addEventListener("mouseup", (event) => {
      if (fresh) event.preventDefault(); // the click that came in leaves all selected
      fresh = false;
    });
    field.addEventListener("input", () => (edited = true));
    field.addEventListener("blur", () => (edited && !typed(field.value).refusal ? commit() : restore()));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && edited) {
        commit();
        field.select();
      }
      if (event.key !== "Escape" || !edited) return;
      event.stopPropagation();
      restore();
      field.select();
    });
    button.addEventListener("click", () => lab.change(cut ? "restore" : "cut", index));
    row.addEventListener("pointerenter", () => lab.mark(place));
    row.addEventListener("pointerleave", () => lab.mark(null));
    row.addEventListener("focusin", () => lab.mark(place));
    row.addEventListener("focusout", () => lab.mark(null));

    return {
      row,
      index,
      // share: the weight in relation to the strongest of the card, -1 to 1
      show(next, gone, share) {
        if (gone !== cut || Number.isNaN(value)) {
          cut = gone;
          [field.disabled, field.placeholder] = [cut, cut ? "cut" : ""];
          row.classList.toggle("card-missing", cut);
          button.setAttribute("aria-label", `${cut ? "Restore" : "Cut"} the link of ${name}`);
          put(button, cut ? "Restore" : "Cut");
        }
        value = next;
        bar.firstChild.style.transform = `scaleX(${cut ? 0 : share.toFixed(3)})`;
        bar.firstChild.className = share < 0 ? "card-negative" : "card-positive";
        write();
      },
    };
  }

  explorer.networkCardRow = { make, put, weightRow, pure: { fieldText, typed } };
})();
