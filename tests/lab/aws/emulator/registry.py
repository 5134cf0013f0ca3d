"""A client of the registry that holds the images of every ECR repository, below the name of its ECR host.

The registry is the truth about tags and manifests. What it cannot tell (untagged manifests, when an image was pushed)
is remembered here when the gateway or PutImage writes.
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
ACCEPT = ", ".join([*INDEXES, *MANIFESTS])
TIMEOUT = 10


@dataclass(frozen=True)
class Manifest:
    """A manifest as it lies in the registry, byte for byte."""

    digest: str
    media_type: str
    body: bytes

    def size(self) -> int:
        """Bytes of everything that the manifest names, as ECR counts an image."""
        document = json.loads(self.body)
        named = [document.get("config", {}), *document.get("layers", []), *document.get("manifests", [])]
        return sum(int(each.get("size", 0)) for each in named)

    def children(self) -> list[str]:
        """Digests of an index's manifests."""
        return [each["digest"] for each in json.loads(self.body).get("manifests", [])]


@dataclass
class Image:
    """One digest in a repository with the tags that lead to it."""

    manifest: Manifest
    pushed_at: float
    tags: list[str] = field(default_factory=list)


class RegistryError(Exception):
    """An answer that the registry should not have given."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"registry answered {status}: {body[:500]!r}")
        errors = json.loads(body).get("errors") if body.startswith(b"{") else None
        self.code: str = errors[0].get("code", "") if errors else ""


class Repository:
    """The images of one repository."""

    def __init__(self, registry: str, name: str) -> None:
        self._registry = registry
        self._name = name
        self._pushed: dict[str, float] = {}

    def _ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Any:
        """One request: (status, headers, body). Without a registry there is nothing in it."""
        if not self._registry:
            return 404, {}, b""
        address = urlsplit(self._registry)
        connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=TIMEOUT)
        try:
            connection.request(method, f"/v2/{self._name}/{path}", body or None, headers or {})
            response = connection.getresponse()
            return response.status, {key.lower(): value for key, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def get(self, reference: str) -> Manifest | None:
        """The manifest behind a tag or a digest."""
        status, headers, body = self._ask("GET", f"manifests/{reference}", headers={"Accept": ACCEPT})
        if status == 404:
            return None
        if status != 200:
            raise RegistryError(status, body)
        return Manifest(headers["docker-content-digest"], headers["content-type"], body)

    def put(self, reference: str, media_type: str, body: bytes) -> None:
        """Writes a manifest under a tag or its digest. Its layers or children must be there."""
        status, _, answer = self._ask("PUT", f"manifests/{reference}", body, {"Content-Type": media_type})
        if status != 201:
            raise RegistryError(status, answer)

    def noted(self, digest: str) -> None:
        """Remembers that this digest was written now, unless it is known."""
        self._pushed.setdefault(digest, time.time())

    def tags(self) -> list[str]:
        """All tags."""
        status, _, body = self._ask("GET", "tags/list")
        if status == 404:
            return []
        if status != 200:
            raise RegistryError(status, body)
        return sorted(json.loads(body).get("tags") or [])

    def images(self) -> dict[str, Image]:
        """Every image by digest: those with tags, and the untagged ones that were noted."""
        found: dict[str, Image] = {}
        for name in self.tags():
            manifest = self.get(name)
            if manifest:
                found.setdefault(manifest.digest, self._image(manifest)).tags.append(name)
        for digest in list(self._pushed):
            if digest in found:
                continue
            manifest = self.get(digest)
            if manifest:
                found[digest] = self._image(manifest)
            else:
                self._pushed.pop(digest)
        return found

    def _image(self, manifest: Manifest) -> Image:
        self.noted(manifest.digest)
        return Image(manifest, self._pushed[manifest.digest])

    def delete(self, digest: str) -> None:
        """Deletes a manifest and every tag that leads to it."""
        status, _, body = self._ask("DELETE", f"manifests/{digest}")
        if status not in (202, 404):
            raise RegistryError(status, body)
        self._pushed.pop(digest, None)

    def untag(self, name: str) -> None:
        """Deletes a tag alone. This registry cannot, so the tag is moved to an empty index that is then deleted."""
        empty = {
            "schemaVersion": 2,
            "mediaType": INDEXES[0],
            "manifests": [],
            "annotations": {"empty": str(uuid.uuid4())},
        }
        self.put(name, INDEXES[0], json.dumps(empty).encode())
        moved = self.get(name)
        if moved:
            self.delete(moved.digest)

    def clear(self) -> None:
        """Deletes every image."""
        for digest in self.images():
            self.delete(digest)
        self._pushed.clear()
