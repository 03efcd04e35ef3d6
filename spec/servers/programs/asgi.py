"""Stores what is PUT as an ASGI application, beside itself."""

import os

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "root")
LIMIT = 1000


async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    path = scope["path"]
    length = int(dict(scope["headers"]).get(b"content-length", 0))

    async def answer(status, *fields):
        headers = [(b"content-length", b"0"), *fields]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body"})

    if path.startswith("/small/") and length > LIMIT:
        return await answer(413)
    if path.startswith("/private/"):
        return await answer(401, (b"www-authenticate", b'Basic realm="uploads"'))
    if path.startswith("/missing/"):
        return await answer(404)
    if path.startswith("/moved/"):
        place = path.replace("/moved/", "/files/")
        return await answer(307, (b"location", place.encode()))
    content = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        content += message.get("body", b"")
        more = message.get("more_body", False)
        if path.startswith("/small/") and len(content) > LIMIT:
            return await answer(413)
    file = ROOT + path
    known = os.path.exists(file)
    with open(file, "wb") as stored:
        stored.write(content)
    return await answer(204 if known else 201)
