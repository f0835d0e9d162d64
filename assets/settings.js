"use strict";
// Controls in step with each other, with the lab's Stores and with the address bar.
(() => {
  const DIGITS = 3; // of a number chosen on a logarithmic slider
  const SHOWN_DIGITS = 4; // of a number beside a thumb
  const IDLE = 600; // ms after which a typed number counts without Enter

  const specifications = {}; // lab -> numbers, parts, extra, as Python wrote them
  const complaining = new Set(); // labs whose notice still speaks of the link

  // ---- pure ----------------------------------------------------------------------------------------------------

  const tidy = (value) => Number(value.toPrecision(12)); // 0.1 + 0.2
  const scales = {
    linear: { value: tidy, position: (value) => value },
    log: { value: (position) => Number((10 ** position).toPrecision(DIGITS)), position: Math.log10 },
    share: { value: (position) => tidy(1 - Number((10 ** -position).toPrecision(2))), position: (value) => -Math.log10(1 - value) },
  };

  // "50, 30, 20" -> [50, 30, 20], null where it is no whole in whole percent
  function portions(text) {
    const given = String(text ?? "").split(",").map((word) => (/^\s*\d{1,3}\s*$/.test(word) ? Number(word) : NaN));
    return given.reduce((sum, share) => sum + share, 0) === 100 && given[0] > 0 ? given : null;
  }

  // Where one share ends and the next begins, and the way back.
  const ends = (given) => given.slice(0, -1).map((_, i) => given.slice(0, i + 1).reduce((sum, share) => sum + share, 0));
  const parted = (places) => [...places, 100].map((place, i) => place - (i ? places[i - 1] : 0)).join(", ");

  // What a person may type: 0.03, 3e-2, .03, 0,03 and −2 with the typographic minus.
  function parse(text) {
    if (typeof text === "number") return text;
    const plain = String(text ?? "").trim().replace("−", "-").replace(",", ".");
    return plain === "" ? NaN : Number(plain);
  }

  // The legal number for what stands in a field; the former one where it is no number.
  function legal({ low, high, integer, value: standard }, text, former) {
    const typed = parse(text);
    const value = Number.isFinite(typed) ? Math.min(Math.max(typed, low), high) : former ?? standard;
    return integer ? Math.round(value) : value;
  }

  const spoken = (value, { unit, integer } = {}) => {
    const text = String(integer ? Math.round(value) : Number(value.toPrecision(SHOWN_DIGITS)));
    return (unit ? `${text} ${unit}` : text).replace("-", "−");
  };

  const link = (settings) =>
    Object.fromEntries(Object.entries(settings).map(([field, value]) => [field, Array.isArray(value) ? value.join(",") : String(value)]));

  const pick = (record, keys) => Object.fromEntries(keys.filter((key) => key in record).map((key) => [key, record[key]]));

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  // The values of all controls as settings: numbers legal, everything else as it stands.
  function settingsOf(values, numbers, former) {
    const settle = ([field, value]) => {
      if (field in numbers) return [field, legal(numbers[field], value, former[field])];
      return [field, value ?? former[field]];
    };
    return Object.fromEntries(values.map(settle));
  }

  // ---- sliders -------------------------------------------------------------------------------------------------

  const domId = (id) => JSON.stringify(Object.fromEntries(Object.entries(id).sort()));

  function tell(id, words) {
    document.getElementById(domId(id))?.querySelector("[role=slider]")?.setAttribute("aria-valuetext", words);
  }

  // The slider's label names its scale: {function: "explorer.log", options: {unit, integer}}.
  function step(position, text, { function: name, options }) {
    const { triggered_id: moved, outputs_list: outputs } = window.dash_clientside.callback_context;
    const { no_update: still } = window.dash_clientside;
    if (name === "explorer.shares") return stepShares(moved, position, text);
    const scale = scales[name.split(".")[1]];
    if (moved?.role === "slider") {
      const value = scale.value(position);
      tell(outputs[0].id, spoken(value, options));
      // at once, to whoever must not lag behind the hand; the settings follow through Dash
      if (parse(text) !== value) window.dispatchEvent(new CustomEvent("explorer:moved", { detail: { lab: moved.lab, setting: moved.setting, value } }));
      return parse(text) === value ? [still, still] : [still, String(value)];
    }
    const value = parse(text);
    if (!Number.isFinite(value)) return [still, still];
    tell(outputs[0].id, spoken(value, options));
    const next = scale.position(value);
    return [Number.isFinite(next) ? next : still, still];
  }

  function stepShares(moved, places, text) {
    const { no_update: still } = window.dash_clientside;
    const found = portions(text);
    const given = found?.length === places.length + 1 ? found : null;
    if (moved?.role !== "slider") return [given ? ends(given) : still, still];
    const next = parted(places.map((place) => Math.max(1, place)));
    return [still, given && given.join(", ") === next ? still : next];
  }

  // ---- settings ------------------------------------------------------------------------------------------------

  function collect(values, restored, specification, stored, address) {
    const { inputs_list: inputs, triggered } = window.dash_clientside.callback_context;
    const { no_update: still } = window.dash_clientside;
    const { lab, numbers, parts, extra } = specification;
    const former = stored || {};
    const restoring = triggered.some(({ prop_id: id }) => id === `${lab}-restored.data`);
    if (!restored) return [still, ...Object.keys(parts).map(() => still)];
    specifications[lab] = specification;
    const given = inputs[0].map(({ id, value }) => [id.setting, value]);
    const settings = settingsOf(given, numbers, former);
    if (restoring) {
      window.explorer.address.extra(lab, pick(address || {}, extra));
      window.dispatchEvent(new CustomEvent("explorer:restored", { detail: { lab, settings, extra: pick(address || {}, extra) } }));
    }
    window.explorer.address.settings(lab, link(settings));
    mend(lab, given, settings);
    quieten(lab, restoring, same(former, settings));
    return [
      same(former, settings) ? still : settings,
      ...Object.values(parts).map((fields) => (same(pick(former, fields), pick(settings, fields)) ? still : pick(settings, fields))),
    ];
  }

  // A field gets what counts, in the one way of writing it: "99" becomes the highest legal number, "1e-2" becomes 0.01.
  function mend(lab, given, settings) {
    for (const [field, value] of given) {
      if (typeof settings[field] === "number" && value !== String(settings[field])) set(lab, { [field]: settings[field] });
    }
  }

  // A complaint about the link goes when its reader has changed something.
  function quieten(lab, restoring, unchanged) {
    if (restoring) complaining.add(lab);
    else if (!unchanged && complaining.delete(lab)) window.dash_clientside.set_props(`${lab}-notice`, { children: "" });
  }

  // Set controls from a script: set("surface", {start_x: 1.5}).
  function set(lab, values) {
    for (const [setting, value] of Object.entries(values)) {
      const bearing = Array.isArray(value) ? value : typeof value === "boolean" ? String(Number(value)) : String(value);
      window.dash_clientside.set_props({ lab, setting }, { value: bearing });
    }
  }

  // ---- typed numbers -------------------------------------------------------------------------------------------

  // What is typed counts after a while if it is legal as it stands; "0." or "1e" may still become something.
  function commit(input) {
    const id = JSON.parse(input.id);
    const number = specifications[id.lab]?.numbers[id.setting];
    const value = parse(input.value);
    if (!number || String(value) !== input.value || legal(number, value) !== value) return;
    window.dash_clientside.set_props(id, { value: input.value });
  }

  let idle = null;
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".control-field input")) return;
    clearTimeout(idle);
    idle = setTimeout(() => commit(event.target), IDLE);
  });

  // The settings that change nothing but how fast and how a run is shown.
  const looks = (lab) => [...(specifications[lab].parts.pace ?? []), ...(specifications[lab].parts.view ?? [])];

  window.explorer = Object.assign(window.explorer || {}, { settings: { set, parts: (lab) => specifications[lab].parts, looks, range: (lab, field) => specifications[lab].numbers[field], legal: (lab, field, value) => legal(specifications[lab].numbers[field], value), pure: { parse, legal, settingsOf, link, same, spoken, scales, portions, ends, parted } } });
  window.dashMantineFunctions = Object.assign(window.dashMantineFunctions || {}, {
    explorer: {
      linear: (position, options) => spoken(scales.linear.value(position), options),
      log: (position, options) => spoken(scales.log.value(position), options),
      share: (position, options) => spoken(scales.share.value(position), options),
      shares: spoken,
    },
  });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_settings: { collect, step } });
})();
