import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0005_opening_from_a_day'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='hoursexception',
            options={'verbose_name': 'leave or extra hours', 'verbose_name_plural': 'leave and extra hours'},
        ),
        migrations.AlterModelOptions(
            name='membership',
            options={'verbose_name': 'role at a clinic', 'verbose_name_plural': 'who works where'},
        ),
        migrations.AlterModelOptions(
            name='reminderlead',
            options={'verbose_name': 'reminder', 'verbose_name_plural': 'reminders'},
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'verbose_name': 'member of staff', 'verbose_name_plural': 'staff'},
        ),
        migrations.AlterModelOptions(
            name='weeklyhours',
            options={'verbose_name': 'working hours', 'verbose_name_plural': 'working hours'},
        ),
        migrations.AlterField(
            model_name='clinic',
            name='latitude',
            field=models.DecimalField(decimal_places=5, max_digits=8, validators=[django.core.validators.MinValueValidator(-90, 'Give a latitude between -90 and 90, north positive.'), django.core.validators.MaxValueValidator(90, 'Give a latitude between -90 and 90, north positive.')], verbose_name='latitude'),
        ),
        migrations.AlterField(
            model_name='clinic',
            name='longitude',
            field=models.DecimalField(decimal_places=5, max_digits=8, validators=[django.core.validators.MinValueValidator(-180, 'Give a longitude between -180 and 180, east positive.'), django.core.validators.MaxValueValidator(180, 'Give a longitude between -180 and 180, east positive.')], verbose_name='longitude'),
        ),
        migrations.AlterField(
            model_name='clinic',
            name='slot_step_min',
            field=models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(5, 'Let slots begin every 5 to 60 minutes.'), django.core.validators.MaxValueValidator(60, 'Let slots begin every 5 to 60 minutes.')], verbose_name='slots begin every (minutes)'),
        ),
        migrations.AlterField(
            model_name='clinicevent',
            name='latitude',
            field=models.DecimalField(decimal_places=5, max_digits=8, validators=[django.core.validators.MinValueValidator(-90, 'Give a latitude between -90 and 90, north positive.'), django.core.validators.MaxValueValidator(90, 'Give a latitude between -90 and 90, north positive.')], verbose_name='latitude'),
        ),
        migrations.AlterField(
            model_name='clinicevent',
            name='longitude',
            field=models.DecimalField(decimal_places=5, max_digits=8, validators=[django.core.validators.MinValueValidator(-180, 'Give a longitude between -180 and 180, east positive.'), django.core.validators.MaxValueValidator(180, 'Give a longitude between -180 and 180, east positive.')], verbose_name='longitude'),
        ),
        migrations.AlterField(
            model_name='clinicevent',
            name='slot_step_min',
            field=models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(5, 'Let slots begin every 5 to 60 minutes.'), django.core.validators.MaxValueValidator(60, 'Let slots begin every 5 to 60 minutes.')], verbose_name='slots begin every (minutes)'),
        ),
        migrations.AlterField(
            model_name='consultationtype',
            name='after_min',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0, 'Leave at most 120 minutes before and 120 after it.'), django.core.validators.MaxValueValidator(120, 'Leave at most 120 minutes before and 120 after it.')], verbose_name='minutes after'),
        ),
        migrations.AlterField(
            model_name='consultationtype',
            name='before_min',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0, 'Leave at most 120 minutes before and 120 after it.'), django.core.validators.MaxValueValidator(120, 'Leave at most 120 minutes before and 120 after it.')], verbose_name='minutes before'),
        ),
        migrations.AlterField(
            model_name='consultationtype',
            name='capacity',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1, 'Give a group class 1 to 100 seats, and every other kind one.'), django.core.validators.MaxValueValidator(100, 'Give a group class 1 to 100 seats, and every other kind one.')], verbose_name='seats'),
        ),
        migrations.AlterField(
            model_name='consultationtype',
            name='duration_min',
            field=models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(5, 'Let it last between 5 and 480 minutes.'), django.core.validators.MaxValueValidator(480, 'Let it last between 5 and 480 minutes.')], verbose_name='minutes'),
        ),
        migrations.AlterField(
            model_name='consultationtype',
            name='horizon_days',
            field=models.PositiveSmallIntegerField(default=180, validators=[django.core.validators.MinValueValidator(1, 'Let it be booked between 1 and 730 days ahead.'), django.core.validators.MaxValueValidator(730, 'Let it be booked between 1 and 730 days ahead.')], verbose_name='bookable so many days ahead'),
        ),
        migrations.AlterField(
            model_name='consultationtypeevent',
            name='after_min',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0, 'Leave at most 120 minutes before and 120 after it.'), django.core.validators.MaxValueValidator(120, 'Leave at most 120 minutes before and 120 after it.')], verbose_name='minutes after'),
        ),
        migrations.AlterField(
            model_name='consultationtypeevent',
            name='before_min',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0, 'Leave at most 120 minutes before and 120 after it.'), django.core.validators.MaxValueValidator(120, 'Leave at most 120 minutes before and 120 after it.')], verbose_name='minutes before'),
        ),
        migrations.AlterField(
            model_name='consultationtypeevent',
            name='capacity',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1, 'Give a group class 1 to 100 seats, and every other kind one.'), django.core.validators.MaxValueValidator(100, 'Give a group class 1 to 100 seats, and every other kind one.')], verbose_name='seats'),
        ),
        migrations.AlterField(
            model_name='consultationtypeevent',
            name='duration_min',
            field=models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(5, 'Let it last between 5 and 480 minutes.'), django.core.validators.MaxValueValidator(480, 'Let it last between 5 and 480 minutes.')], verbose_name='minutes'),
        ),
        migrations.AlterField(
            model_name='consultationtypeevent',
            name='horizon_days',
            field=models.PositiveSmallIntegerField(default=180, validators=[django.core.validators.MinValueValidator(1, 'Let it be booked between 1 and 730 days ahead.'), django.core.validators.MaxValueValidator(730, 'Let it be booked between 1 and 730 days ahead.')], verbose_name='bookable so many days ahead'),
        ),
        migrations.AlterField(
            model_name='practitioner',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='practitioner', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
        migrations.AlterField(
            model_name='practitionerevent',
            name='user',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=models.EmailField(error_messages={'unique': 'This address cannot be taken. Give a colleague their role under Who works where, and anybody else another address.'}, max_length=254, unique=True, verbose_name='email'),
        ),
        migrations.AlterField(
            model_name='userevent',
            name='email',
            field=models.EmailField(error_messages={'unique': 'This address cannot be taken. Give a colleague their role under Who works where, and anybody else another address.'}, max_length=254, verbose_name='email'),
        ),
        migrations.AlterConstraint(
            model_name='user',
            name='one_user_an_email',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_user_an_email', violation_error_message='This address cannot be taken. Give a colleague their role under Who works where, and anybody else another address.'),
        ),
    ]
