/** Play, pause, a step, an epoch, reset, speed; where the training is; the graph of its last step. */
import { useState } from "preact/hooks";
import { comingFromHere } from "../../page/state/preferences.ts";
import { Button, Icon, Select } from "../../page/view/parts.tsx";
import { fillPage } from "../../src/fill-page.ts";
import { about, percent } from "../drawing/numbers.ts";
import {
  advance,
  isPlaying,
  iteration,
  latest,
  pause,
  play,
  problem,
  recorded,
  report,
  restart,
  speed,
  speeds,
  started,
  stepGraph,
} from "../state/training.ts";
import { words } from "../state/words.ts";
import { has, lastOf } from "./charts.tsx";

/** The explorer's page with the graph of the last step, as the address of a file in memory. */
async function graphPage(title: (step: string) => string): Promise<string> {
  const { graph, iteration: step } = await stepGraph();
  const template = document.getElementById("explorer")?.textContent ?? "";
  // It stands in a script element, where the ends of its own script elements are escaped.
  const page = template.replaceAll("<\\/script", "</script").replaceAll("<\\!--", "<!--");
  const html = fillPage(page, { title: title(step.toLocaleString("en-US")), graph, isTraining: true });
  const address = new URLSearchParams();
  comingFromHere(address);
  return `${URL.createObjectURL(new Blob([html], { type: "text/html" }))}#${address}`;
}

function OpenGraph() {
  const text = words.value;
  const [address, setAddress] = useState<string | null>(null);
  return (
    <>
      <Button
        title={text.openGraphHint}
        disabled={iteration.value === 0}
        onClick={() => {
          pause();
          // Opened at once: a tab that is opened after waiting looks like an advertisement, and is blocked.
          const tab = window.open("", "_blank");
          graphPage(text.graphTitle)
            .then((url) => {
              if (tab === null) setAddress(url);
              else tab.location.href = url;
            })
            .catch((error: Error) => {
              tab?.close();
              problem.value = error.message;
            });
        }}
      >
        {text.openGraph}
      </Button>
      {address !== null && (
        <a href={address} target="_blank" rel="noopener opener" onClick={() => setAddress(null)}>
          {text.graphReady}
        </a>
      )}
    </>
  );
}

function Reading({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Where the training is: the step at once, the others with the pictures. */
function Step() {
  return <Reading name={words.value.stepLabel} value={iteration.value.toLocaleString("en-US")} />;
}

export function Readings() {
  const text = words.value;
  latest.value;
  const { perEpoch } = started.value ?? {};
  const loss = recorded.value?.losses.at(-1);
  return (
    <dl class="readings">
      <Step />
      {perEpoch !== undefined && <Reading name={text.epochLabel} value={(iteration.peek() / perEpoch).toFixed(1)} />}
      <Reading name={text.lossLabel} value={loss === undefined ? "–" : about(loss)} />
      {has("testAccuracy") && <Reading name={text.accuracyLabel} value={percent(lastOf("testAccuracy"))} />}
    </dl>
  );
}

/** Plays, and scrolls to the charts where all of them are below a small window. */
async function playInView(): Promise<void> {
  const [bar, views] = [document.querySelector(".bar"), document.getElementById("views")];
  const top = views?.getBoundingClientRect().top ?? 0;
  if (bar !== null && top > 0.6 * innerHeight) scrollBy(0, top - bar.clientHeight);
  await play();
}

export function Transport() {
  const text = words.value;
  if (report.value !== null) return null;
  const isReady = started.value !== null && problem.value === null;
  return (
    <div class="transport" role="toolbar" aria-label={text.run}>
      <Button
        class="primary"
        disabled={!isReady}
        onClick={() => {
          if (isPlaying.value) pause();
          else void playInView();
        }}
      >
        <Icon name={isPlaying.value ? "pause" : "play"} /> {isPlaying.value ? text.pause : text.play}
      </Button>
      <Button disabled={!isReady} onClick={() => void advance(1)}>
        {text.step}
      </Button>
      <Button disabled={!isReady} onClick={() => void advance(started.value?.perEpoch ?? 1)}>
        {text.epoch}
      </Button>
      <Button disabled={started.value === null && problem.value === null} onClick={() => void restart()}>
        {text.reset}
      </Button>
      <Select
        aria-label={text.speed}
        value={speed.value}
        options={speeds.map((of) => [of, text.speeds[of]])}
        onSelect={(of) => (speed.value = of)}
      />
      <OpenGraph />
    </div>
  );
}
