import { getRuntime } from "@/server/runtime/runtime";

type Context = { params: Promise<{ nextauth: string[] }> };

async function handler(request: Request, { params }: Context): Promise<Response> {
  const { auth } = await getRuntime();
  return auth.handle(request, (await params).nextauth);
}

export { handler as GET, handler as POST };
