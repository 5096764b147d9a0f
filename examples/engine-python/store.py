"""The state folder: one file for each turn, one for each list of orders.

A file is written beside its place, synced and renamed, and the folder is synced: after a kill each is there as a whole or not
at all. Each begins with the SHA-256 of what follows, so that damage is found.
"""

import fcntl
import hashlib
import json
import os
import re

VERSION = 1


class Broken(Exception):
    """A file that can't be what was written; its name is in the text."""


class Lost(Exception):
    """Another engine has this folder now."""


class Store:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self._lock_path = os.path.join(folder, "lock")
        self._lock = open(self._lock_path, "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Lost(f"another engine serves {folder}") from None
        for name in os.listdir(folder):
            if name.endswith(".new"):
                os.unlink(os.path.join(folder, name))

    def _check_lock(self):
        try:
            named = os.stat(self._lock_path).st_ino
        except FileNotFoundError:
            named = None
        if named != os.fstat(self._lock.fileno()).st_ino:
            raise Lost(f"another engine serves {self.folder}")

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _write(self, name, content):
        self._check_lock()
        text = json.dumps({"version": VERSION, **content}, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        path = self._path(name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(f"{digest}\n{text}\n")
            file.flush()
            os.fsync(file.fileno())
        os.rename(path + ".new", path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read(self, name):
        try:
            with open(self._path(name), encoding="utf-8") as file:
                digest, text = file.read().rstrip("\n").split("\n")
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                raise ValueError("its checksum is another one")
            content = json.loads(text)
            if content["version"] != VERSION:
                raise ValueError(f"its version is {content['version']}, not {VERSION}")
            return content
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise Broken(f"{name} is broken: {error}") from None

    def newest_turn(self):
        """The newest turn's number, or None before there is a game."""
        turns = [int(name[5:12]) for name in os.listdir(self.folder) if re.fullmatch(r"turn-\d{7}\.json", name)]
        return max(turns, default=None)

    def read_turn(self, turn):
        return self._read(f"turn-{turn:07}.json")

    def write_turn(self, turn, content):
        self._write(f"turn-{turn:07}.json", content)

    def read_orders(self, turn, race):
        return self._read(f"orders-{turn:07}-{race:03}.json")

    def write_orders(self, turn, race, content):
        self._write(f"orders-{turn:07}-{race:03}.json", content)
