"""What may go wrong while pulling, told apart by how it is waited for."""

from __future__ import annotations


class Fault(Exception):  # noqa: N818 (mostly another's, and it passes)
    """A page could not be had; the text is one sentence without contents or secrets.

    slow: trying again soon would not help, somebody has to look. retry_after_s: what the API
    asked for, seconds.
    """

    def __init__(
        self, text: str, *, slow: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(text)
        self.slow = slow
        self.retry_after_s = retry_after_s


class UnauthorisedError(Fault):
    """The API does not take the credentials (any more)."""

    def __init__(self, text: str) -> None:
        super().__init__(text, slow=True)


class MappingFault(ValueError):  # noqa: N818 (a verdict on a record, not a failure)
    """A record that the file's [fields] cannot be applied to; the text names the field."""
