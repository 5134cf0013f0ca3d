/** The variables of a build stage, instruction by instruction, as far as the Dockerfile itself tells them. */
import { attempt } from "./errors.ts";
import type { Instruction, Pair } from "./instructions.ts";
import { lex } from "./shell_words.ts";
import type { Stage, StageOptions, Stages } from "./stages.ts";

/** A word with its variables replaced; `null`: it depends on a variable that only the base image knows. */
type Expand = (word: string) => string | null;

export class Variables {
  readonly #values: Map<string, string>;
  readonly #options: StageOptions;

  private constructor(values: Map<string, string>, options: StageOptions) {
    this.#values = values;
    this.#options = options;
  }

  /** At the first instruction of a stage: what the stages that it starts from have set. */
  static at(stage: Stage, all: Stages, options: StageOptions): Variables {
    const { parent } = stage;
    if (!parent || parent.replaced || parent === stage) return new Variables(new Map(), options);
    const variables = Variables.at(parent, all, options);
    for (const instruction of parent.body) variables.run(instruction, all);
    return variables;
  }

  /** Throws a `DockerfileError` for a syntax that BuildKit rejects. */
  readonly expand: Expand = (word) => {
    const { text, unmatched } = lex(word, (name) => this.#values.get(name), this.#options);
    return unmatched.size > 0 ? null : text;
  };

  /** Takes over what an instruction sets. */
  run(instruction: Instruction, { globals }: Stages): void {
    if (instruction.kind !== "arg" && instruction.kind !== "env") return;
    // All pairs of an ENV see the values from before it; those of an ARG see each other.
    const set: (readonly [string, string | null])[] = [];
    for (const pair of instruction.pairs) {
      const entry = [pair.name, instruction.kind === "arg" ? this.#arg(pair, globals) : this.#value(pair)] as const;
      if (instruction.kind === "arg") this.#set(...entry);
      else set.push(entry);
    }
    for (const entry of set) this.#set(...entry);
  }

  #arg({ name, value }: Pair, globals: ReadonlyMap<string, string>): string | null {
    const { args } = this.#options;
    if (Object.hasOwn(args, name)) return args[name]!;
    return value === null ? globals.get(name) ?? this.#values.get(name) ?? null : this.#value({ name, value });
  }

  #value({ value }: Pair): string | null {
    const read = attempt(() => this.expand(value ?? ""));
    return "value" in read ? read.value : null;
  }

  #set(name: string, value: string | null): void {
    if (value === null) this.#values.delete(name);
    else this.#values.set(name, value);
  }
}
