import { handleDocument } from "@/server/runtime/rest";

export const dynamic = "force-dynamic";

export { handleDocument as GET };
