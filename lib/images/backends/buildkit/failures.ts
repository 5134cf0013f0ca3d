/** Why a build failed, in words for the user, and what to do about it. Pure: what Kubernetes and BuildKit wrote. */
import type { PodEnd } from "../../../core/pods.ts";
import { ecrRegistry, parseReference } from "../../../core/registries.ts";
import type { Image, Isolation } from "../../../plan/types.ts";
import { lackingOwner } from "./owners.ts";
import { FAILURE } from "./progress.ts";

/** What is known of the end of a build's Job. */
export interface BuildEnd {
  /** The last words of its container. */
  readonly message: string;
  /** The Job's own reason. */
  readonly reason: string;
  readonly cause: PodEnd | null;
}

interface Explained {
  /** After "as". */
  readonly why: string;
  readonly hint: string;
}

/** `null` if the log itself says it all, as when a program of the Dockerfile fails. */
export function explained(end: BuildEnd, image: Image, isolation: Isolation): Explained | null {
  return byJob(end, image) ?? (end.cause && byPod(end.cause, image)) ?? lackingOwner(end.message, isolation) ??
    byLog(end.message, image);
}

function byJob({ reason }: BuildEnd, { name, timeoutSeconds }: Image): Explained | null {
  if (!reason.startsWith("DeadlineExceeded")) return null;
  const waited = /its pod (waited: .*)$/.exec(reason)?.[1];
  return {
    why: `it took longer than its timeout of ${duration(timeoutSeconds)}${waited ? `; its pod ${waited}` : ""}`,
    hint: waited === undefined
      ? `Raise images.${name}.timeout, or give the build more CPUs with images.${name}.resources.cpu`
      : `See why the pod waited, or raise images.${name}.timeout`,
  };
}

function duration(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

function byPod(cause: PodEnd, { name, pool, resources }: Image): Explained {
  switch (cause.kind) {
    case "memory":
      return {
        why: `it needed more memory than its limit of ${resources.memory}`,
        hint: `Raise images.${name}.resources.memory, or run fewer compilers at once (MAX_JOBS, make -j)`,
      };
    case "evicted":
      return cause.own ? overDisk(name, resources.disk) : evicted(cause.resource, name, pool);
    case "disrupted":
      return {
        why: `its node was lost or taken back (${cause.reason}), each time it was tried`,
        hint: `Build again; if the capacity of pools.${pool} is spot, on-demand is not taken back`,
      };
    default:
      return cause satisfies never;
  }
}

function overDisk(name: string, disk: string): Explained {
  return {
    why: `it wrote more than its limit of ${disk} to its node's disk`,
    hint: `Raise images.${name}.resources.disk`,
  };
}

function evicted(resource: string, name: string, pool: string): Explained {
  const field = resource === "memory" ? "memory" : "disk";
  return {
    why: `its node ran out of ${resource}, and kubelet evicted the build`,
    hint: `Raise images.${name}.resources.${field}, so that the build gets a larger share of its node` +
      (field === "disk" ? `, or pools.${pool}.disk` : ""),
  };
}

/** What a line of the log says, the surest first. */
interface Sign {
  readonly written: RegExp;
  /** Where it stands: in BuildKit's own error, or anywhere in the last words. */
  readonly in: "error" | "log";
  readonly told: (match: RegExpExecArray, image: Image) => Explained;
}

const SIGNS: readonly Sign[] = [
  {
    written: /too ?many ?requests/i,
    in: "error",
    told: () => ({
      why: "a registry limits how much is pulled from it",
      hint: "Pull through a mirror, such as a pull-through cache of ECR: " +
        'builder: { registries: { "docker.io": { mirror: "<account>.dkr.ecr.<region>.amazonaws.com/docker-hub" } } }',
    }),
  },
  {
    written: /failed to push (\S+?):? .*(?:40[13]\b|denied|unauthorized|forbidden)/i,
    in: "error",
    told: ([, ref]) => ({
      why: `the registry refused the push of ${ref}`,
      hint: "Run `unitune apply --only infra`, which creates the repository and the role that may push to it",
    }),
  },
  {
    written: /failed to push (\S+?):? .*(?:not found|name unknown|does not exist)/i,
    in: "error",
    told: ([, ref]) => ({
      why: `the repository of ${ref} does not exist`,
      hint: "Run `unitune apply --only infra`, which creates it",
    }),
  },
  {
    written: /failed to push (\S+?):? .*(?:immutable|already exists)/i,
    in: "error",
    told: ([, ref]) => ({
      why: `${ref} exists with other content, and its tag never moves`,
      hint: "Delete the tag in ECR, or build again after a change",
    }),
  },
  {
    written:
      /([^\s:]\S*?):? (?:failed to resolve|pull access denied|unexpected status).*(?:40[13]\b|denied|insufficient_scope|authorization failed)/i,
    in: "error",
    told: ([, ref = ""]) => ({
      why: `the registry of ${ref} does not let the build pull it`,
      hint: isEcr(ref)
        ? "Check the name after FROM. Builds pull only the ECR repositories that builder.pull names, after " +
          "`unitune apply --only infra`; one of another account must also allow it in its own policy"
        : "Check the name after FROM. A private registry needs a login: " +
          'builder: { registries: { "<host>": { auth: { username, password: { env: "NAME" } } } } }',
    }),
  },
  {
    written: /failed to resolve source metadata for (\S+): .*not found/,
    in: "error",
    told: ([, ref]) => ({ why: `${ref} does not exist`, hint: "Check the name and the tag after FROM" }),
  },
  {
    written:
      /dial tcp(?: \S+?)?: (?:lookup (\S+).*no such host|.*(?:i\/o timeout|connection refused|no route to host))/,
    in: "error",
    told: ([, name]) => ({
      why: name ? `no address is known for ${name}` : "a registry did not answer",
      hint: "Check the registry's name; builds reach private addresses only if builder.network.allow names them",
    }),
  },
  {
    written: /no space left on device/i,
    in: "log",
    told: (_, { name, pool, resources }) => ({
      why: `the disk was full, of which it may use ${resources.disk}`,
      hint:
        `Raise images.${name}.resources.disk, by which its cache volume grows, and, if its nodes' disks are smaller, ` +
        `pools.${pool}.disk`,
    }),
  },
  {
    written: /did not complete successfully: exit code: 137\b/,
    in: "error",
    told: (_, { name, resources }) => ({
      why: `a process of the step was killed, as happens beyond the memory limit of ${resources.memory}`,
      hint: `Raise images.${name}.resources.memory, or run fewer compilers at once (MAX_JOBS, make -j)`,
    }),
  },
];

function isEcr(reference: string): boolean {
  return ecrRegistry(parseReference(reference).host) !== null;
}

function byLog(message: string, image: Image): Explained | null {
  const error = message.split("\n").findLast((line) => line.startsWith(FAILURE.reason)) ?? "";
  for (const { written, in: where, told } of SIGNS) {
    const match = written.exec(where === "error" ? error : message);
    if (match) return told(match, image);
  }
  return null;
}
