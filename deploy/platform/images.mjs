/** The images of Galaxy's processes: what each is made of. */

const process_ = (name) => `host-node/dist/${name}.js`

/**
 * By name: the modules that are started, below `packages/`; libraries whose names are computed at run time; whether
 * the pages for browsers belong to it; whether it has a folder for state; whether settings may be mounted as a file (they may,
 * unless said otherwise); and further files.
 */
export const images = {
  engine: {
    programs: [process_("engine/main")],
    hasState: true,
    // A container gets a few variables from the backend, and nothing else.
    hasSettings: false,
    containerfile: "deploy/engine/Containerfile"
  },
  backend: {
    // The second one is the engine, for games whose engines are child processes.
    programs: [process_("processes/backend"), process_("engine/main")],
    pages: true,
    hasState: true,
    containerfile: "deploy/platform/backend.Containerfile"
  },
  gateway: {
    programs: [process_("processes/gateway"), process_("processes/signing-key")],
    also: ["sodium-native"],
    pages: true,
    containerfile: "deploy/platform/gateway.Containerfile"
  },
  "user-process": { programs: [process_("user/main")], containerfile: "deploy/platform/user-process.Containerfile" },
  /** For trying and for tests alone. */
  mail: {
    programs: [process_("mail/catcher/MailCatcher"), process_("logging/JsonLog"), process_("processes/launch")],
    files: ["deploy/services/mail.mjs"],
    containerfile: "deploy/services/mail.Containerfile"
  }
}
