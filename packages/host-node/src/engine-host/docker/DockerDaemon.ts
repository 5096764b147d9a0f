/**
 * One Docker daemon, by way of `dockerode`: every call has a deadline, every answer is decoded, and what goes wrong is
 * a typed error.
 *
 * A read has a short deadline. What changes something may take the daemon longer, so it is given up only when the daemon
 * doesn't answer a ping meanwhile: a daemon that works answers pings at any time.
 */
import { Effect, Option, Schema, Stream } from "effect"
import * as answers from "./answers.ts"
import type { DockerEndpoint } from "./DockerEndpoint.ts"
import { type DockerError, DockerRefused, DockerUnavailable, dockerErrorOf } from "./DockerError.ts"
import { dockerode } from "./dockerode.ts"
import { jsonOf, linesOf, logLines } from "./logText.ts"

/** Labels that things must have: each as `name=value`, or as a name alone. */
export type LabelFilter = ReadonlyArray<string>

/** The calls of one daemon that engines need. Ids may also be names. */
export interface DockerDaemon {
  readonly ping: Effect.Effect<void, DockerError>
  /** The new container's id; 409 where the name is taken, 404 where there is no such image. */
  create(name: string, options: object): Effect.Effect<string, DockerError>
  /** One that runs already is fine. */
  start(id: string): Effect.Effect<void, DockerError>
  /** Returns when it has ended, killed after `graceSeconds` if it must be. One that isn't there, or has ended, is fine. */
  stop(id: string, graceSeconds: number): Effect.Effect<void, DockerError>
  /** Whatever it does, with its anonymous volumes. One that isn't there is fine. */
  remove(id: string): Effect.Effect<void, DockerError>
  inspect(id: string): Effect.Effect<Option.Option<answers.Inspected>, DockerError>
  /** With these labels, whether they run or not. */
  list(labels: LabelFilter): Effect.Effect<ReadonlyArray<answers.Listed>, DockerError>
  /** The last lines that a container wrote. */
  logs(id: string, lines: number): Effect.Effect<ReadonlyArray<string>, DockerError>
  /** The id of an image by its reference. */
  imageId(reference: string): Effect.Effect<Option.Option<string>, DockerError>
  pull(reference: string): Effect.Effect<void, DockerError>
  /** All of exactly this name: a daemon may have several. */
  networks(name: string): Effect.Effect<ReadonlyArray<answers.Network>, DockerError>
  createNetwork(options: object): Effect.Effect<void, DockerError>
  /** One that isn't there is fine; 403 while a container is on it. */
  removeNetwork(id: string): Effect.Effect<void, DockerError>
  volumes(labels: LabelFilter): Effect.Effect<ReadonlyArray<string>, DockerError>
  /** One that isn't there is fine; 409 while a container uses it. */
  removeVolume(name: string): Effect.Effect<void, DockerError>
  /** What happens to containers with these labels from now on; `onOpen` is run once the daemon tells. */
  events(
    labels: LabelFilter,
    actions: ReadonlyArray<string>,
    onOpen: Effect.Effect<void>
  ): Stream.Stream<answers.ContainerEvent, DockerError>
}

/** How long a daemon is waited for. Milliseconds. */
export interface DockerTimes {
  /** Longest silence: after it the daemon counts as out of reach. */
  readonly silence: number
  /** Longest time for what changes something, while the daemon is there. */
  readonly change: number
  /** Longest time for a pull. */
  readonly pull: number
}

/** Used where nothing else is said: 3 s, a minute, ten minutes. */
export const defaultTimes: DockerTimes = { silence: 3_000, change: 60_000, pull: 600_000 }

/** How often a daemon that is at work is asked whether it is there. */
const pulse = "1 second"

const silent = (ms: number) =>
  new DockerUnavailable({ reason: `the Docker daemon has said nothing for ${ms / 1_000} s` })

const progressOf = Schema.decodeUnknownOption(answers.Progress)

/** The client for a daemon. Opens no connection by itself; each call has one of its own. */
export const connect = (endpoint: DockerEndpoint, given: Partial<DockerTimes> = {}): Effect.Effect<DockerDaemon> =>
  Effect.gen(function* () {
    const times = { ...defaultTimes, ...given }
    const docker = yield* Effect.promise(() => dockerode(endpoint))

    const ask = <A>(call: (abortSignal: AbortSignal) => Promise<A>): Effect.Effect<A, DockerError> =>
      Effect.tryPromise({
        try: call,
        catch: (cause) => (cause instanceof DockerRefused ? cause : dockerErrorOf(cause))
      })

    const within =
      (ms: number) =>
      <A>(effect: Effect.Effect<A, DockerError>) =>
        Effect.timeoutOrElse(effect, { duration: ms, orElse: () => Effect.fail(silent(ms)) })

    const read = <A>(call: (abortSignal: AbortSignal) => Promise<A>) => within(times.silence)(ask(call))

    const decoded =
      <A, I>(schema: Schema.Codec<A, I>) =>
      (effect: Effect.Effect<unknown, DockerError>): Effect.Effect<A, DockerError> =>
        Effect.flatMap(effect, (answer) =>
          Effect.mapError(
            Schema.decodeUnknownEffect(schema)(answer),
            () => new DockerUnavailable({ reason: "the Docker daemon has answered what can't be understood" })
          )
        )

    const ping = Effect.asVoid(read((abortSignal) => docker.ping({ abortSignal })))

    /** Fails when the daemon has gone silent; doesn't end otherwise. */
    const watched: Effect.Effect<never, DockerError> = Effect.forever(Effect.delay(ping, pulse))

    const change = <A>(call: (abortSignal: AbortSignal) => Promise<A>, ms = times.change) =>
      within(ms)(Effect.raceFirst(ask(call), watched))

    const fine =
      (...statuses: ReadonlyArray<number>) =>
      (effect: Effect.Effect<unknown, DockerError>): Effect.Effect<void, DockerError> =>
        Effect.asVoid(effect).pipe(
          Effect.catchTag("DockerRefused", (error) =>
            statuses.includes(error.status) ? Effect.void : Effect.fail(error)
          )
        )

    const found = <A>(effect: Effect.Effect<A, DockerError>): Effect.Effect<Option.Option<A>, DockerError> =>
      Effect.asSome(effect).pipe(
        Effect.catchTag("DockerRefused", (error) =>
          error.status === 404 ? Effect.succeed(Option.none()) : Effect.fail(error)
        )
      )

    /** Reads a pull's progress to its end; an error comes as a line of it. */
    const pulled = async (reference: string, abortSignal: AbortSignal): Promise<void> => {
      const progress = await docker.pull(reference, { abortSignal })
      for await (const line of linesOf(progress)) {
        const { error } = Option.getOrElse(progressOf(jsonOf(line)), () => ({ error: undefined }))
        if (error !== undefined) throw new DockerRefused({ status: 500, message: error.slice(0, 500) })
      }
    }

    return {
      ping,
      create: (name, options) =>
        Effect.map(
          // The body by itself: dockerode would put all of it into the address, too, with the engine's token.
          change((abortSignal) => docker.createContainer({ _query: { name }, _body: options, abortSignal })),
          ({ id }) => id
        ),
      start: (id) => fine(304)(change((abortSignal) => docker.getContainer(id).start({ abortSignal }))),
      stop: (id, graceSeconds) =>
        fine(304, 404)(change((abortSignal) => docker.getContainer(id).stop({ t: graceSeconds, abortSignal }))),
      // 409: somebody else is removing it.
      remove: (id) =>
        fine(404, 409)(change((abortSignal) => docker.getContainer(id).remove({ force: true, v: true, abortSignal }))),
      inspect: (id) =>
        found(decoded(answers.Inspected)(read((abortSignal) => docker.getContainer(id).inspect({ abortSignal })))),
      list: (label) =>
        decoded(answers.Listed)(
          read((abortSignal) => docker.listContainers({ all: true, filters: { label: [...label] }, abortSignal }))
        ),
      logs: (id, tail) =>
        Effect.map(
          read((abortSignal) => docker.getContainer(id).logs({ stdout: true, stderr: true, tail, abortSignal })),
          (bytes) => logLines(bytes)
        ),
      imageId: (reference) =>
        Effect.map(
          found(decoded(answers.Image)(read((abortSignal) => docker.getImage(reference).inspect({ abortSignal })))),
          Option.map(({ Id }) => Id)
        ),
      pull: (reference) => change((abortSignal) => pulled(reference, abortSignal), times.pull),
      networks: (name) =>
        Effect.map(
          decoded(answers.Networks)(
            read((abortSignal) => docker.listNetworks({ filters: { name: [name] }, abortSignal }))
          ),
          (all) => all.filter((it) => it.Name === name)
        ),
      removeNetwork: (id) => fine(404)(change((abortSignal) => docker.getNetwork(id).remove({ abortSignal }))),
      createNetwork: (options) =>
        Effect.asVoid(change((abortSignal) => docker.createNetwork({ _query: {}, _body: options, abortSignal }))),
      volumes: (label) =>
        Effect.map(
          decoded(answers.Volumes)(
            read((abortSignal) => docker.listVolumes({ filters: { label: [...label] }, abortSignal }))
          ),
          ({ Volumes }) => (Volumes ?? []).map(({ Name }) => Name)
        ),
      removeVolume: (name) => fine(404)(change((abortSignal) => docker.getVolume(name).remove({ abortSignal }))),
      events: (label, event, onOpen) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const abort = new AbortController()
            yield* Effect.addFinalizer(() => Effect.sync(() => abort.abort()))
            const filters = { type: ["container"], label: [...label], event: [...event] }
            const opened = yield* within(times.silence)(
              ask(() => docker.getEvents({ filters, abortSignal: abort.signal }))
            )
            opened.on("error", () => undefined)
            yield* onOpen
            return Stream.fromAsyncIterable(linesOf(opened), dockerErrorOf).pipe(
              Stream.mapEffect((line) => decoded(answers.ContainerEvent)(Effect.sync(() => jsonOf(line))))
            )
          })
        )
    }
  })
