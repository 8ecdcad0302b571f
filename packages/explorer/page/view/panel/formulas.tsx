/**
 * The formulas of an op: MathML that was made when the page was built.
 */
import { opWords } from "virtual:op-words";
import { language, text } from "../../state/settings.ts";
import { koWords } from "../../text/ko-words.ts";

/** MathML of our own making: never anything that came with a graph. */
function Formula({ markup }: { readonly markup: string }) {
  return <div class="formula" dangerouslySetInnerHTML={{ __html: markup }} />;
}

/** Formula and rule of an op; nothing for ops that are not built in. */
export function OpFormulas({ op }: { readonly op: string }) {
  const words = Object.hasOwn(opWords, op) ? opWords[op] : undefined;
  if (words === undefined) return null;
  const { formula, rule, noRule } = text.value;
  const inKorean = language.value === "ko" && Object.hasOwn(koWords, op) ? koWords[op] : undefined;
  return (
    <section>
      <h3>{formula}</h3>
      <Formula markup={words.forward} />
      <h3>{rule}</h3>
      {words.backward.length === 0 ? (
        <p>{noRule}</p>
      ) : (
        words.backward.map((markup) => <Formula key={markup} markup={markup} />)
      )}
      <p class="words" lang={inKorean === undefined ? "en" : "ko"}>
        {inKorean ?? words.words}
      </p>
    </section>
  );
}
