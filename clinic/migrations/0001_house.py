import clinic.models.diary
import clinic.models.row
import clinic.models.secret
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension

# Throttles live in PostgreSQL (docs/adr/009): the table of Django's database cache.
THROTTLE = """
CREATE TABLE clinic_throttle (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX clinic_throttle_expires ON clinic_throttle (expires);
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(THROTTLE, "DROP TABLE clinic_throttle"),
        migrations.CreateModel(
            name='AccessEvent',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('user_id', models.UUIDField()),
                ('patient_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('what', models.CharField(max_length=60)),
                ('door', models.CharField(max_length=20)),
                ('reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['patient_ids'], name='access_of_patient'), models.Index(fields=['user_id', 'at'], name='access_by_user')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('only', models.BooleanField(default=True, editable=False, unique=True)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('only', True)), name='one_organisation')],
            },
        ),
        migrations.CreateModel(
            name='Clinic',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('slug', models.SlugField(unique=True, verbose_name='short name')),
                ('street', models.CharField(max_length=120, verbose_name='street')),
                ('postcode', models.CharField(max_length=16, verbose_name='postcode')),
                ('city', models.CharField(max_length=80, verbose_name='city')),
                ('country', models.CharField(help_text='ISO 3166 code, such as DE', max_length=2, verbose_name='country')),
                ('region', models.CharField(blank=True, help_text='for public holidays, such as BE', max_length=8, verbose_name='region')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None, verbose_name='phone')),
                ('email', models.EmailField(max_length=254, verbose_name='reply address')),
                ('time_zone', models.CharField(max_length=64, verbose_name='time zone')),
                ('latitude', models.DecimalField(decimal_places=5, max_digits=8, verbose_name='latitude')),
                ('longitude', models.DecimalField(decimal_places=5, max_digits=8, verbose_name='longitude')),
                ('slot_step_min', models.PositiveSmallIntegerField(default=10, verbose_name='slots begin every (minutes)')),
                ('keeps_public_holidays', models.BooleanField(default=True, verbose_name='closed on public holidays')),
                ('pain_ceiling', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)], verbose_name='pain ceiling')),
                ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='no messages from')),
                ('quiet_to', models.TimeField(default=datetime.time(8, 0), verbose_name='no messages until')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
            ],
            options={
                'verbose_name': 'clinic',
                'verbose_name_plural': 'clinics',
                'constraints': [models.CheckConstraint(condition=models.Q(('slot_step_min__range', (5, 60))), name='clinic_slot_step_5_to_60'), models.CheckConstraint(condition=models.Q(('pain_ceiling__range', (0, 10))), name='clinic_pain_ceiling_0_to_10'), models.CheckConstraint(condition=models.Q(('latitude__range', (-90, 90))), name='clinic_latitude_on_earth'), models.CheckConstraint(condition=models.Q(('longitude__range', (-180, 180))), name='clinic_longitude_on_earth')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='email')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('language', models.CharField(blank=True, default='', max_length=8, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_user_an_email')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('channel', models.CharField(choices=[('email', 'email'), ('internal', 'internal')], max_length=10)),
                ('subject_id', models.UUIDField()),
                ('person_id', models.UUIDField()),
                ('occurrence', models.CharField(blank=True, default='', max_length=40)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('due_at', models.DateTimeField()),
                ('useful_until', models.DateTimeField()),
                ('state', models.CharField(choices=[('due', 'due'), ('sent', 'sent'), ('suppressed', 'not needed any more'), ('failed', 'failed'), ('unknown', 'outcome unknown'), ('superseded', 'replaced')], default='due', max_length=12)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt_started_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('unanswered', models.PositiveSmallIntegerField(default=0)),
                ('next_try', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('message_id', models.CharField(blank=True, max_length=120)),
                ('payload', clinic.models.secret.EncryptedText(blank=True, default='')),
                ('last_reply', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['next_try'], name='message_due'), models.Index(condition=models.Q(('state__in', ['failed', 'unknown'])), fields=['useful_until'], name='message_unsent'), models.Index(fields=['subject_id', 'kind'], name='message_of_subject'), models.Index(fields=['person_id', 'created_at'], name='message_of_person')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'channel', 'person_id', 'subject_id', 'occurrence', 'version'), name='one_message_a_version'), models.CheckConstraint(condition=models.Q(('due_at__lte', models.F('useful_until'))), name='message_due_while_useful')],
            },
        ),
        migrations.CreateModel(
            name='ClinicEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.clinic')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('slug', models.SlugField(db_index=False, verbose_name='short name')),
                ('street', models.CharField(max_length=120, verbose_name='street')),
                ('postcode', models.CharField(max_length=16, verbose_name='postcode')),
                ('city', models.CharField(max_length=80, verbose_name='city')),
                ('country', models.CharField(help_text='ISO 3166 code, such as DE', max_length=2, verbose_name='country')),
                ('region', models.CharField(blank=True, help_text='for public holidays, such as BE', max_length=8, verbose_name='region')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None, verbose_name='phone')),
                ('email', models.EmailField(max_length=254, verbose_name='reply address')),
                ('time_zone', models.CharField(max_length=64, verbose_name='time zone')),
                ('latitude', models.DecimalField(decimal_places=5, max_digits=8, verbose_name='latitude')),
                ('longitude', models.DecimalField(decimal_places=5, max_digits=8, verbose_name='longitude')),
                ('slot_step_min', models.PositiveSmallIntegerField(default=10, verbose_name='slots begin every (minutes)')),
                ('keeps_public_holidays', models.BooleanField(default=True, verbose_name='closed on public holidays')),
                ('pain_ceiling', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10)], verbose_name='pain ceiling')),
                ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='no messages from')),
                ('quiet_to', models.TimeField(default=datetime.time(8, 0), verbose_name='no messages until')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='clinic.clinic')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
            ],
            options={
                'verbose_name': 'room',
                'verbose_name_plural': 'rooms',
                'constraints': [models.UniqueConstraint(fields=('clinic', 'name'), name='one_room_a_name')],
            },
        ),
        migrations.CreateModel(
            name='ReminderLead',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminder_leads', to='clinic.clinic')),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days before')),
                ('at', models.TimeField(blank=True, null=True, verbose_name='at')),
                ('hours', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='hours before')),
            ],
            options={
                'verbose_name': 'reminder lead',
                'verbose_name_plural': 'reminder leads',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('days__range', (1, 30)), ('hours', None)), models.Q(('at', None), ('days', None), ('hours__range', (1, 23))), _connector='OR'), name='lead_is_days_or_hours'), models.UniqueConstraint(models.F('clinic'), models.F('days'), models.F('at'), models.F('hours'), name='one_lead_a_time', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='opens')),
                ('closes', models.TimeField(verbose_name='closes')),
            ],
            options={
                'verbose_name': 'opening hours',
                'verbose_name_plural': 'opening hours',
                'constraints': [models.CheckConstraint(condition=models.Q(('opens__lt', models.F('closes'))), name='opening_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('weekday__range', (0, 6))), name='opening_weekday_known'), models.UniqueConstraint(fields=('clinic', 'weekday', 'opens'), name='one_opening_a_start')],
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('email', models.EmailField(max_length=254, verbose_name='email')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('language', models.CharField(blank=True, default='', max_length=8, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='clinic.clinic')),
                ('role', models.CharField(choices=[('front_desk', 'front desk'), ('physiotherapist', 'physiotherapist'), ('manager', 'manager')], max_length=20, verbose_name='role')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'constraints': [models.UniqueConstraint(fields=('user', 'clinic', 'role'), name='one_membership_a_role'), models.CheckConstraint(condition=models.Q(('role__in', ['front_desk', 'physiotherapist', 'manager'])), name='membership_role_known')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Practitioner',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='practitioner', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('title', models.CharField(blank=True, max_length=80, verbose_name='title')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('clinics', models.ManyToManyField(related_name='practitioners', to='clinic.clinic', verbose_name='clinics')),
            ],
            options={
                'verbose_name': 'practitioner',
                'verbose_name_plural': 'practitioners',
            },
        ),
        migrations.CreateModel(
            name='RoomEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.room')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReminderLeadEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.reminderlead')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days before')),
                ('at', models.TimeField(blank=True, null=True, verbose_name='at')),
                ('hours', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='hours before')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OpeningHoursEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.openinghours')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='opens')),
                ('closes', models.TimeField(verbose_name='closes')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.membership')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('role', models.CharField(choices=[('front_desk', 'front desk'), ('physiotherapist', 'physiotherapist'), ('manager', 'manager')], max_length=20, verbose_name='role')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ApiTokenEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.apitoken')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PractitionerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.practitioner')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('title', models.CharField(blank=True, max_length=80, verbose_name='title')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ConsultationType',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('kind', models.CharField(choices=[('initial', 'initial assessment'), ('follow_up', 'follow-up'), ('class', 'group class'), ('telehealth', 'telehealth')], max_length=10, verbose_name='kind')),
                ('duration_min', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('before_min', models.PositiveSmallIntegerField(default=0, verbose_name='minutes before')),
                ('after_min', models.PositiveSmallIntegerField(default=0, verbose_name='minutes after')),
                ('capacity', models.PositiveSmallIntegerField(default=1, verbose_name='seats')),
                ('online', models.BooleanField(default=False, verbose_name='bookable online')),
                ('notice_to_book_h', models.PositiveSmallIntegerField(default=12, verbose_name='notice to book online (hours)')),
                ('notice_to_cancel_h', models.PositiveSmallIntegerField(default=24, verbose_name='notice to cancel (hours)')),
                ('horizon_days', models.PositiveSmallIntegerField(default=180, verbose_name='bookable so many days ahead')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('practitioners', models.ManyToManyField(related_name='types', to='clinic.practitioner', verbose_name='served by')),
                ('rooms', models.ManyToManyField(blank=True, related_name='types', to='clinic.room', verbose_name='in rooms')),
            ],
            options={
                'verbose_name': 'consultation type',
                'verbose_name_plural': 'consultation types',
                'constraints': [models.CheckConstraint(condition=models.Q(('duration_min__range', (5, 480))), name='type_lasts_5_to_480_min'), models.CheckConstraint(condition=models.Q(('after_min__lte', 120), ('before_min__lte', 120)), name='type_buffers_up_to_120_min'), models.CheckConstraint(condition=models.Q(models.Q(('capacity__range', (1, 100)), ('kind', 'class')), models.Q(models.Q(('kind', 'class'), _negated=True), ('capacity', 1)), _connector='OR'), name='type_only_a_class_has_seats'), models.CheckConstraint(condition=models.Q(('horizon_days__range', (1, 730))), name='type_horizon_1_to_730_days')],
            },
        ),
        migrations.CreateModel(
            name='WeeklyHours',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weekly_hours', to='clinic.practitioner')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weekly_hours', to='clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('starts', models.TimeField(verbose_name='from')),
                ('ends', models.TimeField(verbose_name='to')),
                ('weeks', models.CharField(choices=[('every', 'every week'), ('odd', 'odd weeks'), ('even', 'even weeks')], default='every', max_length=5, verbose_name='weeks')),
                ('valid_from', models.DateField(verbose_name='holds from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='holds until')),
            ],
            options={
                'verbose_name': 'weekly hours',
                'verbose_name_plural': 'weekly hours',
                'constraints': [models.CheckConstraint(condition=models.Q(('starts__lt', models.F('ends'))), name='working_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('weekday__range', (0, 6))), name='working_weekday_known'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='working_until_after_from')],
            },
        ),
        migrations.CreateModel(
            name='HoursException',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('practitioner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='clinic.practitioner')),
                ('clinic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='clinic.clinic')),
                ('kind', models.CharField(choices=[('leave', 'leave'), ('sick', 'sick'), ('extra', 'extra hours'), ('closure', 'clinic closed')], max_length=8, verbose_name='kind')),
                ('start', models.DateTimeField(verbose_name='from')),
                ('end', models.DateTimeField(verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'hours exception',
                'verbose_name_plural': 'hours exceptions',
                'indexes': [models.Index(fields=['practitioner', 'end'], name='exception_of_practitioner'), models.Index(fields=['clinic', 'end'], name='exception_of_clinic')],
                'constraints': [models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='exception_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('clinic__isnull', False), ('kind', 'closure'), ('practitioner', None)), models.Q(('clinic', None), ('kind__in', ['leave', 'sick']), ('practitioner__isnull', False)), models.Q(('clinic__isnull', False), ('kind', 'extra'), ('practitioner__isnull', False)), _connector='OR'), name='exception_concerns_whom_its_kind_says')],
            },
        ),
        migrations.CreateModel(
            name='ConsultationTypeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.consultationtype')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('kind', models.CharField(choices=[('initial', 'initial assessment'), ('follow_up', 'follow-up'), ('class', 'group class'), ('telehealth', 'telehealth')], max_length=10, verbose_name='kind')),
                ('duration_min', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('before_min', models.PositiveSmallIntegerField(default=0, verbose_name='minutes before')),
                ('after_min', models.PositiveSmallIntegerField(default=0, verbose_name='minutes after')),
                ('capacity', models.PositiveSmallIntegerField(default=1, verbose_name='seats')),
                ('online', models.BooleanField(default=False, verbose_name='bookable online')),
                ('notice_to_book_h', models.PositiveSmallIntegerField(default=12, verbose_name='notice to book online (hours)')),
                ('notice_to_cancel_h', models.PositiveSmallIntegerField(default=24, verbose_name='notice to cancel (hours)')),
                ('horizon_days', models.PositiveSmallIntegerField(default=180, verbose_name='bookable so many days ahead')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='clinic.clinic')),
                ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='clinic.practitioner')),
                ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='clinic.room')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='clinic.consultationtype')),
                ('start', models.DateTimeField(verbose_name='from, buffer included')),
                ('end', models.DateTimeField(verbose_name='to, buffer included')),
                ('capacity', models.PositiveSmallIntegerField(default=1, verbose_name='seats')),
                ('taken', models.PositiveSmallIntegerField(default=0, verbose_name='seats taken')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                ('lane', models.PositiveSmallIntegerField(default=0, verbose_name='lane')),
                ('overlap_reason', models.CharField(blank=True, max_length=200, verbose_name='reason of the overlap')),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'block',
                'verbose_name_plural': 'blocks',
                'indexes': [models.Index(condition=models.Q(('active', True)), fields=['practitioner', 'start'], name='block_by_practitioner'), models.Index(condition=models.Q(('active', True)), fields=['room', 'start'], name='block_by_room'), models.Index(condition=models.Q(('active', True)), fields=['clinic', 'start'], name='block_by_clinic'), models.Index(condition=models.Q(('held_until__isnull', False)), fields=['held_until'], name='block_held')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('active', True), ('lane', 0)), expressions=[('practitioner', '='), (clinic.models.diary.TsTzRange('start', 'end', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='one_block_a_practitioner'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('active', True), ('lane', 0), ('room__isnull', False)), expressions=[('room', '='), (clinic.models.diary.TsTzRange('start', 'end', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='one_block_a_room'), models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='block_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('end__lte', django.db.models.expressions.CombinedExpression(models.F('start'), '+', models.Value(datetime.timedelta(seconds=43200))))), name='block_up_to_12_hours'), models.CheckConstraint(condition=models.Q(('taken__lte', models.F('capacity'))), name='block_not_over_capacity'), models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='block_has_a_seat'), models.CheckConstraint(condition=models.Q(('lane', 0), models.Q(('lane', 1), models.Q(('overlap_reason', ''), _negated=True)), _connector='OR'), name='block_overlap_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='WeeklyHoursEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.weeklyhours')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('practitioner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.practitioner')),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('starts', models.TimeField(verbose_name='from')),
                ('ends', models.TimeField(verbose_name='to')),
                ('weeks', models.CharField(choices=[('every', 'every week'), ('odd', 'odd weeks'), ('even', 'even weeks')], default='every', max_length=5, verbose_name='weeks')),
                ('valid_from', models.DateField(verbose_name='holds from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='holds until')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HoursExceptionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.hoursexception')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('practitioner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.practitioner')),
                ('clinic', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('kind', models.CharField(choices=[('leave', 'leave'), ('sick', 'sick'), ('extra', 'extra hours'), ('closure', 'clinic closed')], max_length=8, verbose_name='kind')),
                ('start', models.DateTimeField(verbose_name='from')),
                ('end', models.DateTimeField(verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BlockEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clinic.block')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('practitioner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.practitioner')),
                ('room', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.room')),
                ('type', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.consultationtype')),
                ('start', models.DateTimeField(verbose_name='from, buffer included')),
                ('end', models.DateTimeField(verbose_name='to, buffer included')),
                ('capacity', models.PositiveSmallIntegerField(default=1, verbose_name='seats')),
                ('taken', models.PositiveSmallIntegerField(default=0, verbose_name='seats taken')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                ('lane', models.PositiveSmallIntegerField(default=0, verbose_name='lane')),
                ('overlap_reason', models.CharField(blank=True, max_length=200, verbose_name='reason of the overlap')),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
