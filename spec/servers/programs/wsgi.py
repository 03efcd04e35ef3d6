"""Stores what is PUT as a WSGI application, beside itself."""

import os
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "root")
LIMIT = 1000


def application(environ, start_response):
    path = environ["PATH_INFO"]
    length = environ.get("CONTENT_LENGTH") or None

    def answer(status, *fields):
        start_response(status, [("Content-Length", "0"), *fields])
        return []

    if path.startswith("/small/") and length and int(length) > LIMIT:
        return answer("413 Content Too Large")
    if path.startswith("/private/"):
        return answer("401 Unauthorized", ("WWW-Authenticate", 'Basic realm="uploads"'))
    if path.startswith("/missing/"):
        return answer("404 Not Found")
    if path.startswith("/moved/"):
        place = path.replace("/moved/", "/files/")
        return answer("307 Temporary Redirect", ("Location", place))
    content = bytearray()
    left = int(length) if length else sys.maxsize
    while left and (piece := environ["wsgi.input"].read(min(left, 65536))):
        content += piece
        left -= len(piece)
        if path.startswith("/small/") and len(content) > LIMIT:
            return answer("413 Content Too Large")
    file = ROOT + path
    known = os.path.exists(file)
    with open(file, "wb") as stored:
        stored.write(content)
    return answer("204 No Content" if known else "201 Created")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    with make_server("127.0.0.1", int(sys.argv[1]), application, handler_class=Quiet) as server:
        server.serve_forever()
