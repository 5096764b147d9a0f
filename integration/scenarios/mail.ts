/** Mails: what the relay doesn't take waits, and an operator can send it again, but not what was sent. */
import { assert } from "@effect/vitest"
import type * as AdminMail from "@galaxy/contract/api/admin/Mail"
import { Effect } from "effect"
import { openGame } from "../stack/games.ts"
import { mailTo } from "../stack/mails.ts"
import { untilIt } from "../stack/patience.ts"
import { signIn } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

type List = typeof AdminMail.DeliveryList.Encoded
type Row = typeof AdminMail.DeliveryRow.Encoded
type Attempts = { readonly attempts: ReadonlyArray<typeof AdminMail.Attempt.Encoded> }

export const mail: Scenario = {
  shows: "mail: what the relay doesn't take waits, an operator sends it again, and what was sent stays sent",
  story: Effect.gen(function* () {
    const { admin, mailsTo, withoutRelay } = yield* Stack
    const owner = yield* signIn("Maia")
    const invited = yield* signIn("Milo")
    const game_id = yield* openGame(owner, "Mimas")
    const invites = admin.get<List>(`/mail/deliveries?template_id=lobby.invite.received&user_id=${invited.userId}`)
    const delivery = (what: string, fits: (row: Row) => boolean) =>
      Effect.map(
        untilIt(what, invites, ({ deliveries }) => deliveries.some(fits)),
        ({ deliveries }) => deliveries.find(fits)?.delivery_id ?? ""
      )

    const id = yield* withoutRelay(
      Effect.andThen(
        owner.client.call("lobby.invites.issue", { game_id, invited_user_id: invited.userId }),
        delivery("an attempt that fails", (row) => row.status === "retrying")
      )
    )
    assert.isFalse((yield* mailsTo(invited.email)).some((it) => it.text.includes("Mimas")))

    yield* admin.post(`/mail/deliveries/${id}/resend`, { reason: "the relay is back" })
    yield* mailTo(invited.email, "the invite", (it) => it.text.includes("Mimas"))
    yield* delivery("the mail to be sent", (row) => row.status === "sent")
    const { attempts } = yield* admin.get<Attempts>(`/mail/deliveries/${id}/attempts`)
    assert.deepStrictEqual(new Set(attempts.map((it) => it.outcome)), new Set(["deferred", "sent"]))

    const again = yield* Effect.flip(admin.post(`/mail/deliveries/${id}/resend`, { reason: "once more" }))
    assert.deepInclude(again, { status: 409, code: "conflict", reason: "sent_already" })
    assert.lengthOf(
      (yield* mailsTo(invited.email)).filter((it) => it.text.includes("Mimas")),
      1
    )
  })
}
