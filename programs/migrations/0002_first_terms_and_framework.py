from datetime import date
from pathlib import Path

import yaml
from django.db import migrations

DATA = Path(__file__).parent.parent / "data" / "framework-2012.yaml"


def load(apps, schema_editor):
    """The Terms and the framework with which every installation starts."""
    apps.get_model("programs", "Terms").objects.get_or_create(effective_on=date(2010, 1, 1))
    content = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    framework, created = apps.get_model("programs", "Framework").objects.get_or_create(
        version=content["version"], defaults={"approved_on": content["approved_on"]}
    )
    if not created:
        return
    for position, one in enumerate(content["sets"], start=1):
        fields = {name: one[name] for name in ("code", "name", "kind", "scope")}
        row = apps.get_model("programs", "CompetencySet").objects.create(framework=framework, position=position, **fields)
        apps.get_model("programs", "Competency").objects.bulk_create(
            apps.get_model("programs", "Competency")(set=row, number=item["n"], text=item["text"], incomplete=item.get("incomplete", False))
            for item in one["competencies"]
        )


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
