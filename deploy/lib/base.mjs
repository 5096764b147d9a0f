/** The base image: Node and what it is linked to. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { nativeAddons } from "./libraries.mjs"
import { rootfs } from "./rootfs.mjs"
import { build, inScratch, root } from "./tools.mjs"

/** Builds it under a name. Needs nothing but this repository's Node and this machine's C library. */
export const buildBase = ({ tag, tool, labels = {} }) =>
  inScratch(async (folder) => {
    const files = rootfs(join(folder, "rootfs"), { node: 1000 })
    files.program(join(root, "node_modules/node/bin/node"), "/bin/node")
    for (const addon of nativeAddons()) files.linked(addon)
    writeFileSync(join(folder, "Containerfile"), 'FROM scratch\nCOPY rootfs /\nENV PATH=/bin\nENTRYPOINT ["node"]\n')
    await build({ tool, tag, labels, folder })
  })
