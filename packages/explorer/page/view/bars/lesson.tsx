/** The lesson above the drawing: what there is to see, what to try, and the way to the pages before and after. */
import { useEffect, useRef, useState } from "preact/hooks";
import { lesson, lessonWords } from "../../state/lesson.ts";
import { indexAddress, pageAddress } from "../../state/preferences.ts";
import { text } from "../../state/settings.ts";
import { selected } from "../../state/view.ts";

/** The text, which scrolls by itself on a small screen: then it is reached by keyboard. */
function Prose({ text: words }: { readonly text: string }) {
  const element = useRef<HTMLParagraphElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const prose = element.current as HTMLParagraphElement;
    const observer = new ResizeObserver(() => setScrolls(prose.scrollHeight > prose.clientHeight + 1));
    observer.observe(prose);
    return () => observer.disconnect();
  }, [words]);
  return (
    <p ref={element} tabIndex={scrolls ? 0 : undefined}>
      {words}
    </p>
  );
}

/** The lesson; nothing where none came with the graph. */
export function LessonStrip() {
  const details = useRef<HTMLDetailsElement>(null);
  // On a small screen the text gives way to what it leads to.
  const makeRoom = (): void => {
    if (details.current !== null && matchMedia("(max-width: 767px)").matches) details.current.open = false;
  };
  const hasDetails = selected.value !== null;
  useEffect(() => {
    if (hasDetails) makeRoom();
  }, [hasDetails, lesson.value]);
  const [given, own] = [lesson.value, lessonWords.value];
  if (given === null || own === null) return null;
  const words = text.value;
  const ways = [
    [pageAddress(given.previous), `← ${words.previousPage}`],
    [indexAddress(given.index), words.allPages],
    [pageAddress(given.next), `${words.nextPage} →`],
  ] as const;
  return (
    <section class="lesson" aria-label={words.lesson}>
      <details ref={details} open>
        <summary>
          {words.lesson}
          {given.section !== undefined && <small> · {words.section(given.section)}</small>}
        </summary>
        <Prose text={own.text} />
        <ul class="tries">
          {given.tries.map((fragment, i) => (
            <li key={fragment}>
              <a href={fragment.startsWith("#") ? fragment : "#"} onClick={makeRoom}>
                {own.tries[i] ?? fragment}
              </a>
            </li>
          ))}
        </ul>
        <nav aria-label={words.otherPages}>
          {ways.map(([address, name]) =>
            address === null ? null : (
              <a key={name} href={address}>
                {name}
              </a>
            ),
          )}
        </nav>
      </details>
    </section>
  );
}
