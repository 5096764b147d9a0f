"""The rules: a race for the planets of a small galaxy. Pure functions, without files, clock or network.

Each race begins on a planet of its own. A turn lets people multiply, and gives free planets to the races that claim
them; where several claim one, the seed decides. The game is over when nothing is free, or when one race is left.
"""

import hashlib

VERSION = 1
PLANETS_PER_RACE = 4
MAX_NAME = 40
RULESET = {"name": "claims", "constants": {"planets_per_race": PLANETS_PER_RACE, "growth": 1.1}}


class Refused(Exception):
    """An order that can't be given; `code` is for programs, the text for people."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def new_galaxy(races):
    """The state of turn 0. `races` are the names, in the platform's order."""
    planets = [
        {"number": number, "name": f"Planet {number}", "owner": None, "population": 0}
        for number in range(1, len(races) * PLANETS_PER_RACE + 1)
    ]
    for index, name in enumerate(races):
        planets[index * PLANETS_PER_RACE].update(owner=name, population=100)
    return {"turn": 0, "planets": planets, "eliminated": [], "highest": {}}


def planets_of(state, race):
    return [planet for planet in state["planets"] if planet["owner"] == race]


def _planet(state, order):
    number = order.get("planet")
    for planet in state["planets"]:
        # True is a number in Python, and 1.0 equals 1.
        if type(number) is int and planet["number"] == number:
            return planet
    raise Refused("unknown_planet", f"there is no planet {number!r:.40}")


def check(state, race, order):
    """Raises `Refused` unless the race can give this order now."""
    if not isinstance(order, dict):
        raise Refused("not_an_order", "an order is an object")
    op = order.get("op")
    if op == "claim":
        if _planet(state, order)["owner"] is not None:
            raise Refused("not_free", "this planet has an owner")
    elif op == "name":
        if _planet(state, order)["owner"] != race:
            raise Refused("not_yours", "this planet isn't yours")
        name = order.get("name")
        if not isinstance(name, str) or not 1 <= len(name) <= MAX_NAME:
            raise Refused("invalid_name", f"a name has 1 to {MAX_NAME} characters")
    else:
        raise Refused("unknown_order", f"there is no order {op!r:.40}")


def _drawn(seed, turn, planet, race):
    """A number that depends on nothing else, so that a turn made again is the same turn."""
    text = f"{seed}/{turn}/{planet}/{race}".encode()
    return hashlib.sha256(text).digest()


def next_turn(state, seed, orders):
    """The state after the next turn. `orders` are lists by race; those that are refused do nothing."""
    turn = state["turn"] + 1
    planets = [dict(planet) for planet in state["planets"]]
    by_number = {planet["number"]: planet for planet in planets}
    claims = {}
    for race, given in orders.items():
        for order in given:
            try:
                check(state, race, order)
            except Refused:
                continue
            if order["op"] == "name":
                by_number[order["planet"]]["name"] = order["name"]
            else:
                claims.setdefault(order["planet"], set()).add(race)
    for planet in planets:
        planet["population"] = min(planet["population"] * 11 // 10, 1_000_000)
    for number, races in claims.items():
        winner = min(races, key=lambda race: _drawn(seed, turn, number, race))
        by_number[number].update(owner=winner, population=10)
    return {**state, "turn": turn, "planets": planets}


def banish(state, race):
    """The race is out of the game, and its planets are free again."""
    planets = [
        {**planet, "owner": None, "population": 0} if planet["owner"] == race else planet for planet in state["planets"]
    ]
    return {**state, "planets": planets, "eliminated": [*state["eliminated"], race]}


def remembering(state, races):
    """The state with the highest numbers that each race has had, which the platform asks for."""
    highest = {}
    for race in races:
        planets, people = state["highest"].get(race, (0, 0))
        mine = planets_of(state, race)
        highest[race] = (max(planets, len(mine)), max(people, sum(planet["population"] for planet in mine)))
    return {**state, "highest": highest}


def is_finished(state, races):
    left = [race for race in races if race not in state["eliminated"]]
    return len(left) < 2 or all(planet["owner"] is not None for planet in state["planets"])


def winners(state, races):
    if not is_finished(state, races):
        return []
    owned = {race: len(planets_of(state, race)) for race in races if race not in state["eliminated"]}
    return [race for race, count in owned.items() if count == max(owned.values())]


def report(state, race):
    """What the race may know: who owns what, but how many people live there only on its own planets."""
    return {
        "race": race,
        "turn": state["turn"],
        "my_planets": planets_of(state, race),
        "planets": [{key: planet[key] for key in ("number", "name", "owner")} for planet in state["planets"]],
    }
