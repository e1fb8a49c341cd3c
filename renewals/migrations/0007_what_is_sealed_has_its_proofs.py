from django.db import migrations

FILL = """
    UPDATE renewals_proof AS proof SET sealed = TRUE
    FROM renewals_activity AS activity WHERE activity.id = proof.activity_id AND activity.sealed
"""


class Migration(migrations.Migration):
    dependencies = [("renewals", "0006_as_it_was_sent")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
