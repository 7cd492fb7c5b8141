"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { PROMPT_CHARS_MAX, SCHEDULE_NAME_CHARS_MAX } from "@/client/limits";
import { useTRPC } from "@/client/trpc";
import type { Schedule } from "@/lib/contracts/schedules";
import { ModelField } from "../jobs/model-field";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/error-note";
import { Field } from "../ui/field";
import { Input } from "../ui/input";
import { Select } from "../ui/select";
import { Textarea } from "../ui/textarea";
import { toast } from "../ui/toast";
import { TimingFields } from "./timing-fields";

const OVERLAPS = [
  { value: "skip", label: "Leave the new one out" },
  { value: "queue", label: "Let the new one wait" },
] as const;
const MISSED = [
  { value: "skip", label: "Leave them out" },
  { value: "once", label: "Run once for all of them" },
] as const;

type Draft = Pick<
  Schedule,
  "name" | "cron" | "timeZone" | "prompt" | "overlap" | "missed" | "maxFailures"
> & {
  /** Empty: the default one. */
  model: string;
};

const newDraft = (): Draft => ({
  ...{
    name: "",
    cron: "0 9 * * 1-5",
    prompt: "",
    model: "",
    overlap: "skip",
    missed: "skip",
    maxFailures: 5,
  },
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

const draftOf = ({ name, cron, timeZone, prompt, model, overlap, missed, maxFailures }: Schedule): Draft => ({
  ...{ name, cron, timeZone, prompt, overlap, missed, maxFailures },
  model: model ?? "",
});

type ScheduleDialogProps = {
  /** The schedule that is changed; null: a new one. */
  schedule: Schedule | null;
  onClose(): void;
  onDone(scheduleId: string): void;
};

/** Makes a schedule, or changes one. What is typed as its time is told in words at once, with the next runs. */
export function ScheduleDialog({ schedule, onClose, onDone }: ScheduleDialogProps) {
  const trpc = useTRPC();
  const create = useMutation(trpc.schedules.create.mutationOptions());
  const update = useMutation(trpc.schedules.update.mutationOptions());
  const [draft, setDraft] = useState(() => (schedule ? draftOf(schedule) : newDraft()));
  const change = (changed: Partial<Draft>) => setDraft((before) => ({ ...before, ...changed }));
  const id = useId();

  const onSuccess = ({ id: scheduleId, name }: Schedule) => {
    toast(schedule ? `${name} changed` : `${name} created`);
    onDone(scheduleId);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { model, ...rest } = draft;
    if (schedule) update.mutate({ scheduleId: schedule.id, ...rest, model: model || null }, { onSuccess });
    else create.mutate({ ...rest, ...(model && { model }) }, { onSuccess });
  };
  const failure = create.error ?? update.error;

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={schedule ? "Change schedule" : "New schedule"}
      description={
        schedule
          ? "In force from the next run on."
          : "Runs a prompt at the times you say, each time as a job in a session of its own."
      }
    >
      <form onSubmit={submit} className="flex max-h-[75dvh] flex-col">
        {/* As much wider as the rings of its fields. */}
        <div className="-mx-1 min-h-0 space-y-4 overflow-y-auto px-1 pb-1">
          <Field id={`${id}-name`} label="Name">
            <Input
              id={`${id}-name`}
              required
              maxLength={SCHEDULE_NAME_CHARS_MAX}
              autoComplete="off"
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <TimingFields cron={draft.cron} timeZone={draft.timeZone} onChange={change} />
          <Field id={`${id}-prompt`} label="Prompt">
            <Textarea
              id={`${id}-prompt`}
              rows={4}
              required
              maxLength={PROMPT_CHARS_MAX}
              value={draft.prompt}
              onChange={(event) => change({ prompt: event.target.value })}
            />
          </Field>
          <ModelField value={draft.model} onChange={(model) => change({ model })} />
          <Field id={`${id}-overlap`} label="When the run before has not ended">
            <Select
              id={`${id}-overlap`}
              className="w-full"
              value={draft.overlap}
              options={OVERLAPS}
              onChange={(overlap) => change({ overlap })}
            />
          </Field>
          <Field id={`${id}-missed`} label="Runs missed while the server was down">
            <Select
              id={`${id}-missed`}
              className="w-full"
              value={draft.missed}
              options={MISSED}
              onChange={(missed) => change({ missed })}
            />
          </Field>
          <Field id={`${id}-failures`} label="Pause after failures in a row">
            <Input
              id={`${id}-failures`}
              type="number"
              min={1}
              max={100}
              required
              value={draft.maxFailures}
              onChange={(event) => change({ maxFailures: Number(event.target.value) })}
            />
          </Field>
        </div>
        <ErrorNote className="mt-4">{failure && clientErrorOf(failure).message}</ErrorNote>
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={create.isPending || update.isPending}>
            {schedule ? "Save" : "Create schedule"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
