/** Galaxy behind the servers that Bun and Deno have of their own, as the guide has it. */
import { createGalaxy } from "@galaxy/embed/Galaxy"

type Fetch = (request: Request) => Promise<Response>

/** What is used of the two runtimes. */
interface Runtimes {
  readonly Bun?: { readonly serve: (options: { port: number; fetch: Fetch }) => { port: number; stop: () => unknown } }
  readonly Deno?: {
    readonly serve: (
      options: { port: number; onListen: () => void },
      fetch: Fetch
    ) => { addr: { port: number }; shutdown: () => unknown }
  }
}

const { DATABASE_URL, GALAXY_SECRET, GATEWAY_TOKEN } = process.env
const { Bun, Deno } = globalThis as Runtimes

const galaxy = await createGalaxy({
  database: DATABASE_URL,
  secret: GALAXY_SECRET,
  access: { gatewayToken: GATEWAY_TOKEN },
  mail: {
    from: "Club <club@example.org>",
    send: async (mail) => console.log(`To ${mail.to}: ${mail.subject}`)
  },
  engines: "none"
})

const served = () => {
  if (Bun !== undefined) {
    const server = Bun.serve({ port: 0, fetch: galaxy.fetch })
    return { port: server.port, stop: () => server.stop() }
  }
  if (Deno === undefined) throw new Error("this is neither Bun nor Deno")
  const server = Deno.serve({ port: 0, onListen: () => undefined }, galaxy.fetch)
  return { port: server.addr.port, stop: () => server.shutdown() }
}
const { port, stop } = served()
console.log("listening", { port })

process.once("SIGTERM", () => {
  void stop()
  void galaxy.close()
})
