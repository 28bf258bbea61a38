import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0004_no_class_online'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='openinghours',
            name='one_opening_a_start',
        ),
        migrations.AddField(
            model_name='openinghours',
            name='valid_from',
            field=models.DateField(blank=True, null=True, verbose_name='holds from'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='holds until'),
        ),
        migrations.AddField(
            model_name='openinghoursevent',
            name='valid_from',
            field=models.DateField(blank=True, null=True, verbose_name='holds from'),
        ),
        migrations.AddField(
            model_name='openinghoursevent',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='holds until'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='opening_until_after_from', violation_error_message='Let the hours hold until a day that is not before the first.'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('clinic', '='), ('weekday', '='), ('opens', '='), (models.Func('valid_from', 'valid_until', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_opening_a_start_at_a_time', violation_error_message='The clinic opens at this time of this day already. Change that row instead.'),
        ),
    ]
