"""Work in a process of its own, which gives its memory back when it ends.

Drawing charts and setting documents takes several hundred MB, and a process that lives on would keep them. For programs
that do such work now and then and otherwise wait: servers, workers, notebooks. It gives way to what else is done on the
machine.

    to the child      on its standard input: function and arguments, pickled; then nothing, until the parent is done
    from the child    on its standard output, one pickle after another: ("step", …) as often as it tells its progress,
                      at last ("done", result) or ("refused", EireneError)

Both ends are this module; nothing that comes from outside is unpickled. When the parent goes, however it goes, its end
of the pipe closes, and the child ends with all that it started.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar

import eirene
from eirene.errors import EireneError

T = TypeVar("T")


class ChildDied(RuntimeError):
    """The process ended without an answer: killed, out of memory, or a fault of ours, which it told on its standard
    error."""


def run_apart(function: Callable[..., T], /, *, progress: Callable[..., None] | None = None, **arguments: Any) -> T:
    """`function(**arguments)` in a process of its own; gives its result.

    The function is one of a module, which is imported anew; arguments and result are pickled. If there is `progress` it
    is an argument of the function too: what it is called with there, it is called with here, and an exception that it
    raises here ends the child. Raises the EireneErrors of the function, and ChildDied for any other fault.
    """
    child = _start()
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # what does not answer has died
            pickle.dump((function, arguments, progress is not None), child.stdin)
            child.stdin.flush()
        while (answer := _next(child.stdout)) is not None:
            match answer:
                case ("step", *told):
                    if progress is not None:
                        progress(*told)
                case ("done", result):
                    return result  # type: ignore[no-any-return]  # of the function's own type
                case ("refused", error):
                    raise error
        raise ChildDied(f"{function.__name__}: its process ended with code {child.wait()}.")
    finally:
        _end(child)


def _start() -> subprocess.Popen[bytes]:
    # Two allocation arenas, not eight for each core: memory is why this process is.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_path()), "MALLOC_ARENA_MAX": "2"}
    return subprocess.Popen(
        [sys.executable, "-m", "eirene.apart"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True,
    )  # fmt: skip


def _path() -> list[str]:
    given = os.environ.get("PYTHONPATH")
    return [str(Path(eirene.__file__).parents[1]), *([given] if given else [])]


def _next(pipe: IO[bytes]) -> Any:
    """The next answer; None after the last."""
    try:
        return pickle.load(pipe)  # noqa: S301  from our own child
    except (EOFError, pickle.UnpicklingError):
        return None


def _end(child: subprocess.Popen[bytes]) -> None:
    """The child, and what it started, are gone afterwards."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        with contextlib.suppress(BrokenPipeError):
            if pipe is not None:
                pipe.close()


# --- the child ------------------------------------------------------------------------------------------------------


def main() -> int:
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    if hasattr(os, "nice"):
        os.nice(10)  # it gives way to whoever waits for a page
    function, arguments, tells = pickle.load(source)  # noqa: S301  from the parent that started us
    threading.Thread(target=_end_with_parent, args=(source,), daemon=True).start()

    def tell(*answer: Any) -> None:
        pickle.dump(answer, sink)
        sink.flush()

    if tells:
        arguments["progress"] = lambda *told: tell("step", *told)
    try:
        result = function(**arguments)
    except EireneError as error:
        tell("refused", error)
    else:
        tell("done", result)
    return 0


def _end_with_parent(pipe: IO[bytes]) -> None:
    """Waits for the end of the pipe, which is the end of the parent; then ends this process and its children."""
    pipe.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
