"""The id that Git gives a folder, and a folder out of an archive of a repository.

Git's id of a tree names the content of a folder whatever archive it comes in. See the chapter "Git
Objects" of the Git book for the format.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from pathlib import Path, PurePosixPath

FILE, EXECUTABLE, FOLDER = b"100644", b"100755", b"40000"


def _object_id(kind: bytes, content: bytes) -> bytes:
    return hashlib.sha1(b"%s %d\0" % (kind, len(content)) + content, usedforsecurity=False).digest()


def _entries(folder: Path) -> list[tuple[bytes, bytes, bytes]]:
    """(mode, name, id) of what a folder holds; Git knows no empty folders."""
    entries = []
    for path in folder.iterdir():
        name = path.name.encode()
        if path.is_dir():
            if inner := _entries(path):
                entries.append((FOLDER, name, _tree(inner)))
        else:
            mode = EXECUTABLE if path.stat().st_mode & 0o100 else FILE
            entries.append((mode, name, _object_id(b"blob", path.read_bytes())))
    return entries


def _tree(entries: list[tuple[bytes, bytes, bytes]]) -> bytes:
    # Git sorts a folder as if its name ended in a slash.
    entries = sorted(entries, key=lambda entry: entry[1] + (b"/" if entry[0] == FOLDER else b""))
    return _object_id(b"tree", b"".join(b"%s %s\0%s" % entry for entry in entries))


def tree_id(folder: Path) -> str:
    """The id (SHA-1, hexadecimal) of a folder as a Git tree."""
    return _tree(_entries(folder)).hex()


def unpack(archive: Path, within: str, target: Path) -> bool:
    """Unpack one folder of an archive (.tar, with any compression).

    Args:
        archive: the folder lies in it at its top, or, as in GitHub's archives, one level lower.
        within: path of the folder in the repository.
        target: folder to make.

    Returns:
        Whether there is such a folder.

    Raises:
        tarfile.TarError: it is no archive, or a member of it is no plain file or points elsewhere.
    """
    wanted = PurePosixPath(within).parts
    target.mkdir(parents=True)
    with tarfile.open(archive) as members:
        # What Python refuses by itself from 3.11.4 on (Debian 12 has 3.11.2), and we below.
        members.extraction_filter = getattr(tarfile, "data_filter", None)
        for member in members:
            parts = PurePosixPath(member.name).parts
            if ".." in parts or PurePosixPath(member.name).is_absolute():
                raise tarfile.ReadError(f"{member.name} points outside the archive")
            for top in (0, 1):
                if parts[top : top + len(wanted)] == wanted and member.isfile():
                    member.name = str(PurePosixPath(*parts[top + len(wanted) :]))
                    members.extract(member, target)
                    break
    if any(target.iterdir()):
        return True
    shutil.rmtree(target)
    return False
