/** What a code of an invitation leads to, and taking the seat. */
import { type ClientError, isConflict } from "@galaxy/client/ClientError"
import { Result } from "effect"
import * as Loader from "../Loader.ts"
import type { Caller, InviteLook } from "./Game.ts"

export interface JoinByCode {
  readonly look: Loader.Loader<InviteLook>
  /** Takes the seat under this name; answers why it couldn't be taken. */
  readonly join: (raceName: string) => Promise<ClientError | undefined>
}

/** Nothing is asked yet. */
export const make = (me: Caller, code: string): JoinByCode => {
  const look = Loader.make(() => me.call("lobby.invites.look", { code }))
  return {
    look,
    join: async (race_name) => {
      const found = look.state.get().value
      if (found === undefined) return undefined
      const { game_id, invite_id } = found
      const answer = await me.call("lobby.invites.redeem", { game_id, invite_id, race_name, code })
      // A seat that one has already is as good: the first answer may have been lost.
      if (Result.isSuccess(answer) || isConflict(answer.failure, "already_member")) return undefined
      return answer.failure
    }
  }
}
