/**
 * Opens the program without a network: keeps the shell and the parts of this build, and never an answer of the server.
 *
 * A screen is asked for from the network first, so that an update is seen at once. Parts of the build before stay until
 * the next one, for pages that are open.
 */
import { immutable } from "$app/manifest"
import { self } from "$app/service-worker"
import { answerPart } from "../core/offline/part.ts"
import { isNeededEverywhere, kindOf } from "../core/offline/requests.ts"

const { origin } = self.location
const shell = "/"
const prefix = "galaxy:"

/** Longest wait for the network, in milliseconds, where there is a shell at hand. */
const patienceMs = 4_000
/** Downloads at the same time, so that the player's own requests come through. */
const sideBySide = 3

const paths = immutable.map(({ path }) => new URL(path, origin).pathname)

/** The same parts have the same name. */
const cacheName: Promise<string> = crypto.subtle
  .digest("SHA-256", new TextEncoder().encode(paths.join("\n")))
  .then(
    (hash) => prefix + Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")
  )

const open = async (): Promise<Cache> => caches.open(await cacheName)

const fill = async (): Promise<void> => {
  const cache = await open()
  // Straight from the server: what another cache has may be older than this worker.
  const response = await fetch(shell, { cache: "no-cache", headers: { accept: "text/html" } })
  if (!response.ok) throw new Error(`the shell can't be had: ${response.status}`)
  await cache.put(shell, response)
  const wanted = paths.filter(isNeededEverywhere)
  for (let at = 0; at < wanted.length; at += sideBySide) {
    await Promise.all(
      wanted.slice(at, at + sideBySide).map(async (path) => {
        if ((await cache.match(path, { ignoreVary: true })) === undefined) await cache.add(path)
      })
    )
  }
}

/** Leaves this build's cache and the newest of the others; what isn't ours stays. */
const tidy = async (): Promise<void> => {
  const own = await cacheName
  const others = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== own)
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)))
}

const part = (event: FetchEvent): Promise<Response> =>
  answerPart({
    find: () => caches.match(event.request, { ignoreVary: true }),
    load: () => fetch(event.request),
    keep: async (response) => (await open()).put(event.request, response),
    goesOn: (work) => event.waitUntil(work)
  })

const screen = async (request: Request): Promise<Response> => {
  // A storage that fails has kept nothing.
  const kept = await open()
    .then((cache) => cache.match(shell, { ignoreVary: true }))
    .catch(() => undefined)
  if (kept === undefined) return fetch(request)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), patienceMs)
  try {
    const response = await fetch(request.url, { headers: { accept: "text/html" }, signal: late.signal })
    // A proxy that can't reach the gateway answers in its place.
    return response.status < 500 ? response : kept
  } catch {
    return kept
  } finally {
    clearTimeout(timer)
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()))
})

self.addEventListener("fetch", (event) => {
  const kind = kindOf(event.request, origin)
  if (kind === "part") event.respondWith(part(event))
  else if (kind === "screen") event.respondWith(screen(event.request))
})
