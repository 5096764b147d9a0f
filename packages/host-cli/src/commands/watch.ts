/** `watch`: prints what changes, until something is so or a time is over. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { WatchFlags } from "../handlers/watch.ts"
import { type AnyCommand, withGlobals } from "../tree/commandOf.ts"
import { group } from "./group.ts"

const flags = {
  until: Flag.String("until").pipe(
    Flag.withMetavar("FIELD=VALUE"),
    Flag.withDescription("end once a field has this value, such as status=running"),
    Flag.optional
  ),
  for: Flag.String("for").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("end after this time, such as 10m; with --until that is a failure"),
    Flag.optional
  )
}

const given = (it: { readonly until: Option.Option<string>; readonly for: Option.Option<string> }): WatchFlags => ({
  until: Option.getOrUndefined(it.until),
  longest: Option.getOrUndefined(it.for)
})

const loaded = Effect.promise(() => import("../handlers/watch.ts"))

const described = (command: AnyCommand, summary: string, example: string): AnyCommand =>
  command.pipe(
    Command.withDescription(`${summary}.\nThe server is asked every 2 s, and each change is a line.`),
    Command.withShortDescription(summary),
    Command.withExamples([{ command: example }])
  ) as AnyCommand

const listed = (name: "games" | "mail" | "audit", summary: string, example: string) =>
  described(
    Command.make(name, flags, (it) =>
      Effect.flatMap(loaded, ({ watchList }) => withGlobals(watchList(name, given(it))))
    ) as AnyCommand,
    summary,
    example
  )

/** The noun with its verbs. */
export const watch = group("watch", "Print what changes, as it does", [
  described(
    Command.make(
      "game",
      { game: Argument.String("GAME").pipe(Argument.withDescription("the game's id, or name:NAME")), ...flags },
      ({ game, ...it }) => Effect.flatMap(loaded, ({ watchGame }) => withGlobals(watchGame(game, given(it))))
    ) as AnyCommand,
    "Watch a game: status, turns, members",
    "watch game name:Orion --until status=running --for 10m"
  ),
  listed("games", "Watch all games that aren't over", "watch games"),
  listed("mail", "Watch the newest mails", "watch mail"),
  listed("audit", "Watch what administrators change", "watch audit")
])
