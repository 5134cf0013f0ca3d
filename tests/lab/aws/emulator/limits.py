"""Where this emulator departs from botocore's models, each with its reason: enums that are open, limits that they lack.

A limit's name is that of a shape, or `Structure.Member` where the shape is a plain string that others share.
"""

from __future__ import annotations

from typing import Any

Limit = dict[str, Any]

# Enums that AWS lets grow before its models know.
OPEN: dict[str, dict[str, str]] = {
    "ec2": {
        # The catalogue has some that no model has (r8gb.48xlarge), and EC2 has codes of its own for one that it lacks.
        "InstanceType": "the catalogue answers for it",
    },
}

EKS_TOKEN: Limit = {"min": 33, "max": 126}
# "Tagging AWS resources": keys that begin with aws: are AWS's own, in any case.
OURS = r"(?![Aa][Ww][Ss]:)"
TAG_KEY: Limit = {"min": 1, "max": 128, "pattern": OURS + r"[\s\S]*"}
TAG_VALUE: Limit = {"max": 256}
RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288]
RETENTION_DAYS += [3653]

LIMITS: dict[str, dict[str, Limit]] = {
    "cloudformation": {
        # CloudFormation User Guide, "Stack name": letters, digits and hyphens, a letter first, at most 128.
        "StackName": {"min": 1, "max": 128, "pattern": "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"},
        "CreateStackInput.StackName": {"max": 128, "pattern": "[a-zA-Z][-a-zA-Z0-9]*"},
        # CloudFormation User Guide, "CloudFormation quotas": a body that is sent in a request.
        "TemplateBody": {"max": 51_200},
    },
    "ec2": {
        # EC2 API Reference, CreateTags and "Tag restrictions".
        "Tag.Key": TAG_KEY,
        "Tag.Value": TAG_VALUE,
        # EC2 API Reference, CreateSecurityGroup: up to 255 characters each.
        "CreateSecurityGroupRequest.GroupName": {"min": 1, "max": 255},
        "CreateSecurityGroupRequest.Description": {
            "max": 255,
            "pattern": r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*",
        },
        # EC2 API Reference, CreateLaunchTemplate.
        "CreateLaunchTemplateRequest.LaunchTemplateName": {"min": 3, "max": 128, "pattern": r"[a-zA-Z0-9().\-/_]+"},
        # EC2 User Guide, "User data": 16 KB before it is encoded in base64.
        "RunInstancesUserData": {"max": 21_848},
        "RequestLaunchTemplateData.UserData": {"max": 21_848},
    },
    "ecr": {"TagKey": TAG_KEY},
    "eks": {
        "TagKey": TAG_KEY,
        # EKS: "The client request token parameter must be between 33 and 126 characters"
        # (ansible-collections/community.aws#844).
        "CreateClusterRequest.clientRequestToken": EKS_TOKEN,
        "CreateNodegroupRequest.clientRequestToken": EKS_TOKEN,
        # EKS User Guide, "Create a managed node group": at most 63 characters, a letter or digit first.
        "CreateNodegroupRequest.nodegroupName": {"min": 1, "max": 63, "pattern": "[A-Za-z0-9][A-Za-z0-9_-]*"},
    },
    "iam": {"tagKeyType": {"pattern": OURS + r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"}},
    "logs": {
        # CloudWatch Logs API Reference, PutRetentionPolicy: possible values.
        "Days": {"among": RETENTION_DAYS},
    },
    "sts": {
        # STS API Reference, AssumeRole: "can't exceed 2,048 characters".
        "AssumeRoleRequest.Policy": {"max": 2048},
    },
    "sqs": {
        # SQS API Reference, CreateQueue: letters, digits, hyphens and underscores, at most 80.
        "CreateQueueRequest.QueueName": {"min": 1, "max": 80, "pattern": r"[A-Za-z0-9_-]+(\.fifo)?"},
    },
    "s3": {
        # S3 User Guide, "General purpose bucket naming rules", for names that are made.
        "CreateBucketRequest.Bucket": {
            "min": 3,
            "max": 63,
            "pattern": r"(?!xn--|sthree-)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9]([a-z0-9-]|\.(?!\.))*[a-z0-9](?<!-s3alias)",
        },
        "ObjectKey": {"max": 1024},
    },
}

# Properties of resources whose schemas have no limit, by name with dots.
RESOURCE_LIMITS: dict[str, dict[str, Limit]] = {
    # Each as the service's API has it: iam policyNameType, sqs CreateQueue, ec2 CreateLaunchTemplate and
    # CreateSecurityGroup, EKS's CreateNodegroup.
    "AWS::IAM::ManagedPolicy": {
        "ManagedPolicyName": {"minLength": 1, "maxLength": 128, "pattern": r"^[\w+=,.@-]+$"},
    },
    "AWS::IAM::Policy": {"PolicyName": {"minLength": 1, "maxLength": 128, "pattern": r"^[\w+=,.@-]+$"}},
    "AWS::SQS::Queue": {"QueueName": {"minLength": 1, "maxLength": 80, "pattern": r"^[A-Za-z0-9_-]+(\.fifo)?$"}},
    "AWS::EC2::LaunchTemplate": {
        "LaunchTemplateName": {"minLength": 3, "maxLength": 128, "pattern": r"^[a-zA-Z0-9().\-/_]+$"},
    },
    "AWS::EC2::SecurityGroup": {
        "GroupDescription": {"maxLength": 255, "pattern": r"^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*$"},
    },
    "AWS::EKS::Nodegroup": {"NodegroupName": {"maxLength": 63, "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"}},
}
