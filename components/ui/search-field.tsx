"use client";

import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Input } from "./input";

const DEBOUNCE_MS = 200;

type SearchFieldProps = { label: string; placeholder: string; value: string; onChange(value: string): void };

/** A field to search a page by. What is typed is passed on when typing pauses; "/" goes there. */
export function SearchField({ label, placeholder, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [given, setGiven] = useState(value);
  // The address can change it too, by Back.
  if (given !== value) {
    setGiven(value);
    if (text.trim() !== value) setText(value);
  }
  useEffect(() => {
    const trimmed = text.trim();
    if (trimmed === value) return;
    const timer = setTimeout(() => onChange(trimmed), trimmed === "" ? 0 : DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="relative min-w-0 flex-1 max-sm:basis-full sm:max-w-64">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted-foreground"
      />
      <Input
        type="search"
        data-page-search
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={placeholder}
        autoComplete="off"
        className="h-8! pl-8! md:text-[0.8125rem]!"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || text === "") return;
          event.preventDefault();
          setText("");
        }}
      />
    </div>
  );
}
