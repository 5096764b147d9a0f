/** Getting a password: from a file, a program, standard input or a question. Never from an argument. */
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { Effect, Redacted } from "effect"
import { Ask } from "../ask/Ask.ts"
import { LocalFailure, Usage } from "../failures.ts"
import { Host } from "../host/Host.ts"
import type { PasswordFrom } from "./contexts.ts"
import { readPrivate } from "./files.ts"

const longest = 4_096

const firstLine = (text: string, from: string) => {
  const line = text.split(/\r?\n/, 1)[0] ?? ""
  return line === ""
    ? Effect.fail(new LocalFailure({ message: `${from} gave no password.` }))
    : Effect.succeed(Redacted.make(line))
}

const programMs = "60 seconds"

const output = ([program, ...args]: readonly [string, ...ReadonlyArray<string>]) =>
  Effect.callback<string, LocalFailure>((resume) => {
    const fail = (why: string) => resume(Effect.fail(new LocalFailure({ message: `The program ${program} ${why}.` })))
    const child = spawn(program, args, { stdio: ["inherit", "pipe", "inherit"] })
    let text = ""
    child.stdout.setEncoding("utf8")
    child.stdout.on("data", (chunk: string) => {
      text += chunk
      if (text.length > longest) child.kill()
    })
    child.on("error", () => fail("can't be started"))
    child.on("close", (code) => {
      if (text.length > longest) return fail("printed too much to be a password")
      if (code !== 0) return fail(`that gives the password failed (${code ?? "by a signal"})`)
      resume(Effect.succeed(text))
    })
    return Effect.sync(() => child.kill())
  }).pipe(
    Effect.timeoutOrElse({
      duration: programMs,
      orElse: () => Effect.fail(new LocalFailure({ message: `The program ${program} gave no password within 60 s.` }))
    })
  )

/** The password of a context. */
export const passwordFrom = (source: PasswordFrom, user: string) => {
  switch (source.from) {
    case "prompt":
      return Effect.flatMap(Ask, (ask) =>
        Effect.map(
          ask.secret(
            `Password of ${user}:`,
            "Set GALAXY_ADMIN_PASSWORD, or let a file or program give it: galaxy-admin login --help"
          ),
          Redacted.make
        )
      )
    case "file":
      return Effect.flatMap(readPrivate(source.path, true), (text) => firstLine(text ?? "", source.path))
    case "command":
      return Effect.flatMap(output(source.command), (text) => firstLine(text, `The program ${source.command[0]}`))
  }
}

/** One line of standard input, such as a password or an address. */
export const lineOfInput = Effect.fnUntraced(function* (what: string) {
  const { stdin } = yield* Host
  const text = yield* Effect.mapError(
    stdin.readAll(longest),
    ({ message }) => new Usage({ message: `${what} can't be read from standard input: ${message}.` })
  )
  const line = text.replace(/\r?\n[^]*$/, "")
  if (line === "") return yield* new Usage({ message: `Standard input must hold ${what}, and is empty.` })
  return line
})

/** A new password that nobody can guess: 20 random characters. */
export const generatedPassword = Effect.sync(() => Redacted.make(randomBytes(15).toString("base64url")))
