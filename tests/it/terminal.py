"""Run a program on a terminal of its own: wait for texts, type answers, print the screen.

usage: terminal.py '[["text to wait for", "keys to type"], ...]' PROGRAM ARGUMENT...
Exits with the program's exit code; 99 when a text does not come within 30 seconds.
"""

import json
import os
import pty
import select
import signal
import sys
import time


def main() -> int:
    script, program = json.loads(sys.argv[1]), sys.argv[2:]
    pid, master = pty.fork()
    if pid == 0:
        os.execv(program[0], program)
    seen, start = "", 0

    def read(deadline: float) -> bool:
        nonlocal seen
        ready, _, _ = select.select([master], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(master, 4096)
        except OSError:  # Linux says so when the other end is closed.
            return False
        seen += data.decode(errors="replace")
        return bool(data)

    for text, keys in script:
        deadline = time.monotonic() + 30
        while (found := seen.find(text, start)) < 0:
            if not read(deadline):
                sys.stdout.write(seen)
                print(f"\nnever seen: {text!r}")
                return 99
        start = found + len(text)
        os.write(master, keys.encode())
    deadline = time.monotonic() + 60
    while read(deadline):
        pass
    sys.stdout.write(seen)
    if time.monotonic() >= deadline:
        os.kill(pid, signal.SIGKILL)
        print("\ndid not end")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())
