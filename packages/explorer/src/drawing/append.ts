/** Lists by key. */

/** Adds something to the list of a key, which begins with the first. */
export function append<Key, Item>(to: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = to.get(key);
  if (list === undefined) to.set(key, [item]);
  else list.push(item);
}
