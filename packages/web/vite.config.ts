import adapter from "@sveltejs/adapter-static"
import { sveltekit } from "@sveltejs/kit/vite"
import { defineConfig } from "vite"
import manifest from "./package.json" with { type: "json" }

/** Sources of the packages beside this one are taken as they are, so that a fresh clone builds the page: nothing is compiled there. */
const source = "@galaxy/source"

/** Read by `scripts/web/build.ts`, which makes `dist` of it. */
const site = ".svelte-kit/site"

export default defineConfig({
  plugins: [
    sveltekit({
      // One page that starts the program: everything in it is signed for one session and can't be made on a server.
      adapter: adapter({ pages: site, assets: site, fallback: "shell.html", strict: false }),
      paths: { relative: false },
      // An update is noticed by a missing chunk, so nobody has to ask for it.
      version: { name: process.env["GALAXY_WEB_VERSION"] ?? manifest.version, pollInterval: 0 },
      // `src/platform/serviceWorker.ts` does it, under a policy of trusted types that makes this one address.
      serviceWorker: { register: false },
      compilerOptions: { runes: true, modernAst: true },
      router: { type: "pathname" }
    })
  ],
  resolve: { conditions: [source, "browser", "module", "import", "default"] },
  // SvelteKit also builds what would run on a server, and for that the conditions above don't count.
  ssr: { resolve: { conditions: [source, "module", "node", "import", "default"] } },
  worker: { format: "es" },
  build: { target: "es2024", assetsInlineLimit: 0, sourcemap: false }
})
