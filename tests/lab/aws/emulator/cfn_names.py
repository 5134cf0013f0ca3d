"""Names that are taken: CloudFormation refuses to create what exists, and imports an ECR repository when asked to.

MiniStack overwrites an existing role, log group or repository without a word, and cannot import a repository.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.changesets as changesets
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudwatch_logs as logs
import ministack.services.ecr as ecr
import ministack.services.iam as iam

Properties = dict[str, Any]
REPOSITORY = "AWS::ECR::Repository"
# Per type: the property with the name, and whether that name is taken.
NAMED: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AWS::IAM::Role": ("RoleName", lambda name: name in iam._roles),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda name: name in logs._log_groups),
    REPOSITORY: ("RepositoryName", lambda name: name in ecr._repositories),
}


def _guarded(kind: str, create: Callable[..., Any]) -> Callable[..., Any]:
    key, taken = NAMED[kind]

    def guard(logical: str, properties: Properties, stack: str) -> Any:
        name = properties.get(key)
        if name and taken(name):
            raise ValueError(f"Resource of type '{kind}' with identifier '{name}' already exists.")
        return create(logical, properties, stack)

    return guard


def _import_problem(name: str) -> str | None:
    """Why a repository cannot be imported, if so."""
    if name in ecr._repositories:
        return None
    return f"Resource of type '{REPOSITORY}' with identifier '{name}' was not found."


def _import_repository(identifier: dict[str, str]) -> Any:
    repository = ecr._repositories[identifier["RepositoryName"]]
    attributes = {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}
    return repository["repositoryName"], attributes


def install() -> None:
    """Wraps the creates and adds the import."""
    handlers = provisioners._RESOURCE_HANDLERS
    for kind in NAMED:
        handlers[kind] = {**handlers[kind], "create": _guarded(kind, handlers[kind]["create"])}
    handlers[REPOSITORY]["import"] = _import_repository
    changesets._IMPORT_LOOKUPS[REPOSITORY] = (("RepositoryName",), _import_problem)
