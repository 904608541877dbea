"""What goes on: one moving line a step on a terminal, a plain line a step elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Screen:
    """Shown for as long as the block lasts. Steps that services report come from threads."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[line]}", markup=False),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Screen:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def say(self, step: str, line: str) -> None:
        """A step is at this point."""
        if not self._console.is_terminal:
            self._console.print(f"{step}: {line}", highlight=False, markup=False)
            return
        self._bars.update(self._task(step), line=line)

    def share(self, step: str, share: float, line: str = "") -> None:
        """A step is done to this share, 0 to 1; too often to be written into a file."""
        self._bars.update(self._task(step), completed=min(1.0, share), line=line)

    def clear(self) -> None:
        """Forget the steps, before others begin."""
        for task in self._tasks.values():
            self._bars.remove_task(task)
        self._tasks.clear()

    def _task(self, step: str) -> TaskID:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=1.0, line="")
        return self._tasks[step]
