/** What a run knows: the outputs of the stacks, the caller, and access to the cluster. Each is read once. */
import { UnituneError } from "../core/errors.ts";
import { placementGroupOutput, stackName } from "../core/names.ts";
import { OUTPUTS } from "../core/pins.ts";
import type { ClusterInfo, Identity, KubePort, Ports } from "../core/ports.ts";
import type { Config, Deployed } from "../plan/types.ts";

export class Session {
  readonly #config: Config;
  readonly #ports: Ports;
  /** Permissions that IAM did not deny: they are not checked again. */
  readonly asked = new Set<string>();
  #identity: Promise<Identity> | undefined;
  #deployed: Promise<Deployed | null> | undefined;
  #cluster: Promise<ClusterInfo | null> | undefined;
  #kube: Promise<KubePort> | undefined;

  constructor(config: Config, ports: Ports) {
    this.#config = config;
    this.#ports = ports;
  }

  /** The caller, whatever account the config names. */
  caller(): Promise<Identity> {
    return this.#identity ??= this.#ports.identity.caller();
  }

  /** The caller; throws if the config names another account. */
  identity(): Promise<Identity> {
    return this.caller().then((identity) => {
      const { account } = this.#config;
      if (account === null || account === identity.account) return identity;
      throw new UnituneError(
        "AWS_ACCOUNT",
        `Cannot use these credentials as the config is for account ${account}: they are for ${identity.account}`,
        { path: "account", hint: "Choose another --profile, or change `account` in the config" },
      );
    });
  }

  /** `null` if the stack does not exist or was never completed. */
  deployed(): Promise<Deployed | null> {
    return this.#deployed ??= this.#readDeployed();
  }

  async requireDeployed(): Promise<Deployed> {
    const deployed = await this.deployed();
    if (deployed) return deployed;
    throw new UnituneError(
      "NOT_DEPLOYED",
      `Cannot find stack ${stackName(this.#config.name, "eks")} in ${this.#config.region}: it is not deployed`,
      { hint: "Run `unitune apply` first" },
    );
  }

  cluster(): Promise<ClusterInfo | null> {
    return this.#cluster ??= this.#ports.eks.cluster(this.#config.name);
  }

  kube(): Promise<KubePort> {
    return this.#kube ??= this.cluster().then((cluster) => {
      if (cluster) return this.#ports.kube(cluster);
      throw new UnituneError("NOT_DEPLOYED", `Cannot reach cluster ${this.#config.name}: it does not exist`, {
        hint: "Run `unitune apply` first",
      });
    });
  }

  /** Call it after a deployment: what was read before may be outdated. */
  forget(): void {
    this.#deployed = this.#cluster = this.#kube = undefined;
  }

  async #readDeployed(): Promise<Deployed | null> {
    const outputs = await this.#ports.stacks.outputs(stackName(this.#config.name, "eks"));
    if (!outputs) return null;
    const { account } = await this.identity();
    const { nodeRoleName, queueName, contextBucket, pushRoleArn } = OUTPUTS;
    const values = [nodeRoleName, queueName, contextBucket, pushRoleArn].map((name) => outputs[name]);
    if (values.includes(undefined)) return null;
    const [role, queue, bucket, push] = values as string[];
    return {
      account,
      region: this.#config.region,
      nodeRoleName: role!,
      queueName: queue!,
      contextBucket: bucket!,
      pushRoleArn: push!,
      placementGroups: groupsOf(this.#config, outputs),
    };
  }
}

function groupsOf({ pools }: Config, outputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = pools.map(({ name }) => [name, outputs[placementGroupOutput(name)]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
