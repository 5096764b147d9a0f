/**
 * Several gateway processes behind one port, as one layer: they are started, kept running and ended, and get the connections.
 *
 * It is built when all of them serve and the port is open. A process that ends is replaced after a wait that grows while
 * replacements fail; meanwhile its clients are served by the others.
 */
import { type ChildProcess, fork } from "node:child_process"
import { counter } from "@galaxy/contract/telemetry/instruments"
import { monotonicMillis } from "@galaxy/edge/monotonicMillis"
import { Context, Deferred, Effect, Layer, Schema } from "effect"
import type { ListenerUnavailable } from "../../gateway/ListenerUnavailable.ts"
import type { OfProcess } from "../../telemetry/mergedMetrics.ts"
import { Assignment } from "./Assignment.ts"
import * as Acceptor from "./Acceptor.ts"
import { Member, type MemberEnd, type Prints } from "./Member.ts"
import { argumentsOf } from "./Membership.ts"

const replaced = counter("galaxy.gateway.processes.replaced")

/** The processes by their index; undefined where none has run yet. */
export type Members = Array<Member | undefined>

/** The metrics of all that serve. */
export const metricsOf = async (members: Members): Promise<ReadonlyArray<OfProcess>> => {
  const all = await Promise.all(
    members.map(async (it, index) => ({
      process: index + 1,
      text: it?.serves === true ? await it.metrics() : undefined
    }))
  )
  return all.flatMap(({ process, text }) => (text === undefined ? [] : [{ process, text }]))
}

/** The processes, and the port that they share. */
export interface PrimaryOptions extends Acceptor.AcceptorOptions, Prints {
  readonly count: number
  /** The name at the backend's push stream, to which each process adds its number. */
  readonly clientId: string
  /** The program that they run, and its options of Node. */
  readonly program: string
  readonly execArgv: ReadonlyArray<string>
  /** Where those that run stand, by their index. */
  readonly members: Members
  /** Called when a process that was asked to end didn't do so in order. */
  readonly cutShort?: (() => void) | undefined
  /** How long a process may take to serve, and to end once it was asked to, in milliseconds. */
  readonly startMs?: number | undefined
  readonly endMs?: number | undefined
  /** How long one may give no sign of life, in milliseconds, before it is killed and replaced; 30 s by default. */
  readonly silenceMs?: number | undefined
}

/** A process ended before it served: at the start of the whole, or again and again while no other one serves. */
export class ProcessFailed extends Schema.TaggedError<ProcessFailed>()("ProcessFailed", {
  message: Schema.String
}) {}

/** The open port of the processes. */
export class Primary extends Context.Service<
  Primary,
  {
    readonly port: number
    /** Settles when the gateway can't go on: no process serves, and replacements fail. */
    readonly failed: Effect.Effect<never, ProcessFailed>
  }
>()("@galaxy/host-node/processes/cluster/Primary") {}

const usualStartMs = 60_000
const usualEndMs = 5_000
const usualSilenceMs = 30_000
const firstWaitMs = 100
const longestWaitMs = 10_000
/** A process that served for this long has not failed. */
const steadyMs = 60_000
/** Replacements of one process that fail in a row while no process serves, after which the gateway gives up. */
const mostFailures = 5

/** What a process said last about why it ended, without the words that `launch` puts before it. */
const reasonOf = (output: string): string | undefined =>
  output
    .split("\n")
    .findLast((line) => line.startsWith("Galaxy stopped: "))
    ?.slice("Galaxy stopped: ".length)

const howOf = ({ code, signal }: MemberEnd): string =>
  signal === null ? `ended with code ${code ?? "unknown"}` : `was killed by ${signal}`

/** Builds when all processes serve. Ends them in order, each within its time, and only then the port. */
export const layer = (options: PrimaryOptions): Layer.Layer<Primary, ProcessFailed | ListenerUnavailable> =>
  Layer.effect(
    Primary,
    Effect.gen(function* () {
      const { count, members } = options
      const failed = yield* Deferred.make<never, ProcessFailed>()
      let isEnding = false
      // An increase shows only beside a value from before it.
      replaced(0)

      const started = (index: number): ChildProcess =>
        fork(options.program, argumentsOf(index + 1, count, `${options.clientId}-${index + 1}`), {
          stdio: ["ignore", "pipe", "pipe", "ipc"],
          execArgv: [...options.execArgv]
        })

      const ended = (member: Member) =>
        Effect.promise(() => member.gone).pipe(
          Effect.timeoutOrElse({
            duration: options.endMs ?? usualEndMs,
            orElse: () => {
              member.kill()
              return Effect.promise(() => member.gone)
            }
          }),
          Effect.tap(({ code, signal }) => {
            // One that was asked to end says with 0 that all is in order; before it listens to signals, they just end it.
            if (isEnding && signal !== "SIGTERM" && code !== 0) options.cutShort?.()
            return Effect.void
          })
        )

      /** One process from start to end; returns how it ended and how long it has served, undefined if never. */
      const one = (index: number, serves: Effect.Effect<unknown>) =>
        Effect.scoped(
          Effect.gen(function* () {
            const member = yield* Effect.acquireRelease(
              Effect.sync(() => {
                const made = new Member(started(index), options, (told) => {
                  for (const other of members) if (other !== made && other?.serves === true) other.others(told)
                })
                members[index] = made
                return made
              }),
              (it) =>
                Effect.suspend(() => {
                  it.end()
                  return ended(it)
                })
            )
            const isServing = yield* Effect.raceFirst(
              Effect.as(
                Effect.promise(() => member.served),
                true
              ),
              Effect.as(
                Effect.promise(() => member.gone),
                false
              )
            ).pipe(
              Effect.timeoutOrElse({ duration: options.startMs ?? usualStartMs, orElse: () => Effect.succeed(false) })
            )
            if (!isServing) {
              member.kill()
              return { member, end: yield* Effect.promise(() => member.gone), servedMs: undefined }
            }
            member.watch(options.silenceMs ?? usualSilenceMs)
            yield* serves
            const since = yield* monotonicMillis
            const end = yield* Effect.promise(() => member.gone)
            return { member, end, servedMs: (yield* monotonicMillis) - since }
          })
        )

      const failure = (index: number, { end, member }: { readonly end: MemberEnd; readonly member: Member }) => {
        const reason = reasonOf(member.output)
        if (reason === undefined) options.print(member.output)
        return new ProcessFailed({
          message: reason ?? `process ${index + 1} of the gateway ${howOf(end)} before it served`
        })
      }

      /** Keeps one process running, for ever. `first` learns how the first start went. */
      const kept = Effect.fnUntraced(function* (index: number, first: Deferred.Deferred<void, ProcessFailed>) {
        for (let failures = 0; ; ) {
          const run = yield* one(index, Deferred.succeed(first, undefined))
          // At the end of the whole they all end.
          if (isEnding) return yield* Effect.never
          if (run.servedMs === undefined) yield* Deferred.fail(first, failure(index, run))
          failures = run.servedMs !== undefined && run.servedMs >= steadyMs ? 0 : failures + 1
          if (failures > mostFailures && !members.some((it) => it?.serves)) {
            yield* Deferred.fail(failed, failure(index, run))
          }
          replaced(1)
          const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 16))
          yield* Effect.logError("a process of the gateway has ended and is replaced").pipe(
            Effect.annotateLogs({
              ended_process: index + 1,
              how: run.member.isSilent ? "gave no sign of life and was killed" : howOf(run.end),
              served_ms: run.servedMs ?? 0,
              wait_ms: waitMs,
              ...(run.servedMs === undefined ? { reason: reasonOf(run.member.output) } : {})
            })
          )
          yield* Effect.sleep(waitMs)
        }
      })

      const firsts = yield* Effect.forEach(Array.from({ length: count }), () => Deferred.make<void, ProcessFailed>())
      // As one fiber: at its end all processes are asked to end at the same time.
      yield* Effect.forkScoped(
        Effect.forEach(firsts, (first, index) => kept(index, first), { concurrency: "unbounded", discard: true })
      )
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          isEnding = true
        })
      )
      yield* Effect.forEach(firsts, Deferred.await, { concurrency: "unbounded", discard: true })

      const assignment = new Assignment(count)
      const serves = (index: number) => members[index]?.serves === true
      const address = yield* Acceptor.listen(options, (socket, ip, network, head) => {
        const index = assignment.of(network, serves)
        const member = index === undefined ? undefined : members[index]
        if (member === undefined) socket.destroy()
        else member.give(socket, ip, network, head)
      })
      // The port stays open until nobody takes connections any more: they may do so for a while after the word to end.
      yield* Effect.addFinalizer(() =>
        Effect.suspend(() => {
          isEnding = true
          for (const it of members) it?.end()
          return Effect.promise(() => Promise.all(members.flatMap((it) => (it === undefined ? [] : [it.closed])))).pipe(
            Effect.timeoutOrElse({ duration: options.endMs ?? usualEndMs, orElse: () => Effect.void })
          )
        })
      )
      return { port: address.port, failed: Deferred.await(failed) }
    })
  )
