/** Sessions for pages: by the sign-in page itself, or put into the browser's storage as that page would have. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import type { TestGalaxy } from "@galaxy/testkit/startGalaxy"
import { Effect } from "effect"
import type { Page } from "playwright-core"

type Mail = ReturnType<TestGalaxy["mails"]>[number]

const codeOf = ({ text }: Pick<Mail, "text">): string | undefined => /\b\d{8}\b/.exec(text)?.[0]

/** The code of the oldest mail to this address that has one and hasn't been read yet; those of `old` don't count. */
export const mailedCode = async (galaxy: TestGalaxy, email: string, old: ReadonlyArray<Mail> = []): Promise<string> => {
  const mail = await galaxy.mail(email, (it) => !old.includes(it) && codeOf(it) !== undefined)
  return codeOf(mail) ?? ""
}

/** A session as it is handed to the page: everything as text. */
interface Handed {
  readonly userId: string
  readonly deviceSessionId: string
  readonly privateKey: string
  readonly publicKey: string
  readonly gatewayKey: ReadonlyArray<number>
}

/** Signs a player in on a new device whose key can be handed to a browser. The name's address is at example.org. */
const signIn = async (galaxy: TestGalaxy, name: string): Promise<Handed> => {
  const email = `${name.toLowerCase()}@example.org`
  const baseUrl = galaxy.gatewayUrl
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])
  const key = await DeviceKey.fromHandle(pair)
  const old = galaxy.mails(email)
  const challengeId = await Effect.runPromise(PublicEdge.sendEmailCode(baseUrl, { email }))
  const code = await mailedCode(galaxy, email, old)
  const deviceSessionId = await Effect.runPromise(
    PublicEdge.confirmEmailCode(baseUrl, { challengeId, code, key, timeZone: "UTC", deviceLabel: "Chromium" })
  )
  const client = await Effect.runPromise(GalaxyClient.make({ baseUrl, session: { deviceSessionId, key } }))
  const account = await Effect.runPromise(client.call("user.account.get", {}))
  const text = async (format: "pkcs8" | "spki", it: CryptoKey) =>
    Buffer.from(await crypto.subtle.exportKey(format, it)).toString("base64")
  return {
    userId: account.user_id,
    deviceSessionId,
    privateKey: await text("pkcs8", pair.privateKey),
    publicKey: await text("spki", pair.publicKey),
    gatewayKey: [...client.gatewayKey]
  }
}

/** Runs in the page. Names and form are those of `src/platform/IndexedDbKeyStore.ts`. */
const keep = async ({ deviceSessionId, gatewayKey, privateKey, publicKey, userId }: Handed): Promise<void> => {
  const bytes = (text: string) => Uint8Array.from(atob(text), (it) => it.charCodeAt(0))
  const handle = {
    privateKey: await crypto.subtle.importKey("pkcs8", bytes(privateKey), "Ed25519", false, ["sign"]),
    publicKey: await crypto.subtle.importKey("spki", bytes(publicKey), "Ed25519", true, ["verify"])
  }
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open("galaxy-session")
    opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("session"))
    opening.addEventListener("success", () => resolve(opening.result))
    opening.addEventListener("error", () => reject(opening.error ?? new Error("no storage")))
  })
  await new Promise<void>((resolve, reject) => {
    const writing = database.transaction("session", "readwrite")
    writing
      .objectStore("session")
      .put({ userId, deviceSessionId, handle, gatewayKey: Uint8Array.from(gatewayKey) }, "session")
    writing.addEventListener("complete", () => resolve())
    writing.addEventListener("error", () => reject(writing.error ?? new Error("not written")))
  })
  database.close()
}

/** Makes the page that of a signed-in player. It must not have loaded the program yet. */
export const putSession = async (galaxy: TestGalaxy, page: Page, name: string): Promise<void> => {
  const session = await signIn(galaxy, name)
  // A document of the origin that runs no program.
  const empty = `${galaxy.gatewayUrl}/empty`
  await page.route(empty, (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><link rel=icon href=data:,>" })
  )
  await page.goto(empty)
  await page.evaluate(keep, session)
  await page.unroute(empty)
}
