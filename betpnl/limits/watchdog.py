"""Watches the limits: one of these in a process that reads figures.

`on_figures` judges in memory and blocks for nobody; a thread of its own writes down what was
seen, follows what others set, and reads the markets that have limits; another tells the webhook.
While MySQL is away what was seen is kept, and written once it is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from pymysql.connections import Connection
from pymysql.err import MySQLError

from betpnl.api import log
from betpnl.api.pnl.answers import GamePnl
from betpnl.errors import UserError
from betpnl.limits import breaches, figures, store
from betpnl.limits.desk import Desk
from betpnl.limits.evaluate import Judge, utc
from betpnl.limits.events import Event, Queue
from betpnl.limits.figures import Amounts, Figures, MarketKey
from betpnl.limits.line import Line
from betpnl.limits.records import Breach, Limit
from betpnl.limits.teller import Webhook, tell_due
from betpnl.replay.clock import Clock

HOLD_S = 5.0
RELOAD_EVERY_S = 2.0
_PAUSE_S = 1.0
_JOIN_S = 3.0
_AWAY = (UserError, MySQLError, OSError)


class Watchdog:
    """Knows which limits there are, how each stands, and which are passed.

    `limits`, `open_breaches` and `value` are what was seen last, in memory, for any thread.
    """

    def __init__(
        self,
        *,
        write: Callable[[], Connection],
        read: Callable[[], Connection],
        base_minor: int,
        clock: Clock,
        webhook: Webhook | None = None,
        hold_s: float = HOLD_S,
        stand_s: float = 0.0,
    ) -> None:
        """write: as access.open_writer, without autocommit. read: as pool.open_reader.

        base_minor: decimals of the base currency. webhook: None tells nobody. stand_s: how long
        a figure has to be beyond its bound, at least as long as tables may differ.
        """
        self._clock, self._base_minor, self._webhook = clock, base_minor, webhook
        self._writer, self._reader = Line(write, at_first=store.make_tables), Line(read)
        self._telling = Line(write, at_first=_commits_by_itself)
        self._lock = threading.Lock()
        self._judge, self._queue, self._figures = Judge(hold_s, stand_s), Queue(), Figures()
        self._limits: tuple[Limit, ...] = ()
        self._values: dict[int, Decimal | None] = {}
        self._seen_any = False
        self._reload_at_s = 0.0
        self._stop, self._work, self._tell = (threading.Event() for _ in range(3))
        self._threads = [threading.Thread(target=self._working, name="limits", daemon=True)]
        if webhook is not None:
            self._threads.append(threading.Thread(target=self._tells, name="webhook", daemon=True))
        self.desk = Desk(write, clock, self.wake)
        self.problem = ""
        """Why nothing can be written down or followed now, for the log; '' while all is well."""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """All limits, switched off ones included."""
        return self._limits

    @property
    def open_breaches(self) -> tuple[Breach, ...]:
        """Those that are open, oldest first, also ones that are not written down yet."""
        with self._lock:
            return self._judge.open_breaches

    def value(self, limit_id: int) -> Decimal | None:
        """The present figure of a limit; None while there is none."""
        return self._values.get(limit_id)

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop; what could not be written down by now is not."""
        self._stop.set()
        self.wake()
        self._tell.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_JOIN_S)
        if not any(thread.is_alive() for thread in self._threads):
            for line in (self._writer, self._reader, self._telling):
                line.close()

    def wake(self) -> None:
        """Follow at once what somebody changed."""
        self._reload_at_s = 0.0
        self._work.set()

    def on_figures(self, games: Mapping[str, GamePnl]) -> None:
        """Judge a reading: all games that the board follows. Call it after each reading."""
        with self._lock:
            if any(limit.enabled for limit in self._limits):
                self._figures.take(games)
                self._seen_any = True
                self._judge_games()
        self._work.set()

    def step(self) -> None:
        """What the thread does each time: write down, follow, read markets.

        Raises UserError, OSError or pymysql.MySQLError; nothing is lost then.
        """
        wrote = self._write_down()
        now_s = self._clock.now()
        if wrote or now_s >= self._reload_at_s:
            self._reload_at_s = now_s + RELOAD_EVERY_S
            try:
                self._writer.run(self._follow)
            except BaseException:
                self._reload_at_s = 0.0
                raise
        self._look_at_markets()
        self._write_down()

    def tell(self) -> int:
        """Tell the webhook what is due; how many events it took. Raises as `step`."""
        webhook = self._webhook
        return 0 if webhook is None else self._telling.run(lambda line: tell_due(line, webhook))

    def _write_down(self) -> bool:
        with self._lock:
            events = self._queue.take()
        if not events:
            return False
        try:
            self._writer.run(lambda connection: self._record(connection, events))
        except BaseException:
            with self._lock:
                self._queue.give_back(events)
            raise
        self._tell.set()
        return True

    def _record(self, connection: Connection, events: Iterable[Event]) -> None:
        for event in events:
            breaches.record(connection, event, tell=self._webhook is not None)

    def _follow(self, connection: Connection) -> None:
        found = store.limits(connection)
        recorded = breaches.open_breaches(connection)
        active = {limit.limit_id: limit.version for limit in found if limit.enabled}
        if any(active.get(each.limit_id) != each.limit_version for each in recorded):
            breaches.end_orphans(connection, utc(self._clock.now()))
            recorded = breaches.open_breaches(connection)
        if self._webhook is not None and not all(each.tell for each in recorded):
            breaches.tell_open(connection)
        with self._lock:
            self._limits = tuple(found)
            self._values = {key: self._values[key] for key in active if key in self._values}
            self._judge.settle(recorded, active, self._queue.limit_ids())
            if self._seen_any:
                self._judge_games()

    def _judge_games(self) -> None:
        now_s = self._clock.now()
        for limit in self._limits:
            if limit.enabled and limit.scope != "market":
                self._see(limit, self._figures.of(limit), now_s)

    def _look_at_markets(self) -> None:
        with self._lock:
            limited = [each for each in self._limits if each.enabled and each.scope == "market"]
            wanted = {_market(each) for each in limited if self._figures.has(each.game_id)}
        if not limited or not self._seen_any:
            return
        found: dict[MarketKey, Amounts] = {}
        if wanted:
            base_minor = self._base_minor
            found = self._reader.run(lambda line: figures.read_markets(line, wanted, base_minor))
        with self._lock:
            now_s = self._clock.now()
            # Of those that are still set as they were when we asked.
            for limit in set(limited) & set(self._limits):
                amounts = found.get(_market(limit))
                self._see(limit, None if amounts is None else amounts.of(limit.measure), now_s)

    def _see(self, limit: Limit, value: Decimal | None, now_s: float) -> None:
        self._values[limit.limit_id] = value
        event = self._judge.see(limit, value, now_s)
        if event is not None:
            self._queue.add(event)

    def _working(self) -> None:
        self._over_and_over(self.step, self._work)

    def _tells(self) -> None:
        self._over_and_over(self.tell, self._tell)

    def _over_and_over(self, do: Callable[[], object], woken: threading.Event) -> None:
        problem = ""
        while not self._stop.is_set():
            try:
                do()
                problem, before = "", problem
            except _AWAY as error:
                problem, before = str(error), problem
            except Exception as error:
                # Whatever it is, the next reading is judged all the same.
                problem, before = f"{type(error).__name__}: {error}", problem
            if problem != before:
                event = "limits_away" if problem else "limits_back"
                log.write(event, part=threading.current_thread().name, reason=problem)
            if do == self.step:
                self.problem = problem
            woken.wait(_PAUSE_S)
            woken.clear()


def _commits_by_itself(connection: Connection) -> None:
    store.make_tables(connection)
    # A claim is seen by the other boards before the webhook is called.
    connection.autocommit(True)


def _market(limit: Limit) -> MarketKey:
    return limit.game_id, limit.market, limit.line
