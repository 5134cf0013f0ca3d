/** kube-apiserver's token webhook: an EKS token is the user that the emulator with its cluster says. */
import { askAll } from "./emulators.ts";
import { log } from "./log.ts";

interface Verdict {
  readonly authenticated: boolean;
  readonly reason?: string;
  readonly cluster?: string;
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

/** `folder`: where the emulators are registered, for tests. */
export function tokenHandler(folder?: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const review = await request.json() as { spec?: { token?: string } };
    const token = review.spec?.token ?? "";
    const status = token.startsWith("k8s-aws-v1.") ? await authenticate(token, folder) : { authenticated: false };
    return Response.json({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", status });
  };
}

async function authenticate(token: string, folder?: string) {
  const verdicts = await askAll<Verdict>("eks/review", { token }, folder);
  const { answer } = verdicts.find((each) => each.answer.authenticated) ?? {};
  if (!answer) {
    const reasons = verdicts.map((each) => `${each.emulator.account}: ${each.answer.reason}`);
    log("token", `refused: ${reasons.join("; ") || "no emulator runs"}`);
    return { authenticated: false, error: "Unauthorized" };
  }
  log("token", `${answer.username} in ${answer.cluster} is ${answer.groups?.join(",")}`);
  return { authenticated: true, user: { username: answer.username, uid: answer.uid, groups: answer.groups } };
}
