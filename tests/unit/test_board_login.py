"""Who may look on: this machine's own pages, or a token's session, and nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, WebSocket
from starlette.middleware.sessions import SessionMiddleware
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from betpnl.api.server import listen_on
from betpnl.board.guard import HEADERS, Guard
from betpnl.board.login import Door, cookie_secret
from betpnl.board.login_page import TRIES_PER_MINUTE, router
from betpnl.errors import UserError
from betpnl.settings import Settings
from tests.unit.api_serving import add_token
from tests.waiting import until

HTML = {"accept": "text/html"}


@contextmanager
def visitor(settings: Settings) -> Iterator[httpx.Client]:
    """A browser before a board that has one page and one WebSocket, on a real port."""
    door = Door(settings)
    app = FastAPI()
    app.include_router(router(door))

    @app.get("/")
    def page() -> str:
        return "figures"

    @app.post("/download")
    def download() -> str:
        return "figures"

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("figures")
        await socket.close()

    app.add_middleware(Guard, door=door, host=settings.board_host)
    app.add_middleware(
        SessionMiddleware,
        secret_key=cookie_secret(settings),
        same_site="strict",
    )
    config = uvicorn.Config(app, ws="websockets-sansio", log_level="critical")
    server = uvicorn.Server(config)
    with listen_on("board", "127.0.0.1", 0, 18_050) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            until(lambda: server.started, "the board does not start")
            with httpx.Client(base_url=address) as browser:
                yield browser
        finally:
            server.should_exit = True
            thread.join()


def hears(browser: httpx.Client, **headers: str) -> str:
    """What the WebSocket says. Raises InvalidStatus when it is refused."""
    cookies = {"cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    address = str(browser.base_url).replace("http", "ws")
    given = {**(cookies if browser.cookies else {}), **headers}
    with connect(f"{address}/live", additional_headers=given) as socket:
        return str(socket.recv())


def locked(home: Path, **values: Any) -> Settings:
    """Settings of a board that others can reach."""
    return Settings.load(home=home, board_host="0.0.0.0", **values)


def test_on_this_machine_nobody_logs_in(tmp_path: Path) -> None:
    with visitor(Settings.load(home=tmp_path)) as browser:
        answer = browser.get("/")
        assert answer.text == '"figures"'
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


@pytest.mark.parametrize("name", ["evil.example:8050", "127.0.0.1.evil.example", ""])
def test_another_name_that_leads_to_this_machine_reads_nothing(tmp_path: Path, name: str) -> None:
    with visitor(Settings.load(home=tmp_path)) as browser:
        assert browser.get("/", headers={"host": name}).status_code == 421


def test_another_site_s_page_sends_nothing_and_hears_nothing(tmp_path: Path) -> None:
    with visitor(Settings.load(home=tmp_path)) as browser:
        for origin in ("http://evil.example", "http://127.0.0.1:9999", "null"):
            assert browser.post("/download", headers={"origin": origin}).status_code == 403
            with pytest.raises(InvalidStatus, match="403"):
                hears(browser, origin=origin)
        ours = {"origin": str(browser.base_url).rstrip("/")}
        assert hears(browser, **ours) == "figures"
        assert browser.post("/download", headers=ours).status_code == 200


def test_a_board_that_others_reach_needs_a_token(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="betpnl token add"):
        Door(locked(tmp_path))
    with pytest.raises(UserError, match="board_login"):
        Door(Settings.load(home=tmp_path, board_login="always"))


def test_without_a_session_there_is_the_way_to_the_login_alone(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    add_token(settings, "pnl:read", name="alice")
    with visitor(settings) as browser:
        answer = browser.get("/?q=a&sport=b", headers=HTML)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login?next=%2F%3Fq%3Da%26sport%3Db"
        assert browser.get("/").status_code == 401
        assert browser.post("/download").status_code == 401
        with pytest.raises(InvalidStatus, match="403"):
            hears(browser)
        assert browser.get("/login").status_code == 200


def test_a_token_logs_in_and_out(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    text = add_token(settings, "pnl:read", name="alice")
    with visitor(settings) as browser:
        refused = browser.post("/login", data={"token": text + "x"})
        assert refused.status_code == 401
        assert text not in refused.text
        answer = browser.post("/login?next=/%3Fq%3Da", data={"token": f" {text} "})
        assert (answer.status_code, answer.headers["location"]) == (303, "/?q=a")
        assert "httponly" in answer.headers["set-cookie"].lower()
        assert text not in answer.headers["set-cookie"]
        assert browser.get("/").text == '"figures"'
        assert hears(browser) == "figures"
        assert browser.get("/login").status_code == 303
        browser.post("/logout")
        assert browser.get("/").status_code == 401


def test_a_token_that_may_not_read_does_not_log_in(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    text = add_token(settings, "bets:write", name="feed")
    with visitor(settings) as browser:
        assert browser.post("/login", data={"token": text}).status_code == 401
        assert browser.get("/", headers={"authorization": f"Bearer {text}"}).status_code == 401


def test_a_session_ends_with_its_token(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    text = add_token(settings, "pnl:read", name="alice")
    with visitor(settings) as browser:
        browser.post("/login", data={"token": text})
        assert browser.get("/").status_code == 200
        (tmp_path / "tokens.json").write_text('{"tokens": []}')
        assert browser.get("/").status_code == 401


def test_a_program_sends_its_token_with_each_request(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    text = add_token(settings, "pnl:read", name="prometheus")
    with visitor(settings) as browser:
        assert browser.get("/", headers={"authorization": f"Bearer {text}"}).status_code == 200
        assert browser.get("/", headers={"authorization": f"Bearer {text}x"}).status_code == 401


@pytest.mark.parametrize(
    "elsewhere", ["http://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\nb", ""]
)
def test_the_login_leads_nowhere_else(tmp_path: Path, elsewhere: str) -> None:
    settings = locked(tmp_path)
    text = add_token(settings, "pnl:read", name="alice")
    with visitor(settings) as browser:
        answer = browser.post("/login", params={"next": elsewhere}, data={"token": text})
        assert answer.headers["location"] == "/"


def test_a_page_to_come_back_to_is_only_text_in_the_login(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    add_token(settings, "pnl:read", name="alice")
    with visitor(settings) as browser:
        page = browser.get("/login", params={"next": '/"><script>alert(1)</script>'}).text
        assert "<script>alert" not in page


def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    text = add_token(settings, "pnl:read", name="alice")
    with visitor(settings) as browser:
        codes = {
            browser.post("/login", data={"token": "x"}).status_code
            for _ in range(TRIES_PER_MINUTE + 1)
        }
        assert codes == {401, 429}
        assert browser.post("/login", data={"token": text}).status_code == 429


def test_setting_limits_takes_a_scope_of_its_own(tmp_path: Path) -> None:
    settings = locked(tmp_path)
    door = Door(settings) if add_token(settings, "pnl:read", name="alice") else None
    assert door is not None
    text = add_token(settings, "pnl:read", "limits:write", name="bob")
    token = door.let_in(text)
    assert token is not None
    assert "limits:write" in token.scopes
