"""The model's card: what it is, how good it is on games it has not seen, what it cannot do."""

from __future__ import annotations

from typing import Any

_HEAD = """# Outcome model: card

Written by `python models/train.py`; every figure is of that one run and stands, with the
weights, in `outcome.json`.

- **Version** `{version}` (the hash is of the file, so equal versions are equal models).
- **What it gives**: the probability that a selection wins, from the odds of its market as they
  stood when the bet was accepted, the sport, and in play the minute.
- **How**: a logistic regression on the log-odds of the margin-free price, with a penalty on
  leaving the market; weights of zero beside the first return the market itself.
- **Trained on** {train_games} games, {train_selections} selections; **judged on** {games} later
  games, {selections} selections. No game is on both sides. First held-out day by sport:
  {first_days}.
- **Penalty** {penalty:g}, chosen on the training games alone, by three windows of time.

## Against the margin-free price, on games not seen

Log-loss in nats, less is better. The interval is a paired bootstrap that draws whole games
({draws} draws, seed {seed}). "Even" is what equal chances for every selection would score.

| games | selections | | model | market | model - market (95 %) | Brier | Brier market | even |
|---:|---:|---|---:|---:|---|---:|---:|---:|
"""

_ROW = (
    "| {games} | {selections} | {name} | {log_loss:.4f} | {log_loss_market:.4f} "
    "| {log_loss_difference:+.4f} ({log_loss_difference_low:+.4f} to "
    "{log_loss_difference_high:+.4f}) | {brier:.4f} | {brier_market:.4f} "
    "| {base_rate_log_loss:.4f} |"
)

_TAIL = """
{verdict} Of {looks} intervals of 95 %, about one in twenty excludes 0 by chance.

## What it cannot do

- It does not beat a liquid market, and nothing made of public odds should be believed to.
- It knows no team, no player, no score: in play it trusts the price of the moment.
- It scores one selection at a time. In a market of two the probabilities add up to 1; in a
  larger one only nearly. Within one market it never changes the order of the prices.
- In-play football is the A-League's alone, at half time. NFL has no in-play prices; its
  handicaps and totals carry a standard price in the data and are neither trained on nor judged.
- A sport without a column of its own gets the weights that all sports share.
- Prices are average bookmaker odds (football), closing moneylines (NFL) and the best exchange
  price (the rest): a book with another margin or slower prices may need a model of its own.
- The held-out games were looked at while the way of fitting was settled, so small differences
  deserve less faith than their intervals claim.
- A bet without a usable market is not scored: it takes 1/odds, which still holds the margin.
"""


def render_card(record: dict[str, Any]) -> str:
    """The card as Markdown, from the record that is written to outcome.json."""
    held_out = record["held_out"]
    looks = len(held_out["groups"]) + 1
    days = ", ".join(f"{sport} {day}" for sport, day in record["first_held_out_day"].items())
    head = _HEAD.format(
        version=record["model_version"],
        train_games=record["train"]["games"],
        train_selections=record["train"]["selections"],
        games=held_out["all"]["games"],
        selections=held_out["all"]["selections"],
        first_days=days,
        penalty=record["penalty"],
        draws=record["bootstrap_draws"],
        seed=record["seed"],
    )
    rows = [_ROW.format(name="**all**", **held_out["all"])]
    rows += [_ROW.format(name=name, **figures) for name, figures in held_out["groups"].items()]
    verdict = _verdict(held_out["all"], held_out["groups"])
    return head + "\n".join(rows) + "\n" + _TAIL.format(verdict=verdict, looks=looks)


def _verdict(overall: dict[str, float], groups: dict[str, dict[str, float]]) -> str:
    low, high = overall["log_loss_difference_low"], overall["log_loss_difference_high"]
    word = "better than" if high < 0 else "worse than" if low > 0 else "not to be told from"
    better = [n for n, f in groups.items() if f["log_loss_difference_high"] < 0]
    worse = [n for n, f in groups.items() if f["log_loss_difference_low"] > 0]
    return (
        f"Overall the model is {word} the margin-free price. "
        f"Interval below 0 (better): {', '.join(better) or 'none'}. "
        f"Above 0 (worse): {', '.join(worse) or 'none'}."
    )
