"use client";

import { Bookmark, BookmarkPlus, Trash2 } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Input } from "../ui/input";
import { Menu } from "../ui/menu";

/** The conditions and order of a list under a name. Kept in this browser; the address itself can be shared. */
type SavedView = { name: string; query: string };

const NAME_CHARS_MAX = 60;
const VIEWS_MAX = 20;
/** What belongs to a moment and not to a view. */
const PASSING = ["after", "before", "page"];

function readViews(key: string): SavedView[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(stored)
      ? stored.filter((view) => typeof view?.name === "string" && typeof view?.query === "string")
      : [];
  } catch {
    return [];
  }
}

function writeViews(key: string, views: SavedView[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(views.slice(0, VIEWS_MAX)));
  } catch {
    // A browser that keeps nothing has no views.
  }
}

/** The views of one list: those that come with it, and those that were saved. */
export function SavedViews({ presets }: { presets: readonly SavedView[] }) {
  const pathname = usePathname() ?? "";
  const router = useRouter();
  const params = useSearchParams();
  const key = `flightdeck:views:${pathname}`;
  const [saved, setSaved] = useState<SavedView[]>([]);
  const [naming, setNaming] = useState(false);
  useEffect(() => setSaved(readViews(key)), [key]);

  const current = new URLSearchParams(params ?? undefined);
  for (const name of PASSING) current.delete(name);
  const query = current.toString();
  const chosen = saved.find((view) => view.query === query);

  const keep = (views: SavedView[]) => {
    setSaved(views);
    writeViews(key, views);
  };
  const pick = (view: SavedView) => ({
    kind: "pick" as const,
    label: view.name,
    icon: null,
    chosen: view.query === query,
    onSelect: () => router.push(view.query === "" ? pathname : `${pathname}?${view.query}`),
  });

  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button size="sm">
            <Bookmark aria-hidden className="size-3.5 text-muted-foreground" />
            Views
          </Button>
        }
        entries={[
          ...presets.map(pick),
          ...(saved.length > 0 ? [{ kind: "heading" as const, label: "Saved in this browser" }] : []),
          ...saved.map(pick),
          { kind: "separator", label: "after views" },
          {
            kind: "action",
            label: "Save this view",
            icon: <BookmarkPlus />,
            onSelect: () => setNaming(true),
          },
          ...(chosen
            ? [
                {
                  kind: "action" as const,
                  label: `Forget “${chosen.name}”`,
                  icon: <Trash2 />,
                  onSelect: () => keep(saved.filter((view) => view !== chosen)),
                },
              ]
            : []),
        ]}
      />
      {naming && (
        <NameDialog
          onClose={() => setNaming(false)}
          onName={(name) => {
            keep([...saved.filter((view) => view.name !== name), { name, query }]);
            setNaming(false);
          }}
        />
      )}
    </>
  );
}

function NameDialog({ onClose, onName }: { onClose(): void; onName(name: string): void }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") onName(name.trim());
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Save this view"
      description="Its conditions and order, under a name. It is kept in this browser; to share it, send the address."
    >
      <form className="flex gap-2" onSubmit={submit}>
        <Input
          aria-label="Name of the view"
          placeholder="Stuck since yesterday"
          maxLength={NAME_CHARS_MAX}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" variant="primary" disabled={name.trim() === ""}>
          Save
        </Button>
      </form>
    </Dialog>
  );
}
