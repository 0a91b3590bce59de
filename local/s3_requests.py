"""What S3 does with requests, and MiniStack does not.

- A presigned download of one version answers with the headers that its URL asks for (Content-Disposition and the
  like), which MiniStack honours for current versions only;
- a GET of one version answers a Range with these bytes, which MiniStack does for current versions only;
- a presigned request with an x-amz header that its signature does not cover, or with a second signature in a header,
  is refused: MiniStack believes such a header.
"""

import re
from urllib.parse import parse_qsl

RANGE = re.compile(rb"bytes=(\d*)-(\d*)")


def carries_unsigned(scope):
    """Whether a presigned request has a header that says more than was signed."""
    if b"X-Amz-Signature=" not in scope["query_string"]:
        return False
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    signed = query.get("X-Amz-SignedHeaders", "").lower().split(";")
    names = [name.decode("latin-1").lower() for name, _ in scope["headers"]]
    return "authorization" in names or any(name.startswith("x-amz-") and name not in signed for name in names)


def with_response_overrides(scope, send):
    """S3's response-* query parameters, for a GET of one version. The signature covers them; MiniStack checks it."""
    if scope["method"] != "GET" or b"versionId=" not in scope["query_string"]:
        return send
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    overrides = {
        name.removeprefix("response-").encode(): value.encode("latin-1", "replace")
        for name, value in query.items()
        if name.startswith("response-")
    }
    if not overrides:
        return send

    async def send_overridden(message):
        if message["type"] == "http.response.start" and message["status"] in (200, 206):
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in overrides]
            message = {**message, "headers": [*kept, *overrides.items()]}
        await send(message)

    return send_overridden


def with_range(scope, send):
    """A single byte range of a GET of one version, as S3 answers it: 206 with these bytes, 416 where there are none."""
    if scope["method"] != "GET" or b"versionId=" not in scope["query_string"]:
        return send
    headers = dict(scope["headers"])
    asked = RANGE.fullmatch(headers.get(b"range", b""))
    # What is no range is ignored: neither end, or the last byte before the first.
    if not asked or asked[1] == asked[2] == b"" or (asked[1] and asked[2] and int(asked[1]) > int(asked[2])):
        return send
    # Bytes of the whole that are still to be skipped and to be sent; None: the answer is passed on as it is.
    skip, left = 0, None

    async def send_range(message):
        nonlocal skip, left
        if message["type"] == "http.response.start":
            answered = {name.lower(): value for name, value in message["headers"]}
            expected = headers.get(b"if-range")
            # Whoever is behind on the content (If-Range) gets all of the new one.
            if message["status"] == 200 and (expected is None or expected == answered.get(b"etag")):
                total = int(answered[b"content-length"])
                first, last = byte_range(asked, total)
                if first > last:
                    skip, left = total, 0
                    changed = {b"content-range": b"bytes */%d" % total, b"content-length": b"0"}
                    message = {**message, "status": 416, "headers": list(changed.items())}
                else:
                    skip, left = first, last - first + 1
                    changed = {
                        b"content-range": b"bytes %d-%d/%d" % (first, last, total),
                        b"content-length": b"%d" % left,
                    }
                    kept = [(name, value) for name, value in message["headers"] if name.lower() not in changed]
                    message = {**message, "status": 206, "headers": [*kept, *changed.items()]}
        elif left is not None:
            body = message.get("body", b"")
            part = body[skip : skip + left]
            skip, left = max(0, skip - len(body)), left - len(part)
            message = {**message, "body": part}
        await send(message)

    return send_range


def byte_range(asked, total):
    """First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n` in so many bytes; first beyond last: none."""
    if asked[1] == b"":
        return max(0, total - int(asked[2])), total - 1 if int(asked[2]) else -1
    return int(asked[1]), min(int(asked[2] or total - 1), total - 1)
