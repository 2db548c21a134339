"""Makes imports stay in a copy of the project: whatever an editable install of the work tree adds is looked up there.

Python runs this by itself at its start, when what is installed has added its paths and finders already
(https://docs.python.org/3/library/site.html#module-sitecustomize).
"""

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

_COPY = os.environ.get("SCAFFOLD_COPY", "")
_ROOTS = [os.path.realpath(it) for it in os.environ.get("SCAFFOLD_COPY_OF", "").split(os.pathsep) if it]
_KEPT = [os.path.realpath(it) for it in (sys.prefix, sys.base_prefix)]


def _lies_in(path, folder):
    return path == folder or path.startswith(os.path.join(folder, ""))


def _moved(path):
    """The same place in the copy; what does not lie in the work tree, or is the environment's, stays where it is."""
    if not isinstance(path, str) or not os.path.isabs(path):
        return path
    real = os.path.realpath(path)
    if any(_lies_in(real, it) for it in _KEPT):
        return path
    for root in _ROOTS:
        if _lies_in(real, root):
            return os.path.normpath(os.path.join(_COPY, os.path.relpath(real, root)))
    return path


def _move_all(paths):
    if isinstance(paths, dict):
        for name, path in paths.items():
            if isinstance(path, list):
                path[:] = [_moved(it) for it in path]
            else:
                paths[name] = _moved(path)


def _redirect():
    sys.path[:] = [_moved(it) for it in sys.path]
    for finder in sys.meta_path:
        # As setuptools makes them, and the distribution `editables`.
        module = sys.modules.get(getattr(finder, "__module__", None))
        _move_all(getattr(module, "MAPPING", None))
        _move_all(getattr(module, "NAMESPACES", None))
        _move_all(getattr(finder, "_redirections", None))


def _run_the_next():
    """What would have been run, were this file not in front of it."""
    here = os.path.dirname(os.path.abspath(__file__))
    rest = [it for it in sys.path if os.path.abspath(it) != here]
    spec = PathFinder.find_spec("sitecustomize", rest)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module_from_spec(spec))


if _COPY and _ROOTS:
    _redirect()
_run_the_next()
