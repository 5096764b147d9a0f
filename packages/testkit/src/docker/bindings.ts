/** What a container of a Docker double shares with this machine: ports on loopback, and folders. */
import { mkdirSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { type CreateBody, Refusal } from "./Container.ts"

/** Reserves a port as publishing does: it fails where somebody else listens. */
export const freePort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", () => {
      const at = `127.0.0.1:${wanted}`
      reject(
        new Refusal(
          500,
          `driver failed programming external connectivity on endpoint: Error starting userland proxy: listen tcp4 ${at}: bind: address already in use`
        )
      )
    })
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : wanted))
    })
  })

/** A bind leads to a path on this machine, a volume to a folder of the double; both keep what is in them. */
export const hostPath = (body: CreateBody, volumes: string, path: string): string | undefined => {
  const binds = (body.HostConfig?.Binds ?? []).map((text) => text.split(":"))
  const mounts = (body.HostConfig?.Mounts ?? []).map(({ Source = "", Target = "" }) => [Source, Target])
  const source = [...binds, ...mounts].find(([, target]) => target === path)?.[0]
  if (source === undefined) return undefined
  const at = source.startsWith("/") ? source : join(volumes, source)
  mkdirSync(at, { recursive: true })
  return at
}
