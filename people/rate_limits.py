"""How often one place may do something in a short time. Counted in Redis, which may be emptied: then everyone may again."""

import logging

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
SECONDS = 60


def is_too_often(request: HttpRequest, *, action: str, a_minute: int) -> bool:
    """Count one more request for `action` from this address; is it above the limit of this minute? No query. 0 is no limit."""
    if not a_minute:
        return False
    key = f"{action}:{get_adapter().get_client_ip(request)}"
    counts = caches["counts"]
    try:
        counts.add(key, 0, SECONDS)
        return int(counts.incr(key)) > a_minute
    except ValueError:  # The minute ended between the two steps.
        return False
    except RedisError as trouble:
        logger.warning("Requests are not counted now: %s", trouble)
        return False


def too_often(request: HttpRequest) -> HttpResponse:
    """Say that it was too often, and when to try again."""
    answer = render(request, "people/too_often.html", status=429)
    answer["Retry-After"] = str(SECONDS)
    return answer
