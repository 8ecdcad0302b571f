/** Measures the steps of a peer: reads "NAME THREADS SECONDS" lines, answers with steps a second, or with "none". */
import { createInterface } from "node:readline";

/**
 * @param peer    its name and version, the first line of the answer
 * @param stepOf  makes the step of a name, a function that returns the loss
 */
export async function answer(peer, stepOf) {
  const made = {};
  console.log(peer);
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, , seconds] = line.split(" ");
    try {
      if (made[name] === undefined) {
        made[name] = stepOf(name);
        if (!Number.isFinite(made[name]())) throw new Error("the loss is not finite");
      }
      let count = 0;
      const start = performance.now();
      while (performance.now() - start < 1000 * Number(seconds)) {
        made[name]();
        count++;
      }
      console.log((1000 * count) / (performance.now() - start));
    } catch (error) {
      console.error(`${peer}, ${name}: ${error.message.split("\n")[0]}`);
      console.log("none");
    }
  }
}
