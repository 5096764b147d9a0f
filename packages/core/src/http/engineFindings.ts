/** What the facts about engines mean to operators: their hosts, their images, and those that don't answer. */
import type { Diagnostics, Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { DateTime } from "effect"
import { check } from "./databaseFindings.ts"
import { hostFindings } from "./hostFindings.ts"

type Facts = Pick<
  typeof Diagnostics.Type,
  "at" | "engine_host" | "engine_hosts" | "backends" | "engine_images" | "silent_engines"
>
type OneFinding = typeof Finding.Type

const images = ({ engine_images: all }: Facts): OneFinding => {
  const bad = all.filter((it) => it.state === "problem")
  const unknown = all.filter((it) => it.state === "unknown")
  const named = (list: typeof all) => list.map((it) => it.version).join(", ")
  if (all.length === 0) {
    return check("engine.images", "", {
      state: "warning",
      message: "No engine version is enabled, so no new game can start.",
      help: "`galaxy-admin engine list` shows the registered versions. Enable one with `galaxy-admin engine update VERSION --enabled`, or register a new one with `galaxy-admin engine register VERSION IMAGE`."
    })
  }
  return check(
    "engine.images",
    `The images of all enabled engine versions are there: ${named(all)}.`,
    bad.length > 0
      ? {
          state: "problem",
          message: bad.map((it) => `Engine ${it.version} can't be started: ${it.reason ?? it.image_ref}.`).join(" "),
          help: "Make the image available to the host, correct it with `galaxy-admin engine update`, or disable the version."
        }
      : unknown.length > 0
        ? { state: "unknown", message: `Whether the images are there can't be found out: ${named(unknown)}.` }
        : undefined
  )
}

/** Silent engines that are looked for: where there are as many, there may be more. */
export const mostSilent = 20

/** Silent engines that are named in a sentence. */
const mostNamed = 3

const silentEngines = ({ silent_engines: all }: Facts): OneFinding => {
  // Those that hang come first, so that their number is known as soon as another one is listed.
  const hung = all.filter((it) => !it.computing)
  const computing = all.filter((it) => it.computing)
  const named = (list: typeof all, upTo: number) => {
    const more = list.length - mostNamed
    return [
      ...list
        .slice(0, mostNamed)
        .map((it) => `game ${it.game_id}${it.since === undefined ? "" : ` since ${DateTime.formatIso(it.since)}`}`),
      ...(more > 0 ? [`${upTo < mostSilent ? "" : "at least "}${more} more`] : [])
    ].join(", ")
  }
  const both = (ofHung: string, ofComputing: string) =>
    [...(hung.length > 0 ? [ofHung] : []), ...(computing.length > 0 ? [ofComputing] : [])].join(" ")
  return check(
    "engines.answer",
    "No engine is known to be silent.",
    all.length === 0
      ? undefined
      : {
          state: hung.length > 0 ? "problem" : "warning",
          message: both(
            `These engines are running but don't answer: ${named(hung, hung.length)}.`,
            `These engines have been computing a turn for a long time and answer no calls until it is done: ${named(computing, all.length)}.`
          ),
          help: both(
            "Engines that don't answer are ended and started anew by themselves. One that stays silent: `galaxy-admin runtime health GAME` shows what was noted, `galaxy-admin runtime restart GAME` starts it anew now; if it hangs again, see its own log and the load of its machine.",
            "Engines that compute are left at work up to their time limit for a turn, then ended and tried once more. `galaxy-admin why GAME` says since when; `galaxy-admin watch game GAME` waits for the turn."
          )
        }
  )
}

/** Findings about engines. */
export const engineFindings = (facts: Facts): ReadonlyArray<OneFinding> => [
  ...hostFindings(facts),
  images(facts),
  silentEngines(facts)
]
