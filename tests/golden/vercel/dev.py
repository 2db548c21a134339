"""Serve the function on this machine: ``python dev.py [PORT]``."""

import sys
from contextlib import suppress
from http.server import ThreadingHTTPServer

from api.hello import handler


def make_server(port: int = 3000) -> ThreadingHTTPServer:
    """Bind the function to a port of this machine; 0 takes any free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    with make_server(*map(int, sys.argv[1:2])) as server, suppress(KeyboardInterrupt):
        print(f"Serving on http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()
