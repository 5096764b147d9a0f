/** `Map.groupBy`, which Node 20 and browsers of its age don't have. */

/** Items by key. Keys come in the order of their first items, and the items of a key keep their order. */
export const grouped = <Key, Item>(
  items: ReadonlyArray<Item>,
  keyOf: (item: Item) => Key
): ReadonlyMap<Key, ReadonlyArray<Item>> => {
  const groups = new Map<Key, Array<Item>>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
