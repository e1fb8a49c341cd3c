"""How text is compared in every search, and the column by which people are found."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

import people.search

# unaccent is not IMMUTABLE and its rules differ between versions, so the few letters that Unicode doesn't take apart stand here.
# Accents, apostrophes of any shape and invisible marks go (those that Unicode would take apart into a space go first), other signs become
# spaces. `pg_c_utf8` lowers alike in every database.
FOLD_TEXT = r"""
CREATE FUNCTION fold_text(typed text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
btrim(
  regexp_replace(
    replace(replace(replace(replace(
      translate(
        lower(
          regexp_replace(
            normalize(
              regexp_replace(
                typed, '[\u00B4\u0384\u1FBD\u1FBF\u1FFD\u1FFE]', '', 'g'
              ),
              NFKD
            ),
            '[''`\u00AD\u02B9-\u02BF\u02C8\u02CA\u02CB\u055A\u05F3\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2018-\u201B'
            '\u202A-\u202E\u2032\u2035\u2060-\u206F\u3164\uA78B\uA78C\uFE00-\uFE0F\uFEFF\uFFA0\u0300-\u036F\u0483-\u0487'
            '\u0591-\u05BD\u05BF-\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u064B-\u065F\u0670\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F]',
            '', 'g'
          ) COLLATE pg_c_utf8
        ),
        U&'\00F8\0142\0111\00F0\0127\0167\0131\014B\0180\0268\03C2', 'olddhtinbi' || U&'\03C3'
      ),
      U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe'), U&'\00FE', 'th'),
    '[\u0001-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A9\u00AB-\u00B1\u00B6-\u00B8\u00BB-\u00BF\u00D7\u00F7'
    '\u05BE\u1680\u2000-\u206F\u2190-\u2BFF\u3000-\u3004\u3007-\u3020\u30A0\u30FB\uFE50-\uFE6F\uFF61-\uFF65]+',
    ' ', 'g'
  )
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_downloads"),
    ]

    operations = [
        migrations.RunSQL(FOLD_TEXT, "DROP FUNCTION fold_text(text)"),
        migrations.RemoveIndex(model_name="user", name="people_user_find_name"),
        migrations.RemoveIndex(model_name="user", name="people_user_find_called"),
        migrations.RemoveIndex(model_name="user", name="people_user_find_email"),
        migrations.AddField(
            model_name="user",
            name="folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=people.search.Fold(
                    django.db.models.functions.text.Concat(
                        "name", models.Value(" "), "called", models.Value(" "), "email", output_field=models.TextField()
                    )
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(fields=["folded"], name="people_user_find", opclasses=["gin_trgm_ops"]),
        ),
    ]
