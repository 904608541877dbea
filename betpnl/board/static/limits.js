// The words of limits, alike in every table.
export const MEASURES = {
  liability: "Liability",
  worst_case: "Worst case",
  realised_pnl: "Realised PNL",
  total_pnl: "Total PNL",
};
export const SCOPES = { total: "All games", sport: "A sport", game: "A game", market: "A market" };
export const ENDED = {
  within: "back within",
  gone: "nothing left to measure",
  changed: "the limit was changed",
  disabled: "the limit was switched off",
  deleted: "the limit was deleted",
};
