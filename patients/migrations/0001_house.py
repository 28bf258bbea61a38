import clinic.models.diary
import clinic.models.row
import clinic.models.secret
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import patients.rules.lifecycle
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('clinic', '0001_house'),
        ('clinic', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE patients_patient_number START 1001", "DROP SEQUENCE patients_patient_number"
        ),
        migrations.CreateModel(
            name='Patient',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(db_default=models.Func(models.Value('patients_patient_number'), function='nextval', output_field=models.PositiveBigIntegerField()), editable=False, unique=True, verbose_name='number')),
                ('given_name', models.CharField(max_length=80, verbose_name='given name')),
                ('family_name', models.CharField(max_length=80, verbose_name='family name')),
                ('search_name', models.CharField(editable=False, max_length=200)),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(blank=True, max_length=128, region=None, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('language', models.CharField(default='en', max_length=8, verbose_name='language')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.clinic', verbose_name='home clinic')),
                ('desk_note', models.CharField(blank=True, max_length=200, verbose_name='note for the desk')),
                ('wants_email', models.BooleanField(default=True, verbose_name='wants emails')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deceased_on', models.DateField(blank=True, null=True, verbose_name='died')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='patients.patient')),
            ],
            options={
                'verbose_name': 'patient',
                'verbose_name_plural': 'patients',
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('search_name'), name='gin_trgm_ops'), name='patient_search_name'), models.Index(fields=['birth_date'], name='patient_birth_date'), models.Index(fields=['phone'], name='patient_phone'), models.Index(fields=['email'], name='patient_email'), models.Index(fields=['updated_at', 'id'], name='patient_updated'), models.Index(fields=['clinic', 'family_name'], name='patient_of_clinic')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('given_name', ''), _negated=True), models.Q(('family_name', ''), _negated=True)), name='patient_has_a_name'), models.CheckConstraint(condition=models.Q(('birth_date', None), ('birth_date__gt', '1895-01-01'), _connector='OR'), name='patient_birth'), models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='patient_not_merged_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='PatientEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.patient')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('number', models.PositiveBigIntegerField(db_default=models.Func(models.Value('patients_patient_number'), function='nextval', output_field=models.PositiveBigIntegerField()), editable=False, verbose_name='number')),
                ('given_name', models.CharField(max_length=80, verbose_name='given name')),
                ('family_name', models.CharField(max_length=80, verbose_name='family name')),
                ('search_name', models.CharField(editable=False, max_length=200)),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(blank=True, max_length=128, region=None, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('language', models.CharField(default='en', max_length=8, verbose_name='language')),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic', verbose_name='home clinic')),
                ('desk_note', models.CharField(blank=True, max_length=200, verbose_name='note for the desk')),
                ('wants_email', models.BooleanField(default=True, verbose_name='wants emails')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deceased_on', models.DateField(blank=True, null=True, verbose_name='died')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PortalAccess',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='portal_access', to=settings.AUTH_USER_MODEL)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='portal_access', to='patients.patient')),
                ('relation', models.CharField(choices=[('self', 'the patient'), ('parent', 'a parent'), ('guardian', 'a guardian')], default='self', max_length=10, verbose_name='relation')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'portal access',
                'verbose_name_plural': 'portal access',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'patient'), name='one_living_access_a_user_and_patient')],
            },
        ),
        migrations.CreateModel(
            name='EpisodeOfCare',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='episodes', to='patients.patient')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='episodes', to='clinic.clinic')),
                ('complaint', models.CharField(max_length=120, verbose_name='complaint')),
                ('working_diagnosis', clinic.models.secret.EncryptedText(blank=True, verbose_name='working diagnosis')),
                ('cause_known', models.BooleanField(default=False, verbose_name='cause known')),
                ('imaging', clinic.models.secret.EncryptedText(blank=True, verbose_name='imaging and test results')),
                ('onset_on', models.DateField(blank=True, null=True, verbose_name='since')),
                ('opened_on', models.DateField(verbose_name='opened')),
                ('discharged_on', models.DateField(blank=True, null=True, verbose_name='discharged')),
            ],
            options={
                'verbose_name': 'episode of care',
                'verbose_name_plural': 'episodes of care',
                'indexes': [models.Index(fields=['clinic', 'discharged_on'], name='episode_of_clinic')],
                'constraints': [models.CheckConstraint(condition=models.Q(('discharged_on', None), ('discharged_on__gte', models.F('opened_on')), _connector='OR'), name='episode_discharged_after_opened')],
            },
        ),
        migrations.CreateModel(
            name='PortalAccessEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.portalaccess')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
                ('relation', models.CharField(choices=[('self', 'the patient'), ('parent', 'a parent'), ('guardian', 'a guardian')], default='self', max_length=10, verbose_name='relation')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EpisodeOfCareEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.episodeofcare')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('complaint', models.CharField(max_length=120, verbose_name='complaint')),
                ('working_diagnosis', clinic.models.secret.EncryptedText(blank=True, verbose_name='working diagnosis')),
                ('cause_known', models.BooleanField(default=False, verbose_name='cause known')),
                ('imaging', clinic.models.secret.EncryptedText(blank=True, verbose_name='imaging and test results')),
                ('onset_on', models.DateField(blank=True, null=True, verbose_name='since')),
                ('opened_on', models.DateField(verbose_name='opened')),
                ('discharged_on', models.DateField(blank=True, null=True, verbose_name='discharged')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CareTeamMember',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('episode', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team', to='patients.episodeofcare')),
                ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='clinic.practitioner')),
                ('since', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'care team member',
                'verbose_name_plural': 'care team',
                'constraints': [models.UniqueConstraint(fields=('episode', 'practitioner'), name='one_place_in_a_care_team')],
            },
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('episode', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='intake', to='patients.episodeofcare')),
                ('current_condition', clinic.models.secret.EncryptedText(blank=True, verbose_name='current health condition')),
                ('medical_history', clinic.models.secret.EncryptedText(blank=True, verbose_name='medical history')),
                ('medication', clinic.models.secret.EncryptedText(blank=True, verbose_name='medication')),
                ('lifestyle', clinic.models.secret.EncryptedText(blank=True, verbose_name='lifestyle')),
                ('diet', clinic.models.secret.EncryptedText(blank=True, verbose_name='diet')),
                ('activity', clinic.models.secret.EncryptedText(blank=True, verbose_name='activity')),
                ('other_factors', clinic.models.secret.EncryptedText(blank=True, verbose_name='other internal and external factors')),
                ('goals', clinic.models.secret.EncryptedText(blank=True, verbose_name='goals')),
                ('taken_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'intake',
                'verbose_name_plural': 'intakes',
            },
        ),
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, primary_key=True, serialize=False)),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='clinic.block')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='patients.patient')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='clinic.consultationtype')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='clinic.clinic')),
                ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='clinic.practitioner')),
                ('episode', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='patients.episodeofcare')),
                ('start', models.DateTimeField(verbose_name='from')),
                ('end', models.DateTimeField(verbose_name='to')),
                ('status', models.CharField(choices=[(patients.rules.lifecycle.Status['HELD'], 'held'), (patients.rules.lifecycle.Status['BOOKED'], 'booked'), (patients.rules.lifecycle.Status['CONFIRMED'], 'confirmed'), (patients.rules.lifecycle.Status['ARRIVED'], 'arrived'), (patients.rules.lifecycle.Status['IN_PROGRESS'], 'in progress'), (patients.rules.lifecycle.Status['COMPLETED'], 'completed'), (patients.rules.lifecycle.Status['CANCELLED'], 'cancelled'), (patients.rules.lifecycle.Status['NO_SHOW'], 'no-show')], default=patients.rules.lifecycle.Status['BOOKED'], max_length=12, verbose_name='status')),
                ('version', models.PositiveIntegerField(default=1)),
                ('source', models.CharField(choices=[('desk', 'desk'), ('online', 'online'), ('api', 'API')], max_length=8, verbose_name='source')),
                ('booked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('booked_at', models.DateTimeField()),
                ('status_at', models.DateTimeField(verbose_name='status since')),
                ('previous_status', models.CharField(blank=True, choices=[(patients.rules.lifecycle.Status['HELD'], 'held'), (patients.rules.lifecycle.Status['BOOKED'], 'booked'), (patients.rules.lifecycle.Status['CONFIRMED'], 'confirmed'), (patients.rules.lifecycle.Status['ARRIVED'], 'arrived'), (patients.rules.lifecycle.Status['IN_PROGRESS'], 'in progress'), (patients.rules.lifecycle.Status['COMPLETED'], 'completed'), (patients.rules.lifecycle.Status['CANCELLED'], 'cancelled'), (patients.rules.lifecycle.Status['NO_SHOW'], 'no-show')], default='', max_length=12)),
                ('cancelled_by', models.CharField(blank=True, choices=[('patient', 'the patient'), ('clinic', 'the clinic')], default='', max_length=8, verbose_name='cancelled by')),
                ('cancel_reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('cancelled_late', models.BooleanField(default=False, verbose_name='cancelled late')),
                ('desk_note', models.CharField(blank=True, max_length=200, verbose_name='note for the desk')),
            ],
            options={
                'verbose_name': 'consultation',
                'verbose_name_plural': 'consultations',
                'indexes': [models.Index(fields=['clinic', 'start'], name='consultation_of_clinic'), models.Index(fields=['practitioner', 'start'], name='consultation_of_practitioner'), models.Index(fields=['patient', 'start'], name='consultation_of_patient')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', [patients.rules.lifecycle.Status['HELD'], patients.rules.lifecycle.Status['BOOKED'], patients.rules.lifecycle.Status['CONFIRMED'], patients.rules.lifecycle.Status['ARRIVED'], patients.rules.lifecycle.Status['IN_PROGRESS'], patients.rules.lifecycle.Status['COMPLETED']])), expressions=[('patient', '='), (clinic.models.diary.TsTzRange('start', 'end', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='one_consultation_a_patient'), models.UniqueConstraint(condition=models.Q(('status__in', [patients.rules.lifecycle.Status['HELD'], patients.rules.lifecycle.Status['BOOKED'], patients.rules.lifecycle.Status['CONFIRMED'], patients.rules.lifecycle.Status['ARRIVED'], patients.rules.lifecycle.Status['IN_PROGRESS'], patients.rules.lifecycle.Status['COMPLETED']])), fields=('block', 'patient'), name='one_seat_a_patient_in_a_block'), models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='consultation_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('end__lte', django.db.models.expressions.CombinedExpression(models.F('start'), '+', models.Value(datetime.timedelta(seconds=28800))))), name='consultation_up_to_8_h'), models.CheckConstraint(condition=models.Q(('status__in', [patients.rules.lifecycle.Status['HELD'], patients.rules.lifecycle.Status['BOOKED'], patients.rules.lifecycle.Status['CONFIRMED'], patients.rules.lifecycle.Status['ARRIVED'], patients.rules.lifecycle.Status['IN_PROGRESS'], patients.rules.lifecycle.Status['COMPLETED'], patients.rules.lifecycle.Status['CANCELLED'], patients.rules.lifecycle.Status['NO_SHOW']])), name='consultation_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('status', patients.rules.lifecycle.Status['CANCELLED']), _negated=True), models.Q(models.Q(('cancelled_by', ''), _negated=True), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='consultation_cancelled_by_whom_and_why')],
            },
        ),
        migrations.CreateModel(
            name='CareTeamMemberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.careteammember')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('episode', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.episodeofcare')),
                ('practitioner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.practitioner')),
                ('since', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='IntakeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.intake')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('episode', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.episodeofcare')),
                ('current_condition', clinic.models.secret.EncryptedText(blank=True, verbose_name='current health condition')),
                ('medical_history', clinic.models.secret.EncryptedText(blank=True, verbose_name='medical history')),
                ('medication', clinic.models.secret.EncryptedText(blank=True, verbose_name='medication')),
                ('lifestyle', clinic.models.secret.EncryptedText(blank=True, verbose_name='lifestyle')),
                ('diet', clinic.models.secret.EncryptedText(blank=True, verbose_name='diet')),
                ('activity', clinic.models.secret.EncryptedText(blank=True, verbose_name='activity')),
                ('other_factors', clinic.models.secret.EncryptedText(blank=True, verbose_name='other internal and external factors')),
                ('goals', clinic.models.secret.EncryptedText(blank=True, verbose_name='goals')),
                ('taken_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ConsultationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.consultation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=clinic.models.row.new_id, editable=False, serialize=False)),
                ('block', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.block')),
                ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
                ('type', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.consultationtype')),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.clinic')),
                ('practitioner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clinic.practitioner')),
                ('episode', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.episodeofcare')),
                ('start', models.DateTimeField(verbose_name='from')),
                ('end', models.DateTimeField(verbose_name='to')),
                ('status', models.CharField(choices=[(patients.rules.lifecycle.Status['HELD'], 'held'), (patients.rules.lifecycle.Status['BOOKED'], 'booked'), (patients.rules.lifecycle.Status['CONFIRMED'], 'confirmed'), (patients.rules.lifecycle.Status['ARRIVED'], 'arrived'), (patients.rules.lifecycle.Status['IN_PROGRESS'], 'in progress'), (patients.rules.lifecycle.Status['COMPLETED'], 'completed'), (patients.rules.lifecycle.Status['CANCELLED'], 'cancelled'), (patients.rules.lifecycle.Status['NO_SHOW'], 'no-show')], default=patients.rules.lifecycle.Status['BOOKED'], max_length=12, verbose_name='status')),
                ('version', models.PositiveIntegerField(default=1)),
                ('source', models.CharField(choices=[('desk', 'desk'), ('online', 'online'), ('api', 'API')], max_length=8, verbose_name='source')),
                ('booked_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('booked_at', models.DateTimeField()),
                ('status_at', models.DateTimeField(verbose_name='status since')),
                ('previous_status', models.CharField(blank=True, choices=[(patients.rules.lifecycle.Status['HELD'], 'held'), (patients.rules.lifecycle.Status['BOOKED'], 'booked'), (patients.rules.lifecycle.Status['CONFIRMED'], 'confirmed'), (patients.rules.lifecycle.Status['ARRIVED'], 'arrived'), (patients.rules.lifecycle.Status['IN_PROGRESS'], 'in progress'), (patients.rules.lifecycle.Status['COMPLETED'], 'completed'), (patients.rules.lifecycle.Status['CANCELLED'], 'cancelled'), (patients.rules.lifecycle.Status['NO_SHOW'], 'no-show')], default='', max_length=12)),
                ('cancelled_by', models.CharField(blank=True, choices=[('patient', 'the patient'), ('clinic', 'the clinic')], default='', max_length=8, verbose_name='cancelled by')),
                ('cancel_reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('cancelled_late', models.BooleanField(default=False, verbose_name='cancelled late')),
                ('desk_note', models.CharField(blank=True, max_length=200, verbose_name='note for the desk')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='EpisodeOfCare',
            name='care_team',
            field=models.ManyToManyField(related_name='episodes', through='patients.CareTeamMember', to='clinic.practitioner'),
        ),
    ]
