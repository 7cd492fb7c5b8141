import { handleTrpc } from "@/server/runtime/http";

export { handleTrpc as GET, handleTrpc as POST };
