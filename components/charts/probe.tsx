"use client";

import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import { type Frame, middleOf, placeAt } from "./frame";
import { type StepData, valueText } from "./series";
import { Swatch } from "./swatch";

type ProbeProps<Step> = { label: string; frame: Frame; data: StepData<Step>; children: ReactNode };

/** Tells the numbers of one step of a chart: of the one pointed at, tapped, or walked to with the arrow keys (for which
 *  there is a slider that is only to be heard). */
export function Probe<Step extends { at: Date }>({ label, frame, data, children }: ProbeProps<Step>) {
  const { steps, series, names, format } = data;
  const slider = useRef<HTMLInputElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [walked, setWalked] = useState<number | null>(null);
  const last = steps.length - 1;
  const stop = Math.min(walked ?? last, last);
  const [isFocused, setFocused] = useState(false);
  const place = pointed ?? (isFocused ? stop : null);
  const step = place === null ? undefined : steps[place];

  const pointAt = (event: PointerEvent<HTMLDivElement>) => {
    const to = placeAt(frame, event.clientX - event.currentTarget.getBoundingClientRect().left);
    if (event.pointerType === "mouse") return setPointed(to);
    // After a tap there is no pointer any more: focus keeps the numbers there until something else is tapped.
    setWalked(to);
    slider.current?.focus({ preventScroll: true });
  };
  const spoken = (at: Step | undefined) =>
    at &&
    `${names.full(at.at)}: ${series.map(({ label, read }) => `${label} ${valueText(read(at), format)}`).join(", ")}`;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the slider inside is what keyboards and screen readers meet
    <div
      className="relative h-full touch-pan-y rounded-md has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-accent"
      onPointerDown={pointAt}
      onPointerMove={pointAt}
      onPointerLeave={() => setPointed(null)}
      // What a tap does last would take the focus away again.
      onMouseDown={(event) => event.preventDefault()}
    >
      {step && place !== null && <Highlight frame={frame} place={place} />}
      <div className="relative h-full">{children}</div>
      <input
        ref={slider}
        type="range"
        aria-label={`${label} Values by step`}
        aria-valuetext={spoken(steps[stop])}
        min={0}
        max={last}
        step={1}
        value={stop}
        className="pointer-events-none absolute inset-0 size-full opacity-0"
        onChange={(event) => setWalked(event.target.valueAsNumber)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      />
      {step && place !== null && (
        <Tip frame={frame} place={place}>
          <p className="mb-1 font-medium whitespace-nowrap">{names.full(step.at)}</p>
          <dl className="grid grid-cols-[auto_1fr_auto] items-center gap-x-2 gap-y-0.5">
            {series.toReversed().map(({ key, label, tone, look, read }) => (
              <div key={key} className="contents">
                <Swatch tone={tone} look={look} />
                <dt className="text-muted-foreground">{label}</dt>
                <dd className="text-right tabular-nums">{valueText(read(step), format)}</dd>
              </div>
            ))}
          </dl>
        </Tip>
      )}
    </div>
  );
}

function Highlight({ frame, place }: { frame: Frame; place: number }) {
  const width = Math.max(2, frame.x.step());
  return (
    <div
      aria-hidden
      className="absolute top-0 rounded-sm bg-hover"
      style={{ left: middleOf(frame, place) - width / 2, width, height: frame.bottom }}
    />
  );
}

type TipProps = { frame: Frame; place: number; children: ReactNode };

/** Beside the step, on the side with more room, so that it never covers what it tells about. */
function Tip({ frame, place, children }: TipProps) {
  const middle = middleOf(frame, place);
  const gap = frame.x.step() / 2 + 6;
  const isLeft = middle > frame.width / 2;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-1 z-10 min-w-36 rounded-lg border bg-raised px-2.5 py-2 text-xs shadow-pop"
      style={isLeft ? { right: frame.width - middle + gap } : { left: middle + gap }}
    >
      {children}
    </div>
  );
}
