import { generate } from "@galaxy/engine/generation/generate"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { freeKinds, quotas, sideFor } from "@galaxy/engine/generation/kinds"
import { place } from "@galaxy/engine/generation/placement"
import * as Random from "@galaxy/engine/random/Random"
import { distance } from "@galaxy/engine/space/distance"
import { canonicalJson } from "@galaxy/engine/state/canonical"
import type { Galaxy, Planet } from "@galaxy/engine/state/Galaxy"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { gameOf, initOf } from "../support/games.ts"

const far = (galaxy: Galaxy, a: Planet, b: Planet): number => distance("torus", galaxy.size, a, b)
/** Least distance between any two. */
const closest = (galaxy: Galaxy, planets: ReadonlyArray<Planet>): number => {
  let least = Number.POSITIVE_INFINITY
  for (const [index, planet] of planets.entries()) {
    for (let other = index + 1; other < planets.length; other++) {
      least = Math.min(least, far(galaxy, planet, planets[other]!))
    }
  }
  return least
}
/** Least distance of one from any of the others. */
const nearest = (galaxy: Galaxy, planet: Planet, others: ReadonlyArray<Planet>): number =>
  Math.min(...others.map((other) => far(galaxy, planet, other)))
const isHundredths = (value: number): boolean => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6
const seeds = (races: number): ReadonlyArray<string> => [`a${races}`, `b${races}`]

describe("a galaxy", () => {
  it("has the published sides and numbers of planets", () => {
    const published = [
      [2, 64],
      [3, 78],
      [4, 90],
      [6, 111],
      [8, 128],
      [10, 143],
      [16, 180],
      [20, 202],
      [25, 225],
      [30, 247],
      [50, 319]
    ] as const
    for (const [races, side] of published) assert.strictEqual(sideFor(races), side)
  })

  for (let races = 1; races <= 50; races++) {
    it(`of ${races} races keeps every rule of its generation`, () => {
      for (const seed of seeds(races)) {
        const galaxy = gameOf(races, seed)
        const { planets, size } = galaxy
        assert.strictEqual(planets.length, 10 * races)
        assert.deepStrictEqual(
          planets.map((it) => it.number),
          planets.map((_, index) => index + 1)
        )
        for (const planet of planets) {
          assert.strictEqual(planet.name, String(planet.number))
          assert.isTrue(planet.x >= 0 && planet.x < size && planet.y >= 0 && planet.y < size)
          assert.isTrue([planet.x, planet.y, planet.size, planet.resources].every(isHundredths))
          assert.deepStrictEqual([planet.capital, planet.materials, planet.colonists], [0, 0, 0])
          assert.strictEqual(planet.production === null, planet.owner === null)
        }
        assert.isAtLeast(closest(galaxy, planets), 1)

        const homes = galaxy.races.map((_, race) => {
          const own = planets.filter((planet) => planet.owner === race)
          const home = own.find((planet) => planet.size === 1000)!
          assert.deepStrictEqual(
            own.map((planet) => planet.size).toSorted((a, b) => b - a),
            [1000, 500, 500]
          )
          for (const planet of own) {
            assert.deepStrictEqual(
              [planet.population, planet.industry, planet.resources],
              [planet.size, planet.size, 10]
            )
            if (planet !== home) {
              assert.isAtLeast(far(galaxy, planet, home), 5)
              assert.isAtMost(far(galaxy, planet, home), 15)
            }
          }
          return home
        })
        assert.isAtLeast(closest(galaxy, homes), 30)

        const free = planets.filter((planet) => planet.owner === null)
        assert.strictEqual(free.length, 7 * races)
        assert.isTrue(free.every((planet) => planet.population === 0 && planet.industry === 0))
        const asteroids = free.filter((planet) => planet.size === 0)
        assert.strictEqual(asteroids.length, Math.floor(0.08 * 7 * races + 0.5))
        assert.isTrue(asteroids.every((planet) => planet.resources === 0))
        assert.isTrue(free.filter((it) => it.size > 0).every((it) => it.size >= 1 && it.resources >= 0.01))
        const superBig = free.filter((planet) => planet.size > 2000)
        for (const planet of superBig) {
          assert.isAtMost(planet.resources, 3)
          assert.isAtLeast(nearest(galaxy, planet, homes), 20)
        }
        for (const planet of free.filter((it) => it.size > 1000)) {
          assert.isAtLeast(nearest(galaxy, planet, homes), 10)
        }
        assert.isTrue(free.every((planet) => planet.size <= 2500 && planet.resources <= 25))
      }
    })
  }

  it("starts every race alike: at war, voting for itself, all technologies 1", () => {
    for (const [index, race] of gameOf(7).races.entries()) {
      assert.deepStrictEqual(race.techs, { drive: 1, weapons: 1, shields: 1, cargo: 1 })
      assert.deepStrictEqual(race.peace_with, [])
      assert.strictEqual(race.votes_for, index)
      assert.deepStrictEqual([race.initial_planets, race.initial_population], [3, 2000])
    }
  })

  it("deals planets of every kind by quota, all of them", () => {
    assert.deepStrictEqual(quotas(14), [1, 3, 6, 3, 1])
    assert.deepStrictEqual(quotas(350), [21, 63, 175, 63, 28])
    for (let races = 1; races <= 100; races++) {
      const dealt = quotas(7 * races)
      assert.strictEqual(
        dealt.reduce((sum, it) => sum + it, 0),
        7 * races
      )
      assert.isTrue(dealt.every((it) => it >= 0))
    }
  })

  it("keeps big planets of a kind apart from each other", () => {
    for (const races of [2, 9, 30]) {
      const placed = place(Random.make("kinds", races), plus, sideFor(races), races, 7 * races)!
      for (const [index, kind] of freeKinds.entries()) {
        const some = placed.free[index]!
        for (const [at, one] of some.entries()) {
          for (const other of some.slice(at + 1)) {
            assert.isAtLeast(distance("torus", sideFor(races), one, other), Math.max(1, kind.apart))
          }
        }
      }
    }
  })

  it("has numbers that say nothing about whose a planet is", () => {
    // With races in order of their planets' numbers each would own 1 to 3, 4 to 6 and so on.
    const owners = gameOf(10).planets.flatMap((planet) => (planet.owner === null ? [] : [planet.owner]))
    assert.notDeepEqual(
      owners,
      owners.toSorted((a, b) => a - b)
    )
    assert.isBelow(
      gameOf(10).planets.findIndex((planet) => planet.owner === null),
      20
    )
  })

  it.prop("follows from its seed alone", [Schema.String], ([seed]) => {
    const text = seed === "" ? "x" : seed
    assert.strictEqual(canonicalJson(gameOf(3, text)), canonicalJson(gameOf(3, text)))
    assert.notStrictEqual(canonicalJson(gameOf(3, text).planets), canonicalJson(gameOf(3, `${text}.`).planets))
  })

  it("is refused when races or players can't be told apart", () => {
    const [first, second] = initOf(2).races
    const races = (change: object) => generate({ ...initOf(2), races: [first!, { ...second!, ...change }] })
    const sameName = races({ name: first!.name.toUpperCase() })
    const samePlayer = races({ player_id: first!.player_id })
    assert.isTrue(Result.isFailure(sameName) && sameName.failure._tag === "SameName")
    assert.isTrue(Result.isFailure(samePlayer) && samePlayer.failure._tag === "SamePlayer")
  })

  it("gives up on a map without room instead of trying for ever", () => {
    assert.isUndefined(place(Random.make("tight"), plus, 40, 4, 28))
  })
})
