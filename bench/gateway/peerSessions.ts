/** The sessions of a bare server: looked up once at the backend, and kept. */
interface Session {
  readonly userId: string
  readonly publicKey: Uint8Array
}

/** The lookup of a session by its id; `get` asks the backend for a path. */
export const sessionsBy = (get: (path: string) => Promise<unknown>): ((id: string) => Promise<Session>) => {
  const sessions = new Map<string, Session>()
  return async (id) => {
    const known = sessions.get(id)
    if (known !== undefined) return known
    const found = (await get(`/api/v1/internal/sessions/${id}`)) as { user_id: string; client_public_key: string }
    const session = { userId: found.user_id, publicKey: Buffer.from(found.client_public_key, "base64") }
    sessions.set(id, session)
    return session
  }
}
