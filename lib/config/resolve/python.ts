/** The Dockerfile that `python` writes: packages first, so that an edit of the code does not install them again. */
import { check } from "../explain.ts";
import type { Issue, Path } from "../issues.ts";
import { type PythonIn, pythonSchema } from "../schema/python.ts";

/** uv installs Python's packages, and Python itself where the base image has none. */
const UV = "ghcr.io/astral-sh/uv:0.9.11";
const VENV = "/opt/venv";
const CACHE = "--mount=type=cache,target=/root/.cache/uv";

/** `null` if the value has mistakes. */
export function resolvePython(value: unknown, path: Path, issues: Issue[]): string | null {
  const { data, issues: found } = check(pythonSchema, value, path);
  issues.push(...found);
  if (data === undefined) return null;
  if (data.requirements !== undefined && data.uvLock !== undefined) {
    const message = "must not have both requirements and uvLock: found both";
    issues.push({ code: "CONFLICT", path: [...path, "uvLock"], message });
  }
  return pythonDockerfile(data);
}

function pythonDockerfile(python: PythonIn): string {
  const { version, cuda, apt = [], copy = ["."] } = python;
  const packages = [...cuda === undefined ? [] : ["ca-certificates"], ...apt];
  const parts = [
    [`FROM ${baseOf(python)}`, `COPY --from=${UV} /uv /usr/local/bin/`],
    [
      `ENV VIRTUAL_ENV=${VENV} UV_PROJECT_ENVIRONMENT=${VENV} PATH=${VENV}/bin:$PATH \\`,
      "    UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_INSTALL_DIR=/opt/python PYTHONUNBUFFERED=1",
    ],
    ...packages.length === 0 ? [] : [[
      "RUN apt-get update && apt-get install -y --no-install-recommends \\",
      `      ${packages.join(" ")} \\`,
      "    && rm -rf /var/lib/apt/lists/*",
    ]],
    [`RUN uv venv --python ${version} ${VENV}`, "WORKDIR /app"],
    ...installs(python),
    copy.map((path) => `COPY ${path} ${path}`),
    ...projects(python),
    ['CMD ["python"]'],
  ];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function baseOf({ version, cuda }: PythonIn): string {
  if (cuda === undefined) return `python:${version}-slim`;
  const [number, devel] = cuda.split("-");
  return `nvidia/cuda:${number}-cudnn-${devel ?? "runtime"}-ubuntu24.04`;
}

function installs({ requirements, uvLock, pip = [] }: PythonIn): string[][] {
  const parts: string[][] = [];
  if (uvLock !== undefined) parts.push(synced(uvLock));
  if (requirements !== undefined) {
    parts.push([
      `RUN ${CACHE} \\`,
      `    --mount=type=bind,source=${requirements},target=/tmp/requirements.txt \\`,
      "    uv pip install -r /tmp/requirements.txt",
    ]);
  }
  if (pip.length > 0) parts.push([`RUN ${CACHE} \\`, `    uv pip install ${pip.map((one) => `'${one}'`).join(" ")}`]);
  return parts;
}

/** The project itself is installed once its code has been copied. */
function projects({ uvLock, copy = ["."], pip = [] }: PythonIn): string[][] {
  if (uvLock === undefined || uvLock.includes("/") || !copy.includes(".")) return [];
  // What pip added is not in the lock file, and stays.
  return [[`RUN ${CACHE} uv sync --frozen --no-dev${pip.length > 0 ? " --inexact" : ""}`]];
}

function synced(uvLock: string): string[] {
  const project = uvLock.replace(/[^/]*$/, "pyproject.toml");
  return [
    `RUN ${CACHE} \\`,
    `    --mount=type=bind,source=${uvLock},target=uv.lock \\`,
    `    --mount=type=bind,source=${project},target=pyproject.toml \\`,
    "    uv sync --frozen --no-dev --no-install-project",
  ];
}
