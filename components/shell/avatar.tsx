"use client";

import { useState } from "react";

/** A person's picture, or their initial where there is none or it does not load. */
export function Avatar({ login, image }: { login: string; image: string | null }) {
  const [failed, setFailed] = useState(false);
  return (
    <span
      aria-hidden
      className="grid size-7 shrink-0 place-items-center overflow-hidden rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
    >
      {image && !failed ? (
        // biome-ignore lint/performance/noImgElement: a 28 px picture from GitHub needs no optimiser
        <img src={image} alt="" className="size-full object-cover" onError={() => setFailed(true)} />
      ) : (
        login.charAt(0)
      )}
    </span>
  );
}
