/** Order N: an own planet gets a name that no other planet has. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Draft, type DraftRace, namePlanet, planetNamed } from "../state/Draft.ts"
import { acceptName } from "./names.ts"
import { done, type OrderResult, refuse } from "./Refusal.ts"
import { ownPlanet } from "./subjects.ts"

/** Refused with `name_taken` when another planet has the name in any case. The planet's number stays the same. */
export const renamePlanet = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(ownPlanet(draft, race, order.planet), (planet) =>
    Result.flatMap(acceptName(order.name, draft.ruleset.nameLength), (name): OrderResult => {
      const other = planetNamed(draft, name)
      if (other !== undefined && other !== planet) return refuse("name_taken", `another planet is named ${name}`)
      namePlanet(draft, planet, name)
      return done
    })
  )
