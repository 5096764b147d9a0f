/** Which of our routes a path belongs to: a name from a table, for metrics and logs, whatever the caller has sent. */

interface Node {
  readonly next: Map<string, Node>
  any: Node | undefined
  template: string | undefined
}

const node = (): Node => ({ next: new Map(), any: undefined, template: undefined })

/** What stands for everything else. */
export const otherRoute = "_OTHER"

/** Looks a path up among templates such as `/games/:game_id`; `*` at the end of one takes the rest of a path. */
export const routeTemplates = (templates: Iterable<string>): ((path: string) => string) => {
  const root = node()
  for (const template of templates) {
    let at = root
    for (const part of template.split("/").slice(1)) {
      if (part.startsWith(":") || part === "*") at = at.any ??= node()
      else {
        const next = at.next.get(part) ?? node()
        at.next.set(part, next)
        at = next
      }
    }
    at.template = template
  }
  return (path) => {
    let at = root
    for (const part of path.split("/", 16).slice(1)) {
      const next = at.next.get(part) ?? at.any
      if (next === undefined) return at.template?.endsWith("*") === true ? at.template : otherRoute
      at = next
    }
    return at.template ?? otherRoute
  }
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

/** The method, if it is one that HTTP defines. */
export const knownMethod = (method: string): string => (methods.has(method) ? method : otherRoute)
