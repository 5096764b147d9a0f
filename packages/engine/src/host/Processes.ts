/** Port to the operating system's processes: who this one is, and whether another still lives. */
import { Context, type Effect } from "effect"

export class Processes extends Context.Service<
  Processes,
  {
    /** Names this process among all of its machine's, also after its number is used again. */
    readonly self: string
    isAlive(identity: string): Effect.Effect<boolean>
  }
>()("@galaxy/engine/host/Processes") {}
