from django.db import migrations

FILL = """
    UPDATE certificates_certificate SET rendering_id = drawn.id
    FROM certificates_rendering drawn WHERE drawn.certificate_id = certificates_certificate.id
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0002_past_terms_and_renderings")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
