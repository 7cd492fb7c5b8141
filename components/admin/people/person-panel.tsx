"use client";

import { type FormEvent, useState } from "react";
import type { PersonRow } from "@/lib/contracts/people";
import { ROLES } from "@/lib/contracts/roles";
import { Button } from "../../ui/button";
import { Fact, Facts, PanelSection } from "../../ui/facts";
import { Input } from "../../ui/input";
import { RelativeTime } from "../../ui/relative-time";
import { SidePanel } from "../../ui/side-panel";
import type { BulkAct } from "../bulk-dialog";
import { useMayChange } from "../use-may-change";
import { PersonState, ROLE_LABELS } from "./people-columns";
import type { PeopleActs } from "./use-people-acts";

type PersonPanelProps = { person: PersonRow; acts: PeopleActs; onAsk(act: BulkAct): void; onClose(): void };

/** What there is to know about one person, and to do. */
export function PersonPanel({ person, acts, onAsk, onClose }: PersonPanelProps) {
  const mayChange = useMayChange();
  const shutOutAt = person.disabledAt ?? person.suspendedAt;
  return (
    <SidePanel open onOpenChange={onClose} title={person.login} description={person.name ?? undefined}>
      <PanelSection title="About">
        <Facts>
          <Fact label="State">
            <PersonState person={person} />
            {shutOutAt && (
              <span className="text-muted-foreground">
                , <RelativeTime at={shutOutAt} />
              </span>
            )}
            {!person.disabledAt && person.suspendedAt && (
              <span className="block text-xs text-muted-foreground">
                In none of the organisations and teams that may use this server. Their next sign-in looks
                again.
              </span>
            )}
          </Fact>
          <Fact label="Last seen">
            <RelativeTime at={person.lastSeenAt} />
          </Fact>
          <Fact label="Joined">
            <RelativeTime at={person.createdAt} />
          </Fact>
          <Fact label="Sessions">
            {person.sessions > 0 ? (
              <a
                className="text-accent underline-offset-2 hover:underline"
                href={`/admin/sessions?owner=${encodeURIComponent(person.login)}`}
              >
                {person.sessions.toLocaleString("en")}
              </a>
            ) : (
              "none"
            )}
          </Fact>
          <Fact label="Turns">
            {person.turns.toLocaleString("en")}
            {person.activeTurns > 0 && `, ${person.activeTurns} under way`}
          </Fact>
          <Fact label="Signed in with">
            {person.logins === 1 ? "1 browser" : `${person.logins} browsers`}
          </Fact>
          <Fact label="Audit log">
            <a
              className="text-accent underline-offset-2 hover:underline"
              href={`/admin/audit?person=${encodeURIComponent(person.login)}`}
            >
              What they did
            </a>
            {" · "}
            <a
              className="text-accent underline-offset-2 hover:underline"
              href={`/admin/audit?target=${person.id}`}
            >
              what was done to them
            </a>
          </Fact>
        </Facts>
      </PanelSection>
      <PanelSection title="Role">
        <fieldset disabled={!mayChange || person.roleFixed} className="space-y-1.5 disabled:opacity-70">
          <legend className="sr-only">Role</legend>
          {ROLES.map((role) => (
            <label key={role} className="flex items-start gap-2.5 text-[0.8125rem]">
              <input
                type="radio"
                name="role"
                className="mt-0.5 size-4 accent-accent"
                checked={person.role === role}
                onChange={() => onAsk(acts.setRole([person], role))}
              />
              <span>
                {ROLE_LABELS[role]}
                <span className="block text-xs text-muted-foreground">{ROLE_TEXTS[role]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {person.mappedRole && !person.roleFixed && (
          <p className="mt-2 text-xs text-muted-foreground">
            GitHub gives them {ROLE_LABELS[person.mappedRole].toLowerCase()}, by an organisation or a team.
          </p>
        )}
        {person.roleFixed && (
          <p className="mt-2 text-xs text-muted-foreground">
            Named in ADMIN_LOGINS: an administrator until the operator changes that.
          </p>
        )}
      </PanelSection>
      <PanelSection title="Answers at once">
        <LimitForm
          key={person.turnsMax}
          turnsMax={person.turnsMax}
          disabled={!mayChange}
          onSet={(turnsMax) => onAsk(acts.setLimit([person], turnsMax))}
        />
      </PanelSection>
      {mayChange && (
        <PanelSection title="Access">
          <div className="flex flex-wrap gap-2">
            <Button size="sm" disabled={person.logins === 0} onClick={() => onAsk(acts.signOut([person]))}>
              Sign out everywhere
            </Button>
            {person.disabledAt ? (
              <Button size="sm" onClick={() => onAsk(acts.enable([person]))}>
                Enable
              </Button>
            ) : (
              <Button size="sm" className="text-danger!" onClick={() => onAsk(acts.disable([person]))}>
                Disable
              </Button>
            )}
          </div>
        </PanelSection>
      )}
    </SidePanel>
  );
}

const ROLE_TEXTS = {
  user: "Their own sessions.",
  auditor: "Sees these pages, and changes nothing.",
  admin: "Everything here.",
} as const;

type LimitFormProps = { turnsMax: number | null; disabled: boolean; onSet(turnsMax: number | null): void };

function LimitForm({ turnsMax, disabled, onSet }: LimitFormProps) {
  const [text, setText] = useState(turnsMax?.toString() ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSet(text.trim() === "" ? null : Number(text));
  };
  return (
    <form className="flex items-center gap-2" onSubmit={submit}>
      <Input
        type="number"
        min={0}
        max={1000}
        step={1}
        aria-label="Answers at once"
        placeholder="as everybody"
        className="h-8! w-36!"
        disabled={disabled}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {!disabled && (
        <Button type="submit" size="sm" disabled={text.trim() === (turnsMax?.toString() ?? "")}>
          Change
        </Button>
      )}
    </form>
  );
}
