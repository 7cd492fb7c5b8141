"use client";

import { useEffect, useRef, useState } from "react";
import { type HighlightedBlock, openHighlightedBlock } from "./highlight-client";
import type { StyledToken } from "./highlighter";
import { findLanguage } from "./languages";

/** Longer blocks are shown plain. */
const HIGHLIGHT_CHARS_MAX = 120_000;

type Lines = readonly (readonly StyledToken[])[];
type Reading = { language: string; sent: string; block: HighlightedBlock };

const NO_LINES: Lines = [];

/** The coloured lines of a code block, as far as they are known; null as language: none. While the block is
 *  arriving each whole line is read once, and the line being written stays plain. */
export function useHighlightedLines(code: string, language: string | null, open: boolean): Lines {
  const [known, setKnown] = useState<{ source: string; lines: Lines }>({ source: "", lines: NO_LINES });
  const reading = useRef<Reading | null>(null);
  // A finished block ends without a line break; with one, its last line counts as whole too.
  const text = open ? code : `${code}\n`;

  useEffect(() => {
    if (language === null || !findLanguage(language) || text.length > HIGHLIGHT_CHARS_MAX) return;
    const current = reading.current;
    const goesOn = current?.language === language && text.startsWith(current.sent);
    if (!goesOn) {
      current?.block.drop();
      setKnown({ source: "", lines: NO_LINES });
    }
    const mine = goesOn ? current : start(language);
    reading.current = mine;
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length === mine.sent.length) return;
    mine.block.more(whole.slice(mine.sent.length));
    mine.sent = whole;

    function start(of: string): Reading {
      const fresh: Reading = {
        language: of,
        sent: "",
        block: openHighlightedBlock(of, (lines) =>
          setKnown((before) => ({ source: fresh.sent, lines: [...before.lines, ...lines] })),
        ),
      };
      return fresh;
    }
  }, [text, language]);

  useEffect(
    () => () => {
      reading.current?.block.drop();
      reading.current = null;
    },
    [],
  );

  return text.startsWith(known.source) ? known.lines : NO_LINES;
}
