// Words and numbers of the pages of a game and a bet.
import { currentLocale } from "/static/board.js";

export { count, money, sign, time } from "/static/board.js";

const locale = currentLocale() || undefined;
const oddsFormat = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
const percentFormat = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const PLAIN_NAME = /^[a-z0-9]+(_[a-z0-9]+)+$/;

export function odds(text) {
  return text === null ? "–" : oddsFormat.format(text);
}

export function percent(text) {
  return text === null ? "–" : percentFormat.format(Number(text));
}

// match_result reads as two words; whatever else a name holds, it stays as it is.
export function words(name) {
  return PLAIN_NAME.test(name) ? name.replaceAll("_", " ") : name;
}
