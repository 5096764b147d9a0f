/** Merging, compared with its rule as it is written: groups that differ in anything stay apart. */
import * as Random from "@galaxy/engine/random/Random"
import { draftOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import { mergeGroups } from "@galaxy/engine/state/merging"
import { assert, it } from "@effect/vitest"
import { classOf, galaxyOf, levels } from "../support/games.ts"

const classes = [classOf("Hauler", "8 0 0 2 10"), classOf("Barge", "8 0 0 2 10")]

const pick = <A>(random: Random.Random, items: ReadonlyArray<A>): A => items[random.below(items.length)]!

/** A group whose every field has one of a few values. */
const anyGroup = (random: Random.Random, number: number): Group => {
  const flies = random.below(3) === 0
  const loaded = random.below(2) === 0
  return {
    number,
    class: pick(random, classes).name,
    ships: 1 + random.below(3),
    techs: levels(pick(random, [1, 1.001]), 0, pick(random, [1, 2]), pick(random, [1, 1.5])),
    goods: loaded ? pick(random, ["colonists", "materials"] as const) : null,
    // The first two count as equal, the third doesn't.
    load: loaded ? pick(random, [5, 5.000_000_000_1, 5.000_000_01]) : 0,
    at: pick(random, [1, 2]),
    to: flies ? pick(random, [3, 4]) : null,
    distance: flies ? pick(random, [7, 7.000_000_001]) : 0,
    fleet: random.below(4) === 0 ? pick(random, ["One", "Two"]) : null
  }
}

/** Which ships each group has in the end, by its number: the first of its kind takes all. */
const byTheRule = (galaxy: Galaxy): ReadonlyMap<number, number> => {
  const kinds = new Map<string, number>()
  const ships = new Map<number, number>()
  for (const { number, ships: count, ...kind } of galaxy.races[0]!.groups) {
    const key = JSON.stringify({ ...kind, load: Math.floor(kind.load * 1e9 + 0.5) })
    const first = kinds.get(key) ?? number
    kinds.set(key, first)
    ships.set(first, (ships.get(first) ?? 0) + count)
  }
  return ships
}

it("merges exactly the groups that are alike in everything", () => {
  let merged = 0
  for (let seed = 0; seed < 60; seed++) {
    const random = Random.make("merging", seed)
    const groups = Array.from({ length: 150 }, (_, index) => anyGroup(random, index + 1))
    const galaxy = galaxyOf([{}, {}, {}, {}], {}, [{ classes, groups }])
    const draft = draftOf(galaxy)
    const race = raceOf(draft, 0)
    mergeGroups(draft, race)
    assert.deepStrictEqual(new Map([...race.groups.values()].map((it) => [it.number, it.ships])), byTheRule(galaxy))
    merged += groups.length - race.groups.size
  }
  assert.isAbove(merged, 500)
})

it("takes no longer where many groups differ in one thing only", () => {
  // Each of these lists would need 50 million comparisons if its groups were told apart by comparing them.
  const kinds: ReadonlyArray<(index: number) => Partial<Group>> = [
    (index) => ({ fleet: `F${index}` }),
    (index) => ({ class: `C${index % 1000}`, at: 1 + Math.floor(index / 1000) }),
    (index) => ({ goods: "colonists", load: 1 + index / 1000 }),
    (index) => ({ techs: levels(1 + index / 100) }),
    (index) => ({ to: 2, distance: 1 + index / 1000 })
  ]
  const many = Array.from({ length: 1000 }, (_, index) => classOf(`C${index}`, "8 0 0 2 10"))
  const plain = {
    ...anyGroup(Random.make("plain"), 1),
    goods: null,
    load: 0,
    at: 1,
    to: null,
    distance: 0,
    fleet: null
  }
  for (const kind of kinds) {
    const groups = Array.from(
      { length: 10_000 },
      (_, index): Group => ({
        ...plain,
        class: "C0",
        ...kind(index),
        number: index + 1
      })
    )
    const planets = Array.from({ length: 10 }, () => ({}))
    const draft = draftOf(galaxyOf(planets, {}, [{ classes: many, groups }]))
    const race = raceOf(draft, 0)
    const before = process.cpuUsage()
    for (let again = 0; again < 5; again++) mergeGroups(draft, race)
    const { user } = process.cpuUsage(before)
    assert.strictEqual(race.groups.size, 10_000)
    assert.isBelow(user / 1_000, 800, `milliseconds of processor time where ${JSON.stringify(kind(1))} differs`)
  }
})
