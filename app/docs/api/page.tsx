import type { Metadata } from "next";
import { ApiReference } from "@/components/docs/api-reference";
import { currentDocument } from "@/server/runtime/rest";

export const metadata: Metadata = { title: "REST API · Flightdeck" };

/** Open to everybody, as the document that it shows. */
export default async function Page() {
  return <ApiReference api={await currentDocument()} />;
}
