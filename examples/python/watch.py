"""Price and liquidation heatmap of a Tidegauge server in the terminal.

    python watch.py [ws://localhost:8000 [BTCUSDT]]

The variable TIDEGAUGE_TOKEN has the key of a server that asks for one.
"""

import asyncio
import json
import os
import random
import re
import sys
import time
from datetime import datetime

import websockets
from websockets.exceptions import ConnectionClosed, InvalidHandshake

SILENT_SEC = 10  # then the server is asked whether it is there
ANSWER_SEC = 5  # that it may take to say so
USEFUL_SEC = 10  # of data make up for the failures before
HINT_SEC_MAX = 300
MESSAGE_BYTES_MAX = 4 * 2**20  # the largest message has 0.7 MB

TOKEN = os.environ.get("TIDEGAUGE_TOKEN")
SUBPROTOCOLS = ["tidegauge.v1"] + ([f"tidegauge.auth.{TOKEN}"] if TOKEN else [])


class RefusedForGood(Exception):
    """Trying again would end the same way."""


async def follow(name, url, wanted, show):
    """Hands each message to `show`, over as many connections as it takes.

    Raises RefusedForGood.
    """
    failures = 0
    while True:
        start = time.monotonic()
        try:
            async with websockets.connect(
                url, subprotocols=SUBPROTOCOLS, max_size=MESSAGE_BYTES_MAX, close_timeout=1
            ) as socket:
                await socket.send(json.dumps(wanted))
                async for text in texts(socket):
                    if time.monotonic() - start > USEFUL_SEC:
                        failures = 0
                    try:
                        show(json.loads(text))
                    except (ValueError, TypeError, LookupError) as error:
                        print(f"{now()} {name}: left out, {error!r}", flush=True)
        except (ConnectionClosed, InvalidHandshake, OSError, asyncio.TimeoutError) as error:
            failures += 1
            why, hint_sec = read_end(error)
            wait_sec = backoff_sec(failures) if hint_sec is None else hint_sec
            print(f"{now()} {name}: stale, {why}; trying again in {wait_sec:.1f} s", flush=True)
            await asyncio.sleep(wait_sec)


async def texts(socket):
    """Each message. Silence is asked about: without an answer in time the line is dead."""
    while True:
        try:
            yield await asyncio.wait_for(socket.recv(), SILENT_SEC)
        except asyncio.TimeoutError:
            await asyncio.wait_for(await socket.ping(), ANSWER_SEC)


def backoff_sec(failures):
    """Anywhere from nothing to twice 2, 4, 8, 16, 32 s.

    So clients that were cut off together do not come back together.
    """
    return random.uniform(0.25, 2 * 2 ** min(failures, 5))


def read_end(error):
    """Why it ended, and the seconds to wait if the server named them.

    Raises RefusedForGood.
    """
    if isinstance(error, ConnectionClosed):
        if error.rcvd is None:
            return "the line was cut", None
        code, reason = error.rcvd.code, error.rcvd.reason
        if 4500 <= code <= 4999:
            raise RefusedForGood(f"closed with {code}: {reason}") from error
        hint = re.search(r"reconnect after (\d+) ms", reason)
        return f"closed with {code}: {reason}", hint and min(int(hint[1]) / 1000, HINT_SEC_MAX)
    # The answer to a handshake stands in `response`, in versions before 13 in the error itself.
    response = getattr(error, "response", error)
    status = getattr(response, "status_code", None)
    if status is None:
        return str(error) or "no answer", None
    if status in (400, 401, 403, 404):
        raise RefusedForGood(f"refused with HTTP {status}") from error
    retry_after = response.headers.get("Retry-After", "")
    hint_sec = min(int(retry_after), HINT_SEC_MAX) if retry_after.isdigit() else None
    return f"refused with HTTP {status}", hint_sec


def show_price(message):
    if message["type"] != "price_update":
        return
    data, demo = message["data"], " DEMO" if message.get("demo") else ""
    price = ""
    if data["price"] is not None:
        price = f'${data["price"]:,.2f} (${data["low"]:,.2f} to ${data["high"]:,.2f}), '
    # `stale` is the server's word for having lost its own source: the price is the last one.
    print(f'{now()} price: {price}{data["status"]}{demo}', flush=True)


class Heatmap:
    """Remembers since when the server itself hears nothing: a map from before is the last one."""

    lost_sec = 0  # unix

    def show(self, message):
        if message["type"] in ("error", "warning"):
            print(f'{now()} heatmap: {message["message"]}', flush=True)
        if message.get("code") == "SOURCE_STALE":
            self.lost_sec = message["since"]
        if message["type"] != "snapshot":
            return
        data, demo = message["data"], " DEMO" if message.get("demo") else ""
        at_sec = datetime.fromisoformat(message["timestamp"]).timestamp()
        status = "live" if at_sec > self.lost_sec else "stale"
        price = data["current_price"]
        near = [level for level in data["levels"] if abs(level["price"] / price - 1) < 0.02]
        longs = sum(level["long_density"] for level in near)
        shorts = sum(level["short_density"] for level in near)
        print(
            f'{now()} {message["symbol"]}: ${price:,.2f} at {message["timestamp"]}, '
            f"within 2 % longs of ${longs:,.0f}, shorts of ${shorts:,.0f}, {status}{demo}",
            flush=True,
        )


def now():
    return time.strftime("%H:%M:%S")


async def main():
    server = sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:8000"
    symbol = sys.argv[2] if len(sys.argv) > 2 else "BTCUSDT"
    wanted = {"action": "subscribe", "symbols": [symbol], "update_interval": 5}
    await asyncio.gather(
        follow("price", f"{server}/ws/mempool", {"subscribe": "price"}, show_price),
        follow(symbol, f"{server}/ws/heatmap", wanted, Heatmap().show),
    )


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except RefusedForGood as refused:
        sys.exit(str(refused))
    except KeyboardInterrupt:
        pass
