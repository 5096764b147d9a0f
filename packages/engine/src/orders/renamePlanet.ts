/** Order N: an own planet gets a name that no other planet has. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Draft, type DraftRace, namePlanet, planetNamed, planetsOf } from "../state/Draft.ts"
import { acceptName } from "./names.ts"
import { unmistakable } from "./lookAlikes.ts"
import { type OrderResult, refuse } from "./Refusal.ts"
import { ownPlanet } from "./subjects.ts"

/** Refused with `name_taken` when another planet has the name in any case. The planet's number stays the same. */
export const renamePlanet = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(ownPlanet(draft, race, order.planet), (planet) =>
    Result.flatMap(acceptName(order.name, draft.ruleset.nameLength), (name): OrderResult => {
      const other = planetNamed(draft, name)
      if (other !== undefined && other !== planet) return refuse("name_taken", `another planet is named ${name}`)
      const own = planetsOf(draft, race.index).flatMap((it) => (it === planet ? [] : [it.name]))
      return Result.map(unmistakable(draft, name, own), () => namePlanet(draft, planet, name))
    })
  )
