/** What isn't signed by the pinned key isn't shown; a session that has ended is over in every tab; one stream serves all. */
import { ExecuteCommandResponseSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { fromBinary, toBinary } from "@bufbuild/protobuf"
import type { TestPlayer } from "@galaxy/testkit/TestPlayer"
import type { Page, Request, Route } from "playwright-core"
import { expect, it } from "vitest"
import type { Stage } from "./harness.ts"

const commands = "**/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"

/** Lets an answer through with one bit of its payload changed, and the signature as it was. */
const alter = async (route: Route): Promise<void> => {
  const response = await route.fetch()
  const answer = fromBinary(ExecuteCommandResponseSchema, await response.body())
  const payloadBytes = answer.payloadBytes.slice()
  payloadBytes[payloadBytes.length - 1] = (payloadBytes.at(-1) ?? 0) ^ 1
  const body = Buffer.from(toBinary(ExecuteCommandResponseSchema, { ...answer, payloadBytes }))
  await route.fulfill({ response, body })
}

/** Lets an answer through whole, but as a server with another key would have signed it. */
const signOtherwise = async (route: Route): Promise<void> => {
  const response = await route.fetch()
  const answer = fromBinary(ExecuteCommandResponseSchema, await response.body())
  const signature = answer.signature.slice()
  signature[0] = (signature[0] ?? 0) ^ 1
  await route.fulfill({ response, body: Buffer.from(toBinary(ExecuteCommandResponseSchema, { ...answer, signature })) })
}

/** Streams of the context's tabs that are open. */
const streamsOf = (page: Page) => {
  const open = new Map<Request, Page>()
  const ends = (request: Request) => void open.delete(request)
  const context = page.context()
  context.on("request", (request) => {
    if (!request.url().endsWith("/SubscribeEvents")) return
    const tab = request.frame().page()
    open.set(request, tab)
    // A tab that is closed tells no end of its requests.
    tab.once("close", () => ends(request))
  })
  context.on("requestfinished", ends)
  context.on("requestfailed", ends)
  return open
}

/** Invites a player, by name, to a new game of somebody else, which their pages learn by an event. */
const invite = async ({ galaxy }: Stage, owner: TestPlayer, name: string, game: string): Promise<void> => {
  const { game_id: gameId } = await owner.call("lobby.games.create", {
    game_name: game,
    min_players: 2,
    max_players: 4,
    turn_schedule: "0 6 * * *",
    race_name: `${owner.name}ans`
  })
  await owner.call("lobby.games.open_enrollment", { game_id: gameId })
  const [guest] = await galaxy.players(name)
  await owner.call("lobby.invites.issue", { game_id: gameId, invited_user_id: guest.userId })
}

export const trust = (stage: () => Stage): void => {
  it("shows no answer that was altered on its way, says so once, and goes on when it is over", async () => {
    const [ada] = await stage().galaxy.players("Ada")
    const make = (name: string) =>
      ada.call("lobby.games.create", { game_name: name, min_players: 2, max_players: 4, turn_schedule: "0 6 * * *" })
    await make("Signed")
    const page = await stage().open("/signin", { as: "Ada" })
    await page.getByText("Signed").waitFor()
    // Only the altered answers tell of this one.
    await make("Unheard of")
    await page.route(commands, alter)
    await page.goto("/")
    await page.getByRole("alert").getByText("altered on its way").waitFor()
    await page.getByText("wasn't signed by this server").first().waitFor()
    // What this device has had stays readable, and says that it is that.
    await page.getByText("As this device had it").waitFor()
    expect(await page.getByText("Unheard of").count()).toBe(0)
    await page.unrouteAll({ behavior: "wait" })
    await page.reload()
    await page.getByText("Unheard of").waitFor()
    expect(await page.getByText("altered on its way").count()).toBe(0)
  })

  it("shows no event that was altered on its way, ends its stream, and goes on when one wants it", async () => {
    const network = await stage().network()
    const page = await stage().open("/", { as: "Kit", via: network })
    await page.getByRole("heading", { level: 1 }).waitFor()
    await expect.poll(network.open).toBe(1)
    await expect.poll(() => network.kinds).toContain("gateway.server_time")
    const asked = network.asked()
    network.alters = true
    const [pim] = await stage().galaxy.players("Pim")
    await invite(stage(), pim, "Kit", "Altered")
    await page.getByRole("alert").getByText("altered on its way").waitFor()
    await expect.poll(network.open).toBe(0)
    expect(await page.getByText("Altered", { exact: true }).count()).toBe(0)
    // Longer than any wait before a new connection. The page's clock is ahead afterwards, which costs a call more.
    stage().expected(/status of 400/)
    await page.clock.install()
    await page.clock.runFor("02:00")
    expect(network.asked()).toBe(asked)
    network.alters = false
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("Altered", { exact: true }).first().waitFor()
    await page.getByText("altered on its way").waitFor({ state: "hidden" })
    await expect.poll(network.open).toBe(1)
    expect(network.asked()).toBeLessThanOrEqual(asked + 2)
  })

  it("stays signed in when a proxy ends the stream, and hears what comes after", async () => {
    const network = await stage().network()
    const page = await stage().open("/", { as: "Ned", via: network })
    await page.getByRole("heading", { level: 1 }).waitFor()
    await expect.poll(() => network.kinds).toContain("gateway.server_time")
    network.end()
    // The client asks again within a second, and by default no wait here is longer.
    await expect.poll(network.asked, { timeout: 10_000 }).toBe(2)
    await expect.poll(network.open).toBe(1)
    const [pim] = await stage().galaxy.players("Pim")
    await invite(stage(), pim, "Ned", "After the proxy")
    await page.getByText("After the proxy", { exact: true }).first().waitFor()
    expect(new URL(page.url()).pathname).toBe("/")
  })

  it("names both keys when another server answers", async () => {
    const page = await stage().open("/", { as: "Lin" })
    await page.getByRole("heading", { level: 1 }).waitFor()
    const { publicKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])
    const other = Buffer.from(await crypto.subtle.exportKey("raw", publicKey))
    await page.route("**/api/v1/public/gateway-info", async (route) => {
      const response = await route.fetch()
      const info = (await response.json()) as object
      await route.fulfill({ response, json: { ...info, signing_public_key: other.toString("base64") } })
    })
    await page.route(commands, signOtherwise)
    // Another server's stream would hold nothing that the pinned key has signed.
    stage().expected(/ERR_FAILED/)
    await page.route("**/galaxy.gateway.v1.EdgeGateway/SubscribeEvents", (route) => route.abort())
    await page.reload()
    const alarm = page.getByRole("alert").filter({ hasText: "isn't the server" })
    await alarm.waitFor()
    const print = other
      .subarray(0, 8)
      .toString("hex")
      .replace(/(.{4})(?=.)/g, "$1 ")
    expect(await alarm.textContent()).toContain(print)
  })

  it("signs out in every tab when another device ends the session, and says why", async () => {
    const page = await stage().open("/", { as: "Eve" })
    await page.getByRole("heading", { level: 1 }).waitFor()
    const second = await page.context().newPage()
    await second.goto("/account")
    await second.getByRole("heading", { level: 1 }).waitFor()
    const [eve] = await stage().galaxy.players("Eve")
    // What was under way may still be answered with the refusal.
    stage().expected(/status of 4\d\d/)
    await eve.call("user.sessions.revoke_all", {})
    for (const tab of [page, second]) {
      await tab.waitForURL(/\/signin/)
      await tab.getByText("signed out from another device").waitFor()
    }
    await page.goto("/")
    await page.waitForURL(/\/signin/)
  })

  it("has one stream for all tabs, which another tab takes over when the first is closed", async () => {
    const page = await stage().open("/signin")
    const open = streamsOf(page)
    await stage().signIn(page, "tom@example.org")
    await page.getByRole("heading", { level: 1 }).waitFor()
    const others = [await page.context().newPage(), await page.context().newPage()]
    for (const tab of others) {
      await tab.goto("/")
      await tab.getByRole("heading", { level: 1 }).waitFor()
    }
    await expect.poll(() => open.size, { timeout: 30_000 }).toBe(1)
    await page.close()
    await expect.poll(() => open.size, { timeout: 30_000 }).toBe(1)
    const [una] = await stage().galaxy.players("Una")
    await invite(stage(), una, "Tom", "By event")
    for (const tab of others) await tab.getByText("By event").first().waitFor()
    expect(open.size).toBe(1)
  })
}
