"""Pages by link. The place is the address of the page to read next; at the end, of the last."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import unquote_plus, urljoin, urlsplit

from betpnl.pull.faults import Fault
from betpnl.pull.paging.walking import Ask, Circle, Page, Place, Step, Walk
from betpnl.pull.paging_file import NextPaging

_PORTS = {"http": 80, "https": 443}


class Links(Walk):
    """Each answer holds the address of the next page."""

    def __init__(self, file: NextPaging, base: Ask, secret_parameter: str) -> None:
        self._file, self._base = file, base.with_params(file.size_parameters())
        self._secret = secret_parameter
        self._origins = {origin(base.url), *map(origin, file.origins)}

    @property
    def start(self) -> Place:
        """The first page."""
        return {"url": None}

    def ask(self, place: Place) -> Ask:
        """The page at the place's address."""
        return self._base if place["url"] is None else Ask(place["url"])

    def step(self, place: Place, page: Page) -> Step:
        """On to the address that the answer holds. Raises Fault for one on another origin."""
        found = page.link if self._file.next is None else self._file.next.search(page.body)
        if found is None or found == "" or found is False:
            return Step({"url": place["url"]}, end=True)
        if not isinstance(found, str):
            raise Fault("paging.next finds no address", slow=True)
        url = without_parameter(resolved(page.url, found), self._secret)
        if origin(url) not in self._origins:
            raise Fault(
                f"the next page is on {origin(url)}; if that is right, write it into "
                "paging.origins",
                slow=True,
            )
        if url == place["url"]:
            return Step({"url": url}, end=True, note="the last page leads to itself")
        if not page.records:
            return Step({"url": url}, end=True, onward=True)
        circle = Circle(**place.get("circle", {})).after(url)
        if circle is None:
            raise Fault("the API's pages lead in a circle", slow=True)
        return Step({"url": url, "circle": asdict(circle)})


def resolved(base: str, url: str) -> str:
    """An address that may be relative to the one that led to it. Raises Fault (slow)."""
    try:
        return urljoin(base, url)
    except ValueError:
        raise Fault("the API leads to an address that is none", slow=True) from None


def origin(url: str) -> str:
    """Scheme, host and port of an address. Raises Fault (slow) for one that has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise Fault("the API leads to an address that is none", slow=True) from None
    if not parts.hostname or parts.username is not None:
        raise Fault("the API leads to an address that is none", slow=True)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def without_parameter(url: str, name: str) -> str:
    """The address without a parameter, all else as it was."""
    if not name:
        return url
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if unquote_plus(pair.partition("=")[0]) != name]
    return parts._replace(query="&".join(kept), fragment="").geturl()
