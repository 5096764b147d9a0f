import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig } from "vite"

/** The operators' console: one page on the backend's own address, apart from the players' client. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/admin/",
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  resolve: { conditions: ["@galaxy/source", "browser", "module", "import", "default"] },
  build: {
    outDir: "../.svelte-kit/admin-site",
    assetsDir: "_app/immutable",
    emptyOutDir: true,
    target: "es2024",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: new URL("shell.html", import.meta.url).pathname }
  }
})
