// What every page shares: the connection to the server, numbers as the user reads them, theme, keys.

const RETRY_MS = [300, 700, 1500, 3000, 5000];
const SILENT_MS = 5000;
const LOGGED_OUT = 4401;
const SAMPLES = 30;

// -- What the server told ------------------------------------------------------------------
export const state = {
  rows: new Map(), // game_id -> line
  sparks: new Map(), // game_id -> [total PNL, oldest first]
  top: null,
  heardAt: 0, // performance.now() of the newest message
  connected: false,
};

const listeners = { top: new Set(), games: new Set() };
let socket = null;
let withGames = false;
let tries = 0;
let retry = 0;

// Calls back with what changed; the function that is returned ends it.
export function onTop(callback) {
  return listen(listeners.top, callback);
}

// callback({ all, changed: [ids], gone: [ids], sample })
export function onGames(callback) {
  return listen(listeners.games, callback);
}

function listen(set, callback) {
  set.add(callback);
  // Components mount one after the other; one connection serves them all.
  setTimeout(connect, 0);
  return () => set.delete(callback);
}

function connect() {
  const wanted = listeners.games.size > 0;
  if (socket && (withGames || !wanted)) return;
  clearTimeout(retry);
  const old = socket;
  withGames = wanted;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = new WebSocket(`${scheme}://${location.host}/live?games=${wanted ? 1 : 0}`);
  socket = mine;
  old?.close();
  mine.binaryType = "arraybuffer";
  // Frames are unpacked one after the other: their order is what they mean.
  let order = Promise.resolve();
  mine.onmessage = (event) => {
    order = order.then(async () => {
      const message = JSON.parse(await unpacked(event.data));
      if (socket === mine) take(message);
    });
  };
  mine.onclose = (event) => {
    if (socket !== mine) return;
    socket = null;
    state.connected = false;
    if (event.code === LOGGED_OUT) {
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    tell(listeners.top);
    const wait = RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)];
    // All viewers lose a server at once; they need not come back at once.
    retry = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  };
}

async function unpacked(data) {
  const bytes = new Uint8Array(data);
  if (bytes[0] !== 0x1f) return new TextDecoder().decode(bytes);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function take(message) {
  state.connected = true;
  state.heardAt = performance.now();
  tries = 0;
  state.top = message.top;
  const all = message.kind === "all";
  if (all && message.rows) {
    state.rows = new Map(message.rows.map((row) => [row.game_id, row]));
    state.sparks = new Map(Object.entries(message.sparks));
    tell(listeners.games, { all, changed: [], gone: [] });
  } else if (message.rows || message.gone || message.sample) {
    const changed = [];
    for (const change of message.rows ?? []) {
      const known = state.rows.get(change.game_id);
      if (known) Object.assign(known, change);
      else state.rows.set(change.game_id, change);
      changed.push(change.game_id);
    }
    const gone = message.gone ?? [];
    for (const id of gone) {
      state.rows.delete(id);
      state.sparks.delete(id);
    }
    if (message.sample) sample();
    tell(listeners.games, { all, changed, gone, sample: message.sample });
  }
  tell(listeners.top);
}

function sample() {
  for (const [id, row] of state.rows) {
    const line = state.sparks.get(id) ?? [];
    line.push(Number(row.total_pnl));
    if (line.length > SAMPLES) line.shift();
    state.sparks.set(id, line);
  }
}

function tell(set, news) {
  for (const callback of set) callback(news);
}

// A phone that wakes up, or a laptop that was shut, need not wait for its next try.
addEventListener("online", () => !socket && connect());
document.addEventListener("visibilitychange", () => !document.hidden && !socket && connect());

// How new the newest figure is, in ms; null before any.
export function ageMs() {
  const top = state.top;
  if (!top?.newest_at) return null;
  const then = Math.max(0, Date.parse(top.as_of) - Date.parse(top.newest_at));
  return then + performance.now() - state.heardAt;
}

// What is to be said about the figures: the server's word, unless it is the server that is silent.
export function verdict() {
  const silent = performance.now() - state.heardAt > SILENT_MS;
  if (state.top === null) {
    // The clock began with the page.
    return silent
      ? { level: "down", sentence: "The board's server does not answer. Trying again." }
      : { level: "quiet", sentence: "Asking the board's server." };
  }
  if (!state.connected || silent) {
    return {
      level: "down",
      sentence: "The board's server does not answer: these figures are old. Trying again.",
    };
  }
  return { level: state.top.level, sentence: state.top.sentence };
}

// -- Numbers as the user reads them --------------------------------------------------------
export const LOCALES = { "": "as my browser", "en-GB": "1,234.50", "de-DE": "1.234,50", "fr-FR": "1 234,50", "de-CH": "1’234.50", "en-IN": "12,34,567.50" };
const locale = localStorage.getItem("betpnl.locale") || undefined;
const made = new Map();

function format(key, options) {
  if (!made.has(key)) made.set(key, new Intl.NumberFormat(locale, options));
  return made.get(key);
}

// Amounts come as decimal text and are formatted as such: no float stands between.
export function money(text, minor, signed) {
  if (text === null || text === undefined || text === "") return "–";
  const digits = { minimumFractionDigits: minor, maximumFractionDigits: minor };
  const sign = signed ? "exceptZero" : "negative";
  return format(`${minor}${sign}`, { ...digits, signDisplay: sign }).format(text);
}

export function count(number) {
  return number === null || number === undefined ? "–" : format("count", {}).format(number);
}

export function rate(number) {
  if (number === null || number === undefined) return "–";
  return format("rate", { maximumFractionDigits: 1 }).format(number);
}

export function time(text) {
  if (!text) return "–";
  return new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium" }).format(
    new Date(text),
  );
}

export function sign(text) {
  const number = Number(text ?? 0);
  return number > 0 ? "pos" : number < 0 ? "neg" : "";
}

export function age(ms) {
  if (ms === null) return "–";
  const s = ms / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

export function setLocale(name) {
  localStorage.setItem("betpnl.locale", name);
  location.reload();
}

export function currentLocale() {
  return localStorage.getItem("betpnl.locale") ?? "";
}

// -- Theme ---------------------------------------------------------------------------------
export function isDark() {
  return document.documentElement.dataset.theme === "dark";
}

export function setTheme(name) {
  document.documentElement.dataset.theme = name;
  window.Quasar?.Dark.set(name === "dark");
  dispatchEvent(new CustomEvent("betpnl:theme", { detail: name }));
}

export function toggleTheme() {
  const name = isDark() ? "light" : "dark";
  localStorage.setItem("betpnl.theme", name);
  setTheme(name);
}

// -- Keys ----------------------------------------------------------------------------------
const GO = { g: "/", c: "/curves", l: "/limits" };
let going = 0;

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (performance.now() - going < 1000 && GO[event.key]) {
    location.assign(GO[event.key]);
  } else if (event.key === "g") {
    going = performance.now();
    return;
  } else if (event.key === "t") {
    toggleTheme();
  } else if (event.key === "?") {
    document.querySelector("dialog.keys")?.showModal();
  } else {
    return;
  }
  going = 0;
  event.preventDefault();
});
