/** Which figures of a planet can be asked about; apart from those of tables, since the map loads these alone. */
import type { Quantity } from "./formula.ts"

/** The figure that explains what a planet has, by the names of columns. */
export const figuresOfPlanet: {
  readonly [name in "points" | "population" | "colonists" | "industry" | "capital" | "materials"]: Quantity
} = {
  points: "points",
  population: "newPopulation",
  colonists: "newColonists",
  industry: "newIndustry",
  capital: "newCapital",
  materials: "newMaterials"
}
