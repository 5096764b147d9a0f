/** Names of the platform's images that tests use. */

/** The version of all of them: that of the engine that is built in. */
export const testVersion = "0.1.0"

/** Label of images and of what tests make of them. */
export const treeLabel = "galaxy.test.tree"

/** The images by what they are. */
export interface PlatformImages {
  /** Node, the base of the others. */
  readonly node: string
  readonly engine: string
  readonly backend: string
  readonly gateway: string
  readonly userProcess: string
  /** Catches mails: SMTP on 1025, its page on 8025. */
  readonly mail: string
  /** PostgreSQL (`postgres`, on 5432) and Redis (`redis`, on 6379); data in `/data`. */
  readonly services: string
}

/** What the images of a build are called whose names begin so. */
export const imageNames = (prefix: string): PlatformImages => {
  const named = (name: string) => `${prefix}${name}:${testVersion}`
  return {
    node: named("node"),
    engine: named("engine"),
    backend: named("backend"),
    gateway: named("gateway"),
    userProcess: named("user-process"),
    mail: named("mail"),
    services: named("services")
  }
}
