"use client";

import { Users } from "lucide-react";
import { useState } from "react";
import { PEOPLE_SORTS, type PersonRow } from "@/lib/contracts/people";
import { ROLES } from "@/lib/contracts/roles";
import { AskedTable } from "../../shell/asked-table";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { FilterMenu } from "../../ui/filter-menu";
import { Pager } from "../../ui/pager";
import { SearchField } from "../../ui/search-field";
import { BulkBar } from "../bulk-bar";
import { useBulkActs } from "../use-bulk-acts";
import { useMayChange } from "../use-may-change";
import { PEOPLE_COLUMNS, ROLE_LABELS } from "./people-columns";
import { PersonPanel } from "./person-panel";
import { PEOPLE_PAGE_ROWS, usePeople, usePeopleView, useRefreshPeople } from "./use-people";
import { usePeopleActs } from "./use-people-acts";

const STATES = [
  { value: "enabled", label: "Enabled" },
  { value: "disabled", label: "Disabled" },
  { value: "suspended", label: "Suspended" },
] as const;
const ROLE_OPTIONS = ROLES.map((role) => ({ value: role, label: ROLE_LABELS[role] }));

export function PeoplePage() {
  const mayChange = useMayChange();
  const [view, setView] = usePeopleView();
  const asked = usePeople(view);
  const refresh = useRefreshPeople();
  const acts = usePeopleActs();
  const [openId, setOpenId] = useState<string | null>(null);
  const people = asked.data?.items;
  const total = asked.data?.total ?? 0;
  const { selection, chosen, ask, dialog } = useBulkActs(people, refresh);
  const open = people?.find(({ id }) => id === openId);
  const isFiltered = view.q !== "" || view.role !== null || view.state !== null;

  return (
    <SectionPage
      title="People"
      filters={
        <>
          <SearchField
            label="Search people"
            placeholder="Search people"
            value={view.q}
            onChange={(q) => void setView({ q: q || null, page: null })}
          />
          <FilterMenu
            label="Role"
            value={view.role}
            options={ROLE_OPTIONS}
            onChange={(role) => void setView({ role, page: null })}
          />
          <FilterMenu
            label="State"
            value={view.state}
            options={STATES}
            onChange={(state) => void setView({ state, page: null })}
          />
        </>
      }
    >
      <SectionScroll>
        <AskedTable<PersonRow>
          asked={asked}
          label="People"
          columns={PEOPLE_COLUMNS}
          rows={people}
          idOf={({ id }) => id}
          nameOf={({ login }) => login}
          sort={{ by: view.sort, descending: view.desc }}
          onSort={({ by, descending }) =>
            void setView({
              sort: PEOPLE_SORTS.find((sort) => sort === by) ?? null,
              desc: descending,
              page: null,
            })
          }
          {...(mayChange && { selection })}
          onOpen={({ id }) => setOpenId(id)}
          empty={
            <EmptyState
              icon={<Users />}
              title={isFiltered ? "Nobody matches" : "Nobody has signed in yet"}
              text={
                isFiltered
                  ? "Try other words, or fewer conditions."
                  : "People appear here when they sign in with GitHub for the first time."
              }
            >
              {isFiltered && (
                <Button
                  size="sm"
                  onClick={() => void setView({ q: null, role: null, state: null, page: null })}
                >
                  Show everybody
                </Button>
              )}
            </EmptyState>
          }
        />
        <BulkBar selection={selection}>
          <Button size="sm" onClick={() => ask(acts.signOut(chosen))}>
            Sign out
          </Button>
          <Button size="sm" onClick={() => ask(acts.enable(chosen))}>
            Enable
          </Button>
          <Button size="sm" className="text-danger!" onClick={() => ask(acts.disable(chosen))}>
            Disable
          </Button>
        </BulkBar>
      </SectionScroll>
      {people && total > 0 && (
        <Pager
          onPrevious={view.page > 0 ? () => void setView({ page: view.page - 1 }) : null}
          onNext={
            (view.page + 1) * PEOPLE_PAGE_ROWS < total ? () => void setView({ page: view.page + 1 }) : null
          }
        >
          {view.page * PEOPLE_PAGE_ROWS + 1}–{view.page * PEOPLE_PAGE_ROWS + people.length} of{" "}
          {total.toLocaleString("en")}
        </Pager>
      )}
      {open && <PersonPanel person={open} acts={acts} onAsk={ask} onClose={() => setOpenId(null)} />}
      {dialog}
    </SectionPage>
  );
}
