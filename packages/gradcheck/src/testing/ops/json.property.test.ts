/** Graphs of every op with all kinds of attributes are written and read. */
import { constant, graphFromJSON, graphOf, primitives, recordAll } from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import fc from "fast-check";
import { expect, it } from "vitest";
import { samples } from "../samples.ts";

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
