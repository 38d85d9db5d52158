/* Light or dark: one attribute, kept for this visit's pages only. Without this script the reader's system decides. */
(function () {
  var root = document.documentElement, store;
  try { store = window.sessionStorage; var kept = store.getItem("theme"); if (kept === "light" || kept === "dark") root.dataset.theme = kept; } catch (e) { store = null; }
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".theme").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        root.dataset.theme = dark ? "light" : "dark";
        try { if (store) store.setItem("theme", root.dataset.theme); } catch (e) { /* a full or forbidden store changes nothing here */ }
      });
    });
  });
})();
