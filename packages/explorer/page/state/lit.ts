/**
 * The element that the reader points at, wherever its tensor is shown, and with it those that it was computed from and
 * those that are computed from it.
 */
import { signal } from "@preact/signals";
import { engine, graph, revision } from "./document.ts";

/** An element of a node's value. */
export interface Pointed {
  readonly node: number;
  /** In row-major order. */
  readonly place: number;
}

/** The elements that are pointed out, by node. */
export const litElements = signal<ReadonlyMap<number, ReadonlySet<number>>>(new Map());
export const pointed = signal<Pointed | null>(null);

const none: ReadonlyMap<number, ReadonlySet<number>> = new Map();

/** Points at an element, or at none. */
export function pointAt(next: Pointed | null): void {
  const before = pointed.peek();
  if (before?.node === next?.node && before?.place === next?.place) return;
  pointed.value = next;
  if (next === null) {
    litElements.value = none;
    return;
  }
  litElements.value = new Map([[next.node, new Set([next.place])]]);
  const run = revision.peek();
  void engine.related(next.node, next.place).then((related) => {
    const now = pointed.peek();
    if (now !== next || run !== revision.peek()) return;
    litElements.value = new Map(
      related.filter(([id]) => graph.peek().nodes[id] !== undefined).map(([id, places]) => [id, new Set(places)]),
    );
  });
}
