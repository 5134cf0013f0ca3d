/** Dockerfiles with one mistake each, and some without any, each with the image that the config declares. */

export interface Sample {
  readonly title: string;
  readonly dockerfile: string;
  /** Fields of the image, as the config has them. Other images of the config are `base` and `tools`. */
  readonly image?: {
    readonly target?: string;
    readonly args?: Readonly<Record<string, string>>;
    readonly secrets?: readonly string[];
    readonly ssh?: readonly string[];
    /** Name in the Dockerfile → image. */
    readonly needs?: Readonly<Record<string, string>>;
    /** Name in the Dockerfile → an image of a registry, or the files of a folder. */
    readonly contexts?: Readonly<Record<string, string | readonly string[]>>;
    readonly platforms?: readonly ["linux/arm64"];
  };
  /** Files besides the Dockerfile; a name that ends in `/` is a folder, and `-> target` a link. */
  readonly files?: readonly string[];
  readonly ignore?: string;
}

export interface Mistake extends Sample {
  readonly severity: "error" | "warning";
  /** `line:column`. */
  readonly at: string;
  readonly says: RegExp;
}

const PINNED = "FROM ubuntu:24.04\n";

export const MISTAKES: readonly Mistake[] = [
  {
    title: "a named context that nothing uses",
    dockerfile: `${PINNED}COPY --from=src a /a\n`,
    image: { contexts: { src: ["a"], vendor: "alpine:3.22" } },
    severity: "warning",
    at: "1:1",
    says:
      /each context must be used: no FROM, COPY --from or mount names "vendor" — write COPY --from=vendor, or remove it/,
  },
  {
    title: "a file that a named context lacks",
    dockerfile: `${PINNED}COPY --from=src lib/utlis.py /app/\n`,
    image: { contexts: { src: ["lib/utils.py"] } },
    severity: "error",
    at: "2:17",
    says: /COPY must name files of context "src": "lib\/utlis.py" is not in it — did you mean "lib\/utils.py"\?/,
  },
  {
    title: "a mounted file that the ignore file of a named context leaves out",
    dockerfile: `${PINNED}RUN --mount=type=bind,from=src,source=data/big.bin,target=/data cat /data\n`,
    image: { contexts: { src: ["data/big.bin"] } },
    ignore: "data",
    severity: "error",
    at: "2:13",
    says: /RUN must name files of context "src": "data\/big.bin" is left out by .dockerignore/,
  },
  {
    title: "a stage that a named context replaces",
    dockerfile: `${PINNED}FROM ubuntu:24.04 AS src\nRUN make\nFROM ubuntu:24.04\nCOPY --from=src / /\n`,
    image: { contexts: { src: ["a"] } },
    severity: "warning",
    at: "2:22",
    says: /stage "src" has the name of a context: its folder takes its place, and nothing of it runs/,
  },
  {
    title: "a named context that is the latest image of a name",
    dockerfile: "FROM vendor\n",
    image: { contexts: { vendor: "alpine" } },
    severity: "warning",
    at: "1:1",
    says: /an image must have a digest or a tag: found "alpine" in contexts/,
  },
  {
    title: "a named context in a registry of ECR that builds may not pull from",
    dockerfile: "FROM vendor\n",
    image: { contexts: { vendor: "111122223333.dkr.ecr.us-west-2.amazonaws.com/team/base:v1" } },
    severity: "warning",
    at: "1:1",
    says: /builds may pull only the ECR repositories .* found "111122223333.*team\/base" — add builder: \{ pull: /,
  },
  {
    title: "an old syntax with a named context",
    dockerfile: "# syntax=docker/dockerfile:1.2\nFROM vendor\n",
    image: { contexts: { vendor: "alpine:3.22" } },
    severity: "error",
    at: "1:10",
    says: /the syntax must be 1.4 or later for needs and contexts \(vendor\)/,
  },
  {
    title: "an unknown instruction",
    dockerfile: `${PINNED}RUNN make\n`,
    severity: "error",
    at: "2:1",
    says: /unknown instruction: RUNN — did you mean RUN\?/,
  },
  {
    title: "a misspelt FROM",
    dockerfile: "FORM ubuntu:24.04\nRUN true\n",
    severity: "error",
    at: "1:1",
    says: /unknown instruction: FORM/,
  },
  {
    title: "an unknown flag",
    dockerfile: `${PINNED}COPY --form=x a /a\n`,
    files: ["a"],
    severity: "error",
    at: "2:6",
    says: /unknown flag: --form/,
  },
  {
    title: "an unknown flag that a newer syntax may have",
    dockerfile: `# syntax=docker/dockerfile:1\n${PINNED}RUN --frobnicate=x true\n`,
    severity: "warning",
    at: "3:5",
    says: /unknown flag: --frobnicate/,
  },
  {
    title: "COPY without a destination",
    dockerfile: `${PINNED}COPY a\n`,
    files: ["a"],
    severity: "error",
    at: "2:1",
    says: /COPY requires at least two arguments/,
  },
  {
    title: "a heredoc without its end",
    dockerfile: `${PINNED}RUN <<EOF\nmake\n`,
    severity: "error",
    at: "2:1",
    says: /unterminated heredoc/,
  },
  {
    title: "a heredoc as a destination",
    dockerfile: `${PINNED}COPY a <<EOF\nx\nEOF\n`,
    files: ["a"],
    severity: "error",
    at: "2:1",
    says: /cannot accept a heredoc as a destination/,
  },
  { title: "no FROM", dockerfile: "RUN true\n", severity: "error", at: "1:1", says: /no build stage/ },
  { title: "nothing at all", dockerfile: "# only a comment\n", severity: "error", at: "1:1", says: /no instructions/ },
  {
    title: "ENV without a value",
    dockerfile: `${PINNED}ENV PATH\n`,
    severity: "error",
    at: "2:1",
    says: /ENV must have two arguments/,
  },
  {
    title: "an escape directive that is neither of two",
    dockerfile: `# escape=x\n${PINNED}`,
    severity: "error",
    at: "1:1",
    says: /invalid escape token/,
  },
  {
    title: "a JSON array of other things than strings",
    dockerfile: `${PINNED}CMD ["sleep", 1]\n`,
    severity: "error",
    at: "2:1",
    says: /arrays must be comprised of strings only/,
  },
  {
    title: "a stage whose name begins with a digit",
    dockerfile: "FROM ubuntu:24.04 AS 1st\n",
    severity: "error",
    at: "1:1",
    says: /invalid name for build stage: "1st"/,
  },
  {
    title: "ONBUILD of ONBUILD",
    dockerfile: `${PINNED}ONBUILD ONBUILD RUN true\n`,
    severity: "error",
    at: "2:1",
    says: /ONBUILD ONBUILD/,
  },
  {
    title: "a declared image without its need",
    dockerfile: "FROM base\n",
    severity: "error",
    at: "1:6",
    says: /must be in the needs of trainer: found "base" — add needs: \{ base \}/,
  },
  {
    title: "a declared image without its need, by a build argument",
    dockerfile: "ARG BASE=base\nFROM ${BASE}\n",
    severity: "error",
    at: "2:6",
    says: /must be in the needs of trainer: found "base"/,
  },
  {
    title: "a copy from a declared image without its need",
    dockerfile: `${PINNED}COPY --from=tools /bin/x /bin/x\n`,
    severity: "error",
    at: "2:13",
    says: /must be in the needs of trainer: found "tools"/,
  },
  {
    title: "a mount from a declared image without its need",
    dockerfile: `${PINNED}RUN --mount=from=tools,target=/t true\n`,
    severity: "error",
    at: "2:18",
    says: /must be in the needs of trainer: found "tools"/,
  },
  {
    title: "a need that nothing uses",
    dockerfile: PINNED,
    image: { needs: { base: "base" } },
    severity: "warning",
    at: "1:1",
    says: /no FROM, COPY --from or mount names "base"/,
  },
  {
    title: "a need that only another target uses",
    dockerfile: "FROM base AS other\nFROM ubuntu:24.04 AS final\n",
    image: { needs: { base: "base" } },
    severity: "warning",
    at: "1:1",
    says: /names "base"/,
  },
  {
    title: "a need that replaces a stage",
    dockerfile: "FROM ubuntu:24.04 AS base\nRUN make\nFROM base\n",
    image: { needs: { base: "base" } },
    severity: "warning",
    at: "1:22",
    says: /stage "base" has the name of a need: base takes its place/,
  },
  {
    title: "a target that does not exist",
    dockerfile: "FROM ubuntu:24.04 AS runtime\n",
    image: { target: "runtme" },
    severity: "error",
    at: "1:1",
    says: /the target must be a build stage: found "runtme" — did you mean "runtime"\?/,
  },
  {
    title: "a build argument that is not declared",
    dockerfile: `ARG CUDA=12\n${PINNED}`,
    image: { args: { CUDDA: "13" } },
    severity: "warning",
    at: "1:1",
    says: /found none for "CUDDA" — did you mean "CUDA"\?/,
  },
  {
    title: "a base that is blank without its build argument",
    dockerfile: "ARG BASE\nFROM $BASE\n",
    severity: "error",
    at: "2:1",
    says: /base name \(\$BASE\) should not be blank/,
  },
  {
    title: "a required secret that is not configured",
    dockerfile: `${PINNED}RUN --mount=type=secret,id=hf,required=true true\n`,
    severity: "error",
    at: "2:13",
    says: /secret "hf" is required, but not configured — add secrets: \{ hf: \{ env: "…" \} \}/,
  },
  {
    title: "an optional secret that is not configured",
    dockerfile: `${PINNED}RUN --mount=type=secret,target=/root/.netrc true\n`,
    severity: "warning",
    at: "2:13",
    says: /secret ".netrc" is not configured/,
  },
  {
    title: "a secret that is configured, and never mounted",
    dockerfile: PINNED,
    image: { secrets: ["hf"] },
    severity: "warning",
    at: "1:1",
    says: /no RUN --mount=type=secret has the id "hf"/,
  },
  {
    title: "an SSH mount without a key",
    dockerfile: `${PINNED}RUN --mount=type=ssh git clone x\n`,
    severity: "warning",
    at: "2:13",
    says:
      /SSH key "default" is not configured: the step has no agent — add ssh: \{ default: \{ env: "…" \} \} to trainer/,
  },
  {
    title: "a required SSH mount of a key that the image lacks",
    dockerfile: `${PINNED}RUN --mount=type=ssh,id=git-hub,required git clone x\nRUN --mount=type=ssh git clone y\n`,
    image: { ssh: ["default"] },
    severity: "error",
    at: "2:13",
    says: /SSH key "git-hub" is required, but not configured — add ssh: \{ "git-hub": /,
  },
  {
    title: "an SSH key that is configured, and never mounted",
    dockerfile: PINNED,
    image: { ssh: ["default"] },
    severity: "warning",
    at: "1:1",
    says: /no RUN --mount=type=ssh has the id "default" — add --mount=type=ssh to the RUN/,
  },
  {
    title: "an ECR repository that builds may not pull",
    dockerfile: "FROM 763104351884.dkr.ecr.us-west-2.amazonaws.com/torch-2:1 AS a\nFROM a\n",
    severity: "warning",
    at: "1:6",
    says:
      /found "763104351884\.dkr\.ecr\.us-west-2\.amazonaws\.com\/torch-2" — add builder: \{ pull: \["arn:aws:ecr:us-west-2:763104351884:repository\/torch-2"\] \}/,
  },
  {
    title: "an ECR repository in China that builds may not copy from",
    dockerfile: `${PINNED}COPY --from=727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b:1 /x /x\n`,
    severity: "warning",
    at: "2:13",
    says: /pull: \["arn:aws-cn:ecr:cn-north-1:727897471807:repository\/a\/b"\]/,
  },
  {
    title: "a mount of an unknown type",
    dockerfile: `${PINNED}RUN --mount=type=cash,target=/x true\n`,
    severity: "error",
    at: "2:13",
    says: /unsupported mount type "cash"/,
  },
  {
    title: "a file that is absent",
    dockerfile: `${PINNED}COPY requirments.txt /tmp/\n`,
    files: ["requirements.txt"],
    severity: "error",
    at: "2:6",
    says: /"requirments.txt" is not in it — did you mean "requirements.txt"\?/,
  },
  {
    title: "a file that is ignored",
    dockerfile: `${PINNED}COPY data/train.csv /data/\n`,
    files: ["data/train.csv", "src/a.py"],
    ignore: "data",
    severity: "error",
    at: "2:6",
    says: /"data\/train.csv" is left out by .dockerignore/,
  },
  {
    title: "a file above the context",
    dockerfile: `${PINNED}COPY ../lib /lib\n`,
    severity: "error",
    at: "2:6",
    says: /"lib" is not in it — a build sees nothing above its context/,
  },
  {
    title: "a wildcard that matches nothing",
    dockerfile: `${PINNED}COPY *.toml /app/\n`,
    files: ["a.py"],
    severity: "warning",
    at: "2:6",
    says: /no file of the context matches "\*\.toml"/,
  },
  {
    title: "an absent file of ADD, on a continued line",
    dockerfile: `${PINNED}ADD a \\\n    b /app/\n`,
    files: ["a"],
    severity: "error",
    at: "3:5",
    says: /ADD must name files of the context: "b"/,
  },
  {
    title: "an absent file of a bind mount",
    dockerfile: `${PINNED}RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync\n`,
    severity: "error",
    at: "2:13",
    says: /"uv.lock" is not in it/,
  },
  {
    title: "an absent file whose name is a variable's",
    dockerfile: `${PINNED}ARG FILE=b\nENV DIR=src\nCOPY $DIR/$FILE /\n`,
    files: ["src/a"],
    severity: "error",
    at: "4:6",
    says: /"src\/b" is not in it/,
  },
  {
    title: "COPY of a URL",
    dockerfile: `${PINNED}COPY https://example.com/a /a\n`,
    severity: "error",
    at: "2:6",
    says: /COPY must name files of the context/,
  },
  {
    title: "a copy from a stage that comes later",
    dockerfile:
      "FROM ubuntu:24.04\nCOPY --from=build /x /x\nFROM ubuntu:24.04 AS build\nFROM scratch\nCOPY --from=0 / /\n",
    severity: "error",
    at: "2:13",
    says: /must name an earlier stage: found "build"/,
  },
  {
    title: "a copy from a stage by an index that is too large",
    dockerfile: `${PINNED}COPY --from=2 /x /x\n`,
    severity: "error",
    at: "2:13",
    says: /found 2 of 1/,
  },
  {
    title: "a copy from a variable",
    dockerfile: `ARG S=build\nFROM ubuntu:24.04 AS build\n${PINNED}ARG S\nCOPY --from=$S /x /x\n`,
    severity: "error",
    at: "5:13",
    says: /--from must not have variables/,
  },
  {
    title: "a misspelt stage",
    dockerfile: "FROM ubuntu:24.04 AS builder\nFROM ubuntu:24.04\nCOPY --from=buidler /x /x\n",
    severity: "warning",
    at: "3:13",
    says: /"buidler", which is not a stage and is pulled — did you mean the stage "builder"\?/,
  },
  {
    title: "a syntax that is too old for needs",
    dockerfile: "# syntax=docker/dockerfile:1.3\nFROM base\n",
    image: { needs: { base: "base" } },
    severity: "error",
    at: "1:10",
    says: /1\.4 or later for needs and contexts \(base\): found docker\/dockerfile:1\.3/,
  },
  {
    title: "a base image without a digest or a tag",
    dockerfile: "FROM nvcr.io/nvidia/pytorch\n",
    severity: "warning",
    at: "1:6",
    says: /a base image must have a digest or a tag/,
  },
  {
    title: "a base image in upper case",
    dockerfile: "FROM Ubuntu:24.04\n",
    severity: "error",
    at: "1:6",
    says: /FROM must name an image or an earlier stage: found "Ubuntu:24.04"/,
  },
  {
    title: "a right that builds do not have",
    dockerfile: `${PINNED}RUN --security=insecure mount x\n`,
    severity: "error",
    at: "2:5",
    says: /builds do not allow RUN --security=insecure/,
  },
  {
    title: "a substitution that BuildKit does not know",
    dockerfile: `${PINNED}ARG A=x\nCOPY \${A^^} /\n`,
    severity: "error",
    at: "3:6",
    says: /unsupported modifier \(\^\) in substitution/,
  },
];

export const FAULTLESS: readonly Sample[] = [
  { title: "a need by its name", dockerfile: "FROM base\nRUN true\n", image: { needs: { base: "base" } } },
  { title: "a need by another name", dockerfile: "FROM python-base\n", image: { needs: { "python-base": "base" } } },
  {
    title: "a need by an argument's default, and one that is copied from",
    dockerfile: "ARG BASE=base\nFROM $BASE:latest\nCOPY --from=tools /x /x\n",
    image: { needs: { base: "base", tools: "tools" } },
  },
  {
    title: "Docker Hub's image with the name of a declared one",
    dockerfile: "FROM docker.io/library/base:1\nCOPY --from=docker.io/library/tools:2 /x /x\n",
  },
  {
    title: "stages, by name in any case and by index",
    dockerfile:
      "FROM ubuntu:24.04 AS Build\nRUN true\nFROM scratch AS final\nCOPY --from=BUILD /x /x\nCOPY --from=0 /y /y\n",
    image: { target: "Final" },
  },
  {
    title: "heredocs",
    dockerfile:
      `${PINNED}RUN <<EOF\nFROM x\nCOPY y z\nEOF\nCOPY <<"a.sh" <<-b.sh /bin/\n#!/bin/sh\na.sh\n\techo\n\tb.sh\nRUN cat <<< x\n`,
  },
  {
    title: "a backtick as the escape character",
    dockerfile: "# escape=`\nFROM ubuntu:24.04\nRUN a `\n  && b\nCOPY C:\\x /\n",
    files: ["C:\\x"],
  },
  {
    title: "comments and empty lines in a continued line",
    dockerfile: `${PINNED}RUN a \\\n# COPY nothing /\n\n  && b\n`,
  },
  {
    title: "secrets, by id, source and target, and as a variable",
    dockerfile: `${PINNED}RUN --mount=type=secret,id=hf,env=HF_TOKEN,required --mount=type=secret,source=npm true\n` +
      "RUN --mount=type=secret,target=/root/.netrc true\n",
    image: { secrets: ["hf", "npm", ".netrc"] },
  },
  {
    title: "SSH keys, by id, without one, and for ADD",
    dockerfile: `${PINNED}RUN --mount=type=ssh --mount=type=ssh,id=hub,required true\n`,
    image: { ssh: ["default", "hub"] },
  },
  {
    title: "an SSH key for ADD alone",
    dockerfile: `${PINNED}ADD git@github.com:a/b.git /b\n`,
    image: { ssh: ["default"] },
  },
  {
    title: "ECR repositories that builds may pull, one below a prefix",
    dockerfile: "FROM 763104351884.dkr.ecr.us-west-2.amazonaws.com/torch:1 AS a\n" +
      "FROM 763104351884.dkr.ecr.us-west-2.amazonaws.com/hub/library/python:3.13\n",
  },
  {
    title: "a mount whose id only the base image knows",
    dockerfile: `${PINNED}RUN --mount=type=secret,id=$SECRET_NAME true\n`,
    image: { secrets: ["hf"] },
  },
  {
    title: "arguments that BuildKit predefines",
    dockerfile: "FROM --platform=$BUILDPLATFORM ubuntu:24.04\nARG TARGETARCH\nCOPY bin-$TARGETARCH /bin/x\n",
    image: {
      args: { HTTP_PROXY: "http://proxy:1", BUILDKIT_INLINE_CACHE: "1", SOURCE_DATE_EPOCH: "1" },
      platforms: ["linux/arm64"],
    },
    files: ["bin-arm64"],
  },
  {
    title: "files by variables, one of them from the base image",
    dockerfile: `ARG DIR=src\n${PINNED}ARG DIR\nENV SUB=\${DIR}/pkg\nCOPY $SUB/a.py $UNKNOWN/b /app/\n`,
    files: ["src/pkg/a.py"],
  },
  {
    title: "files through links, wildcards, folders and the root",
    dockerfile:
      `${PINNED}COPY now/a.py ./src/ *.t?t [ab].md /app/\nCOPY / /all\nCOPY . /dot\nADD ["with space", "/"]\n`,
    files: ["now -> src", "src/a.py", "x.txt", "a.md", "with space"],
  },
  {
    title: "a link out of the context",
    dockerfile: `${PINNED}COPY data /data\n`,
    files: ["data -> /mnt/data"],
  },
  {
    title: "files that another target copies",
    dockerfile: "FROM ubuntu:24.04 AS tests\nCOPY tests /t\nFROM ubuntu:24.04 AS final\n",
    image: { target: "final" },
  },
  {
    title: "remote files",
    dockerfile:
      `${PINNED}ADD https://example.com/a.tgz /tmp/\nADD --keep-git-dir=true https://github.com/a/b.git#v1 /b\n` +
      "ADD git@github.com:a/b.git /c\n",
  },
  {
    title: "a folder that is ignored but for one file",
    dockerfile: `${PINNED}COPY data/keep.csv /data/\n`,
    files: ["data/keep.csv", "data/drop.csv"],
    ignore: "data/*\n!data/keep.csv",
  },
  {
    title: "another frontend's instructions",
    dockerfile: "# syntax=ghcr.io/example/frontend:1\nINSTALL torch\n",
  },
  {
    title: "an old syntax, without needs",
    dockerfile: "# syntax=docker/dockerfile:1.2\nFROM ubuntu:24.04\nRUN --mount=type=cache,target=/c true\n",
  },
  {
    title: "rare but valid instructions",
    dockerfile: `${PINNED}SHELL ["/bin/bash", "-c"]\nMAINTAINER me\nSTOPSIGNAL SIGTERM\nVOLUME /a /b\nEXPOSE 80\n` +
      "HEALTHCHECK --interval=1m30s --retries=3 CMD true\nONBUILD COPY x /x\nLABEL a=b c=d\nENV old style\nUSER 1000\n",
  },
  {
    title: "a digest, and the same image without one as a need",
    dockerfile:
      "FROM ubuntu@sha256:1111111111111111111111111111111111111111111111111111111111111111 AS a\nFROM base AS b\nCOPY --from=a / /\n",
    image: { needs: { base: "base" } },
  },
  {
    title: "named contexts, in other spellings of their names",
    dockerfile:
      "FROM docker.io/library/vendor:latest\nCOPY --from=src a* lib/ /app/\nCOPY --from=acme/tools:v1 /bin/x /bin/\n" +
      "RUN --mount=from=src,source=a.py,target=/a.py true\n",
    image: { contexts: { src: ["a.py", "lib/b.py"], vendor: "alpine:3.22", "docker.io/acme/tools:v1": "alpine:3.22" } },
  },
];
