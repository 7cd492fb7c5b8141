"use client";

import { CalendarClock, Plus } from "lucide-react";
import { useState } from "react";
import type { Schedule } from "@/lib/contracts/schedules";
import { AskedTable } from "../shell/asked-table";
import { SectionPage, SectionScroll } from "../shell/section-page";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/empty-state";
import { SCHEDULE_COLUMNS } from "./schedule-columns";
import { ScheduleDialog } from "./schedule-dialog";
import { SchedulePanel } from "./schedule-panel";
import { useOpenSchedule, useRefreshSchedules, useSchedules } from "./use-schedules";

export function SchedulesPage() {
  const asked = useSchedules();
  const refresh = useRefreshSchedules();
  const [openId, setOpenId] = useOpenSchedule();
  const [editing, setEditing] = useState<{ schedule: Schedule | null } | null>(null);
  const schedules = asked.data?.items;
  const open = schedules?.find(({ id }) => id === openId);
  const newButton = (
    <Button size="sm" onClick={() => setEditing({ schedule: null })}>
      <Plus aria-hidden className="size-4" />
      New schedule
    </Button>
  );

  return (
    <SectionPage title="Schedules" actions={newButton}>
      <SectionScroll>
        <AskedTable<Schedule>
          asked={asked}
          label="Schedules"
          columns={SCHEDULE_COLUMNS}
          rows={schedules}
          idOf={({ id }) => id}
          nameOf={({ name }) => name}
          skeletonRows={3}
          onOpen={({ id }) => void setOpenId(id)}
          empty={
            <EmptyState
              icon={<CalendarClock />}
              title="No schedules yet"
              text="A schedule runs a prompt at the times you say, such as every weekday at nine, in your time zone. Each run is a job with its own session and a kept answer."
            >
              {newButton}
            </EmptyState>
          }
        />
      </SectionScroll>
      {open && !editing && (
        <SchedulePanel
          schedule={open}
          onEdit={() => setEditing({ schedule: open })}
          onClose={() => void setOpenId(null)}
        />
      )}
      {editing && (
        <ScheduleDialog
          schedule={editing.schedule}
          onClose={() => setEditing(null)}
          onDone={(scheduleId) => {
            setEditing(null);
            refresh();
            void setOpenId(scheduleId);
          }}
        />
      )}
    </SectionPage>
  );
}
