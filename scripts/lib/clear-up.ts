// Run by the watchdog of a process book when the process that kept the book died without ending its children:
//   node --import tsx scripts/lib/clear-up.ts <folder of the book>
import { endLeftovers } from "./process-book";

const [, , dir] = process.argv;
if (dir) await endLeftovers(dir);
