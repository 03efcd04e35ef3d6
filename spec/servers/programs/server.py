"""Stores what is PUT with http.server, beside itself."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "root")
EARLY = sys.argv[2] == "early"
LIMIT = 1000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, *fields):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def refused(self):
        if self.path.startswith("/small/") and int(self.headers.get("content-length", 0)) > LIMIT:
            self.answer(413)
        elif self.path.startswith("/private/"):
            self.answer(401, ("WWW-Authenticate", 'Basic realm="uploads"'))
        elif self.path.startswith("/missing/"):
            self.answer(404)
        elif self.path.startswith("/moved/"):
            self.answer(307, ("Location", self.path.replace("/moved/", "/files/")))
        else:
            return False
        self.close_connection = not EARLY
        return True

    def handle_expect_100(self):
        if EARLY and self.refused():
            return False
        return super().handle_expect_100()

    def pieces(self):
        if self.headers.get("transfer-encoding") != "chunked":
            left = int(self.headers.get("content-length", 0))
            while left > 0:
                piece = self.rfile.read(min(left, 65536))
                left -= len(piece)
                yield piece
            return
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def do_PUT(self):
        if self.refused():
            return
        content = bytearray()
        for piece in self.pieces():
            content += piece
            if self.path.startswith("/small/") and len(content) > LIMIT:
                self.close_connection = True
                self.answer(413)
                return
        file = ROOT + self.path
        known = os.path.exists(file)
        with open(file, "wb") as stored:
            stored.write(content)
        self.answer(204 if known else 201)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
