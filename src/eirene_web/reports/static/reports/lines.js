/* Tables of lines: a line more, a line less, up and down. The boxes keep the names that the form without script has. */
(function () {
  "use strict";
  const rows = (table) => [...table.tBodies[0].rows];
  const boxes = (row) => [...row.querySelectorAll("[data-column]")];

  function read(table) {
    return rows(table).map((row) => {
      const line = {};
      boxes(row).forEach((box) => { const text = box.value.replace(/\r\n/g, "\n").trim(); if (text) line[box.dataset.column] = text; });
      return line;
    }).filter((line) => Object.keys(line).length);
  }

  function write(table, lines) {
    while (rows(table).length < lines.length + 1) add(table);
    rows(table).forEach((row, n) => boxes(row).forEach((box) => { box.value = (lines[n] || {})[box.dataset.column] || ""; }));
  }

  function number(table) { // names say where a line stands, for a form that is sent as a whole
    rows(table).forEach((row, n) => {
      row.querySelectorAll("[name]").forEach((box) => { box.name = box.name.replace(/\.\d+(\.[a-z][a-z0-9_]*|!order|!gone)$/, "." + n + "$1"); });
      row.id = row.id.replace(/\d+$/, String(n));
      const order = row.querySelector('[name$="!order"]');
      if (order) order.value = String(n);
    });
    const count = table.closest("[data-q]").querySelector('[name$=":' + table.dataset.lines + '.n"]');
    if (count) count.value = String(rows(table).length);
  }

  function add(table) {
    const last = rows(table)[rows(table).length - 1], row = last.cloneNode(true);
    boxes(row).forEach((box) => { box.value = ""; if (box.tagName === "TEXTAREA") box.textContent = ""; });
    table.tBodies[0].append(row);
    number(table);
    return row;
  }

  function act(text, sign, run) {
    const made = document.createElement("button");
    made.type = "button"; made.textContent = sign; made.setAttribute("aria-label", text); made.title = text;
    made.dataset.line = run;
    return made;
  }

  function dress(table) {
    const words = window.Fill.words;
    rows(table).forEach((row) => {
      const cell = row.querySelector(".acts");
      if (cell && !cell.childNodes.length) cell.append(act(words.line_up, "↑", "up"), act(words.line_down, "↓", "down"), act(words.line_gone, "✕", "gone"));
    });
  }

  window.FillLines = { read: read, write: write };
  document.addEventListener("DOMContentLoaded", () => {
    if (!window.Fill) return;
    document.querySelectorAll("[data-lines]").forEach(dress);
    document.addEventListener("click", (event) => {
      const adding = event.target.closest("[data-add]"), acting = event.target.closest("[data-line]");
      if (adding) {
        const table = adding.closest("[data-q]").querySelector('[data-lines="' + adding.dataset.add + '"]'), row = add(table);
        dress(table);
        boxes(row)[0].focus();
      } else if (acting) {
        const row = acting.closest("tr"), table = row.closest("table");
        if (acting.dataset.line === "up" && row.previousElementSibling) row.previousElementSibling.before(row);
        else if (acting.dataset.line === "down" && row.nextElementSibling) row.nextElementSibling.after(row);
        else if (acting.dataset.line === "gone") {
          if (rows(table).length > 1) { const next = row.nextElementSibling || row.previousElementSibling; row.remove(); boxes(next)[0].focus(); }
          else boxes(row).forEach((box) => { box.value = ""; });
        }
        number(table);
        if (acting.isConnected) acting.focus();
        window.Fill.touch(table, 300);
      }
    });
  });
})();
