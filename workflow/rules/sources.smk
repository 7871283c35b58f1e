"""Where the scripts and the library are: SCRIPTS, as seen from the working folder.

In a checkout and for a module of a local clone that is workflow/scripts/ beside this file. Of a module from a Git host
(`github(…)`) Snakemake reads each Snakefile from its own clone, but jobs need whole folders: they are unpacked once.
"""

import os
import tarfile
import tempfile
from pathlib import Path


def unpacked(source):
    """The files of a remote module at its commit: .snakemake/lexpro/<commit>/, made by the first process that needs it."""
    repository = source.hosted_repo.repo
    commit = repository.commit(source.ref).hexsha
    folder = Path(".snakemake/lexpro") / commit
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as new:
            with tempfile.TemporaryFile() as archive:
                repository.archive(archive, commit, path=["workflow/scripts", "envs"])
                archive.seek(0)
                with tarfile.open(fileobj=archive) as files:
                    # An argument of extractall() from Python 3.11.4 on; Debian 12 has 3.11.2.
                    files.extraction_filter = getattr(tarfile, "data_filter", None)
                    files.extractall(f"{new}/files")
            os.rename(f"{new}/files", folder)
    return folder


def scripts_folder(source):
    """The folder of the scripts; `source`: the folder of this file, as Snakemake knows it."""
    if source.is_local:
        return Path(str(source)).with_name("scripts")
    return unpacked(source) / "workflow/scripts"


SCRIPTS = os.path.relpath(scripts_folder(workflow.current_basedir))
