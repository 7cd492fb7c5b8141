"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { SECTIONS } from "./sections";

/** The second key has to follow within this time. */
const SECOND_KEY_MS = 1_500;

/** "g" and a letter go to a page, "/" to its search field. */
export function AdminShortcuts() {
  const router = useRouter();
  useEffect(() => {
    let goUntil = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (document.querySelector("dialog[open]")) return;
      const section = event.timeStamp < goUntil ? SECTIONS.find(({ key }) => key === event.key) : undefined;
      goUntil = event.key === "g" ? event.timeStamp + SECOND_KEY_MS : 0;
      if (section) router.push(section.href);
      else if (event.key === "/") document.querySelector<HTMLInputElement>("[data-page-search]")?.focus();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [router]);
  return null;
}

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName) || isTextField(target))
  );
}

const isTextField = (target: HTMLElement): boolean =>
  target instanceof HTMLInputElement && target.type !== "checkbox";
