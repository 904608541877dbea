"""What a stack remembers: whole, private, and one command at a time."""

import stat
from pathlib import Path

import pytest

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import endpoints, memory
from betpnl.stack.process import Identity


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    before = memory.Memory(tmp_path, ports={"kafka": 9092})
    known = before.service("kafka")
    known.process, known.port, known.version = Identity(1, 2, "boot"), 9092, "4.3.1"
    before.service("mysql").log = "somewhere"
    before.save()

    after = memory.Memory.read(tmp_path)

    assert (after.services, after.ports) == (before.services, before.ports)
    assert _mode(tmp_path / memory.STACK_FILE) == 0o600


def test_a_folder_that_is_made_is_its_owners(tmp_path: Path) -> None:
    memory.private_folder(tmp_path / "new" / "home")
    there = tmp_path / "there"
    there.mkdir(mode=0o750)
    memory.private_folder(there)

    assert _mode(tmp_path / "new" / "home") == 0o700
    assert _mode(there) == 0o750


def test_nothing_saved_is_nothing_remembered(tmp_path: Path) -> None:
    assert memory.Memory.read(tmp_path / "new").services == {}


def test_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / memory.STACK_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"stack\.json cannot be read"):
        memory.Memory.read(tmp_path)


def test_passwords_stay_the_same_and_private(tmp_path: Path) -> None:
    first = memory.passwords(tmp_path)
    assert memory.passwords(tmp_path) == first
    assert len(set(first.values())) == len(memory.PASSWORDS)
    assert _mode(tmp_path / memory.SECRETS_FILE) == 0o600


def test_second_command_is_turned_away(tmp_path: Path) -> None:
    with (
        memory.exclusive(tmp_path / "lock", "busy"),
        pytest.raises(UserError, match="busy"),
        memory.exclusive(tmp_path / "lock", "busy"),
    ):
        pytest.fail("the lock was given twice")


def test_lock_is_seen_from_outside(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert not memory.is_held(lock)
    with memory.exclusive(lock, "busy"):
        assert memory.is_held(lock)
    assert not memory.is_held(lock)


def test_nothing_running_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="`betpnl up`, or set mysql_url"):
        endpoints(Settings.load(home=tmp_path))
