"""Which of apt's sources Debian's packages come from."""

import pytest

from betpnl.errors import UserError
from betpnl.stack.debian import Source, release_sources

MIRROR = "http://mirror.example/pub/debian/"
SECURITY = "http://archive.example/debian-security/"


def test_release_is_debians_own_whatever_else_is_configured() -> None:
    targets = (
        f"{SECURITY} bookworm-security\n"
        "https://packages.example/apt/ cloud-sdk-bookworm\n"
        f"{MIRROR} bookworm\n"
        f"{MIRROR} bookworm\n"
        f"{MIRROR} bookworm-updates\n"
        f"{MIRROR} bookworm-backports\n"
        f"{MIRROR} sid\n"
    )
    assert release_sources(targets) == [
        Source(MIRROR, "bookworm"),
        Source(SECURITY, "bookworm-security"),
        Source(MIRROR, "bookworm-updates"),
    ]


def test_snapshot_of_the_archive_is_taken_as_it_is() -> None:
    uri = "http://snapshot.example/archive/debian/20250520T000000Z/"
    assert release_sources(f"{uri} bookworm\n") == [Source(uri, "bookworm")]


def test_machine_without_debian_is_told_so() -> None:
    with pytest.raises(UserError, match="no Debian archive"):
        release_sources(f"http://archive.example/ubuntu/ noble\n{SECURITY} bookworm-security\n")
