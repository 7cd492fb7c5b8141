"use client";

import { Braces, Bug, FlaskConical, Route } from "lucide-react";
import { type RefObject, useEffect } from "react";
import { useShell } from "../shell/shell-context";
import { TopBar } from "../shell/top-bar";
import { HorizonMark } from "../shell/wordmark";

const SUGGESTIONS = [
  { icon: Braces, label: "Explain code", prompt: "Explain what this code does, step by step:\n\n" },
  { icon: Bug, label: "Find a bug", prompt: "Find the bug in this code and show the corrected version:\n\n" },
  {
    icon: FlaskConical,
    label: "Write tests",
    prompt: "Write unit tests for this function, edge cases included:\n\n",
  },
  {
    icon: Route,
    label: "Plan a change",
    prompt: "Plan this change as small steps that can be reviewed one by one:\n\n",
  },
] as const;

type StartViewProps = { part: "greeting" | "suggestions"; promptRef: RefObject<HTMLTextAreaElement | null> };

/** The page of a session that does not exist yet, in two parts: what stands above the composer and below it. */
export function StartView({ part, promptRef }: StartViewProps) {
  return part === "greeting" ? <Greeting /> : <Suggestions promptRef={promptRef} />;
}

function Greeting() {
  const { me } = useShell();
  useEffect(() => {
    document.title = "Flightdeck";
  }, []);
  return (
    <>
      <TopBar />
      <div className="flex min-h-0 flex-[1.1] flex-col items-center justify-end px-6 pb-7 text-center">
        <HorizonMark className="mb-5 size-11" />
        <h1 className="text-[1.6rem] leading-tight font-semibold tracking-[-0.02em] text-balance sm:text-[1.85rem]">
          What are we working on, {me.name?.split(" ")[0] || me.login}?
        </h1>
      </div>
    </>
  );
}

function Suggestions({ promptRef }: { promptRef: StartViewProps["promptRef"] }) {
  const fill = (prompt: string) => {
    const field = promptRef.current;
    if (!field) return;
    field.focus();
    field.select();
    // Typed into the field like a person would, so undo works and the draft is kept.
    document.execCommand("insertText", false, prompt);
  };
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-[1.4] flex-wrap content-start justify-center gap-2 px-4 pt-1 pb-8">
      {SUGGESTIONS.map(({ icon: Icon, label, prompt }) => (
        <button
          key={label}
          type="button"
          onClick={() => fill(prompt)}
          className="flex h-9 items-center gap-2 rounded-full border px-3.5 text-sm text-muted-foreground transition-colors hover:border-border-strong hover:bg-hover hover:text-foreground"
        >
          <Icon aria-hidden className="size-4" />
          {label}
        </button>
      ))}
    </div>
  );
}
