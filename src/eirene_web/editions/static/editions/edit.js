// Puts a chosen figure into the text that was typed in last. Without this script the placeholder is copied by hand.
(function () {
  "use strict";
  var last = null;
  document.addEventListener("focusin", function (event) {
    if (event.target.matches("textarea.in")) last = event.target;
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-insert]");
    if (!button) return;
    var form = button.closest("form");
    var field = last && form && form.contains(last) ? last : form && form.querySelector("textarea.in");
    if (!field) return;
    var text = "{" + button.dataset.insert + "}";
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
