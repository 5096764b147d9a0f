/** Standard base64 of raw bytes, both ways. */

export const encode = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** `undefined` when the text is not standard base64. */
export const decode = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
