/** Images as planes of cells, with their padding. */
import { cellText } from "../../../src/drawing/painting/numbers.ts";
import { cellColor } from "../../../src/drawing/painting/scale.ts";
import { text, theme } from "../../state/settings.ts";
import { classesOf } from "../parts.tsx";

export interface ImageProps {
  readonly class?: string;
  readonly caption: string;
  /** [N, C, H, W] */
  readonly shape: readonly [number, number, number, number];
  /** Whether a place is padding; absent where there is none. */
  readonly padding?: readonly boolean[];
  readonly numbers: readonly number[];
  readonly label: string;
  /** Places that are pointed out, and those of a window around which a frame is drawn. */
  readonly lit: ReadonlySet<number>;
  readonly framed?: ReadonlySet<number>;
  readonly chosen?: ReadonlySet<number>;
  readonly onPoint: (place: number | null) => void;
  /** Where the scale of colours ends. */
  readonly largest: number;
}

/** The planes, an image a row, its channels side by side. */
export function Image({ class: name, caption, shape, numbers, label, onPoint, largest, ...of }: ImageProps) {
  const [images, channels, height, width] = shape;
  const row = (plane: number, i: number) =>
    Array.from({ length: width }, (_, j) => {
      const place = (plane * height + i) * width + j;
      return (
        <td
          key={j}
          data-place={place}
          class={classesOf({
            padding: of.padding?.[place],
            lit: of.lit.has(place),
            framed: of.framed?.has(place),
            marked: of.chosen?.has(place),
          })}
          style={{ background: cellColor(numbers[place], largest, theme.value) }}
          onPointerEnter={() => onPoint(place)}
        >
          {cellText(numbers[place])}
        </td>
      );
    });
  return (
    <figure class={name}>
      <figcaption>{caption}</figcaption>
      <div class="planes" onPointerLeave={(event) => event.pointerType !== "touch" && onPoint(null)}>
        {Array.from({ length: images * channels }, (_, plane) => (
          <table
            class="cells"
            key={plane}
            aria-label={`${label}${images * channels > 1 ? ` ${text.value.plane(Math.floor(plane / channels), plane % channels)}` : ""}`}
          >
            <tbody>
              {Array.from({ length: height }, (_, i) => (
                <tr key={i}>{row(plane, i)}</tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </figure>
  );
}
