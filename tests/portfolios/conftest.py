"""Alice is admitted, and two evaluators are approved for Technology."""

from typing import Any

import pytest

from tests.factories import candidates
from tests.factories import portfolios as make


@pytest.fixture
def candidacy(alice: Any, rita: Any, at: Any) -> Any:
    """Alice's candidacy."""
    return candidates.candidacy(alice, at=at, staff=rita)


@pytest.fixture
def two(bob: Any, beth: Any, at: Any) -> Any:
    """Bob and Beth as evaluators."""
    return make.evaluator(bob, at=at), make.evaluator(beth, at=at)
