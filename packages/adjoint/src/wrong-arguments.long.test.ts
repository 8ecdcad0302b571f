/** Public functions called with each thing that others do not want, and with any two: what random lists find by chance. */
import { it } from "vitest";
import { callables, expectReturnOrRefusal, givable } from "./testing/callables.ts";

const things = Object.keys(givable);
const lists = things.flatMap((first) => [[first], ...things.map((second) => [first, second])]);

it.each(callables)("%s returns, or refuses what it is called with under its own name", async (name, callable) => {
  for (const list of lists) {
    try {
      await expectReturnOrRefusal(name, callable, list);
    } catch (cause) {
      throw new Error(`${name}(${list.join(", ")})`, { cause });
    }
  }
});
