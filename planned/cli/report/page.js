"use strict";
(async () => {
  const SHOWN = 60, PRINTED = 400;
  const list = document.getElementById("list");

  // --- small helpers ------------------------------------------------------------------------------
  // Texts come from outside: they are only ever set as text, never as HTML.
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const draw = (name, attributes = {}, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const bdi = (text) => make("bdi", {}, text);

  async function unpack() {
    const bytes = Uint8Array.from(atob(document.getElementById("data").textContent), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  let data;
  try {
    data = await unpack();
  } catch {
    list.append(make("p", {}, list.dataset.cannot)); // no decompression here, or a damaged page
    return;
  }
  const { columns, texts, rules, learners, guards, zones, outcomes, words, language } = data;
  document.documentElement.classList.add("script");
  const count = columns.learner?.length ?? 0;
  const SENT = outcomes.findIndex(([name]) => name === "sent");
  const severalCourses = new Set(rules.map(([, course]) => course)).size > 1;

  // --- words --------------------------------------------------------------------------------------
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const number = new Intl.NumberFormat(locale);
  const dayFormat = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const tickFormat = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const moment = (wall) => {
    const date = new Date(wall * 1000);
    const [hour, minute] = date.toISOString().slice(11, 16).split(":");
    const time = language === "fr" ? `${+hour}h${minute === "00" ? "" : minute}` : `${hour}:${minute}`;
    return say("time", { day: dayFormat.format(date), time });
  };
  const some = (n, one, several) => say(n === 1 || (language === "fr" && n === 0) ? one : several, { count: number.format(n) });

  // --- learners -----------------------------------------------------------------------------------
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const people = learners.map(([id, name]) => ({ id, name, rows: [], key: fold(`${name} ${id}`) }));
  let from = Infinity, to = -Infinity;
  for (let row = 0; row < count; row++) {
    people[columns.learner[row]].rows.push(row);
    from = Math.min(from, columns.utc[row]);
    to = Math.max(to, columns.utc[row]);
  }
  const place = (utc) => (to > from ? 1 + (98 * (utc - from)) / (to - from) : 50);
  const collator = new Intl.Collator(locale, { numeric: true });
  people.sort((a, b) => collator.compare(a.name, b.name) || collator.compare(a.id, b.id));
  const wall = (row) => columns.utc[row] + columns.at[row];
  const isMessage = (row) => columns.outcome[row] === SENT && !columns.notice[row];

  function fullestWeek(rows) {
    const weeks = new Map();
    for (const row of rows.filter(isMessage)) {
      const week = Math.floor((wall(row) / 86400 + 3) / 7); // 1 January 1970 was a Thursday
      weeks.set(week, (weeks.get(week) ?? 0) + 1);
    }
    return Math.max(0, ...weeks.values());
  }
  // Sorting is stable: who has as many stays in the order of the names.
  const ORDERS = { name: () => 0, messages: (a, b) => b.messages - a.messages, week: (a, b) => b.week - a.week };

  // --- the filters --------------------------------------------------------------------------------
  const find = make("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  const ruleChoice = make("select", {}, new Option(words.all, ""));
  for (const name of [...new Set(rules.map(([rule]) => rule))].sort(collator.compare)) ruleChoice.append(new Option(name, name));
  const outcomeChoice = make("select", {}, new Option(words.all, ""));
  outcomes.forEach(([, mark], index) => {
    if (columns.outcome?.includes(index)) outcomeChoice.append(new Option(mark, String(index)));
  });
  const orderChoice = make("select", {}, new Option(words.by_name, "name"), new Option(words.by_messages, "messages"), new Option(words.by_week, "week"));
  const reset = make("button", { type: "button" }, words.reset);
  const found = make("p", { class: "found", role: "status" });
  const filters = make("form", { class: "filters", role: "search" },
    make("label", { class: "find" }, words.find, find),
    make("label", {}, words.rule, ruleChoice),
    make("label", {}, words.outcome, outcomeChoice),
    make("label", {}, words.order, orderChoice),
    reset);
  filters.addEventListener("submit", (event) => event.preventDefault());

  function chosen() {
    const wanted = fold(find.value.trim()).split(/\s+/);
    const rule = ruleChoice.value, outcome = outcomeChoice.value;
    const fits = (row) => (!rule || rules[columns.rule[row]][0] === rule) && (!outcome || columns.outcome[row] === Number(outcome));
    return people
      .filter((one) => wanted.every((word) => one.key.includes(word)))
      .map((one) => ({ ...one, rows: rule || outcome ? one.rows.filter(fits) : one.rows }))
      .filter((one) => one.rows.length)
      .map((one) => ({ ...one, messages: one.rows.filter(isMessage).length, week: fullestWeek(one.rows) }))
      .sort(ORDERS[orderChoice.value]);
  }

  // --- the list -----------------------------------------------------------------------------------
  const items = make("ul", { class: "people" });
  const more = make("button", { type: "button", class: "no-print" });
  const printNote = make("p", { class: "note", hidden: "" });
  let matching = [], built = 0;

  function refresh() {
    matching = chosen();
    built = 0;
    items.replaceChildren();
    found.textContent = matching.length ? `${some(matching.length, "one_learner", "learners")}` : words.nobody;
    build(SHOWN);
  }

  function build(amount) {
    const next = matching.slice(built, built + amount).map(learnerItem);
    items.append(...next);
    built += next.length;
    const rest = matching.length - built;
    more.hidden = !rest;
    more.textContent = say("more", { count: number.format(Math.min(rest, SHOWN)) });
    return next[0];
  }

  function learnerItem(one) {
    const details = make("details", { class: "learner" });
    const who = make("span", { class: "who" }, make("span", { class: "name" }, bdi(one.name)));
    if (one.name !== one.id) who.append(" ", make("span", { class: "id quiet" }, bdi(one.id)));
    who.append(make("span", { class: "counted quiet" }, counts(one.rows)));
    details.append(make("summary", {}, who, strip(one.rows)));
    details.addEventListener("toggle", () => open(details, one));
    return make("li", {}, details);
  }

  function open(details, one) {
    if (details.open && !details.querySelector(".decisions")) {
      details.append(make("ol", { class: "decisions" }, ...one.rows.map(decision)));
    }
  }

  function counts(rows) {
    const sums = outcomes.map(() => 0);
    let notices = 0;
    for (const row of rows) columns.notice[row] ? notices++ : sums[columns.outcome[row]]++;
    const parts = outcomes.flatMap(([, mark, marks], index) => (sums[index] ? [`${sums[index]} ${sums[index] > 1 ? marks : mark}`] : []));
    if (notices) parts.push(`${notices} ${words.notice}${notices > 1 ? "s" : ""}`);
    return parts.join(", ");
  }

  function strip(rows) {
    const svg = draw("svg", { class: "strip", "aria-hidden": "true" }, draw("line", { x1: "0", x2: "100%", y1: "50%", y2: "50%" }));
    for (const row of rows) {
      if (columns.notice[row]) continue;
      const [name] = outcomes[columns.outcome[row]];
      svg.append(mark(name, { x: `${place(columns.utc[row]).toFixed(2)}%`, y: "50%", width: 14, height: 14, transform: "translate(-7 -7)" }));
    }
    return svg;
  }

  const mark = (name, attributes) => draw("use", { href: `#m-${name}`, class: name, ...attributes });

  function decision(row) {
    const [name, state] = outcomes[columns.outcome[row]];
    const [rule, course] = rules[columns.rule[row]];
    const at = wall(row), zone = zones[columns.zone[row]];
    const when = make("div", { class: "when" }, make("time", { datetime: new Date(columns.utc[row] * 1000).toISOString() }, moment(at)));
    if (zone !== data.zone) when.append(make("span", { class: "zone quiet" }, zone));
    const marker = draw("svg", { class: "mark", "aria-hidden": "true" }, draw("use", { href: `#m-${name}` }));
    const what = make("div", { class: "what" }, marker, make("span", { class: "state" }, label(row, state)));
    const subject = texts[columns.subject[row]], reason = texts[columns.reason[row]], text = texts[columns.text[row]];
    if (subject) what.append(make("b", {}, bdi(subject)));
    if (reason) what.append(make("p", {}, bdi(reason)));
    what.append(make("p", { class: "quiet" }, origin(row, severalCourses ? `${rule} (${course})` : rule, at)));
    if (guards[columns.guards[row]].length) what.append(make("ul", {}, ...guards[columns.guards[row]].map(guard)));
    if (text) what.append(make("details", {}, make("summary", {}, words.text), make("pre", { dir: "auto" }, text)));
    return make("li", { class: `decision ${name}` }, when, what);
  }

  function label(row, state) {
    const parts = [state];
    if (columns.notice[row]) parts.push(words.notice);
    if (columns.draft[row]) parts.push(words.draft);
    const to = texts[columns.to[row]];
    if (to) parts.push(say("to", { whom: to }));
    return parts.join(", ");
  }

  function origin(row, rule, at) {
    const parts = [rule];
    if (columns.step[row] > 1) parts.push(say("step", { count: columns.step[row] }));
    if (columns.repeat[row]) parts.push(say("repeat", { count: columns.repeat[row] + 1 }));
    if (columns.anchor[row]) parts.push(say("began", { when: moment(at - columns.anchor[row]) }));
    if (columns.due[row]) parts.push(say("due", { when: moment(at - columns.due[row]) }));
    return parts.join(" · ");
  }

  const guard = ([text, value]) => make("li", {}, make("code", {}, text), ` – ${value ? words.guard_true : words.guard_false}`);

  // --- the axis of all timelines ------------------------------------------------------------------
  function axis() {
    const svg = draw("svg", { class: "ticks", "aria-hidden": "true" });
    const DAY = 86400, span = Math.max(to - from, 1);
    const step = [1, 2, 7, 14, 28, 56, 91, 182, 364].find((days) => span / (days * DAY) <= 7) ?? 728;
    const monday = Math.floor((from / DAY + 3) / 7) * 7 - 3;
    for (let day = step < 7 ? Math.ceil(from / DAY) : monday; day * DAY <= to; day += step) {
      if (day * DAY < from) continue;
      const x = place(day * DAY);
      const anchor = x < 6 ? "first" : x > 94 ? "last" : "middle";
      svg.append(draw("text", { x: `${x.toFixed(2)}%`, y: 14, class: anchor }, tickFormat.format(new Date(day * DAY * 1000))));
    }
    return make("div", { class: "axis", "aria-hidden": "true" }, svg);
  }

  // --- together -----------------------------------------------------------------------------------
  for (const choice of [ruleChoice, outcomeChoice, orderChoice]) choice.addEventListener("change", refresh);
  find.addEventListener("input", refresh);
  reset.addEventListener("click", () => {
    filters.reset();
    refresh();
    find.focus();
  });
  more.addEventListener("click", () => build(SHOWN)?.querySelector("summary").focus());
  for (const button of document.querySelectorAll("button.show")) {
    button.addEventListener("click", () => {
      filters.reset();
      ruleChoice.value = button.dataset.rule;
      refresh();
      document.getElementById("learners").scrollIntoView();
      ruleChoice.focus({ preventScroll: true });
    });
  }
  let opened = [];
  addEventListener("beforeprint", () => {
    const few = matching.length <= PRINTED;
    printNote.hidden = few;
    printNote.textContent = say("too_many", { count: PRINTED });
    timelines.hidden = !few;
    if (few) build(matching.length - built);
    opened = few ? [...document.querySelectorAll("details.learner:not([open]), .printed:not([open])")] : [];
    for (const details of opened) details.open = true;
    if (few) items.querySelectorAll("details.learner").forEach((details, index) => open(details, matching[index]));
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    timelines.hidden = false;
    printNote.hidden = true;
  });
  const timelines = make("div", {}, axis(), items);
  list.append(filters, found, timelines, more, printNote);
  refresh();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
