/** Placement groups that pools name. */
import { DescribePlacementGroupsCommand } from "@aws-sdk/client-ec2";
import type { PlacementPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { callingOrNull } from "./errors.ts";

const OPERATION = "ec2:DescribePlacementGroups";
const ABSENT = ["InvalidPlacementGroup.Unknown", "InvalidPlacementGroupId.Malformed"];

export function placement(clients: Clients): PlacementPort {
  return {
    group: (selector) => {
      const [id, request] = "id" in selector
        ? [selector.id, { GroupIds: [selector.id] }]
        : [selector.name, { GroupNames: [selector.name] }];
      return callingOrNull(OPERATION, id, ABSENT, async () => {
        const client = await clients.ec2();
        const { PlacementGroups: [found] = [] } = await client.send(new DescribePlacementGroupsCommand(request));
        return found ? { state: found.State ?? "", strategy: found.Strategy ?? "" } : null;
      });
    },
  };
}
