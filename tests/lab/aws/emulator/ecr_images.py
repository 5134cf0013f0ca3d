"""The image actions of ECR over the registry, so that API and registry are one store. MiniStack keeps its own."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import json
from collections.abc import Callable
from typing import Any

import ministack.services.ecr as ecr

from emulator.answers import Answer, json_answer, json_error
from emulator.registry import INDEXES, Image, Manifest, RegistryError, Repository

Body = dict[str, Any]
Lookup = Callable[[str], Repository]


def frozen(repository: Body, name: str) -> bool:
    """Whether a tag that exists may not move. Filters name the tags that the setting does not hold for."""
    mutability = repository.get("imageTagMutability", "MUTABLE")
    filters = [each["filter"] for each in repository.get("imageTagMutabilityExclusionFilters") or []]
    excluded = any(fnmatch.fnmatchcase(name, pattern) for pattern in filters)
    if mutability == "IMMUTABLE":
        return True
    if mutability == "IMMUTABLE_WITH_EXCLUSION":
        return not excluded
    return mutability == "MUTABLE_WITH_EXCLUSION" and excluded


def _not_found(name: str) -> Answer:
    account = ecr._registry_id()
    message = f"The repository with name '{name}' does not exist in the registry with id '{account}'"
    return json_error(400, "RepositoryNotFoundException", message)


class Images:
    """The actions; each takes the request's body and answers as ECR does."""

    def __init__(self, lookup: Lookup, configured: bool) -> None:
        self._lookup = lookup
        self._configured = configured

    def list(self, body: Body) -> Answer:
        """ListImages."""
        return self._over(body, self._list)

    def describe(self, body: Body) -> Answer:
        """DescribeImages."""
        return self._over(body, self._describe)

    def batch_get(self, body: Body) -> Answer:
        """BatchGetImage."""
        return self._over(body, self._batch_get)

    def batch_delete(self, body: Body) -> Answer:
        """BatchDeleteImage."""
        return self._over(body, self._batch_delete)

    def put(self, body: Body) -> Answer:
        """PutImage."""
        return self._over(body, self._put)

    def _over(self, body: Body, action: Callable[[str, Body, Repository], Answer]) -> Answer:
        name = body.get("repositoryName", "")
        if name not in ecr._repositories:
            return _not_found(name)
        return action(name, body, self._lookup(name))

    def _list(self, _name: str, body: Body, store: Repository) -> Answer:
        wanted = (body.get("filter") or {}).get("tagStatus", "ANY")
        listed: list[Body] = []
        for digest, image in store.images().items():
            if image.tags and wanted != "UNTAGGED":
                listed += [{"imageDigest": digest, "imageTag": each} for each in image.tags]
            if not image.tags and wanted != "TAGGED":
                listed.append({"imageDigest": digest})
        return json_answer(200, _paged(body, "imageIds", listed))

    def _describe(self, name: str, body: Body, store: Repository) -> Answer:
        images = store.images()
        wanted = (body.get("filter") or {}).get("tagStatus", "ANY")
        chosen = [each for each in images.values() if wanted == "ANY" or bool(each.tags) == (wanted == "TAGGED")]
        if body.get("imageIds"):
            chosen = []
            for identity in body["imageIds"]:
                image = _find(images, identity)
                if not image:
                    digest, label = identity.get("imageDigest", "null"), identity.get("imageTag", "null")
                    asked = f"{{imageDigest:'{digest}', imageTag:'{label}'}}"
                    message = f"The image with imageId {asked} does not exist within the repository with name '{name}'"
                    return json_error(400, "ImageNotFoundException", message)
                if image not in chosen:
                    chosen.append(image)
        details = [_detail(name, image) for image in chosen]
        return json_answer(200, _paged(body, "imageDetails", details))

    def _batch_get(self, name: str, body: Body, store: Repository) -> Answer:
        found, failures = [], []
        for identity in body.get("imageIds", []):
            manifest = store.get(identity.get("imageTag") or identity.get("imageDigest", ""))
            wanted = identity.get("imageDigest")
            if not manifest or (wanted and wanted != manifest.digest):
                failures.append(_failure(identity))
                continue
            store.noted(manifest.digest)
            found.append(_image(name, {**identity, "imageDigest": manifest.digest}, manifest))
        return json_answer(200, {"images": found, "failures": failures})

    def _batch_delete(self, _name: str, body: Body, store: Repository) -> Answer:
        deleted, failures = [], []
        for identity in body.get("imageIds", []):
            images = store.images()
            image = _find(images, identity)
            if not image:
                failures.append(_failure(identity))
            elif "imageTag" in identity:
                deleted.append({"imageDigest": image.manifest.digest, "imageTag": identity["imageTag"]})
                last = image.tags == [identity["imageTag"]]
                if last and not _parents(images, image.manifest.digest):
                    store.delete(image.manifest.digest)
                else:
                    store.untag(identity["imageTag"])
            elif _parents(images, image.manifest.digest):
                reason = f"Requested image referenced by manifest list: {_parents(images, image.manifest.digest)}"
                failures.append(_failure(identity, "ImageReferencedByManifestList", reason))
            else:
                store.delete(image.manifest.digest)
                named = [{"imageDigest": image.manifest.digest, "imageTag": each} for each in image.tags]
                deleted += named or [{"imageDigest": image.manifest.digest}]
        return json_answer(200, {"imageIds": deleted, "failures": failures})

    def _put(self, name: str, body: Body, store: Repository) -> Answer:
        if not self._configured:
            return json_error(
                500, "ServerException", "This emulator was started without a registry, so it holds no images"
            )
        text = body.get("imageManifest", "").encode()
        media_type = body.get("imageManifestMediaType") or json.loads(text).get("mediaType") or ""
        manifest = Manifest("sha256:" + hashlib.sha256(text).hexdigest(), media_type, text)
        label = body.get("imageTag")
        refusal = _put_refusal(name, body, store, manifest, label)
        if refusal:
            return refusal
        try:
            store.put(label or manifest.digest, media_type, text)
        except RegistryError as error:
            code = "ReferencedImagesNotFoundException" if media_type in INDEXES else "LayersNotFoundException"
            if error.code not in ("MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"):
                raise
            return json_error(400, code, f"The manifest names what repository '{name}' does not hold: {error}")
        store.noted(manifest.digest)
        identity = {"imageDigest": manifest.digest, **({"imageTag": label} if label else {})}
        return json_answer(200, {"image": _image(name, identity, manifest)})


def _put_refusal(name: str, body: Body, store: Repository, manifest: Manifest, label: str | None) -> Answer | None:
    """Why PutImage does not write, in the order in which ECR says so."""
    given = body.get("imageDigest")
    if given and given != manifest.digest:
        message = f"The provided imageDigest {given} does not match the image's digest {manifest.digest}"
        return json_error(400, "ImageDigestDoesNotMatchException", message)
    held = store.get(label or manifest.digest)
    if held and held.digest == manifest.digest:
        message = f"Image with digest '{manifest.digest}' and tag '{label}' already exists in the repository '{name}'"
        return json_error(400, "ImageAlreadyExistsException", message)
    if held and label and frozen(ecr._repositories[name], label):
        return json_error(400, "ImageTagAlreadyExistsException", immutable_text(name, label))
    return None


def immutable_text(name: str, label: str) -> str:
    """What ECR says to a push that would move an immutable tag."""
    return (
        f"The image tag '{label}' already exists in the '{name}' repository "
        "and cannot be overwritten because the tag is immutable."
    )


def _find(images: dict[str, Image], identity: Body) -> Image | None:
    label, digest = identity.get("imageTag"), identity.get("imageDigest")
    for image in images.values():
        if (not label or label in image.tags) and (not digest or digest == image.manifest.digest):
            return image
    return None


def _parents(images: dict[str, Image], digest: str) -> list[str]:
    """The indexes that hold this digest."""
    return [key for key, image in images.items() if digest in image.manifest.children()]


def _failure(identity: Body, code: str = "ImageNotFound", reason: str = "Requested image not found") -> Body:
    return {"imageId": identity, "failureCode": code, "failureReason": reason}


def _image(name: str, identity: Body, manifest: Manifest) -> Body:
    return {
        "registryId": ecr._registry_id(),
        "repositoryName": name,
        "imageId": identity,
        "imageManifest": manifest.body.decode(),
        "imageManifestMediaType": manifest.media_type,
    }


def _detail(name: str, image: Image) -> Body:
    document = json.loads(image.manifest.body)
    detail = {
        "registryId": ecr._registry_id(),
        "repositoryName": name,
        "imageDigest": image.manifest.digest,
        "imageSizeInBytes": image.manifest.size(),
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": image.manifest.media_type,
        "artifactMediaType": document.get("artifactType") or document.get("config", {}).get("mediaType", ""),
    }
    return {**detail, **({"imageTags": image.tags} if image.tags else {})}


def _paged(body: Body, key: str, listed: list[Body]) -> Body:
    """One page: at most maxResults (100 unless said), with a token that holds where the next one starts."""
    start = int(base64.b64decode(body["nextToken"])) if body.get("nextToken") else 0
    end = start + int(body.get("maxResults") or 100)
    page: Body = {key: listed[start:end]}
    if end < len(listed):
        page["nextToken"] = base64.b64encode(str(end).encode()).decode()
    return page
