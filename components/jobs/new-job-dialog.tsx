"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { PROMPT_CHARS_MAX } from "@/client/limits";
import { newIdempotencyKey } from "@/client/new-key";
import { useTRPC } from "@/client/trpc";
import type { JobPriority } from "@/lib/contracts/jobs";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/error-note";
import { Field } from "../ui/field";
import { Input } from "../ui/input";
import { Select } from "../ui/select";
import { Textarea } from "../ui/textarea";
import { toast } from "../ui/toast";
import { ModelField } from "./model-field";

const PRIORITIES: readonly { value: JobPriority; label: string }[] = [
  { value: "high", label: "High: before others" },
  { value: "normal", label: "Normal" },
  { value: "low", label: "Low: after others" },
];

// What a field for a local time says; undefined where it is empty.
const momentOf = (local: string): Date | undefined => (local === "" ? undefined : new Date(local));

/** Asks for a prompt and how it is to be run, and makes a job of it. */
export function NewJobDialog({ onClose, onMade }: { onClose(): void; onMade(jobId: string): void }) {
  const trpc = useTRPC();
  const create = useMutation(trpc.jobs.create.mutationOptions());
  const [prompt, setPrompt] = useState("");
  const [model, setModel] = useState("");
  const [priority, setPriority] = useState<JobPriority>("normal");
  const [notBefore, setNotBefore] = useState("");
  const [deadline, setDeadline] = useState("");
  // The same until an answer has come, so that pressing twice makes one job.
  const [idempotencyKey, setKey] = useState(newIdempotencyKey);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      {
        ...{ prompt, priority, idempotencyKey, notBefore: momentOf(notBefore), deadline: momentOf(deadline) },
        ...(model && { model }),
      },
      {
        onSuccess: (job) => {
          toast("Job created. It goes on without this page.");
          onMade(job.id);
        },
        onError: (error) => {
          if (clientErrorOf(error).code !== "offline") setKey(newIdempotencyKey());
        },
      },
    );
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New job"
      description="A prompt that runs in the background, in a session of its own, and keeps its answer."
    >
      <form onSubmit={submit} className="space-y-4">
        <Field id={`${id}-prompt`} label="Prompt">
          <Textarea
            id={`${id}-prompt`}
            rows={6}
            required
            maxLength={PROMPT_CHARS_MAX}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <ModelField value={model} onChange={setModel} />
          <Field id={`${id}-priority`} label="Priority">
            <Select
              id={`${id}-priority`}
              className="w-full"
              value={priority}
              options={PRIORITIES}
              onChange={(next) => setPriority(next)}
            />
          </Field>
          <Field id={`${id}-notBefore`} label="Not before" optional>
            <Input
              id={`${id}-notBefore`}
              type="datetime-local"
              value={notBefore}
              onChange={(event) => setNotBefore(event.target.value)}
            />
          </Field>
          <Field id={`${id}-deadline`} label="Deadline" optional>
            <Input
              id={`${id}-deadline`}
              type="datetime-local"
              value={deadline}
              onChange={(event) => setDeadline(event.target.value)}
            />
          </Field>
        </div>
        <ErrorNote>{create.error && clientErrorOf(create.error).message}</ErrorNote>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={create.isPending || prompt.trim() === ""}>
            Create job
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
