/** What the checks of a Dockerfile look at. */
import type { Image } from "../../plan/types.ts";
import type { ContextEntry } from "../context.ts";
import type { Findings } from "./findings.ts";
import type { Stage, StageOptions, Stages } from "./stages.ts";

export interface ContextView {
  /** What COPY sees, by path. */
  readonly entries: ReadonlyMap<string, Pick<ContextEntry, "type" | "link">>;
  /** Whether the ignore file leaves this path out. */
  readonly ignores: (path: string) => boolean;
  /** The ignore file, for messages. */
  readonly ignoreFile: string;
}

export interface DockerfileInput {
  readonly image: Pick<Image, "name" | "target" | "args" | "secrets" | "ssh" | "needs" | "contexts" | "platforms">;
  /** Names of the images that the config declares. */
  readonly declared: readonly string[];
  /** ECR repositories that builds may pull from, besides those of images: `host/repository`, or `host/prefix/*`. */
  readonly pulls: readonly string[];
  readonly source: string;
  readonly context: ContextView;
  /** The folders among the image's named contexts, by name. */
  readonly folders: Readonly<Record<string, ContextView>>;
}

/** The build of one platform. */
export interface Checked {
  readonly input: DockerfileInput;
  readonly all: Stages;
  readonly options: StageOptions;
  /** The stages that the build refers to. */
  readonly reached: ReadonlySet<Stage>;
  /** Those that it runs: without the ones that a named context replaces. */
  readonly run: readonly Stage[];
  readonly findings: Findings;
}
