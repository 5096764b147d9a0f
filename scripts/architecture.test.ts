import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
  findFolderViolations,
  findLibraryViolations,
  type FolderTable,
  type LibraryTable
} from "./architecture/folders.ts"
import { importsOf } from "./architecture/imports.ts"
import { type ArchitectureTable, findViolations, type Package, type Tree } from "./architecture/violations.ts"
import { filesBelow, root } from "./lib/tree.ts"

const bodies = ["core", "edge", "engine", "client"]

/** Who may reach whom. docs/ARCHITECTURE.md has the same table in words; change it there first. */
const table: ArchitectureTable = {
  contract: {
    packages: [],
    libraries: ["effect", "@bufbuild/protobuf", "@noble/ed25519", "flatbuffers"],
    node: false
  },
  core: { packages: ["contract"], libraries: ["effect"], node: false },
  edge: {
    packages: ["contract"],
    libraries: ["effect", "@bufbuild/protobuf", "@noble/ed25519", "@noble/hashes"],
    node: false
  },
  engine: { packages: ["contract"], libraries: ["effect"], node: false },
  client: {
    packages: ["contract"],
    libraries: ["effect", "@noble/ed25519", "@noble/hashes"],
    node: false
  },
  web: { packages: ["client", "contract", "engine"], libraries: "declared", node: false, kit: true },
  "host-node": { packages: ["contract", ...bodies], libraries: "declared", node: true, serves: ["web"] },
  "host-cli": { packages: ["contract", "core", "host-node"], libraries: "declared", node: true },
  create: { packages: [], libraries: [], node: true },
  embed: { packages: ["contract", "core", "edge", "host-node"], libraries: "declared", node: true },
  testkit: { packages: ["contract", ...bodies, "host-node"], libraries: "declared", node: true }
}

const ground = ["shared"]
const tellers = [...ground, "mail", "push"]
const lobbyNeeds = [...ground, "audit", "account", "standing", "notification", "race-name", "engine", "runtime"]

const everyModule =
  `shared migrations mail push incarnation audit geo user-event standing/records account standing admin auth notification race-name engine runtime
  lobby/game lobby/membership lobby/invite lobby/application lobby play`.split(/\s+/)

/** Inside core, from the ground up. docs/ARCHITECTURE.md has the same order in words; change it there first. */
const core: FolderTable = [
  ["shared", []],
  ["migrations", ground],
  ["audit", ground],
  ["push", ground],
  ["incarnation", [...ground, "push"]],
  ["user-event", ground],
  ["standing/records", [...ground, "user-event"]],
  ["account", [...ground, "user-event", "standing/records"]],
  ["mail", [...ground, "audit", "account"]],
  ["geo", [...ground, "account"]],
  ["standing", [...ground, "audit", "user-event", "standing/records", "account"]],
  ["admin", [...ground, "audit"]],
  ["notification", [...tellers, "audit", "account", "standing"]],
  ["auth", [...tellers, "audit", "geo", "user-event", "account", "standing", "notification"]],
  ["race-name", [...ground, "account", "standing", "notification"]],
  ["engine", [...ground, "audit"]],
  ["runtime", [...ground, "audit", "engine"]],
  ["lobby/game", lobbyNeeds],
  ["lobby/membership", [...lobbyNeeds, "lobby/game"]],
  ["lobby/invite", [...lobbyNeeds, "lobby/game", "lobby/membership"]],
  ["lobby/application", [...lobbyNeeds, "lobby/game", "lobby/membership"]],
  ["lobby", [...lobbyNeeds, "lobby/game", "lobby/membership", "lobby/invite", "lobby/application"]],
  ["play", [...ground, "engine", "runtime", "lobby/game", "lobby/membership"]],
  ["accountEndSteps", everyModule],
  ["http", everyModule],
  ["user-service", [...everyModule, "http"]],
  ["Core", [...everyModule, "accountEndSteps"]]
]

/** Inside the web client: what is pure, what speaks with a browser, what is seen. */
const web: FolderTable = [
  ["app.d", []],
  ["core", []],
  ["service-worker", ["core"]],
  ["platform", ["core"]],
  ["lib", ["core", "platform"]],
  ["hooks.client", ["core", "platform", "lib"]],
  ["routes", ["core", "platform", "lib"]]
]

const callsTheGateway = /^@galaxy\/client\/(GalaxyClient|PublicEdge)$/

/** `core` runs in Node's tests, without a browser and without Svelte; whatever is seen calls the gateway through `core`. */
const webLibraries: LibraryTable = {
  core: { only: /^(effect(\/|$)|kdbush$|@galaxy\/)/ },
  platform: { never: /^(svelte|\$app|\$lib)(\/|$)/ },
  lib: { never: callsTheGateway },
  routes: { never: callsTheGateway }
}

const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as Record<string, unknown>
const names = (record: unknown): ReadonlyArray<string> => Object.keys(record ?? {})

const readPackage = (name: string): Package => {
  const folder = `packages/${name}`
  // What SvelteKit compiles has a configuration of its own.
  const config = ["tsconfig.core.json", "tsconfig.json"].find((file) => existsSync(join(root, folder, file))) ?? ""
  const references = (readJson(`${folder}/${config}`)["references"] ?? []) as ReadonlyArray<{ path: string }>
  const paths = ["src", "test"].flatMap((part) =>
    filesBelow(join(root, folder, part))
      .filter((path) => /\.([cm]?tsx?|svelte)$/.test(path))
      .map((path) => `${part}/${path}`)
  )
  const manifest = readJson(`${folder}/package.json`)
  return {
    dependencies: ["dependencies", "peerDependencies"].flatMap((kind) => names(manifest[kind])),
    // A package without dependencies is published as one bundle.
    bundled: manifest["dependencies"] === undefined ? names(manifest["devDependencies"]) : [],
    references: references.map(({ path }) => path.replace(/^\.\.\//, "")),
    files: new Map(paths.map((path) => [path, readFileSync(join(root, folder, path), "utf8")]))
  }
}

describe("the packages of this repository", () => {
  it("reach only what the architecture lets them", () => {
    const tree: Tree = {
      packages: new Map(readdirSync(join(root, "packages")).map((name) => [name, readPackage(name)])),
      // The command line's tests import it by its name, which has no scope.
      testLibraries: [...names(readJson("package.json")["devDependencies"]), "galaxy-admin"]
    }
    expect(findViolations(table, tree).join("\n")).toBe("")
  })

  it("keep the order of the folders inside core", () => {
    expect(findFolderViolations("core", core, readPackage("core").files).join("\n")).toBe("")
  })

  it("keep the web client's core free of browsers, and its screens free of calls", () => {
    const { files } = readPackage("web")
    expect([...files.keys()].filter((path) => path.endsWith(".svelte")).length).toBeGreaterThan(0)
    const found = [...findFolderViolations("web", web, files), ...findLibraryViolations("web", webLibraries, files)]
    expect(found.join("\n")).toBe("")
  })
})

describe("the check of folders", () => {
  const order: FolderTable = [
    ["shared", []],
    ["lobby/game", ["shared"]],
    ["lobby", ["lobby/game"]]
  ]
  const found = (path: string, source: string, folders = order) =>
    findFolderViolations("core", folders, new Map([[path, source]]))

  it("lets a folder import itself and what the table gives it", () => {
    expect(found("src/lobby/game/A.ts", `import "./B.ts"\nimport "../../shared/C.ts"\nimport "effect"`)).toEqual([])
    expect(found("src/lobby/A.ts", `import "./game/B.ts"`)).toEqual([])
  })

  it("finds an import that runs back up, with its line", () => {
    expect(found("src/lobby/game/A.ts", `import "effect"\nimport "../Lobby.ts"`)).toEqual([
      "packages/core/src/lobby/game/A.ts:2: lobby/game may not import lobby"
    ])
    expect(found("src/shared/http/A.ts", `import type { B } from "../../lobby/game/B.ts"`)).toEqual([
      "packages/core/src/shared/http/A.ts:1: shared may not import lobby/game"
    ])
  })

  it("finds a folder that the table doesn't have", () => {
    expect(found("src/new/A.ts", "")).toEqual(["packages/core/src/new/A.ts: lies in no folder of the table"])
  })

  it("finds a table that isn't an order", () => {
    const circle: FolderTable = [
      ["a", ["b"]],
      ["b", ["a"]]
    ]
    expect(found("src/a/A.ts", "", circle)).toEqual(["the table lets a import b, which stands below it"])
  })
})

describe("the check of the web client", () => {
  const component = (script: string) =>
    `<!-- import "node:fs" -->\n<script lang="ts">\n${script}\n</script>\n<p>text</p>`
  const found = (path: string, source: string) => {
    const files = new Map([[path, source]])
    return [...findFolderViolations("web", web, files), ...findLibraryViolations("web", webLibraries, files)]
  }

  it.each([
    ["src/core/a.ts", `import { goto } from "$app/navigation"`, "core may not import $app/navigation"],
    ["src/core/a.ts", `import { get } from "idb-keyval"`, "core may not import idb-keyval"],
    ["src/core/a.ts", `import { x } from "svelte/store"`, "core may not import svelte/store"],
    ["src/core/a.ts", `import { x } from "../platform/b.ts"`, "core may not import platform"],
    ["src/core/a.ts", `import { x } from "$lib/b.ts"`, "core may not import lib"],
    ["src/platform/a.ts", `import { x } from "../lib/b.ts"`, "platform may not import lib"],
    ["src/lib/a.ts", `import { x } from "../routes/b.ts"`, "lib may not import routes"],
    [
      "src/routes/a.ts",
      `import type { GalaxyClient } from "@galaxy/client/GalaxyClient"`,
      "routes may not import @galaxy/client/GalaxyClient"
    ]
  ])("finds in %s: %s", (path, source, problem) => {
    expect(found(path, source)).toContain(`packages/web/${path}:1: ${problem}`)
  })

  it("reads the scripts of components, with their lines, and nothing else of them", () => {
    const source = `${component(`import "a"\nconst b = () => import("b")`)}\n<script module>\nimport "c"\n</script>`
    expect(importsOf("X.svelte", source).map(({ specifier, line }) => [specifier, line])).toEqual([
      ["a", 3],
      ["b", 4],
      ["c", 8]
    ])
    const call = component(`import * as GalaxyClient from "@galaxy/client/GalaxyClient"`)
    expect(found("src/lib/X.svelte", call)).toEqual([
      "packages/web/src/lib/X.svelte:3: lib may not import @galaxy/client/GalaxyClient"
    ])
    const node = component(`import { readFileSync } from "node:fs"`)
    const tree: Tree = {
      packages: new Map([["web", { dependencies: [], references: [], files: new Map([["src/lib/X.svelte", node]]) }]]),
      testLibraries: []
    }
    expect(findViolations(table, tree)).toEqual(["packages/web/src/lib/X.svelte:3: imports the Node module node:fs"])
  })

  it("has nothing against what a component needs", () => {
    const source = component(`import { page } from "$app/state"\nimport Y from "$lib/Y.svelte"\nimport "../core/a.ts"`)
    expect(found("src/routes/X.svelte", source)).toEqual([])
  })
})

describe("the check itself", () => {
  const good = {
    dependencies: ["effect", "@galaxy/contract"],
    references: ["contract"],
    files: {
      "src/a/A.ts": `/** A. */\nimport { Effect } from "effect/Effect"\nimport type { B } from "./B.ts"`,
      "src/a/B.ts": `// B\nexport * from "@galaxy/contract/ids/Ids"`,
      "src/gen/c.ts": `import "node:fs"`,
      "test/a/A.test.ts": `import "vitest"\nimport "node:fs"\nimport "../../src/a/A.ts"\nimport "@galaxy/testkit/x"`
    }
  }
  const violations = (
    change: { dependencies?: ReadonlyArray<string>; references?: ReadonlyArray<string>; files?: object },
    name = "core"
  ) =>
    findViolations(table, {
      packages: new Map([
        [
          name,
          {
            dependencies: change.dependencies ?? good.dependencies,
            references: change.references ?? good.references,
            files: new Map(Object.entries({ ...good.files, ...change.files }))
          }
        ]
      ]),
      testLibraries: ["vitest"]
    })
  const inFile = (line: string, path = "src/a/C.ts") => violations({ files: { [path]: `/** C. */\n${line}` } })

  it("finds nothing in a good tree", () => {
    expect(violations({})).toEqual([])
  })

  it.each([
    ["a Node module", `import { readFileSync } from "node:fs"`, "imports the Node module node:fs"],
    ["a Node module without prefix", `import fs from "fs/promises"`, "imports the Node module fs/promises"],
    ["a Node module by import()", `await import("node:fs")`, "imports the Node module node:fs"],
    ["a type of a Node module", `import type { Buffer } from "node:buffer"`, "imports the Node module node:buffer"],
    ["a type by import()", `type T = import("node:net").Socket`, "imports the Node module node:net"],
    ["a re-export", `export { x } from "node:os"`, "imports the Node module node:os"],
    ["a re-export of everything", `export * as os from "node:os"`, "imports the Node module node:os"],
    ["a driver", `import { PgClient } from "@effect/sql-pg"`, "may not use @effect/sql-pg"],
    ["a sibling body", `import { X } from "@galaxy/edge/X"`, "may not reach @galaxy/edge"],
    ["a host", `export type { X } from "@galaxy/host-node/X"`, "may not reach @galaxy/host-node"],
    ["a sibling by path", `import "../../../edge/src/X.ts"`, "reaches out of its package by path"],
    ["its own tests", `import "../../test/a/A.test.ts"`, "which is not published"],
    ["a file that is not there", `import "./Missing.ts"`, "imports ./Missing.ts, which does not exist"],
    ["itself by name", `import "@galaxy/core/a/A"`, "imports its own package by name"],
    ["a package as a whole", `import "@galaxy/contract"`, "name a module of it"],
    ["private modules", `import "@galaxy/contract/internal/x"`, "which is private to @galaxy/contract"],
    ["a computed import", `await import("./" + x)`, "computes what it imports"]
  ])("finds %s", (_, line, problem) => {
    const found = inFile(line)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`packages/core/src/a/C.ts:2: `)
    expect(found[0]).toContain(problem)
  })

  it("finds what a package.json does not name", () => {
    const found = violations({ dependencies: ["effect"] })
    expect(found).toEqual([
      "packages/core/src/a/B.ts:2: imports @galaxy/contract/ids/Ids, which its package.json does not name"
    ])
  })

  it("lets tests use Node, the testkit and the development tools, and nothing more", () => {
    expect(inFile(`import "@galaxy/edge/X"`, "test/a/C.test.ts")).toHaveLength(1)
    expect(inFile(`import "ioredis"`, "test/a/C.test.ts")).toHaveLength(1)
    expect(inFile(`import "../../../../scripts/lib/tree.ts"`, "test/a/C.test.ts")).toHaveLength(1)
    for (const file of ["bundled", "hasForTests"]) {
      expect(inFile(`import "../../../../scripts/lib/${file}.ts"`, "test/a/C.test.ts")).toHaveLength(0)
    }
    expect(inFile(`import "../../../../scripts/lib/bundled.ts"`, "src/a/C.ts")).toHaveLength(1)
  })

  it("finds files that import each other in a circle", () => {
    const found = inFile(`import type { A } from "./A.ts"`, "src/a/B.ts")
    expect(found[0]).toBe("packages/core: files import each other in a circle: src/a/A.ts → src/a/B.ts → src/a/A.ts")
  })

  it("finds a file without a header", () => {
    const found = violations({ files: { "src/a/C.ts": `import "effect"\n/** Late. */` } })
    expect(found).toEqual(["packages/core/src/a/C.ts:1: opens without a comment that says what it is for"])
  })

  it("finds dependencies that nothing uses, that the table forbids, and missing references", () => {
    expect(violations({ dependencies: [...good.dependencies, "ioredis"] })).toEqual([
      "packages/core/package.json: ioredis is not used"
    ])
    expect(violations({ dependencies: [...good.dependencies, "@galaxy/host-node"] })).toEqual([
      "packages/core/package.json: may not depend on @galaxy/host-node"
    ])
    expect(violations({ references: [] })).toEqual(["packages/core/tsconfig.json: has no reference to ../contract"])
  })

  it("finds a package that the table does not have", () => {
    expect(violations({}, "extra")).toEqual(["packages/extra: is not in the architecture's table"])
  })

  it("reads every kind of import with its line", () => {
    const source = `import a from "a"\nimport "b"\nexport { c } from "c"\nexport type * from "d"
      const e = () => import("e")\ntype F = import("f").F\nimport g = require("g")\nimport(\`h\`)\nexport const own = 1`
    expect(importsOf("x.ts", source).map(({ specifier, line }) => [specifier, line])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 3],
      ["d", 4],
      ["e", 5],
      ["f", 6],
      ["g", 7],
      [undefined, 8]
    ])
  })

  it("refuses to judge a file that it cannot read", () => {
    expect(() => importsOf("x.ts", "import {")).toThrow("x.ts: ")
  })
})
