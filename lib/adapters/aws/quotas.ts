/** The account's quotas. */
import { UnituneError } from "../../core/errors.ts";
import type { QuotasPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { callingOrNull } from "./errors.ts";

/** Not every network reaches Service Quotas, and no plan waits long for it. */
const LONGEST_MS = 10_000;

function late(code: string): UnituneError {
  return new UnituneError("AWS_UNREACHABLE", `Cannot read quota ${code}: no answer in ${LONGEST_MS / 1000} s`, {
    hint: "Allow this machine to reach servicequotas of the region",
  });
}

export function quotas(clients: Pick<Clients, "serviceQuotas">, longestMs = LONGEST_MS): QuotasPort {
  return {
    value: async (service, code) => {
      const { GetServiceQuotaCommand } = await import("@aws-sdk/client-service-quotas");
      const request = new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code });
      const found = await callingOrNull(
        "servicequotas:GetServiceQuota",
        code,
        ["NoSuchResourceException"],
        async () => {
          const client = await clients.serviceQuotas(), abortSignal = AbortSignal.timeout(longestMs);
          try {
            return await client.send(request, { abortSignal });
          } catch (error) {
            throw abortSignal.aborted ? late(code) : error;
          }
        },
      );
      return found?.Quota?.Value ?? null;
    },
  };
}
