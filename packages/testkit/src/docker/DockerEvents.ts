/** What happens to the containers of a Docker double, for those who listen. */
import { type Container, type Filters, hasLabels } from "./Container.ts"

type Listener = (line: string) => void

/** Tells listeners, each with filters of its own. */
export class DockerEvents {
  readonly #listeners = new Map<Listener, Filters>()

  /** Until the returned function is called. */
  listen(filters: Filters, listener: Listener): () => void {
    this.#listeners.set(listener, filters)
    return () => void this.#listeners.delete(listener)
  }

  tell(action: string, it: Container, more: Readonly<Record<string, string>> = {}): void {
    const labels = it.body.Labels ?? {}
    const now = Date.now()
    const line = JSON.stringify({
      status: action,
      id: it.id,
      from: it.image,
      Type: "container",
      Action: action,
      Actor: { ID: it.id, Attributes: { ...labels, ...more, image: it.image, name: it.name } },
      scope: "local",
      time: Math.floor(now / 1_000),
      timeNano: now * 1_000_000
    })
    for (const [listener, filters] of this.#listeners) {
      const fits =
        (filters["type"]?.includes("container") ?? true) &&
        (filters["event"]?.includes(action) ?? true) &&
        hasLabels(labels, filters["label"])
      if (fits) listener(line)
    }
  }
}
