"""The province folders of a corpus."""

from __future__ import annotations

from lexpro.config.base import Model
from lexpro.config.corpus import Folder
from lexpro.corpus.readers.raw_files import IGNORED, shown
from lexpro.dag.compose import SettingError
from lexpro.workflow.files import expanded
from lexpro.workflow.province_names import LONGEST, escaped


def provinces_of(corpus: Model) -> tuple[str, ...]:
    """The province folders of a corpus, by the names that results have.

    Args:
        corpus: a generator or data set, which declares them, or a user's folder, where they are
            looked for.

    Raises:
        SettingError: the user's folder is missing, cannot be read or is not laid out by province.
    """
    if not isinstance(corpus, Folder):
        return tuple(corpus.provinces)
    root = expanded(corpus.path)
    if not root.is_dir():
        raise SettingError(
            "corpus.path", f"{root} is not a folder. Put raw judgments there, a sub-folder a province."
        )
    try:
        entries = sorted(p for p in root.iterdir() if not p.name.startswith(IGNORED))
    except OSError as error:
        raise SettingError("corpus.path", f"{root} cannot be read: {error.strerror}.") from None
    folders = [p.name for p in entries if p.is_dir()]
    if loose := next((p.name for p in entries if not p.is_dir()), None):
        raise SettingError(
            "corpus.path",
            f"{root} holds loose files ({shown(loose)}, …). Move them into a sub-folder: one for each "
            "province, or a single one of any name (then the province is read from each judgment).",
        )
    if not folders:
        raise SettingError(
            "corpus.path", f"{root} is empty. Put raw judgments there, a sub-folder a province."
        )
    if foreign := next((name for name in folders if shown(name) != name), None):
        raise SettingError(
            "corpus.path",
            f"the name of a folder in {root} is not UTF-8; it may be meant to be {shown(foreign)}. Rename it: "
            "results are kept under it. (Files in it may have any name.)",
        )
    names = tuple(escaped(name) for name in folders)
    if long := next((name for name in names if len(name.encode()) > LONGEST), None):
        raise SettingError(
            "corpus.path",
            f"the name of a folder in {root} is too long ({len(long.encode())} bytes, {LONGEST} at most): {long}. "
            "Rename it: results and logs are kept under it.",
        )
    return names
