/** IAM roles: those of the CDK bootstrap, and what a permissions boundary demands of whoever creates roles. */
import type { Conditions } from "../core/ports.ts";

/** The roles of the CDK bootstrap, by the part of their names that differs. */
export const BOOTSTRAP_ROLES = ["cfn-exec", "deploy", "file-publishing", "image-publishing", "lookup"] as const;

/** The actions that IAM can restrict by the boundary of the role: Service Authorization Reference, IAM. */
const BY_BOUNDARY = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
];
/** Never allowed where there is a boundary: it would let a role out. */
const REMOVAL = "iam:DeleteRolePermissionsBoundary";

/** A permission with the condition of the boundary, if the action can have one; none if it removes the boundary. */
export function bounded<P extends { readonly action: string; readonly when?: Conditions | undefined }>(
  permission: P,
  boundary: string | null,
): P[] {
  if (boundary === null) return [permission];
  if (permission.action === REMOVAL) return [];
  if (!BY_BOUNDARY.includes(permission.action)) return [permission];
  const { StringEquals, ...others } = permission.when ?? {};
  const when = { ...others, StringEquals: { ...StringEquals, "iam:PermissionsBoundary": boundary } };
  return [{ ...permission, when }];
}
