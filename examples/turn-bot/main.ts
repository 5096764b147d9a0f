/**
 * Signs the bot in and lets it play: `node main.ts http://127.0.0.1:8080 bot@example.org Botians`
 *
 * The code from the mail is asked for on the terminal.
 */
import { createInterface } from "node:readline/promises"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { Console, Effect, Stream } from "effect"
import { play } from "./bot.ts"

const [baseUrl = "http://127.0.0.1:8080", email = "bot@example.org", raceName = "Botians"] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const key = yield* Effect.promise(() => DeviceKey.generate())
  const challengeId = yield* PublicEdge.sendEmailCode(baseUrl, { email })
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const code = yield* Effect.promise(() => terminal.question(`Code from the mail to ${email}: `))
  terminal.close()
  const deviceSessionId = yield* PublicEdge.confirmEmailCode(baseUrl, { challengeId, code: code.trim(), key })
  const client = yield* GalaxyClient.make({ baseUrl, session: { deviceSessionId, key } })
  const account = yield* client.call("user.account.get", {})
  yield* Console.log(`signed in as ${account.user_name}; invite user ${account.user_id}`)
  yield* Stream.runForEach(play(client, raceName), (line) => Console.log(line))
})

await Effect.runPromise(program)
