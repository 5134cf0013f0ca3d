/** CloudFormation stacks: the CDK toolkit deploys them from a cloud assembly on disk, and deletes them. */
import type { DeployOptions, ExecutionPolicy, StackDiff, StackDrift, StackPort, Task } from "../../core/ports.ts";
import { temporaryFolder } from "../temporary.ts";
import { useCdkHome } from "./cdk_home.ts";
import type { Clients } from "./clients.ts";
import { attachedPolicies, ensurePolicies } from "./execution_policies.ts";
import { type StackClient, stackClient } from "./stack_client.ts";
import { stackChanges, type TemplateDifference } from "./stack_diff.ts";
import { detectDrift, DRIFT_STATES } from "./stack_drift.ts";
import { interrupted, stackFailure } from "./stack_errors.ts";
import { StackListener } from "./stack_events.ts";
import { isAbsent, stackState } from "../../core/stack_states.ts";
import { unlessStuck } from "./watchdog.ts";
import type { DiffMethod, Toolkit } from "./stack_toolkit.ts";

interface StacksOptions {
  /** Folder of the toolkit's caches. Default: a temporary one for this process. */
  readonly cdkHome?: string | undefined;
  /** Milliseconds between two reads of a changing stack. */
  readonly pollMs?: number | undefined;
}

export function stacks(clients: Clients, options: StacksOptions = {}): StackPort {
  return new Stacks(clients, options);
}

/** The oldest bootstrap whose roles and bucket can deploy our stacks. */
const OLDEST_BOOTSTRAP = 6;
/** How often it is told how long a slow resource has taken. */
const ELAPSED_MS = 60_000;
const BOOTSTRAP_STACK = "CDKToolkit";
/** How often a bootstrap is tried that another run disturbs. */
const BOOTSTRAPS = 3;
/** How long an interrupted operation may take to delete its change set. */
const GRACE_MS = 10_000;
/** The same for a plan, which must leave nothing behind: AWS takes up to a minute to make the change set first. */
const PLAN_GRACE_MS = 90_000;

type ToolkitModule = typeof import("./stack_toolkit.ts");

interface Work extends Task {
  /** For errors: `deploy stacks …`. */
  readonly action: string;
  /** How long it may take to clean up after an interrupt. */
  readonly graceMs?: number;
  /** Whether it changes stacks. Default: it does. */
  readonly changes?: boolean;
}

class Stacks implements StackPort {
  readonly #clients: Clients;
  readonly #options: StacksOptions;
  readonly #client: StackClient;

  constructor(clients: Clients, options: StacksOptions) {
    this.#clients = clients;
    this.#options = options;
    this.#client = stackClient(clients);
  }

  async bootstrapped(): Promise<boolean> {
    const version = await this.#read("read the CDK bootstrap's version", () => this.#client.bootstrapVersion());
    return version !== null && version >= OLDEST_BOOTSTRAP;
  }

  async attachedPolicies(account: string): Promise<readonly string[] | null> {
    return await this.#read("read the policies of CloudFormation's role", () => {
      return attachedPolicies(this.#clients, account);
    });
  }

  async bootstrap(task: Task, policies: readonly ExecutionPolicy[]): Promise<void> {
    const work = { ...task, action: `bootstrap ${this.#clients.region} for CDK` };
    const { place, arns } = await this.#read(work.action, async () => {
      const place = await this.#client.place();
      const state = await this.#client.describe(BOOTSTRAP_STACK);
      // An existing role keeps its policies, also one that the caller may not read: other apps may deploy with it.
      const isNew = (state === null || isAbsent(state.status)) &&
        await attachedPolicies(this.#clients, place.account) === null;
      return { place, arns: isNew ? await ensurePolicies(this.#clients, place, policies) : null };
    });
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#bootstrap(work, place.account, arns);
      } catch (error) {
        // Another run, of any app, may bootstrap at the same moment: its result is as good.
        await this.#settle(BOOTSTRAP_STACK, work);
        if (await this.bootstrapped()) return;
        if (attempt >= BOOTSTRAPS || task.signal.aborted) throw error;
      }
    }
  }

  /** `policies`: those of a new role; `null`: it exists and keeps its own. */
  async #bootstrap(work: Work, account: string, policies: readonly string[] | null): Promise<void> {
    await this.#run(work, async (toolkit, { BootstrapEnvironments, BootstrapStackParameters }) => {
      await this.#settle(BOOTSTRAP_STACK, work);
      const parameters = policies
        ? BootstrapStackParameters.withExisting({ cloudFormationExecutionPolicies: [...policies] })
        : BootstrapStackParameters.onlyExisting();
      await toolkit.bootstrap(BootstrapEnvironments.fromList([`aws://${account}/${this.#clients.region}`]), {
        parameters,
      });
    });
  }

  async diff(assembly: string, task: Task): Promise<readonly StackDiff[]> {
    const work = {
      ...task,
      action: "compare the stacks with what is deployed",
      graceMs: PLAN_GRACE_MS,
      changes: false,
    };
    return await this.#run(work, async (toolkit, module, listener) => {
      const diffs: StackDiff[] = [];
      for (const { name, template } of await stacksOf(toolkit, assembly)) {
        if (task.signal.aborted) throw interrupted(work.action, task.signal.reason);
        const state = await this.#client.recent(name);
        const exists = state !== null && !isAbsent(state.status), status = state?.status;
        const changes = exists
          ? named(await changesOf({ toolkit, module, listener }, assembly, name), template)
          : additions(template);
        diffs.push({ stack: name, exists, changes, ...status && { status } });
      }
      return diffs;
    });
  }

  async drift(stack: string, { id, emit, signal }: Task): Promise<StackDrift | null> {
    const action = `compare stack ${stack} with what it made`;
    return await this.#read(action, async () => {
      const status = (await this.#client.describe(stack))?.status;
      if (status === undefined || !DRIFT_STATES.includes(status)) return null;
      emit({ type: "progress", id, message: `${stack}: CloudFormation compares it with what it made` });
      return await detectDrift(await this.#clients.cloudFormation(), stack, async () => {
        await new Promise((resolve) => setTimeout(resolve, this.#pollMs));
        if (signal.aborted) throw interrupted(action, signal.reason);
      });
    });
  }

  async deploy(assembly: string, task: Task, options?: DeployOptions): ReturnType<StackPort["deploy"]> {
    const deployed = await this.#deploy(assembly, task, false);
    if (!options?.revertDrift) return deployed;
    // Only afterwards: what the stacks declare anew has been created or imported by then.
    const reverted = await this.#deploy(assembly, task, true);
    return reverted.map((stack, at) => ({ ...stack, changed: stack.changed || deployed[at]!.changed }));
  }

  async #deploy(assembly: string, task: Task, revertDrift: boolean): ReturnType<StackPort["deploy"]> {
    const work = { ...task, action: revertDrift ? "revert what was changed in the stacks" : "deploy the stacks" };
    return await this.#run(work, async (toolkit, { StackSelectionStrategy }, listener) => {
      for (const { name } of await stacksOf(toolkit, assembly)) {
        const status = await this.#settle(name, work);
        if (status && stackState(status).next === "roll back") await rollBack(toolkit, assembly, name);
      }
      const { stacks } = await toolkit.deploy(await toolkit.fromAssemblyDirectory(assembly), {
        stacks: { strategy: StackSelectionStrategy.ALL_STACKS },
        // Repositories outlive their stack: a later apply imports them again.
        deploymentMethod: { method: "change-set", importExistingResources: !revertDrift, revertDrift },
        concurrency: 4,
        stackEventPollingInterval: this.#pollMs,
      });
      return stacks.map(({ stackName, stackArn, outputs }) => {
        return { stack: stackName, changed: !listener.unchanged.has(stackArn), outputs };
      });
    });
  }

  async destroy(stack: string, task: Task): Promise<boolean> {
    const work = { ...task, action: `delete stack ${stack}` };
    const state = await this.#read(work.action, () => this.#client.describe(stack));
    if (!state || state.status === "DELETE_COMPLETE") return false;
    await this.#run(work, async (toolkit) => {
      await this.#settle(stack, work);
      const folder = temporaryFolder("destroy");
      try {
        await writeShell(folder, stack, this.#clients.region);
        await toolkit.destroy(await toolkit.fromAssemblyDirectory(folder), {
          stackEventPollingInterval: this.#pollMs,
        });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
    return true;
  }

  async status(stack: string): Promise<string | null> {
    const state = await this.#read(`read stack ${stack}`, () => this.#client.describe(stack));
    return state && state.status !== "DELETE_COMPLETE" ? state.status : null;
  }

  async outputs(stack: string): Promise<Readonly<Record<string, string>> | null> {
    const state = await this.#read(`read stack ${stack}`, () => this.#client.recent(stack));
    return state && !isAbsent(state.status) ? state.outputs : null;
  }

  /** How long the toolkit has been silent: it makes no request, and says nothing. */
  #idleMs(listener: StackListener): number {
    return Math.min(this.#clients.watch.idleMs, Date.now() - listener.heardAt);
  }

  get #pollMs(): number {
    return this.#options.pollMs ?? 2000;
  }

  async #read<T>(action: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw stackFailure({ action, error });
    }
  }

  /** Runs the toolkit. An interrupted caller does not wait for CloudFormation, which finishes what it has started. */
  async #run<T>(
    { id, action, emit, signal, graceMs, changes = true }: Work,
    work: (toolkit: Toolkit, module: ToolkitModule, listener: StackListener) => Promise<T>,
  ): Promise<T> {
    if (signal.aborted) throw interrupted(action, signal.reason);
    const listener = new StackListener(id, emit, signal);
    const told = () => listener.tellWhatGoesOn(this.#clients.region);
    signal.addEventListener("abort", told, { once: true });
    const elapsed = setInterval(() => listener.tellElapsed(), ELAPSED_MS);
    useCdkHome(this.#options.cdkHome);
    if (changes) this.#client.forget();
    const module = await import("./stack_toolkit.ts");
    try {
      const working = work(module.openToolkit(this.#clients, listener), module, listener);
      const watched = unlessStuck(working, { action, idleMs: () => this.#idleMs(listener) });
      return await unlessAborted(watched, listener, { signal, graceMs: graceMs ?? GRACE_MS });
    } catch (error) {
      const failed = listener.failures[0]?.stack ?? listener.last;
      const state = failed ? await this.#client.describe(failed).catch(() => null) : null;
      throw stackFailure({ action, error, failures: listener.failures, status: state?.status, signal });
    } finally {
      if (changes) this.#client.forget();
      clearInterval(elapsed);
      signal.removeEventListener("abort", told);
    }
  }

  /** Waits until no operation runs on the stack, of an interrupted run or another caller; returns its status then. */
  async #settle(stack: string, { id, emit, signal, action }: Work): Promise<string | undefined> {
    for (let reported = "";;) {
      const state = await this.#client.describe(stack);
      if (!state || stackState(state.status).next !== "wait") return state?.status;
      if (reported !== state.status) {
        emit({ type: "progress", id, message: `${stack} is ${state.status}: waiting for it to finish` });
      }
      reported = state.status;
      await new Promise((resolve) => setTimeout(resolve, this.#pollMs));
      if (signal.aborted) throw interrupted(action, signal.reason);
    }
  }
}

/** The toolkit at work. */
interface Opened {
  readonly toolkit: Toolkit;
  readonly module: ToolkitModule;
  readonly listener: StackListener;
}

interface Ending {
  readonly signal: AbortSignal;
  readonly graceMs: number;
}

async function unlessAborted<T>(working: Promise<T>, listener: StackListener, ending: Ending): Promise<T> {
  const { signal, graceMs } = ending;
  const { promise: aborted, resolve, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => {
    // Before CloudFormation starts, the toolkit stops at its next question and deletes its change set.
    timer = setTimeout(() => reject(signal.reason), listener.monitored.size > 0 ? 0 : graceMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([working, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
    resolve(undefined as never);
  }
}

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
}

interface Properties {
  readonly RepositoryName?: string;
}

/** Ends what an earlier operation left half-way: CloudFormation accepts no update before. */
async function rollBack(toolkit: Toolkit, assembly: string, stack: string): Promise<void> {
  const { StackSelectionStrategy } = await import("./stack_toolkit.ts");
  await toolkit.rollback(await toolkit.fromAssemblyDirectory(assembly), {
    stacks: { strategy: StackSelectionStrategy.PATTERN_MUST_MATCH_SINGLE, patterns: [stack] },
  });
}

async function stacksOf(toolkit: Toolkit, assembly: string): Promise<{ name: string; template: Template }[]> {
  const source = await toolkit.fromAssemblyDirectory(assembly);
  await using readable = await source.produce();
  return readable.cloudAssembly.stacks.map(({ stackName, template }) => ({ name: stackName, template }));
}

/** The difference to the deployed template. If there is one, a change set shows which resources are replaced. */
async function changesOf({ toolkit, module, listener }: Opened, assembly: string, stack: string) {
  const only = { strategy: module.StackSelectionStrategy.PATTERN_MUST_MATCH_SINGLE, patterns: [stack] };
  const read = async (method: DiffMethod, known: StackDiff["changes"] = []) => {
    const found = await toolkit.diff(await toolkit.fromAssemblyDirectory(assembly), { stacks: only, method });
    const values = listener.valuesOf(stack);
    return Object.values(found).flatMap((diff) => stackChanges(diff as unknown as TemplateDifference, known, values));
  };
  const byTemplate = await read(module.DiffMethod.TemplateOnly());
  if (byTemplate.length === 0) return byTemplate;
  return await read(
    module.DiffMethod.ChangeSet({ fallbackToTemplate: true, importExistingResources: true }),
    byTemplate,
  );
}

function additions(template: Template): StackDiff["changes"] {
  const added = Object.entries(template.Resources ?? {}).map(([logicalId, { Type }]) => {
    return { logicalId, resourceType: Type, action: "add" as const };
  });
  return named(added, template);
}

function named(changes: StackDiff["changes"], { Resources = {} }: Template): StackDiff["changes"] {
  return changes.map((change) => {
    const name = Resources[change.logicalId]?.Properties?.RepositoryName;
    return name === undefined ? change : { ...change, name };
  });
}

/** The toolkit deletes only stacks of an assembly: writes one that names the stack and the bootstrap's role. */
async function writeShell(folder: string, stack: string, region: string): Promise<void> {
  const role = `cdk-hnb659fds-deploy-role-\${AWS::AccountId}-${region}`;
  const artifact = {
    type: "aws:cloudformation:stack",
    environment: `aws://unknown-account/${region}`,
    properties: {
      stackName: stack,
      templateFile: "template.json",
      assumeRoleArn: `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${role}`,
    },
  };
  await Deno.writeTextFile(`${folder}/template.json`, "{}");
  await Deno.writeTextFile(
    `${folder}/manifest.json`,
    JSON.stringify({ version: "36.0.0", artifacts: { [stack]: artifact } }),
  );
}
