"""The program: settings, HTTP and signals. `python3 main.py` serves the game in GALAXY_STATE_DIR."""

import hmac
import json
import math
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from engine import Engine, Problem
from store import Broken, Lost

MAX_BODY = 1_048_576
# Connections that are served at the same time; the platform needs a few.
MAX_CONNECTIONS = 64
# Seconds that a connection may be silent, and that a request may take to arrive.
SILENCE = 60
ARRIVAL = 30


def finite(text):
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def refuse(name):
    raise ValueError(f"{name} is no JSON")


def parse(data):
    """JSON that can be written again as JSON: no numbers without end, and no halves of characters."""
    body = json.loads(data.decode(), parse_float=finite, parse_constant=refuse)
    json.dumps(body, ensure_ascii=False).encode()
    return body


class Server(ThreadingHTTPServer):
    """A thread for each connection, but no more than MAX_CONNECTIONS; further ones are closed at once."""

    daemon_threads = True

    def __init__(self, *args):
        super().__init__(*args)
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def process_request(self, request, client_address):
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


def routes(engine):
    """What each method and path does with the body and the query."""

    def asked(query, name):
        values = query.get(name)
        return None if values is None else values[0]

    def needed(query, name):
        value = asked(query, name)
        if value is None:
            raise Problem("invalid_request", f"{name} is missing")
        return value

    return {
        "/healthz": {"GET": lambda body, query: engine.health()},
        "/api/v1/admin/init": {"POST": lambda body, query: engine.init(body)},
        "/api/v1/admin/status": {"GET": lambda body, query: engine.status()},
        "/api/v1/admin/turn": {"POST": lambda body, query: engine.turn(body)},
        "/api/v1/admin/race/banish": {"POST": lambda body, query: engine.banish(body)},
        "/api/v1/order": {
            "PUT": lambda body, query: engine.replace(body),
            "GET": lambda body, query: engine.orders(needed(query, "race"), asked(query, "turn")),
        },
        "/api/v1/command": {"POST": lambda body, query: engine.command(body)},
        "/api/v1/report": {"GET": lambda body, query: engine.report(needed(query, "race"), asked(query, "turn"))},
    }


def handler(table, token):
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = SILENCE

        def log_message(self, *_):
            pass

        def _send(self, status, body):
            data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def _body(self):
            length = self.headers.get("Content-Length", "0")
            if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
                self.close_connection = True
                raise Problem("invalid_request", "a body needs a Content-Length")
            if len(length) > 9 or int(length) > MAX_BODY:
                self.close_connection = True
                raise Problem("payload_too_large", f"a body has at most {MAX_BODY} bytes")
            deadline, parts, left = time.monotonic() + ARRIVAL, [], int(length)
            while left > 0:
                part = self.rfile.read1(left)
                if not part or time.monotonic() > deadline:
                    self.close_connection = True
                    raise Problem("invalid_request", "the body didn't arrive")
                parts.append(part)
                left -= len(part)
            return b"".join(parts)

        def _authorize(self):
            sent = self.headers.get("Authorization", "").encode("utf-8", "replace")
            if not hmac.compare_digest(sent, f"Bearer {token}".encode()):
                # The body was not read.
                self.close_connection = True
                raise Problem("unauthorized", "the engine's token is missing or wrong")

        def _answer(self):
            url = urlsplit(self.path)
            if url.path != "/healthz":
                self._authorize()
            data = self._body()
            methods = table.get(url.path)
            if methods is None:
                raise Problem("not_found", "there is no such route")
            act = methods.get(self.command)
            if act is None:
                raise Problem("method_not_allowed", f"this route doesn't take {self.command}")
            try:
                body = parse(data) if data else None
                query = parse_qs(url.query, keep_blank_values=True, errors="strict")
            except (ValueError, RecursionError):
                raise Problem("invalid_request", "the body or the query can't be read") from None
            # One at a time, those that write and those that read.
            with one_at_a_time:
                return act(body, query)

        def _handle(self):
            try:
                self._send(200, self._answer())
            except Problem as problem:
                self._send(Problem.STATUS[problem.code], problem.body())
            except Broken as broken:
                print(broken, file=sys.stderr, flush=True)
                self._send(503, Problem("service_unavailable", str(broken)).body())
            except Lost as lost:
                print(lost, file=sys.stderr, flush=True)
                os._exit(2)
            except OSError as error:
                print(error, file=sys.stderr, flush=True)
                self.close_connection = True
                self._send(503, Problem("service_unavailable", "the state can't be read or written").body())
            except Exception as error:
                # Not its text: it may hold what a player wrote.
                print(f"unexpected: {type(error).__name__}", file=sys.stderr, flush=True)
                self._send(500, {"error": {"code": "internal_error", "message": "this is the engine's fault"}})

        do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _handle

    return Handler


def stop(message):
    print(message, file=sys.stderr, flush=True)
    sys.exit(2)


def main():
    wanted = ("GALAXY_STATE_DIR", "GALAXY_ENGINE_ADDR", "GALAXY_ENGINE_VERSION", "GALAXY_ENGINE_TOKEN")
    missing = [name for name in wanted if not os.environ.get(name)]
    if missing:
        stop(f"not set: {', '.join(missing)}")
    folder, address, version, token = (os.environ[name] for name in wanted)
    host, _, port = address.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65_536):
        stop(f"GALAXY_ENGINE_ADDR is {address}, and not host:port")
    try:
        engine = Engine(folder, version)
    except (Broken, Lost, OSError) as error:
        stop(str(error))
    server = Server((host, int(port)), handler(routes(engine), token))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if os.environ.get("GALAXY_EXIT_WITH_PARENT") == "1":
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print(json.dumps({"event": "listening", "port": server.server_address[1]}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
