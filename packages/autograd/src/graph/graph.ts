/** Graph: the data of a graph, and with it the definitions of its ops, so that it can be run. */
import type { OpDefinition } from "../core/variable.ts";
import { type BackwardPass, checkGraph, type GraphData, type GraphNode } from "./data.ts";
import { type GraphJSON, type GraphJSONOptions, graphToJSON } from "./json/to-json.ts";
import { type DefinitionOf, type Replay, type RunInputs, runGraph } from "./run.ts";

/** What {@link Graph.run} computed. */
export interface GraphRun extends Replay {
  /** The same graph, every node with the value computed. */
  readonly graph: Graph;
}

/**
 * A computation as data: made by `graphOf` from what was recorded, or by `graphFromJSON` from a file. Never changes.
 */
export class Graph implements GraphData {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly number[];
  readonly gradients: Readonly<Record<number, number>>;
  declare readonly backward?: BackwardPass;
  readonly #definitionOf: DefinitionOf;

  /** @internal */
  constructor(data: GraphData, definitionOf: DefinitionOf) {
    checkGraph("Graph", data);
    const { nodes, outputs, gradients, backward } = data;
    this.nodes = nodes;
    this.outputs = outputs;
    this.gradients = gradients;
    if (backward !== undefined) this.backward = backward;
    this.#definitionOf = definitionOf;
  }

  /**
   * Computes the graph again, the backward pass included if it has one, without the code that it was recorded from.
   * Leaves keep their values unless others are given, by name or by id; shapes stay. Random ops draw what they drew.
   *
   * Only what was recorded follows the inputs. Record with `recordAll`, so that everything is; what code reads with
   * `.value` and decides by itself stays as it was.
   *
   * @throws GraphError for an unknown op, a leaf without a value, an input that is not there, or a constant
   *         that was computed without being recorded; ShapeError or DTypeError for a value that does not fit
   */
  run(inputs: RunInputs = {}): GraphRun {
    const replay = runGraph(this, this.#definitionOf, inputs);
    let graph: Graph | null = null;
    const withValues = (): Graph => (graph ??= this.withValues(replay.values));
    return {
      ...replay,
      get graph() {
        return withValues();
      },
    };
  }

  /**
   * The file format: plain JSON, which `graphFromJSON` reads. `JSON.stringify(graph)` writes it without values.
   *
   * @param options `values`: "leaves" writes what a replay needs, true everything that the nodes hold; default false
   */
  toJSON(options: GraphJSONOptions | string = {}): GraphJSON {
    // JSON.stringify passes the key that the graph stands at.
    return graphToJSON(this, typeof options === "string" ? {} : options);
  }

  /** The definition of a node's op. @internal */
  definitionOf(node: GraphNode): OpDefinition<never> | undefined {
    return this.#definitionOf(node);
  }

  private withValues(values: readonly NonNullable<GraphNode["value"]>[]): Graph {
    const nodes = this.nodes.map((node, id): GraphNode => ({ ...node, value: values[id] }));
    return new Graph({ ...this, nodes }, this.#definitionOf);
  }
}
