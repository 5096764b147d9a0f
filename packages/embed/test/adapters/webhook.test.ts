import { createHmac } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import { ChannelDeferred, ChannelRejected } from "@galaxy/embed/kinds"
import { afterAll, beforeAll, expect, it } from "vitest"
import { webhook } from "./webhook.ts"

const secret = "a secret"
const received: Array<{ readonly headers: IncomingHttpHeaders; readonly text: string }> = []
let status = 204
const server = createServer((request, response) => {
  let text = ""
  request.on("data", (chunk) => (text += String(chunk)))
  request.on("end", () => {
    received.push({ headers: request.headers, text })
    response.writeHead(status).end()
  })
})
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"))
afterAll(() => void server.close())

const deliver = (signal = new AbortController().signal) =>
  webhook(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, secret)(
    {
      user: { userId: "u", email: "ada@example.org", language: "en" },
      kind: "club.match",
      key: "match-7",
      payload: { title: "Final" },
      deliveryId: "d",
      attempt: 1
    },
    { signal }
  )

it("the guide's channel signs what it posts, names the delivery, and gives no address away", async () => {
  await deliver()
  const [{ headers, text } = { headers: {}, text: "" }] = received
  expect(JSON.parse(text)).toEqual({ kind: "club.match", payload: { title: "Final" }, user_id: "u" })
  expect(headers["idempotency-key"]).toBe("d")
  expect(headers["x-signature"]).toBe(createHmac("sha256", secret).update(text).digest("hex"))
})

it("the guide's channel says whether trying again can help, and stops when told", async () => {
  status = 503
  await expect(deliver()).rejects.toBeInstanceOf(ChannelDeferred)
  status = 410
  await expect(deliver()).rejects.toBeInstanceOf(ChannelRejected)
  await expect(deliver(AbortSignal.abort())).rejects.toThrow("abort")
})
