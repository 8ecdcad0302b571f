/**
 * Prints how often the first guesses of gradcheck are right, by how sure they were: for the corpus of wrong rules, and for
 * mistakes in the rule of every op at `--count N` random inputs (default 5). `--show N`: that many of the wrong ones.
 */
import { parseArgs } from "node:util";
import { type Guess, guessesOf } from "../src/corpus/certainties.ts";
import { judgedAlone, judgedBehindLoss } from "../src/corpus/judged.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "5" }, show: { type: "string", default: "0" } },
});
const corpus = [...judgedAlone(), ...judgedBehindLoss()].map(({ op, mistake, expected, diagnoses: [first] }): Guess => {
  const text = `${op}, ${mistake}: ${first?.text}`;
  return { certainty: first?.certainty ?? 0, right: first?.kind === expected, text };
});
const random = guessesOf(Number(values.count), 1);
const levels = [0, 0.5, 0.7, 0.9, 0.95, 1.01];
const cellOf = (guesses: readonly Guess[], from: number, to: number): string => {
  const those = guesses.filter(({ certainty }) => certainty >= from && certainty < to);
  return `${those.filter(({ right }) => right).length} of ${those.length}`;
};
console.log("| said with | right in the corpus | right in every op |");
console.log("| --- | ---: | ---: |");
levels.slice(0, -1).forEach((from, i) => {
  const to = levels[i + 1];
  const range = `${Math.round(100 * from)} to ${Math.min(100, Math.round(100 * to))} %`;
  console.log(`| ${range} | ${cellOf(corpus, from, to)} | ${cellOf(random, from, to)} |`);
});
const wrong = [...corpus, ...random].filter(({ right }) => !right).sort((a, b) => b.certainty - a.certainty);
for (const { certainty, text } of wrong.slice(0, Number(values.show))) console.log(`\n${certainty}: ${text}`);
