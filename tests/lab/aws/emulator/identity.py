"""Who a Kubernetes request or pod is to EKS: tokens against access entries, ServiceAccounts against associations."""

from __future__ import annotations

import json
import uuid
from typing import Any

import ministack.services.eks as eks
import ministack.services.sts as sts
from ministack.core.responses import get_account_id, set_request_region

from emulator import access

Body = dict[str, Any]
ADMIN = "AmazonEKSClusterAdminPolicy"
GROUPS_BY_TYPE = {"EC2_LINUX": ["system:bootstrappers", "system:nodes"]}


def clusters() -> list[Body]:
    """Every cluster of this account with its region."""
    return [
        {"name": name, "region": region, "arn": cluster["arn"], "endpoint": cluster["endpoint"]}
        for (account, region, name), cluster in eks._clusters.all_items()
        if account == get_account_id()
    ]


def review(token: str) -> Body:
    """The user behind an EKS token: authenticated only if the principal has an access entry of the cluster.

    The token does not say its cluster: the name is a signed header. So it is the cluster whose name fits the signature.
    """
    signed = [(cluster, credential) for cluster in clusters() if (credential := _signer(token, cluster["name"]))]
    if not signed:
        reason = "the signature fits no cluster of this account, or the token is older than 15 minutes"
        return {"authenticated": False, "reason": reason}
    cluster, credential = signed[0]
    name, region = cluster["name"], cluster["region"]
    entry = eks._access_entry_for_principal(name, get_account_id(), region, credential.principal_arn)
    if not entry:
        return {"authenticated": False, "reason": f"{credential.principal_arn} has no access entry in {name}"}
    groups = ["system:authenticated", *entry["kubernetesGroups"], *GROUPS_BY_TYPE.get(entry["type"], [])]
    for (account, of_region, key), policy in eks._access_policies.all_items():
        of_cluster, principal, arn = key.split("\x00")
        if (account, of_region, of_cluster, principal) != (get_account_id(), region, name, entry["principalArn"]):
            continue
        whole = policy["accessScope"]["type"] == "cluster"
        groups.append("system:masters" if whole and arn.endswith("/" + ADMIN) else f"eks-access-policy:{arn}")
    return {
        "authenticated": True,
        "cluster": name,
        "username": entry["username"] or credential.principal_arn,
        "uid": credential.principal_id or credential.principal_arn,
        "groups": list(dict.fromkeys(groups)),
    }


def _signer(token: str, cluster: str) -> Any:
    return eks._verify_eks_token(token, cluster)


def associations(namespace: str, service_account: str) -> list[Body]:
    """The Pod Identity associations of a ServiceAccount, in any cluster of this account."""
    return [
        {**association, "region": region, "clusterArn": eks._clusters.get_scoped(account, region, cluster)["arn"]}
        for (account, region, key), association in eks._pod_identity_associations.all_items()
        if account == get_account_id()
        and (cluster := key.split("\x00")[0])
        and (association["namespace"], association["serviceAccount"]) == (namespace, service_account)
    ]


def credentials(namespace: str, service_account: str, pod: str, pod_uid: str) -> Body:
    """What the EKS auth agent answers to a pod: keys of the associated role, with the session tags of EKS."""
    found = associations(namespace, service_account)
    if not found:
        return {"error": f"no association for {namespace}/{service_account}"}
    association = found[0]
    set_request_region(association["region"])
    tags = {
        "eks-cluster-arn": association["clusterArn"],
        "eks-cluster-name": association["clusterName"],
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": service_account,
        "kubernetes-pod-name": pod,
        "kubernetes-pod-uid": pod_uid,
    }
    role = association["roleArn"]
    if not access.trusts_pod_identity(role, tags, association["clusterArn"]):
        return {"error": f"the trust policy of {role} does not let {access.POD_IDENTITY} assume and tag this session"}
    return _assume(role, association["clusterName"], pod, tags)


def _assume(role: str, cluster: str, pod: str, tags: dict[str, str]) -> Body:
    """A session as MiniStack's AssumeRole would register it; that action knows no service as its caller."""
    name = f"eks-{cluster[:20]}-{pod[:20]}-{uuid.uuid4()}"[:64]
    key, secret, session_token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    arn = f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{role.rsplit('/', 1)[-1]}/{name}"
    seconds = 6 * 3600
    sts.register_session(
        key,
        {
            "Arn": arn,
            "UserId": f"{sts._role_id(role)}:{name}",
            "SecretAccessKey": secret,
            "SessionToken": session_token,
            "Expiration": sts.time.time() + seconds,
            "AccountId": role.split(":")[4],
            "PrincipalType": "AssumedRole",
            "SessionTags": [{"Key": label, "Value": value} for label, value in tags.items()],
            "SessionPolicies": None,
        },
    )
    return {
        "AccessKeyId": key,
        "SecretAccessKey": secret,
        "Token": session_token,
        "AccountId": role.split(":")[4],
        "Expiration": sts._future(seconds),
    }


def end_sessions() -> int:
    """Ends every session now, as if its time had passed."""
    for session in sts._sessions.values():
        session["Expiration"] = sts.time.time() - 1
    return len(sts._sessions)


def sessions() -> list[Body]:
    """The STS sessions that were made, without their secrets."""
    return [
        {
            "accessKey": key,
            "arn": session.get("Arn"),
            "policy": _policy(session),
            "expires": session.get("Expiration"),
        }
        for key, session in sts._sessions.items()
    ]


def _policy(session: Body) -> Any:
    text = (session.get("SessionPolicies") or {}).get("Policy")
    return json.loads(text) if text else None
