"""The stand-in's payment page, in plain HTML that says what it is."""

from html import escape
from typing import Any

CARD_PAYS = "4242424242424242"
CARD_IS_DECLINED = "4000000000000002"

PAGE = """<!doctype html>
<html lang="en-US"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title} - Stand-in for the card company</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 19px/1.55 system-ui, sans-serif; margin: 0 auto; padding: 24px; max-width: 34rem; }}
.note {{ border: 3px dashed; padding: 12px 16px; }}
.error {{ border-left: 6px solid #c33; padding-left: 12px; font-weight: 600; }}
label {{ display: block; margin-top: 16px; font-weight: 600; }}
input {{ font: inherit; min-height: 44px; width: 100%; box-sizing: border-box; padding: 4px 12px; }}
button, .button {{ font: inherit; font-weight: 600; min-height: 48px; padding: 8px 24px; margin: 24px 16px 0 0; }}
</style></head><body><main>
<p class="note"><b>This is a stand-in for the card company Stripe.</b> It is here for demos and tests.
No money moves, and no real card works.</p>
{body}
</main></body></html>"""


def pay(session: dict[str, Any], *, error: str = "", number: str = CARD_PAYS) -> str:
    """The form for a test card."""
    amount = f"${session['amount_total'] / 100:,.2f}"
    wrong = f'<p class="error" role="alert" id="error">{escape(error)}</p>' if error else ""
    return _page(
        f"Pay {amount}",
        f"""<h1>Pay {amount}</h1>
<p>{escape(session["description"])}</p>
{wrong}<form method="post">
<label for="number">Test card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" value="{escape(number)}" aria-describedby="cards">
<p id="cards">4242 4242 4242 4242 pays. 4000 0000 0000 0002 is declined.</p>
<button name="choice" value="pay">Pay {amount}</button>
<button name="choice" value="cancel">Cancel and go back</button>
</form>""",
    )


def over(session: dict[str, Any]) -> str:
    """What someone reads who comes to a page that was paid or has expired."""
    paid = session["payment_status"] == "paid"
    title = "This is already paid" if paid else "This payment page has expired"
    back = session["success_url"] if paid else session["cancel_url"]
    return _page(title, f'<h1>{title}</h1><p>Nothing was charged now.</p><p><a href="{escape(back)}">Go back to the shop</a></p>')


def missing() -> str:
    """What someone reads at a wrong address."""
    return _page("Not found", "<h1>There is no such payment page</h1>")


def _page(title: str, body: str) -> str:
    return PAGE.format(title=escape(title), body=body)
