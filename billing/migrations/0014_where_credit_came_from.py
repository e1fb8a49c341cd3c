from django.db import migrations

# A payment and the credit that it brought were written at the same instant, under the lock of their invoice.
FILL = """
    UPDATE billing_credit AS credit SET payment_id = payment.id
    FROM billing_invoicepayment AS payment
    WHERE credit.source = 'overpaid' AND credit.payment_id IS NULL
    AND payment.invoice_id = credit.invoice_id AND payment.recorded_at = credit.at
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0013_payments_taken_back")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
