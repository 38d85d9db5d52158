/* Tables of cells behave as in a spreadsheet: arrows, Tab, Enter, Home and End, F2, Escape, selecting and copying, pasting
   a block, undo, reasons by key and by menu; sums are computed while one types. Numbers are read by the server: what is
   typed or pasted goes there as it stands. */
(function () {
  "use strict";
  const LOCALE = document.documentElement.lang || "en";
  const TOTAL = "_T", NA = "na";
  let words = null, marks = {}, menu = null;

  function parse(text) { // for sums on this page only; undefined: not known, null: empty
    const bare = text.trim();
    if (!bare) return null;
    const mark = marks[bare.toLowerCase()];
    if (mark) return mark === "not_applicable" ? NA : undefined;
    const tight = bare.replace(/[\s\u00a0\u202f'’]/g, "");
    if (/^[1-9]\d{0,2}[.,]\d{3}$/.test(tight)) return undefined; // two readings
    if (/^-?\d+([.,]\d+)?$/.test(tight)) return Number(tight.replace(",", "."));
    return undefined;
  }
  const format = (n, digits) => new Intl.NumberFormat(LOCALE, digits === undefined ? { maximumFractionDigits: 6 } : { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);

  class Grid {
    constructor(wrap) {
      this.wrap = wrap;
      this.shape = JSON.parse(wrap.dataset.shape);
      this.rows = [...wrap.querySelectorAll("tr")].map((tr) => [...tr.querySelectorAll("td > input")]).filter((row) => row.length);
      this.place = new Map();
      this.rows.forEach((row, r) => row.forEach((input, c) => this.place.set(input, [r, c])));
      this.bar = wrap.closest("[data-q]").querySelector("[data-bar]");
      this.undone = []; this.done = [];
      this.anchor = null; this.end = null; this.editing = false; this.began = ""; this.dragging = false;
      this.bind();
      this.compute();
    }

    /* --- where one is --- */
    at(r, c) { return (this.rows[r] || [])[c]; }
    get range() {
      if (!this.anchor || !this.end) return [];
      const [a, b] = [this.place.get(this.anchor), this.place.get(this.end)], found = [];
      for (let r = Math.min(a[0], b[0]); r <= Math.max(a[0], b[0]); r++) {
        found.push(this.rows[r].slice(Math.min(a[1], b[1]), Math.max(a[1], b[1]) + 1));
      }
      return found;
    }
    get cells() { return this.range.flat(); }
    locked() { return this.rows.length && this.rows[0][0].readOnly; }

    show() {
      this.wrap.querySelectorAll("td.sel").forEach((td) => td.classList.remove("sel"));
      const cells = this.cells;
      if (cells.length > 1) cells.forEach((input) => input.parentNode.classList.add("sel"));
      if (!this.bar) return;
      const where = this.bar.querySelector("[data-bar-where]");
      if (cells.length > 1) {
        const numbers = cells.map((i) => parse(i.value)).filter((n) => typeof n === "number");
        where.textContent = numbers.length ? window.Fill.fill(words.sum, { n: cells.length, sum: format(numbers.reduce((a, b) => a + b, 0)) }) : window.Fill.say("cells", cells.length);
      } else where.textContent = this.anchor ? this.anchor.getAttribute("aria-label") : "";
    }

    go(r, c, extend) {
      const r2 = Math.max(0, Math.min(this.rows.length - 1, r)), c2 = Math.max(0, Math.min(this.rows[r2].length - 1, c)), input = this.at(r2, c2);
      this.extend = extend;
      if (extend) { this.end = input; input.scrollIntoView({ block: "nearest", inline: "nearest" }); this.show(); } else input.focus();
    }

    /* --- changing --- */
    commit() { // what was typed into the cell becomes a step that can be undone
      if (this.typing && this.typing.value !== this.began) this.step([[this.typing, this.began, this.typing.value]]);
      this.began = this.typing ? this.typing.value : "";
    }
    step(changes) { if (changes.length) { this.done.push(changes); this.undone = []; if (this.done.length > 200) this.done.shift(); } }
    set(input, text) {
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    change(pairs) { // [[input, text]] in one step
      if (this.locked()) return;
      this.commit();
      const changes = pairs.filter(([input, text]) => input.value !== text).map(([input, text]) => [input, input.value, text]);
      changes.forEach(([input, , text]) => this.set(input, text));
      this.step(changes);
      if (this.typing) this.began = this.typing.value;
    }
    undo(back) {
      if (this.locked()) return;
      this.commit();
      const from = back ? this.done : this.undone, to = back ? this.undone : this.done, changes = from.pop();
      if (!changes) return;
      changes.forEach(([input, before, after]) => this.set(input, back ? before : after));
      to.push(changes);
      changes[0][0].focus();
      if (this.typing) this.began = this.typing.value;
      window.Fill.announce(back ? words.undone : words.redone);
    }
    reason(kind) {
      const text = kind === "empty" ? "" : words.marks[kind], cells = this.cells;
      this.change((cells.length ? cells : [this.typing]).filter(Boolean).map((input) => [input, text]));
    }

    copy(event, cut) {
      const cells = this.cells;
      if (cells.length < 2) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", this.range.map((row) => row.map((i) => i.value).join("\t")).join("\n"));
      window.Fill.announce(window.Fill.say("copied", cells.length));
      if (cut) this.change(cells.map((input) => [input, ""]));
    }
    paste(event) {
      if (this.locked() || this.editing) return;
      const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
      const block = text.split("\n").map((line) => line.split("\t").map((cell) => cell.trim().replace(/^"([^"]*)"$/, "$1")));
      event.preventDefault();
      const cells = this.cells, from = this.place.get(this.range.length ? this.range[0][0] : event.target);
      if (block.length === 1 && block[0].length === 1) { this.change((cells.length ? cells : [event.target]).map((input) => [input, block[0][0].slice(0, 60)])); return; }
      const pairs = []; let left = 0;
      block.forEach((line, r) => line.forEach((cell, c) => {
        const input = this.at(from[0] + r, from[1] + c);
        if (input) pairs.push([input, cell.slice(0, 60)]); else if (cell) left += 1;
      }));
      this.change(pairs);
      const last = pairs[pairs.length - 1];
      if (last) { this.anchor = pairs[0][0]; this.end = last[0]; this.show(); }
      window.Fill.announce(window.Fill.say("pasted", pairs.length) + (left ? ". " + window.Fill.say("pasted_over", left) : ""));
    }

    /* --- keys --- */
    key(event) {
      const input = event.target, place = this.place.get(input);
      if (!place) return;
      const ctrl = event.ctrlKey || event.metaKey, shift = event.shiftKey, [r, c] = shift && this.end ? this.place.get(this.end) : place;
      const stop = () => event.preventDefault();
      if (ctrl && !event.altKey) {
        const letter = event.key.toLowerCase();
        if (letter === "z") { stop(); this.undo(!shift); } else if (letter === "y") { stop(); this.undo(false); }
        else if (letter === "a" && !this.editing) { stop(); this.anchor = this.rows[0][0]; this.end = this.rows[this.rows.length - 1].slice(-1)[0]; this.show(); }
        else if (event.key === "Home") { stop(); this.go(0, 0, shift); } else if (event.key === "End") { stop(); this.go(this.rows.length - 1, this.rows[this.rows.length - 1].length - 1, shift); }
        else if (event.key === ".") { stop(); this.open(input); }
        return;
      }
      if (event.key === "ContextMenu" || (event.key === "F10" && shift)) { stop(); this.open(input); return; }
      if (event.key === "F2") { stop(); this.editing = true; input.setSelectionRange(input.value.length, input.value.length); return; }
      if (event.key === "Escape") { stop(); if (input.value !== this.began) this.set(input, this.began); this.editing = false; this.anchor = this.end = input; this.show(); input.select(); return; }
      if (event.key === "Enter") { stop(); this.go(place[0] + (shift ? -1 : 1), place[1]); return; }
      if (this.editing && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
      const steps = { ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1], Home: [r, 0], End: [r, 99], PageUp: [r - 10, c], PageDown: [r + 10, c] };
      if (steps[event.key] && !event.altKey) { stop(); this.go(steps[event.key][0], steps[event.key][1], shift); return; }
      if ((event.key === "Delete" || event.key === "Backspace") && this.cells.length > 1) { stop(); this.change(this.cells.map((i) => [i, ""])); }
    }

    open(input) { // the menu of reasons
      if (this.locked()) return;
      close();
      menu = document.createElement("div");
      menu.className = "gridmenu"; menu.setAttribute("role", "menu"); menu.setAttribute("aria-label", words.menu);
      ["no_data", "not_applicable", "withheld", "empty"].forEach((kind) => {
        const one = document.createElement("button");
        one.type = "button"; one.setAttribute("role", "menuitem"); one.tabIndex = -1;
        one.textContent = words[kind] + (kind === "empty" ? "" : " (" + words.marks[kind] + ")");
        one.addEventListener("click", () => { close(); input.focus(); this.anchor = this.held[0]; this.end = this.held[1]; this.reason(kind); this.show(); });
        menu.append(one);
      });
      this.held = [this.anchor || input, this.end || input];
      const box = input.getBoundingClientRect();
      document.body.append(menu);
      menu.style.left = Math.max(4, Math.min(box.left, innerWidth - menu.offsetWidth - 4)) + "px";
      menu.style.top = Math.min(box.bottom + 2, innerHeight - menu.offsetHeight - 4) + "px";
      menu.addEventListener("keydown", (event) => {
        const all = [...menu.children], n = all.indexOf(document.activeElement);
        if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); all[(n + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].focus(); }
        else if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); close(); input.focus(); }
      });
      menu.firstChild.focus();
    }

    /* --- sums: the same rules as on the server --- */
    compute() {
      const given = new Map(), shape = this.shape, found = new Map();
      this.rows.flat().forEach((input) => { const value = parse(input.value); if (value !== null) given.set(input.dataset.part.slice(6), value); });
      const known = (key) => {
        if (!found.has(key)) { found.set(key, undefined); found.set(key, resolve(key)); }
        return found.get(key);
      };
      const sum = (codes, place, parts) => {
        let total = 0, any = false;
        for (const part of parts) {
          const value = known(codes.slice(0, place).concat(part, codes.slice(place + 1)).join("|"));
          if (value === undefined) return undefined;
          if (value !== NA) { total += value; any = true; }
        }
        return parts.length ? (any ? Math.round(total * 1e9) / 1e9 : NA) : undefined;
      };
      const sums = (key) => {
        const codes = key.split("|");
        return codes.map((code, place) => ((code === TOTAL ? shape.whole[place] : shape.additive) ? sum(codes, place, shape.parts[place][code] || []) : undefined)).filter((v) => v !== undefined);
      };
      const resolve = (key) => (given.has(key) ? given.get(key) : sums(key)[0]);
      this.rows.flat().forEach((input) => {
        const key = input.dataset.part.slice(6), cell = input.parentNode, value = known(key);
        if (given.has(key)) {
          input.removeAttribute("placeholder");
          const other = typeof value === "number" ? sums(key).find((v) => typeof v === "number" && Math.abs(v - value) > 1e-9) : undefined;
          cell.classList.toggle("differs", other !== undefined);
          if (other !== undefined) cell.dataset.sum = "≠ " + format(other); else delete cell.dataset.sum;
        } else {
          cell.classList.remove("differs");
          if (typeof value === "number") input.placeholder = format(value); else input.removeAttribute("placeholder");
        }
      });
      if (shape.share) this.wrap.querySelectorAll("[data-share]").forEach((cell) => {
        const line = cell.dataset.share ? cell.dataset.share + "|" : "", [women, men] = shape.share.map((code) => known(line + code));
        let total = known(line + TOTAL);
        if (typeof total !== "number" && typeof women === "number" && typeof men === "number") total = women + men;
        cell.textContent = typeof women === "number" && total ? format((100 * women) / total, 1) : "–";
      });
    }

    bind() {
      const wrap = this.wrap;
      wrap.addEventListener("focusin", (event) => {
        if (!this.place.has(event.target)) return;
        this.commit();
        this.typing = event.target; this.began = event.target.value; this.editing = false;
        if (!this.dragging && !this.extend) this.anchor = this.end = event.target;
        this.extend = false;
        if (!this.dragging) event.target.select();
        this.show();
      });
      wrap.addEventListener("focusout", () => { this.commit(); });
      wrap.addEventListener("keydown", (event) => this.key(event));
      wrap.addEventListener("input", (event) => {
        if (event.target === this.typing && this.cells.length > 1 && event.inputType) { this.anchor = this.end = event.target; this.show(); }
        cancelAnimationFrame(this.frame);
        this.frame = requestAnimationFrame(() => this.compute());
      });
      wrap.addEventListener("fill:put", () => { cancelAnimationFrame(this.frame); this.frame = requestAnimationFrame(() => this.compute()); });
      wrap.addEventListener("copy", (event) => this.copy(event, false));
      wrap.addEventListener("cut", (event) => this.copy(event, true));
      wrap.addEventListener("paste", (event) => { if (this.place.has(event.target)) this.paste(event); });
      wrap.addEventListener("mousedown", (event) => {
        if (!this.place.has(event.target) || event.button) return;
        if (event.shiftKey && this.anchor) { event.preventDefault(); this.end = event.target; this.show(); return; }
        if (event.target === document.activeElement) { this.editing = true; return; }
        this.from = event.target;
      });
      wrap.addEventListener("mouseover", (event) => {
        const cell = event.target.closest("td"), input = cell && cell.querySelector("input");
        if (!this.from || !(event.buttons & 1) || !this.place.has(input) || (input === this.from && !this.dragging)) return;
        this.dragging = true; this.anchor = this.from; this.end = input;
        getSelection().removeAllRanges();
        this.show();
      });
      document.addEventListener("mouseup", () => { if (this.dragging) { this.from && this.from.focus(); } this.from = null; this.dragging = false; });
      wrap.addEventListener("mouseup", (event) => { if (this.place.has(event.target) && !this.editing && !this.dragging) { event.preventDefault(); event.target.select(); } });
      wrap.addEventListener("dblclick", () => { this.editing = true; });
      if (this.bar) this.bar.addEventListener("mousedown", (event) => event.preventDefault());
      if (this.bar) this.bar.addEventListener("click", (event) => {
        const act = event.target.dataset.act;
        if (act === "undo" || act === "redo") this.undo(act === "undo"); else if (act) this.reason(act);
      });
    }
  }

  function close() { if (menu) { menu.remove(); menu = null; } }
  document.addEventListener("mousedown", (event) => { if (menu && !menu.contains(event.target)) close(); });
  document.addEventListener("DOMContentLoaded", () => {
    if (!window.Fill) return;
    words = window.Fill.words;
    marks = words.known_marks;
    document.querySelectorAll("[data-grid]").forEach((wrap) => { wrap.grid = new Grid(wrap); });
  });
})();
