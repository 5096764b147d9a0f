/** By which quantities formulas name the technologies. */

/** The level that a ship or a race has. */
export const techOf = {
  drive: "driveTech",
  weapons: "weaponsTech",
  shields: "shieldsTech",
  cargo: "cargoTech"
} as const

/** The level that a race gets with the turn. */
export const newOf = { drive: "newDrive", weapons: "newWeapons", shields: "newShields", cargo: "newCargo" } as const
