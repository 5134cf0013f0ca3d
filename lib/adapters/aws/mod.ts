/** The AWS side of the ports, over the SDK. */
export { capacity } from "./capacity.ts";
export { type Clients, clients } from "./clients.ts";
export { contextStore } from "./context_store.ts";
export { eks } from "./eks.ts";
export { identity } from "./identity.ts";
export { keys } from "./keys.ts";
export { leftovers } from "./leftovers.ts";
export { lock } from "./lock.ts";
export { network } from "./network.ts";
export { owners } from "./owners.ts";
export { parameters } from "./parameters.ts";
export { placement } from "./placement.ts";
export { permissions } from "./permissions.ts";
export { quotas } from "./quotas.ts";
export { reach } from "./reach.ts";
export { registry } from "./registry.ts";
