from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0007_old_agreements_go"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="agreement", name="courses_agreement_dates_ahead"),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(agreement_on__isnull=True) | Q(ends_on__gte=F("agreement_on")),
                name="courses_agreement_ends_ahead",
            ),
        ),
    ]
