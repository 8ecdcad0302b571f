/** The lesson, and the settings of the experiment. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button, Select } from "../../page/view/parts.tsx";
import { type LessonName, lessonNames, lessons } from "../experiment/lessons.ts";
import { choices, type Settings } from "../experiment/settings.ts";
import { choose, isPlaying, lesson, openLesson, optimizers, play, settings } from "../state/training.ts";
import { words } from "../state/words.ts";

type Value = Settings[keyof Settings];

/** The settings in the order of the form. */
const form = [
  "task",
  "samples",
  "first",
  "depth",
  "width",
  "activation",
  "init",
  "batchNorm",
  "dropout",
  "optimizer",
  "lr",
  "batch",
  "seed",
] as const satisfies (keyof Settings)[];

/** What a setting can be. */
function offered(name: keyof Settings): readonly Value[] {
  if (name === "seed") return [0, 1, 2, 3, 4];
  return name === "optimizer" ? optimizers.value : choices[name];
}

/** The value of a setting in words. */
function shownValue(name: keyof Settings, value: Value | string): string {
  const text = words.value;
  if (typeof value === "boolean") return value ? text.on : text.off;
  if (name === "dropout" && value === 0) return text.off;
  if (typeof value === "number") return value.toLocaleString("en-US", { maximumFractionDigits: 4 });
  return text.values[String(value)] ?? String(value);
}

/** Changes a setting. What plays goes on playing, from its beginning; another task is no longer the lesson's. */
async function change(changes: Partial<Settings>): Promise<void> {
  const wasPlaying = isPlaying.peek();
  await choose(changes, "task" in changes ? null : lesson.peek());
  if (wasPlaying) await play();
}

/** A list to choose from, with its name. */
function Labelled({
  label,
  isWide = false,
  children,
}: {
  readonly label: string;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its children have one
    <label class={isWide ? "choice wide" : "choice"}>
      <span>{label}</span>
      {children}
    </label>
  );
}

function Choice({ name }: { readonly name: keyof Settings }) {
  const value = settings.value[name];
  const values = offered(name);
  // An address may name an optimizer, or a seed, that is not in the list.
  const options = values.map((of) => [String(of), shownValue(name, of)] as const);
  return (
    <Labelled label={words.value.names[name]}>
      <Select
        name={name}
        value={String(value)}
        options={values.includes(value) ? options : [...options, [String(value), shownValue(name, String(value))]]}
        onSelect={(chosen) => void change({ [name]: values.find((of) => String(of) === chosen) ?? value })}
      />
    </Labelled>
  );
}

/** Changes the settings of a lesson in one place, and lets it run. */
async function attempt(changes: Partial<Settings>, name: LessonName): Promise<void> {
  await choose({ ...lessons[name].settings, ...changes }, name);
  await play();
}

/** Whether settings are a lesson's, with these changes. */
function isShown(changes: Partial<Settings>, name: LessonName): boolean {
  const wanted: Settings = { ...lessons[name].settings, ...changes };
  return Object.entries(settings.value).every(([key, value]) => wanted[key as keyof Settings] === value);
}

/** What is not as the lesson begins. */
function Changes({ name }: { readonly name: LessonName }) {
  const text = words.value;
  const first: Settings = lessons[name].settings;
  const changed = (Object.keys(first) as (keyof Settings)[]).filter((key) => settings.value[key] !== first[key]);
  if (changed.length === 0) return null;
  const all = changed.map((key) => `${text.names[key]} ${shownValue(key, settings.value[key])}`);
  return (
    <p class="changed">
      {text.changed}
      {all.join(", ")}
    </p>
  );
}

export function LessonPanel() {
  const text = words.value;
  const name = lesson.value;
  return (
    <section class="lesson">
      <Labelled label={text.lesson} isWide>
        <Select
          name="lesson"
          value={name ?? ""}
          options={[
            ...lessonNames.map((of, i) => [of, `${i + 1}. ${text.lessons[of].title}`] as const),
            ["", text.ownSettings] as const,
          ]}
          onSelect={(chosen) => void openLesson(chosen === "" ? null : chosen)}
        />
      </Labelled>
      <p>{name === null ? text.ownParagraph : text.lessons[name].paragraph}</p>
      {name !== null && (
        <fieldset class="tries">
          <legend>{text.tryThis}</legend>
          {[{}, ...lessons[name].tries].map((changes, i) => {
            const label = i === 0 ? text.startOver : text.lessons[name].tries[i - 1];
            return (
              <Button key={label} aria-pressed={isShown(changes, name)} onClick={() => void attempt(changes, name)}>
                {label}
              </Button>
            );
          })}
        </fieldset>
      )}
      {name !== null && <Changes name={name} />}
    </section>
  );
}

function CopyLink() {
  const text = words.value;
  const [isCopied, setCopied] = useState(false);
  return (
    <Button
      onClick={() => {
        navigator.clipboard
          .writeText(location.href)
          .then(() => setCopied(true))
          // Where a page must not write there, the address can be copied by hand.
          .catch(() => setCopied(false));
      }}
      onBlur={() => setCopied(false)}
    >
      {isCopied ? text.copied : text.copyLink}
    </Button>
  );
}

export function SettingsPanel() {
  const text = words.value;
  const isSmall = matchMedia("(max-width: 899px)").matches;
  return (
    <details class="settings" open={!isSmall}>
      <summary>
        <h2>{text.settings}</h2>
      </summary>
      <div class="choices">
        {form.map(
          (name) =>
            (settings.value.task === "digits" || (name !== "samples" && name !== "first")) && (
              <Choice key={name} name={name} />
            ),
        )}
      </div>
      <CopyLink />
    </details>
  );
}
