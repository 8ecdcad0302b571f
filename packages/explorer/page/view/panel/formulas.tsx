/** The formulas of an op: MathML that was made when the page was built. */
import { opWords } from "virtual:op-words";
import { useLayoutEffect, useRef } from "preact/hooks";
import { language, text } from "../../state/settings.ts";
import { inKorean, koWords } from "../../text/ko-words.ts";

/** Sizes of formulas, in rem: the usual one, and the one whose indices are still 11 pixels high. */
const sizes = { usual: 1.35, least: 1.05 } as const;

/** MathML of our own making: never anything that came with a graph. A long one is written smaller. */
function Formula({ markup }: { readonly markup: string }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = element.current;
    const math = box?.querySelector<MathMLElement>("math");
    if (box == null || math == null) return;
    math.style.fontSize = `${sizes.usual}rem`;
    const wanted = sizes.usual * (box.clientWidth / box.scrollWidth);
    if (wanted < sizes.usual) math.style.fontSize = `${Math.max(sizes.least, 0.98 * wanted)}rem`;
  }, [markup]);
  return <div class="formula" ref={element} dangerouslySetInnerHTML={{ __html: markup }} />;
}

/** Formula and rule of an op; nothing for ops that are not built in. */
export function OpFormulas({ op }: { readonly op: string }) {
  const words = Object.hasOwn(opWords, op) ? opWords[op] : undefined;
  if (words === undefined) return null;
  const { formula, rule, noRule } = text.value;
  const isKorean = language.value === "ko";
  const said = isKorean && Object.hasOwn(koWords, op) ? koWords[op] : undefined;
  const shown = (markup: string): string => (isKorean ? inKorean(markup) : markup);
  return (
    <section>
      <h3>{formula}</h3>
      <Formula markup={shown(words.forward)} />
      <h3>{rule}</h3>
      {words.backward.length === 0 ? (
        <p>{noRule}</p>
      ) : (
        words.backward.map((markup) => <Formula key={markup} markup={shown(markup)} />)
      )}
      <p class="words" lang={said === undefined ? "en" : "ko"}>
        {said ?? words.words}
      </p>
    </section>
  );
}
