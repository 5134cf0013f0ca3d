"""Puts the parts together on top of MiniStack and serves."""

from __future__ import annotations

import sys

import ministack.app as app
import ministack.services.cloudformation.provisioners as provisioners

from emulator import (
    cfn_attributes,
    cfn_conditions,
    cfn_ec2,
    cfn_eks,
    cfn_names,
    cfn_drift,
    cfn_rollbacks,
    cfn_validation,
    ec2_instances,
)
from emulator import ec2_placement, eks_addons, eks_plane, eks_tags, gateway, iam_managed, iam_roles, s3_owners
from emulator.settings import Settings


def run(settings: Settings) -> None:
    """Installs every part and serves until SIGTERM."""
    eks_plane.install(settings)
    eks_addons.install()
    eks_tags.install()
    s3_owners.install()
    ec2_instances.install(settings)
    for kind, handlers in (cfn_ec2.HANDLERS | cfn_eks.HANDLERS | ec2_placement.HANDLERS).items():
        provisioners._RESOURCE_HANDLERS[kind] = {**provisioners._RESOURCE_HANDLERS.get(kind, {}), **handlers}
    cfn_attributes.install()
    cfn_conditions.install()
    cfn_drift.install()
    cfn_rollbacks.install()
    cfn_validation.install()  # before the faults, which come before it
    gateway.install(settings)
    cfn_names.install()
    iam_managed.install()
    iam_roles.install()
    sys.argv = sys.argv[:1]  # MiniStack reads the command line too
    app.main()
