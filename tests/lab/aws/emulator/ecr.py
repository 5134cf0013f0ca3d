"""ECR: repositories with mutability filters, authorization tokens that remember who asked, and what a push may do."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.ecr as ecr
from ministack.core.responses import get_account_id, get_region

from emulator import access
from emulator.answers import Answer, json_answer, json_error
from emulator.ecr_images import Images, frozen, immutable_text
from emulator.registry import Repository
from emulator.settings import Settings

Body = dict[str, Any]
MUTABILITIES = ("MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION")
FILTERS = "imageTagMutabilityExclusionFilters"
_create_repository = ecr._create_repository
_delete_repository = ecr._delete_repository
_repo_shape = ecr._repo_shape
_cfn_to_api = provisioners._ecr_cfn_to_api
_cfn_update = provisioners._ecr_repo_update


@dataclass(frozen=True)
class Token:
    """One authorization token; `session_policy` is what narrows it."""

    holder: access.Holder
    region: str
    expires: float


class Ecr:
    """The state that MiniStack does not keep."""

    def __init__(self, settings: Settings) -> None:
        self._registry = settings.registry
        self._seconds = settings.ecr_token_seconds
        self._stores: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}

    def store(self, name: str) -> Repository:
        """The images of a repository of the region of this request."""
        full = f"{get_account_id()}.dkr.ecr.{get_region()}.amazonaws.com/{name}"
        return self._stores.setdefault(full, Repository(self._registry, full))

    def create(self, body: Body) -> Answer:
        """CreateRepository. A repository starts empty: what an earlier emulator left in the registry goes."""
        refusal = _mutability_refusal(body)
        if refusal:
            return refusal
        answer = _create_repository(body)
        if answer[0] < 400:
            ecr._repositories[body["repositoryName"]][FILTERS] = body.get(FILTERS) or []
            self.store(body["repositoryName"]).clear()
            return _described(body["repositoryName"], "repository")
        return answer

    def delete(self, body: Body) -> Answer:
        """DeleteRepository, whose images are those in the registry."""
        name = body.get("repositoryName", "")
        if name not in ecr._repositories:
            return _delete_repository(body)
        if not body.get("force") and self.store(name).images():
            message = (
                f"The repository with name '{name}' in registry with id '{get_account_id()}' cannot be deleted "
                "because it still contains images"
            )
            return json_error(400, "RepositoryNotEmptyException", message)
        self.store(name).clear()
        return _delete_repository({**body, "force": True})

    def set_mutability(self, body: Body) -> Answer:
        """PutImageTagMutability."""
        name = body.get("repositoryName", "")
        if name not in ecr._repositories:
            return json_error(400, "RepositoryNotFoundException", f"The repository with name '{name}' does not exist")
        refusal = _mutability_refusal(body)
        if refusal:
            return refusal
        repository = ecr._repositories[name]
        repository["imageTagMutability"] = body.get("imageTagMutability", "MUTABLE")
        repository[FILTERS] = body.get(FILTERS) or []
        kept = ("registryId", "repositoryName", "imageTagMutability", FILTERS)
        return json_answer(200, {key: repository[key] for key in kept if repository.get(key)})

    def authorize(self, access_key: str) -> Answer:
        """GetAuthorizationToken, with the rights of the session that asks, for 12 hours."""
        holder = access.holder_of(access_key)
        if not holder:
            message = "The security token included in the request is invalid."
            return json_error(400, "UnrecognizedClientException", message)
        if not access.allows(holder, "ecr:GetAuthorizationToken", "*"):
            message = (
                f"User: {holder.arn} is not authorized to perform: ecr:GetAuthorizationToken on resource: * "
                "because no identity-based policy allows the ecr:GetAuthorizationToken action"
            )
            return json_error(400, "AccessDeniedException", message)
        password = secrets.token_urlsafe(48)
        expires = time.time() + self._seconds
        self.tokens[password] = Token(holder, get_region(), expires)
        data = {
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
            "expiresAt": expires,
            "proxyEndpoint": f"https://{get_account_id()}.dkr.ecr.{get_region()}.amazonaws.com",
        }
        return json_answer(200, {"authorizationData": [data]})

    def decide(self, password: str, name: str, actions: list[str]) -> Body:
        """Whether a request at the registry may go on: status 200, or what the registry answers instead.

        One of the actions has to be allowed.
        """
        decision = self.decide_identity(password, name, actions, get_account_id())
        if decision["status"] == 200 and name and name not in ecr._repositories:
            return _unknown(name)
        return decision

    def decide_identity(self, password: str, name: str, actions: list[str], account: str) -> Body:
        """What the holder's own policies say about a repository, which may be of another account."""
        token = self.tokens.get(password)
        if not token:
            return _refused(401, "UNAUTHORIZED", "Not Authorized")
        if token.expires < time.time():
            return _refused(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.")
        if token.region != get_region():
            return _refused(401, "UNAUTHORIZED", "Not Authorized")
        arn = f"arn:aws:ecr:{get_region()}:{account}:repository/{name}"
        if name and not any(access.allows(token.holder, action, arn) for action in actions):
            message = f"User: {token.holder.arn} is not authorized to perform: {actions[0]} on resource: {arn}"
            return _refused(403, "DENIED", message)
        return {"status": 200, "principal": token.holder.arn}

    def decide_guest(self, principal: str, name: str, actions: list[str]) -> Body:
        """Whether a repository's policy lets a principal of another account in, whose own policies do already."""
        if not name:
            return {"status": 200, "principal": principal}
        if name not in ecr._repositories:
            return _unknown(name)
        statements = json.loads(ecr._repo_policies.get(name) or "{}").get("Statement", [])
        if any(access.admits(each, principal, action) for each in statements for action in actions):
            return {"status": 200, "principal": principal}
        message = f"User: {principal} is not authorized to perform: {actions[0]} because no resource-based policy allows it"
        return _refused(403, "DENIED", message)

    def decide_manifest(self, name: str, label: str, digest: str) -> Body:
        """Whether a manifest may be written under a tag: not if that moves an immutable one."""
        held = self.store(name).get(label)
        if held and held.digest != digest and frozen(ecr._repositories[name], label):
            return _refused(400, "TAG_INVALID", immutable_text(name, label))
        return {"status": 200}


def _unknown(name: str) -> Body:
    message = f"The repository with name '{name}' does not exist in the registry with id '{get_account_id()}'"
    return _refused(404, "NAME_UNKNOWN", message)


def _refused(status: int, code: str, message: str) -> Body:
    return {"status": status, "code": code, "message": message}


def _described(name: str, key: str) -> Answer:
    return json_answer(200, {key: _shape(ecr._repositories[name])})


def _shape(repository: Body) -> Body:
    """Adds the filters, which MiniStack does not know."""
    filters = repository.get(FILTERS)
    return {**_repo_shape(repository), **({FILTERS: filters} if filters else {})}


def _mutability_refusal(body: Body) -> Answer | None:
    mutability, filters = body.get("imageTagMutability", "MUTABLE"), body.get(FILTERS) or []
    message = ""
    if mutability not in MUTABILITIES:
        message = f"Invalid parameter at 'imageTagMutability': '{mutability}'"
    elif mutability.endswith("_WITH_EXCLUSION") != bool(filters):
        message = f"Invalid parameter at '{FILTERS}': exclusion filters go with the mutability ..._WITH_EXCLUSION"
    elif len(filters) > 5:
        message = f"Invalid parameter at '{FILTERS}': at most 5 filters, {len(filters)} given"
    elif any(each.get("filterType") != "WILDCARD" or each.get("filter", "").count("*") > 2 for each in filters):
        message = f"Invalid parameter at '{FILTERS}': each is of type WILDCARD with at most two '*'"
    return json_error(400, "InvalidParameterException", message) if message else None


def _from_cfn(properties: Body) -> Body:
    """MiniStack drops the filters of a template."""
    prefix = "ImageTagMutabilityExclusionFilter"
    filters = [
        {"filterType": each.get(f"{prefix}Type"), "filter": each.get(f"{prefix}Value")}
        for each in properties.get(f"{prefix}s") or []
    ]
    return {**_cfn_to_api(properties), **({FILTERS: filters} if filters else {})}


def _update_from_cfn(physical: str, old: Body, new: Body, stack: str, logical: str | None = None) -> Any:
    refusal = _mutability_refusal(_from_cfn(new))
    if refusal:
        raise ValueError(json.loads(refusal[2])["message"])
    updated = _cfn_update(physical, old, new, stack, logical)
    ecr._repositories[updated[0]][FILTERS] = _from_cfn(new).get(FILTERS, [])
    return updated


def install(settings: Settings) -> Ecr:
    """Replaces ECR's actions, and what CloudFormation calls of them."""
    service = Ecr(settings)
    images = Images(service.store, bool(settings.registry))
    ecr._create_repository, ecr._delete_repository = service.create, service.delete
    ecr._put_image_tag_mutability, ecr._repo_shape = service.set_mutability, _shape
    ecr._list_images, ecr._describe_images = images.list, images.describe
    ecr._batch_get_image, ecr._batch_delete_image, ecr._put_image = images.batch_get, images.batch_delete, images.put
    provisioners._ecr_cfn_to_api = _from_cfn
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ECR::Repository"]
    provisioners._RESOURCE_HANDLERS["AWS::ECR::Repository"] = {**handlers, "update": _update_from_cfn}
    return service
