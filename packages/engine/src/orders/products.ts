/** Names of products, as orders and reports write them. */
import type { Production } from "../state/Draft.ts"
import type { Product } from "../state/Galaxy.ts"
import { technologies } from "../state/technologies.ts"
import { keyOf } from "./keyOf.ts"

/** Products that every race can make, by their names in upper case. */
export const commonProducts: ReadonlyMap<string, Production> = new Map<string, Production>([
  ["CAP", { kind: "capital" }],
  ["MAT", { kind: "materials" }],
  ...technologies.map((technology): [string, Production] => [
    technology.toUpperCase(),
    { kind: "research", technology }
  ])
])

/** Written before a ship class's name where another product has the same name. */
export const classPrefix = "SHIP "

/** A product's name in reports; `sciences` are the keys of its race's sciences. */
export const productName = (product: Product, sciences: { has(key: string): boolean }): string => {
  switch (product.kind) {
    case "capital":
      return "CAP"
    case "materials":
      return "MAT"
    case "research":
      return product.technology.toUpperCase()
    case "science":
      return product.science
    case "ships":
      return sciences.has(keyOf(product.class)) ? `${classPrefix}${product.class}` : product.class
  }
}
