"""The path up to a sent portfolio, in a browser that runs no JavaScript."""

import re
from collections.abc import Callable

import pytest

from tests.journeys.person import Person
from tests.journeys.stack import Stack
from tests.journeys.test_main_job import apply, plan, write_portfolio

pytestmark = pytest.mark.journey


def test_a_portfolio_is_sent_without_javascript(stack: Stack, somebody: Callable[..., Person]) -> None:
    alma = somebody("Alma", "Alma Reyes", "alma@harbor-journey.example", javascript=False)
    rosa = somebody("Rosa", "Rosa Keller", "rosa@lssc-journey.example", javascript=False)
    alma.sign_up()
    rosa.sign_up()
    stack.manage("role", "give", rosa.email, "staff")
    apply(alma)
    alma.pay()
    rosa.go("/home/")
    rosa.follow("Alma Reyes")
    rosa.press(re.compile("^Admit until"))
    alma.go(stack.link(alma.email, "admitted"))
    plan(alma)
    write_portfolio(alma)
    alma.press("Seal and go to the payment")
    alma.pay()
    alma.follow("Continue")
    alma.sees("two evaluators")
    alma.shot("sent")
