"""The feed fragment of 10 clips, beside an empty view through the same middleware and process.

One web process, 32 connections, each paging on through 2,000 clips that it has never seen: first
visitors, then people, whose session and account Django reads as well. Postgres, the web process
and the viewers share the machine.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil

from bench import cells
from bench.figures import Compared, Figure, interleaved
from vitrine.ops import inside

CONNECTIONS = 32
SECONDS = 4
ROUNDS = 5
PAGES_A_VIEWER = 150
"""Then a visitor comes back as somebody new: 2,000 clips last 200 pages."""
FEED, EMPTY = "/for-you/more?from=1", "/bench/empty"


def run() -> Iterator[Figure]:
    """Page through the feed and ask for nothing, in turn; compare the CPU of the web process."""
    with cells.scratch() as folder, cells.up(folder / "data", "--no-demo") as cell:
        with inside.cell(folder / "data"):
            inside.call("bench.feed_page_clips.fill")
            people = inside.call("bench.feed_page_clips.viewers", CONNECTIONS)
        environment = cell.directory.environment(origin=cell.url)
        with cells.one_web_process(folder, environment) as (process, port):
            visitors = Crowd(process, port, [""] * CONNECTIONS)
            visitors.warm()
            cpu = interleaved(
                lambda: visitors.cpu_ms(FEED), lambda: visitors.cpu_ms(EMPTY), rounds=ROUNDS
            )
            yield from visitors.figures()
            yield _beside_nothing("cpu_vs_empty_view", cpu, goal="<= 8")
            crowd = Crowd(process, port, people)
            cpu = interleaved(lambda: crowd.cpu_ms(FEED), lambda: crowd.cpu_ms(EMPTY), rounds=1)
            yield _beside_nothing("cpu_vs_empty_view_signed_in", cpu)


def _beside_nothing(metric: str, cpu: Compared, *, goal: str = "") -> Figure:
    return Figure(
        metric,
        cpu.ratio,
        "x",
        goal=goal,
        reference="empty view (ms of CPU)",
        reference_value=cpu.reference,
        ratio=cpu.ratio,
    )


@dataclass
class Crowd:
    """Viewers who ask for the next page as soon as they have one."""

    process: psutil.Process
    port: int
    cookies: list[str]
    took_ms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def cpu_ms(self, url: str) -> float:
        """Return the web process's CPU time per answer."""
        before = self._cpu_seconds()
        answers = self.ask(url, seconds=SECONDS)
        return (self._cpu_seconds() - before) * 1000 / answers

    def ask(self, url: str, *, seconds: float) -> int:
        """Let everybody ask for so long; return the number of answers."""
        began = time.monotonic()
        took = asyncio.run(_everybody(self.port, url, self.cookies, deadline=began + seconds))
        if url == FEED:
            self.took_ms += took
            self.rates.append(len(took) / (time.monotonic() - began))
        return len(took)

    def warm(self) -> None:
        """Ask until caches are warm, and drop what was measured meanwhile."""
        for url in (FEED, EMPTY):
            self.ask(url, seconds=4)
        self.took_ms.clear()
        self.rates.clear()

    def figures(self) -> Iterator[Figure]:
        """Yield what the feed did."""
        ordered = sorted(self.took_ms)
        yield Figure("rps", sorted(self.rates)[len(self.rates) // 2], "1/s")
        yield Figure("p50_ms", ordered[len(ordered) // 2], "ms")
        yield Figure("p99_ms", ordered[len(ordered) * 99 // 100], "ms")

    def _cpu_seconds(self) -> float:
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)


async def _everybody(port: int, url: str, cookies: list[str], *, deadline: float) -> list[float]:
    took: list[float] = []
    async with asyncio.TaskGroup() as group:
        for cookie in cookies:
            group.create_task(_viewer(port, url, cookie, deadline, took))
    return took


async def _viewer(port: int, url: str, cookie: str, deadline: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    is_visitor, pages = not cookie, 0
    while time.monotonic() < deadline:
        asked = time.perf_counter()
        lines = [f"GET {url} HTTP/1.1", f"Host: 127.0.0.1:{port}", "HX-Request: true"]
        lines += [f"Cookie: {cookie}"] if cookie else []
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        body = await reader.readexactly(_length(head))
        took.append((time.perf_counter() - asked) * 1000)
        if not head.startswith("HTTP/1.1 200") or (url == FEED and body.count(b"<article") != 10):
            raise RuntimeError(f"{url} answered {head[:200]!r} {body[:200]!r}")
        pages += 1
        if is_visitor:
            cookie = _visitor(head, cookie) if pages % PAGES_A_VIEWER else ""
    writer.close()


def _length(head: str) -> int:
    lower = head.lower()
    return int(lower.split("content-length:")[1].split("\r\n")[0])


def _visitor(head: str, cookie: str) -> str:
    found = head.lower().find("set-cookie: vitrine_visitor=")
    return head[found + len("set-cookie: ") :].split(";")[0] if found >= 0 else cookie
