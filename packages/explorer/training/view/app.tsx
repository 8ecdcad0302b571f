/** The page as a whole. */
import { indexAddress } from "../../page/state/preferences.ts";
import { Preferences } from "../../page/view/bars/preferences.tsx";
import { Button } from "../../page/view/parts.tsx";
import type { IndexAddress } from "../../src/lesson.ts";
import { isNotFinite, latest, problem, recorded, report, started, startedTooLarge } from "../state/training.ts";
import { words } from "../state/words.ts";
import { AccuracyChart, LossChart } from "./charts.tsx";
import { LessonPanel, SettingsPanel } from "./controls.tsx";
import { Layers, VerdictLine } from "./layers.tsx";
import { Task } from "./task.tsx";
import { Readings, Transport } from "./transport.tsx";

function Facts() {
  const text = words.value;
  const count = (of: number): string => of.toLocaleString("en-US");
  if (report.value !== null) return <p class="facts">{text.reportFacts(count(report.value.losses.length))}</p>;
  const now = started.value;
  if (now === null) return <p class="facts">{problem.value === null ? text.preparing : " "}</p>;
  return <p class="facts">{text.facts(count(now.parameters), count(now.trainSamples), count(now.testSamples))}</p>;
}

/** What the page was made with. */
interface Given {
  /** The title of the page; empty: its own, in the language chosen. */
  readonly title: string;
  readonly index: IndexAddress | undefined;
}

function Header({ title, index }: Given) {
  const text = words.value;
  const address = indexAddress(index);
  return (
    <header class="top">
      <h1>{title}</h1>
      <Facts />
      <div class="tools">
        {address !== null && <a href={address}>{text.allPages}</a>}
        <Preferences themeLabel={text.theme} />
      </div>
    </header>
  );
}

const barObserver = new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--bar", `${target.clientHeight}px`);
});

/** Tells the style sheet how high the bar is, below which heads of columns stay. */
function followBar(bar: HTMLElement | null): void {
  if (bar !== null) barObserver.observe(bar);
}

export function App({ title, index }: Given) {
  const text = words.value;
  const isReport = report.value !== null;
  const isOfImages = latest.value?.view?.kind === "images";
  // A few layers leave room below them, for images in rows; a picture of the plane or of a curve comes first.
  const isLow = (recorded.value?.layers.length ?? 0) <= 5 && isOfImages;
  const arrangement = isLow ? "low" : isOfImages || latest.value?.view == null ? "" : "pictures-first";
  return (
    <div class={isReport ? "experiment report" : "experiment"}>
      <Button class="skip" onClick={() => document.getElementById("views")?.focus()}>
        {text.skip}
      </Button>
      <Header title={title === "" ? text.title : title} index={index} />
      <section class="bar" aria-label={text.run} ref={followBar}>
        <Transport />
        <Readings />
        <VerdictLine />
      </section>
      {problem.value !== null && (
        <div class="problem" role="alert">
          <strong>{text.stopped}</strong> {isNotFinite.value && text.notFinite} {text.libraryWords}{" "}
          {text.libraryWords === "" ? problem.value : <q lang="en">{problem.value}</q>}
          {startedTooLarge.value && <p>{text.largeStart}</p>}
        </div>
      )}
      {!isReport && (
        <aside class="controls" aria-label={text.lesson}>
          <LessonPanel />
          <SettingsPanel />
        </aside>
      )}
      <main id="views" tabIndex={-1} class={arrangement}>
        {recorded.value !== null && (
          <>
            <div class="charts">
              <LossChart />
              <AccuracyChart />
            </div>
            <Layers />
            <div class="pictures">
              <Task />
            </div>
          </>
        )}
      </main>
    </div>
  );
}
