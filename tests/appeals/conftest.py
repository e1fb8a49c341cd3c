"""Committee members."""

from datetime import datetime
from typing import Any

import pytest

from people.states import Role
from tests.factories import appeals, people


@pytest.fixture
def cora(db: None, at: datetime) -> Any:
    """A member of the committee who signed the statement."""
    return appeals.sworn(people.person("cora@lakes.example", roles=(Role.COMMITTEE,)), at=at)


@pytest.fixture
def dov(db: None, at: datetime) -> Any:
    """Another member who signed it."""
    return appeals.sworn(people.person("dov@dunes.example", roles=(Role.COMMITTEE,)), at=at)


@pytest.fixture
def sam(db: None) -> Any:
    """Another member of the staff, who decided nothing yet."""
    return people.person("sam@lssc.example", roles=(Role.STAFF,))
