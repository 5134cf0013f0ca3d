/** An operation over made-up ports: whatever a test does not give fails it when it is touched. */
import type { Operation } from "../../lib/actions/operation.ts";
import { Session } from "../../lib/actions/session.ts";
import type { OwnersPort, Ports } from "../../lib/core/ports.ts";
import { ownTags } from "../../lib/plan/ownership.ts";
import type { Config } from "../../lib/plan/types.ts";
import { fakeClock } from "./clock.ts";
import { REACHED } from "./reach.ts";
import { type Recorded, recordingEmitter } from "./emitter.ts";

/** Ports and parts of an operation, as far as a test needs them. */
export type Some<T> = { readonly [Name in keyof T]?: Partial<T[Name]> };

/** An account in which everything with a name of ours is ours. */
export function ownersOf(cluster: string, others: Partial<OwnersPort> = {}): OwnersPort {
  const ours = () => Promise.resolve(ownTags(cluster));
  return { stack: ours, repository: ours, bucket: ours, hadStack: () => Promise.resolve(true), ...others };
}

export type FakeOperation = Operation & Recorded;

export function fakeOperation(
  config: Config,
  ports: Some<Ports>,
  given: Some<Pick<Operation, "assemblies" | "contexts" | "secrets" | "objects" | "session">> & {
    readonly signal?: AbortSignal;
  } = {},
): FakeOperation {
  const lock = { acquire: () => Promise.resolve(null) };
  const quotas = { value: () => Promise.resolve(null) };
  const all = { clock: fakeClock(), lock, quotas, reach: REACHED, owners: ownersOf(config.name), ...ports } as Ports;
  const { assemblies = {}, contexts = {}, secrets = {}, objects = {}, session, signal } = given;
  return {
    config,
    ports: all,
    session: (session ?? new Session(config, all)) as Session,
    assemblies: assemblies as Operation["assemblies"],
    contexts: contexts as Operation["contexts"],
    secrets: secrets as Operation["secrets"],
    objects: objects as Operation["objects"],
    signal: signal ?? new AbortController().signal,
    host: "somebody@somewhere",
    ...recordingEmitter(),
  };
}
