/** The one-process shape for friends elsewhere: its mails go to a relay, and none is shown on this machine. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import * as AllInOne from "@galaxy/host-node/all-in-one/AllInOne"
import { Platform } from "@galaxy/host-node/processes/Platform"
import * as SmtpDouble from "@galaxy/testkit/mail/SmtpDouble"
import { Effect, Layer, Logger, Redacted } from "effect"
import { expect, it } from "vitest"

it("sends codes by the relay that it is given", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-relay-"))
  const relay = await SmtpDouble.open()
  const arrived = new Promise<void>((done) => {
    relay.onMessage = () => done()
  })
  const caught: Array<unknown> = []
  const options = {
    ...AllInOne.onFreePorts(folder),
    mailRelayUrl: Redacted.make(`smtp://127.0.0.1:${relay.port}`),
    onMail: (mail: unknown) => void caught.push(mail)
  }
  const asked = Effect.gen(function* () {
    const { gatewayUrl } = yield* Platform
    yield* PublicEdge.sendEmailCode(gatewayUrl, { email: "ada@example.org" })
    yield* Effect.promise(() => arrived)
  })
  try {
    await Effect.runPromise(Effect.provide(asked, AllInOne.layer(options).pipe(Layer.provideMerge(Logger.layer([])))))
    expect(relay.received.map(({ recipients }) => recipients)).toEqual([["ada@example.org"]])
    expect(caught).toEqual([])
  } finally {
    await relay.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
