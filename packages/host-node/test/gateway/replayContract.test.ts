/** The contract of the `ReplayStore` port, for every adapter. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as FileReplayStore from "@galaxy/host-node/gateway/FileReplayStore"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import * as Contract from "@galaxy/testkit/contract/replayStore"
import { contract } from "@galaxy/testkit/contract/vitest"
import { Context, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Redis } from "ioredis"
import { testUrl } from "./redis.ts"

const testClock = Layer.succeed(Contract.Passage, { elapse: (_, millis) => TestClock.adjust(millis) })

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-reservations-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

contract("ReplayStore contract: memory", Contract.replayStore(Layer.merge(ReplayStore.layerMemory(), testClock)))

contract(
  "ReplayStore contract, wrong clocks: memory",
  Contract.replayStoreClock(Effect.succeed(ReplayStore.layerMemory()))
)

// ------------------------------------------------------------------------------------------------------- files

const inFolder = (isNew: boolean) =>
  Layer.unwrap(Effect.map(folder, (path) => FileReplayStore.layer({ folder: path, isNew })))

contract("ReplayStore contract: files", Contract.replayStore(Layer.merge(inFolder(true), testClock)))
contract(
  "ReplayStore contract: files where some should have been",
  Contract.replayStore(Layer.merge(inFolder(false), testClock))
)

/** The store of the folder as it was opened last; a loss is an end, the files gone, and a start. */
const losingFiles = Layer.effectContext(
  Effect.gen(function* () {
    const path = yield* folder
    const open = (isNew: boolean) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const built = yield* Layer.buildWithScope(FileReplayStore.layer({ folder: path, isNew }), scope)
        return { store: Context.get(built, ReplayStore.ReplayStore), scope }
      })
    let opened = yield* open(true)
    yield* Effect.addFinalizer(() => Scope.close(opened.scope, Exit.void))
    const lose = Effect.gen(function* () {
      yield* Scope.close(opened.scope, Exit.void)
      for (const name of readdirSync(path)) rmSync(join(path, name))
      opened = yield* open(false)
    })
    return Context.make(ReplayStore.ReplayStore, {
      reserve: (reservation) => opened.store.reserve(reservation),
      ready: (futureMs) => opened.store.ready(futureMs)
    }).pipe(Context.add(Contract.StoreLoss, { lose: Effect.orDie(lose) }))
  })
)

contract("ReplayStore contract, loss: files", Contract.replayStoreLoss(losingFiles))
contract(
  "ReplayStore contract, restart: files",
  Contract.replayStoreRestart(Effect.map(folder, (path) => FileReplayStore.layer({ folder: path, isNew: true })))
)
contract(
  "ReplayStore contract, wrong clocks: files",
  Contract.replayStoreClock(Effect.map(folder, (path) => FileReplayStore.layer({ folder: path, isNew: true })))
)

// ------------------------------------------------------------------------------------------------------- Redis

const newPrefix = Effect.sync(() => `galaxy:test:${globalThis.crypto.randomUUID()}:`)

const client = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new Redis(url)),
    (redis) => Effect.promise(() => redis.quit())
  )

const deleteAll = async (redis: Redis, prefix: string) => {
  const keys = await redis.keys(`${prefix}*`)
  if (keys.length > 0) await redis.del(...keys)
}

/** Keys of its own, removed in the end. */
const ownKeys = (url: string) =>
  Effect.gen(function* () {
    const redis = yield* client(url)
    const prefix = yield* newPrefix
    yield* Effect.addFinalizer(() => Effect.promise(() => deleteAll(redis, prefix)))
    return { redis, prefix, store: RedisReplayStore.layer({ url: Redacted.make(url), prefix }) }
  })

const onRedis = (url: string) =>
  Layer.unwrap(
    Effect.map(ownKeys(url), ({ redis, prefix, store }) =>
      Layer.mergeAll(
        store,
        Layer.succeed(Contract.StoreLoss, { lose: Effect.promise(() => deleteAll(redis, prefix)) }),
        // Brings the end of each reservation nearer, as the server itself has it. What has no end keeps none.
        Layer.succeed(Contract.Passage, {
          elapse: (deviceSessionId, millis) =>
            Effect.promise(async () => {
              for (const key of await redis.keys(`${prefix}${deviceSessionId}:*`)) {
                const left = await redis.pttl(key)
                if (left >= 0) await redis.pexpire(key, left - millis)
              }
            })
        })
      )
    )
  )

if (testUrl !== undefined) {
  const url = testUrl
  contract("ReplayStore contract: Redis", Contract.replayStore(onRedis(url)))
  contract("ReplayStore contract, loss: Redis", Contract.replayStoreLoss(onRedis(url)))
  contract(
    "ReplayStore contract, restart: Redis",
    Contract.replayStoreRestart(Effect.map(ownKeys(url), ({ store }) => store))
  )
  contract(
    "ReplayStore contract, wrong clocks: Redis",
    Contract.replayStoreClock(Effect.map(ownKeys(url), ({ store }) => store))
  )
}
