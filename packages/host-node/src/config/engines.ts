/** Variables that bound the engines of the backend's games: how many, how much memory, how much time. */
import { defaultHeap } from "../engine-host/EngineHeap.ts"
import { hostIdPattern } from "../engine-host/hostId.ts"
import { duration, flag, type Parse, type Setting, whole } from "./Setting.ts"

const minute = 60_000

/** The smallest heap in which an engine can start, and the largest that makes sense, in MiB. */
const heap = whole(32, 1_048_576)

/** The id of an engine host. */
export const hostId: Parse<string> = (input) =>
  hostIdPattern.test(input)
    ? { value: input }
    : { problem: "must be at most 63 letters, digits, dots, dashes and underscores, and begin with a letter or digit" }

/** Part of the backend's settings. */
export const engines = {
  engineMax: {
    name: "BACKEND_ENGINE_MAX",
    parse: whole(1, 10_000),
    fallback: 64,
    fallbackText: "64",
    about:
      "engines that may run on this machine at once. If more games need theirs, those that have been idle longest are put to sleep, and woken when they are needed"
  },
  engineSleepAfter: {
    name: "BACKEND_ENGINE_SLEEP_AFTER",
    parse: duration(minute, 30 * 24 * 60 * minute),
    fallback: 30 * minute,
    fallbackText: "30m",
    about: "how long an engine is idle before it is put to sleep, though there is room for it"
  },
  engineHeapBase: {
    name: "BACKEND_ENGINE_HEAP_BASE",
    parse: heap,
    fallback: defaultHeap.base,
    fallbackText: `${defaultHeap.base}`,
    about: "heap of an engine in MiB, before what is added for its players"
  },
  engineHeapPerPlayer: {
    name: "BACKEND_ENGINE_HEAP_PER_PLAYER",
    parse: whole(0, 65_536),
    fallback: defaultHeap.perPlayer,
    fallbackText: `${defaultHeap.perPlayer}`,
    about: "MiB added to an engine's heap for each player of its game; planets follow the number of players"
  },
  engineHeapMax: {
    name: "BACKEND_ENGINE_HEAP_MAX",
    parse: heap,
    fallback: defaultHeap.most,
    fallbackText: "half of the machine's memory",
    about: "largest heap of one engine in MiB, whatever its game"
  },
  turnsMoveAfterOutage: {
    name: "BACKEND_TURNS_MOVE_AFTER_OUTAGE",
    parse: flag,
    fallback: true,
    fallbackText: "true",
    about:
      "whether a turn that fell due while no backend was at work for more than 5 minutes moves by that time, by at most 12 hours and never past the schedule's next time. Otherwise it is made at once"
  },
  engineTurnLimit: {
    name: "BACKEND_ENGINE_TURN_LIMIT",
    parse: duration(3 * minute, 24 * 60 * minute),
    fallback: 15 * minute,
    fallbackText: "15m",
    about:
      "how long an engine may compute one turn. The first engine that takes longer is replaced; if the next one does too, the turn has failed until an administrator forces it"
  },
  engineTurnAttempts: {
    name: "BACKEND_ENGINE_TURN_ATTEMPTS",
    parse: whole(1, 10_000),
    fallback: 20,
    fallbackText: "20",
    about:
      "failed attempts at a turn after which it isn't tried again until an administrator forces it; the waits between attempts grow to 5 minutes. A turn that runs out of memory isn't tried twice"
  }
} as const satisfies Record<string, Setting<unknown>>
