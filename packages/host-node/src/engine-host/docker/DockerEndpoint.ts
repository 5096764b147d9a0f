/** Where a Docker daemon is reached. Whoever reaches it is root on its machine. */

/** PEM texts for mutual TLS: whom to believe, and who this process is. */
export interface DockerTls {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** A socket of this machine, or a port of another one; without `tls` nobody is asked who they are. */
export type DockerEndpoint =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly tls?: DockerTls | undefined }
