/**
 * Fuzzes every reader with many changed files: `npx tsx --conditions=@adjoint/source packages/data/scripts/fuzz.ts 100000`,
 * with the names of readers behind it for some. Each run tries other files than the last; `FUZZ_SEED=1000000` in the
 * environment repeats one. Prints what each reader took, and the first failure of each with its bytes.
 */
import { fuzz } from "../src/testing/fuzz.ts";
import { fuzzTargets } from "../src/testing/fuzz-targets.ts";

const [count = "100000", ...names] = process.argv.slice(2);
const first = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 40));
console.log(`from seed ${first} on`);
for (const target of fuzzTargets.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const start = performance.now();
  const failure = fuzz(target, first, Number(count));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${target.name}: ${failure === null ? `${count} files` : `FAILED at seed ${failure.seed}`} in ${seconds} s`,
  );
  if (failure === null) continue;
  console.log(failure.problem, Buffer.from(failure.bytes).toString("base64"));
  process.exitCode = 1;
}
