/** An emulator of a test file's own with the real adapters over it: assemblies in, what AWS then holds and was asked out. */
import { readFunctions } from "../../../lib/adapters/assets.ts";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as ec2 from "@aws-sdk/client-ec2";
import { clients as openClients } from "../../../lib/adapters/aws/clients.ts";
import { awsPorts } from "../../../lib/adapters/aws/ports.ts";
import { stacks } from "../../../lib/adapters/aws/stacks.ts";
import { systemClock } from "../../../lib/adapters/clock.ts";
import type { KubePort, Ports, StackDiff, StackPort, Task } from "../../../lib/core/ports.ts";
import { recordingEmitter } from "../../fakes/emitter.ts";
import type { Operation } from "../../../lib/actions/operation.ts";
import { openFiles } from "../../../lib/project/files.ts";
import { openOperation } from "../../../lib/project/operation.ts";
import type { Config } from "../../../lib/plan/types.ts";
import { executionPolicies } from "../../../lib/permissions/execution.ts";
import { smallest } from "../../infra/config.ts";
import { synthesize } from "../../../infra/synth.ts";
import { type Emulator, startEmulator } from "./emulator.ts";
import { type Holdings, holdings } from "./holdings.ts";
import { askLab } from "./raw.ts";

/** A config as files, and its stacks in the order of their deployment. */
export interface Assembly {
  readonly folder: string;
  readonly stacks: readonly string[];
}

export interface Request {
  readonly service: string;
  readonly action: string;
  readonly path: string;
}

export const NEVER: AbortSignal = new AbortController().signal;

/** For a port that works long: nobody hears its story, and nothing ends it. */
export const TASK: Task = { id: "stacks", emit: () => {}, signal: NEVER };

interface Place {
  readonly region: string;
  readonly kube: KubePort;
}

export class StackBed {
  readonly #account: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #port: number;
  #emulator: Emulator | undefined;
  #folder = "";

  constructor(account: string, port: number) {
    this.#account = account;
    this.#port = port;
    this.#environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }

  async start(): Promise<void> {
    this.#folder = await Deno.makeTempDir({ prefix: "unitune-bed-" });
    this.#emulator = await startEmulator({ account: this.#account, port: this.#port });
    for (const [name, value] of Object.entries(this.#environment)) Deno.env.set(name, value);
  }

  async stop(): Promise<void> {
    await this.#emulator?.stop();
    for (const name of Object.keys(this.#environment)) Deno.env.delete(name);
    await Deno.remove(this.#folder, { recursive: true });
  }

  stacks(region: string): StackPort {
    return stacks(openClients({ region }), { cdkHome: `${this.#folder}/cdk`, pollMs: 50 });
  }

  /** As unitune's apply does it, once. */
  async bootstrap(region: string): Promise<void> {
    const port = this.stacks(region);
    if (await port.bootstrapped()) return;
    await port.bootstrap(TASK, executionPolicies({ ...smallest(), region, account: this.#account }));
  }

  ports(region: string, kube: KubePort): Ports {
    const clients = openClients({ region });
    return {
      ...awsPorts(clients),
      stacks: this.stacks(region),
      clock: systemClock,
      kube: () => Promise.resolve(kube),
      close: () => clients.close(),
    };
  }

  /** Does something with a config in this account, and this cluster. */
  async operate<T>(config: Config, { region, kube }: Place, act: (operation: Operation) => Promise<T>): Promise<T> {
    const files = await openFiles(config), ports = this.ports(region, kube);
    try {
      return await act(openOperation(files, ports, { emitter: recordingEmitter(), signal: NEVER }));
    } finally {
      await ports.close();
      await files.close();
    }
  }

  async assembly(config: Config): Promise<Assembly> {
    const folder = await Deno.makeTempDir({ dir: this.#folder });
    return { folder, ...await synthesize(config, folder, await readFunctions()) };
  }

  /** The first of all templates that has a resource of this type: by what is in it, as names of stacks are the config's. */
  async templateWith(type: string, { folder, stacks }: Assembly): Promise<{ stack: string; template: Template }> {
    for (const stack of stacks) {
      const template: Template = JSON.parse(await Deno.readTextFile(`${folder}/${stack}.template.json`));
      if (Object.values(template.Resources).some(({ Type }) => Type === type)) return { stack, template };
    }
    throw new Error(`No stack has a ${type}`);
  }

  /** What was asked since the last `forget`. */
  async requests(): Promise<readonly Request[]> {
    return (await this.lab("GET", "requests")).requests;
  }

  /** What the lab asks of an emulator: `pod-identity/credentials`. */
  // deno-lint-ignore no-explicit-any
  lab(method: "DELETE" | "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<any> {
    return askLab(this.#emulator!.url, method, path, body);
  }

  async forget(): Promise<void> {
    await this.lab("DELETE", "requests");
  }

  async changeSets(region: string, names: readonly string[]): Promise<readonly string[]> {
    const client = new cfn.CloudFormationClient({ region });
    const found = names.map(async (StackName) => {
      const { Summaries = [] } = await client.send(new cfn.ListChangeSetsCommand({ StackName }));
      return Summaries.map(({ ChangeSetId }) => ChangeSetId!);
    });
    return (await Promise.all(found)).flat();
  }

  /** What the account holds that stacks make, as names. */
  async holdings(region: string): Promise<Holdings> {
    return await holdings(this.#emulator!.url, region);
  }
}

export interface Template {
  // deno-lint-ignore no-explicit-any
  readonly Resources: Record<string, { readonly Type: string; DependsOn?: string | string[]; Properties?: any }>;
}

/** The templates as text: what tells one assembly from another. */
export async function templatesOf({ folder, stacks }: Assembly): Promise<string> {
  const texts = stacks.map((stack) => Deno.readTextFile(`${folder}/${stack}.template.json`));
  return (await Promise.all(texts)).join("\n");
}

/** Each change as `action type`, of all stacks. */
export function changesOf(diffs: readonly StackDiff[]): string[] {
  return diffs.flatMap(({ changes }) => changes.map(({ action, resourceType }) => `${action} ${resourceType}`)).sort();
}

/** Ids in examples are nobody's: a VPC of this account takes the place of the one that the config names. */
export async function withVpc(config: Config): Promise<Config> {
  const { network, region } = config;
  if (network.kind !== "existing") return config;
  const client = new ec2.EC2Client({ region });
  const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.99.0.0/16" }));
  const vpcId = Vpc!.VpcId!, privateSubnets: string[] = [];
  for (const [index, zone] of ["a", "b", "c"].slice(0, network.privateSubnets.length).entries()) {
    const made = { VpcId: vpcId, CidrBlock: `10.99.${index * 64}.0/18`, AvailabilityZone: `${region}${zone}` };
    privateSubnets.push((await client.send(new ec2.CreateSubnetCommand(made))).Subnet!.SubnetId!);
  }
  return { ...config, network: { ...network, vpcId, privateSubnets } };
}
