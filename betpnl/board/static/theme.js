// Set before anything is drawn, so that a dark room sees no flash of white.
document.documentElement.dataset.theme =
  localStorage.getItem("betpnl.theme") ??
  (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
