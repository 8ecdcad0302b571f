/** What is written is what is read, on graphs of any form. */
import fc from "fast-check";
import { expect, it } from "vitest";
import "../../ops/methods.ts";
import { apply } from "../../core/apply.ts";
import { constant } from "../../core/leaf.ts";
import { primitives } from "../../ops/all.ts";
import { samples } from "../../testing/samples.ts";
import { recordAll } from "../../transforms/record.ts";
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

it.each(Object.entries(samples))("writes, reads and replays %s with its attributes", (name, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, ({ inputs, attributes }) => {
      const op = primitives[name as keyof typeof primitives];
      const y = recordAll(() =>
        apply(
          op,
          inputs.map((x) => constant(x)),
          attributes as never,
        ),
      );
      const graph = graphOf(y);
      const read = graphFromJSON(JSON.stringify(graph.toJSON({ values: "leaves" })));
      expect(read.nodes.map(({ attributes }) => attributes)).toEqual(graph.nodes.map(({ attributes }) => attributes));
      expect(read.run().outputs[0].toArray()).toEqual(y.toArray());
    }),
    { numRuns: 20 },
  );
});
