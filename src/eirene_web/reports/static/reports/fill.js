/* Saves a section by the cell: queue, one request at a time, retry; shows clashes, refusals, what others changed.
   Without it the page is one form with buttons. What is typed and not yet saved is kept in this tab (sessionStorage).

   box      an element with data-part: a text, a group of radios or ticks, a table of lines
   seen     question → part → [version, what was shown]: what an edit is based on; comes with the page, goes with a form */
(function () {
  "use strict";
  const form = document.getElementById("fill");
  if (!form) return;
  const words = JSON.parse(document.getElementById("fill-words").textContent);
  const say = (key, value) => words[key].replace("%s", value);
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (all, name) => (name in values ? values[name] : all));
  const KEEP = "fill:" + location.pathname, POLL = 20000, REASONS = ["no_data", "not_applicable", "withheld"], MOST_TEXT = 20000;
  const writes = form.dataset.writes === "1";
  const bar = document.querySelector("[data-save]"), speaker = document.getElementById("say");
  let version = Number(form.dataset.version), inflight = false, failures = 0, timer = 0, checkTimer = 0, stopped = false, leaving = false;
  const seen = {}, alias = new Map(), dirty = new Map(), refused = new Map(), clashes = new Map(), boxes = new Map();

  const same = (a, b) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));
  const plain = (v) => (typeof v === "string" ? v.replace(/\r\n/g, "\n").trim() : v);
  const isCell = (box) => box.dataset.part.startsWith("cells.");
  const key = (q, part) => q + " " + part;
  const question = (el) => el.closest("[data-q]");
  const announce = (text) => { speaker.textContent = text; };

  form.querySelectorAll("[data-q]").forEach((el) => {
    const input = el.querySelector("[data-seen]");
    seen[el.dataset.q] = input ? JSON.parse(input.value) : {};
    el.querySelectorAll("[data-part]").forEach((box) => boxes.set(key(el.dataset.q, box.dataset.part), box));
  });

  /* --- what stands in a box, as parts --- */
  const checked = (box) => { const one = box.querySelector("input:checked"); return one ? one.value : ""; };
  const was = (q, part) => (seen[q][part] ? seen[q][part][1] : "");

  function typed(box) { // everything but choices: one part
    if (box.dataset.lines) return window.FillLines ? window.FillLines.read(box) : [];
    if (box.type === "checkbox") return box.checked ? "1" : "";
    return box.value;
  }

  function parts(box) { // [[part, typed]] that the box stands for now
    const q = question(box).dataset.q, part = box.dataset.part;
    if (part === "choice") {
      const now = checked(box), status = was(q, "status");
      if (now.startsWith("!")) return [["status", now.slice(1)]];
      return [["value", now], ["status", REASONS.includes(status) || (now === "" && status) ? "" : status]];
    }
    if (part === "status") {
      const now = checked(box).slice(1), status = was(q, "status");
      return [["status", now || (REASONS.includes(status) ? "" : status)]];
    }
    if (part === "many") {
      const codes = [...box.querySelectorAll("input[type=checkbox]:checked")].map((i) => i.value);
      const chosen = codes.filter((c) => c !== "!none"), none = codes.includes("!none"), status = was(q, "status");
      const reason = REASONS.includes(status) ? status : "";
      return [["value", chosen], ["status", none && !chosen.length ? "answered" : chosen.length ? "" : reason]];
    }
    return [[part, typed(box)]];
  }

  function changes(box) { // edits that the box asks for
    const q = question(box).dataset.q;
    return parts(box).filter(([part, now]) => {
      const k = key(q, part), held = seen[q][part];
      if (held ? same(now, held[1]) : same(now, "")) return false;
      return !(alias.has(k) && same(alias.get(k), now));
    }).map(([part, now]) => ({ question: q, part: part, typed: now, base: seen[q][part] ? seen[q][part][0] : 0 }));
  }

  function boxOf(q, part) {
    return boxes.get(key(q, part)) || (part === "value" || part === "status" ? boxes.get(key(q, "choice")) || boxes.get(key(q, "many")) || boxes.get(key(q, "status")) : null);
  }

  function put(box, part, text) { // shows a part in its box, as it came from the server
    const name = box.dataset.part, q = question(box).dataset.q;
    if (name === "choice" || name === "status") {
      const status = was(q, "status"), value = name === "choice" ? was(q, "value") : "";
      const wanted = REASONS.includes(status) ? "!" + status : value;
      box.querySelectorAll("input").forEach((i) => { i.checked = i.value === wanted; });
    } else if (name === "many") {
      const value = was(q, "value") || [], none = was(q, "status") === "answered" && !value.length;
      box.querySelectorAll("input[type=checkbox]").forEach((i) => { i.checked = i.value === "!none" ? none : value.includes(i.value); });
    } else if (box.dataset.lines) {
      if (window.FillLines) window.FillLines.write(box, text);
    } else if (box.type === "checkbox") { box.checked = text === "1" || text === true; } else if (box.value !== text) {
      box.value = text;
      box.dispatchEvent(new CustomEvent("fill:put", { bubbles: true }));
    }
  }

  /* --- the queue --- */
  function touch(box, delay) {
    if (!writes || stopped || box.closest("fieldset:disabled")) return;
    dirty.set(box, true);
    const cell = box.closest("td");
    if (cell) cell.dataset.s = "wait";
    keep();
    if (!inflight && !failures) status("busy", words.typing, "");
    clearTimeout(timer);
    timer = setTimeout(flush, delay);
  }

  function flush() {
    clearTimeout(timer);
    if (inflight || stopped) return;
    const edits = [];
    for (const box of [...dirty.keys()]) {
      const found = changes(box);
      if (!found.length) { clean(box); continue; }
      found.forEach((edit) => {
        const k = key(edit.question, edit.part), over = typeof edit.typed === "string" && edit.typed.length > MOST_TEXT;
        if (over) refuse({ question: edit.question, part: edit.part, what: fill(words.too_long, { n: edit.typed.length, most: MOST_TEXT }), remedy: "", readings: [] }, edit.typed);
        else if (refused.has(k) && same(refused.get(k), edit.typed)) return;
        else if (clashes.has(k) && same(clashes.get(k).typed, edit.typed)) return;
        else edits.push(edit);
      });
    }
    if (!edits.length) { settle(); return; }
    inflight = true;
    status("busy", words.saving, "");
    send(edits.slice(0, 2000));
  }

  function cookie(name) {
    const found = document.cookie.split("; ").find((one) => one.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : form.elements.csrfmiddlewaretoken.value;
  }

  async function send(edits) {
    let answer, data = {};
    try {
      answer = await fetch(form.dataset.saveTo, {
        method: "POST", credentials: "same-origin", redirect: "error",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": cookie("eirene_csrf") },
        body: JSON.stringify({ edits: edits.map((e) => ({ question: e.question, part: e.part, typed: e.typed, base: e.base })) }),
      });
      if ((answer.headers.get("Content-Type") || "").includes("json")) data = await answer.json();
    } catch (error) { inflight = false; return again(words.offline); }
    inflight = false;
    if (answer.status === 200) { failures = 0; return done(edits, data); }
    if (answer.status === 401 || (answer.status === 403 && !data.problems)) return signedOut();
    if (answer.status >= 500) return again(words.trouble);
    const told = (data.problems || []).map((p) => (p.what + " " + p.remedy).trim()).join(" ");
    if (answer.status === 403 || answer.status === 404) stopped = true;
    status("bad", answer.status === 403 ? words.locked : words.trouble, told);
  }

  function again(what) { // tries later, less and less often; at once when the line is back
    failures += 1;
    status("bad", what, words.kept, words.again, flush);
    clearTimeout(timer);
    timer = setTimeout(flush, Math.min(30000, 1000 * 2 ** failures) * (0.8 + 0.4 * Math.random()));
  }

  function signedOut() {
    failures += 1;
    const link = document.createElement("a");
    link.href = form.dataset.signIn; link.target = "_blank"; link.rel = "noopener"; link.textContent = words.sign_in;
    status("bad", words.signed_out, words.sign_in_then, words.again, flush, link);
    clearTimeout(timer);
    timer = setTimeout(flush, 15000);
  }

  function done(edits, data) {
    const before = version;
    version = data.version;
    const sent = new Map(edits.map((e) => [key(e.question, e.part), e.typed]));
    data.saved.forEach((one) => {
      const k = key(one.question, one.part);
      if (sent.has(k)) alias.set(k, sent.get(k)); else alias.delete(k);
      seen[one.question][one.part] = [one.version, one.shown];
      refused.delete(k); clashes.delete(k);
    });
    data.refused.forEach((one) => refuse(one, sent.get(key(one.question, one.part))));
    data.conflicts.forEach((one) => clash(one, sent.get(key(one.question, one.part))));
    data.saved.forEach((one) => {
      const box = boxOf(one.question, one.part);
      if (box && !changes(box).length) {
        if (!box.contains(document.activeElement) || isCell(box)) put(box, one.part, one.shown);
        clean(box);
      }
      if (!box || !refused.has(key(one.question, one.part))) mark(box, false);
    });
    new Set(edits.map((e) => e.question)).forEach(trouble);
    keep();
    settle(data.at);
    if ([...dirty.keys()].some((box) => changes(box).some((e) => !(refused.has(key(e.question, e.part)) && same(refused.get(key(e.question, e.part)), e.typed)) && !clashes.has(key(e.question, e.part))))) timer = setTimeout(flush, 300);
    clearTimeout(checkTimer);
    checkTimer = setTimeout(() => look(true, version - before > 1 ? before : version), 600);
  }

  function clean(box) {
    dirty.delete(box);
    const cell = box.closest("td");
    if (cell) delete cell.dataset.s;
  }

  function settle(at) {
    if (clashes.size) status("bad", words.conflict, words.conflict_choose);
    else if (refused.size) status("bad", words.refused, "");
    else if (!dirty.size) status("ok", at ? say("saved", at) : lastSaved, say("version", version));
    if (at) lastSaved = say("saved", at);
    if (!dirty.size) keep();
  }
  let lastSaved = bar ? (bar.querySelector("[data-save-text]") || bar).textContent : "";

  let spoken = "";
  function status(kind, text, more, action, run, link) {
    if (!bar || !writes) return;
    bar.className = "save" + (kind === "bad" ? " save--bad" : kind === "busy" ? " save--busy" : "");
    const use = bar.querySelector("use");
    if (use) use.setAttribute("href", kind === "bad" ? "#stop" : kind === "busy" ? "#half" : "#done");
    bar.querySelector("[data-save-text]").textContent = text;
    const rest = bar.querySelector("[data-save-more]");
    rest.textContent = more;
    if (link) { rest.append(" ", link); }
    if (action) {
      const button = document.createElement("button");
      button.type = "button"; button.className = "linkbtn"; button.textContent = action;
      button.addEventListener("click", run);
      rest.append(" ", button);
    }
    if (kind === "bad" && spoken !== text) announce(text + ". " + more);
    spoken = text;
  }

  /* --- refusals and clashes, beside the question --- */
  function mark(box, bad) {
    if (!box || !("value" in box) || box.dataset.lines) return;
    if (bad) box.setAttribute("aria-invalid", "true"); else box.removeAttribute("aria-invalid");
    const cell = box.closest("td");
    if (cell) cell.classList.toggle("bad", bad);
  }
  const texts = new Map();
  function refuse(one, now) {
    const k = key(one.question, one.part);
    refused.set(k, now); texts.set(k, one);
    mark(boxOf(one.question, one.part), true);
    trouble(one.question);
  }
  function clash(one, now) {
    clashes.set(key(one.question, one.part), { one: one, typed: now });
    trouble(one.question);
  }
  function label(q, part) {
    const box = boxOf(q, part);
    if (!box) return "";
    if (box.getAttribute("aria-label")) return box.getAttribute("aria-label");
    const around = box.closest("label");
    return around && around.querySelector("span") ? around.querySelector("span").textContent.trim() : "";
  }
  function button(text, run) {
    const made = document.createElement("button");
    made.type = "button"; made.className = "btn btn--2 btn--s"; made.textContent = text;
    made.addEventListener("click", run);
    return made;
  }
  function trouble(q) {
    const el = form.querySelector('[data-q="' + q + '"]'), place = el.querySelector("[data-trouble]");
    place.textContent = "";
    refused.forEach((now, k) => {
      if (!k.startsWith(q + " ")) return;
      const one = texts.get(k), line = document.createElement("p"), name = label(q, one.part);
      line.append((name ? name + ": " : "") + one.what + " " + one.remedy);
      one.readings.forEach((text) => line.append(button(say("reading", text.includes(".") ? text.replace(/0$/, "") : text), () => {
        const box = boxOf(q, one.part);
        box.value = text;
        refused.delete(k); trouble(q); touch(box, 0); box.focus();
      })));
      place.append(line);
    });
    clashes.forEach((held, k) => {
      if (!k.startsWith(q + " ")) return;
      const one = held.one, line = document.createElement("p");
      line.append(one.name + ": " + say("yours", one.mine) + " – " + fill(words.theirs, { who: one.who, when: one.when, value: one.theirs }));
      line.append(button(words.take_mine, () => {
        seen[q][one.part] = [one.version, one.shown];
        clashes.delete(k); alias.delete(k); trouble(q);
        const box = boxOf(q, one.part);
        if (box) { touch(box, 0); box.focus && box.focus(); }
      }), button(words.take_theirs, () => {
        seen[q][one.part] = [one.version, one.shown];
        clashes.delete(k); alias.delete(k); trouble(q);
        const box = boxOf(q, one.part);
        if (box) { put(box, one.part, one.shown); clean(box); }
        settle(); keep();
      }));
      place.append(line);
    });
    place.className = place.childNodes.length ? "trouble" : "";
    place.hidden = !place.childNodes.length;
  }

  /* --- kept in this tab until it is saved --- */
  function keep() {
    try {
      const items = [];
      dirty.forEach((_, box) => {
        const q = question(box).dataset.q;
        const held = parts(box).map(([part]) => [part, seen[q][part] || [0, ""]]);
        items.push({ q: q, box: box.dataset.part, typed: box.querySelectorAll && box.tagName !== "SELECT" && !("value" in box) && !box.dataset.lines ? [...box.querySelectorAll("input:checked")].map((i) => i.value) : typed(box), held: held });
      });
      if (items.length) sessionStorage.setItem(KEEP, JSON.stringify({ person: form.dataset.person, items: items }));
      else sessionStorage.removeItem(KEEP);
    } catch (error) { /* a full or forbidden store: the page itself still holds everything */ }
  }
  function restore() {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(KEEP)); } catch (error) { return; }
    if (!kept || kept.person !== form.dataset.person) { try { sessionStorage.removeItem(KEEP); } catch (e) { /* nothing kept */ } return; }
    let n = 0;
    kept.items.forEach((item) => {
      const box = boxes.get(key(item.q, item.box));
      if (!box || box.closest("fieldset:disabled")) return;
      item.held.forEach(([part, pair]) => { seen[item.q][part] = pair; });
      if (box.dataset.lines) { if (window.FillLines) window.FillLines.write(box, item.typed); }
      else if (Array.isArray(item.typed)) box.querySelectorAll("input").forEach((i) => { i.checked = item.typed.includes(i.value); });
      else if (box.type === "checkbox") box.checked = item.typed === "1";
      else { box.value = item.typed; box.dispatchEvent(new CustomEvent("fill:put", { bubbles: true })); }
      touch(box, 50); n += 1;
    });
    if (n) announce(words.restored);
  }

  /* --- what others do, and what the checks say --- */
  async function look(checks, since) {
    if (inflight) return;
    let data;
    try {
      const answer = await fetch(form.dataset.stateAt + "?since=" + (since === undefined ? version : since) + (checks ? "&checks=1" : ""), { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.status !== 200) return;
      data = await answer.json();
    } catch (error) { return; }
    if (inflight) return;
    Object.keys(seen).forEach((q) => {
      const el = form.querySelector('[data-q="' + q + '"]'), line = el.querySelector("[data-typing]"), told = (data.typing || {})[q];
      if (line) { line.hidden = !told; line.querySelector("span").textContent = told || ""; }
    });
    if (data.parts) others(data.parts);
    version = Math.max(version, data.version);
    if (data.questions) show(data);
    if (!dirty.size && !inflight && !failures && !refused.size && !clashes.size) settle();
  }

  function others(given) {
    const changed = new Set();
    Object.entries(given).forEach(([q, held]) => Object.entries(held).forEach(([part, pair]) => {
      const now = seen[q] && seen[q][part];
      if (!seen[q] || (now && now[0] >= pair[0])) return;
      const box = boxOf(q, part);
      if (box && dirty.has(box)) return; // its own edit will meet the other one, and be shown both
      seen[q][part] = pair; alias.delete(key(q, part));
      if (box) { put(box, part, pair[1]); changed.add(question(box).querySelector("h3 span").textContent); }
    }));
    if (changed.size) announce(say("others", [...changed].join(", ")));
  }

  function swap(el, html) {
    if (el && el.dataset.html !== html && !el.contains(document.activeElement)) { el.innerHTML = html; el.dataset.html = html; }
  }
  function show(data) {
    swap(document.querySelector("[data-rail]"), data.rail);
    swap(document.querySelector("[data-errors]"), data.errors);
    const progress = document.querySelector("[data-progress]"), meter = document.querySelector("[data-meter]");
    if (progress) progress.textContent = data.progress.text;
    if (meter) meter.innerHTML = data.progress.meter;
    Object.entries(data.questions).forEach(([q, told]) => {
      const el = form.querySelector('[data-q="' + q + '"]');
      if (!el) return;
      swap(el.querySelector("[data-state]"), told.state);
      swap(el.querySelector("[data-findings]"), told.findings);
      swap(el.querySelector("[data-reads]"), told.reads);
      const just = el.querySelector("[data-just]"), fold = el.querySelector("[data-fold]");
      if (just && !just.contains(document.activeElement)) just.hidden = !told.owes;
      if (fold && !fold.contains(document.activeElement)) fold.open = !told.folded;
      el.querySelectorAll("td > input[data-part]").forEach((input) => {
        const kind = told.flags[input.dataset.part] || "", bad = kind === "bad" || refused.has(key(q, input.dataset.part));
        input.parentNode.classList.toggle("bad", bad);
        input.parentNode.classList.toggle("warn", kind === "warn");
        if (bad) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
      });
    });
  }

  /* --- what people do --- */
  const boxAt = (target) => (target.closest ? target.closest("[data-part]") : null);
  form.addEventListener("input", (event) => {
    const box = boxAt(event.target);
    if (!box) return;
    if (box.dataset.part === "many" && event.target.checked) { // none of them, or some of them
      const none = event.target.value === "!none";
      box.querySelectorAll("input[type=checkbox]").forEach((i) => { if ((i.value === "!none") !== none) i.checked = false; });
    }
    // Who is still typing is not asked what a half number means; a paste, an undo, a choice is sent at once.
    touch(box, isCell(box) ? (event.inputType ? 2500 : 200) : ["TEXTAREA", "INPUT"].includes(event.target.tagName) && !["radio", "checkbox", "date"].includes(event.target.type) ? 1200 : 200);
  });
  form.addEventListener("focusout", (event) => {
    const box = boxAt(event.target);
    if (box && dirty.has(box)) { clearTimeout(timer); timer = setTimeout(flush, 150); }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT" && !["submit", "button", "checkbox", "radio", "file"].includes(event.target.type)) event.preventDefault();
  });
  form.addEventListener("submit", () => { // a button was pressed: everything goes along, with the versions known now
    leaving = true;
    form.querySelectorAll("[data-q]").forEach((el) => {
      const input = el.querySelector("[data-seen]");
      if (input) input.value = JSON.stringify(seen[el.dataset.q]);
    });
    try { sessionStorage.removeItem(KEEP); } catch (error) { /* nothing kept */ }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (inflight || [...dirty.keys()].some((box) => changes(box).length))) { flush(); event.preventDefault(); event.returnValue = ""; }
  });
  window.addEventListener("online", () => { if (dirty.size) flush(); });
  window.addEventListener("focus", () => { if (dirty.size && failures) flush(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { if (dirty.size) flush(); else look(false); } else if (dirty.size) flush(); });
  setInterval(() => { if (!document.hidden && !dirty.size && !stopped) look(false); }, POLL);

  /* links to a cell put the cursor into it */
  function go(hash) {
    const place = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!place) return;
    for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    const input = place.matches("td, .just, tr") ? place.querySelector("input:not([type=hidden]), textarea, select") : null;
    if (input) { place.scrollIntoView({ block: "center" }); input.focus(); }
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link) setTimeout(() => go(link.getAttribute("href")), 0);
  });
  window.addEventListener("hashchange", () => go(location.hash));

  window.Fill = { touch: touch, words: words, say: say, fill: fill, announce: announce, flush: flush, writes: writes, idle: () => !inflight && !dirty.size };
  document.addEventListener("DOMContentLoaded", () => { if (writes) restore(); go(location.hash); setTimeout(() => { if (!dirty.size) look(false); }, 400); });
})();
