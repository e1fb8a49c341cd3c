import re
from pathlib import Path

import pytest

from billing import states
from ledger.states import NotPossible, StateMachine

TABLES = [
    (states.CHARGE, states.ChargeState),
    (states.PAYMENT, states.PaymentState),
    (states.REFUND, states.RefundState),
    (states.DISPUTE, states.DisputeState),
    (states.FRAUD_WARNING, states.FraudWarningState),
    (states.DISCREPANCY, states.DiscrepancyState),
    (states.EVENT, states.EventState),
    (states.ORDER, states.OrderState),
    (states.INVOICE, states.InvoiceState),
    (states.INVOICE_PAYMENT, states.PayerPaymentState),
    (states.ORDER_LINE, states.OrderLineState),
]
ILLEGAL = [
    pytest.param(table, state, verb, id=f"{table.name}.{verb} from {state}")
    for table, choices in TABLES
    for state in choices
    for verb, transition in table.transitions.items()
    if state not in transition.sources
]


@pytest.mark.parametrize(("table", "state", "verb"), ILLEGAL)
def test_a_move_that_the_table_does_not_have_is_refused_in_words(table: StateMachine, state: str, verb: str) -> None:
    with pytest.raises(NotPossible, match=r"\.$"):
        table.check(state, verb)


def test_the_readme_draws_the_tables_as_they_are() -> None:
    text = (Path(__file__).parents[2] / "billing" / "STATES.md").read_text()
    lines = re.findall(r"^ *([A-Z_]+) --> ([A-Z_]+): ([\w, ]+)$", text, re.MULTILINE)
    drawn = {(source, target, verb) for source, target, verbs in lines for verb in verbs.split(", ")}
    legal = {
        (choices(source).name, choices(transition.target).name, verb)
        for table, choices in TABLES
        for verb, transition in table.transitions.items()
        for source in transition.sources
    }
    assert drawn == legal
