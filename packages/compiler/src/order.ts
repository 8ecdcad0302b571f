/** Orders in which what is needed comes first. */

/** What `ends` follow from, and they themselves, each after what comes before it; without recursion, for chains of any length. */
export function inOrder<T>(ends: readonly T[], before: (one: T) => Iterable<T>): T[] {
  const order = new Set<T>();
  const open = ends.toReversed();
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const waiting = order.has(top) ? [] : [...before(top)].filter((one) => !order.has(one));
    if (waiting.length > 0) {
      open.push(...waiting.reverse());
      continue;
    }
    open.pop();
    order.add(top);
  }
  return [...order];
}
