/** Counts the layers of a spec, and finds the blocks that make too many. */
import { MOST_LAYERS } from "../layers/structures.ts";
import type { Mistake, Path } from "../read/mistake.ts";

/** A block that is repeated. */
interface Repetition {
  readonly path: Path;
  readonly name: string;
  readonly repeat: number;
}

/** Thrown when a spec has too many layers. */
export class TooMany extends Error {}

/** Counts layers, and keeps the blocks around them. */
export class Repetitions {
  /** Layers so far, those of repetitions counted each time. */
  private layers = 0;
  /** The blocks that are being repeated, and the one that made the most layers. */
  private readonly open: Repetition[] = [];
  private largest: Repetition & { readonly layers: number } = { path: [], name: "", repeat: 1, layers: 0 };

  /** One layer more. @throws TooMany */
  count(): void {
    if (++this.layers > MOST_LAYERS) throw new TooMany();
  }

  /** Runs the expansion of a block. If it throws, the block stays open as the culprit. */
  within<Result>(repetition: Repetition, unfold: () => Result): Result {
    const before = this.layers;
    this.open.push(repetition);
    const result = unfold();
    this.open.pop();
    const layers = this.layers - before;
    if (layers > this.largest.layers) this.largest = { ...repetition, layers };
    return result;
  }

  /** The blocks that repeat too often: those being repeated, or else the one that made the most layers. */
  mistakes(): Mistake[] {
    const repeated = this.open.filter(({ repeat }) => repeat > 1);
    const blamed = repeated.length > 0 ? repeated : [this.largest];
    return blamed.map(({ path, name }) => ({
      path: [...path, "repeat"],
      layer: name,
      kind: "block",
      problem: `repeated blocks make more than ${MOST_LAYERS.toLocaleString("en-US")} layers`,
      expected: `at most ${MOST_LAYERS} layers`,
      hint: "Use fewer repetitions.",
    }));
  }
}
