"""The model's card: what it is, how good it is on games it has not seen, what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Figures = Mapping[str, Any]
CALIBRATION_DRAWS = 1000

_HEAD = """# Outcome model: card

Written by `betpnl train`; every figure is of that one run and stands, with the weights, in
`outcome.json`.

- **Version** `{version}` (the hash is of the file, so equal versions are equal models).
- **What it gives**: the probability that a selection wins, from the odds of its market as they
  stood when the bet was accepted, the sport, and in play the minute; those of a market add up to 1.
- **How**: margin taken out by the {method} method, then a conditional logit on the logarithm of
  the margin-free price, with penalties on leaving the market.
- **Chosen** on the training games alone, by three windows of time: the method, and penalties of
  {shared:,.0f} (shared columns) and {sport:,.0f} (a sport's own). Of all that lay within one
  standard error ({standard_error:.4f}) of the least log-loss, the nearest to the market. No weight
  is further than {farthest:.4f} from the market's.
- **Trained on** {train_games} games, {train_selections} selections; **judged on** {games} later
  games, {selections} selections. No game is on both sides. First held-out day by sport:
  {first_days}.
{used}

| margin by | least log-loss on the training windows | with penalties (shared, sport) | \
at the chosen ones |
|---|---:|---|---:|
{tried}

## Against the margin-free price, on games not seen

The price is the one at which the bet could be taken, its margin taken out in proportion. Log-loss
in nats, less is better. The interval is a paired bootstrap that draws whole games ({draws} draws,
seed {seed}). "Base rate" is what it would score to say of each selection how often it won in its
sport's market on the training games.

"""
_COLUMNS = """\
| games | selections | | model | price | model - price (95 %) | Brier | Brier price | base rate \
| model - base rate (95 %) |
|---:|---:|---|---:|---:|---|---:|---:|---:|---|
"""
_ROW = (
    "| {games} | {selections} | {name} | {log_loss:.4f} | {log_loss_price:.4f} "
    "| {log_loss_difference:+.4f} ({log_loss_difference_low:+.4f} to "
    "{log_loss_difference_high:+.4f}) | {brier:.4f} | {brier_price:.4f} "
    "| {base_rate_log_loss:.4f} | {base_rate_difference:+.4f} ({base_rate_difference_low:+.4f} to "
    "{base_rate_difference_high:+.4f}) |"
)
_CALIBRATION = """
## Calibration, on games not seen

The mean distance between what was said and what came, in 20 bands of probability; beside it what
95 % of such samples stay within if every probability is right, and how many of them are as far off
(p; {draws} simulated, game by game). p of all sports, and of all kinds of market, is corrected by
Holm's method for so many looks.

"""
_CALIBRATION_COLUMNS = """\
| selections | | error | if perfect, 95 % | | p | corrected |
|---:|---|---:|---:|---|---:|---:|
"""
_HALF_TIME = """
## Football at half time

Where a bet in play comes with no price of the moment, the goals model reads the score and the
minute. Here at half time, against the same selections' price from before the game.

"""
_JOINT = """
## Legs of one game

Match result and over or under 2.5 goals of one football game, before it: the probability that both
win, by the goals model, against the product of the two as if they were independent (as "price").

"""
_PRODUCT = """
## Legs of one game where no joint probability is known

An accumulator with both legs is worth their product, and says `fallback`: this is how wrong that
is. Of all games, by prices from before them; nothing is fitted here. "Same side" is home twice or
away twice.

| pairs | sport | markets | legs | product | came | came - product (95 %) |
|---:|---|---|---|---:|---:|---|
"""
_PRODUCT_ROW = (
    "| {pairs} | {sport} | {markets} | {legs} | {product:.3f} | {came:.3f} "
    "| {difference:+.3f} ({difference_low:+.3f} to {difference_high:+.3f}) |\n"
)
_CANNOT = """
## What it cannot do

- It does not beat a liquid market, and nothing made of public odds should be believed to.
- It knows no team and no player. In play it trusts the price of the moment; only football without
  one is scored by score and minute. {goals}
- The goals model knows match result, totals and what follows from the score. Corners, cards,
  players and halves it does not know, and it takes the sides' goals for independent but for how a
  lead changes the pace.
- {order}
- Legs in one game of any other sport, or in a market that no score decides, have no joint
  probability: a bet builder is then worth its own price without its margin, and an accumulator
  the product of its legs.
- A leg without its market's odds takes the usual margin of its sport and market out of its own; in
  a sport that was not trained on it takes 1/odds, which still holds the margin.
- A sport without a column of its own gets the weights that all sports share.
"""
_GOALS = """Its goals model was fitted, and checked, at half time alone:
  how goals come before and after it is assumed, as is that 2.5 minutes' worth is always left."""
_NO_GOALS = """Its goals model was not fitted, for no
  such games were there: it is that of no history at all."""
_ORDER = {
    True: "Within one market it never changes the order of the prices.",
    False: "Its weights may give the shorter of two prices of one market the worse chance.",
}
_OF_DATA = """\
- In-play football is the A-League's alone, at half time. NFL has no in-play prices; its
  handicaps and totals carry a standard price in the data and are neither trained on nor judged.
- Prices are average bookmaker odds (football), closing moneylines (NFL) and the best exchange
  price (the rest): a book with another margin or slower prices may need a model of its own.
- The held-out games have been looked at before, so small differences deserve less faith than
  their intervals claim: see below.
"""
_OF_ONES_OWN = """\
- It knows the prices of the tables that it was trained on: where others are taken, of another
  margin or slower, it may not do as well.
"""
# Of the shipped model's making, whatever this run is of: a later run can't find them again.
_LOOKED_AT = """
## What was looked at

This is history and no figure of this run: it is of the games in `data/`, and how the way of
choosing came to be what it is.

- The rule by which method and penalties are chosen was changed once, **after** the held-out
  calibration of the model that the first rule chose had been seen.
- The first rule took the nearest to the market of all that lay within one standard error of the
  *paired difference* of log-loss. It chose Shin's method with penalties of {shared:,} (shared
  columns) and {sport:,} (a sport's own). On the held-out games that model's log-loss was
  {log_loss:.4f} and its calibration error {error:.4f}, above the {bound:.4f} that 95 % of samples
  of a perfect model stay within.
- The rule now is the textbook one, Breiman's of 1984: one standard error of the least loss itself.
  That is wider. It lands on the heaviest penalties that are tried: the margin-free price by the
  power method, all but unchanged.
- So that the calibration over all games lies within its bound is not the finding of an untouched
  sample. Only games that are later than all of `data/` can show it.
"""
_WITHIN = 0.95
_AIM, _AIM_SELECTIONS = 0.01, 20_000
_FIRST_RULE = {
    "shared": 1_000,
    "sport": 1_000_000,
    "log_loss": 0.5533,
    "error": 0.0170,
    "bound": 0.0158,
}


def render_card(record: Figures) -> str:
    """The card as Markdown, from the record that is written to outcome.json."""
    held_out, goals = record["held_out"], record["football"]
    head = _HEAD.format(
        version=record["model_version"],
        method=record["method"],
        **record["penalty"],
        standard_error=record["standard_error"],
        farthest=_farthest(record["weights"]),
        tried=_tried(record["tried"], record["penalty"]),
        train_games=record["train"]["games"],
        train_selections=record["train"]["selections"],
        games=held_out["all"]["games"],
        selections=held_out["all"]["selections"],
        first_days=", ".join(
            f"{sport} {day}" for sport, day in record["first_held_out_day"].items()
        ),
        used="\n".join(f"- {each}" for each in what_was_used(record)),
        draws=record["bootstrap_draws"],
        seed=record["seed"],
    )
    against = {
        "**all**": held_out["all"],
        f"all, price by the {record['method']} method": held_out["all_by_method"],
        **held_out["groups"],
    }
    parts = [head, _table(against), _verdict(held_out)]
    parts.append(_calibrations(record["calibration"]))
    if goals["half_time"]:
        parts += [_HALF_TIME, _table(goals["half_time"])]
        for market, found in goals["half_time"].items():
            parts.append(f"\n{market}: the model is {_word(found)} the price from before.\n")
    if goals["joint"]:
        parts += [_JOINT, _table({"both legs": goals["joint"]})]
        parts.append(f"\nThe model is {_word(goals['joint'])} the product.\n")
    if record["independence"]:
        parts.append(_PRODUCT)
        parts += [
            _PRODUCT_ROW.format(difference=each["came"] - each["product"], **each)
            for each in record["independence"]
        ]
    fitted = goals["games"]["train"] > 0
    parts.append(
        _CANNOT.format(goals=_GOALS if fitted else _NO_GOALS, order=_ORDER[record["keeps_order"]])
    )
    if record["of_data"]:
        parts += [_OF_DATA, _LOOKED_AT.format(**_FIRST_RULE)]
    else:
        parts.append(_OF_ONES_OWN)
    return "".join(parts)


def what_was_used(record: Figures) -> list[str]:
    """In sentences, how much of the tables was used, and why the rest was not."""
    markets, goals = record["markets"], record["football"]["games"]
    said = [f"Markets at a checkpoint: {markets['used']} used{_left_out(markets['left_out'])}."]
    if any(goals.values()):
        used = f"{goals['train']} games to fit, {goals['held_out']} to judge"
        said.append(f"Football's goals model: {used}{_left_out(goals['left_out'])}.")
    return said


def _left_out(reasons: Mapping[str, int]) -> str:
    if not reasons:
        return ", none left out"
    return "; left out: " + ", ".join(f"{count} for {reason}" for reason, count in reasons.items())


def _farthest(weights: Mapping[str, float]) -> float:
    first, *others = weights.values()
    return max(abs(first - 1.0), *map(abs, others))


def _tried(tried: list[dict[str, Any]], penalty: Mapping[str, float]) -> str:
    least: dict[str, dict[str, Any]] = {}
    chosen: dict[str, float] = {}
    for each in sorted(tried, key=lambda each: each["log_loss"]):
        least.setdefault(each["method"], each)
        if penalty.items() <= each.items():
            chosen[each["method"]] = each["log_loss"]
    return "\n".join(
        f"| {method} | {each['log_loss']:.5f} | {each['shared']:,.0f}, {each['sport']:,.0f} "
        f"| {chosen[method]:.5f} |"
        for method, each in least.items()
    )


def _table(rows: Mapping[str, Figures]) -> str:
    lines = [_ROW.format(name=name, **figures) for name, figures in rows.items()]
    return _COLUMNS + "\n".join(lines) + "\n"


def _calibrations(calibration: Mapping[str, Mapping[str, Figures]]) -> str:
    parts = [_CALIBRATION.format(draws=CALIBRATION_DRAWS), _CALIBRATION_COLUMNS]
    parts += [_calibration(name, found) for name, found in calibration["all"].items()]
    parts += [_calibration(name, found) for name, found in calibration["sports"].items()]
    parts += [_target(calibration["all"]["all"]), _above(calibration["sports"])]
    parts += ["\nBy kind of market:\n\n", _CALIBRATION_COLUMNS]
    parts += [_calibration(name, found) for name, found in calibration["kinds"].items()]
    return "".join(parts)


def _calibration(name: str, found: Figures) -> str:
    word = "**above**" if _is_above(found) else "within"
    return (
        f"| {found['selections']} | {name} | {found['error']:.4f} "
        f"| {found['error_if_perfect_95']:.4f} | {word} | {found['p']:.3f} "
        f"| {found['p_corrected']:.3f} |\n"
    )


def _target(found: Figures) -> str:
    """What the error of all is worth beside the aim of a hundredth."""
    kept = "is met" if found["error"] <= _AIM else "is **not** met"
    enough = found["selections"] >= _AIM_SELECTIONS
    size = "at least" if enough else "fewer than"
    bound = "above" if found["error_if_perfect_95"] > _AIM else "within"
    return (
        f"\nThe aim of {_AIM} where there are {_AIM_SELECTIONS:,} selections: here are "
        f"{found['selections']:,}, {size} that, and with {found['error']:.4f} it {kept}. A perfect "
        f"model's error would be {found['error_if_perfect']:.4f} on average, and the "
        f"{found['error_if_perfect_95']:.4f}\nwithin which 95 % of its samples stay is {bound} the "
        "aim: selections of one game end together.\n"
    )


def _above(sports: Mapping[str, Figures]) -> str:
    """In words, in which sports probabilities are further off than chance would have them."""
    above = {name: found for name, found in sports.items() if _is_above(found)}
    if not above:
        return "\nThe bound is met in every sport.\n"
    said = "; ".join(
        f"{name} ({found['error']:.4f} > {found['error_if_perfect_95']:.4f})"
        for name, found in above.items()
    )
    sure = [name for name, found in above.items() if found["p_corrected"] <= 1.0 - _WITHIN]
    return (
        f"\nThe bound is **not** met for: {said}.\n"
        f"After the correction for {len(sports)} sports the probabilities are proven wrong at 5 % "
        f"for: {', '.join(sure) or 'none'}.\n"
        + ("" if len(sure) == len(above) else "Not proven wrong is not proven right.\n")
    )


def _is_above(found: Figures) -> bool:
    return bool(found["error"] > found["error_if_perfect_95"])


def _verdict(held_out: Figures) -> str:
    groups = held_out["groups"]
    worse = ", ".join(held_out["worse_after_correction"]) or "none"
    return (
        f"\nOverall the model is {_word(held_out['all'])} the margin-free price. "
        f"Of {len(groups)} looks by sport and by price, worse than the price at 5 % after Holm's "
        f"correction: {worse}.\n"
    )


def _word(found: Figures) -> str:
    """What the interval of a comparison says."""
    if found["log_loss_difference_high"] < 0:
        return "better than"
    return "worse than" if found["log_loss_difference_low"] > 0 else "not to be told from"
