"""From changes to complete records: reads what changed again, and publishes what is new.

One step after the other, each of which may be cut off anywhere: take changes, read their records,
write down what will be published, publish it. What was written down is published again after a
crash, word for word.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from betpnl.contract.checks import Rules
from betpnl.contract.topics import TOPICS
from betpnl.publisher import NotDeliveredError, Publisher
from betpnl.source import keys, versions
from betpnl.source.changes import Changes, Decoder, Stream
from betpnl.source.claims import Claims
from betpnl.source.file import Source
from betpnl.source.keys import Key
from betpnl.source.memory import Batch, Memory
from betpnl.source.pause import PAUSE_MIN_S, Pause
from betpnl.source.reading import AwayError, Database, SelectError
from betpnl.source.records import Recorder
from betpnl.source.state import State
from betpnl.source.sweep import Sweep
from betpnl.source.sweeping import ASKED, Sweeps

EVENTS_MAX = 1000
_IDLE_S = 0.25
# A row that somebody holds is mostly free again in a moment.
_AGAIN_MAX_S = 1.0
_FORGET_EVERY_S = 86_400.0
_TOPICS = {topic.name: topic for topic in TOPICS}


class Mapper:
    """Everything that is under way between the stream and the topics of the contract."""

    def __init__(
        self,
        source: Source,
        memory: Memory,
        database: Database,
        publisher: Publisher,
        state: State,
        *,
        rules: Rules,
        value_bytes_max: int,
        wish: Path,
    ) -> None:
        """wish: a file that asks for a sweep while it is there."""
        self._source, self._memory, self._database = source, memory, database
        self._publisher, self._state, self._wish = publisher, state, wish
        self._horizon_days = rules.bet_horizon_ms // 86_400_000
        self._recorders = {
            name: Recorder(name, rules, value_bytes_max, keep_deleted=section.deleted == "keep")
            for name, section in source.sections.items()
        }
        self._away, self._again = Pause(), Pause(_AGAIN_MAX_S)
        self._sweeps = Sweeps(source, memory, database, state, self._read)
        self._refused = {name: Pause() for name in source.sections}
        self._forgotten_s = float("-inf")
        self._unsent = memory.outbox()
        state.again = memory.count_again()

    def step(self, stream: Stream) -> None:
        """Publish what is written down, then take and read what has changed since.

        Returns within a second or so, whatever is away. Raises OutOfRangeError.
        """
        if not self._publish():
            return
        self._housekeeping(stream)
        if self._away.over:
            if not self._live(stream, 0 if self._is_busy() else _IDLE_S):
                return
            if self._publish() and self._away.over:
                self._read_again()
            if self._publish() and self._away.over:
                self._sweep_page()
        else:
            time.sleep(PAUSE_MIN_S)

    def _is_busy(self) -> bool:
        """Whether there is something to read that nothing has told of just now."""
        return (self._state.again > 0 and self._again.over) or self._may_sweep(self._sweeps.current)

    # Live changes.

    def _live(self, stream: Stream, timeout_s: float) -> bool:
        """Take what has changed and read it; whether MySQL answered."""
        offset = self._memory.facts.get("offset", 0)
        try:
            decoder = Decoder(self._source, self._all_kinds())
        except AwayError as error:
            self._mysql_away(error)
            return False
        self._state.solved("mysql")
        self._away.worked()
        taken = stream.take(EVENTS_MAX, timeout_s)
        if not taken:
            self._memory.clear_outbox()
            return True
        changes = Changes(offset)
        for place, message in taken:
            decoder.add(message, changes)
            changes.offset = place + 1
        batch = Batch(facts={"offset": changes.offset})
        if changes.begun:
            batch.facts["begun"] = True
        if changes.sweep:
            self._sweeps.begin(changes.sweep, batch)
        if changes.place >= 0:
            batch.facts["place"] = max(changes.place, self._memory.facts.get("place", -1))
        try:
            for name, found in changes.keys.items():
                self._read(name, list(found), batch)
        except AwayError as error:
            # Nothing was written down: the same changes are taken again.
            stream.seek(offset)
            self._mysql_away(error)
            return False
        self._state.events += changes.events
        self._save(batch)
        return True

    def _all_kinds(self) -> dict[str, list[str]]:
        """The types of each section's key, those known from before where MySQL cannot say now.

        A section that is met for the first time is swept. Raises AwayError.
        """
        before: dict[str, list[str]] = self._memory.facts.get("kinds", {})
        now = dict(before)
        for name in self._source.sections:
            if self._refused[name].over:
                try:
                    now[name] = self._database.kinds(name)
                except SelectError as error:
                    self._select_failed(name, error)
        if now != before:
            batch = Batch(facts={"kinds": now})
            if self._memory.facts.get("begun") and now.keys() != before.keys():
                self._sweeps.begin("a kind of record is new", batch)
            self._save(batch)
        return now

    def _read(
        self,
        name: str,
        wanted: list[Key],
        batch: Batch,
        *,
        again: bool = False,
        strange: Sequence[str] = (),
    ) -> None:
        """Read records and note in the batch what comes of them. Raises AwayError.

        strange: keys that no row can have any more.
        """
        texts = {key: keys.to_text(key) for key in wanted}
        if not self._refused[name].over:
            batch.again += [(name, text) for text in (*texts.values(), *strange) if not again]
            return
        try:
            found = self._database.read(name, wanted)
        except SelectError as error:
            self._select_failed(name, error)
            batch.again += [(name, text) for text in (*texts.values(), *strange) if not again]
            return
        self._refused[name].worked()
        self._state.solved(name)
        self._away.worked()
        # A row may say its key in another way than the change did: `A` for `a`.
        texts |= {key: keys.to_text(key) for key in found.fields if key not in texts}
        rows = [(found.fields.get(key), key, text) for key, text in texts.items()]
        rows += [(None, (), text) for text in strange]
        before = self._memory.known(name, [text for *_, text in rows])
        place = self._version(batch)
        now_ms = int(time.time() * 1000)
        unsettled = set(found.unsettled)
        self._state.read_again(name, len(unsettled))
        recorder = self._recorders[name]
        records = (recorder.record_keys(fields, before.get(text)) for fields, _, text in rows)
        claims = Claims(self._memory.claims(name, set().union(*records)))
        # First what is there: a record that has moved is claimed by where it went.
        for fields, key, text in sorted(rows, key=lambda row: row[0] is None):
            known = before.get(text)
            if fields is not None:
                outcome = recorder.read(fields, known, place, now_ms, row=text, claims=claims)
            else:
                outcome = recorder.gone(known, place, row=text, claims=claims)
            batch.messages += [(name, *message) for message in outcome.messages]
            if outcome.known is not None:
                batch.known[name, text] = outcome.known
            elif known is not None and fields is not None and self._sweeps.current is not None:
                batch.seen.append((name, text))
            if key in unsettled:
                batch.again += [] if again else [(name, text)]
            elif again or self._state.again:
                batch.done.append((name, text))
            self._state.count(name, outcome, gone=fields is None)
        batch.claims |= {(name, record): claim for record, claim in claims.made.items()}

    def _version(self, batch: Batch) -> int:
        """The version of what is read now: after all that the stream has told of."""
        facts = {**self._memory.facts, **batch.facts}
        epoch = self._source.server.epoch + facts.get("epoch", 0)
        return versions.version(epoch, max(0, facts.get("place", 0)))

    def _save(self, batch: Batch) -> None:
        sweep = batch.facts.get("sweep", self._memory.facts.get("sweep")) or {}
        number = sweep.get("number", self._memory.facts.get("sweeps", 0))
        self._memory.save(batch, number)
        self._unsent = list(batch.messages)
        if batch.again or batch.done:
            self._state.again = self._memory.count_again()

    def _publish(self) -> bool:
        """Send what is written down; whether Kafka has all of it."""
        by_topic: dict[str, list[tuple[bytes, bytes]]] = {}
        for topic, key, value in self._unsent:
            by_topic.setdefault(topic, []).append((key, value))
        for topic, messages in by_topic.items():
            try:
                self._publisher.deliver(_TOPICS[topic], messages)
            except NotDeliveredError as error:
                self._state.problem("kafka", f"Kafka does not take records: {error}")
                time.sleep(PAUSE_MIN_S)
                return False
        self._state.published += len(self._unsent)
        self._unsent = []
        self._state.solved("kafka")
        return True

    # What could not be read at once, or not for good.

    def _read_again(self) -> None:
        if not self._state.again or not self._again.over:
            return
        batch = Batch()
        kinds: dict[str, list[str]] = self._memory.facts.get("kinds", {})
        try:
            for name in kinds.keys() & self._source.sections.keys():
                texts = self._memory.again(name, EVENTS_MAX)
                if texts:
                    wanted, strange = keys.from_texts(texts, kinds[name])
                    self._read(name, wanted, batch, again=True, strange=strange)
        except AwayError as error:
            self._mysql_away(error)
            return
        if batch.done:
            self._again.worked()
        else:
            self._again.failed()
        if batch.done or batch.known:
            self._save(batch)

    # Sweeps.

    def _may_sweep(self, sweep: Sweep | None) -> bool:
        if sweep is None or self._sweeps.in_doubt:
            return False
        return sweep.section not in self._refused or self._refused[sweep.section].over

    def _sweep_page(self) -> None:
        sweep = self._sweeps.current
        if sweep is None or not self._may_sweep(sweep):
            return
        batch = Batch()
        try:
            following = self._sweeps.page(sweep, batch)
        except AwayError as error:
            self._mysql_away(error)
            return
        except SelectError as error:
            self._select_failed(sweep.section, error)
            following = sweep.later()
        batch.facts["sweep"] = following.written() if following else None
        if following is None:
            self._state.log(f"sweep {sweep.number} is done: {sweep.looked_at} records looked at")
        self._state.sweep = following
        self._save(batch)

    # The rest.

    def _housekeeping(self, stream: Stream) -> None:
        facts = self._memory.facts
        stream.delete_before(facts.get("offset", 0))
        selects = {name: each.select for name, each in self._source.sections.items()}
        asked = self._wish.exists()
        if asked or facts.get("selects", selects) != selects:
            batch = Batch(facts={"selects": selects})
            self._sweeps.begin(ASKED if asked else "the SELECT has changed", batch)
            self._save(batch)
            self._wish.unlink(missing_ok=True)
        elif "selects" not in facts:
            self._save(Batch(facts={"selects": selects}))
        if time.monotonic() - self._forgotten_s > _FORGET_EVERY_S:
            self._forgotten_s = time.monotonic()
            self._memory.forget_bets(int(time.time() // 86_400) - self._horizon_days)
        self._state.sweep = self._sweeps.current
        self._state.begun = facts.get("begun", False)
        self._state.behind = stream.behind(facts.get("offset", 0))

    def _mysql_away(self, error: AwayError) -> None:
        self._state.problem("mysql", str(error))
        self._away.failed()

    def _select_failed(self, name: str, error: SelectError) -> None:
        self._state.problem(name, f"[{name}]: {error}")
        self._refused[name].failed()
