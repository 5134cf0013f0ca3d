"""What one emulator process is told at its start. MiniStack itself reads its environment while it is imported."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The arguments of `python3 -m emulator`."""

    account: str
    host: str
    port: int
    eks_endpoint: str
    eks_ca_file: Path | None
    faults_file: Path | None
    trace_file: Path | None
    no_capacity_file: Path | None
    registry: str
    create_delay: float
    shutdown_seconds: float
    ecr_token_seconds: float
    log_file: Path | None


def parse(arguments: list[str] | None = None) -> Settings:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python3 -m emulator", description=__doc__)
    parser.add_argument("--account", default="123456789012", help="the account of every request (12 digits)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; loopback or the lab's bridge")
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--eks-endpoint", default="", help="what DescribeCluster answers, e.g. https://10.88.0.1:16443")
    parser.add_argument("--eks-ca-file", type=Path, help="PEM of the CA that signed the endpoint's certificate")
    parser.add_argument("--faults-file", type=Path, help="JSON list of faults, read again whenever it changes")
    parser.add_argument("--trace-file", type=Path, help="one JSON line a request is appended here")
    parser.add_argument("--no-capacity-file", type=Path, help='lines "TYPE ZONE" or "TYPE *" without EC2 capacity')
    parser.add_argument(
        "--registry", default="", help="the registry behind ECR; without it repositories hold no images"
    )
    parser.add_argument("--create-delay", type=float, default=0.0, help="seconds that each CloudFormation create takes")
    parser.add_argument("--shutdown-seconds", type=float, default=0.0, help="how long an instance is shutting-down")
    parser.add_argument("--ecr-token-seconds", type=float, default=43_200.0, help="life of an ECR token (12 hours)")
    parser.add_argument("--log-file", type=Path, help="all output goes there, and the process leaves its terminal")
    given = parser.parse_args(arguments)
    if not (len(given.account) == 12 and given.account.isdigit()):
        parser.error(f"--account must be 12 digits: current value is {given.account}")
    if given.host == "0.0.0.0":
        parser.error("--host must not be every interface: the emulator trusts whoever reaches it")
    return Settings(**vars(given))


def export(settings: Settings) -> None:
    """Puts MiniStack's own settings into the environment. Call it before anything imports `ministack`."""
    os.environ.update(
        GATEWAY_PORT=str(settings.port),
        BIND_HOST=settings.host,
        MINISTACK_HOST=settings.host if settings.host != "127.0.0.1" else "localhost",
        MINISTACK_ACCOUNT_ID=settings.account,
        # What functions talk to, and the root key of the account, whatever the caller's environment says.
        AWS_ENDPOINT_URL=f"http://{settings.host}:{settings.port}",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        # Both would listen on every interface, and twice on a machine with two emulators.
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
    )
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        os.environ.pop(name, None)
