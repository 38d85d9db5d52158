/* Says that scripts run, before anything is drawn: what only they can do is shown, what they replace is not. */
document.documentElement.classList.add("js");
