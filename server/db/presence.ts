import { Prisma } from "./generated/client";

/** Class of the advisory locks by which processes show each other that they are there. */
const PRESENCE_CLASS = 20_417;

/** Held by a process on its one LISTEN connection: it is gone with the process, however that ends. Shared, because
 *  a connection that is being replaced may hold it for a moment longer. */
export const TAKE_PRESENCE = `SELECT pg_advisory_lock_shared(${PRESENCE_CLASS}, hashtext($1))`;

/** True where the process with this id is there. */
export const isPresentSql = (id: Prisma.Sql): Prisma.Sql => Prisma.sql`EXISTS (
  SELECT 1 FROM pg_locks l
  WHERE l.locktype = 'advisory' AND l.classid = ${Prisma.raw(String(PRESENCE_CLASS))} AND l.objsubid = 2 AND l.granted
    AND l.objid = (hashtext(${id})::bigint & 4294967295)::oid
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))`;
