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
