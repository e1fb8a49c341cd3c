"""What a fee is on a day, what a paid checkout or order line means, when to ask again, how sums agree: pure arithmetic in integer cents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

CURRENCY = "usd"
CHECKOUT_OPEN = timedelta(hours=2)
SHORTEST_CHECKOUT = timedelta(minutes=35)
FIRST_LOOK = timedelta(seconds=30)
SLOWEST_LOOK = timedelta(hours=1)


@dataclass(frozen=True)
class Fee:
    """What a kind of thing costs from a day on, for members of ALA and for everyone else."""

    kind: str
    standard_cents: int
    member_cents: int
    effective_on: date


def pick_fee(fees: Iterable[Fee], *, on: date) -> Fee | None:
    """The newest of `fees` that is in force on the day `on`, its first day included; None before the first one."""
    return max((fee for fee in fees if fee.effective_on <= on), key=lambda fee: fee.effective_on, default=None)


def price(fee: Fee, *, member: bool) -> int:
    """What one person pays, in cents."""
    return fee.member_cents if member else fee.standard_cents


def dollars(cents: int) -> str:
    """Write an amount as people do: $350, $1,250.50."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}${whole:,}.{rest:02}" if rest else f"{sign}${whole:,}"


# Currencies whose smallest unit is the whole or the thousandth, as Stripe has them; all others have cents.
WHOLE = frozenset(["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"])
THOUSANDTHS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


def money(amount: int, currency: str) -> str:
    """Write an amount in the smallest unit of any currency: $350, 35,000 JPY, 12.50 EUR."""
    if currency == CURRENCY:
        return dollars(amount)
    places = 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2
    return f"{amount / 10**places:,.{places}f} {currency.upper()}"


def as_uuid(text: str) -> UUID | None:
    """Read one of our own numbers; None where it is none, as with other shops."""
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Owed:
    """What we asked Stripe to collect. `open` is whether the charge still wants money."""

    payment: UUID
    charge: UUID
    amount_cents: int
    live: bool
    open: bool


@dataclass(frozen=True, kw_only=True)
class TheirCharge:
    """Money that Stripe took: in the smallest unit of `currency`. `payment` is our own number, as we once gave it."""

    id: str
    intent: str
    payment: str
    amount: int
    currency: str
    at: datetime


@dataclass(frozen=True)
class Fetched:
    """A checkout session as Stripe tells it now, never as a page or an event claims it to be.

    `amount_cents` and `currency` are what was asked for; what was truly taken is in `charges`, the first one first.
    """

    session: str
    mode: str
    status: str
    payment_status: str
    amount_cents: int | None
    currency: str
    live: bool
    payment: str
    charge: str
    intent: str
    url: str
    expires_at: datetime
    intent_status: str = ""
    charges: tuple[TheirCharge, ...] = ()

    @property
    def taken(self) -> TheirCharge | None:
        """The charge that is to pay; more of them are an error."""
        return self.charges[0] if self.charges else None


@dataclass(frozen=True)
class Settle:
    """The money is here, and it is what was owed."""


@dataclass(frozen=True)
class Duplicate:
    """The money is here, but nothing was owed anymore: it goes back."""


@dataclass(frozen=True)
class Mismatch:
    """The money is here, but it is not what we asked for: a person must look. `reason` ends the sentence "We expected ..."."""

    reason: str


@dataclass(frozen=True)
class NotYet:
    """No money so far; `over` is true when none can come anymore, because the checkout has expired."""

    over: bool


Verdict = Settle | Duplicate | Mismatch | NotYet


def judge(fetched: Fetched, *, owed: Owed) -> Verdict:
    """Say what a fetched checkout means for the charge it was opened for."""
    if fetched.payment_status != "paid":
        return NotYet(over=fetched.status == "expired")
    taken = fetched.taken
    for words, expected, actual in (
        ("the mode", "payment", fetched.mode),
        ("payment number", str(owed.payment), fetched.payment),
        ("charge number", str(owed.charge), fetched.charge),
        ("the currency", CURRENCY, taken.currency if taken else ""),
        ("the amount", dollars(owed.amount_cents), dollars(taken.amount) if taken else ""),
        ("money of the kind", "live" if owed.live else "test", "live" if fetched.live else "test"),
    ):
        if expected != actual:
            return Mismatch(f"{words} {expected}, found {actual or 'nothing'}")
    if not fetched.intent:
        return Mismatch("a payment number, found nothing")
    return Settle() if owed.open else Duplicate()


def is_under_way(fetched: Fetched) -> bool:
    """Whether the card page was gone through and the money is not here yet: its page leads nowhere now."""
    return fetched.status == "complete" and fetched.payment_status != "paid"


def can_reuse(*, expires_at: datetime, opened: bool, at: datetime) -> bool:
    """Whether a started payment can take the person to the card page again.

    One that was `opened` with Stripe is usable until a minute before it expires. One that was not (we were cut off
    in between) is opened under its old key and end, and Stripe wants an end at least half an hour away.
    """
    return at + (timedelta(minutes=1) if opened else SHORTEST_CHECKOUT) <= expires_at


def next_look(*, asked_at: datetime, at: datetime) -> datetime:
    """When to ask Stripe again: 30 seconds after `asked_at`, then ever more slowly, at most an hour apart."""
    return at + min(max(at - asked_at, FIRST_LOOK), SLOWEST_LOOK)


def fill(owed: Sequence[int], cents: int) -> tuple[list[int], int]:
    """Spread money over what is owed, first things first; gives what each gets, and what is left over (rules.md, "Money")."""
    shares = []
    for amount in owed:
        shares.append(min(amount, cents))
        cents -= shares[-1]
    return shares, cents


def unfill(lies: Sequence[int], cents: int) -> tuple[list[int], int]:
    """Take money back from where it lies, last things first; gives what each loses, and what is nowhere."""
    taken, missing = fill(lies[::-1], cents)
    return taken[::-1], missing


def pay_by(dated_on: date, *, net_days: int) -> date:
    """The last day on which an invoice is paid on time."""
    return dated_on + timedelta(days=net_days)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """An order line pays a fee: its `price`, and what is `left` for the payer."""

    price: int
    left: int


@dataclass(frozen=True, kw_only=True)
class Short:
    """An order line is too small for the fee, which is `price`: staff must look."""

    price: int


def spend(order_line_cents: int, fee: Fee, *, member: bool) -> Spent | Short:
    """Say what becomes of a paid order line when its person owes the fee. It is that of the day of the invoice, for what the person is."""
    owed = price(fee, member=member)
    return Spent(price=owed, left=order_line_cents - owed) if owed <= order_line_cents else Short(price=owed)


def first_day(*, today: date, in_force: bool) -> date:
    """The first day from which a new amount may count: tomorrow; today where there is none yet."""
    return today + timedelta(days=1) if in_force else today


@dataclass(frozen=True)
class Books:
    """Sums in cents. `back` is what was refunded or is on its way back; `held` what belongs to no fee and waits for a person, or was
    closed; `lost` what banks took back of payments for fees, and `written_off` what they took beyond that.

    The rest is about institutions: what came `from_payers`; what `order_lines_used` paid for charges (a part of `received`); refunds that
    were `credited` to them (a part of `back`); what lies `on_order_lines`; the `credit` that they have; what was `paid_out` to them.
    """

    received: int
    back: int
    held: int
    earned: int
    open: int
    from_payers: int = 0
    order_lines_used: int = 0
    credited: int = 0
    on_order_lines: int = 0
    credit: int = 0
    paid_out: int = 0
    lost: int = 0
    written_off: int = 0

    @property
    def difference(self) -> int:
        """What the payments say and the charges don't: anything but 0 is an error."""
        return self.received - self.back - self.held - self.lost - self.earned

    @property
    def payers_difference(self) -> int:
        """What came from institutions and lies nowhere: anything but 0 is an error."""
        return self.from_payers + self.credited - self.order_lines_used - self.on_order_lines - self.credit - self.paid_out


@dataclass(frozen=True)
class CardBooks:
    """What lies at Stripe by our rows, in one currency's smallest unit: `taken`, less what went `back`, what is `with_banks`
    because of disputes, lost ones included, and the disputes' own `fees`."""

    taken: int
    back: int
    with_banks: int
    fees: int

    @property
    def balance(self) -> int:
        """What is left there, before Stripe's own price for each payment."""
        return self.taken - self.back - self.with_banks - self.fees
