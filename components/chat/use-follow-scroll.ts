"use client";

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** This close to the end counts as "at the end", in pixels. */
const END_SLACK_PX = 48;

/** Keeps a growing view at its end while the reader is there, and leaves it alone as soon as they scroll up.
 *  `resetKey`: what is shown; a new value starts at the end again. */
export function useFollowScroll(resetKey: string): {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  atEnd: boolean;
  jumpToEnd(): void;
} {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    const view = scroller.current;
    if (view) view.scrollTop = view.scrollHeight;
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the reason to run again
  useLayoutEffect(() => {
    following.current = true;
    setAtEnd(true);
    toEnd();
  }, [resetKey, toEnd]);

  useEffect(() => {
    const view = scroller.current;
    const inner = content.current;
    if (!view || !inner) return;
    let lastTop = view.scrollTop;
    const onScroll = () => {
      const near = view.scrollHeight - view.scrollTop - view.clientHeight <= END_SLACK_PX;
      // Content that grows moves the end away without any scrolling; only an upward move is the reader's will.
      if (view.scrollTop < lastTop - 1 && !near) following.current = false;
      else if (near) following.current = true;
      lastTop = view.scrollTop;
      setAtEnd(near || following.current);
    };
    const observer = new ResizeObserver(() => {
      if (following.current) toEnd();
    });
    observer.observe(inner);
    observer.observe(view);
    view.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      view.removeEventListener("scroll", onScroll);
    };
  }, [toEnd]);

  const jumpToEnd = useCallback(() => {
    following.current = true;
    setAtEnd(true);
    toEnd();
  }, [toEnd]);

  return { scroller, content, atEnd, jumpToEnd };
}
