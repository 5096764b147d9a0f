/** The operations that orders may have, with their arguments. Plain data, apart from the schema of an order. */

/** The arguments of each operation, in the order in which the classic order text has them. */
export const orderArguments = {
  /** `peace` and `war` set the attitude to a race; the own name stands for all others. */
  peace: ["race"],
  war: ["race"],
  /** Splits ships off a group, out of its fleet. */
  break_group: ["group", "ships"],
  design_class: ["name", "drive", "armament", "weapons", "shields", "cargo"],
  delete_class: ["class"],
  /** To a free name, or to that of an equal design, which merges the two classes. */
  rename_class: ["class", "name"],
  create_science: ["name", "drive", "weapons", "shields", "cargo"],
  delete_science: ["science"],
  /** All identical groups become one. */
  merge_groups: [],
  join_fleet: ["group", "fleet", "ships"],
  /** All groups of the first fleet join the second. */
  merge_fleets: ["fleet", "into"],
  give: ["group", "race", "ships"],
  dismantle: ["group", "ships"],
  /** `amount` is the total for all the ships that load; when left out, as much as is in stock and fits. */
  load: ["group", "goods", "ships", "amount"],
  unload: ["group", "ships", "amount"],
  rename_planet: ["planet", "name"],
  produce: ["planet", "product"],
  /** Without `to` the route is removed. */
  route: ["planet", "goods", "to"],
  /** A group, or a whole fleet without `ships`, to a planet; the planet where it stands cancels the order. */
  send: ["group", "fleet", "planet", "ships"],
  vote: ["race"],
  upgrade: ["group", "block", "ships", "level"],
  quit: ["race"]
} as const

/** All operations, in the order of `orderArguments`. */
export const orderOps = Object.keys(orderArguments) as ReadonlyArray<keyof typeof orderArguments>
/** One of `orderOps`. A request with any other operation is `invalid_request`. */
export type OrderOp = keyof typeof orderArguments
