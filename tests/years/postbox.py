"""Where the letters of the four years arrive: a file that all processes share has a line for each, the moment it is taken."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Takes every letter in one write, which a kill does not halve."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            line = os.open(settings.EMAIL_FILE_PATH, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(line, f"{message.extra_headers['Message-ID']}\n".encode())
            os.close(line)
        return len(email_messages)


def count(path: Path) -> Counter[str]:
    """How often each letter arrived, by its id."""
    return Counter(line[1:].partition("@")[0] for line in path.read_text().splitlines())
