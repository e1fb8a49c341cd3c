from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0006_known_agreements")]

    operations = [migrations.DeleteModel("OldAgreement")]
