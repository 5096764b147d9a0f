/** One player of the demo: a device key, a mailbox and a session, all through the real client. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { Data, Effect, Schedule } from "effect"
import type { PlatformAddresses } from "../processes/Platform.ts"

/** The platform that the story is played on. */
export interface DemoTarget extends Omit<PlatformAddresses, "folderLost"> {
  /** Where it has two gateways, each player uses another one. */
  readonly secondGatewayUrl?: string | undefined
}

/** Something expected didn't arrive in time. */
export class DemoFailed extends Data.TaggedError("DemoFailed")<{ readonly message: string }> {}

/** The texts of the mails to an address, newest first. */
const mailsTo = (platform: DemoTarget, email: string): Effect.Effect<ReadonlyArray<string>, DemoFailed> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${platform.mailPageUrl}/api/mails?to=${encodeURIComponent(email)}`, {
        headers: { authorization: `Bearer ${platform.mailPageKey}` },
        signal
      })
      const { mails } = (await response.json()) as { readonly mails: ReadonlyArray<{ readonly text: string }> }
      return mails.map((mail) => mail.text)
    },
    catch: () => new DemoFailed({ message: "the mail page doesn't answer" })
  })

/** The code in the first mail that comes after `before` others. */
const codeAfter = (platform: DemoTarget, email: string, before: number): Effect.Effect<string, DemoFailed> =>
  mailsTo(platform, email).pipe(
    Effect.flatMap((mails) => {
      const code = mails.length > before ? /\b\d{8}\b/.exec(mails[0] ?? "")?.[0] : undefined
      return code === undefined
        ? Effect.fail(new DemoFailed({ message: `no code was mailed to ${email}` }))
        : Effect.succeed(code)
    }),
    Effect.retry({ times: 900, schedule: Schedule.spaced("100 millis") })
  )

/** A signed-in player, with the client of one session. */
export interface DemoPlayer {
  readonly name: string
  readonly email: string
  readonly client: GalaxyClient.GalaxyClient
}

/** Signs a player in on a new device with the code from the mail; the client closes with the scope. */
export const signIn = (platform: DemoTarget, name: string, email: string) =>
  Effect.gen(function* () {
    const key = yield* Effect.promise(() => DeviceKey.generate())
    const before = yield* mailsTo(platform, email)
    const challengeId = yield* PublicEdge.sendEmailCode(platform.gatewayUrl, { email, locale: "en" })
    const code = yield* codeAfter(platform, email, before.length)
    const deviceSessionId = yield* PublicEdge.confirmEmailCode(platform.gatewayUrl, {
      challengeId,
      code,
      key,
      timeZone: "Europe/Berlin"
    })
    const client = yield* GalaxyClient.make({ baseUrl: platform.gatewayUrl, session: { deviceSessionId, key } })
    const player: DemoPlayer = { name, email, client }
    return player
  })
