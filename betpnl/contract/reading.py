"""From a message's bytes to a record of the contract, or to the reason why it is none."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec

from betpnl.contract import checks, limits
from betpnl.contract.checks import Rules
from betpnl.contract.topics import BETS, FX_RATES, GAMES, MARKET_CANCELS, ODDS, RESULTS, Topic

T = TypeVar("T")
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
# A text that Python might take for a number where JSON would not: `1_0`, ` 10 `, other digits.
_LOOSE = re.compile(
    rb':\s*"[-.0-9\s+_\x80-\xff](?:(?<=[\s+_\x80-\xff])|(?=[^"]*[\s+_\x80-\xff]))'
    rb'[^"\\a-df-zA-DF-Z]*"'
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x1f]")

_CHECKS: dict[str, Callable[[Any], str | None]] = {
    RESULTS.name: checks.result_fault,
    MARKET_CANCELS.name: checks.market_cancel_fault,
    ODDS.name: checks.odds_fault,
    GAMES.name: checks.game_fault,
    FX_RATES.name: checks.fx_rate_fault,
}


class Rejected(ValueError):  # noqa: N818 (a verdict, not a failure)
    """A message that is no valid record; the text is the reason, fit for ``bet_reject``."""

    def __init__(self, reason: str) -> None:
        super().__init__(plain_text(reason, limits.REASON_LENGTH_MAX))


def plain_text(text: str, length_max: int) -> str:
    """Text that any column takes: no control characters or lone surrogates, cut to a length."""
    cut = text.encode("utf-8", "replace").decode("utf-8")[:length_max]
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", cut)


def excerpt(message: bytes | None) -> str:
    """The beginning of a message, as far as it is text, for whoever looks at a reject."""
    # Four bytes are the most that a character takes, so no more than that is ever decoded.
    head = (message or b"")[: 4 * limits.EXCERPT_LENGTH_MAX]
    return plain_text(head.decode("utf-8", "replace"), limits.EXCERPT_LENGTH_MAX)


def _is_too_deep(message: bytes) -> bool:
    """Whether JSON is nested beyond DEPTH_MAX; the decoder's own limit moves with its caller."""
    if message.count(b"[") + message.count(b"{") <= limits.DEPTH_MAX:
        return False
    depth = 0
    for token in _STRUCTURE.finditer(message):
        if token[0] in (b"[", b"{"):
            depth += 1
            if depth > limits.DEPTH_MAX:
                return True
        elif token[0] in (b"]", b"}"):
            depth -= 1
    return False


def _place_of_control_character(value: Any) -> str | None:
    """Where in a record's builtins one stands, as ``.legs[0].market``; of a name, its object."""
    if isinstance(value, str):
        return None if _CONTROL.search(value) is None else ""
    if isinstance(value, dict):
        for name, part in value.items():
            if _CONTROL.search(name) is not None:
                return ""
            place = _place_of_control_character(part)
            if place is not None:
                # Always a field: what stands under names of the sender's choice is a number.
                return f".{name}{place}"
    elif isinstance(value, list):
        for index, part in enumerate(value):
            place = _place_of_control_character(part)
            if place is not None:
                return f"[{index}]{place}"
    return None


def _place_of_loose_number(record: Any, raw: Any) -> str | None:
    """Where a Decimal of a record was written as a text that is no number of JSON."""
    if isinstance(record, Decimal):
        loose = isinstance(raw, str) and _NUMBER.fullmatch(raw) is None
        return "" if loose else None
    if isinstance(record, msgspec.Struct):
        names = zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
        for ours, theirs in names:
            if theirs in raw:
                place = _place_of_loose_number(getattr(record, ours), raw[theirs])
                if place is not None:
                    return f".{theirs}{place}"
    elif isinstance(record, dict):
        for name, value in record.items():
            place = _place_of_loose_number(value, raw[name])
            if place is not None:
                return f"[{name}]{place}"
    elif isinstance(record, list):
        for index, (value, written) in enumerate(zip(record, raw, strict=True)):
            place = _place_of_loose_number(value, written)
            if place is not None:
                return f"[{index}]{place}"
    return None


def _text_fault(record: Any, message: bytes) -> str | None:
    """What is wrong with how a record's texts were written."""
    # A control character can only stand escaped in JSON.
    if b"\\" in message:
        place = _place_of_control_character(msgspec.to_builtins(record))
        if place is not None:
            return f"{place.removeprefix('.')}: holds a control character"
    if _LOOSE.search(message) or b"\\u" in message:
        place = _place_of_loose_number(record, msgspec.json.decode(message))
        if place is not None:
            return f"{place.removeprefix('.')}: is a text that is no number"
    return None


class Reader(Generic[T]):
    """Reads the messages of one topic."""

    def __init__(self, topic: Topic, rules: Rules) -> None:
        self._decoder = msgspec.json.Decoder(topic.record_type)
        self._check: Callable[[Any, int], str | None]
        if topic is BETS:
            self._check = partial(checks.bet_fault, rules=rules)
        else:
            check = _CHECKS[topic.name]
            self._check = lambda record, _: check(record)

    def read(self, value: bytes | None, arrived_ms: int) -> T:
        """The record in a message that arrived at ``arrived_ms`` (Kafka timestamp, ms).

        Raises Rejected, and nothing else, whatever the bytes are.
        """
        if not value:
            raise Rejected("the message is empty")
        if _is_too_deep(value):
            raise Rejected(f"the message is nested more than {limits.DEPTH_MAX} deep")
        try:
            record = self._decoder.decode(value)
            fault = _text_fault(record, value) or self._check(record, arrived_ms)
        except UnicodeDecodeError as error:
            raise Rejected("the message is not UTF-8") from error
        except (msgspec.DecodeError, OverflowError, RecursionError) as error:
            raise Rejected(str(error)) from error
        except ArithmeticError as error:
            # A number that no check foresaw must not stop all bets behind it.
            raise Rejected(f"a number cannot be handled: {error!r}") from error
        if fault is not None:
            raise Rejected(fault)
        return record  # type: ignore[no-any-return]


def reader(topic: Topic, rules: Rules) -> Reader[Any]:
    """A reader of a topic's messages under a deployment's rules."""
    return Reader(topic, rules)
