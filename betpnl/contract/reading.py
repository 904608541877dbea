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


def _holds_control_character(value: Any) -> bool:
    if isinstance(value, str):
        return _CONTROL.search(value) is not None
    if isinstance(value, dict):
        return any(map(_holds_control_character, (*value.keys(), *value.values())))
    if isinstance(value, list):
        return any(map(_holds_control_character, value))
    return False


def _holds_loose_number(record: Any, raw: Any) -> bool:
    """Whether a Decimal of a record was written as a text that is no number of JSON."""
    if isinstance(record, Decimal):
        return isinstance(raw, str) and _NUMBER.fullmatch(raw) is None
    if isinstance(record, msgspec.Struct):
        names = zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
        return any(
            _holds_loose_number(getattr(record, ours), raw[theirs])
            for ours, theirs in names
            if theirs in raw
        )
    if isinstance(record, dict):
        return any(_holds_loose_number(value, raw[name]) for name, value in record.items())
    if isinstance(record, list):
        return any(map(_holds_loose_number, record, raw))
    return False


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
            # A control character can only stand escaped in JSON.
            if b"\\" in value and _holds_control_character(msgspec.to_builtins(record)):
                raise Rejected("a text holds a control character")
            if (_LOOSE.search(value) or b"\\u" in value) and _holds_loose_number(
                record, msgspec.json.decode(value)
            ):
                raise Rejected("a number is written as a text that is no number")
            fault = self._check(record, arrived_ms)
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
