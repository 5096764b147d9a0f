"""One game, served to the platform by HTTP: the routes, and what each does with the rules and the files."""

import uuid

import game
from store import Store

MAX_ORDERS = 1_000
MAX_RACES = 200
REVISIONS_PER_TURN = 100_000_000


class Problem(Exception):
    """An answer that isn't a success. The code determines the status."""

    STATUS = {
        "invalid_request": 400,
        "unauthorized": 401,
        "not_found": 404,
        "method_not_allowed": 405,
        "conflict": 409,
        "payload_too_large": 413,
        "service_unavailable": 503,
    }

    def __init__(self, code, message, reason=None):
        super().__init__(message)
        self.code = code
        self.reason = reason

    def body(self):
        reason = {} if self.reason is None else {"reason": self.reason}
        return {"error": {"code": self.code, "message": str(self), **reason}}


def _field(body, name, kind):
    value = body.get(name) if isinstance(body, dict) else None
    # True is an int in Python.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Problem("invalid_request", f"{name} is missing or of another type")
    return value


def _id(body, name):
    value = _field(body, name, str)
    try:
        if str(uuid.UUID(value)) == value.lower():
            return value
    except ValueError:
        pass
    raise Problem("invalid_request", f"{name} is no UUID")


class Engine:
    def __init__(self, folder, version):
        self.version = version
        self.store = Store(folder)
        newest = self.store.newest_turn()
        self.current = None if newest is None else self.store.read_turn(newest)
        if self.current is not None:
            # What the next turn needs has to be readable now.
            for race in range(len(self.current["races"])):
                self.store.read_orders(newest, race)

    def health(self):
        return {"status": "ok", "version": self.version}

    # The galaxy

    def init(self, body):
        game_id, seed, races = _id(body, "game_id"), _field(body, "seed", str), _field(body, "races", list)
        names = [_field(race, "name", str) for race in races]
        players = [_id(race, "player_id") for race in races]
        if not 1 <= len(races) <= MAX_RACES or len(set(names)) < len(names) or "" in names:
            raise Problem("invalid_request", f"a game has 1 to {MAX_RACES} races with different names")
        if any(race.get("computer") is True for race in races):
            raise Problem("invalid_request", "this engine has no computer players")
        if self.current is not None:
            if self.current["game_id"] != game_id:
                raise Problem("conflict", f"this engine serves game {self.current['game_id']}", "exists")
            return self._stored(0)["answer"]
        first = {"game_id": game_id, "seed": seed, "races": names, "players": players}
        state = game.remembering(game.new_galaxy(names), names)
        first["initial"] = state["highest"]
        self._keep(first, state)
        return self.current["answer"]

    def _keep(self, identity, state):
        content = {**identity, "state": state}
        content["answer"] = self._status(content)
        self.store.write_turn(state["turn"], content)
        self.current = content

    def _game(self):
        if self.current is None:
            raise Problem("conflict", "there is no galaxy yet", "wrong_state")
        return self.current

    def _stored(self, turn):
        current = self._game()
        if turn == current["state"]["turn"]:
            return current
        stored = self.store.read_turn(turn) if 0 <= turn < current["state"]["turn"] else None
        if stored is None:
            raise Problem("not_found", f"turn {turn} was not made")
        return stored

    def _race(self, name):
        races = self._game()["races"]
        if name not in races:
            raise Problem("not_found", "there is no such race")
        return races.index(name)

    def _status(self, content):
        state, races = content["state"], content["races"]
        players = []
        for name, player_id in zip(races, content["players"]):
            mine = game.planets_of(state, name)
            most_planets, most_people = state["highest"][name]
            first_planets, first_people = content["initial"][name]
            players.append(
                {
                    "player_id": player_id,
                    "race": name,
                    "planets": len(mine),
                    "population": sum(planet["population"] for planet in mine),
                    "industry": 0,
                    "eliminated": name in state["eliminated"],
                    "max_planets": most_planets,
                    "max_population": most_people,
                    "initial_planets": first_planets,
                    "initial_population": first_people,
                }
            )
        return {
            "game_id": content["game_id"],
            "turn": state["turn"],
            "finished": game.is_finished(state, races),
            "winners": game.winners(state, races),
            "players": players,
            "ruleset": game.RULESET,
        }

    def status(self):
        return self._status(self._game())

    def turn(self, body):
        turn = _field(body, "turn", int)
        if turn < 0:
            raise Problem("invalid_request", "turns are counted from 0")
        current = self._game()
        made = current["state"]["turn"]
        if 1 <= turn <= made:
            return self._stored(turn)["answer"]
        if turn != made + 1:
            raise Problem("conflict", f"turn {turn} can't be made: the next one is {made + 1}", "turn_passed")
        if game.is_finished(current["state"], current["races"]):
            raise Problem("conflict", "the game has finished", "wrong_state")
        orders = {
            name: self._orders(made, race)["orders"]
            for race, name in enumerate(current["races"])
            if name not in current["state"]["eliminated"]
        }
        state = game.next_turn(current["state"], current["seed"], orders)
        self._keep(current, game.remembering(state, current["races"]))
        return self.current["answer"]

    def banish(self, body):
        current = self._game()
        name = current["races"][self._race(_field(body, "race", str))]
        if name not in current["state"]["eliminated"]:
            # The answer to the request for this turn stays what it was.
            changed = {**current, "state": game.banish(current["state"], name)}
            self.store.write_turn(current["state"]["turn"], changed)
            self.current = changed
        return self.status()

    def report(self, race, turn):
        name = self._game()["races"][self._race(race)]
        return game.report(self._stored(self._turn_of(turn))["state"], name)

    def _turn_of(self, text):
        if text is None:
            return self._game()["state"]["turn"]
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise Problem("invalid_request", "turn is a number")
        return int(text)

    # Orders

    def _orders(self, turn, race):
        # Never 0, which in a write means any list.
        return self.store.read_orders(turn, race) or {"orders": [], "revision": turn * REVISIONS_PER_TURN + 1}

    def _verdict(self, race, position, order):
        try:
            game.check(self._game()["state"], race, order)
        except game.Refused as refused:
            return {"position": position, "accepted": False, "code": refused.code, "message": str(refused)}
        return {"position": position, "accepted": True}

    def _answer(self, turn, race, kept):
        orders, name = kept["orders"], self._game()["races"][race]
        # Those of a closed turn were judged when they were given.
        verdicts = kept.get("verdicts") or [self._verdict(name, *it) for it in enumerate(orders)]
        counts = {"orders": len(orders), "refused": sum(not it["accepted"] for it in verdicts)}
        revision = kept["revision"]
        return {
            "race": name,
            "turn": turn,
            "orders": orders,
            "verdicts": verdicts,
            "revision": revision,
            "counts": counts,
        }

    def _open(self, body):
        """The race's index, and the open turn, if orders may be given for what the body names."""
        current = self._game()
        race = self._race(_field(body, "actor", str))
        turn = current["state"]["turn"]
        if current["races"][race] in current["state"]["eliminated"]:
            raise Problem("conflict", "this race is out of the game", "race_eliminated")
        if game.is_finished(current["state"], current["races"]):
            raise Problem("conflict", "the game has finished", "wrong_state")
        if "turn" in body and _field(body, "turn", int) != turn:
            raise Problem("conflict", f"turn {body['turn']} is closed; the open one is {turn}", "turn_closed")
        return race, turn

    def _write(self, turn, race, orders, revision):
        name = self._game()["races"][race]
        verdicts = [self._verdict(name, *it) for it in enumerate(orders)]
        kept = {"orders": orders, "verdicts": verdicts, "revision": revision + 1}
        self.store.write_orders(turn, race, kept)
        return self._answer(turn, race, kept)

    def replace(self, body):
        orders = _field(body, "orders", list)
        if len(orders) > MAX_ORDERS or not all(isinstance(it, dict) for it in orders):
            raise Problem("invalid_request", f"orders are at most {MAX_ORDERS} objects")
        race, turn = self._open(body)
        revision = self._orders(turn, race)["revision"]
        known = _field(body, "if_revision", int) if "if_revision" in body else 0
        # 0 stands for whatever is there.
        if known not in (0, revision):
            message = f"the orders have revision {revision} by now, not {known}"
            raise Problem("conflict", message, "orders_changed")
        return self._write(turn, race, orders, revision)

    def command(self, body):
        commands = _field(body, "commands", list)
        race, turn = self._open(body)
        kept = self._orders(turn, race)
        if not all(isinstance(it, dict) for it in commands) or len(kept["orders"]) + len(commands) > MAX_ORDERS:
            raise Problem("invalid_request", f"orders are at most {MAX_ORDERS} objects")
        name = self._game()["races"][race]
        for verdict in (self._verdict(name, *it) for it in enumerate(commands)):
            if not verdict["accepted"]:
                why = f"command {verdict['position']}: {verdict['code']} ({verdict['message']})"
                raise Problem("invalid_request", f"no command was kept; {why}")
        return self._write(turn, race, kept["orders"] + commands, kept["revision"])

    def orders(self, race, turn):
        index, wanted = self._race(race), self._turn_of(turn)
        if wanted > self._game()["state"]["turn"]:
            raise Problem("not_found", f"turn {wanted} was not made")
        return self._answer(wanted, index, self._orders(wanted, index))
