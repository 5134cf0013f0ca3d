"""What the policies of a user or a role say: SimulatePrincipalPolicy, and the refusals of roles that are held to theirs.

MiniStack's simulation reads one resource, no boundary, no path and no condition. Its enforcement is for all or nobody;
here it is for the sessions of roles with the tag `unitune-lab:enforced`.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import ministack.core.iam_actions as iam_actions
import ministack.core.iam_evaluator as evaluator
import ministack.services.alb as alb
import ministack.services.ec2 as ec2
import ministack.services.ecr as ecr
import ministack.services.iam as iam
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import detect_service
from ministack.services.tagging import resource_tags

from emulator import iam_roles
from emulator.answers import Answer, group, tag

ENFORCED = "unitune-lab:enforced"
DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}
EC2_KINDS = {
    "LaunchTemplateId": "launch-template",
    "NetworkInterfaceId": "network-interface",
    "GroupId": "security-group",
}
Policies = list[list[evaluator.ParsedStatement]]


@dataclass(frozen=True)
class Principal:
    """A user or a role with its policies, and the boundary that they stay in."""

    arn: str
    policies: Policies
    limits: list[Policies]


def _principal(arn: str) -> Principal | None:
    account, name = get_account_id(), arn.rsplit("/", 1)[-1]
    kind = arn.split(":")[5].split("/")[0]
    store = iam._roles if kind == "role" else iam._users
    record = store.get_scoped(account, None, name)
    if not record or record["Arn"] != arn:
        return None
    gather = evaluator._gather_role_policies if kind == "role" else evaluator._gather_user_policies
    return Principal(arn, gather(name, account), evaluator._permissions_boundary(store, name, account))


def _decide(principal: Principal, action: str, resource: str, region: str, given: dict[str, Any]) -> tuple[str, set[str]]:
    """The decision, and the keys of conditions on its way that nobody gave."""
    request = evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type="AssumedRole" if ":role/" in principal.arn else "User",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=region,
        service_context=given,
    )
    statements = [each for layer in (principal.policies, *principal.limits) for policy in layer for each in policy]
    asked = {
        key
        for each in statements
        if evaluator._action_matches(action, each.actions, each.not_actions)
        and evaluator._resource_matches(resource, each.resources, each.not_resources)
        for keys in each.conditions.values()
        for key in keys
    }
    missing = {key for key in asked if key.lower() not in given}
    return DECISIONS[evaluator.evaluate(request, principal.policies, *principal.limits).decision], missing


def _error(status: int, code: str, message: str) -> Answer:
    error = group("Error", tag("Type", "Sender"), tag("Code", code), tag("Message", message))
    text = group("ErrorResponse", error, tag("RequestId", str(uuid.uuid4())))
    return status, {"Content-Type": "text/xml"}, text.encode()


def _listed(form: dict[str, str], name: str) -> list[str]:
    found: list[str] = []
    while value := form.get(f"{name}.member.{len(found) + 1}"):
        found.append(value)
    return found


def simulate(body: bytes, access_key: str, region: str) -> Answer:
    """Answers SimulatePrincipalPolicy as AWS does: a result for each action, in it one for each resource named."""
    form = dict(parse_qsl(body.decode()))
    source, actions, resources = form["PolicySourceArn"], _listed(form, "ActionNames"), _listed(form, "ResourceArns")
    if not _may(access_key, "iam:SimulatePrincipalPolicy", source):
        message = f"not authorized to perform: iam:SimulatePrincipalPolicy on resource: {source}"
        return _error(403, "AccessDenied", message)
    if ":iam:" not in source or source.endswith(":root"):
        return _error(400, "InvalidInput", f"Invalid Entity Arn: {source} does not clearly define entity type and name.")
    principal = _principal(source)
    if principal is None:
        return _error(404, "NoSuchEntity", f"The entity {source} cannot be found.")
    given = {
        key.lower(): form[f"ContextEntries.member.{index + 1}.ContextKeyValues.member.1"]
        for index in range(len(form))
        if (key := form.get(f"ContextEntries.member.{index + 1}.ContextKeyName"))
    }
    results = "".join(_result(principal, action, resources, region, given) for action in actions)
    result = group("SimulatePrincipalPolicyResult", group("EvaluationResults", results), tag("IsTruncated", "false"))
    text = group("SimulatePrincipalPolicyResponse", result)
    return 200, {"Content-Type": "text/xml"}, text.encode()


def _result(principal: Principal, action: str, resources: list[str], region: str, given: dict[str, Any]) -> str:
    decided = [(each, *_decide(principal, action, each, region, given)) for each in resources or ["*"]]
    worst = next((decision for _, decision, _ in decided if decision != "allowed"), "allowed")
    keys = lambda missing: group("MissingContextValues", *(tag("member", key) for key in sorted(missing)))
    specific = [
        group("member", tag("EvalResourceName", each), tag("EvalResourceDecision", decision), keys(missing))
        for each, decision, missing in decided
    ]
    return group(
        "member",
        tag("EvalActionName", action),
        tag("EvalResourceName", decided[0][0]),
        tag("EvalDecision", worst),
        *([group("ResourceSpecificResults", *specific)] if resources else [keys(decided[0][2])]),
    )


def _may(access_key: str, action: str, resource: str, context: dict[str, Any] | None = None, region: str = "") -> bool:
    """Whether the key's policies allow it; the tags of the resource count."""
    principal = evaluator.resolve_principal(access_key, get_account_id())
    if isinstance(principal, evaluator.AuthError):
        return False
    if principal.policies is None:
        return True
    known = {key.lower(): value for key, value in (context or {}).items()}
    for name, value in _tags(resource).items():
        known.setdefault(f"aws:resourcetag/{name}".lower(), value)
    request = evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=region,
        service_context=known,
        principal_keys=principal.keys,
    )
    return evaluator.evaluate(request, principal.policies, *principal.limits).decision == "Allow"


def _tags(resource: str) -> dict[str, str]:
    """The tags of a resource; MiniStack's own look-up does not know those of EC2 and ECR."""
    found: list[dict[str, str]] = []
    if resource.startswith("arn:aws:ec2:"):
        name = resource.rsplit("/", 1)[-1]
        # A placement group's ARN has its name, its tags are kept under its id.
        group = ec2._placement_groups.get(name) if ":placement-group/" in resource else None
        found = ec2._tags.get(group["GroupId"] if group else name) or []
    if resource.startswith("arn:aws:elasticloadbalancing:"):
        found = alb._tags.get(resource) or []
    if resource.startswith("arn:aws:ecr:"):
        found = (ecr._find_repo_by_arn(resource) or {}).get("tags", [])
    return {each["Key"]: each["Value"] for each in found} or resource_tags(resource) or {}


def _is_enforced(access_key: str) -> bool:
    principal = evaluator.resolve_principal(access_key, get_account_id())
    if isinstance(principal, evaluator.AuthError) or ":assumed-role/" not in principal.arn:
        return False
    role = iam._roles.get_scoped(get_account_id(), None, principal.arn.split("/")[1])
    return any(each["Key"] == ENFORCED for each in (role or {}).get("Tags", []))


def _resource(action: str, path: str, body: bytes, params: dict[str, list[str]]) -> str | None:
    """The resource of a call, where MiniStack names another one than AWS documents."""
    if action == "iam:SimulatePrincipalPolicy":
        return params["PolicySourceArn"][0]
    if action == "iam:CreateServiceLinkedRole":
        service = params["AWSServiceName"][0]
        role = f"role/aws-service-role/{service}/{iam_roles.NAMES.get(service, '*')}"
        return f"arn:aws:iam::{get_account_id()}:{role}"
    if action == "iam:CreatePolicy":
        path = params.get("Path", ["/"])[0]
        return f"arn:aws:iam::{get_account_id()}:policy{path}{params['PolicyName'][0]}"
    if action == "ssm:GetParameters":
        name = json.loads(body)["Names"][0]
        owner = "" if name.startswith("/aws/service/") else get_account_id()  # AWS's own are nobody's
        return f"arn:aws:ssm:{get_region()}:{owner}:parameter{name}"
    if action == "ecr:DescribeRepositories":
        name = (json.loads(body or b"{}").get("repositoryNames") or ["*"])[0]
        return f"arn:aws:ecr:{get_region()}:{get_account_id()}:repository/{name}"
    if action == "ecr:ListTagsForResource":
        return json.loads(body)["resourceArn"]
    if action == "ec2:DeletePlacementGroup":
        return f"arn:aws:ec2:{get_region()}:{get_account_id()}:placement-group/{params['GroupName'][0]}"
    named = next((name for name in EC2_KINDS if action.startswith("ec2:Delete") and name in params), None)
    if named:
        return f"arn:aws:ec2:{get_region()}:{get_account_id()}:{EC2_KINDS[named]}/{params[named][0]}"
    if action.startswith("iam:") and "InstanceProfileName" in params:
        profile = iam._instance_profiles.get(params["InstanceProfileName"][0])
        return profile["Arn"] if profile else None
    entry = re.match(r"/clusters/([^/]+)/access-entries/arn:[^:]*:iam::([^:]*):([^/]+)/([^/]+/)*([^/]+)", unquote(path))
    if entry:
        cluster, account, kind, _, name = entry.groups()
        owner = f"arn:aws:eks:{get_region()}:{get_account_id()}"
        return f"{owner}:access-entry/{cluster}/{kind}/{account}/{name}/00000000"
    return None


def _requested(action: str, body: bytes) -> dict[str, str]:
    """The tags in a request, as keys of conditions, where policies here have conditions on them."""
    if action != "ecr:CreateRepository":
        return {}
    return {f"aws:RequestTag/{each['Key']}": each["Value"] for each in json.loads(body).get("tags", [])}


def refusal(call: Any) -> Answer | None:
    """The denial of a call by a role that is held to its policies, if they do not allow it."""
    if not _is_enforced(call.access_key):
        return None
    service = detect_service(call.method, call.path, call.headers, call.query)
    form = "x-www-form-urlencoded" in call.headers.get("content-type", "")
    params = {**({key: [value] for key, value in parse_qsl(call.body.decode())} if form else {}), **call.query}
    request = (call.method, call.path, call.headers, call.body, params)
    action = iam_actions.extract_iam_action(service, *request)
    if action is None or action in evaluator._ALWAYS_ALLOWED_ACTIONS:
        return None
    resource = _resource(action, call.path, call.body, params) or iam_actions.extract_resource_arn(
        service, *request, call.region, get_account_id()
    )
    further = iam_actions.s3_additional_checks(*request) if service == "s3" else []
    holder = evaluator.resolve_principal(call.access_key, get_account_id()).arn
    for needed, on in [(action, resource), *further]:
        if not _may(call.access_key, needed, on, _requested(needed, call.body), region=call.region):
            message = f"not authorized to perform: {needed} on resource: {on}"
            status, headers, body = iam_actions.access_denied_response(
                service, needed, holder, str(uuid.uuid4()), headers=call.headers, message=message, resource_arn=on
            )
            return status, headers, body if isinstance(body, bytes) else body.encode()
    return None
