from django.db import migrations

# What was sent before there was a last day to pay gets one, and its certificate is held from lapsing where it was sent in time.
PROMISE = """
    UPDATE renewals_renewal AS renewal SET pay_by = greatest(renewal.grace_ends_on, renewal.sent_on + terms.renewal_pay_days)
    FROM programs_terms AS terms WHERE terms.id = renewal.terms_id AND renewal.state = 'awaiting_payment'
"""
HOLD = """
    UPDATE certificates_certificate AS certificate SET renewal_sent_on = renewal.sent_on
    FROM renewals_renewal AS renewal
    WHERE renewal.certificate_id = certificate.id AND renewal.state = 'awaiting_payment' AND renewal.sent_on <= renewal.grace_ends_on
"""


class Migration(migrations.Migration):
    dependencies = [
        ("renewals", "0003_the_last_day_to_pay"),
        ("certificates", "0005_provisional_revocation_directory_letters"),
        ("programs", "0008_days_to_pay_for_a_renewal"),
    ]

    operations = [migrations.RunSQL(PROMISE, migrations.RunSQL.noop), migrations.RunSQL(HOLD, migrations.RunSQL.noop)]
