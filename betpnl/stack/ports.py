"""Which port a service gets."""

from __future__ import annotations

import socket

from betpnl.errors import UserError

HOST = "127.0.0.1"
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback device."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: a port whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(
    setting: str,
    explicit: int,
    remembered: int | None,
    preferred: int,
    taken: set[int],
    *,
    must_keep: bool = False,
) -> int:
    """The port for a service: the one set, else the one it had, else the next free one.

    taken: ports that others have; the result is added. must_keep: others rely on the
    remembered one. Raises UserError, naming the setting, when the port that the user set, or
    that has to be kept, is in use.
    """
    if explicit:
        if explicit in taken or not is_free(explicit):
            raise UserError(
                f"Setting {setting} is {explicit}, but that port is in use; end what listens "
                f"there, set another port, or set 0 to take a free one."
            )
        taken.add(explicit)
        return explicit
    if must_keep and remembered and (remembered in taken or not is_free(remembered)):
        raise UserError(
            f"Port {remembered} ({setting}) was taken by another program while the other services "
            f"rely on it; end that program, or run `betpnl down` and `betpnl up`."
        )
    last = min(preferred + _TRIES, 65536)
    candidates: list[int] = [remembered] if remembered else []
    for port in candidates + list(range(preferred, last)):
        if port not in taken and is_free(port):
            taken.add(port)
            return port
    raise UserError(
        f"No free port from {preferred} to {last - 1}; set {setting} to one that is free."
    )
