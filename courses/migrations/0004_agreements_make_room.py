from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_approvals_on_record")]

    operations = [
        migrations.RemoveConstraint("agreement", "courses_agreement_once"),
        migrations.RemoveConstraint("agreement", "courses_agreement_state"),
        migrations.RemoveConstraint("agreement", "courses_agreement_in_order"),
        migrations.RenameModel("Agreement", "OldAgreement"),
    ]
