/**
 * What a function sees inside vmap: a Variable that stands for one element of a batch, and holds all of them.
 *
 * vmaps nest: a Variable of an inner one holds, as its batch, a Variable that may be of an outer one. At the bottom lies
 * an ordinary Variable, whose first axes are the batches, the outermost first: gradients are computed
 * there, by the graph as it always is.
 */
import { type DType, formatShape, GraphError, type Shape, type Tensor } from "@adjoint/tensor";
import { ambient, type Batch } from "../modes.ts";
import type { Node } from "../node.ts";
import { repeat } from "../ops/repeat-sum.ts";
import { reshape } from "../ops/reshape-transpose.ts";
import { Variable } from "../variable.ts";

/** One element of a batch, for a function that does not know of the batch. */
export class BatchedVariable extends Variable {
  /** All elements: one level below, with the batch as its first axis. */
  readonly batch: Variable;
  /** Which vmap the batch belongs to. */
  readonly of: Batch;

  constructor(batch: Variable, of: Batch, name = batch.name) {
    super(null, null, batch.requiresGrad);
    this.batch = batch;
    this.of = of;
    this.name = name;
  }

  override get isReadable(): boolean {
    return false;
  }

  override get isLeaf(): boolean {
    return this.batch.isLeaf;
  }

  override get value(): Tensor {
    throw this.unreadable("value");
  }

  override get node(): Node {
    throw this.unreadable("place in the graph");
  }

  override get shape(): Shape {
    return this.batch.shape.slice(1);
  }

  override get dtype(): DType {
    return this.batch.dtype;
  }

  override toString(): string {
    return `one of ${this.batch.shape[0]} of ${formatShape(this.shape)} in vmap`;
  }

  private unreadable(what: string): GraphError {
    return new GraphError({
      op: "vmap",
      problem: `the ${what} of a Variable of shape ${formatShape(this.shape)} is read inside the function, where it stands for ${this.batch.shape[0]} of them`,
      ...(this.name === undefined ? {} : { where: `Variable "${this.name}"` }),
      hint: "Compute with ops alone (where instead of if, grad instead of backward), and read values after vmap.",
    });
  }
}

/** x once for each of `size` elements, as a new first axis: a view. */
export function spread(x: Variable, size: number): Variable {
  return repeat(reshape(x, [1, ...x.shape]), [size, ...x.shape]);
}

/** The batch of x in one vmap: its own, or x itself for every element. */
export function batchOf(x: Variable, of: Batch): Variable {
  return x instanceof BatchedVariable && x.of === of ? x.batch : spread(x, of.size);
}

/**
 * The ordinary Variable of all elements that x stands for inside vmap, the batches of all vmaps around as its first
 * axes, the outermost first; outside of vmap x itself. For what has to look at values, such as checks of labels.
 */
export function wholeBatch(x: Variable): Variable {
  let batch = x;
  for (let level = ambient.batches.length - 1; level >= 0; level--) batch = batchOf(batch, ambient.batches[level]);
  return batch;
}

/** The inverse of {@link wholeBatch}: as the function inside all vmaps sees it. */
export function raised(batch: Variable): Variable {
  let x = batch;
  for (const of of ambient.batches) x = new BatchedVariable(x, of);
  return x;
}
