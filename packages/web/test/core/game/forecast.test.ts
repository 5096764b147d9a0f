import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { botOrders } from "@galaxy/engine/bot/botOrders"
import { forecast as serverForecast } from "@galaxy/engine/orders/forecast"
import * as Random from "@galaxy/engine/random/Random"
import { reporter } from "@galaxy/engine/report/reports"
import { advance, begin } from "@galaxy/engine/simulate/simulate"
import { forecast } from "@galaxy/web/core/game/forecast"
import { Result } from "effect"
import { expect, it } from "vitest"
import { anyOrders } from "./anyOrders.ts"

const short = (verdicts: ReadonlyArray<OrderVerdict>) =>
  verdicts.map(({ accepted, code }) => (accepted ? "accepted" : code))

/** Loads of every kind at every own planet, more than there is and just as much. */
const loads = ({ my_planets: planets, my_groups: groups }: Report): ReadonlyArray<Order> =>
  planets.flatMap(({ number, materials, capital, colonists }) =>
    groups
      .filter(({ destination, origin }) => destination === number && origin === undefined)
      .slice(0, 3)
      .flatMap(({ number: group }) =>
        (
          [
            ["MAT", materials],
            ["CAP", capital],
            ["COL", colonists]
          ] as const
        ).flatMap(
          ([goods, stock]): ReadonlyArray<Order> => [
            { op: "load", group, goods, ships: 0, amount: 0.5 },
            { op: "load", group, goods, ships: 0, amount: stock + 1 },
            { op: "load", group, goods },
            { op: "unload", group },
            { op: "upgrade", group, block: "ALL" }
          ]
        )
      )
  )

it("what a report shows is enough for the server's own verdicts", { timeout: 60_000 }, () => {
  let judged = 0
  let refused = 0
  for (const seed of ["one", "two"]) {
    let play = Result.getOrThrow(begin({ seed, players: 4, turns: 99 }))
    for (let turn = 0; turn < 24 && !play.galaxy.finished; turn++) {
      if (turn % 3 !== 0) {
        play = advance(play)
        continue
      }
      const write = reporter(play.galaxy, play.log)
      for (const race of play.galaxy.races.keys()) {
        const report = write(race)
        const random = Random.make("web forecast", seed, turn, race)
        const orders = [...botOrders(report), ...loads(report), ...anyOrders(random, report, 60)]
        const ours = short(forecast(report, play.galaxy.ruleset, orders))
        const theirs = short(serverForecast(play.galaxy, race, orders))
        const different = ours.flatMap((verdict, at) =>
          verdict === theirs[at] ? [] : [{ order: orders[at], ours: verdict, theirs: theirs[at] }]
        )
        expect(different).toEqual([])
        judged += orders.length
        refused += theirs.filter((verdict) => verdict !== "accepted").length
      }
      play = advance(play)
    }
  }
  expect(judged).toBeGreaterThan(3_000)
  expect(refused).toBeGreaterThan(500)
})

it("an unknown ruleset has no forecast, rather than a wrong one", () => {
  const play = Result.getOrThrow(begin({ seed: "three", players: 2, turns: 1 }))
  const report = reporter(play.galaxy, play.log)(0)
  expect(forecast(report, "other", [{ op: "merge_groups" }])).toEqual([])
})
