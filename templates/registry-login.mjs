// Logs in to registries of ECR for Helm, with the role that Pod Identity gives this pod: charts that are mirrored there are
// private. Runs in an init container of the Job that installs Karpenter; Node.js 24 and fetch-context.mjs are all it needs.
//
// Reads the environment: REGISTRIES (hosts with commas between), and what EKS sets. Writes $DOCKER_CONFIG/config.json.
import { podCredentials, reason, writeLogins } from "./fetch-context.mjs";

const hosts = process.env.REGISTRIES.split(",");
try {
  await writeLogins(await podCredentials(), hosts);
  console.log(`login: ${hosts.join(", ")}`);
} catch (error) {
  console.error(`Cannot log in to ${hosts.join(", ")}: ${reason(error)}`);
  process.exit(1);
}
