/** Bounds of what a file may ask for, so that a small one cannot take all time and memory there is. */
import { nodesMade } from "@adjoint/autograd/internal";
import { type OnnxSource, refused } from "./source.ts";

/** Elements of any value: 1 GiB of float32 numbers. */
export const mostElements: number = 2 ** 28;
/** Elements of a value that is made of numbers alone, such as by Expand, for a file of no bytes; and more for each byte. */
const mostMade = { atAll: 2 ** 20, perByte: 2 ** 15 } as const;
/** Elements that are held at once, of constants and known values that are made while a file is read; and more for each byte. */
const mostHeld = { atAll: 2 ** 22, perByte: 2 ** 6 } as const;
/** Ops that a graph is unfolded to, at all and for each node of the file; recurrent layers take some for each step. */
const mostOps = { atAll: 2 ** 16, perNode: 100 } as const;
/** Nodes that run, where functions call each other and loops repeat, for each node of the file; and how deep. */
const mostRuns = { atAll: 2 ** 15, perNode: 100, deep: 32 } as const;

/** Outputs that a graph may have. */
export const mostOutputs: number = 2 ** 12;

/** Counts what one run over a graph makes. */
export class Limits {
  private readonly source: OnnxSource;
  private readonly nodes: number;
  private readonly start = nodesMade();
  private runs = 0;
  private held = 0;

  /** `nodes`: those of the file. */
  constructor(source: OnnxSource, nodes: number) {
    this.source = source;
    this.nodes = nodes;
  }

  /** Counts a node that runs. @throws DataError beyond the bound */
  enter(depth: number): void {
    this.runs++;
    const most = mostRuns.atAll + mostRuns.perNode * this.nodes;
    if (this.runs > most)
      throw refused(this.source, `runs more than ${most.toLocaleString("en-US")} nodes by its functions and loops`);
    if (depth > mostRuns.deep) {
      throw refused(this.source, `has functions, branches or loops inside each other, more than ${mostRuns.deep} deep`);
    }
  }

  /** @throws DataError where the graph is longer than the bound, or would be with `more` */
  checkOps(more = 0): void {
    if (nodesMade() - this.start + more <= this.ops) return;
    throw refused(this.source, `unfolds to more than ${this.ops.toLocaleString("en-US")} ops`, {
      hint: "Recurrent layers and loops take some ops for each step: bind shorter sequences by dims or shapes.",
    });
  }

  /** The ops that the graph may have at most. */
  get ops(): number {
    return mostOps.atAll + mostOps.perNode * this.nodes;
  }

  /** Counts elements that are made and kept. @throws DataError beyond the bound */
  hold(elements: number): void {
    this.held += elements;
    const most = mostHeld.atAll + mostHeld.perByte * this.source.bytes;
    if (this.held <= most) return;
    throw refused(this.source, `makes more than ${most.toLocaleString("en-US")} elements of constants`);
  }

  /** @throws DataError for more elements than may be made of numbers alone */
  checkMade(elements: number, what: string): void {
    const most = mostMade.atAll + mostMade.perByte * this.source.bytes;
    if (elements <= most) return;
    const counts = [elements, most].map((n) => n.toLocaleString("en-US"));
    throw refused(this.source, `makes ${counts[0]} elements by ${what}`, {
      expected: `at most ${counts[1]}: ${mostMade.atAll.toLocaleString("en-US")}, and ${mostMade.perByte.toLocaleString("en-US")} for each byte of the file`,
      received: counts[0],
    });
  }
}
