/** The tree of commands, for those commands that tell about all of them: completion, `spec`, `help`. */
import { Context } from "effect"
import type { AnyCommand } from "./commandOf.ts"

/** The root of the tree. */
export class Tree extends Context.Service<Tree, AnyCommand>()("galaxy-admin/Tree") {}
