/** Order P: what a planet makes from the coming turn on. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Galaxy, type Product, technologies, withPlanet } from "../state/Galaxy.ts"
import { type Outcome, refuse } from "./Refusal.ts"
import { ownPlanet } from "./subjects.ts"

const products: ReadonlyMap<string, Product> = new Map<string, Product>([
  ["CAP", { kind: "capital" }],
  ["MAT", { kind: "materials" }],
  ...technologies.map((technology): [string, Product] => [technology.toUpperCase(), { kind: "research", technology }])
])

/** How orders and reports call a product. */
export const productName = (product: Product): string => {
  switch (product.kind) {
    case "capital":
      return "CAP"
    case "materials":
      return "MAT"
    case "research":
      return product.technology.toUpperCase()
  }
}

export const produce = (galaxy: Galaxy, race: number, order: Order): Outcome =>
  Result.flatMap(ownPlanet(galaxy, race, order.planet), (planet) => {
    const production = products.get((order.product ?? "").toUpperCase())
    return production === undefined
      ? refuse(
          "unknown_product",
          order.product === undefined ? "a product is needed" : `${order.product} is no product`
        )
      : Result.succeed(withPlanet(galaxy, planet, { production }))
  })
