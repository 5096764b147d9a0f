/** The completion scripts complete, asked in the real shells. One that isn't on this machine is told of and skipped. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { cli } from "./cli.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-completions-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const patience = 30_000

/** Programs that print, one a line, what the shell offers for a line. `SCRIPT` is the completion script's path. */
const shells = {
  bash: {
    program: ["bash", "--norc", "-c"],
    offers: (line: string) => `source "$SCRIPT"
read -ra COMP_WORDS <<< ${JSON.stringify(line)}; case ${JSON.stringify(line)} in *' ') COMP_WORDS+=('');; esac
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}
$(complete -p galaxy-admin | sed 's/.*-F \\([^ ]*\\).*/\\1/') galaxy-admin "\${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\\n' "\${COMPREPLY[@]}"`
  },
  fish: {
    program: ["fish", "--no-config", "-c"],
    offers: (line: string) => `source $SCRIPT; complete -C ${JSON.stringify(line)}`
  },
  zsh: {
    // What compadd is given is what would be offered; `zsh/zpty` is the terminal without which nothing is completed.
    program: ["zsh", "-f", "-c"],
    offers: (line: string) => `zmodload zsh/zpty; zpty inner zsh -f -i
zpty -w inner "PROMPT=; fpath=(\${SCRIPT:h} $fpath); autoload -Uz compinit; compinit -u -D"
zpty -w inner "compadd() { typeset -a found; builtin compadd -A found \\"\\$@\\"; print -l OFFER:\\$^found }; print REA''DY"
zpty -r -m inner seen '*READY*'; zpty -w -n inner ${JSON.stringify(line)}$'\\t'
zpty -w -n inner $'\\C-u'; zpty -w inner "print E''ND"; zpty -r -m inner seen '*END*'
print -r -- "$seen" | tr -d '\\r' | sed -n 's/.*OFFER://p'; zpty -d inner`
  },
  powershell: {
    program: ["pwsh", "-NoProfile", "-Command"],
    offers: (line: string) => `. $env:SCRIPT; $line = '${line}'
(TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches | ForEach-Object CompletionText`
  }
} as const

const cases: ReadonlyArray<readonly [line: string, offered: string]> = [
  ["galaxy-admin ga", "game"],
  ["galaxy-admin game pa", "pause"],
  ["galaxy-admin game list --sta", "--status"],
  ["galaxy-admin game list --status pau", "paused"],
  ["galaxy-admin game pause x --dry", "--dry-run"]
]

describe.each(Object.entries(shells))("%s", (shell, { program: [command, ...options], offers }) => {
  const there = spawnSync(command, ["--version"], { timeout: patience }).status === 0
  if (!there) console.warn(`skipped: there is no ${command} to try its completions in`)
  it.skipIf(!there)(
    "completes commands, flags and choices",
    async () => {
      const { code, stdout } = await cli(["completion", shell])
      expect(code).toBe(0)
      expect(stdout).not.toContain("--completions")
      const script = join(folder, shell === "powershell" ? "galaxy-admin.ps1" : "_galaxy-admin")
      writeFileSync(script, stdout)
      for (const [line, offered] of cases) {
        const { stdout: shown, stderr } = spawnSync(command, [...options, offers(line)], {
          env: { PATH: process.env["PATH"], HOME: folder, TERM: "dumb", SCRIPT: script },
          encoding: "utf8",
          timeout: patience
        })
        const words = shown.split("\n").map((it) => it.split("\t")[0]?.trim())
        expect(words, `${line}: ${shown}${stderr}`).toContain(offered)
      }
    },
    5 * patience
  )
})

/** Quotation marks of PowerShell: typographic ones end a text as plain ones do. */
const marks = /['\u2018-\u201b]/

/** The code of a script without comments and texts, and its texts. Throws for a text that doesn't end. */
const readPowershell = (script: string) => {
  const texts: Array<string> = []
  let code = ""
  let at = 0
  while (at < script.length) {
    const char = script.charAt(at)
    if (char === "#") at = script.indexOf("\n", at)
    else if (marks.test(char) || char === '"') {
      const ends = char === '"' ? /"/ : marks
      let text = ""
      for (at++; ; at++) {
        if (at >= script.length) throw new Error(`a text doesn't end: ${text.slice(0, 80)}`)
        const next = script.charAt(at)
        if (char === '"' && next === "`") at++
        else if (!ends.test(next)) text += next
        // A mark that is written twice is part of the text.
        else if (ends.test(script.charAt(at + 1))) text += script.charAt(at++)
        else break
      }
      texts.push(text)
      code += "T"
      at++
    } else {
      code += char
      at++
    }
  }
  return { code, texts }
}

/** Whether every bracket is closed by its like. */
const isBalanced = (code: string): boolean => {
  const open: Array<string> = []
  const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" }
  for (const char of code) {
    if ("([{".includes(char)) open.push(char)
    else if (char in pairs && open.pop() !== pairs[char]) return false
  }
  return open.length === 0
}

describe("PowerShell's script, which is read here as the shell reads it", () => {
  interface Command {
    readonly command: string
    readonly flags: ReadonlyArray<{ readonly name: string }>
    readonly arguments: ReadonlyArray<{ readonly name: string }>
  }
  const read = async () => {
    const [{ stdout: script }, spec] = [await cli(["completion", "powershell"]), await cli(["spec"])]
    return { script, spec: JSON.parse(spec.stdout) as Command & { readonly commands: ReadonlyArray<Command> } }
  }
  const flagsIn = (text: string) => [...text.matchAll(/@\{ name = '([^']+)'; forms/g)].map((it) => `--${it[1]}`)
  const entryOf = (script: string, path: string) =>
    script.split(`$global:_galaxy_admin_Completions['${path}'] = @{\n`)[1]?.split("\n}\n")[0] ?? ""

  it("ends every text and bracket, whatever is in the descriptions", async () => {
    const { script } = await read()
    const { code, texts } = readPowershell(script)
    expect(isBalanced(code)).toBe(true)
    // Windows PowerShell takes a file without a mark for one in the system's own encoding.
    expect(script).toMatch(/^[\n -~]*$/)
    expect(texts).toContain("the game's id, or name:NAME")
    expect(readPowershell("@{ a = 'it''s # no comment' } # and 'this is'\n")).toEqual({
      code: "@{ a = T } \n",
      texts: ["it's # no comment"]
    })
    expect(() => readPowershell("'it's'")).toThrow("doesn't end")
    expect(isBalanced("@(@{ T = (T) })") && !isBalanced("@(@{ T = (T })")).toBe(true)
  })

  it("has every command with its arguments and flags, and those of all commands once", async () => {
    const { script, spec } = await read()
    const common = script.split("$global:_galaxy_admin_Flags = @(\n")[1]?.split("\n)\n")[0] ?? ""
    expect(flagsIn(common)).toEqual(spec.flags.map((it) => it.name))
    for (const { arguments: given, command, flags } of spec.commands) {
      const words = command.split(" ")
      const entry = entryOf(script, command)
      expect(entry, `command ${command}`).toContain("  ) + $global:_galaxy_admin_Flags\n")
      expect(flagsIn(entry), `command ${command}`).toEqual(flags.map((it) => it.name))
      expect([...entry.matchAll(/name = '([^']+)'; variadic/g)].map((it) => it[1])).toHaveLength(given.length)
      expect(entryOf(script, words.slice(0, -1).join(" ")), `command ${command}`).toContain(
        `    @{ name = '${words.at(-1)}';`
      )
    }
    expect(script.length).toBeLessThan(100_000)
  })
})
