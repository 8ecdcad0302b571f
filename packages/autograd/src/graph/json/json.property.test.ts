/** What is written is what is read, on graphs of any form. */
import fc from "fast-check";
import { expect, it } from "vitest";
import "../../methods.ts";
import { graphOf } from "../graph-of.ts";
import { leavesOf, programs, runProgram } from "../testing/random-graphs.ts";
import { graphFromJSON } from "./from-json.ts";

it("reads what it wrote, to the last bit", () => {
  fc.assert(
    fc.property(
      programs(),
      fc.boolean(),
      fc.constantFrom(false, true, "leaves" as const),
      (program, backward, values) => {
        const graph = graphOf(runProgram(program, leavesOf(program, program.seed)), {
          backward,
          values: values === true,
        });
        const file = JSON.stringify(graph.toJSON({ values }));
        const read = graphFromJSON(file);
        expect(JSON.stringify(read.toJSON({ values }))).toBe(file);
        const plain = ({ nodes, ...rest }: typeof graph) => ({
          ...rest,
          nodes: nodes.map(({ value: _, ...node }) => node),
        });
        expect(plain(read)).toEqual(plain(graph));
      },
    ),
  );
});
