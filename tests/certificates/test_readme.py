"""The README's picture of the states is the table."""

import re
from pathlib import Path

from certificates import states
from certificates.states import CERTIFICATE, REVOCATION, CertificateState, RevocationState


def test_the_readme_draws_the_table() -> None:
    text = (Path(states.__file__).parent / "README.md").read_text()
    drawn = set(re.findall(r"^ +(\w+) --> (\w+): (\w+)$", text, re.MULTILINE))
    names = {state.value: state.name for state in (*CertificateState, *RevocationState)}
    moves = [*CERTIFICATE.transitions.items(), *REVOCATION.transitions.items()]
    table = {(names[str(source)], names[str(move.target)], verb) for verb, move in moves for source in move.sources}
    assert drawn == table
    assert len(text.splitlines()) < 40
