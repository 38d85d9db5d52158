/* What allauth's scripts for keys leave to the page: a failure in words, and no button where nothing can come of it. */
(function () {
  document.addEventListener("DOMContentLoaded", function () {
    var usable = window.isSecureContext && window.PublicKeyCredential;
    document.querySelectorAll("[data-needs-keys]").forEach(function (one) { one.hidden = !usable; });
    document.querySelectorAll("[data-without-keys]").forEach(function (one) { one.hidden = !!usable; });
  });
  document.addEventListener("allauth.error", function (event) {
    var told = document.querySelector("[data-key-failed]");
    if (told) { event.preventDefault(); told.hidden = false; told.focus(); }
  });
})();
