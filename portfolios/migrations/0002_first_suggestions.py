from pathlib import Path

import yaml
from django.db import migrations

DATA = Path(__file__).parent.parent / "data" / "suggestions-2012.yaml"


def load(apps, schema_editor):
    """The suggestions of ours with which every installation starts; staff write their own beside or instead of them."""
    Suggestion = apps.get_model("portfolios", "Suggestion")
    Competency = apps.get_model("programs", "Competency")
    content = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    for code, numbers in content.items():
        for number, texts in numbers.items():
            competency = Competency.objects.filter(set__framework__version="2012", set__code=code, number=number).first()
            if competency is None:
                continue
            since = competency.set.framework.approved_on
            Suggestion.objects.bulk_create(Suggestion(competency=competency, text=text, from_on=since, ours=True) for text in texts)


class Migration(migrations.Migration):
    dependencies = [
        ("portfolios", "0001_initial"),
        ("programs", "0002_first_terms_and_framework"),
    ]

    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
