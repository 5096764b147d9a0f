/** What one can begin with. Each template is a folder of this package, copied from an example that is tested. */

/** A template's name and what it says of itself. */
export interface Template {
  readonly name: string
  readonly about: string
  /** The folder of the example below `examples/`, where it has another name. */
  readonly example: string
}

/** All templates, the one that most people want first. */
export const templates: ReadonlyArray<Template> = [
  { name: "starter", example: "starter", about: "the whole platform, the operators' command line and a first test" },
  { name: "embed-fastify", example: "embed-fastify", about: "the backend inside a Fastify app" },
  { name: "embed-hono", example: "embed-hono", about: "the backend inside a Hono app" },
  { name: "bot", example: "turn-bot", about: "a player that is a program" },
  { name: "engine-python", example: "engine-python", about: "an engine in Python" }
]
