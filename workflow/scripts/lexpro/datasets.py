"""The registry of public data sets (config/datasets.csv): pinned by URL and SHA-256.

They are read from a mirror, or downloaded. A mirror is a folder (environment variable
LEXPRO_MIRROR) in which `https://raw.githubusercontent.com/<owner>/<repo>/<commit>/<path>` is found
as `<owner>__<repo>/<path>`, or as `<owner>__<repo>@<commit>…/<path>` where a mirror holds two
versions. A URL that ends in `/` is a folder; its SHA-256 is that of the sorted lines `<sha256 of
the file> <path below the folder>`.

A URL of an archive with `#<path>` is one folder of a repository: of
`https://github.com/<owner>/<repo>/archive/<commit>.tar.gz#<path>` a mirror has the folder
`<owner>__<repo>/<path>`, or an archive `<owner>__<repo>/*.tar.*` that holds it. In place of its
SHA-256 it has the id that Git gives the folder (`tree:<SHA-1>`). It is unpacked into the folder of
downloads.

A data set that none of us could fetch has in place of its SHA-256 the id that Git gives its content
(`git:<SHA-1>`), where its repository shows it, or nothing. In the latter case the file of the
mirror is taken as it is when the workflow is planned: its hash goes into the key of the runs that
read it, and they check it.
"""

from __future__ import annotations

import csv
import hashlib
import lzma
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zlib
from dataclasses import dataclass
from pathlib import Path

from lexpro import git_trees
from lexpro.hashing import sha256
from lexpro.workflow.errors import UserError
from lexpro.workflow.hash_cache import UNREADABLE, RawFile, listing

REGISTRY = Path("config/datasets.csv")
MIRROR = "LEXPRO_MIRROR"
# Where downloads are kept.
CACHE = Path("scratch/datasets")
# What stands before the id of a Git blob in the column sha256.
GIT = "git:"
# And before that of a tree.
TREE = "tree:"
# Raw files of GitHub: the one host whose layout the mirror follows.
HOST = "raw.githubusercontent.com"
TIMEOUT_S = 60
# Bytes read at a time.
BLOCK = 1 << 20


@dataclass(frozen=True)
class Dataset:
    """A row of the registry.

    Attributes:
        name: how settings name it.
        version: date or commit.
        url: where it is published; a folder where it ends in `/`.
        sha256: SHA-256 of the content, or `git:<SHA-1>`, or `tree:<SHA-1>`, or "".
        licence: licence of the data.
        note: what it is.
    """

    name: str
    version: str
    url: str
    sha256: str
    licence: str
    note: str

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files."""
        return self.url.endswith("/")

    @property
    def archived(self) -> str:
        """Path of the folder in the repository whose archive the URL names; "" for other URLs."""
        return urllib.parse.urlsplit(self.url).fragment

    @property
    def filename(self) -> str:
        """The last part of the URL."""
        return urllib.parse.unquote(self.url.rstrip("/").rsplit("/", 1)[1])


def registered(path: Path = REGISTRY) -> dict[str, Dataset]:
    """All data sets by name."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["name"]: Dataset(**row) for row in csv.DictReader(file)}


def find(name: str, path: Path = REGISTRY) -> Dataset:
    """The data set of that name.

    Raises:
        UserError: there is none; the message lists those there are.
    """
    known = registered(path)
    if name not in known:
        raise UserError(f"{path}: no data set {name!r}. There are: {', '.join(sorted(known))}.")
    return known[name]


def in_mirror(dataset: Dataset, mirror: Path) -> Path:
    """Where the mirror has, or would have, the data set."""
    parts = urllib.parse.urlsplit(dataset.url)
    if dataset.archived:
        owner, repo = parts.path.lstrip("/").split("/")[:2]
        folder = mirror / f"{owner}__{repo}"
        if (folder / dataset.archived).is_dir():
            return folder / dataset.archived
        return next(iter(sorted(folder.glob("*.tar.*"))), folder / dataset.archived)
    if parts.netloc != HOST:
        return mirror / parts.netloc / urllib.parse.unquote(parts.path.strip("/"))
    owner, repo, commit, path = urllib.parse.unquote(parts.path.lstrip("/")).split("/", 3)
    versioned = sorted(mirror.glob(f"{owner}__{repo}@{commit[:7]}*"))
    return (versioned[0] if versioned else mirror / f"{owner}__{repo}") / path


def hash_of(path: Path) -> str:
    """SHA-256 of a file, or of a folder's listing."""
    if path.is_file():
        return sha256(path)
    files = sorted(p for p in path.rglob("*") if p.is_file())
    lines = (f"{sha256(p)}  {p.relative_to(path).as_posix()}\n" for p in files)
    return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()


def _git_id(path: Path) -> str:
    """The id of a file's content as a Git blob."""
    if not path.is_file():
        raise UserError(f"{path} is no file: {REGISTRY} has the id of one ({GIT}…). Get it again.")
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _content_id(path: Path, registered: str) -> str:
    """What is registered of a file or folder, computed from what lies at `path`."""
    if registered.startswith(TREE):
        return TREE + git_trees.tree_id(path)
    return GIT + _git_id(path) if registered.startswith(GIT) else hash_of(path)


def pin(dataset: Dataset, cache: Path = CACHE) -> str:
    """The hash that identifies the data set: the registered one, else that of the file at hand.

    The latter is kept in `cache`; the file is read again only where its size or time of
    modification has changed.

    Returns:
        "" where nothing is registered and nothing at hand.

    Raises:
        UserError: the file cannot be read.
    """
    if dataset.sha256:
        return dataset.sha256
    try:
        path = at_hand(dataset)
    except UserError:
        return ""
    if not path or not path.is_file():
        return hash_of(path) if path else ""
    (digest,) = listing([RawFile(path, str(path.absolute()))], cache / f"{dataset.name}.json").values()
    if digest.startswith(UNREADABLE):
        raise UserError(
            f"{path}: {digest}. Data set {dataset.name} needs it: make it readable, or get it again."
        )
    return digest


def _verified(dataset: Dataset, path: Path, planned: str = "") -> Path:
    if not dataset.sha256:
        if planned and hash_of(path) != planned:
            raise UserError(f"{path} has changed since the workflow was planned. Run snakemake again.")
        return path
    actual = _content_id(path, dataset.sha256)
    if actual != dataset.sha256:
        raise UserError(
            f"{path} is not the data set {dataset.name!r} of {REGISTRY}: SHA-256 {actual}, registered "
            f"{dataset.sha256}. "
            f"Get {dataset.url} again, or register this version as another data set."
        )
    return path


def resolve(dataset: Dataset, cache: Path, planned: str = "") -> Path:
    """A verified local path of the data set, in the mirror or downloaded into `cache`.

    Args:
        dataset: row of the registry.
        cache: folder of downloads, used where LEXPRO_MIRROR is not set.
        planned: hash that the content must have where none is registered; "" for any.

    Raises:
        UserError: the mirror lacks it, the download fails, or the content is not what was
            registered or planned.
    """
    path = at_hand(dataset)
    if dataset.archived and not (path and path.is_dir()):
        return _unpacked(dataset, cache, path)
    return _verified(dataset, path, planned) if path else _download(dataset, cache)


def at_hand(dataset: Dataset) -> Path | None:
    """Where the mirror has the data set, without reading it.

    Returns:
        None if there is no mirror and it is a file to be downloaded.

    Raises:
        UserError: the mirror lacks it, or there is none and it is a folder.
    """
    if os.environ.get(MIRROR):
        mirror = Path(os.environ[MIRROR])
        path = in_mirror(dataset, mirror)
        if not mirror.is_dir():
            raise UserError(
                f"{MIRROR}={mirror} is not a folder. Set it to a mirror folder, or unset it to download."
            )
        if not path.exists():
            raise UserError(
                f"the mirror has no {path}. Put {dataset.url} there, or unset {MIRROR} to download it."
            )
        return path
    if dataset.is_folder:
        raise UserError(
            f"the data set {dataset.name!r} is a folder ({dataset.url}) and is read from a mirror only: "
            "clone its repository at that "
            f"commit as <mirror>/<owner>__<repo> and set {MIRROR}=<mirror>."
        )
    if not dataset.sha256:
        raise UserError(
            f"the data set {dataset.name!r} has no SHA-256 in {REGISTRY}, so it is read from a mirror only: put "
            f"{dataset.url} at {in_mirror(dataset, Path('<mirror>'))} and set {MIRROR}=<mirror>."
        )
    return None


def _downloaded(dataset: Dataset, cache: Path) -> Path:
    return cache / dataset.sha256.rpartition(":")[2][:16] / dataset.filename


def present(dataset: Dataset, cache: Path) -> Path | None:
    """Where the data set lies already, in the mirror or downloaded before; nothing is verified."""
    mirror = os.environ.get(MIRROR)
    path = in_mirror(dataset, Path(mirror)) if mirror else _downloaded(dataset, cache)
    return path if path.exists() else None


def _fetch(dataset: Dataset, target: Path) -> None:
    url = urllib.parse.quote(urllib.parse.unquote(urllib.parse.urldefrag(dataset.url).url), safe=":/")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file)
    except (urllib.error.URLError, TimeoutError) as error:
        raise UserError(
            f"cannot download {dataset.url} ({error}). Without internet, set {MIRROR} to a mirror folder "
            "(docs/data.md)."
        ) from error


def _download(dataset: Dataset, cache: Path) -> Path:
    path = _downloaded(dataset, cache)
    if path.is_file():
        return _verified(dataset, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    try:
        _fetch(dataset, partial)
        _verified(dataset, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _unpacked(dataset: Dataset, cache: Path, archive: Path | None) -> Path:
    """The folder of an archive, verified; it is unpacked once.

    Args:
        dataset: with a path in `archived`.
        cache: folder of downloads.
        archive: the archive of the mirror; None: it is downloaded.
    """
    target = _downloaded(dataset, cache)
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
        folder = Path(name) / target.name
        if archive is None:
            archive = Path(name) / "archive"
            _fetch(dataset, archive)
        try:
            there = git_trees.unpack(archive, dataset.archived, folder)
        except (tarfile.TarError, EOFError, lzma.LZMAError, zlib.error, OSError) as error:
            raise UserError(f"{archive} cannot be unpacked ({error}). Get {dataset.url} again.") from error
        if not there:
            raise UserError(f"{archive} has no folder {dataset.archived}. Get {dataset.url} again.")
        _verified(dataset, folder)
        folder.rename(target)
    return target
