/** Are the credentials for the account that the config names? */
import { errors } from "../core/findings.ts";
import type { Check } from "./check.ts";

const CODE = "AWS_ACCOUNT";

export const account: Check = {
  code: CODE,
  of: ["infra", "pools", "images"],
  refusal: (name) => `Cannot use these credentials for ${name}`,
  run: ({ config, identity }) => {
    if (config.account === null || config.account === identity.account) return Promise.resolve([]);
    const message = `the config is for account ${config.account}: the credentials are for account ${identity.account}`;
    const hint = "choose another --profile, or change `account` in the config";
    return Promise.resolve(errors(CODE, [{ path: "account", message, hint }]));
  },
};
