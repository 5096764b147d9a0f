/** Order N: a new name for an own planet, unlike that of any other. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { rulesets } from "../rules/Ruleset.ts"
import { type Galaxy, withPlanet } from "../state/Galaxy.ts"
import { acceptName, keyOf } from "./names.ts"
import { type Outcome, refuse } from "./Refusal.ts"
import { ownPlanet } from "./subjects.ts"

export const renamePlanet = (galaxy: Galaxy, race: number, order: Order): Outcome =>
  Result.flatMap(ownPlanet(galaxy, race, order.planet), (planet) =>
    Result.flatMap(acceptName(order.name, rulesets[galaxy.ruleset].nameLength), (name) =>
      galaxy.planets.some((other) => other.number !== planet.number && keyOf(other.name) === keyOf(name))
        ? refuse("name_taken", `another planet is named ${name}`)
        : Result.succeed(withPlanet(galaxy, planet, { name }))
    )
  )
