/**
 * Which characters count as the same in a canonical key: look-alikes of Latin, Cyrillic and Greek, and digits read as
 * letters.
 *
 * Written for folded text (lower case, without accents), so a letter stands for both of its cases: `в` counts as b
 * because `В` looks like B. Each row is a class. Its first character stands for all of them and is in no other row,
 * which makes keys stable.
 */

const classes: ReadonlyArray<readonly [standsFor: string, lookAlikes: string]> = [
  ["a", "4аαɑ"],
  ["b", "68бвьъѣβ"],
  ["c", "сςϲ"],
  ["d", "đðԁ"],
  ["e", "3езэєѐεəɛ"],
  ["g", "9ɡ"],
  ["h", "нћђһħ"],
  ["j", "јϳ"],
  ["k", "кκĸќ"],
  ["l", "1iіıӏιł"],
  ["m", "мμ"],
  ["n", "пηπŋ"],
  ["o", "0оοσøθѳ"],
  ["p", "рρþ"],
  ["q", "ԛ"],
  ["r", "гґѓ"],
  ["s", "5ѕ"],
  ["t", "7тτŧ"],
  ["v", "νѵ"],
  ["w", "шωԝ"],
  ["x", "хχ"],
  ["y", "уγυүў"],
  ["z", "2ζ"],
  ["ф", "φ"],
  ["ц", "џ"]
]

/** Single characters that look like two. */
const wide: ReadonlyArray<readonly [character: string, looksLike: string]> = [
  ["ы", "bl"],
  ["ю", "lo"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["љ", "лb"],
  ["њ", "hb"]
]

/** The character or characters that replace a folded character; absent where it stays. */
export const standIn: ReadonlyMap<string, string> = new Map([
  ...classes.flatMap(([first, rest]) => Array.from(rest, (it) => [it, first] as const)),
  ...wide
])

/** Pairs that look like one letter, replaced after the single characters. */
export const pairs: ReadonlyArray<readonly [pair: string, looksLike: string]> = [
  ["rn", "m"],
  ["vv", "w"]
]
