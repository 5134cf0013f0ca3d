/** The account's quotas. */
import type { QuotasPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { callingOrNull } from "./errors.ts";

export function quotas(clients: Clients): QuotasPort {
  return {
    value: async (service, code) => {
      const { GetServiceQuotaCommand } = await import("@aws-sdk/client-service-quotas");
      const request = new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code });
      const found = await callingOrNull(
        "servicequotas:GetServiceQuota",
        code,
        ["NoSuchResourceException"],
        async () => {
          return await (await clients.serviceQuotas()).send(request);
        },
      );
      return found?.Quota?.Value ?? null;
    },
  };
}
