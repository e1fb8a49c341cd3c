"""The page of one's email addresses: allauth's, which also says when it sent nothing."""

from typing import Any

from allauth.account.views import EmailView as AllauthEmailView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from ledger import clock
from people import confirmations
from people.guards import signed_in


class EmailView(AllauthEmailView):  # type: ignore[misc]
    """List, add, remove and choose addresses."""

    def _action_send(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        response: HttpResponse | None = super()._action_send(request, *args, **kwargs)
        address = self._get_email_address(request)
        if address is not None and not self._did_send_verification_email:
            minutes = confirmations.minutes_to_wait(address.email, at=clock.now()) or 1
            unit = "minute" if minutes == 1 else "minutes"
            messages.warning(request, f"We sent no new email: one went out a moment ago. The next one can go in {minutes} {unit}.")
        return response


email = signed_in(EmailView.as_view())
