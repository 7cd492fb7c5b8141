import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { PeopleStore } from "../people/store";
import { type AccessLists, placesOf } from "../rules";
import { MEMBERSHIP_AGAIN_MS, MEMBERSHIP_EVERY_MS } from "../tunables";
import { type Memberships, personTopic } from "../types";
import { membershipEntry, readPlaces, type Settlement, settle } from "./rules";
import type { MembershipStore } from "./store";

type Deps = {
  store: MembershipStore;
  people: Pick<PeopleStore, "change">;
  lists: AccessLists;
  bell: Pick<Bell, "ring">;
  clock: Clock;
  log: Log;
};

/** What people are by their organisations and teams on GitHub. See `Memberships` for what each call guarantees. */
export function createMemberships({ store, people, lists, bell, clock, log }: Deps): Memberships {
  const places = placesOf(lists);
  return {
    read: (ask) => readPlaces(places, ask),

    claim(rows) {
      const dueBefore = clock.now().getTime() - MEMBERSHIP_EVERY_MS;
      return store.claim(new Date(dueBefore), new Date(dueBefore + MEMBERSHIP_AGAIN_MS), rows);
    },

    async settle({ id, login, reading, claimedAt }) {
      let settled = null as Settlement | null;
      await people.change(id, async (stored, otherAdmins) => {
        const isOutdated = claimedAt && stored.membershipAt?.getTime() !== claimedAt.getTime();
        if (isOutdated) return null;
        const known = { person: { ...stored, login }, reading, lists, now: clock.now() };
        settled = await settle(known, otherAdmins);
        return settled.outcome;
      });
      if (settled === null) return "outdated";
      const { became, outcome } = settled;
      if (outcome.entries.length > 0) bell.ring(personTopic(id));
      if (became === "unchanged") {
        log.warn(
          { userId: id, login, reason: reading.loss },
          "the last administrator lost their place in GITHUB_ROLE_MAP and stays; name one in ADMIN_LOGINS",
        );
        return "member";
      }
      return became;
    },

    async restore(id) {
      await people.change(id, (person) =>
        person.suspendedAt === null
          ? null
          : { set: { suspendedAt: null }, entries: [membershipEntry(person)("person.restored")] },
      );
    },
  };
}
